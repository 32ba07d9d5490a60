"""Each rule by which a claim is graded, one effect at a time."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest

from assistant.insights.grading import (
    FALSE_DISCOVERY_RATE,
    assign_part,
    grade_effects,
    q_values,
    titles_needed,
)

SURE: dict[str, Any] = {
    "feature": "warm", "level": None, "cluster": "all", "platform": "all", "genre": "all",
    "country": "all", "effect": 0.5, "se": 0.1, "df": 30.0, "low": 0.3, "high": 0.7, "p": 1e-5,
    "titles": 40, "explore_effect": 0.5, "explore_low": 0.2, "explore_high": 0.8,
    "explore_p": 1e-4, "explore_df": 15.0, "explore_titles": 20, "confirm_effect": 0.5,
    "confirm_low": 0.2, "confirm_high": 0.8, "confirm_p": 1e-4, "confirm_df": 15.0,
    "confirm_titles": 20, "adjusted_effect": 0.5, "adjusted_low": 0.3, "adjusted_high": 0.7,
    "adjusted_p": 1e-5,
}  # fmt: skip


def mirrored(row: dict[str, Any]) -> dict[str, Any]:
    """The same effect the other way."""
    turned = dict(row)
    for part in ("", "explore_", "confirm_", "adjusted_"):
        turned[f"{part}effect"] = -row[f"{part}effect"]
        turned[f"{part}low"], turned[f"{part}high"] = -row[f"{part}high"], -row[f"{part}low"]
    return turned


def graded(*rows: dict[str, Any]) -> list[tuple[str, str]]:
    """Grade and reason of effects that differ from a sure one in what is given."""
    table = grade_effects(pd.DataFrame([SURE | row for row in rows]))
    return list(zip(table["grade"], table["reason"], strict=True))


def both_ways(**changed: Any) -> tuple[str, str]:
    """Grade and reason of one effect, which must be the same whatever its sign."""
    row = SURE | changed
    (one,), (other,) = graded(row), graded(mirrored(row))
    assert one == other
    return one


HELD = "held on titles not used to find it"
STANDS = "stands among everything tested"
CHANCE = "may be chance among everything tested"
FEW = "too few titles vary in it"
ZERO = "the interval includes zero"
NOTHING = "no effect worth having"
EXPLAINED = "the features that travel with it explain it"
LESS = "less sure once the features that travel with it are held"


def test_an_effect_that_passes_every_test_is_confirmed() -> None:
    assert both_ways() == ("confirmed", HELD)


@pytest.mark.parametrize(
    ("changed", "grade", "reason"),
    [
        ({"titles": 9}, "insufficient", FEW),
        ({"titles": 10}, "confirmed", HELD),
        ({"df": 3.9}, "insufficient", FEW),
        ({"df": 4.0}, "confirmed", HELD),
        ({"p": math.nan}, "insufficient", FEW),
        ({"low": -0.01, "p": 0.11}, "insufficient", ZERO),
        ({"low": 0.0, "p": 0.10}, "insufficient", ZERO),
        ({"effect": 0.01, "low": -0.07, "high": 0.09, "p": 0.6}, "insufficient", NOTHING),
        ({"effect": 0.0, "low": -0.10, "high": 0.10, "p": 1.0}, "insufficient", ZERO),
        ({"effect": 0.0, "low": -0.11, "high": 0.05, "p": 0.9}, "insufficient", ZERO),
        ({"p": 0.2}, "suggestive", CHANCE),
        ({"explore_p": 0.2}, "supported", STANDS),
        ({"explore_titles": 9}, "supported", STANDS),
        ({"explore_titles": 10}, "confirmed", HELD),
        ({"explore_df": 3.9}, "supported", STANDS),
        ({"explore_effect": -0.5}, "supported", STANDS),
        ({"confirm_low": -0.01}, "supported", STANDS),
        ({"confirm_low": 0.0}, "supported", STANDS),
        ({"confirm_low": -0.8, "confirm_high": -0.2}, "supported", STANDS),
        ({"confirm_titles": 9}, "supported", STANDS),
        ({"confirm_titles": 10}, "confirmed", HELD),
        ({"confirm_df": 3.9}, "supported", STANDS),
        ({"confirm_p": math.nan}, "supported", STANDS),
    ],
)
def test_each_rule_takes_a_grade_away(changed: dict[str, Any], grade: str, reason: str) -> None:
    assert both_ways(**changed) == (grade, reason)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"adjusted_effect": -0.1, "adjusted_low": -0.3, "adjusted_high": 0.1}, EXPLAINED),
        ({"adjusted_effect": 0.0, "adjusted_low": -0.2, "adjusted_high": 0.2}, EXPLAINED),
        ({"adjusted_effect": 0.2, "adjusted_low": 0.0, "adjusted_high": 0.4, "adjusted_p": 0.2},
         EXPLAINED),
        ({"adjusted_effect": 0.2, "adjusted_low": 0.01, "adjusted_high": 0.4, "adjusted_p": 0.2},
         LESS),
    ],
)  # fmt: skip
def test_what_other_features_explain_is_only_suggestive(
    changed: dict[str, Any], reason: str
) -> None:
    assert both_ways(**changed) == ("suggestive", reason)


def test_where_features_nearly_coincide_only_half_an_effect_lost_for_sure_is_explained() -> None:
    wide = {"adjusted_effect": 0.0, "adjusted_p": 0.9}
    kept = wide | {"adjusted_low": -0.26, "adjusted_high": 0.25}
    assert both_ways(**kept)[0] == "confirmed", "the interval holds half of it"
    lost = wide | {"adjusted_low": -0.27, "adjusted_high": 0.24}
    assert both_ways(**lost) == ("suggestive", EXPLAINED)
    narrow = wide | {"low": 0.25, "high": 0.75, "adjusted_low": -0.3125, "adjusted_high": 0.3125}
    assert both_ways(**narrow) == ("suggestive", EXPLAINED), "no wider than a quarter more"


def test_what_could_not_be_adjusted_is_not_explained() -> None:
    assert both_ways(adjusted_effect=math.nan, adjusted_low=math.nan, adjusted_high=math.nan,
                     adjusted_p=math.nan) == ("confirmed", HELD)  # fmt: skip


def test_many_tests_make_each_of_them_harder_to_pass() -> None:
    chance = {"p": 0.9, "explore_p": 0.9, "adjusted_p": 0.9, "low": -0.3, "effect": 0.1}
    likely = {"p": 0.02, "low": 0.01}
    assert graded(likely)[0][0] == "confirmed"
    assert graded(likely, *[chance] * 9)[0] == ("suggestive", CHANCE)
    assert graded(likely, *[chance | {"titles": 3}] * 9)[0][0] == "confirmed", "no test at all"


def test_the_exploring_half_is_a_family_of_its_own() -> None:
    chance = {"p": 1e-5, "explore_p": 0.9}
    assert graded({"explore_p": 0.02}, *[chance] * 9)[0] == ("supported", STANDS)
    assert graded({"explore_p": 0.02}, *[chance | {"explore_titles": 3}] * 9)[0][0] == "confirmed"


def test_q_values_are_those_of_benjamini_and_hochberg() -> None:
    p = np.array([0.001, 0.5, 0.01, 0.04])
    family = np.array([True, True, True, True])
    assert q_values(p, family).tolist() == pytest.approx([0.004, 0.5, 0.02, 0.16 / 3])
    family[1] = False
    found = q_values(p, family)
    assert found[[0, 2, 3]].tolist() == pytest.approx([0.003, 0.015, 0.04])
    assert np.isnan(found[1])
    assert np.isnan(q_values(p, np.zeros(4, dtype=bool))).all()


def test_where_all_may_be_chance_nothing_passes() -> None:
    just = q_values(np.array([0.05, 0.9]), np.array([True, False]))
    assert just[0] == 0.05
    nothing = q_values(np.array([0.06, 0.07, 0.9]), np.array([True, True, True]))
    assert (nothing > FALSE_DISCOVERY_RATE).all()
    assert nothing[0] == pytest.approx(0.105)
    alone = q_values(np.array([0.051]), np.array([True]))
    assert FALSE_DISCOVERY_RATE < alone[0] < FALSE_DISCOVERY_RATE + 1e-6


def test_a_title_is_in_one_half_for_ever_and_the_halves_are_alike() -> None:
    names = ["t16", "t36", "t41", "t02"]
    assert [assign_part(name) for name in names] == ["confirm", "explore", "explore", "explore"]
    kept = sum(assign_part(f"title {n}") == "confirm" for n in range(1000))
    assert 450 < kept < 550


def test_titles_needed_are_those_that_a_power_formula_asks_for() -> None:
    found = titles_needed(np.array([0.5, 1.0]))
    exact = ((1.6449 + 0.8416) * np.array([0.5, 1.0]) / 0.1) ** 2
    assert found.tolist() == np.ceil(exact).tolist() == [155.0, 619.0]
    assert titles_needed(np.array([1.0]), 0.5)[0] == 25.0


def needed(*rows: dict[str, Any]) -> list[float]:
    return grade_effects(pd.DataFrame([SURE | row for row in rows]))["titles_needed"].tolist()


def test_an_effect_needs_as_many_titles_as_its_own_error_asks_for() -> None:
    assert needed({"se": 0.1, "titles": 25}) == [155.0]
    assert needed({"se": 0.01, "titles": 25}) == [10.0], "never fewer than the rule"


def test_where_too_few_titles_vary_the_usual_error_of_the_slice_stands_in() -> None:
    few = {"titles": 5, "se": 9.0}
    rows = [
        {"se": 0.1, "titles": 25, "cluster": "c1"},
        {"se": 0.2, "titles": 25, "cluster": "c1"},
        {"se": 0.3, "titles": 25, "cluster": "c1"},
        {"se": 0.4, "titles": 25, "cluster": "c2"},
        few | {"cluster": "c1"},
        few | {"cluster": "c3"},
    ]
    found = needed(*rows)
    assert found[4] == found[1] == 619.0
    assert found[5] == math.ceil(((1.6448536 + 0.8416212) * 1.25 / 0.1) ** 2), "of everything"
    assert np.isnan(needed(few)).all()
