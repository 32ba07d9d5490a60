"""What helps here and hurts there, what travels together, and what pairs of levers add."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
import pytest

from assistant.insights import confounders
from assistant.insights.conflicts import find_conflicts
from assistant.insights.confounders import find_carriers, find_confounders
from assistant.insights.effects import EVERYWHERE, EffectSlice, estimate_effects
from assistant.insights.interactions import SHOWN, find_interactions
from assistant.insights.levers import LeverDesign
from index.records import ALL
from tests.worlds import (
    CLUSTERS,
    ONE_BY_ONE,
    PLATFORMS,
    STRONG,
    TOGETHER,
    World,
    everywhere,
    make_world,
)

# Conflicts.


def side(cluster: str = ALL, value: float = 0.3, **changed: Any) -> dict[str, Any]:
    """An effect in one slice, 0.1 wide on either side."""
    return {
        "name": "heat", "side": "warmer", "step": "a step warmer", "cluster": cluster,
        "platform": ALL, "genre": ALL, "country": ALL, "effect": value, "se": 0.06,
        "low": value - 0.1, "high": value + 0.1, "grade": "supported",
    } | changed  # fmt: skip


def opposed(*rows: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = find_conflicts(pd.DataFrame(list(rows))).to_dict("records")
    return found


def test_a_conflict_has_the_side_that_helps_first_and_their_difference() -> None:
    for rows in ([side("c1", 0.3), side("c2", -0.2)], [side("c2", -0.2), side("c1", 0.3)]):
        (one,) = opposed(*rows)
        assert (one["lever"], one["pole"]) == ("heat", "warmer")
        assert (one["helps_cluster"], one["hurts_cluster"]) == ("c1", "c2")
        assert (one["helps_effect"], one["hurts_effect"]) == (0.3, -0.2)
        assert (one["helps_low"], one["hurts_high"]) == pytest.approx((0.2, -0.1))
        assert one["difference"] == pytest.approx(0.5)
        half = 1.6448536 * math.hypot(0.06, 0.06)
        assert (one["low"], one["high"]) == pytest.approx((0.5 - half, 0.5 + half))
        assert one["p"] == pytest.approx(3.8e-9, rel=0.02)
        assert one["q"] == pytest.approx(one["p"])
        assert (one["differs"], one["grade"]) == ("cluster", "supported")


@pytest.mark.parametrize(
    "other",
    [
        side("c2", 0.2),
        side("c2", -0.1, low=-0.2, high=0.0),
        side("c2", -0.2, grade="insufficient"),
        side("c2", -0.2, genre="Drama"),
        side("c2", -0.2, country="SE"),
        side("c2", -0.2, name="light"),
        side("c2", -0.2, side="cooler"),
        side("c2", -0.2, se=math.nan),
        side(ALL, -0.2),
        side("c2", -0.2, platform="tv"),
    ],
)
def test_what_is_no_conflict_is_not_told(other: dict[str, Any]) -> None:
    assert opposed(side("c1", 0.3), other) == []
    assert opposed(side("c1", 0.3, low=0.0), side("c2", -0.2)) == []
    assert opposed(side("c1", 0.3, grade="insufficient"), side("c2", -0.2)) == []


def test_platforms_are_compared_within_a_cluster_and_clusters_on_a_platform() -> None:
    def where(*rows: dict[str, Any]) -> list[tuple[str, ...]]:
        names = ("differs", "helps_cluster", "helps_platform", "hurts_cluster", "hurts_platform")
        return [tuple(one[name] for name in names) for one in opposed(*rows)]

    tv, mobile = {"platform": "tv"}, {"platform": "mobile"}
    assert where(side(ALL, 0.3, **tv), side(ALL, -0.2, **mobile)) == [
        ("platform", ALL, "tv", ALL, "mobile")
    ]
    assert where(side("c1", 0.3, **tv), side("c1", -0.2, **mobile)) == [
        ("platform", "c1", "tv", "c1", "mobile")
    ]
    assert where(side("c1", 0.3, **tv), side("c2", -0.2, **tv)) == [
        ("cluster", "c1", "tv", "c2", "tv")
    ]
    assert where(side("c1", 0.3, **tv), side("c2", -0.2, **mobile)) == []


def test_a_conflict_is_graded_as_its_weaker_side_and_must_hold_among_all_compared() -> None:
    def grade(one: str, two: str, *more: dict[str, Any]) -> str:
        rows = [side("c1", 0.3, grade=one), side("c2", -0.2, grade=two), *more]
        return str(opposed(*rows)[0]["grade"])

    assert grade("confirmed", "supported") == "supported"
    assert grade("suggestive", "tested") == "suggestive"
    assert grade("tested", "tested") == "tested"
    assert grade("confirmed", "confirmed") == "confirmed"
    unsure = {"se": 0.25}
    rows = [side("c1", 0.3, **unsure), side("c2", -0.2, **unsure)]
    assert opposed(*rows)[0]["grade"] == "suggestive"
    just = [side("c1", 0.3, se=0.15), side("c2", -0.2, se=0.15)]
    assert opposed(*just)[0]["grade"] == "supported"
    noise = [side(f"c{n}", 0.0, name="light") for n in range(3, 8)]
    assert opposed(*just, *noise)[0]["grade"] == "suggestive", "one of many compared"


def test_the_strongest_conflict_comes_first() -> None:
    def pair(name: str, one: float, two: float, grade: str) -> list[dict[str, Any]]:
        return [
            side("c1", one, name=name, grade=grade),
            side("c2", two, name=name, grade=grade),
        ]

    rows = [
        *pair("a", 0.9, -0.9, "suggestive"), *pair("b", 0.3, -0.2, "confirmed"),
        *pair("c", 0.3, -0.4, "confirmed"),
    ]  # fmt: skip
    found = find_conflicts(pd.DataFrame(rows))
    assert found["lever"].tolist() == ["c", "b", "a"]
    assert found.index.tolist() == [0, 1, 2]
    assert not {"rank", "helps_se", "hurts_se"} & set(found.columns)


def effects_of(world: World, *slices: EffectSlice) -> pd.DataFrame:
    evidence = world.evidence
    assert isinstance(evidence.design, LeverDesign)
    held = evidence.design.held()
    return estimate_effects(evidence, slices or None, held=held)


@pytest.fixture(scope="module")
def strong() -> World:
    return make_world(STRONG, 21)


def test_planted_conflicts_come_back_and_no_others(strong: World) -> None:
    slices = [*(EffectSlice(c) for c in CLUSTERS), *(EffectSlice(ALL, p) for p in PLATFORMS)]
    found = find_conflicts(effects_of(strong, *slices))
    sure = found[found["grade"].isin(["supported", "confirmed"])]
    clusters = sure[sure["differs"] == "cluster"]
    assert {(row.pole, row.helps_cluster, row.hurts_cluster) for row in clusters.itertuples()} == {
        ("calmer", "c0", "c1")
    }
    platforms = sure[sure["differs"] == "platform"]
    assert {(row.pole, row.helps_platform) for row in platforms.itertuples()} == {
        ("stronger", "tv")
    }


# Levers that travel together.


def travelling(**changed: Any) -> list[tuple[str, str, str]]:
    """The side it travels with, the correlation, and the verdict, of an effect of "darker"."""
    design = make_world({}, 1, titles=12, edits=TOGETHER).evidence.design
    assert isinstance(design, LeverDesign)
    row = side(value=0.4, name="light", side="darker", low=0.3, high=0.5) | {
        "adjusted_effect": 0.4, "adjusted_low": 0.3, "adjusted_high": 0.5, "adjusted_left": 0.5,
    }  # fmt: skip
    found = find_confounders(design, pd.DataFrame([row | changed]))
    assert found.index.tolist() == list(range(len(found)))
    assert found.columns[:4].tolist() == ["lever", "pole", "other", "other_pole"]
    assert (found["correlation"] > 0.6).all()
    return [(one["other"], one["other_pole"], one["verdict"]) for one in found.to_dict("records")]


@pytest.mark.parametrize(
    ("changed", "verdict"),
    [
        ({}, "stands"),
        ({"adjusted_effect": 0.31}, "stands"),
        ({"adjusted_effect": 0.29}, "shrinks"),
        ({"adjusted_effect": 0.21, "adjusted_low": -0.1}, "shrinks"),
        ({"adjusted_effect": 0.20, "adjusted_low": -0.1}, "shrinks"),
        ({"adjusted_effect": 0.19, "adjusted_low": 0.0}, "vanishes"),
        ({"adjusted_effect": 0.19, "adjusted_low": 0.01}, "shrinks"),
        ({"adjusted_effect": -0.2, "adjusted_low": -0.3, "adjusted_high": -0.1}, "turns round"),
        ({"adjusted_effect": -0.2, "adjusted_low": -0.5, "adjusted_high": 0.0}, "vanishes"),
        ({"adjusted_left": 0.09}, "cannot be told apart"),
        ({"adjusted_left": 0.10}, "stands"),
        ({"adjusted_effect": math.nan}, "cannot be told apart"),
        ({"effect": -0.4, "adjusted_effect": -0.4, "adjusted_low": -0.5, "adjusted_high": -0.3},
         "stands"),
        ({"effect": -0.4, "adjusted_effect": 0.2, "adjusted_low": 0.1, "adjusted_high": 0.3},
         "turns round"),
        ({"effect": -0.4, "adjusted_effect": -0.19, "adjusted_low": -0.4, "adjusted_high": 0.1},
         "vanishes"),
    ],
)  # fmt: skip
def test_what_is_left_of_an_effect_beside_its_companion(
    changed: dict[str, Any], verdict: str
) -> None:
    assert travelling(**changed) == [("heat", "cooler", verdict)]


@pytest.mark.parametrize(
    "changed",
    [{"grade": "insufficient"}, {"cluster": "c1"}, {"platform": "tv"}, {"genre": "x"},
     {"country": "SE"}, {"name": "clutter", "side": "calmer"}],
)  # fmt: skip
def test_only_overall_effects_that_stand_are_held_against_companions(
    changed: dict[str, Any],
) -> None:
    assert travelling(**changed) == []


def test_an_idle_lever_that_travels_with_one_that_works_vanishes_when_both_are_held() -> None:
    edits = TOGETHER | {
        "evening": {"light": -2.0, "heat": -1.8},
        "darker": {"light": -2.0},
        "cooler": {"heat": -2.0},
    }
    works = dict.fromkeys(("dusk", "evening", "darker"), everywhere(0.4))
    world = make_world(works, 22, titles=40, edits=edits)
    evidence = world.evidence
    assert isinstance(evidence.design, LeverDesign)
    found = find_confounders(evidence.design, effects_of(world, EVERYWHERE))
    told = {(row.pole, row.other_pole): row for row in found.itertuples()}
    idle, true = told["cooler", "darker"], told["darker", "cooler"]
    assert idle.low > 0
    assert idle.verdict == "vanishes"
    assert true.verdict == "stands"
    assert true.adjusted_effect == pytest.approx(true.effect, rel=0.25)
    assert (np.diff(found["correlation"]) <= 1e-12).all()


def test_nothing_travels_where_levers_are_turned_one_by_one(strong: World) -> None:
    design = strong.evidence.design
    assert isinstance(design, LeverDesign)
    assert len(find_confounders(design, effects_of(strong, EVERYWHERE))) == 0


# A person and not a lever.


def starring(stars: int, pay: float, others: float = 0.0, person: str = "Ada Vale") -> World:
    """Two people on the picture pay in the titles of one person, and otherwise in the others."""
    world = make_world({"two people": everywhere(others)}, 31, titles=40)
    theirs = world.titles["title_id"][:stars]
    talent = [f"{person} | Bo {at}" if at < stars else f"Bo {at}" for at in range(40)]
    pair = world.artworks["artwork_id"][
        (world.edit == "two people") & world.artworks["title_id"].isin(theirs)
    ]
    cells = world.cells.copy()
    rows = cells["artwork_id"].isin(pair)
    rng = np.random.default_rng(5)
    cells.loc[rows, "plays"] += rng.binomial((cells["impressions"] - cells["plays"])[rows], pay)
    cells["effective_plays"] = cells["plays"].astype(float)
    return replace(world, titles=world.titles.assign(talent=talent), cells=cells)


def carried(world: World) -> pd.DataFrame:
    return find_carriers(world.evidence, effects_of(world, EVERYWHERE))


def test_an_effect_that_only_the_titles_of_one_person_have_is_told_with_the_person() -> None:
    one, *others = carried(starring(10, 0.12)).to_dict("records")
    assert {row["lever"] for row in others} == {"cast"}, "its other levels, nothing else"
    assert (one["lever"], one["pole"], one["person"]) == ("cast", "two people", "Ada Vale")
    assert (one["titles"], one["person_titles"]) == (40, 10)
    assert one["low"] > 0
    assert one["own_low"] > one["effect"] > one["rest_effect"]
    assert one["rest_low"] < 0 < one["rest_high"]
    assert one["verdict"] == "vanishes"


def test_of_two_people_the_one_whose_titles_change_most_is_named() -> None:
    world = starring(10, 0.12)
    talent = world.titles["talent"].copy()
    talent[:9] += " | Cy Poe"
    found = carried(replace(world, titles=world.titles.assign(talent=talent)))
    assert found.iloc[0]["person"] == "Ada Vale"


def test_one_name_in_another_case_is_one_person() -> None:
    world = starring(10, 0.12)
    talent = world.titles["talent"].copy()
    talent[:5] = talent[:5].str.upper()
    found = carried(replace(world, titles=world.titles.assign(talent=talent)))
    assert found["person_titles"].max() == 10


@pytest.mark.parametrize("make", [
    pytest.param(partial(starring, 10, 0.02, others=0.4), id="it pays everywhere"),
    pytest.param(partial(starring, 2, 0.12), id="two titles are too few"),
    pytest.param(partial(starring, 40, 0.05), id="in every title, nobody to hold against"),
    pytest.param(partial(make_world, {"two people": everywhere(0.4)}, 3, titles=40),
                 id="nobody is named"),
])  # fmt: skip
def test_an_effect_that_stands_without_anybody_names_nobody(make: Callable[[], World]) -> None:
    assert carried(make()).empty


def test_a_person_is_named_from_three_titles_and_a_share_of_them_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert carried(starring(3, 0.12))["person_titles"].tolist() == [3]
    assert carried(starring(2, 0.5)).empty
    monkeypatch.setattr(confounders, "LEAST_SHARE", 0.2)
    assert carried(starring(7, 0.12)).empty
    assert not carried(starring(8, 0.12)).empty


# Pairs of levers.

CROSSED = {
    **{name: ONE_BY_ONE[name] for name in ("as it is", "another take", "darker", "two people")},
    "both": {"light": -2.0, "pair": 1.0},
    "more": {"clutter": -2.0},
    "calm pair": {"clutter": -2.0, "pair": 1.0},
}
MAINS = {"darker": everywhere(0.25), "two people": everywhere(0.25), "more": everywhere(0.25)}


def interactions(seed: int, beyond: float, **more: float) -> pd.DataFrame:
    effects = MAINS | {
        "both": everywhere(0.5 + beyond), "calm pair": everywhere(more.get("calm", 0.5)),
    }  # fmt: skip
    world = make_world(effects, seed, titles=60, edits=CROSSED)
    evidence = world.evidence
    slices = [EVERYWHERE, EffectSlice("c0")]
    return find_interactions(evidence, effects_of(world, *slices))


def test_what_two_levers_do_beyond_their_sum_is_told_where_both_stand() -> None:
    found = interactions(31, beyond=0.5)
    assert 1 <= len(found) <= SHOWN
    first = found.iloc[0]
    assert {(first["lever"], first["pole"]), (first["other"], first["other_pole"])} == {
        ("light", "darker"), ("cast", "two people"),
    }  # fmt: skip
    assert first["effect"] > 0.2
    assert first["low"] > 0
    assert set(found["grade"]) == {"confirmed"}
    assert (found["effect"].abs().diff().dropna() <= 0).all()


def test_the_three_largest_of_many_interactions_are_told() -> None:
    turned = {"light": -2.0, "clutter": -2.0, "contrast": 2.0, "pair": 1.0}
    couples = [*combinations(turned, 2)]
    edits = {"as it is": {}, **{name: {name: by} for name, by in turned.items()}}
    edits |= {f"{a} {b}": {a: turned[a], b: turned[b]} for a, b in couples}
    effects = {name: everywhere(0.3) for name in turned}
    effects |= {f"{a} {b}": everywhere(1.6) for a, b in couples}
    world = make_world(effects, 37, titles=40, edits=edits, impressions=3000)
    found = find_interactions(world.evidence, effects_of(world, EVERYWHERE))
    assert len(found) == 3
    assert found["effect"].abs().is_monotonic_decreasing


def test_only_pairs_of_the_six_largest_effects_are_tried() -> None:
    world = make_world(
        MAINS | {"both": everywhere(1.0), "calm pair": everywhere(0.5)}, 31, edits=CROSSED
    )
    effects = effects_of(world, EVERYWHERE)
    (dark,) = np.flatnonzero(effects["side"] == "darker")
    (pair,) = np.flatnonzero(effects["side"] == "two people")
    others = [at for at in range(len(effects)) if at not in (dark, pair)]

    def found(larger: int) -> pd.DataFrame:
        """Where so many other effects are larger than that of the pair's second lever."""
        size = np.full(len(effects), 0.01)
        size[[dark, pair]] = 1.0, 0.5
        size[others[: larger - 1]] = 0.9
        return find_interactions(world.evidence, effects.assign(effect=size, grade="confirmed"))

    def names(rows: pd.DataFrame) -> set[str]:
        return {" ".join(sorted(one)) for one in rows[["pole", "other_pole"]].to_numpy()}

    assert "darker two people" in names(found(5))
    assert "darker two people" not in names(found(6))


