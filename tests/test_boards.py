from __future__ import annotations

import html
import json
import re
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from assistant.answers.advice import Direction, Member, Part
from assistant.answers.answer import answer_brief
from assistant.answers.brief import Brief
from assistant.answers.examples import Example
from assistant.answers.pieces import Changed, Piece
from assistant.answers.suite import PlannedConcept, Suite, cover, coverage
from assistant.boards.canvases import centre_crop
from assistant.boards.content import Board, Pair, ThemeCard, Turn
from assistant.boards.desk import Desk
from assistant.boards.edits import Edits, arrange, reordered
from assistant.boards.files import Run, find_briefs, read_formats, safe_name, write_boards
from assistant.boards.make import make_board
from assistant.boards.once import show_once
from assistant.boards.page import Show, draw_board
from assistant.boards.pictures import Pictures
from assistant.boards.slate import compare_briefs
from assistant.boards.text import escape
from assistant.wording import Interval
from index.errors import InputError
from index.records import silent
from index.store import open_index
from tests.small_catalogue import SmallEncoder, build, write_catalogue

HOSTILE = "<script>alert(1)</script> \"quoted' & 🎬 مرحبا | **bold** [x](y) " + "long " * 1000


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    base = tmp_path_factory.mktemp("boards")
    catalogue = write_catalogue(base / "catalogue", titles=12)
    build(catalogue, base / "index")
    index = open_index(base / "index")
    return Desk(index, SmallEncoder())


def run(desk: Desk, briefs: list[Path], out: Path, *formats: str) -> Run:
    pictures = Pictures(desk.index.catalogue_folder)
    return write_boards(
        briefs, out, desk, pictures, formats or ("html",), k=6, picks=lambda _: (), progress=silent
    )


def brief(folder: Path, name: str, **fields: object) -> Path:
    path = folder / name
    path.write_text(yaml.safe_dump({"title": "A new one", "genres": ["Drama"]} | fields))
    return path


def test_one_bad_brief_is_named_and_the_others_are_written(desk: Desk, tmp_path: Path) -> None:
    good = brief(tmp_path, "good.yaml")
    bad = tmp_path / "bad.yaml"
    bad.write_text("titel: wrong")
    again = brief(tmp_path, "again.yaml")
    done = run(desk, [good, bad, again], tmp_path / "out", "html", "md", "json", "png")
    assert [path for path, _ in done.failed] == [bad]
    assert "title" in done.failed[0][1]
    names = {file.name for file in (tmp_path / "out").iterdir()}
    written = {f"{name}.{form}" for name in ("a-new-one", "a-new-one-2")
               for form in ("html", "md", "json", "png")}  # fmt: skip
    assert names == {"index.html", *written}
    assert "bad.yaml" in (tmp_path / "out" / "index.html").read_text()


def test_hostile_text_is_text_everywhere(desk: Desk, tmp_path: Path) -> None:
    path = brief(tmp_path, "hostile.yaml", title=HOSTILE, synopsis=HOSTILE, genres=[HOSTILE],
                 must_show=[HOSTILE], platforms=["<b>tv</b>"])  # fmt: skip
    done = run(desk, [path], tmp_path / "out", "html", "md", "json", "png")
    assert done.failed == ()
    page, text, data, sheet = (file.read_bytes() for file in done.boards[0].files)
    assert b"<script>alert" not in page
    assert b"&lt;script&gt;alert" in page
    assert b"<b>tv" not in page
    assert not re.search(rb"(?<!\\)<script|(?<!\\)\*\*bold", text)
    assert json.loads(data)["answer"]["title"] == HOSTILE
    assert sheet.startswith(b"\x89PNG")
    assert re.fullmatch(r"[a-z0-9-]+\.html", done.boards[0].files[0].name)


def test_a_page_asks_for_nothing_and_is_small(desk: Desk, tmp_path: Path) -> None:
    done = run(desk, [brief(tmp_path, "one.yaml")], tmp_path / "out")
    page = done.boards[0].files[0].read_text()
    assert len(page) < 4_000_000
    assert not re.findall(r"(?:src|href)=[\"'](?!data:|#)", page)
    assert "default-src 'none'" in html.unescape(page)
    assert " style=" not in page
    assert not re.search(r"<[^>]+ on[a-z]+=", page)


