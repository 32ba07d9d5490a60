"""What a board says of two artworks of one title, and the pairs that it shows for a direction."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assistant.answers import examples
from assistant.answers.answer import Answer, answer_brief
from assistant.answers.brief import Brief
from assistant.answers.examples import Example, example_pairs
from assistant.answers.lift import AudienceLift
from assistant.answers.pieces import Changed, piece_of, what_changed
from assistant.insights.evidence import read_evidence
from assistant.insights.levers import lever_sides
from index.store import Index
from tests.planted import BRIEF, Art, Title, Words, plant
from tests.world_index import plant_world
from tests.worlds import LEVERS, World, everywhere, make_world

BASE = {"brightness": 0.5, "black_share": 0.3, "warm_cool": 0.0, "clutter": 0.0, "contrast": 0.0,
        "sharpness": 0.0, "people_grouping": "single"}  # fmt: skip


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    """One title's artworks next to forty titles that set the scale."""
    made = {
        "usual": BASE, "dark": BASE | {"brightness": 0.34, "black_share": 0.4},
        "grey": BASE | {"brightness": 0.2, "black_share": 0.32},
        "black": BASE | {"brightness": 0.48, "black_share": 0.6},
        "pair": BASE | {"people_grouping": "pair"},
        "all": BASE | {"brightness": 0.34, "black_share": 0.4, "warm_cool": 40.0, "clutter": -3.5,
                       "contrast": 3.0, "sharpness": -2.5},
        "unknown": {"people_grouping": None}, "far": BASE | {"people_grouping": "pair"},
    }  # fmt: skip
    arts = [
        Art(name, "t", (0.2, 1, 0) if name == "far" else (1, 0, 0), features=own)
        for name, own in made.items()
    ]
    world = make_world({}, 3, titles=40)
    for row, one in enumerate(world.artworks.itertuples()):
        own = {name: float(values[row]) for name, values in world.features.items()}
        arts.append(Art(one.artwork_id, one.title_id, features=own))
    titles = [Title("t"), *(Title(one) for one in world.titles["title_id"])]
    return plant(tmp_path_factory.mktemp("index"), titles, arts, levers=LEVERS)


def changed(index: Index, start: str, end: str, first: str = "") -> Changed:
    ids = index.table("artworks")["artwork_id"].to_pylist()
    return what_changed(index, ids.index(start), ids.index(end), first)


def test_a_change_is_told_by_its_pole_with_the_measure_that_is_a_share(index: Index) -> None:
    darker = changed(index, "usual", "dark")
    assert darker.same_picture
    assert darker.levers == ("light",)
    assert darker.words[0].startswith("darker (b")
    assert darker.sentence.startswith("Same picture: darker (b")
    assert darker.sentence.endswith(" points), nothing else")
    lighter = changed(index, "dark", "usual")
    assert lighter.words[0].startswith("lighter (b")
    sign = {"brightness": "-16", "black": "+10"}
    measure = darker.words[0].partition("(")[2].split()[0]
    assert f"{measure} {sign[measure]} points" in darker.words[0]


def test_a_measure_that_hardly_moved_is_not_told(index: Index) -> None:
    told = [changed(index, "usual", one).words[0] for one in ("grey", "black")]
    assert "darker" in told, "its strongest measure moved by two points, another did"
    (other,) = (one for one in told if one != "darker")
    assert other.startswith("darker (")
    assert "-30 points" in other or "+30 points" in other


def test_nothing_changed_between_a_picture_and_itself(index: Index) -> None:
    same = changed(index, "usual", "usual")
    assert (same.words, same.sentence) == ((), "Same picture, nothing measured changed")
    assert Changed(False, (), ()).sentence == "Other picture"
    assert changed(index, "usual", "unknown").words == (), "what is unknown has not changed"


