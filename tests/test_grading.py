"""Each rule by which a claim is graded, one claim at a time; and how many claims share a rate."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.stats.multitest import multipletests

from assistant.insights.effects import grade_effects
from assistant.insights.grading import (
    EMPTY,
    FALSE_DISCOVERY_RATE,
    assign_part,
    confirming,
    false_discovery_rates,
    grade_claims,
    normal_cdf,
    p_beyond,
    q_values,
    titles_needed,
)

SURE: dict[str, Any] = {
    "name": "light", "side": "darker", "cluster": "all", "platform": "all", "genre": "all",
    "country": "all", "effect": 0.5, "se": 0.1, "df": 30.0, "low": 0.3, "high": 0.7, "p": 1e-5,
    "titles": 40, "explore_effect": 0.5, "explore_low": 0.2, "explore_high": 0.8,
    "explore_p": 1e-4, "explore_df": 15.0, "explore_titles": 20, "confirm_effect": 0.5,
    "confirm_low": 0.2, "confirm_high": 0.8, "confirm_p": 1e-4, "confirm_df": 15.0,
    "confirm_titles": 20,
}  # fmt: skip


def mirrored(row: dict[str, Any]) -> dict[str, Any]:
    """The same effect the other way."""
    turned = dict(row)
    for part in ("", "explore_", "confirm_"):
        turned[f"{part}effect"] = -row[f"{part}effect"]
        turned[f"{part}low"], turned[f"{part}high"] = -row[f"{part}high"], -row[f"{part}low"]
    return turned


def graded(*rows: dict[str, Any], **options: Any) -> list[tuple[str, str]]:
    """Grade and reason of claims that differ from a sure one in what is given."""
    table = grade_claims(pd.DataFrame([SURE | row for row in rows]), **options)
    return list(zip(table["grade"], table["reason"], strict=True))


def both_ways(**changed: Any) -> tuple[str, str]:
    """Grade and reason of one claim, which must be the same whatever its sign."""
    row = SURE | changed
    (one,), (other,) = graded(row), graded(mirrored(row))
    assert one == other
    return one


HELD = "held on titles not used to find it"
STANDS = "stands among everything tested"
CHANCE = "may be chance among everything tested"
SPLIT = "the two halves of the titles disagree"
FEW = "too few titles vary in it"
NOTHING = "no effect worth having"


def test_a_claim_that_passes_every_test_is_confirmed() -> None:
    assert both_ways() == ("confirmed", HELD)


@pytest.mark.parametrize(
    ("changed", "grade", "reason"),
    [
        ({"titles": 9}, "insufficient", FEW),
        ({"titles": 10}, "confirmed", HELD),
        ({"df": 3.9}, "insufficient", FEW),
        ({"df": 4.0}, "confirmed", HELD),
        ({"p": math.nan}, "insufficient", FEW),
        ({"low": -0.01, "p": 0.11}, "insufficient", FEW),
        ({"low": 0.0, "p": 0.10}, "insufficient", FEW),
        ({"effect": 0.01, "low": -0.07, "high": 0.09, "p": 0.6}, "insufficient", NOTHING),
        ({"effect": 0.01, "low": -0.07, "high": 0.10, "p": 0.6}, "insufficient", FEW),
        ({"effect": 0.0, "low": -0.11, "high": 0.05, "p": 0.9}, "insufficient", FEW),
        ({"effect": 0.01, "low": -0.07, "high": 0.09, "p": 0.6, "titles": 9}, "insufficient", FEW),
        ({"effect": 0.029, "low": 0.01, "high": 0.05}, "insufficient", NOTHING),
        ({"effect": 0.03, "low": 0.01, "high": 0.05}, "confirmed", HELD),
        ({"p": 0.2}, "suggestive", CHANCE),
        ({"explore_p": 0.2}, "supported", STANDS),
        ({"explore_titles": 9}, "supported", STANDS),
        ({"explore_titles": 10}, "confirmed", HELD),
        ({"explore_df": 3.9}, "supported", STANDS),
        ({"explore_effect": -0.5}, "suggestive", SPLIT),
        ({"confirm_effect": -0.5}, "suggestive", SPLIT),
        ({"explore_effect": math.nan, "explore_p": math.nan}, "supported", STANDS),
        ({"confirm_low": -0.01}, "supported", STANDS),
        ({"confirm_low": 0.0}, "supported", STANDS),
        ({"confirm_titles": 9}, "supported", STANDS),
        ({"confirm_titles": 10}, "confirmed", HELD),
        ({"confirm_df": 3.9}, "supported", STANDS),
        ({"confirm_p": math.nan}, "supported", STANDS),
    ],
)
def test_each_rule_takes_a_grade_away(changed: dict[str, Any], grade: str, reason: str) -> None:
    assert both_ways(**changed) == (grade, reason)


def test_sizes_in_other_units_have_bounds_of_their_own() -> None:
    tiny = {"effect": 1e-4, "low": 1e-5, "high": 2e-4}
    assert graded(tiny)[0] == ("insufficient", NOTHING)
    assert graded(tiny, negligible=0.0, worthwhile=0.0)[0][0] == "confirmed"
    unsure = {"effect": 1e-4, "low": -1e-4, "high": 3e-4, "p": 0.4}
    assert graded(unsure, negligible=0.0, worthwhile=0.0)[0] == ("insufficient", FEW)


def test_a_claim_must_stand_against_a_trifle_and_not_against_nothing_alone() -> None:
    unsure = {"effect": 0.04, "low": 0.005, "high": 0.075, "p": 0.06}
    assert graded(unsure, {})[0] == ("suggestive", CHANCE), "beside one that is sure"
    assert graded({"p": 0.06}, {})[0] == ("confirmed", HELD), "just as far from zero, and large"
    assert graded(unsure, {}, negligible=0.0)[0] == ("confirmed", HELD), "nothing is a trifle"
    half = {"explore_effect": 0.012, "explore_p": 0.01}
    assert both_ways(**half) == ("supported", STANDS)


def test_a_claim_against_a_trifle_is_a_t_test_of_how_far_it_lies_beyond_the_trifle() -> None:
    effect = np.array([0.04, -0.04, 0.5, 0.012, 0.01, -0.009, 0.0])
    se, df = (
        np.array([0.01, 0.02, 0.1, 0.001, 0.001, 0.001, 0.1]),
        np.array([5, 5.5, 30, 9, 9, 9, 4]),
    )
    plain = 2 * stats.t.sf(np.abs(effect) / se, df)
    beyond = 2 * stats.t.sf(np.maximum(np.abs(effect) - 0.01, 0.0) / se, df)
    assert p_beyond(plain, effect, df, 0.01) == pytest.approx(beyond)
    assert p_beyond(plain, effect, df, 0.0) == pytest.approx(plain)
    certain = p_beyond(np.zeros(3), np.array([0.02, 0.01, -0.009]), np.array([4.3, 30, 1e4]), 0.01)
    assert certain == pytest.approx([0.0, 1.0, 1.0])
    assert both_ways(p=0.0, explore_p=0.0) == ("confirmed", HELD), "surer than any number says"


# Many claims at once.


def test_many_claims_make_each_of_them_harder_to_pass() -> None:
    chance = {"p": 0.9, "explore_p": 0.9, "low": -0.3, "effect": 0.1}
    likely = {"p": 0.01, "explore_p": 0.01}
    assert graded(likely)[0][0] == "confirmed"
    assert graded(likely, *[chance] * 9)[0] == ("suggestive", CHANCE)
    assert graded(likely, *[chance | {"titles": 3}] * 9)[0][0] == "confirmed", "no test at all"


def test_a_family_with_many_sides_buys_itself_no_findings() -> None:
    likely = {"p": 0.004, "explore_p": 0.004}
    chance = {"p": 0.9, "explore_p": 0.9}
    alone = [likely | {"name": "light"}, *[chance | {"name": f"l{n}"} for n in range(3)]]
    assert graded(*alone, family="name")[0][0] == "confirmed"
    crowd = [likely | {"name": "light"}, *[chance | {"name": "light"}] * 15]
    assert graded(*crowd, family="name")[0] == ("suggestive", CHANCE)
    elsewhere = [likely | {"name": "light"}, *[chance | {"name": "heat"}] * 15]
    assert graded(*elsewhere, family="name")[0][0] == "confirmed"


def test_the_exploring_half_is_tested_by_itself() -> None:
    chance = {"p": 1e-5, "explore_p": 0.9}
    assert graded({"explore_p": 0.01}, *[chance] * 9)[0] == ("supported", STANDS)
    assert graded({"explore_p": 0.01}, *[chance | {"explore_titles": 3}] * 9)[0][0] == "confirmed"


def q(p: list[float], family: list[str] | None = None) -> list[float]:
    values = np.array(p)
    found: list[float] = q_values(values, np.isfinite(values), family).tolist()
    return found


def test_one_family_is_tested_at_the_rate_that_what_it_holds_allows() -> None:
    found = q([0.001, math.nan, 0.9, 0.8, 0.05])
    assert found[0] == pytest.approx(4 * 0.001), "Simes"
    assert found[4] == pytest.approx(1.1 * (3 / 4) * 2 * 0.05), "one of four surely shows something"
    assert math.isnan(found[1])
    assert np.isnan(q_values(np.array([0.1]), np.zeros(1, dtype=bool))).all()
    crowd = [0.001] * 6
    assert q([*crowd, 0.099])[6] <= FALSE_DISCOVERY_RATE, "most of the family works"
    assert q([*crowd, 0.11])[6] >= 0.11, "never surer than it is by itself"
    assert q([0.001, *[0.5] * 5, 0.099])[6] > FALSE_DISCOVERY_RATE


@pytest.mark.parametrize("shown", [0, 3, 20, 40])
def test_false_discovery_rates_are_those_of_the_library(shown: int) -> None:
    rng = np.random.default_rng(shown)
    p = np.r_[rng.uniform(0, 1e-3, shown), rng.uniform(size=40 - shown).round(2)]
    rng.shuffle(p)
    edge = np.r_[np.full(20, 0.02), np.linspace(0.3, 1, 20)]
    for values in (p, edge):
        plain = multipletests(values, method="fdr_bh")[1]
        adapted = multipletests(values, alpha=0.05, method="fdr_tsbky")[1]
        assert false_discovery_rates(values) == pytest.approx(plain)
        assert false_discovery_rates(values, 0.05) == pytest.approx(adapted)
    assert len(false_discovery_rates(np.zeros(0))) == 0


def test_families_are_chosen_first_and_then_their_tests_at_a_lowered_rate() -> None:
    family = ["a", "a", "b", "b", "c", "c"]
    found = q([0.001, 0.035, 0.9, 0.8, 0.7, 0.6], family)
    assert found[0] <= FALSE_DISCOVERY_RATE < found[1], "one family of three was selected"
    assert found[1] == pytest.approx(3 * 0.035 * 1.1)
    both = q([0.001, 0.035, 0.002, 0.035, 0.7, 0.6], family)
    assert both[1] == pytest.approx(1.5 * 0.035 * 1.1), "two of three"
    assert both[1] <= FALSE_DISCOVERY_RATE


def test_where_nothing_stands_out_nothing_passes() -> None:
    assert q([EMPTY - 0.001])[0] <= FALSE_DISCOVERY_RATE
    above = q([EMPTY + 0.001])
    assert FALSE_DISCOVERY_RATE < above[0] < FALSE_DISCOVERY_RATE + 1e-6
    weak = q([0.03, 0.06, 0.9], ["a", "b", "c"])
    assert all(one > FALSE_DISCOVERY_RATE for one in weak)
    none = q([0.2, 0.6], ["a", "b"])
    assert none == pytest.approx([2 * 0.2 * 1.1, 1.0]), "as if one of two had been selected"


def test_under_no_effect_at_all_hardly_any_catalogue_has_a_finding() -> None:
    rng = np.random.default_rng(5)
    family = [f"lever {n // 8}" for n in range(80)]
    p = rng.uniform(size=(400, 80))
    found = sum((np.array(q(list(row), family)) <= FALSE_DISCOVERY_RATE).any() for row in p)
    assert found / 400 <= EMPTY + 2 * math.sqrt(EMPTY * (1 - EMPTY) / 400)


# Halves and sample sizes.


def test_a_title_is_in_one_half_for_ever_and_the_halves_are_alike() -> None:
    names = ["t16", "t36", "t41", "t02"]
    assert [assign_part(name) for name in names] == ["confirm", "explore", "explore", "explore"]
    assert confirming(names).tolist() == [True, False, False, False]
    kept = sum(assign_part(f"title {n}") == "confirm" for n in range(1000))
    assert 450 < kept < 550


def test_titles_needed_are_those_that_a_power_formula_asks_for() -> None:
    found = titles_needed(np.array([0.5, 1.0]))
    exact = ((1.6449 + 0.8416) * np.array([0.5, 1.0]) / 0.1) ** 2
    assert found.tolist() == np.ceil(exact).tolist() == [155.0, 619.0]
    assert titles_needed(np.array([1.0]), 0.5)[0] == 25.0


def test_the_normal_distribution_is_that_of_the_library() -> None:
    z = np.array([-9.0, -1.2, 0.0, 2.5, math.nan])
    assert normal_cdf(z) == pytest.approx(stats.norm.cdf(z), nan_ok=True)


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


def test_effects_of_a_lever_are_one_family() -> None:
    likely = {"p": 0.004, "explore_p": 0.004, "titles": 40}
    chance = {"p": 0.9, "explore_p": 0.9}
    rows = [SURE | likely, *[SURE | chance | {"side": "lighter"} for _ in range(15)]]
    assert grade_effects(pd.DataFrame(rows))["reason"][0] == CHANCE
    rows = [SURE | likely, *[SURE | chance | {"name": "heat"} for _ in range(15)]]
    assert grade_effects(pd.DataFrame(rows))["grade"][0] == "confirmed"