def test_every_picture_is_shown_once(desk: Desk, tmp_path: Path) -> None:
    done = run(desk, [brief(tmp_path, "one.yaml")], tmp_path / "out")
    page = done.boards[0].files[0].read_text()
    shown = re.findall(r'class="art[^"]*" data-id="([^"]+)"', page)
    assert len(shown) > 6
    assert len(shown) == len(set(shown)) == page.count("<img src")


def test_no_sentence_says_what_caused_what(desk: Desk, tmp_path: Path) -> None:
    done = run(desk, [brief(tmp_path, "one.yaml")], tmp_path / "out", "md")
    text = done.boards[0].files[0].read_text().lower()
    assert not re.search(r"\b(causes?|because of|drives|boosts|leads to|makes people)\b", text)


def test_a_suite_takes_what_others_do_not_cover() -> None:
    low = np.array([[0.5, 0.4, np.nan], [0.6, -0.1, -0.2], [-0.3, -0.1, 0.3], [0.1, 0.4, 0.0]])
    chosen = cover(low, np.array([0.5, 0.3, 0.2]), ["a", "b", "c", "d"], 3)
    assert [row for row, _ in chosen] == [0, 2, 1]
    assert [added for _, added in chosen] == pytest.approx([0.37, 0.06, 0.05])
    assert cover(low - 1, np.ones(3), ["a", "b", "c", "d"], 3) == []
    assert len(cover(np.eye(4), np.ones(4), ["a", "b", "c", "d"], 3)) == 3, "and no fourth"
    assert coverage({"x", "z"}, {"x": 0.5, "y": 0.3, "z": 0.2}) == (
        pytest.approx(0.7),
        ["y"],
    )


@given(st.text(max_size=300))
def test_file_names_are_safe(title: str) -> None:
    name = safe_name(title, {"board"})
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name)
    assert len(name) <= 70
    assert name not in {"board", "index", "con", "nul"}


def test_titles_without_a_letter_of_ascii_get_names_of_their_own() -> None:
    assert safe_name("灯台のワルツ") != safe_name("등대의 왈츠")
    assert safe_name("灯台のワルツ") == safe_name("灯台のワルツ")


@given(st.text(max_size=100))
def test_markdown_text_is_on_one_line_without_markup(text: str) -> None:
    told = escape(text)
    assert "\n" not in told
    assert not re.search(r"(?<!\\)(?:\\\\)*[<`\[*_]", told)


def test_briefs_are_found_in_folders_and_patterns(tmp_path: Path) -> None:
    one, two = brief(tmp_path, "one.yaml"), brief(tmp_path, "two.yml")
    assert find_briefs([str(tmp_path), str(one)]) == [one, two]
    assert find_briefs([str(tmp_path / "*.yml")]) == [two]
    with pytest.raises(InputError, match="no brief"):
        find_briefs([str(tmp_path / "*.txt")])
    with pytest.raises(InputError, match="unknown format 'gif'"):
        read_formats("html,gif")


def test_a_crop_in_the_middle_has_the_shape_of_the_canvas() -> None:
    left, top, right, bottom = centre_crop(2 / 3, 16 / 9)
    assert (left, right) == (0, 1)
    assert (right - left) * 2 / ((bottom - top) * 3) == pytest.approx(16 / 9)
    assert top == pytest.approx(1 - bottom)


def piece(artwork: str) -> Piece:
    change = Interval(0.1, 0.2, 0.3)
    return Piece(artwork, f"Title {artwork}", f"{artwork}.jpg", "", change, "high", 1000)


def example(worked: str, failed: str) -> Example:
    return Example(piece(worked), piece(failed), Changed(True, ("darker",), ("light",)))


def exemplar(worked: str, failed: str | None) -> Pair:
    return Pair(
        piece(worked), None if failed is None else piece(failed), "same title", "darker", 1.0,
        (), (), picked=False,
    )  # fmt: skip


def direction(pole: str, *pairs: Example, lever: str = "") -> Direction:
    change = Interval(0.1, 0.2, 0.3)
    return Direction(
        lever=lever or pole, pole=pole, do=f"Go {pole}", variant=pole, package=(),
        headline=f"Go {pole}: +20% plays", effect=0.2, low=0.1, high=0.3, steps=1.0, change=change,
        grade="supported", reason="", titles=9, artworks=20, reach=1.0, by_cluster=(),
        by_platform=(), members=(), pairs=pairs,
    )  # fmt: skip