def test_who_is_shown_changes_with_the_picture_alone(index: Index) -> None:
    assert changed(index, "usual", "pair").words == (), "a version of one picture: a misreading"
    other = changed(index, "usual", "far")
    assert not other.same_picture
    assert other.words == ("two people, not one person",)
    assert other.sentence == "Another picture: two people, not one person"
    assert changed(index, "far", "usual").words == ("one person, not two people",)


def test_the_largest_change_comes_first_and_three_are_told(index: Index) -> None:
    every = changed(index, "usual", "all")
    assert len(every.words) == 5
    assert every.levers[0] == "focus", "which hardly ever moves, so that little is many steps"
    assert every.sentence.endswith(" and 2 more")
    assert every.sentence.count(", ") == 2
    asked = changed(index, "usual", "all", "heat")
    assert asked.levers[0] == "heat"
    assert asked.words[0] == "warmer"
    assert set(asked.levers) == set(every.levers)
    rest = [[lever for lever in one.levers if lever != "heat"] for one in (asked, every)]
    assert rest[0] == rest[1]
    back = changed(index, "all", "usual")
    assert {one.split(" (")[0] for one in back.words} == {
        "lighter", "cooler", "busier", "softer", "sharper focus",
    }  # fmt: skip


def test_where_there_is_less_room_fewer_changes_are_told() -> None:
    assert Changed(True, ("a", "b", "c", "d", "e"), ()).sentences == (
        "Same picture: a, b, c and 2 more",
        "Same picture: a, b and 3 more",
        "Same picture: a and 4 more",
    )
    assert Changed(False, ("a", "b"), ()).sentences == (
        "Another picture: a, b",
        "Another picture: a and 1 more",
    )
    assert Changed(True, (), ()).sentences == ("Same picture, nothing measured changed",)


def test_a_piece_says_how_it_did() -> None:
    did = {"lift": 0.2, "low": 0.1, "high": 0.3, "label": "high", "impressions": 12}
    good = piece_of("a", "Title", "a.jpg", did, 0.1)
    assert (good.alt, good.label, good.seen) == ("Artwork of Title, which did well", "high", 12)
    assert good.change is not None
    assert 0 < good.change.low < good.change.middle < good.change.high
    bad = piece_of("a", "Title", "a.jpg", did | {"label": "low"}, None)
    assert (bad.alt, bad.change) == ("Artwork of Title, which did badly", None)
    unknown = piece_of("a", "Title", "a.jpg", None, 0.1)
    assert (unknown.alt, unknown.label, unknown.seen) == ("Artwork of Title", "", 0)


def test_versions_of_a_picture_differ_in_nothing_that_was_not_read_in_both(index: Index) -> None:
    for start, end in (("usual", "unknown"), ("unknown", "usual"), ("unknown", "far")):
        assert "cast" not in changed(index, start, end).levers
    every = changed(index, "far", "all")
    assert every.words[-1] == "one person, not two people", "counts as one step"
    dark = changed(index, "far", "dark")
    assert dark.levers == ("light", "cast")


# Pairs for a direction.

EFFECTS = {"darker": everywhere(0.4), "lighter": everywhere(-0.4)}


@pytest.fixture(scope="module")
def world() -> World:
    return make_world(EFFECTS, 43, titles=30, impressions=1500)


@pytest.fixture(scope="module")
def told(world: World, tmp_path_factory: pytest.TempPathFactory) -> tuple[Index, Answer]:
    index = plant_world(tmp_path_factory.mktemp("world"), world)
    words: Any = Words({"New": (1, 0, 0)})
    return index, answer_brief(Brief(title="New"), BRIEF, index, words)


def pairs(told: tuple[Index, Answer], pole: str, **options: Any) -> tuple[Example, ...]:
    index, answer = told
    evidence = read_evidence(index)
    at = lever_sides(evidence).column("light", pole)
    return example_pairs(answer.match, index, evidence, at, **options)