def test_where_two_levers_merely_add_up_nothing_is_told_of_the_pair() -> None:
    assert len(interactions(32, beyond=0.0)) == 0


def test_pairs_are_tried_of_confirmed_effects_alone() -> None:
    world = make_world(
        MAINS | {"both": everywhere(1.0), "calm pair": everywhere(0.5)}, 31, edits=CROSSED
    )
    evidence = world.evidence
    effects = effects_of(world, EVERYWHERE)
    assert len(find_interactions(evidence, effects)) > 0
    for changed in ({"grade": "supported"}, {"platform": "tv"}, {"genre": "Drama"},
                    {"country": "SE"}):  # fmt: skip
        assert len(find_interactions(evidence, effects.assign(**changed))) == 0
    one = effects[(effects["name"] == "light") & (effects["side"] == "darker")]
    assert len(find_interactions(evidence, one)) == 0
    assert find_interactions(evidence, one).columns[:2].tolist() == ["lever", "pole"]
    cast = effects[effects["name"] == "cast"]
    assert len(find_interactions(evidence, cast)) == 0, "sides of one lever are no pair"


def test_levers_that_travel_together_are_no_pair() -> None:
    world = make_world({"dusk": everywhere(0.4), "noon": everywhere(-0.3)}, 33,
                       titles=40, edits=TOGETHER)  # fmt: skip
    found = find_interactions(world.evidence, effects_of(world, EVERYWHERE))
    assert len(found) == 0
    edits = TOGETHER | {"darker": {"light": -2.0}, "cooler": {"heat": -2.0}}
    works = {"darker": everywhere(0.3), "cooler": everywhere(0.3), "dusk": everywhere(2.0)}
    apart = make_world(works, 33, titles=40, edits=edits)
    assert len(find_interactions(apart.evidence, effects_of(apart, EVERYWHERE))) == 0
