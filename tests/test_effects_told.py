"""What a report says of effects: conflicts, travelling features, beliefs, order and notes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from assistant.insights.conflicts import find_conflicts
from assistant.insights.confounders import Travel, find_confounders, travel_of, within_correlations
from assistant.insights.design import Contrast, Design
from assistant.insights.effects import EffectSlice, Evidence, effect_slices, gather_evidence
from assistant.insights.effects import estimate_effects as estimate
from assistant.insights.grading import assign_part
from assistant.insights.hypotheses import Belief, judge_beliefs, load_beliefs
from assistant.insights.observations import (
    Units,
    collapse_families,
    in_slice,
    observe,
    unit_cells,
)
from assistant.insights.pairs import accuracy, clear_pairs, picks
from assistant.insights.report import Focus, InsightReport, insights
from assistant.insights.results import read_results
from assistant.insights.themes import Theme
from index.errors import InputError
from index.features.feature import Feature
from index.features.matrix import FeatureMatrix, feature_matrix
from index.records import ALL, Grade
from tests.planted import Art, Title, count_table, plant

# Conflicts.


def side(cluster: str = ALL, value: float = 0.3, **changed: Any) -> dict[str, Any]:
    """An effect in one slice, 0.1 wide on either side."""
    return {
        "feature": "warm", "level": None, "step": "+1 sd", "cluster": cluster, "platform": ALL,
        "genre": ALL, "country": ALL, "effect": value, "se": 0.06, "low": value - 0.1,
        "high": value + 0.1, "grade": "supported",
    } | changed  # fmt: skip


def opposed(*rows: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = find_conflicts(pd.DataFrame(list(rows))).to_dict("records")
    return found


def test_a_conflict_has_the_side_that_helps_first_and_their_difference() -> None:
    for rows in ([side("c1", 0.3), side("c2", -0.2)], [side("c2", -0.2), side("c1", 0.3)]):
        (one,) = opposed(*rows)
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
        side("c2", -0.2, feature="cold"),
        side("c2", -0.2, level="pair"),
        side("c2", -0.2, se=math.nan),
        side(ALL, -0.2),
        side("c2", -0.2, platform="tv"),
    ],
)
def test_what_is_no_conflict_is_not_told(other: dict[str, Any]) -> None:
    assert opposed(side("c1", 0.3), other) == []
    assert opposed(side("c1", 0.3, low=0.0), side("c2", -0.2)) == []
    assert opposed(side("c1", 0.3, grade="insufficient"), side("c2", -0.2)) == []


def test_platforms_are_held_against_each_other_within_a_cluster_and_clusters_on_a_platform() -> (
    None
):
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
    just = [side("c1", 0.3, se=0.2), side("c2", -0.2, se=0.2)]
    assert opposed(*just)[0]["grade"] == "supported"
    noise = [side(f"c{n}", 0.0, feature="cold") for n in range(3, 8)]
    assert opposed(*just, *noise)[0]["grade"] == "suggestive", "one of many compared"


def test_the_strongest_conflict_comes_first() -> None:
    def pair(feature: str, one: float, two: float, grade: str) -> list[dict[str, Any]]:
        return [
            side("c1", one, feature=feature, grade=grade),
            side("c2", two, feature=feature, grade=grade),
        ]

    rows = [
        *pair("a", 0.9, -0.9, "suggestive"), *pair("b", 0.3, -0.2, "confirmed"),
        *pair("c", 0.3, -0.4, "confirmed"),
    ]  # fmt: skip
    found = find_conflicts(pd.DataFrame(rows))
    assert found["feature"].tolist() == ["c", "b", "a"]
    assert found.index.tolist() == [0, 1, 2]
    assert not {"rank", "helps_se", "hurts_se"} & set(found.columns)


# Features that travel together.

NUMBERS = [Feature(name, "", None, None, "number", "colour", "", "", "colour") for name in "abcd"]


def evidence_of(
    columns: dict[str, Sequence[float]], titles: Sequence[int], plays: Sequence[int] | None = None,
    name: str = "t",
) -> Evidence:  # fmt: skip
    """Evidence of artworks with these features and plays of a thousand impressions."""
    ids = [f"a{row:04d}" for row in range(len(titles))]
    frame = pd.DataFrame({"artwork_id": ids, **columns})
    artworks = pd.DataFrame(
        {"artwork_id": ids, "title_id": [f"{name}{one:03d}" for one in titles], "family_id": ids}
    )
    named = pd.DataFrame({"title_id": artworks["title_id"].unique(), "genres": ""})
    taken = plays if plays is not None else [100] * len(ids)
    cells = count_table([(one, "", "", 1000, n) for one, n in zip(ids, taken, strict=True)])
    return gather_evidence(named, artworks, cells, feature_matrix(frame, NUMBERS))


def test_features_travel_by_what_they_do_inside_titles() -> None:
    random = np.random.default_rng(1)
    title = np.repeat(np.arange(40), 5)
    a, level = random.normal(size=200), random.normal(size=40)[title] * 5
    evidence = evidence_of({"a": a + level, "b": -a, "c": random.normal(size=200) + level}, title)
    found = within_correlations(evidence)
    assert np.diag(found).tolist() == pytest.approx([1.0, 1.0, 1.0])
    assert found[0, 1] == pytest.approx(-1.0)
    assert abs(found[0, 2]) < 0.2
    travel = travel_of(evidence)
    assert travel.correlations[0, 1] == pytest.approx(1.0), "whatever its sign"
    assert travel.together(travel.place["a", None], [travel.place["b", None]])
    assert not travel.together(travel.place["a", None], [travel.place["c", None]])
    assert not travel.together(travel.place["a", None], [])
    assert travel.same(("a", None), [("c", None), ("b", None)])
    assert not travel.same(("a", None), [("c", None), ("gone", None)])
    assert not travel.same(("gone", None), [("b", None)])


def test_from_which_correlation_features_travel_and_are_one_thing() -> None:
    both = np.array([[1.0, 0.4, 0.8], [0.4, 1.0, 0.39], [0.8, 0.39, 1.0]])
    travel = Travel({(name, None): at for at, name in enumerate("abc")}, both)
    assert travel.together(0, [1])
    assert not travel.together(1, [2])
    assert travel.same(("a", None), [("c", None)])
    assert not travel.same(("a", None), [("b", None)])


def test_without_counts_nothing_travels() -> None:
    evidence = evidence_of({"a": [0.0, 1.0], "b": [1.0, 0.0], "c": [0.0, 2.0]}, [0, 1])
    assert within_correlations(evidence).tolist() == [[0.0] * 3] * 3


def travelling(**changed: Any) -> list[tuple[str, str, str]]:
    """Feature, the one it travels with, and verdict, of effects of a."""
    random = np.random.default_rng(2)
    title = np.repeat(np.arange(30), 4)
    a = random.normal(size=120)
    columns = {
        "a": a,
        "b": a + 0.5 * random.normal(size=120),
        "c": a + 1.2 * random.normal(size=120),
    }
    evidence = evidence_of(columns, title)
    row = side(value=0.4, feature="a", low=0.3, high=0.5) | {
        "adjusted_effect": 0.4, "adjusted_low": 0.3, "adjusted_high": 0.5, "adjusted_left": 0.5,
    }  # fmt: skip
    found = find_confounders(evidence, pd.DataFrame([row | changed]))
    assert found.index.tolist() == list(range(len(found)))
    assert found.columns[:2].tolist() == ["feature", "level"]
    return [(one["feature"], one["other"], one["verdict"]) for one in found.to_dict("records")]


def test_the_closest_companion_comes_first() -> None:
    assert [(one, two) for one, two, _ in travelling()] == [("a", "b"), ("a", "c")]


@pytest.mark.parametrize(
    ("changed", "verdict"),
    [
        ({}, "stands"),
        ({"adjusted_effect": 0.31}, "stands"),
        ({"adjusted_effect": 0.29}, "shrinks"),
        ({"adjusted_effect": 0.21, "adjusted_low": -0.1}, "shrinks"),
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
    assert {one[2] for one in travelling(**changed)} == {verdict}


@pytest.mark.parametrize(
    "changed",
    [{"grade": "insufficient"}, {"cluster": "c1"}, {"platform": "tv"}, {"genre": "x"},
     {"country": "SE"}, {"feature": "d"}],
)  # fmt: skip
def test_only_overall_effects_that_stand_are_held_against_companions(
    changed: dict[str, Any],
) -> None:
    assert travelling(**changed) == []


# Counts to lifts.


def units_of(*titles: int) -> Units:
    ids = [f"a{row}" for row in range(len(titles))]
    return collapse_families(
        pd.DataFrame(
            {"artwork_id": ids, "title_id": [f"t{one}" for one in titles], "family_id": ids}
        )
    )


def observed(rows: Sequence[tuple[int, str, int, int]], *titles: int) -> Any:
    """Lifts of artworks from (artwork, cluster, impressions, plays)."""
    cells = count_table([(f"a{row}", cluster, "", n, k) for row, cluster, n, k in rows])
    artworks = pd.DataFrame({"artwork_id": [f"a{row}" for row in range(len(titles))]})
    units = units_of(*titles)
    counted = unit_cells(cells, artworks, units)
    return observe(counted, in_slice(counted), units)


def test_a_lift_is_against_the_rate_of_the_title() -> None:
    seen = observed([(0, "", 1000, 150), (1, "", 1000, 50)], 0, 0)
    rate = 100 / 1000
    base = math.log(rate / (1 - rate))
    assert seen.y.tolist() == pytest.approx(
        [math.log(150.5 / 850.5) - base, math.log(50.5 / 950.5) - base]
    )
    assert seen.v.tolist() == pytest.approx([1 / (1000 * rate * (1 - rate))] * 2)
    assert seen.weights.tolist() == pytest.approx((1 / (seen.v + seen.spread**2)).tolist())
    assert seen.impressions.tolist() == [1000, 1000]
    assert (seen.starts.tolist(), seen.title.tolist(), seen.unit.tolist()) == ([0], [0, 0], [0, 1])


def test_being_shown_to_keener_members_earns_nothing() -> None:
    seen = observed(
        [(0, "keen", 9000, 4500), (0, "cool", 1000, 50), (1, "keen", 1000, 500),
         (1, "cool", 9000, 450)],
        0, 0,
    )  # fmt: skip
    assert seen.y.tolist() == pytest.approx([0.0, 0.0], abs=0.02)
    lucky = observed(
        [(0, "keen", 9000, 4500), (0, "cool", 1000, 50), (1, "keen", 1000, 600),
         (1, "cool", 9000, 600)],
        0, 0,
    )  # fmt: skip
    assert lucky.y[1] > 0.15
    assert lucky.y[0] < -0.02


def test_an_artwork_with_hardly_an_expected_play_or_without_company_is_left_out() -> None:
    rows = [
        (0, "", 1000, 100),
        (1, "", 1000, 100),
        (2, "", 20, 2),
        (3, "", 19, 1),
        (4, "", 500, 50),
    ]
    seen = observed(rows, 0, 0, 0, 0, 1)
    rate = 203 / 2039
    assert 19 * rate < 2 > 20 * rate
    assert seen.unit.tolist() == [0, 1]
    just = observed([(0, "", 1000, 100), (1, "", 1000, 100), (2, "", 20, 2)], 0, 0, 0)
    assert just.unit.tolist() == [0, 1, 2], "two plays are expected of it"
    more = observed(
        [(0, "", 1000, 100), (1, "", 1000, 100), (2, "", 21, 3), (3, "", 500, 50)], 0, 0, 0, 1
    )
    assert more.unit.tolist() == [0, 1, 2]
    always = observed([(0, "", 1000, 999), (1, "", 1000, 1000), (2, "", 1000, 900)], 0, 0, 0)
    assert len(always.unit) == 3
    hardly = observed([(0, "", 100, 99), (1, "", 100, 99)], 0, 0)
    assert hardly.unit.tolist() == [], "hardly an impression without a play"


def test_titles_have_rates_of_their_own_in_every_part_of_the_audience() -> None:
    rates = {0: (0.1, 0.5), 1: (0.3, 0.2), 2: (0.5, 0.1), 3: (0.2, 0.4)}
    rows = [
        (2 * title + n, cluster, shown, int(shown * rate))
        for title, both in rates.items()
        for at, (cluster, rate) in enumerate(zip(("c1", "c2"), both, strict=True))
        for n, shown in ((at, 9000), (1 - at, 1000))
    ]
    seen = observed(rows, 0, 0, 1, 1, 2, 2, 3, 3)
    assert seen.y.tolist() == pytest.approx([0.0] * 8, abs=0.02)


def test_units_that_differ_by_chance_alone_have_no_spread() -> None:
    alike = [(row, "", 10_000, 1000) for row in range(20)]
    apart = [(row, "", 10_000, 500 + 1000 * (row % 2)) for row in range(20)]
    titles = [row // 4 for row in range(20)]
    assert observed(alike, *titles).spread < 0.05
    assert observed(apart, *titles).spread == pytest.approx(0.63, abs=0.1)


def test_a_slice_holds_its_own_cells() -> None:
    rows = [("a0", "c1", "tv", 10, 1), ("a0", "c1", "mobile", 20, 1), ("a0", "c2", "tv", 30, 1)]
    cells = unit_cells(
        pd.concat([count_table(rows), count_table([("a0", "c1", "tv", 40, 1)], "SE")]),
        pd.DataFrame({"artwork_id": ["a0"]}),
        units_of(0),
    )

    def shown(*where: str) -> float:
        return float(cells.shown[in_slice(cells, *where)].sum())

    assert shown() == 100
    assert shown("c1") == 70
    assert shown(ALL, "tv") == 80
    assert shown("c1", "tv") == 50
    assert shown("c1", "tv", "SE") == 40
    assert shown(ALL, ALL, "SE") == 40


# Pairs.


def test_pairs_need_a_clear_difference_and_the_better_comes_first() -> None:
    y, v, title = np.array([0.0, 1.0, 0.0, 5.0]), np.full(4, 0.5), np.array([0, 0, 0, 1])
    assert len(clear_pairs(y, v, title).better) == 0
    found = clear_pairs(np.array([0.0, 1.645, 0.0, 5.0]), v, title)
    assert list(zip(found.better, found.worse, strict=True)) == [(1, 0), (1, 2)]
    assert found.title.tolist() == [0, 0]
    every = clear_pairs(y, v, title, least=0)
    assert set(zip(every.better.tolist(), every.worse.tolist(), strict=True)) == {(1, 0), (1, 2)}
    assert len(clear_pairs(y[:0], v[:0], title[:0]).better) == 0
    assert picks(found, np.array([0.0, 1.0, 2.0, 0.0])).tolist() == [1.0, 0.0]
    assert picks(found, np.array([np.nan, 1.0, 1.0, 0.0])).tolist() == [0.5, 0.5]


def test_accuracy_has_an_interval_over_titles_and_margins_of_the_reference() -> None:
    title = np.repeat(np.arange(100), 2)
    y = np.tile([0.0, 5.0], 100)
    pairs = clear_pairs(y, np.full(200, 0.1), title)
    good = np.where(np.arange(100) % 5 == 0, 0.0, 1.0)
    poor = np.where(np.arange(100) % 2 == 0, 0.0, 1.0)
    one, two = accuracy(pairs, {"good": good, "poor": poor}, "good")
    assert (one["method"], one["accuracy"], two["accuracy"]) == ("good", 0.8, 0.5)
    reach = 1.645 * math.sqrt(0.8 * 0.2 / 100)
    assert (one["low"], one["high"]) == pytest.approx((0.8 - reach, 0.8 + reach), abs=0.015)
    assert two["margin"] == pytest.approx(0.3)
    assert two["margin_low"] < 0.3 < two["margin_high"]
    assert two["margin_low"] == pytest.approx(0.3 - 1.645 * math.sqrt(0.41 / 100), abs=0.02)
    assert (one["margin"], one["margin_low"], one["margin_high"]) == (0.0, 0.0, 0.0)


# Beliefs.

KEPT = [f"t{n:03d}" for n in range(200) if assign_part(f"t{n:03d}") == "confirm"]


def believed(
    titles: int, step: float, direction: str = "up", others: int = 0, per_title: int = 4
) -> dict[str, Any]:
    """The verdict on a, whose every step of one multiplies the odds of a play."""
    random = np.random.default_rng(4)
    numbers = [int(one[1:]) for one in KEPT[:titles]]
    rest = [n for n in range(200) if f"t{n:03d}" not in KEPT][:others]
    title = np.repeat(sorted([*numbers, *rest]), per_title)
    a = random.normal(size=len(title))
    aside = np.isin(title, numbers)
    log_odds = np.where(aside, step, -step) * a - 1.0 + random.normal(0, 0.02, len(title))
    plays = np.round(1000 / (1 + np.exp(-log_odds))).astype(int)
    evidence = evidence_of({"a": a, "b": random.normal(size=len(title))}, title, plays.tolist())
    (judged,) = judge_beliefs((Belief(feature="a", direction=direction),), evidence)
    return judged


def test_a_belief_is_judged_on_the_titles_kept_aside_alone() -> None:
    judged = believed(20, 0.3, others=60)
    assert judged["verdict"] == "confirmed"
    assert judged["effect"] == pytest.approx(0.3, abs=0.03)
    assert judged["low"] < judged["effect"] < judged["high"]
    assert (judged["titles"], judged["artworks"]) == (20, 80)
    assert judged["support"]["titles"] == 20
    assert judged["contrary"] == {"titles": 0, "most_telling": []}
    assert believed(20, 0.3, "down")["verdict"] == "refuted"
    assert believed(20, -0.3)["verdict"] == "refuted"
    for word in ("up", "better", "helps"):
        judged = believed(12, 0.3, word)
        assert (judged["verdict"], judged["direction"]) == ("confirmed", "up")
        assert (judged["support"]["titles"], judged["contrary"]["titles"]) == (12, 0)
    for word in ("down", "worse", "hurts"):
        judged = believed(12, -0.3, word)
        assert (judged["verdict"], judged["direction"]) == ("confirmed", "down")
        assert (judged["support"]["titles"], judged["contrary"]["titles"]) == (12, 0)
    assert believed(20, 0.0)["verdict"] == "undecided"


def test_ten_titles_are_enough_to_judge_a_belief_and_nine_are_not() -> None:
    assert believed(9, 0.3)["verdict"] == "undecided"
    assert believed(10, 0.3)["verdict"] == "confirmed"
    alone = believed(1, 0.3)
    assert (alone["titles"], alone["effect"], alone["low"], alone["titles_needed"]) == (
        1, None, None, None,
    )  # fmt: skip
    none = believed(0, 0.3, others=5)
    assert (none["verdict"], none["titles"], none["effect"]) == ("undecided", 0, None)
    assert none["artworks"] == 0
    two = believed(2, 0.3)
    assert (two["titles"], two["artworks"], two["verdict"]) == (2, 8, "undecided")
    assert two["titles_needed"] >= 1


@pytest.mark.parametrize(("clusters", "end"), [(11, "c10"), (12, "c10 …")])
def test_of_what_there_is_twelve_are_named(tmp_path: Path, clusters: int, end: str) -> None:
    ids = [f"a{n}" for n in range(4)]
    frame = pd.DataFrame({"artwork_id": ids, "a": [0.0, 1.0, 2.0, 3.0]})
    artworks = pd.DataFrame({"artwork_id": ids, "title_id": list("ttss"), "family_id": ids})
    titles = pd.DataFrame({"title_id": ["t", "s"], "genres": ""})
    counts = [(one, f"c{n:02d}", "", 100, 10) for one in ids for n in range(clusters)]
    matrix = feature_matrix(frame, NUMBERS)
    evidence = gather_evidence(titles, artworks, count_table(counts), matrix)
    path = tmp_path / "hypotheses.yaml"
    path.write_text("- {feature: a, direction: up, audience: xyz}\n")
    with pytest.raises(InputError) as caught:
        load_beliefs(path, evidence)
    assert str(caught.value).endswith(end)
    results = tmp_path / "results.csv"
    results.write_text("feature,cluster,arm,impressions,plays\na,xyz,A,10,1\na,xyz,B,10,1\n")
    with pytest.raises(InputError) as caught:
        read_results(results, evidence, {})
    assert str(caught.value).endswith(end)
    effects = pd.DataFrame([side(ALL), *(side(f"c{n:02d}") for n in range(clusters))])
    whole = replace(told(), effects=effects)
    with pytest.raises(InputError) as caught:
        whole.narrowed(Focus(cluster="xyz"))
    assert str(caught.value).endswith(end)


def test_the_most_telling_titles_of_either_side_are_named() -> None:
    judged = believed(20, 0.0)
    for name, sign in (("support", 1), ("contrary", -1)):
        told = judged[name]["most_telling"]
        assert 0 < len(told) <= 5
        assert all(one["effect"] * sign > 0 for one in told)
        assert all(one["title_id"] in KEPT for one in told)
    assert judged["support"]["titles"] + judged["contrary"]["titles"] == 20
    steady = believed(20, 0.3)["support"]["most_telling"]
    assert len(steady) == 5
    assert all(one["effect"] == pytest.approx(0.3, abs=0.1) for one in steady)


# Slices and effects.


def test_every_slice_the_counts_have_is_looked_at() -> None:
    rows, counts = [], []
    for n in range(10):
        rows.append((f"a{n}", f"t{n}", float(n)))
        for cluster, platform in (("c1", "tv"), ("c2", "mobile"), ("", "tv"), ("c1", "")):
            counts.append((f"a{n}", cluster, platform, 100, 10))
    frame = pd.DataFrame(rows, columns=["artwork_id", "title_id", "a"])
    artworks = frame[["artwork_id", "title_id"]].assign(family_id=frame["artwork_id"])
    genres = ["Drama|War"] * 9 + ["Drama| Drama "]
    titles = pd.DataFrame({"title_id": frame["title_id"], "genres": genres})
    matrix = feature_matrix(frame, NUMBERS)
    cells = count_table(counts)
    plain = gather_evidence(titles, artworks, cells, matrix)
    assert [(s.cluster, s.platform, s.genre, s.country) for s in effect_slices(plain)] == [
        (ALL, ALL, ALL, ALL), ("c1", ALL, ALL, ALL), ("c2", ALL, ALL, ALL),
        (ALL, "mobile", ALL, ALL), (ALL, "tv", ALL, ALL), ("c1", "mobile", ALL, ALL),
        ("c1", "tv", ALL, ALL), ("c2", "mobile", ALL, ALL), ("c2", "tv", ALL, ALL),
        (ALL, ALL, "Drama", ALL),
    ]  # fmt: skip
    one = gather_evidence(titles, artworks, cells.assign(country="SE"), matrix)
    assert {s.country for s in effect_slices(one)} == {ALL}
    abroad = pd.concat([cells.assign(country="SE"), cells.assign(country="NO")])
    two = gather_evidence(titles, artworks, abroad, matrix)
    assert [s.country for s in effect_slices(two)][-2:] == ["NO", "SE"]


def test_an_effect_counts_the_titles_artworks_and_impressions_it_rests_on() -> None:
    a = [0.0, 1.0, 0.0, 0.0, 1.0, np.nan, 2.0, 3.0]
    evidence = evidence_of({"a": a}, [0, 0, 1, 1, 2, 2, 3, 3])
    table = estimate(evidence, [EffectSlice()], adjust=False)
    row = table[table["level"].isna()].iloc[0]
    assert (row["titles"], row["artworks"], row["impressions"]) == (2, 4, 4000)
    other = estimate(evidence, [EffectSlice(genre="none")], adjust=False).iloc[0]
    assert (other["titles"], other["artworks"], other["impressions"]) == (0, 0, 0)


def test_an_interval_is_as_wide_as_few_titles_make_it() -> None:
    evidence = evidence_of({"a": [0.0, 1.0, 0.0, 1.0]}, [0, 0, 1, 1], [100, 150, 90, 160])
    row = estimate(evidence, [EffectSlice()], adjust=False).iloc[0]
    assert row["df"] == pytest.approx(1.0, abs=0.05)
    assert row["high"] - row["effect"] == pytest.approx(6.31 * row["se"], rel=0.1)
    assert row["effect"] - row["low"] == pytest.approx(6.31 * row["se"], rel=0.1)
    angle = math.atan(row["effect"] / row["se"]) / math.pi
    assert row["p"] == pytest.approx(1 - 2 * angle, rel=0.1), "two-sided, one degree of freedom"


@pytest.mark.xfail(strict=True, reason="the interval around what one title says has no width")
def test_what_one_title_says_is_not_sure() -> None:
    evidence = evidence_of({"a": [0.0, 1.0, 0.5, 0.5]}, [0, 0, 1, 1], [100, 150, 100, 200])
    row = estimate(evidence, [EffectSlice()], adjust=False).iloc[0]
    assert row["titles"] == 1
    assert row["high"] - row["low"] > 0.01


def test_only_effects_with_enough_behind_them_are_adjusted() -> None:
    def adjusted(titles: int, loud: float = 1.0) -> bool:
        random = np.random.default_rng(3)
        title = np.repeat(np.arange(titles), 3)
        a = np.tile([-1.0, 0.0, 1.0], titles) + 0.1 * random.normal(size=len(title))
        a *= np.where(title == 0, loud, 1.0)
        columns = {"a": a, "b": random.normal(size=len(title))}
        table = estimate(evidence_of(columns, title), [EffectSlice()])
        row = table[(table["feature"] == "a") & table["level"].isna()].iloc[0]
        return bool(np.isfinite(row["adjusted_effect"]))

    assert adjusted(10)
    assert not adjusted(9)
    assert not adjusted(12, loud=100.0), "one title alone carries it"


def test_an_effect_is_found_in_both_halves_and_adjusted_for_the_other_features() -> None:
    random = np.random.default_rng(7)
    title = np.repeat(np.arange(120), 4)
    a = random.normal(size=480)
    b = a + 0.7 * random.normal(size=480)
    plays = np.round(2000 / (1 + np.exp(-(0.3 * a - 1 + random.normal(0, 0.05, 480))))) / 2
    evidence = evidence_of({"a": a, "b": b}, title, plays.astype(int).tolist())
    table = estimate(evidence, [EffectSlice()])
    plain = table[table["level"].isna()].set_index("feature")
    sd = float(a.std())
    for part in ("", "explore_", "confirm_", "adjusted_"):
        assert plain.loc["a", f"{part}effect"] == pytest.approx(0.3 * sd, abs=0.04)
        assert plain.loc["a", f"{part}low"] < 0.3 * sd < plain.loc["a", f"{part}high"]
    assert plain.loc["a", "explore_titles"] + plain.loc["a", "confirm_titles"] == 120
    aside = sum(assign_part(f"t{n:03d}") == "confirm" for n in range(120))
    assert plain.loc["a", "confirm_titles"] == aside
    assert plain.loc["b", "effect"] > 0.15
    assert plain.loc["b", "adjusted_effect"] == pytest.approx(0.0, abs=0.03)
    assert plain.loc["a", "grade"] == "confirmed"
    assert plain.loc["b", "grade"] == "suggestive"
    assert 0 < plain.loc["a", "adjusted_left"] < 1
    apart = estimate(evidence, [EffectSlice()], adjust=False)
    assert apart["adjusted_effect"].isna().all()


# The report.


def small_index(
    folder: Path, titles: int = 12, clusters: bool = True, genres: str = "Drama"
) -> Any:
    named = [Title(f"t{n:02d}", genres=genres) for n in range(titles)]
    random = np.random.default_rng(2)
    arts = [
        Art(
            f"{one.id}_{n}", one.id, tuple(random.normal(size=3)),
            features={"brightness": 0.2 * n + 0.01 * row},
        )
        for row, one in enumerate(named)
        for n in range(3 if row else 1)
    ]  # fmt: skip
    cluster, platform = ("c1", "tv") if clusters else ("", "")
    counts = [
        (one.id, cluster, platform, 2000, 200 + 60 * int(one.id[-1]) + 7 * (row % 3))
        for row, one in enumerate(arts)
    ]
    return plant(folder, named, arts, cells=count_table(counts))


def test_a_report_tells_what_cannot_be_said_and_why(tmp_path: Path) -> None:
    notes = "\n".join(insights(small_index(tmp_path / "a"), slices=[EffectSlice()]).notes)
    assert "1 titles have one artwork" in notes
    kept = sum(assign_part(f"t{n:02d}") == "confirm" for n in range(12))
    assert f"{kept} of 12 titles are kept aside" in notes
    whole = insights(small_index(tmp_path / "c"), slices=[EffectSlice()]).effects
    short = whole[(whole["grade"] == "insufficient") & (whole["titles_needed"] > whole["titles"])]
    if len(short):
        assert f"{len(short)} comparisons have too few titles" in notes
        assert f"would need {short['titles_needed'].median():.0f} or more" in notes
    assert "no genres" not in notes
    assert "nothing is said by" not in notes
    plain = insights(small_index(tmp_path / "b", clusters=False, genres=""), slices=[EffectSlice()])
    told = "\n".join(plain.notes)
    assert "Titles have no genres, so nothing is said by genre." in told
    assert "Performance has no cluster, so nothing is said by cluster." in told
    assert "Performance has no platform, so nothing is said by platform." in told


def test_what_is_asked_about_is_looked_at_too(tmp_path: Path) -> None:
    index = small_index(tmp_path)
    focus = Focus(cluster="c1", platform="tv", genre="Drama")
    found = insights(index, focus=focus).effects
    assert ((found["cluster"] == "c1") & (found["genre"] == "Drama")).any()
    other = insights(index, focus=Focus(cluster="c1", genre="Horror")).effects
    assert not ((other["cluster"] == "c1") & (other["genre"] != ALL)).any()


def test_effects_are_told_from_the_best_graded_to_the_least(tmp_path: Path) -> None:
    found = insights(small_index(tmp_path)).effects
    order = [grade.value for grade in reversed(Grade)]
    ranks = found["grade"].map(order.index).tolist()
    assert ranks == sorted(ranks)
    assert len(set(ranks)) > 1
    for _, rows in found.groupby("grade"):
        known = rows["q"].dropna()
        assert known.tolist() == sorted(known)
        for _, ties in rows.groupby("q"):
            sizes = ties["effect"].abs().tolist()
            assert sizes == sorted(sizes, reverse=True)


def told() -> InsightReport:
    effects = pd.DataFrame(
        [side("c1", feature="warm"), side("c2", feature="warm"), side("c1", feature="cold"),
         side(platform="tv", feature="cold"), side(genre="Drama", feature="warm")]
    )  # fmt: skip
    conflicts = pd.DataFrame(
        [
            {"feature": feature, "helps_cluster": one, "hurts_cluster": two, "helps_platform": ALL,
             "hurts_platform": ALL}
            for feature, one, two in (
                ("warm", "c1", "c2"), ("cold", "c2", "c3"), ("cold", "c3", "c1"),
            )
        ]
    )  # fmt: skip
    confounders = pd.DataFrame({"feature": ["warm", "cold"]})
    rows = ({"cluster": "c1", "platform": ALL}, {"cluster": "c2", "platform": "tv"})
    one = Theme("x", "x", "", 1, 1, 1.0, (), (), rows, (), (), (), None)
    return InsightReport(effects, conflicts, confounders, (one,), (), ())


def test_a_report_is_narrowed_to_what_is_asked_about() -> None:
    warm = told().narrowed(Focus(feature="warm"))
    assert len(warm.effects) == 3
    assert warm.conflicts["feature"].tolist() == warm.confounders["feature"].tolist() == ["warm"]
    first = told().narrowed(Focus(cluster="c1"))
    assert first.effects["feature"].tolist() == ["warm", "cold"]
    assert first.conflicts[["helps_cluster", "hurts_cluster"]].to_numpy().tolist() == [
        ["c1", "c2"],
        ["c3", "c1"],
    ]
    assert [row["cluster"] for row in first.themes[0].performance] == ["c1"]
    tv = told().narrowed(Focus(platform="tv"))
    assert tv.effects["feature"].tolist() == ["cold"]
    assert len(tv.conflicts) == 0
    assert [row["cluster"] for row in tv.themes[0].performance] == ["c2"]
    assert told().narrowed(Focus(genre="Drama")).effects["feature"].tolist() == ["warm"]
    assert len(told().narrowed(Focus()).effects) == 5


def test_what_a_report_has_not_is_named_with_the_nearest() -> None:
    with pytest.raises(InputError, match="no feature 'wram'") as caught:
        told().narrowed(Focus(feature="wram"))
    assert "did you mean 'warm'?" in str(caught.value)
    with pytest.raises(InputError) as caught:
        told().narrowed(Focus(cluster="xyz"))
    assert "there are: all, c1, c2" in str(caught.value)


# The fit itself.


def test_a_contrast_nobody_varies_in_has_no_effect_and_an_empty_design_no_rows() -> None:
    design = Design(
        (Contrast("a", None, "number", 1.0, ""),),
        np.zeros((0, 1)),
        np.zeros((0, 1)),
        ("a",),
        (None,),
    )
    assert design.contrasts[0].label == ""
    matrix = FeatureMatrix(np.zeros((2, 0)), ())
    artworks = pd.DataFrame(
        {"artwork_id": ["a", "b"], "title_id": ["t", "t"], "family_id": ["a", "b"]}
    )
    titles = pd.DataFrame({"title_id": ["t"], "genres": [""]})
    counts = count_table([("a", "", "", 100, 10), ("b", "", "", 100, 20)])
    evidence = gather_evidence(titles, artworks, counts, matrix)
    assert len(estimate(evidence, [EffectSlice()])) == 0
