"""What a board says of two artworks of one title, and the pairs that it shows for a direction."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assistant.answers import examples
from assistant.answers.answer import Answer, answer_brief
from assistant.answers.brief import Brief
from assistant.answers.examples import Example, example_pairs
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