def test_a_direction_is_written_with_its_parts_and_pairs() -> None:
    parts = [
        Part(key, name, 0.2, 0.1, 0.3, Interval(*change), titles=4, grade="supported")
        for key, name, change in (("c0", "Romance", (1, 2, 3)), ("tv", "tv", (4, 5, 6)))
    ]
    one = replace(
        direction("darker", example("a", "b"), lever="light"), package=(("heat", "cooler"),),
        by_cluster=(parts[0],), by_platform=(parts[1],),
    )  # fmt: skip
    told = one.to_json()
    assert (told["change_low"], told["change"], told["change_high"]) == (0.1, 0.2, 0.3)
    assert told["package"] == [{"lever": "heat", "pole": "cooler"}]
    shared = {"effect": 0.2, "low": 0.1, "high": 0.3, "titles": 4, "grade": "supported"}
    assert list(told["by_cluster"]) == [
        {"key": "c0", "name": "Romance", "change_low": 1, "change": 2, "change_high": 3, **shared}
    ]
    assert list(told["by_platform"]) == [
        {"key": "tv", "name": "tv", "change_low": 4, "change": 5, "change_high": 6, **shared}
    ]
    (shown,) = told["pairs"]
    assert set(shown) == {"worked", "failed", "changed", "sentence"}
    assert shown["worked"]["artwork_id"] == "a"
    assert (shown["changed"], shown["sentence"]) == (
        ["darker"],
        "Same picture: darker, nothing else",
    )
    assert (
        Member("brightness", "brightness", "share", "", 0.46, 0.29).told == "brightness 46% → 29%"
    )
    size = Member("x", "width in pixels", "count", "pixels", 4.0, 5.0)
    assert size.told == "width in pixels 4.0 → 5.0", "the name says the unit"
    assert Member("x", "width", "count", "pixels", 4.0, 5.0).told == "width 4.0 → 5.0 pixels"


@pytest.fixture(scope="module")
def board(desk: Desk) -> Board:
    """A board with nothing on it."""
    answer = answer_brief(Brief(title="New"), Path("new.yaml"), desk.index, desk.encoder, k=1)
    made = make_board(answer, None, desk)
    return replace(made, turns=(), pairs=(), bench=(), themes=(), worst=(), suite=None)


def shown_ids(board: Board) -> list[str]:
    pairs = [*(turn.pair for turn in board.turns), *board.pairs]
    pairs += [pair for turn in board.turns for pair in turn.more]
    pieces = [one for pair in pairs if pair for one in (pair.worked, pair.failed) if one]
    pieces += [*board.worst, *(one for theme in board.themes for one in theme.pieces)]
    return [one.artwork_id for one in pieces]


def test_a_direction_shows_a_pair_that_is_no_exemplar_if_it_has_one(board: Board) -> None:
    turns = (
        Turn(direction("dark", example("a", "b"), example("c", "d"), example("e", "f"))),
        Turn(direction("warm", example("c", "d"), example("a", "b"))),
        Turn(direction("calm", example("c", "d"))),
    )
    pairs = (exemplar("a", "b"), exemplar("g", "d"), exemplar("h", None))
    once = show_once(replace(board, turns=turns, pairs=pairs, worst=(piece("b"), piece("z"))))
    firsts = [turn.pair.worked.artwork_id if turn.pair else None for turn in once.turns]
    assert firsts == ["e", "c", None], "the first of its own where all stand beside an exemplar"
    shown = {pair.worked.artwork_id: pair.failed and pair.failed.artwork_id for pair in once.pairs}
    assert shown == {"a": "b", "g": None, "h": None}, "d is shown beside c"
    assert [one.artwork_id for one in once.worst] == ["z"]
    ids = shown_ids(once)
    assert len(ids) == len(set(ids))


