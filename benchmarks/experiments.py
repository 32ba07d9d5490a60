"""What the statistics of `assistant hypotheses` and `assistant learn` are worth, by simulation.

`python benchmarks/experiments.py` prints the tables of docs/experiments.md: tests without an effect
that are looked at every day, coverage, power at the planned sample, and the sample-ratio check.
Everything is judged by the functions that the commands call. It takes about a minute.
"""

from __future__ import annotations

import argparse
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import numpy.typing as npt
from reporting import say

from assistant.experiments.designs import Contrast, Design, contrast, impressions_per_arm
from assistant.experiments.results import Counts, ExperimentResult, Period
from assistant.experiments.validity import why_invalid
from assistant.insights.grading import LEVEL, POWER

TESTS, DAYS, CHANGE = 10_000, 28, 0.10
RATES = (0.02, 0.10, 0.40)
"""Take fractions of the simulated slices."""
Floats = npt.NDArray[np.float64]


def main() -> None:
    """Print every figure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tests", type=int, default=TESTS, help="simulated tests of each row")
    parser.add_argument("--seed", type=int, default=7)
    asked = parser.parse_args()
    rng = np.random.default_rng(asked.seed)
    say(f"{asked.tests:,} tests a row, {DAYS} days, each looked at daily; α = {1 - LEVEL:.2f}\n")
    for design in Design:
        for rate in RATES:
            say(judged_daily(design, rate, asked.tests, rng))
    say("\n" + ran_on(asked.tests, rng))
    say("\nSample-ratio check\n")
    for line in (*fair_splits(asked.tests, rng), *skewed_splits(asked.tests // 10, rng)):
        say(line)


def judged_daily(design: Design, rate: float, tests: int, rng: np.random.Generator) -> str:
    """False verdicts, coverage and power of one design at one take fraction."""
    planned = impressions_per_arm(rate, CHANGE, design)
    null = run_tests(design, planned, rate, 0.0, tests, DAYS, rng)
    real = run_tests(design, planned, rate, CHANGE, tests, DAYS, rng)
    truth = log_odds(rate * (1 + CHANGE)) - log_odds(rate)
    decided = off_zero(null)
    won = real.low > 0
    last = won[:, -1]
    found = won.any(axis=1) if design is Design.ALWAYS_VALID else last
    held = [holds(null, 0.0), holds(real, truth)]
    cover = [one[:, -1] if design is Design.FIXED else one.all(axis=1) for one in held]
    return (
        f"{design.value:<13}take {rate:.0%}, {planned:,} an arm: false verdicts "
        f"{decided.any(axis=1).mean():.2%} with daily looks, {decided[:, -1].mean():.2%} at the "
        f"end; coverage {cover[0].mean():.1%} without an effect, {cover[1].mean():.1%} with one; "
        f"power {found.mean():.1%}, {last.mean():.1%} at the end alone, "
        f"promised {POWER:.0%}"
    )


def ran_on(tests: int, rng: np.random.Generator) -> str:
    """An always-valid test without an effect that runs to five times its planned sample."""
    planned = impressions_per_arm(0.1, CHANGE, Design.ALWAYS_VALID)
    null = run_tests(Design.ALWAYS_VALID, planned, 0.1, 0.0, tests, 5 * DAYS, rng)
    return (
        f"always-valid, run to 5 times its sample with daily looks: false verdicts "
        f"{off_zero(null).any(axis=1).mean():.2%}"
    )


def run_tests(
    design: Design,
    planned: int,
    rate: float,
    change: float,
    tests: int,
    days: int,
    rng: np.random.Generator,
) -> Contrast:
    """Contrasts of running counts, `(tests, days)`, as every day's look has them."""
    daily = -(-planned // DAYS)
    plays = [
        rng.binomial(daily, p, (tests, days)).cumsum(axis=1) for p in (rate * (1 + change), rate)
    ]
    shown = np.broadcast_to(daily * np.arange(1, days + 1), (tests, days))
    sample = float(planned) if design is Design.ALWAYS_VALID else None
    return contrast(plays[0], shown, plays[1], shown, design, sample)


def off_zero(found: Contrast) -> npt.NDArray[np.bool_]:
    """Where the interval leaves zero."""
    outside: npt.NDArray[np.bool_] = (found.low > 0) | (found.high < 0)
    return outside


def holds(found: Contrast, truth: float) -> npt.NDArray[np.bool_]:
    """Where the interval holds the truth."""
    inside: npt.NDArray[np.bool_] = (found.low <= truth) & (truth <= found.high)
    return inside


def log_odds(share: float) -> float:
    """Log-odds of a share."""
    return float(np.log(share / (1 - share)))


def fair_splits(tests: int, rng: np.random.Generator) -> list[str]:
    """False alarms on fair coins, with members counted and with impressions alone."""
    said = []
    kinds = {
        "1 to 20 impressions a member, evenly": np.full(20, 1 / 20),
        "1 to 20, mostly few": 0.7 ** np.arange(20) / (0.7 ** np.arange(20)).sum(),
        "20 each": np.eye(20)[19],
    }
    for name, mix in kinds.items():
        for change in (0.0, 0.2):
            alarms = [
                alarm(split(mix, impressions, 0.5, change, rng))
                for impressions in 10 ** rng.uniform(2, 7, tests)
            ]
            said.append(f"fair, {name}, A played {change:+.0%}: {np.mean(alarms):.2%} alarms")
    alarms = [
        alarm(split(mix, impressions, 0.5, 0.0, rng, counted=True))
        for impressions in 10 ** rng.uniform(2, 7, tests)
    ]
    return [*said, f"fair, members counted: {np.mean(alarms):.2%} alarms"]


def skewed_splits(tests: int, rng: np.random.Generator) -> list[str]:
    """A million members of whom 50.5% saw A: how often it is found."""
    mix = np.full(20, 1 / 20)
    said = []
    for name, counted in (("members counted", True), ("impressions alone", False)):
        found = [alarm(split(mix, 10.5e6, 0.505, 0.0, rng, counted)) for _ in range(tests)]
        said.append(f"a million members split 50.5 : 49.5, {name}: {np.mean(found):.1%} found")
    return said


def split(
    mix: Floats,
    impressions: float,
    share: float,
    change: float,
    rng: np.random.Generator,
    counted: bool = False,
) -> ExperimentResult:
    """One result of members who each fall to an arm; `mix` is how many see 1, 2, … impressions."""
    each = np.arange(1, len(mix) + 1)
    members = rng.multinomial(max(int(impressions / (mix @ each)), 2), mix)
    in_a = rng.binomial(members, share)
    arms = []
    for who, rate in ((in_a, 0.1 * (1 + change)), (members - in_a, 0.1)):
        shown = int(who @ each)
        arms.append(
            Counts(shown, int(rng.binomial(shown, rate)), int(who.sum()) if counted else None)
        )
    day = date(2026, 1, 1)
    return ExperimentResult(
        experiment="simulated", lever="light", pole="lighter", steps=1.0, cluster="all",
        platform="all", periods=(Period(*arms, day, day + timedelta(DAYS - 1)),), expected=None,
        plan=None, other_changes=(), path=Path("results.csv"), row=2,
    )  # fmt: skip


def alarm(result: ExperimentResult) -> bool:
    """Whether the check calls the split wrong."""
    return any("sample-ratio" in why for why in why_invalid(result))


if __name__ == "__main__":
    main()
