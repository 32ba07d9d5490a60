"""From where on a test cannot be believed: each limit from just inside and just outside."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from assistant.experiments.designs import Design, contrast
from assistant.experiments.plan_file import RegisteredTest
from assistant.experiments.results import Counts, ExperimentResult, Period
from assistant.experiments.validity import Run, notes_on, running_totals, why_invalid

FIRST = date(2026, 3, 2)
PLAN = RegisteredTest(
    id="h-1", brief="A Film", lever="light", pole="darker", steps=1.0, cluster="all",
    platform="all", effect=0.2, low=0.1, high=0.3, p_positive=0.99, impressions_per_arm=10_000,
    smallest_effect=0.1,
)  # fmt: skip
Day = tuple[int, int, int, int]


def rows(*days: Day, dated: bool = True, ended: bool = True) -> tuple[Period, ...]:
    """Impressions and plays of A, then of B, day by day."""
    found = []
    for number, (shown_a, plays_a, shown_b, plays_b) in enumerate(days):
        day = FIRST + timedelta(number) if dated else None
        arms = Counts(shown_a, plays_a), Counts(shown_b, plays_b)
        found.append(Period(*arms, day, day if ended else None))
    return tuple(found)


def ran(*days: Day, plan: RegisteredTest | None = None) -> ExperimentResult:
    return ExperimentResult(
        experiment="h-1", lever="light", pole="darker", steps=1.0, cluster="all", platform="all",
        periods=rows(*days), expected=None, plan=plan, other_changes=(), path=Path("r.csv"), row=2,
    )  # fmt: skip


def counted(days: int, a: int, b: int) -> ExperimentResult:
    """A sound test in which so many members were counted each day."""
    periods = [
        Period(Counts(30_000, 3000, a), Counts(30_000, 3000, b), one.start, one.end)
        for one in rows(*[(1, 0, 1, 0)] * days)
    ]
    return replace(ran((1, 0, 1, 0)), periods=tuple(periods))


@pytest.mark.parametrize(
    ("days", "dated", "running"),
    [
        ([(1000, 100, 1000, 100)], True, False),
        ([(1000, 100, 1000, 100), (1600, 160, 1600, 160)], True, True),
        ([(1000, 100, 1000, 100), (1599, 160, 1600, 160)], True, False),
        ([(1000, 100, 1000, 100), (1600, 160, 1599, 160)], True, False),
        ([(1000, 100, 1000, 100), (1600, 160, 1600, 160)], False, False),
        ([(1000, 100, 1000, 100), (1000, 100, 1000, 100), (2200, 200, 2200, 200)], False, True),
        ([(1000, 100, 1000, 100), (1000, 100, 1000, 100), (2199, 200, 2200, 200)], False, False),
        ([(1000, 100, 1000, 100), (2000, 200, 999, 200), (3000, 300, 3000, 300)], True, False),
        ([(1000, 100, 1000, 100), (2000, 99, 2000, 200), (3000, 300, 3000, 300)], True, False),
        ([(1000, 100, 2000, 300), (2000, 200, 4000, 500)], True, True),
        ([(2000, 300, 1000, 100), (4000, 500, 2000, 200)], True, True),
    ],
)
def test_rows_that_hold_those_before_them_never_shrink_and_grow_by_six_tenths_a_row(
    days: list[Day], dated: bool, running: bool
) -> None:
    assert running_totals(rows(*days, dated=dated, ended=False)) is running
    if dated:
        assert not running_totals(rows(*days)), "each says which day it covers"
        some = (*rows(*days[:-1]), *rows(*days, ended=False)[-1:])
        assert running_totals(some) is running, "but the last"


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ((501_200, 50_000, 500_000, 50_000), ""),
        ((525_000, 52_500, 475_000, 47_500), "impressions were split 52.5 : 47.5 where 50 : 50"),
        ((522_000, 57_420, 478_000, 47_800), ""),
        ((526_000, 57_860, 474_000, 47_400), "impressions were split 52.6 : 47.4 where 50 : 50"),
        ((474_000, 47_400, 526_000, 57_860), "impressions were split 47.4 : 52.6 where 50 : 50"),
        ((528_000, 105_600, 472_000, 47_200), ""),
        ((532_000, 106_400, 468_000, 46_800), "impressions were split 53.2 : 46.8 where 50 : 50"),
    ],
)
def test_impressions_may_differ_by_what_more_plays_explain_and_three_points_at_most(
    day: Day, said: str
) -> None:
    """Artwork that a tenth more play may be shown 2.4 points less, or more."""
    found = why_invalid(ran(day))
    assert (found[0].startswith(said) and len(found) == 1) if said else found == ()
    assert "even if members see 20 impressions each" in "".join(found) or not said


def test_members_who_come_back_every_day_make_a_mismatch_less_sure() -> None:
    assert why_invalid(counted(1, 10_000, 10_400)) == ()
    (once,) = why_invalid(counted(1, 10_000, 10_500))
    said = "members were split 48.8 : 51.2 where 50 : 50 was planned"
    assert once == f"{said} (sample-ratio mismatch, p < 0.001)"
    assert why_invalid(counted(4, 2500, 2625)) == ()
    (often,) = why_invalid(counted(4, 10_000, 10_500))
    assert often.endswith("p < 0.001, even if every member is counted on all 4 days)")
    (twice,) = why_invalid(counted(2, 10_000, 10_500))
    assert twice.endswith("p < 0.001, even if every member is counted on all 2 days)")
    one = counted(1, 10_000, 10_500)
    for counts in ((Counts(30_000, 3000, 10_000), Counts(30_000, 3000)),
                   (Counts(30_000, 3000), Counts(30_000, 3000, 10_000)),
                   (Counts(30_000, 3000, 0), Counts(30_000, 3000, 0))):  # fmt: skip
        assert why_invalid(replace(one, periods=(Period(*counts),))) == (), "members not counted"
    lost = Period(Counts(40_000, 4000, 0), Counts(30_000, 3000, 0))
    (shown,) = why_invalid(replace(one, periods=(lost,)))
    assert shown.startswith("impressions were split 57.1 : 42.9")
    planned = PLAN.model_copy(update={"split": 0.2})
    (uneven,) = why_invalid(ran((30_000, 3000, 70_000, 7000), plan=planned))
    assert "30.0 : 70.0 where 20 : 80 was planned" in uneven


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ((1000, 10, 1000, 10), ""),
        ((1000, 9, 1000, 10), "too few for any verdict: fewer than 10 plays in arm A"),
        ((1000, 10, 1000, 9), "too few for any verdict: fewer than 10 plays in arm B"),
        ((1000, 990, 1000, 990), ""),
        (
            (1000, 990, 1000, 991),
            "too few for any verdict: fewer than 10 impressions without a play",
        ),
        ((1000, 0, 1000, 20), "too few for any verdict: fewer than 10 plays in arm A"),
        ((1000, 1000, 1000, 900), "too few for any verdict: fewer than 10 impressions without"),
        ((1000, 0, 1000, 0), "no play was recorded in either arm"),
        ((1000, 1000, 1000, 1000), "every impression was played in both arms"),
        ((0, 0, 1000, 100), "arm A was never shown"),
        ((1000, 100, 0, 0), "arm B was never shown"),
    ],
)
def test_either_arm_needs_ten_plays_and_ten_impressions_without_one(day: Day, said: str) -> None:
    found = why_invalid(ran(day))
    assert (found[0].startswith(said) and len(found) == 1) if said else found == ()


def test_a_fixed_design_ends_at_its_planned_sample_and_not_far_beyond() -> None:
    def run(each: int, design: Design = Design.FIXED) -> ExperimentResult:
        return ran(
            (each, each // 10, each, each // 10), plan=PLAN.model_copy(update={"design": design})
        )

    assert why_invalid(run(9500)) == ()
    (early,) = why_invalid(run(9400))
    assert early.startswith("it was stopped at 94% of its planned sample")
    assert why_invalid(run(1000, Design.ALWAYS_VALID)) == ()
    assert notes_on(run(12_400)) == ()
    (much,) = notes_on(run(12_500))
    assert much.startswith("it ran to 1.2 times its planned sample; if it was extended because")
    planned = PLAN.model_copy(update={"design": Design.ALWAYS_VALID}).planned
    assert planned is not None
    (wide,) = notes_on(run(2 * int(planned) + 1, Design.ALWAYS_VALID))
    assert wide.endswith("so its interval is wider than it need be")
    (unplanned,) = notes_on(ran((1000, 100, 1000, 100)))
    assert unplanned.startswith("no plan was recorded for it")


def test_two_tests_meet_on_a_shared_day_before_shared_members() -> None:
    one = Run("h-1", "A Film", "c0", "tv", FIRST, FIRST + timedelta(5))
    other = replace(one, experiment="h-2", start=one.end, end=FIRST + timedelta(9))
    assert one.meets(other)
    assert other.meets(one)
    assert one.meets(replace(other, cluster="all"))
    assert replace(one, platform="all").meets(other)
    day_after = FIRST + timedelta(6)
    for apart in (
        replace(other, start=day_after), replace(other, experiment="h-1"),
        replace(other, brief="B Film"), replace(other, cluster="c1"),
        replace(other, platform="mobile"), replace(other, start=None), replace(other, end=None),
    ):  # fmt: skip
        assert not one.meets(apart)
        assert not apart.meets(one)
    assert not replace(one, brief="").meets(replace(other, brief=""))


REST: Day = (1000, 100, 1000, 100)


@pytest.mark.parametrize(
    ("days", "novel"),
    [
        ([(1000, 200, 1000, 100)] * 3 + [REST] * 3, True),
        ([(1000, 200, 1000, 100)] * 3 + [REST] * 2, False),
        ([(1000, 150, 1000, 100), REST, REST] + [REST] * 3, False),
        ([(1000, 120, 1000, 100)] * 3 + [REST] * 3, False),
        ([(1000, 140, 1000, 100)] * 3 + [REST] * 3, False),
        ([(1000, 141, 1000, 100)] * 3 + [REST] * 3, True),
        ([(100, 4, 100, 50)] + [(100, 3, 100, 50)] * 2 + [REST] * 4, True),
        ([(100, 3, 100, 50)] * 3 + [REST] * 4, False),
        ([(100, 50, 100, 3)] * 3 + [REST] * 4, False),
        ([(100, 97, 100, 50)] * 3 + [REST] * 4, False),
        ([(100, 50, 100, 97)] * 3 + [REST] * 4, False),
        ([(100, 50, 100, 96)] + [(100, 50, 100, 97)] * 2 + [REST] * 4, True),
    ],
)
def test_first_days_that_surely_differ_from_the_rest_are_novelty(
    days: list[Day], novel: bool
) -> None:
    found = why_invalid(ran(*days))
    assert any("as novelty does" in one for one in found) is novel
    assert len(found) == novel


def test_novelty_is_told_with_both_changes() -> None:
    (said,) = why_invalid(ran(*[(1000, 250, 1000, 200)] * 3, *[(1000, 90, 1000, 120)] * 4))
    assert said.startswith("its first 3 days (+25% plays for A) differ from the rest (-25%), ")


def test_an_effect_is_the_log_odds_ratio_with_half_a_play_added_everywhere() -> None:
    """Haldane (1956), of 1 play in 4 and of 2 in 5."""
    found = contrast(1, 4, 2, 5)
    assert found.effect == pytest.approx(-0.5108, abs=1e-4)
    assert found.se == pytest.approx(1.2799, abs=1e-4)
