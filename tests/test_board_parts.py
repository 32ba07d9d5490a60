"""Colours, previews, cautions and sources of a board, and what a brief's `avoid` does there."""

from __future__ import annotations

import re
from dataclasses import astuple, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from assistant.answers.answer import answer_brief
from assistant.answers.brief import Brief
from assistant.answers.pieces import Piece
from assistant.boards import questions
from assistant.boards.canvases import centre_crop, palette, previews
from assistant.boards.content import Board, Pair, ThemeCard
from assistant.boards.desk import Desk
from assistant.boards.make import make_board
from assistant.boards.once import show_once
from assistant.boards.sources import cautions, sceptic_line, sources
from index.features.canvases import Canvas, load_canvases
from index.store import Index
from tests.planted import BRIEF, Art, Tag, Title, Words, layout, plant
from tests.planted import palette as colours
from tests.world_index import plant_world
from tests.worlds import World, everywhere, make_world, only, part_of

RED, DEEP, BLUE, GREY = "#d02020", "#d42424", "#2030c0", "#808080"


def piece(artwork: str) -> Piece:
    return Piece(artwork, f"Title {artwork}", f"{artwork}.jpg", "", None, "", 0)


def pair(worked: str, failed: str | None = None, marks: tuple[str, ...] = ()) -> Pair:
    other = None if failed is None else piece(failed)
    return Pair(piece(worked), other, "same title", "", 1.0, (), marks, picked=False)


# Colours.


@pytest.fixture(scope="module")
def painted(tmp_path_factory: pytest.TempPathFactory) -> Index:
    arts = [
        Art("a1", "a", features={"palette": colours(("red", RED, 0.6), ("grey", GREY, 0.4))}),
        Art("a2", "a", features={"palette": colours(("blue", BLUE, 0.9), ("red", RED, 0.1))}),
        Art("b1", "b", features={"palette": colours(("orange", DEEP, 0.2), ("blue", BLUE, 0.7))}),
        Art("b2", "b", features={"palette": None}),
    ]
    return plant(tmp_path_factory.mktemp("painted"), [Title("a"), Title("b")], arts)


def test_colours_of_winners_stand_by_their_share_beside_that_of_losers(painted: Index) -> None:
    found = palette(painted, [pair("a1", "a2"), pair("b1")])
    assert [(one.name, one.hex) for one in found] == [
        ("red", RED), ("dark blue", BLUE), ("grey", GREY),
    ]  # fmt: skip
    assert [one.share for one in found] == pytest.approx([0.4, 0.35, 0.2]), "of two pictures"
    assert [one.failed_share for one in found] == pytest.approx([0.1, 0.9, 0.0]), "of one"
    both = palette(painted, [pair("a1", "a2"), pair("b1", "a2")])
    assert [one.failed_share for one in both] == pytest.approx([0.1, 0.9, 0.0]), "twice of two"
    assert [one.failed_share for one in palette(painted, [pair("a1")])] == [0.0, 0.0]
    assert palette(painted, [pair("b2")]) == ()


@pytest.mark.parametrize(
    ("name", "hexed", "called"),
    [
        ("black", "#000000", "black"),
        ("white", "#ffffff", "white"),
        ("red", "#3a0000", "dark red"),
        ("red", "#ff0000", "red"),
        ("blue", "#c8d4e8", "pale blue"),
        ("blue", "#708090", "dull blue"),
    ],
)
def test_a_colour_says_how_light_or_dull_it_is(
    tmp_path: Path, name: str, hexed: str, called: str
) -> None:
    art = Art("a", "a", features={"palette": colours((name, hexed, 1.0))})
    (found,) = palette(plant(tmp_path, [Title("a")], [art]), [pair("a")])
    assert found.name == called


def test_a_colour_is_as_like_the_largest_of_a_swatch_as_it_must_be(tmp_path: Path) -> None:
    """Of three reds in a row the last is like the second, but not like the first and largest."""
    reds = [("one", "#a00000", 0.5), ("two", "#c01000", 0.3), ("three", "#e02000", 0.2)]
    art = Art("a", "a", features={"palette": colours(*reds)})
    found = palette(plant(tmp_path, [Title("a")], [art]), [pair("a")])
    assert [one.share for one in found] == pytest.approx([0.8, 0.2])


def test_no_more_than_seven_colours_are_shown(tmp_path: Path) -> None:
    hexes = ["#d02020", "#20d020", "#2030c0", "#e0c000", "#00a0a0", "#9020b0", "#ff80c0", "#ffffff"]
    named = [(f"colour {n}", one, 0.2 - 0.01 * n) for n, one in enumerate(hexes)]
    art = Art("a", "a", features={"palette": colours(*named)})
    found = palette(plant(tmp_path, [Title("a")], [art]), [pair("a")])
    assert len(found) == 7
    assert [one.share for one in found] == sorted((one.share for one in found), reverse=True)


