"""Which ideas mockups are drawn of, and when a picture is too near to past artwork."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from assistant.answers.answer import answer_brief
from assistant.answers.brief import Brief
from assistant.answers.pieces import Piece
from assistant.answers.suite import PlannedConcept, Suite
from assistant.mockups.aims import asked_level, gather_aims, turned
from assistant.mockups.ideas import Idea, for_clusters, plan_ideas, whole_audience
from assistant.mockups.likeness import PastArtwork
from index.records import FloatMatrix
from index.store import Index
from tests.planted import BRIEF, Art, Tag, Title, Words, plant, unit
from tests.turned import LEVERS, aim, direction, idea, part

DARK = direction("light", "darker")


def turn(*parts: object, pole: str = "darker") -> object:
    return replace(direction("light", pole), by_cluster=tuple(parts))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("one", "two", "stays", "turned"),
    [
        (part("c1", 0.1, 0.3), part("c2", 0.1, 0.3), True, False),
        (part("c1", -0.3, -0.1), part("c2", -0.3, -0.1), False, True),
        (part("c1", -0.3, -0.1), part("c2", 0.1, 0.3), True, False),
        (part("c1", -0.3, -0.1), part("c2", -0.1, 0.1), False, False),
        (part("c1", -0.3, 0.0), part("c2", -0.3, 0.0), True, False),
        (part("c1", -0.3, -0.1, "suggestive"), part("c2", -0.3, -0.1, "suggestive"), True, False),
    ],
    ids=["both gain", "both lose", "one of each", "one loses", "perhaps nothing", "not sure"],
)
def test_a_direction_is_for_clusters_as_far_as_it_holds_with_them(
    one: object, two: object, stays: bool, turned: bool
) -> None:
    usual = turn(one, two)
    everybody = Idea("all", "everyone", {}, (usual,), ())  # type: ignore[arg-type]
    towards, away = for_clusters({"c1", "c2"}, everybody)
    assert (bool(towards), bool(away)) == (stays, turned)
    elsewhere, _ = for_clusters({"c9"}, everybody)
    assert elsewhere == (usual,), "of whom nothing is known"


def test_what_everybody_avoids_is_sought_where_clusters_surely_gain_by_it() -> None:
    gains = turn(part("c1", 0.1, 0.3), pole="lighter")
    towards, away = for_clusters({"c1"}, Idea("all", "everyone", {}, (), (gains,)))  # type: ignore[arg-type]
    assert (towards, away) == ((gains,), ())
    loses = turn(part("c1", -0.3, -0.1), pole="lighter")
    towards, away = for_clusters({"c1"}, Idea("all", "everyone", {}, (), (loses,)))  # type: ignore[arg-type]
    assert (towards, away) == ((), (loses,))


def concept(artwork: str, *reaches: str) -> PlannedConcept:
    return PlannedConcept(Piece(artwork, "T", "x", "", None, "", 0), (), (), reaches, 0.0)


def test_every_concept_that_reaches_somebody_new_is_an_idea(tmp_path: Path) -> None:
    titles = [Title("t1"), Title("t2")]
    arts = [Art("a1", "t1"), Art("a2", "t2")]
    tags = [Tag(a, 0.5, cluster=c) for a in ("a1", "a2") for c in ("c1", "c2", "c3")]
    names = {"c1": "Romance", "c2": "Action", "c3": "Nature"}
    index = plant(tmp_path, titles, arts, tags, clusters=names)
    asked = Brief(title="New", audience={"c1": 0.5, "c2": 0.3, "c3": 0.2})
    answer = answer_brief(asked, BRIEF, index, Words())  # type: ignore[arg-type]
    suite = Suite((concept("a2", "Romance", "Nature"), concept("a1"), concept("a9", "Action")),
                  1.0, ())  # fmt: skip
    first, second = plan_ideas(answer, suite)
    assert (first.key, first.name) == ("c1", "Romance and Nature")
    assert first.clusters == pytest.approx({"c1": 5 / 7, "c3": 2 / 7})
    assert first.past == ("a2", "a1")
    assert (second.key, second.name, second.clusters) == ("c2", "Action", {"c2": 1.0})
    assert second.past[0] == "a9"
    everybody = whole_audience(answer)
    assert (everybody.key, everybody.name) == ("all", "whole audience")
    assert everybody.clusters == pytest.approx({"c1": 0.5, "c2": 0.3, "c3": 0.2})
    assert plan_ideas(answer, None) == (everybody,)
    assert plan_ideas(answer, Suite((concept("a1", "Romance"),), 1.0, ())) == (everybody,)


def test_a_wish_of_the_brief_comes_before_what_past_artwork_says() -> None:
    brief = Brief(title="A", must_show=("a red balloon", "two leads"), avoid=("cooler",))
    found = gather_aims(
        brief,
        idea(direction("cast", "a group"), DARK, direction("temperature", "cooler"),
             avoid=(direction("light", "lighter"), direction("contrast", "softer contrast"))),
        LEVERS,
    )  # fmt: skip
    assert [(one.lever, one.pole, one.more) for one in found] == [
        ("cast", "two people", True), ("light", "darker", True),
        ("contrast", "softer contrast", False),
    ]  # fmt: skip
    assert [one.source for one in found] == ["brief", "evidence", "evidence"]
    assert found[1].sign == -1
    assert found[2].sign == -1
    assert found[1].steps == 1.5
    assert found[0].reason == "the brief must show “two leads”"


# Copies.


@pytest.fixture
def past(tmp_path: Path) -> Index:
    """A hundred titles of two nearly equal pictures each, at angles that grow."""
    arts = []
    for number in range(100):
        at = 0.03 * number * (1 + number / 100)
        for more in (0.0, 0.001):
            look = (np.cos(at / 4 + more), np.sin(at / 4 + more), 0)
            arts.append(Art(f"a{number}{'ab'[more > 0]}", f"t{number}", look))
    return plant(tmp_path, [Title(f"t{number}") for number in range(100)], arts)


def vectors(*angles: float) -> FloatMatrix:
    return np.stack([unit(np.cos(at), np.sin(at), 0) for at in angles])


def test_a_picture_nearer_than_two_titles_come_by_chance_is_a_copy(past: Index) -> None:
    known = PastArtwork(past)
    assert known.threshold is not None
    between = 1 - np.cos(0.03 / 4)
    assert known.threshold == pytest.approx(between, rel=0.5), "not that of a title's own pictures"
    copy, near, far = known.nearest(vectors(0.0, -0.012, -1.0))
    assert (copy.artwork_id, copy.title_id, copy.copy) == ("a0a", "t0", True)
    assert (near.artwork_id, near.copy) == ("a0a", False)
    assert far.distance == pytest.approx(1 - np.cos(1.0), abs=1e-5)
    assert not far.copy
    assert copy.to_json()["copy"] is True
    assert copy.to_json()["threshold"] == round(known.threshold, 5) != round(known.threshold, 4)
    assert copy.path == "images/a0a.jpg"
    assert not replace(copy, distance=known.threshold).copy, "as near as chance brings them"


def test_two_titles_tell_how_near_artwork_comes_by_chance(tmp_path: Path) -> None:
    index = plant(tmp_path, [Title("t"), Title("u")], [Art("a", "t"), Art("b", "u", (0, 1, 1))])
    assert PastArtwork(index).threshold == pytest.approx(1 - np.sqrt(0.5), abs=1e-3)


def test_one_title_alone_tells_no_copy(tmp_path: Path) -> None:
    index = plant(tmp_path, [Title("t")], [Art("a", "t"), Art("b", "t")])
    (found,) = PastArtwork(index).nearest(np.stack([unit(0, 0, 1)]))
    assert (found.threshold, found.copy, found.distance) == (None, False, 0.0)
    assert found.to_json()["threshold"] is None


def test_the_aim_of_a_lever_is_the_one_that_turns_it_and_not_away() -> None:
    aims = (aim("light", "darker"), aim("cast", "a group", more=False), aim("framing", "close-up"))
    found = turned(aims, "framing")
    assert found is not None
    assert found.lever == "framing"
    assert turned(aims, "cast") is None
    close = aims[2]
    assert asked_level(aims, close.feature) == close.level != ""
    assert asked_level(aims[:2], close.feature) == ""
    assert asked_level(aims, aims[1].feature) == "", "what is turned away from"