def test_three_directions_come_first_and_what_they_show_is_named_and_shown_nowhere_else(
    board: Board,
) -> None:
    turns = (
        Turn(direction("dark", example("a", "b"))),
        Turn(direction("warm", example("a", "b"), example("c", "d"))),
        Turn(direction("calm", example("e", "f"), example("m", "n"))),
        Turn(direction("pale", example("e", "f"), example("k", "l"))),
    )
    pairs = (exemplar("a", "b"), exemplar("g", "h"), exemplar("i", None))
    suite = Suite(tuple(PlannedConcept(piece(one), (), (), (), 0.5) for one in ("g", "o")), 1.0, ())
    regrades = (replace(piece("p"), title="Title o"), replace(piece("q"), title="Title k"))
    theme = ThemeCard("t", "t", 9, 9, (piece("a"), *regrades, piece("r")), (), "")
    worst = (replace(piece("s"), title="Title r"), replace(piece("t"), title="Title g"), piece("u"))
    once = show_once(
        replace(board, turns=turns, pairs=pairs, suite=suite, themes=(theme,), worst=worst)
    )
    firsts = [turn.pair and turn.pair.worked.artwork_id for turn in once.turns]
    assert firsts == ["a", "c", "e", None]
    assert [[one.worked.artwork_id for one in turn.more] for turn in once.turns] == [
        [], [], ["m"], ["k"],
    ]  # fmt: skip
    assert once.above == ("Title a",)
    assert [one.worked.artwork_id for one in once.pairs] == ["g", "i"]
    assert once.pictured == {"o"}, "g is an exemplar already"
    assert [one.artwork_id for one in once.themes[0].pieces] == ["r", "p", "q"]
    assert [one.artwork_id for one in once.worst] == ["u", "s", "t"]


def test_what_to_avoid_stands_beside_two_directions_and_is_told_once(
    board: Board, desk: Desk
) -> None:
    costs = replace(direction("cooler"), headline="Avoid a cooler grade: -25% plays, confirmed.")
    turns = tuple(Turn(direction(pole)) for pole in ("dark", "warm", "calm"))
    show = Show(Pictures(desk.index.catalogue_folder), lambda _: None)
    two, three = (
        draw_board(replace(board, turns=turns[:count], avoid=(costs,)), show) for count in (2, 3)
    )
    assert "<h3>Avoid a cooler grade</h3><p>-25% plays, confirmed.</p>" in two
    assert two.count("Avoid a cooler grade") == three.count("Avoid a cooler grade") == 1
    assert "<li>Avoid a cooler grade: -25% plays, confirmed.</li>" in three
    along = replace(turns[0].direction, along=("softer contrast", "a smaller title"))
    page = draw_board(replace(board, turns=(Turn(along),)), show)
    assert "<small>with softer contrast and a smaller title</small>" in page


def test_an_edited_board_keeps_its_order_and_names_what_is_gone(board: Board) -> None:
    turns = tuple(Turn(direction(pole)) for pole in ("dark", "warm", "calm"))
    pairs, bench = (exemplar("a", "b"), exemplar("c", None)), (exemplar("d", "e"),)
    plain = replace(board, turns=turns, pairs=pairs, bench=bench)
    edits = Edits(
        brief={"title": "New"}, generation="g1", directions=("calm/calm", "dark/dark", "old/old"),
        exemplars=("d", "a", "gone"), notes="<b>",
    )  # fmt: skip
    seen = arrange(plain, edits)
    assert [turn.key for turn in seen.turns] == ["calm/calm", "dark/dark"]
    assert [pair.worked.artwork_id for pair in seen.pairs] == ["d", "a"]
    assert [pair.worked.artwork_id for pair in seen.bench] == ["c"]
    assert "direction old and exemplar gone" in seen.cautions[-1]
    assert seen.notes == "<b>"
    assert arrange(plain, Edits(brief={"title": "New"})).turns == turns


@given(
    st.permutations("abcde"),
    st.sampled_from("abcdef"),
    st.sampled_from(["up", "down", "drop", "add"]),
)
def test_one_step_moves_one_thing(keys: list[str], key: str, step: str) -> None:
    visible = [one for one in keys if one != "c"]
    after = list(reordered(list(keys), key, step, visible))
    assert [one for one in after if one != key] == [one for one in keys if one != key]
    if step == "add":
        assert after[-1] == key
    elif step == "drop":
        assert key not in after
    elif key in visible:
        before, now = visible.index(key), [one for one in after if one != "c"].index(key)
        edge = before == (0 if step == "up" else len(visible) - 1)
        assert now - before == (0 if edge else -1 if step == "up" else 1)