# Previews.


def test_a_preview_is_cropped_as_the_survival_was_judged(tmp_path: Path) -> None:
    kept = layout(face=(0.4, 0.1, 0.6, 0.25), title=(0.2, 0.8, 0.8, 0.9))
    arts = [Art("a", "a", layout=kept), Art("b", "b")]
    tags = [Tag("a", 0.5), Tag("b", 0.6)]
    index = plant(
        tmp_path, [Title("a"), Title("b")], arts, tags, sizes=[(200, 300), (400, 100)] * 6
    )
    sizes = load_canvases()
    tile, tall = sizes["tile"], sizes["vertical"]
    asked = Brief(title="New", canvases=("tile",))
    answer = answer_brief(asked, BRIEF, index, Words())  # type: ignore[arg-type]
    found = {one.artwork_id: one for one in answer.exemplars}
    shown, other = previews(index, found["a"], [tile, tall])
    assert (shown.canvas, other.canvas) == ("tile", "vertical")
    assert shown.verdict == found["a"].canvases[0]["verdict"]
    assert list(shown.crop) == found["a"].canvases[0]["crop"]
    assert other.verdict == "survives", "a canvas that the brief did not name is measured too"
    (unmeasured,) = previews(index, found["b"], [tile])
    assert unmeasured.verdict == "not measured"
    assert unmeasured.crop == pytest.approx(centre_crop(4.0, tile.aspect))


def test_the_safe_part_lies_inside_the_crop(tmp_path: Path) -> None:
    arts = [Art("a", "a"), Art("b", "a")]
    index = plant(tmp_path, [Title("a")], arts, [Tag("a", 0.5)], sizes=[(200, 100)] * 7)
    canvas = Canvas(name="half", size=(100, 100), safe=(0.1, 0.2, 0.6, 0.9))
    answer = answer_brief(Brief(title="New"), BRIEF, index, Words())  # type: ignore[arg-type]
    (shown,) = previews(index, answer.exemplars[0], [canvas])
    assert shown.crop == pytest.approx((0.25, 0.0, 0.75, 1.0))
    assert shown.safe == pytest.approx((0.3, 0.2, 0.55, 0.9))
    wide = canvas.model_copy(update={"size": (400, 100)})
    (flat,) = previews(index, answer.exemplars[0], [wide])
    assert flat.crop == pytest.approx((0.0, 0.25, 1.0, 0.75))
    assert flat.safe == pytest.approx((0.1, 0.35, 0.6, 0.7))
    tall = canvas.model_copy(update={"size": (100, 200), "safe": (0.0, 0.0, 1.0, 0.5)})
    (narrow,) = previews(index, answer.exemplars[0], [tall])
    assert narrow.crop == pytest.approx((0.375, 0.0, 0.625, 1.0))
    assert narrow.safe == pytest.approx((0.375, 0.0, 0.625, 0.5))


# What a brief avoids, over a whole board; and dates.

KINDS = {"darker": "dark", "two people": "pairs", "cooler": "cool"}
EFFECTS = {"darker": everywhere(0.4), "two people": everywhere(0.3), "cooler": everywhere(-0.35)}


@pytest.fixture(scope="module")
def world() -> World:
    return make_world(EFFECTS, 23, titles=16, impressions=1500)


@pytest.fixture(scope="module")
def armed(world: World, tmp_path_factory: pytest.TempPathFactory) -> Index:
    """Every dark picture of an even title and every cool one of an odd title shows a gun; dark
    pictures are of late, all others of before."""
    number = world.artworks["title_id"].str[-4:].astype(int).to_numpy()
    even = number % 2 == 0
    gun = np.where(even, world.edit == "darker", world.edit == "cooler").astype(float)

    def art(row: int) -> dict[str, Any]:
        dark = world.edit[row] == "darker"
        return {
            "created": "2024-06-01" if dark else f"201{number[row] % 2}-05-0{1 + number[row] % 7}",
            "rights": "cleared" if dark else "",
        }

    return plant_world(
        tmp_path_factory.mktemp("armed"), world, kinds=KINDS, art=art,
        perceived={"shows_gun": [*gun]},
    )  # fmt: skip


def board_of(index: Index, **brief: object) -> Board:
    asked = Brief.model_validate({"title": "New", "audience": {"Romance": 1}, **brief})
    words = Words({"New": (1, 0, 0)})
    answer = answer_brief(asked, BRIEF, index, words)  # type: ignore[arg-type]
    return make_board(answer, None, Desk(index, words))  # type: ignore[arg-type]