def test_pairs_are_looked_for_among_the_nearest_titles(
    told: tuple[Index, Answer], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(examples, "TRIED", 2)
    assert {one.worked.title for one in pairs(told, "darker")} == {"Title 0", "Title 1"}


def test_the_clearest_pairs_of_titles_of_the_kind_come_first(
    told: tuple[Index, Answer], world: World
) -> None:
    found = pairs(told, "darker")
    fits = {f"Title {n}" for n in range(8)}
    assert len(found) == 3
    assert {one.worked.title for one in found} <= fits
    for one in found:
        assert world.edit[int(one.worked.artwork_id[1:])] == "darker"
        assert one.worked.change is not None
        assert one.failed.change is not None
        assert one.worked.change.low > one.failed.change.middle
        assert one.sentence.startswith("Same picture: darker")


def test_a_side_that_costs_plays_is_shown_by_what_failed(
    told: tuple[Index, Answer], world: World
) -> None:
    found = pairs(told, "lighter", helps=False)
    assert len(found) == 3
    for one in found:
        assert world.edit[int(one.failed.artwork_id[1:])] == "lighter"
        assert world.edit[int(one.worked.artwork_id[1:])] != "lighter"
        assert one.changed[0].startswith("lighter"), "from the one in the middle to the turned one"
    assert pairs(told, "lighter") == (), "nowhere did it help"


def test_a_pair_shows_an_axis_only_where_it_is_clearly_turned(
    told: tuple[Index, Answer], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(examples, "CLEAR", 99.0)
    assert pairs(told, "darker") == ()


def test_a_pair_of_which_nothing_else_was_measured_shows_the_lever_as_well(
    told: tuple[Index, Answer], monkeypatch: pytest.MonkeyPatch
) -> None:
    traits = examples.read_traits(told[0])
    alone = replace(traits, axes={"light": traits.axes["light"]})
    unknown = {name: np.full_like(values, np.nan) for name, values in traits.axes.items()}
    dark = replace(traits, axes=unknown | alone.axes)
    for one in (alone, dark):
        monkeypatch.setattr(examples, "read_traits", lambda _, one=one: one)
        assert len(pairs(told, "darker")) == 3


def test_little_else_changes_in_the_pair_that_is_shown(tmp_path: Path) -> None:
    """Of three middle artworks the one that is the same picture but for its light is shown."""
    world = make_world(EFFECTS, 44, titles=24, impressions=1500)
    looks = {"as it is": (1, 0.1, 0), "darker": (1, 0, 0)}
    of = [looks.get(edit, (0, 0, 1)) for edit in world.edit]
    index = plant_world(tmp_path, world, art=lambda row: {"looks": of[row]})
    answer = answer_brief(Brief(title="New"), BRIEF, index, Words({"New": (1, 0, 0)}))  # type: ignore[arg-type]
    found = pairs((index, answer), "darker")
    shown = [world.edit[int(one.failed.artwork_id[1:])] for one in found]
    assert shown == ["as it is"] * 3
    assert np.unique([one.worked.title for one in found]).size == 3


# Which pair shows a direction best.

MIDDLES = {"as it is": (0.8, 0.6, 0), "another take": (1, 0, 0), "warmer": (1, 0, 0)}
"""What pictures of an edit look like, beside those of darker ones that look like (1, 0, 0)."""


@pytest.fixture(scope="module")
def varied(tmp_path_factory: pytest.TempPathFactory) -> tuple[Index, Answer, World]:
    world = make_world(EFFECTS, 45, titles=24, impressions=300)
    looks = [MIDDLES.get(edit, (1, 0, 0)) for edit in world.edit]
    folder = tmp_path_factory.mktemp("varied")
    index = plant_world(folder, world, art=lambda row: {"looks": looks[row]})
    return index, answer_brief(Brief(title="New"), BRIEF, index, Words({"New": (1, 0, 0)})), world  # type: ignore[arg-type]


def shown_of(
    varied: tuple[Index, Answer, World], lifts: dict[tuple[int, str], float], sd: float = 1.0
) -> list[tuple[str, str]]:
    """Title and middle artwork of the pairs that are shown for darkness, of lifts by edit."""
    index, answer, world = varied
    lift = np.full(len(world.edit), np.nan)
    for (title, edit), value in lifts.items():
        lift[title * len(set(world.edit)) + list(world.edit).index(edit)] = value
    known, count = np.isfinite(lift), np.full(len(lift), 100)
    did = AudienceLift(
        lift, np.full(len(lift), sd / np.sqrt(2)), np.full(len(lift), 0.2), count, known
    )
    found = pairs((index, replace(answer, match=replace(answer.match, lift=did))), "darker")
    return [(one.failed.title, world.edit[int(one.failed.artwork_id[1:])]) for one in found]


@pytest.mark.parametrize(
    ("lifts", "shown"),
    [
        ({"as it is": -2.0, "another take": -1.5}, "another take"),
        ({"as it is": -2.2, "another take": -1.5}, "as it is"),
        ({"as it is": -9.0, "another take": -2.0}, "another take"),
        ({"warmer": -1.56, "another take": -1.5}, "another take"),
        ({"warmer": -2.0, "another take": -1.5}, "warmer"),
    ],
)
def test_a_pair_must_be_sure_look_alike_and_differ_in_little_else(
    varied: tuple[Index, Answer, World], lifts: dict[str, float], shown: str
) -> None:
    """A fifth less alike counts as much as 0.6 standard errors, of which three are sure enough."""
    for sd in (1.0, 0.5):
        of = {(0, "darker"): 0.5 * sd} | {(0, edit): lift * sd for edit, lift in lifts.items()}
        assert shown_of(varied, of, sd) == [("Title 0", shown)]


def test_pairs_of_another_kind_or_of_a_loser_must_show_much_more(
    varied: tuple[Index, Answer, World],
) -> None:
    """By 1.5 standard errors, from the clearest three pairs on."""

    def first(other: int, lift: float, gap: float) -> str:
        of = {(other, "darker"): lift, (other, "another take"): lift - 3.0}
        of |= {(0, "darker"): 0.1, (0, "another take"): 0.1 - gap}
        return shown_of(varied, of)[0][0]

    far = len(varied[2].titles) - 1
    assert not varied[1].match.relevance.fits[-1]
    assert (first(far, 1.0, 1.0), first(far, 1.0, 1.9)) == (f"Title {far}", "Title 0")
    assert (first(1, 0.0, 1.0), first(1, 0.0, 1.9)) == ("Title 1", "Title 0")
    assert first(1, 0.1, 1.9) == "Title 1", "a winner"


def test_a_title_that_barely_fits_must_show_more_than_the_nearest(
    varied: tuple[Index, Answer, World],
) -> None:
    """By up to three quarters of a standard error."""

    def first(gap: float) -> str:
        of = {(5, "darker"): 1.0, (5, "another take"): -0.9}
        of |= {(0, "darker"): 1.0, (0, "another take"): 1.0 - gap}
        return shown_of(varied, of)[0][0]

    nearness = varied[1].match.relevance.nearness
    assert nearness.fits[5]
    assert nearness.value[5] < 0.1
    assert (first(0.7), first(1.5)) == ("Title 5", "Title 0")


def test_only_artwork_whose_data_speak_and_that_the_brief_allows_is_shown(
    varied: tuple[Index, Answer, World],
) -> None:
    index, answer, _ = varied
    lift = answer.match.lift
    assert lift is not None
    assert len(pairs((index, answer), "darker")) == 3
    for barred in (
        {"lift": replace(lift, informed=np.zeros_like(lift.informed))},
        {"allowed": np.zeros_like(answer.match.allowed)},
        {"lift": None},
    ):
        seen = replace(answer, match=replace(answer.match, **barred))  # type: ignore[arg-type]
        assert pairs((index, seen), "darker") == ()
    assert shown_of(varied, {(0, "darker"): 0.5, (0, "another take"): 0.5}) == [], "no better"