def test_a_slate_says_what_briefs_share_and_where_they_part(board: Board) -> None:
    dark, light = direction("darker", lever="light"), direction("lighter", lever="light")
    group = direction("a group", lever="cast")
    one = replace(board, turns=(Turn(group), Turn(dark)))
    two = replace(board, turns=(Turn(group), Turn(light)))
    none = replace(board, turns=())
    slate = compare_briefs([one, two, none])
    assert [(row.pole, row.briefs, row.opposed) for row in slate.rows] == [
        ("a group", 2, False), ("darker", 1, True), ("lighter", 1, True),
    ]  # fmt: skip
    assert [stance is not None for stance in slate.rows[1].stances] == [True, False, False]
    assert slate.gaps[0] == "No direction can be given for New."
    assert slate.told[0] == f"“{group.do}” serves 2 of 3 briefs."
    assert slate.told[1] == f"“{dark.do}” for New, but “{light.do}” for New."
    alone = compare_briefs([replace(one, turns=(Turn(dark),), avoid=()), none])
    assert alone.told == ("No two of these briefs go the same way.",)
    torn = compare_briefs([replace(one, avoid=()), replace(none, avoid=(dark,))])
    assert torn.told == (f"“{dark.do}” wins plays for New and costs them for New.",)
    assert all(len(briefs) == 3 for _, _, briefs in slate.repeated)


def briefed(title: str, *do: Direction, avoid: tuple[Direction, ...] = (), past: str = "",
            unserved: tuple[str, ...] = ()) -> Any:  # fmt: skip
    """A board as a slate reads it; the letters of `past` are its exemplars."""
    suite = Suite((), 0.5, tuple((name, 0.1) for name in unserved)) if unserved else None
    return SimpleNamespace(
        title=title, turns=tuple(map(Turn, do)), avoid=avoid, suite=suite,
        answer=SimpleNamespace(exemplars=tuple(map(piece, past))),
    )  # fmt: skip


def test_a_row_of_a_slate_says_who_goes_this_way_and_who_goes_against_it() -> None:
    dark, light = direction("darker", lever="light"), direction("lighter", lever="light")
    warm, crowd, pair = direction("warmer"), direction("crowd", lever="cast"), direction("pair")
    pair = replace(pair, lever="cast", change=Interval(0.4, 0.5, 0.6))
    slate = compare_briefs([
        briefed("A", dark, avoid=(warm, crowd)), briefed("B", light, warm, pair),
        briefed("C", dark, avoid=(light,)),
    ])  # fmt: skip
    told = [
        (row.lever, row.pole, row.do, [one and one.what for one in row.stances], row.opposed)
        for row in slate.rows
    ]
    assert told == [
        ("light", "darker", "Go darker", ["do", None, "do"], True),
        ("cast", "pair", "Go pair", [None, "do", None], False),
        ("light", "lighter", "Go lighter", [None, "do", "avoid"], True),
        ("warmer", "warmer", "Go warmer", ["avoid", "do", None], True),
        ("cast", "crowd", "Go crowd", ["avoid", None, None], False),
    ]
    assert slate.rows[1].stances[1] is not None
    assert slate.rows[1].stances[1].change.middle == 0.5
    assert slate.told == (
        "“Go darker” serves 2 of 3 briefs.",
        "“Go darker” for A and C, but “Go lighter” for B.",
    )
    assert slate.titles == ("A", "B", "C")


@pytest.mark.parametrize(
    ("many", "named"),
    [(3, "A, B and C"), (4, "A, B, C and D"), (5, "A, B, C and 2 more")],
)
def test_a_sentence_of_a_slate_names_few_briefs(many: int, named: str) -> None:
    warm = direction("warmer")
    boards = [briefed(title, warm) for title in "ABCDE"[:many]]
    told = compare_briefs([*boards, briefed("Z", avoid=(warm,))]).told
    assert told[1] == f"“Go warmer” wins plays for {named} and costs them for Z."


def test_a_slate_names_what_is_used_twice_and_what_is_missing() -> None:
    warm = direction("warmer")
    slate = compare_briefs([
        briefed("A", warm, past="dab", unserved=("Romance", "Action")),
        briefed("B", warm, past="acbd", unserved=("Action", "Nature", "Crime")),
        briefed("C", past="a", unserved=("Action", "Romance", "Nature")), briefed("D", warm),
    ])  # fmt: skip
    assert slate.repeated == (
        ("a", "Title a", ("A", "B", "C")), ("b", "Title b", ("A", "B")),
        ("d", "Title d", ("A", "B")),
    )  # fmt: skip
    assert slate.gaps == (
        "No direction can be given for C.",
        "No past artwork fits D.",
        "Nothing did well yet with Action in 3 of 4 briefs.",
        "Nothing did well yet with Romance in 2 of 4 briefs.",
        "Nothing did well yet with Nature in 2 of 4 briefs.",
    )
    assert compare_briefs([briefed("A", warm, past="a")]).gaps == ()