def everything(board: Board) -> set[str]:
    """Ids of all artwork that a board shows."""
    turned = [pair for one in board.turns for pair in one.direction.pairs]
    pairs = [*board.pairs, *board.bench, *turned]
    pieces = [one for pair in pairs for one in (pair.worked, pair.failed) if one is not None]
    pieces += [*board.worst, *(one for theme in board.themes for one in theme.pieces)]
    return {one.artwork_id for one in pieces}


def test_what_a_brief_avoids_is_nowhere_on_its_board(armed: Index, world: World) -> None:
    number = world.artworks["title_id"].str[-4:].astype(int).to_numpy()
    gun = np.where(number % 2 == 0, world.edit == "darker", world.edit == "cooler")
    ids = set(world.artworks["artwork_id"][gun])
    free, careful = board_of(armed), board_of(armed, avoid=["guns"])
    where = [free.pairs, free.worst, [theme for theme in free.themes if theme.pieces]]
    assert all(where), "the test would show nothing"
    assert len(ids & everything(free)) > 8
    assert not ids & everything(careful)
    assert dict(careful.sources)["avoided, by the brief"] == "guns"
    assert "avoided, by the brief" not in dict(free.sources)


def test_sources_name_the_dates_and_the_rights_of_what_is_shown(armed: Index) -> None:
    board = board_of(armed)
    told = dict(board.sources)
    assert told["artwork dates"] == "2010-05-01 to 2024-06-01"
    shown = [pair.worked.artwork_id for pair in (*board.pairs, *board.bench)]
    dark = len({*shown} & {*ids_of(armed, "cleared")})
    others = len(shown) - dark
    assert dark > 0
    assert told["rights of exemplars"] == ", ".join(
        f"{name} ({n})" for name, n in (("cleared", dark), ("not stated", others)) if n
    )


def test_sources_and_the_sceptic_are_those_of_the_index(tmp_path: Path) -> None:
    days = ("2019-03-04T05:06:07", "2018-01-02T03:04:05", "", "2020-12-31T23:59:59")
    arts = [Art(f"a{n}", "t", created=day) for n, day in enumerate(days)]
    told = "8 of 10 pieces of advice held."
    index = plant(
        tmp_path, [Title("t")], arts, tables={"evaluation": pd.DataFrame({"sceptic": [told]})}
    )
    asked = SimpleNamespace(exemplars=(), brief=Brief(title="New"))
    found = dict(sources(asked, index))  # type: ignore[arg-type]
    assert found["artwork dates"] == "2018-01-02 to 2020-12-31"
    assert re.search(r", made \d{4}-\d{2}-\d{2}$", found["index"])
    assert found["artwork"] == "4 pictures of 1 title"
    assert sceptic_line(index) == told


def ids_of(index: Index, rights: str) -> list[str]:
    table = index.table("artworks")
    return [one["artwork_id"] for one in table.to_pylist() if one["rights"] == rights]


def test_a_kind_that_comes_up_says_so_and_one_that_stays_does_not(armed: Index) -> None:
    drifts = {one.name: one.drift for one in board_of(armed).themes}
    assert drifts["Darker pictures"].startswith("Rising: 0% of artwork before 20")
    assert drifts["Cooler pictures"] == drifts["Two people"] == ""
    assert len(drifts) == 3


def test_cautions_hold_the_warnings_and_how_many_exemplars_promise_something_else(
    armed: Index,
) -> None:
    answer = board_of(armed).answer
    noted = replace(answer, warnings=("the dog is loose", "Mind the step."))
    told = cautions(noted, [pair("a"), pair("b", marks=("Looks like Horror",)), pair("c")])
    assert told[:3] == (
        "The dog is loose.", "Mind the step.",
        "1 of 3 exemplars promise what the brief does not mention.",
    )  # fmt: skip
    assert told[3].startswith("Logs are history, not an experiment")
    assert len(cautions(noted, [pair("a")])) == 3


# What is asked and what was learned.


def learned(name: str, **changed: Any) -> dict[str, Any]:
    """A test from 25% of plays, that 28% were expected of and 30% were found in."""
    low, middle, high = (np.log(p / (1 - p)) - np.log(0.25 / 0.75) for p in (0.275, 0.30, 0.325))
    less, expected, more = (np.log(p / (1 - p)) - np.log(0.25 / 0.75) for p in (0.26, 0.28, 0.30))
    return {
        "experiment": name, "brief": "New", "pole": "darker", "cluster": "c0", "platform": "tv",
        "take_fraction": 0.25, "low": low, "effect": middle, "high": high, "expected_low": less,
        "expected_effect": expected, "expected_high": more, "impressions_a": 1200,
        "impressions_b": 1100, "verdict": "an experiment agrees",
    } | changed  # fmt: skip


