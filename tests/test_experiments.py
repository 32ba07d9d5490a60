"""Tests of two variants: their sample, whether they hold, their verdict, and what they change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm
from statsmodels.stats.contingency_tables import Table2x2

from assistant.experiments.advice import score_advice, score_picks
from assistant.experiments.designs import Design, arm_size, contrast, impressions_per_arm
from assistant.experiments.learning import what_changed
from assistant.experiments.plan_file import RegisteredTest, load_plans
from assistant.experiments.result_file import past_expectation, read_results
from assistant.experiments.results import Counts, Expectation, ExperimentResult, Period
from assistant.experiments.validity import mismatch, notes_on, why_invalid
from assistant.experiments.verdicts import judge
from assistant.insights.effects import EVERYWHERE, EffectSlice, Evidence, estimate_effects
from assistant.insights.grading import Z90
from assistant.insights.outcomes import (
    AGREES,
    CONTRARY,
    FOUND,
    INVALID,
    NOTHING,
    SMALLER,
    UNDECIDED,
    Outcome,
    add_experiments,
    apply_experiments,
    pool,
    verdict,
)
from index.errors import InputError
from index.records import ALL, Grade
from tests.planted import Tag, tag_table
from tests.worlds import STRONG, evidence_of, make_world

Row = dict[str, object]
RATE = 0.1
SAMPLE = impressions_per_arm(RATE, 0.1)
FIRST = date(2026, 3, 2)
PLAN = RegisteredTest(
    id="h-1", brief="A Film", lever="light", pole="darker", steps=1.0, cluster="all",
    platform="all", effect=0.2, low=0.1, high=0.3, p_positive=0.99, impressions_per_arm=SAMPLE,
    smallest_effect=0.1,
)  # fmt: skip


@pytest.fixture(scope="module")
def evidence() -> Evidence:
    return make_world(STRONG, 1, titles=40).evidence


def result(*days: tuple[int, int, int, int], plan: RegisteredTest | None = PLAN, dated: bool = True,
           members: bool = False, **changed: object) -> ExperimentResult:  # fmt: skip
    """A test of the plan whose days are impressions and plays of A, then of B."""
    periods = []
    for number, (shown_a, plays_a, shown_b, plays_b) in enumerate(days):
        day = FIRST + timedelta(number) if dated else None
        arms = [
            Counts(shown, plays, shown // 2 if members else None)
            for shown, plays in ((shown_a, plays_a), (shown_b, plays_b))
        ]
        periods.append(Period(arms[0], arms[1], day))
    expected = None if plan is None else Expectation(plan.effect, plan.low, plan.high, 0.99, True)
    made = ExperimentResult(
        experiment="h-1", lever="light", pole="darker", steps=1.0, cluster="all", platform="all",
        periods=tuple(periods), expected=expected, plan=plan, other_changes=(),
        path=Path("results.csv"), row=2,
    )  # fmt: skip
    return replace(made, **changed)  # type: ignore[arg-type]


def steady(change: float, days: int = 10, each: int = SAMPLE, **more: object) -> ExperimentResult:
    """As many days of the same counts as make `each` impressions an arm."""
    shown = each // days + 1
    day = (shown, round(shown * RATE * (1 + change)), shown, round(shown * RATE))
    return result(*[day] * days, **more)  # type: ignore[arg-type]


def test_a_sample_is_as_large_as_theory_says() -> None:
    """Two proportions, normal approximation: n = (z₉₅ + z₈₀)² (p₁q₁ + p₂q₂) / (p₁ − p₂)²."""
    one, two = 0.1, 0.11
    plain = (1.6449 + 0.8416) ** 2 * (one * (1 - one) + two * (1 - two)) / (two - one) ** 2
    assert impressions_per_arm(one, 0.1) == pytest.approx(plain, rel=0.02)
    assert impressions_per_arm(one, 0.2) < impressions_per_arm(one, 0.1) / 3
    always = impressions_per_arm(one, 0.1, Design.ALWAYS_VALID)
    assert 1.2 < always / impressions_per_arm(one, 0.1) < 1.4


def test_two_arms_are_compared_as_statsmodels_compares_half_a_play_more() -> None:
    known = Table2x2(np.array([[10, 90], [20, 380]]) + 0.5)
    found = contrast(10, 100, 20, 400)
    assert float(found.effect) == pytest.approx(known.log_oddsratio)
    assert float(found.se) == pytest.approx(known.log_oddsratio_se)
    assert np.isfinite(contrast(0, 50, 50, 50).effect), "an arm without plays, one with all"
    assert arm_size([100, 0, 50], [300, 0, 50]) == pytest.approx([150, 0, 50]), "harmonic"

    def wider(shown: int) -> float:
        looked = contrast(5, shown, 5, shown, Design.ALWAYS_VALID, 1000)
        return float(looked.se / contrast(5, shown, 5, shown).se)

    assert wider(250) == pytest.approx(2 * wider(1000)), "O'Brien & Fleming: as 1 / √n"
    assert wider(1050) == pytest.approx(norm.isf(0.1 * 0.95 / 4) / Z90)
    late = [(wider(shown) * Z90) ** 2 for shown in (2100, 4200)]
    assert late[1] - late[0] == pytest.approx(np.log(2)), "Robbins: by the logarithm of n"
    edge = np.sqrt(late[0] - np.log(2))
    assert 2 * (norm.sf(edge) + edge * norm.pdf(edge)) == pytest.approx(0.1 * 0.05)
    for design, level, power in (
        (Design.FIXED, Z90, 0.8), (Design.ALWAYS_VALID, Z90 * wider(1000), 0.8 - 0.0125),
    ):  # fmt: skip
        angle = 2 * (np.arcsin(np.sqrt(0.11)) - np.arcsin(np.sqrt(0.1)))
        cohen = 2 * ((level + norm.ppf(power)) / angle) ** 2
        assert impressions_per_arm(0.1, 0.1, design) == pytest.approx(cohen, abs=1.01)


@pytest.mark.parametrize(("change", "truth"), [(0.0, 0.0), (0.1, np.log(0.11 / 0.89 * 9))])
def test_an_always_valid_interval_holds_the_truth_at_every_daily_look(
    change: float, truth: float
) -> None:
    """2,000 tests that run to twice their sample; a fixed interval that is peeked at does not."""
    planned = impressions_per_arm(RATE, 0.1, Design.ALWAYS_VALID)
    rng = np.random.default_rng(5)
    shown = np.arange(1, 29) * (planned // 14)
    plays = [rng.binomial(planned // 14, p, (2000, 28)).cumsum(axis=1)
             for p in (RATE * (1 + change), RATE)]  # fmt: skip
    held = {}
    for design, sample in ((Design.ALWAYS_VALID, planned), (Design.FIXED, None)):
        found = contrast(plays[0], shown, plays[1], shown, design, sample)
        held[design] = ((found.low <= truth) & (truth <= found.high)).all(axis=1).mean()
        at_end = (found.low[:, 13] > 0).mean()
        if change and design is Design.ALWAYS_VALID:
            assert at_end == pytest.approx(0.8, abs=0.03)
    assert 0.90 <= held[Design.ALWAYS_VALID] <= 0.96
    assert held[Design.FIXED] < 0.65


@pytest.mark.parametrize(("titles", "told"), [(9, False), (10, True)])
def test_past_artwork_of_ten_titles_expects_something_of_a_test(titles: int, told: bool) -> None:
    plays = np.random.default_rng(4).integers(90, 140, 2 * titles).tolist()
    evidence = evidence_of({"dark": [1, 0] * titles}, np.repeat(range(titles), 2).tolist(), plays)
    assert (past_expectation(evidence, 0, EVERYWHERE, 1.0) is not None) == told


def test_fair_splits_raise_no_alarm_and_a_skew_of_one_in_a_hundred_does() -> None:
    rng = np.random.default_rng(2)
    each = np.arange(1, 21)
    members = rng.multinomial(20_000, np.full(20, 0.05), size=3000)
    in_a = rng.binomial(members, 0.5)
    shown = in_a @ each, (members - in_a) @ each
    assert mismatch(*shown, repeats=20.0).mean() <= 0.002
    assert mismatch(*shown).mean() > 0.05
    assert mismatch(in_a.sum(axis=1), (members - in_a).sum(axis=1)).mean() <= 0.004
    assert mismatch(505_000, 495_000)
    assert not mismatch(510_000, 490_000, allowed=0.01), "just what is allowed"
    assert not mismatch(500_900, 499_100)
    assert not mismatch(5_000_900, 4_999_100)
    assert mismatch(900_000, 100_000, 0.8)
    assert not mismatch(800_100, 199_900, 0.8)


DAY = (1300, 143, 1300, 130)
INVALIDITIES = [
    (result((9000, 1700, 5000, 780)), "impressions were split 64.3 : 35.7 where 50 : 50"),
    (result((9000, 1700, 5000, 780), members=True), "members were split 64.3 : 35.7"),
    (result((12000, 1700, 0, 0)), "arm B was never shown"),
    (result((7000, 0, 7000, 0)), "no play was recorded in either arm"),
    (result((3, 1, 4, 2), plan=None), "too few for any verdict: fewer than 10 plays in arm A"),
    (result((7000, 7000, 7000, 7000)), "every impression was played"),
    (steady(0.1, each=SAMPLE // 16), "stopped at 6% of its planned sample"),
    (result(*[tuple(n * one for one in DAY) for n in range(1, 11)]), "running totals"),  # type: ignore[arg-type]
    (
        result(*[(2000, 400, 2000, 200)] * 3, *[(2000, 200, 2000, 200)] * 7),
        "first 3 days (+100% plays for A) differ from the rest (+0%)",
    ),
    (steady(0.1, other_changes=("a price cut",)), "something else changed while it ran: a price"),
]  # fmt: skip


@pytest.mark.parametrize(("broken", "reason"), INVALIDITIES)
def test_a_broken_test_says_why_and_grades_nothing(broken: ExperimentResult, reason: str) -> None:
    table = judge([broken])
    assert reason in table["why_invalid"][0]
    assert table["verdict"][0] == INVALID
    advice = score_advice(table)
    assert (advice.experiments, advice.hit_rate.value, advice.brier.value) == (0, None, None)


def test_a_sound_test_is_valid_and_what_cannot_be_checked_is_said() -> None:
    assert why_invalid(steady(0.1)) == ()
    assert notes_on(steady(0.1)) == ()
    assert why_invalid(steady(0.1, members=True)) == ()
    assert "no dates" in notes_on(result((12000, 1320, 12000, 1200), dated=False))[0]
    assert "no plan was recorded" in notes_on(steady(0.1, plan=None))[0]
    assert "2.0 times its planned sample" in notes_on(steady(0.1, each=2 * SAMPLE))[0]
    always = PLAN.model_copy(update={"design": Design.ALWAYS_VALID})
    early = steady(0.5, each=SAMPLE // 4, plan=always)
    assert why_invalid(early) == ()
    assert judge([early])["verdict"][0] == AGREES
    uneven = PLAN.model_copy(update={"split": 0.2})
    assert why_invalid(result((10_000, 1100, 40_000, 4000), plan=uneven)) == ()
    assert why_invalid(result((25_000, 2600, 25_000, 2500), plan=uneven))


def test_growing_days_that_say_what_they_cover_are_no_running_totals() -> None:
    growing = result(*[tuple(n * one for one in DAY) for n in range(1, 11)])  # type: ignore[arg-type]
    days = tuple(replace(one, end=one.start) for one in growing.periods)
    assert why_invalid(growing)
    counts = ["impressions_a", "plays_a", "impressions_b", "plays_b"]
    last = [10 * one for one in DAY]
    assert judge([growing])[counts].to_numpy().tolist() == [last], "the last row holds the others"
    assert why_invalid(replace(growing, periods=days)) == ()
    assert judge([replace(growing, periods=days)])["impressions_a"][0] == 55 * DAY[0]


def test_two_tests_of_one_title_before_the_same_members_at_once_are_both_invalid() -> None:
    other = steady(0.1, experiment="h-2", lever="heat", pole="warmer")
    found = judge([steady(0.1), other])
    assert found["verdict"].tolist() == [INVALID, INVALID]
    assert "h-2 changed the same title's artwork" in found["why_invalid"][0]
    later = replace(other, periods=tuple(
        replace(one, start=one.start + timedelta(30)) for one in other.periods if one.start
    ))  # fmt: skip
    assert judge([steady(0.1), later])["verdict"].ne(INVALID).all()
    apart = replace(other, cluster="c1"), replace(steady(0.1), cluster="c0")
    assert judge(apart)["verdict"].ne(INVALID).all()
    assert judge([other], judge([steady(0.1)]))["verdict"][0] == INVALID
    broken = judge([steady(0.1, other_changes=("a price cut",))])
    older = pd.DataFrame([{"experiment": "of a feature"}])
    beside = pd.concat([broken, older], ignore_index=True)
    assert judge([other], beside)["verdict"][0] != INVALID, "what is invalid disturbs nobody"


def test_where_past_artwork_and_a_test_disagree_nothing_is_sure() -> None:
    row = {"name": "light", "side": "darker", "cluster": "all", "platform": "all", "genre": "all",
           "country": "all", "effect": 0.2, "se": 0.03, "low": 0.15, "high": 0.25, "p": 0.001,
           "titles": 30, "df": 20.0, "grade": "confirmed", "reason": ""}  # fmt: skip
    contrary = judge([steady(-0.18, each=4 * SAMPLE)])
    told = apply_experiments(pd.DataFrame([row]), contrary).iloc[0]
    assert told["low"] < 0 < told["high"]
    assert (told["grade"], told["reason"]) == ("insufficient", CONTRARY)
    assert told["observed_effect"] == 0.2


def test_past_artwork_and_a_test_that_agree_count_by_their_errors() -> None:
    row = {"name": "light", "side": "darker", "cluster": "all", "platform": "all", "genre": "all",
           "country": "all", "effect": 0.21, "se": 0.9, "low": 0.21 - 0.03 * Z90,
           "high": 0.21 + 0.03 * Z90, "p": 0.9, "titles": 30, "df": 20.0, "grade": "supported",
           "reason": ""}  # fmt: skip
    ran = {"lever": "light", "pole": "darker", "cluster": "all", "platform": "all", "steps": 2.0,
           "effect": 0.4, "se": 0.08, "verdict": AGREES}  # fmt: skip
    told = apply_experiments(pd.DataFrame([row]), pd.DataFrame([ran])).iloc[0]
    assert told["effect"] == pytest.approx((0.21 * 16 + 0.20 * 9) / 25), "0.03 and 0.04 a step"
    assert told["se"] == pytest.approx(0.024)
    assert (told["high"] - told["low"]) / 2 == pytest.approx(0.024 * Z90)
    assert told["p"] == pytest.approx(2 * norm.sf(told["effect"] / told["se"]))
    assert (told["grade"], told["reason"], told["experiments"]) == ("tested", AGREES, 1)
    places = [row, row | {"genre": "War"}, row | {"country": "SE"}]
    counted = apply_experiments(pd.DataFrame(places), pd.DataFrame([ran]))["experiments"]
    assert counted.tolist() == [1, 0, 0], "of everyone, not of a genre or a country"
    for few in ({"titles": 3}, {"df": 1.0}):
        told = apply_experiments(pd.DataFrame([row | few]), pd.DataFrame([ran])).iloc[0]
        assert told["effect"] == pytest.approx(0.20), "past artwork that says too little"
    turned = {name: -1 * value for name, value in row.items() if name in {"effect", "low", "high"}}
    lost = row | turned | {"low": turned["high"], "high": turned["low"]}
    told = apply_experiments(pd.DataFrame([lost]), pd.DataFrame([ran | {"effect": -0.4}])).iloc[0]
    assert (told["grade"], told["reason"]) == ("tested", AGREES), "a loss is as sure as a gain"


def test_where_nothing_was_expected_a_test_finds_and_does_not_agree() -> None:
    assert verdict(Outcome(0.3, 0.05), 0.0) == verdict(Outcome(0.3, 0.05), np.nan) == FOUND
    assert verdict(Outcome(1.0, 0.05), 1.0) == AGREES


def test_without_dates_nobody_knows_whether_two_tests_ran_at_once() -> None:
    undated = result((12000, 1320, 12000, 1200), dated=False, experiment="h-2")
    assert judge([steady(0.1), undated])["verdict"].ne(INVALID).all()
    assert judge([undated, steady(0.1)])["verdict"].ne(INVALID).all()


def test_first_days_with_hardly_an_impression_left_over_say_nothing_of_novelty() -> None:
    full = result(*[(100, 99, 100, 50)] * 3, *[(2000, 1000, 2000, 1000)] * 7, plan=None)
    days = tuple(replace(one, end=one.start) for one in full.periods)
    assert why_invalid(replace(full, periods=days)) == ()


def test_an_arm_that_nobody_played_has_a_take_fraction() -> None:
    table = judge([result((1000, 50, 1000, 0), plan=None)])
    assert table["take_fraction"][0] == pytest.approx(0.5 / 1001), "half a play of one more"
    assert judge([steady(0.1)])["take_fraction"][0] == pytest.approx(RATE, rel=0.01)


def test_picks_are_held_against_all_artwork() -> None:
    tags = tag_table([
        Tag("a", 0.5), Tag("b", 0.4), Tag("c", -0.5), Tag("d", -0.4),
        Tag("e", 0.1, label="insufficient data"), Tag("c", 0.9, cluster="c1"),
        Tag("d", 0.9, platform="tv"),
    ])  # fmt: skip
    found = score_picks(tags, ["a", "b", "c", "e", "gone"])
    assert found.picked == 3
    assert found.better.value == pytest.approx(2 / 3)
    assert found.of_all == 0.5
    assert score_picks(tags.head(0), ["a"]).of_all is None


@pytest.mark.parametrize(
    ("change", "expected", "verdict"),
    [
        (0.2, 0.2, AGREES),
        (0.14, 0.7, SMALLER),
        (-0.14, -0.7, SMALLER),
        (-0.2, 0.2, CONTRARY),
        (0.04, 0.2, UNDECIDED),
    ],
)
def test_a_verdict_holds_the_size_against_what_was_expected(
    change: float, expected: float, verdict: str
) -> None:
    plan = PLAN.model_copy(
        update={"effect": expected, "low": expected - 0.1, "high": expected + 0.1}
    )
    assert judge([steady(change, plan=plan)])["verdict"][0] == verdict


def test_what_is_learned_of_a_test_holds_its_counts_its_days_and_its_interval() -> None:
    row = judge([steady(0.2, members=True, cluster="c1", platform="tv", steps=2.0)]).iloc[0]
    assert (row["low"], row["high"]) == (
        row["effect"] - Z90 * row["se"], row["effect"] + Z90 * row["se"],
    )  # fmt: skip
    assert row["effect"] > 0.15
    assert (row["start"], row["end"]) == ("2026-03-02", "2026-03-11")
    assert (row["brief"], row["cluster"], row["platform"], row["steps"]) == (
        "A Film",
        "c1",
        "tv",
        2,
    )
    assert row["members_a"] == row["members_b"] == row["impressions_a"] // 2
    expected = [row[f"expected_{name}"] for name in ("low", "effect", "high", "p_positive")]
    assert (expected, row["registered"]) == ([0.1, 0.2, 0.3, 0.99], True)
    bare = judge([result((12000, 1320, 12000, 1200), plan=None, dated=False)]).iloc[0]
    assert (bare["brief"], bare["start"], bare["end"], bare["registered"]) == ("", "", "", False)
    assert bare[["members_a", "members_b", "expected_low", "expected_p_positive"]].isna().all()
    assert bare["notes"].startswith("no plan was recorded")
    assert "; its rows have no dates" in bare["notes"]


def test_no_effect_worth_having_is_a_verdict_and_no_proof_of_one() -> None:
    assert judge([steady(0.0, each=8 * SAMPLE)])["verdict"][0] == NOTHING


def judged(*changes: float, **more: object) -> pd.DataFrame:
    """Tests of the plan that found these changes, far enough apart in time."""
    return pd.concat(
        [judge([steady(change, experiment=f"h-{n}", **more)]) for n, change in enumerate(changes)],
        ignore_index=True,
    )


def test_advice_is_scored_by_what_experiments_decided_alone() -> None:
    table = judged(0.2, 0.22, -0.2, 0.04)
    assert table["verdict"].tolist() == [AGREES, AGREES, CONTRARY, UNDECIDED]
    advice = score_advice(table)
    assert (advice.experiments, advice.registered, advice.inconclusive, advice.invalid) == (
        3,
        3,
        1,
        0,
    )
    assert advice.hit_rate.value == pytest.approx(2 / 3)
    assert advice.hit_rate.low is not None
    assert advice.hit_rate.low < 2 / 3
    assert advice.brier.value == pytest.approx((2 * 0.01**2 + 0.99**2) / 3)
    assert score_advice(judged(0.04, 0.04)).brier.value is None


def test_advice_is_held_by_its_direction_its_interval_and_its_probability() -> None:
    """Of a result 0.04 and an expectation 0.03 unsure, nine in ten lie within 1.645 times 0.05."""

    def row(effect: float, said: str = AGREES, expected: float = 0.2, **changed: object) -> Row:
        ends = {"expected_low": expected - 0.03 * Z90, "expected_high": expected + 0.03 * Z90}
        more = {"se": 0.04, "expected_p_positive": 0.9, "verdict": said, "registered": True}
        return {"effect": effect, "expected_effect": expected, **ends, **more, **changed}

    found = score_advice(pd.DataFrame([
        row(0.282), row(0.283), row(0.118), row(0.117), row(-0.3, CONTRARY), row(0.0, NOTHING),
        row(0.3, FOUND, 0.0, registered=False), row(0.2, UNDECIDED), row(0.2, INVALID),
        row(0.3, FOUND, np.nan),
    ]))  # fmt: skip
    counts = (found.experiments, found.registered, found.inconclusive, found.invalid)
    assert counts == (7, 6, 1, 1)
    assert found.hit_rate.value == pytest.approx(4 / 7), "nothing was expected of one that found"
    assert found.coverage.value == pytest.approx(2 / 7)
    assert found.brier.value == pytest.approx((5 * 0.1**2 + 0.9**2) / 6)
    told = found.to_json()
    assert told["brier"]["coin"] == 0.25
    assert told["brier"]["value"] == found.brier.value
    assert "coin" not in told


def test_estimates_are_pooled_by_random_effects_whose_variance_is_never_below_zero() -> None:
    agree = pool([0.30, 0.301], [0.1, 0.1])
    assert agree.se == pytest.approx(0.1 / np.sqrt(2))
    apart = pool([0.5, -0.1], [0.05, 0.05])
    assert apart.effect == pytest.approx(0.2)
    assert apart.low < 0 < apart.high
    assert pool([0.2], [0.1]).se == 0.1


def darker(effects: pd.DataFrame) -> pd.Series[float]:
    """The row of the tested side over everyone."""
    return effects[(effects["name"] == "light") & (effects["side"] == "darker")].iloc[0]


@pytest.mark.parametrize(
    ("share", "grade", "verdict"),
    [
        (1.0, Grade.TESTED, AGREES),
        (0.5, Grade.TESTED, SMALLER),
        (-1.0, Grade.INSUFFICIENT, CONTRARY),
    ],
)
def test_a_test_updates_what_past_artwork_says_instead_of_replacing_it(
    evidence: Evidence, share: float, grade: Grade, verdict: str
) -> None:
    before = estimate_effects(evidence, [EffectSlice()])
    past = darker(before)
    truth = float(past["effect"] * past["change"]) * share
    odds = RATE / (1 - RATE) * np.exp(truth)
    plan = PLAN.model_copy(update={"effect": truth / share, "steps": float(past["change"])})
    ran = steady(odds / (1 + odds) / RATE - 1, each=4 * SAMPLE, plan=plan, steps=plan.steps)
    found = judge([ran])
    after = apply_experiments(before, found)
    row = darker(after)
    assert row["reason"] == verdict
    assert row["grade"] == grade
    assert row["observed_effect"] == past["effect"]
    assert row["experiments"] == 1
    ends = sorted((float(past["effect"]), truth / plan.steps))
    assert ends[0] - 1e-3 <= row["effect"] <= ends[1] + 1e-3
    if verdict == AGREES:
        assert row["high"] - row["low"] < past["high"] - past["low"]
    (change,) = what_changed(found, apply_experiments(before, None), after)
    assert (change.grade_before, change.grade) == (past["grade"], grade)
    if verdict == SMALLER:
        assert change.before is not None
        assert change.after is not None
        assert change.after.middle < change.before.middle - 0.05


def test_an_invalid_test_changes_no_evidence_and_an_inconclusive_one_no_grade_to_tested(
    evidence: Evidence,
) -> None:
    before = estimate_effects(evidence, [EffectSlice()])
    invalid = judge([INVALIDITIES[0][0]])
    pd.testing.assert_frame_equal(
        apply_experiments(before, invalid), apply_experiments(before, None)
    )
    unsure = judge([steady(0.04)])
    assert unsure["verdict"][0] == UNDECIDED
    assert darker(before)["grade"] in {Grade.SUPPORTED, Grade.CONFIRMED}
    assert darker(apply_experiments(before, unsure))["grade"] == darker(before)["grade"]


def write(folder: Path, rows: str, name: str = "results.csv") -> Path:
    path = folder / name
    path.write_text(rows, encoding="utf-8")
    return path


HEAD = "arm,impressions,plays,lever,pole"
LIGHT = ",light,darker"


def test_tests_of_both_sides_of_a_lever_are_two_tests(evidence: Evidence, tmp_path: Path) -> None:
    arms = [f"{arm},900,90,light,{pole}" for pole in ("darker", "lighter") for arm in "AB"]
    found = read_results([write(tmp_path, "\n".join([HEAD, *arms, ""]))], evidence, {})
    assert [one.pole for one in found] == ["darker", "lighter"]
    assert len({one.experiment for one in found}) == 2


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (f"{HEAD}\nA,10,1{LIGHT}\n", ["row 2, column arm", "no arm B"]),
        (f"{HEAD}\nC,10,1{LIGHT}\n", ["row 2, column arm", "'C' is not an arm"]),
        (f"{HEAD}\nA,10,1{LIGHT}\nB,-9,1{LIGHT}\n", ["row 3, column impressions", "not a count"]),
        (f"{HEAD}\nA,10,1.5{LIGHT}\n", ["row 2, column plays", "not a count"]),
        (f"{HEAD}\nA,10,11{LIGHT}\n", ["row 2, column plays", "more than the impressions"]),
        (f"{HEAD}\nA,9,1,lihgt,darker\nB,9,1,lihgt,darker\n", ["column lever", "'light'"]),
        (f"{HEAD}\nA,9,1,light,warmer\nB,9,1,light,warmer\n", ["column pole", "darker"]),
        ("arm,impressions,plays\nA,10,1\n", ["row 2, column lever", "name the test"]),
        ("arm,impressions,plays,hypothesis\nA,10,1,h-9\n", ["column hypothesis", "'h-9'"]),
        ("arm,impressions\nA,10\n", ["row 1", "'plays' is missing"]),
        ("arm,impressions,plays\n", ["no rows"]),
        (f"{HEAD},cluster\nA,9,1{LIGHT},c9\nB,9,1{LIGHT},c9\n", ["column cluster", "c0, c1, c2"]),
        (f"{HEAD},members\nA,9,1{LIGHT},10\nB,9,1{LIGHT},9\n", ["column members", "more than"]),
        (f"{HEAD},date\nA,9,1{LIGHT},2.3.26\n", ["row 2, column date", "2026-01-31"]),
        (
            f"{HEAD},date\nA,9,1{LIGHT},2026-03-02\nB,9,1{LIGHT},\nB,9,1{LIGHT},\n",
            ["row 3, column date", "has no date, and other rows of its test have one"],
        ),
        (
            f"{HEAD},start,end\nA,9,1{LIGHT},2026-03-02,2026-03-01\n",
            ["row 2, column end", "before its start"],
        ),
        (
            f"{HEAD},date\nA,9,1{LIGHT},2026-03-02\nA,9,1{LIGHT},2026-03-01\n"
            f"B,9,1{LIGHT},2026-03-02\n",
            ["row 3, column date", "2026-03-01 comes after 2026-03-02"],
        ),
        (
            f"{HEAD},date\nA,9,1{LIGHT},2026-03-02\nA,9,1{LIGHT},2026-03-02\n"
            f"B,9,1{LIGHT},2026-03-02\n",
            ["row 3, column date", "has 2026-03-02 twice"],
        ),
    ],
)
def test_a_mistake_in_results_names_its_place_in_one_line(
    evidence: Evidence, tmp_path: Path, text: str, says: Sequence[str]
) -> None:
    with pytest.raises(InputError) as caught:
        read_results([write(tmp_path, text)], evidence, {"h-1": PLAN})
    assert len(str(caught.value).splitlines()) == 1
    for said in (*says, str(tmp_path)):
        assert said in str(caught.value)


def test_a_test_stands_in_one_file_and_is_not_learned_again_with_less(
    evidence: Evidence, tmp_path: Path
) -> None:
    rows = "hypothesis,arm,impressions,plays\nh-1,A,{0},1300\nh-1,B,{0},1200\n"
    files = [write(tmp_path, rows.format(12000), name) for name in ("one.csv", "two.csv")]
    with pytest.raises(InputError, match=r"row 2, column hypothesis: .* is in one.csv too"):
        read_results(files, evidence, {"h-1": PLAN})
    kept = judge(read_results(files[:1], evidence, {"h-1": PLAN}))
    less = write(tmp_path, rows.format(9000))
    with pytest.raises(InputError, match="12,000 and 12,000 were learned of it before"):
        judge(read_results([less], evidence, {"h-1": PLAN}), kept)
    more = judge(read_results([write(tmp_path, rows.format(13000))], evidence, {"h-1": PLAN}), kept)
    assert add_experiments(kept, more)["impressions_a"].tolist() == [13000]


@pytest.mark.parametrize(("a", "b"), [(11_999, 11_000), (12_000, 10_999), (11_500, 11_500)])
def test_a_test_is_not_learned_again_with_less_in_either_arm(a: int, b: int) -> None:
    kept = judge([result((12_000, 1300, 11_000, 1200))])
    assert len(judge([result((12_000, 1300, 11_000, 1200))], kept)) == 1, "the same once more"
    told = f"has {a:,} and {b:,} impressions here, and 12,000 and 11,000 were learned of it before"
    with pytest.raises(InputError, match=told):
        judge([result((a, 1300, b, 1200))], kept)


def test_rows_of_one_test_are_added_up_by_day_and_steps_tell_tests_apart(
    evidence: Evidence, tmp_path: Path
) -> None:
    head = "arm,impressions,plays,pole,lever,steps\n"
    arms = "with,900,90,darker,light,{0}\nwithout,900,80,darker,light,{0}\n"
    apart = read_results(
        [write(tmp_path, head + arms.format("1") + arms.format("2"))], evidence, {}
    )
    assert [one.steps for one in apart] == [1, 2]
    assert len({one.experiment for one in apart}) == 2
    (same,) = read_results([write(tmp_path, head + arms.format("1") * 2)], evidence, {})
    assert (same.experiment, same.a.impressions) == (apart[0].experiment, 1800)
    assert same.expected is not None
    assert not same.expected.registered
    assert same.expected.low < same.expected.effect < same.expected.high
    one, two = (each.expected for each in apart)
    assert one is not None
    assert two is not None
    past = darker(estimate_effects(evidence, [EffectSlice()]))
    assert (one.low, one.effect, one.high) == tuple(past[["low", "effect", "high"]])
    assert (two.low, two.effect, two.high) == tuple(2 * past[["low", "effect", "high"]])
    assert one.p_positive == two.p_positive > 0.999
    few = make_world(STRONG, 1, titles=6).evidence
    (unknown,) = read_results([write(tmp_path, head + arms.format("1"))], few, {})
    assert unknown.expected is None, "six titles say nothing"


def test_a_day_may_carry_a_time(evidence: Evidence, tmp_path: Path) -> None:
    rows = "".join(
        f"{arm},900,90,light,darker,2026-03-0{day}{time}\n"
        for arm in "AB" for day, time in ((2, " 10:30:00"), (3, "T10:30"))
    )  # fmt: skip
    (found,) = read_results([write(tmp_path, f"{HEAD},date\n{rows}")], evidence, {})
    assert (found.start, found.end) == (date(2026, 3, 2), date(2026, 3, 3))


@pytest.mark.parametrize("dated", [True, False])
def test_an_arm_without_a_row_was_not_shown_then(
    evidence: Evidence, tmp_path: Path, dated: bool
) -> None:
    rows = [("A", 900, 90, 2), ("A", 700, 80, 3), ("B", 800, 70, 2)]
    lines = [
        f"{arm},{shown},{plays},light,darker,2026-03-0{day}" for arm, shown, plays, day in rows
    ]
    head, cut = (f"{HEAD},date", None) if dated else (HEAD, -len(",2026-03-02"))
    text = "\n".join([head, *(line[:cut] for line in lines)])
    (found,) = read_results([write(tmp_path, text)], evidence, {})
    assert [(one.a, one.b) for one in found.periods] == [
        (Counts(900, 90), Counts(800, 70)), (Counts(700, 80), Counts(0, 0)),
    ]  # fmt: skip
    assert (found.a, found.b) == (Counts(1600, 170), Counts(800, 70))


@pytest.mark.parametrize(
    ("tests", "says"),
    [
        ({"h-1": PLAN}, "'h-9' is not an id of the files given with --tests; correct the id"),
        ({}, "'h-9' is not known; give the file that `assistant hypotheses -o` wrote with --tests"),
    ],
)
def test_an_id_that_no_file_records_is_told_with_what_to_do(
    evidence: Evidence, tmp_path: Path, tests: dict[str, RegisteredTest], says: str
) -> None:
    path = write(tmp_path, "arm,impressions,plays,hypothesis\nA,10,1,h-9\nB,10,1,h-9\n")
    with pytest.raises(InputError) as caught:
        read_results([path], evidence, tests)
    assert says in str(caught.value)


def test_a_result_of_a_recorded_test_is_of_what_was_recorded(
    evidence: Evidence, tmp_path: Path
) -> None:
    plan = PLAN.model_copy(update={"steps": 2.5, "cluster": "c1", "platform": "tv"})
    head = "hypothesis,arm,impressions,plays,lever,pole,steps,cluster,other_change"
    rows = [
        f"h-1,{arm},900,90,heat,warmer,1,c0,{said}"
        for arm, said in zip("ABBB", ("a", "b", "a", ""), strict=True)
    ]
    path = write(tmp_path, "\n".join([head, *rows]))
    (found,) = read_results([path], evidence, {"h-1": plan})
    assert (found.experiment, found.lever, found.pole, found.steps) == (
        "h-1",
        "light",
        "darker",
        2.5,
    )
    assert (found.cluster, found.platform, found.plan) == ("c1", "tv", plan)
    assert found.expected == Expectation(0.2, 0.1, 0.3, 0.99, registered=True)
    assert (found.other_changes, found.path, found.row) == (("a", "b"), path, 2)


def test_a_row_may_say_which_days_it_covers(evidence: Evidence, tmp_path: Path) -> None:
    days = (("2026-03-02", "2026-03-02"), ("2026-03-03", "2026-03-09"))
    rows = "".join(
        f"{arm},900,90,light,darker,{start},{end}\n" for arm in "AB" for start, end in days
    )
    (found,) = read_results([write(tmp_path, f"{HEAD},start,end\n{rows}")], evidence, {})
    assert [(str(one.start), str(one.end)) for one in found.periods] == [*days]
    assert (found.start, found.end) == (date(2026, 3, 2), date(2026, 3, 9))
    ends = f"{HEAD},end\n" + "".join(f"{arm},900,90,light,darker,2026-03-02\n" for arm in "AB")
    (open_start,) = read_results([write(tmp_path, ends)], evidence, {})
    assert open_start.start is None, "since when is not known"


def test_a_plan_file_says_what_is_wrong_with_it(tmp_path: Path) -> None:
    entry = PLAN.model_dump(mode="json", exclude_none=True)
    good = write(tmp_path, f'{{"hypotheses": [{PLAN.model_dump_json()}]}}', "plan.yaml")
    assert load_plans([good]) == {"h-1": PLAN}
    other = PLAN.model_copy(update={"split": 0.8})
    changed = write(tmp_path, f'{{"hypotheses": [{other.model_dump_json()}]}}', "other.yaml")
    with pytest.raises(InputError, match="recorded differently in another file"):
        load_plans([good, changed])
    wrong: list[tuple[str, object]] = [
        ("split", 1), ("split", 0), ("steps", 0), ("smallest_effect", 0), ("take_fraction", 0),
        ("take_fraction", 1), ("daily_impressions", "inf"), ("effect", "nan"), ("low", "-inf"),
        ("high", "inf"), ("p_positive", 1.01), ("p_positive", -0.01), ("design_effect", 0.9),
        ("design_effect", "inf"), ("impressions_per_arm", 0), ("days", 0), ("design", "sometimes"),
    ]  # fmt: skip
    for key, value in wrong:
        broken = write(tmp_path, f"hypotheses:\n- { ({**entry, key: value})!r}", "plan.yaml")
        with pytest.raises(InputError, match=key) as caught:
            load_plans([broken])
        assert "\n" not in str(caught.value)
        assert f"column {key}: input should be " in str(caught.value)
    least = {"p_positive": 0, "design_effect": 1, "impressions_per_arm": 1, "days": 1}
    sure = write(
        tmp_path, f"hypotheses:\n- { ({**entry, **least, 'p_positive': 1})!r}", "plan.yaml"
    )
    assert load_plans([sure])["h-1"].days == 1
    assert load_plans([write(tmp_path, f"hypotheses:\n- { ({**entry, **least})!r}", "plan.yaml")])
    with pytest.raises(InputError, match="holds no hypotheses"):
        load_plans([write(tmp_path, "title: x", "plan.yaml")])


@pytest.mark.parametrize(
    ("days", "daily", "planned"),
    [(None, 1e9, 5000), (3, None, 5000), (3, 4000.0, 6000), (3, 2000.0, 5000), (None, None, 5000)],
)
def test_a_plan_runs_for_whole_days(days: int | None, daily: float | None, planned: float) -> None:
    plan = PLAN.model_copy(
        update={"days": days, "daily_impressions": daily, "impressions_per_arm": 5000}
    )
    assert plan.planned == planned
    assert plan.model_copy(update={"impressions_per_arm": None}).planned is None


def test_what_was_learned_is_told_of_all_genres_at_the_mean_take_fraction_of_its_tests() -> None:
    def told(pole: str, effect: float, grade: str, steps: float = 2.0, genre: str = ALL) -> Row:
        place = {"name": "light", "side": pole, "cluster": "c0", "platform": "tv"}
        ends = {"low": effect - 0.1, "effect": effect, "high": effect + 0.1, "change": steps}
        more = {"genre": genre, "country": ALL, "grade": grade, "reason": f"as {grade}"}
        return {**place, **ends, **more}

    rates = [("warm", 0.3), ("dark", 0.4), ("warm", 0.5), ("gone", 0.1), ("new", 0.1)]
    learned = pd.DataFrame(
        {"lever": "light", "pole": pole, "cluster": "c0", "platform": "tv", "take_fraction": rate}
        for pole, rate in rates
    )
    before = pd.DataFrame([
        told("warm", 9.0, "other", genre="Horror"), told("dark", 0.0, "mixed"),
        told("warm", 0.2, "supported"), told("gone", 0.2, "supported"),
    ])  # fmt: skip
    after = pd.DataFrame([
        told("warm", 0.4, "tested", 1.0), told("dark", -0.2, "mixed"), told("new", 0.1, "tested"),
    ])  # fmt: skip
    warm, dark = what_changed(learned, before, after)
    assert (warm.lever, warm.pole, warm.cluster, warm.platform) == ("light", "warm", "c0", "tv")
    assert (warm.grade_before, warm.grade, warm.reason) == ("supported", "tested", "as tested")
    assert warm.before is not None
    assert warm.after is not None
    assert astuple(warm.before) == pytest.approx((0.1219, 0.2466, 0.3711), abs=1e-3), "40% to 49.9%"
    assert astuple(warm.after) == pytest.approx((0.1841, 0.2466, 0.3091), abs=1e-3)
    assert (dark.pole, dark.grade_before, dark.grade) == ("dark", "mixed", "mixed")
    assert dark.after is not None
    assert dark.after.middle == pytest.approx(-0.2278, abs=1e-3), "40% to 30.9%"
    assert warm.to_json()["after"]["low"] == warm.after.low