def test_what_the_tests_of_this_brief_found_stands_after_what_is_to_be_tested(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def plan(number: int, platform: str) -> Any:
        return SimpleNamespace(
            id=f"p{number}", question="Would it?", change="Darker in A", cluster_name="Romance",
            platform=platform, impressions_per_arm=12345, low=0.0, effect=np.log(2), high=np.log(3),
            take_fraction=0.5, grade="supported",
        )  # fmt: skip

    plans = [plan(number, "tv" if number else "all") for number in range(4)]
    monkeypatch.setattr(questions, "propose_tests", lambda answer, index, k: plans[:k])
    table = pd.DataFrame([
        learned("h1"), learned("h2", cluster="all", platform="all"), learned("h3", cluster="c9"),
        learned("other", brief="Another"), learned("no rate", take_fraction=np.nan),
        learned("no interval", low=np.nan), learned("broken", verdict="invalid"),
    ])  # fmt: skip
    told, untold = (
        plant(tmp_path / name, [Title("t")], [Art("a", "t")], tables=tables)
        for name, tables in (("told", {"experiments": table}), ("untold", {}))
    )
    shares = (SimpleNamespace(cluster="c0", name="Romance"),)
    answer: Any = SimpleNamespace(
        take_fraction=0.2, brief=Brief(title="New"), audience=SimpleNamespace(shares=shares)
    )
    first, second, *others = questions.test_cards(answer, told)
    assert (first.id, first.who, second.who) == ("p0", "Romance", "Romance, tv")
    assert (first.change, first.size) == ("Darker in A.", "12,345 impressions an arm")
    assert astuple(first.past) == pytest.approx((0.0, 1 / 3, 0.5)), "from one half to two thirds"
    assert [one.id for one in others] == ["p2", "h1", "h2", "h3"], "three to test, then the tested"
    found, everyone, unnamed = others[1:]
    assert (found.who, everyone.who, unnamed.who) == ("Romance, tv", "everyone", "c9, tv")
    assert (found.size, found.grade) == ("2,300 impressions", "tested")
    assert astuple(found.past) == pytest.approx((0.04, 0.12, 0.20)), "of what the test began from"
    assert found.result == "The test found +20% (+10% to +30%) plays: an experiment agrees."
    assert [one.id for one in questions.test_cards(answer, untold)] == ["p0", "p1", "p2"]
    answer.take_fraction = None
    assert questions.test_cards(answer, told) == ()


# Every picture once.


def card(*artworks: str) -> ThemeCard:
    return ThemeCard(artworks[0], artworks[0], 9, 9, tuple(map(piece, artworks)), (), "")


def test_kinds_of_picture_and_failures_show_what_nothing_before_them_does(armed: Index) -> None:
    board = replace(board_of(armed), turns=(), suite=None)
    once = show_once(replace(
        board,
        pairs=(pair("a", "b"), pair("c")),
        themes=(card("a", "d", "e", "f", "g", "h"), card("b", "d", "h")),
        worst=tuple(piece(one) for one in "bdijklmnop"),
    ))  # fmt: skip
    shown = [[one.artwork_id for one in theme.pieces] for theme in once.themes]
    assert shown == [["d", "e", "f", "g"], ["h"]], "four at most"
    assert [one.artwork_id for one in once.worst] == ["i", "j", "k", "l", "m", "n"], "six at most"


def test_a_cluster_that_nothing_moves_has_no_kind_before_one_that_moves_it(
    tmp_path: Path,
) -> None:
    effects = {"darker": only(c0=0.5), "two people": only(c1=0.3), "cooler": only(c1=-0.5)}
    index = plant_world(tmp_path, make_world(effects, 24, titles=16, impressions=1500), kinds=KINDS)
    assert board_of(index, audience={"Romance": 1}).themes[0].name == "Darker pictures"
    assert board_of(index, audience={"Action": 1}).themes[0].name == "Cooler pictures"


def test_neither_few_titles_nor_what_cancels_out_over_platforms_makes_a_kind_telling(
    tmp_path: Path,
) -> None:
    effects = {"darker": everywhere(0.9), "stronger": only(tv=0.5, mobile=-0.5),
               "two people": everywhere(0.2)}  # fmt: skip
    whole = make_world(effects, 28, titles=24, impressions=1500)
    number = whole.artworks["title_id"].str[-4:].astype(int).to_numpy()
    kinds = {"darker": "dark", "stronger": "strong", "two people": "pairs"}
    world = part_of(whole, (whole.edit != "darker") | (number < 6))
    index = plant_world(tmp_path, world, kinds=kinds)
    assert board_of(index, audience=None).themes[0].name == "Two people"
