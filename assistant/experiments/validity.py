"""Whether a test can be believed at all, before anybody reads its result."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from assistant.experiments.designs import Design, arm_size, contrast
from assistant.experiments.plan_file import DESIGN_EFFECT, SPLIT
from assistant.experiments.results import ExperimentResult, Period
from assistant.wording import percent, relative_change
from index.records import ALL

RARE = 0.001
"""Probability under which a mismatch, or an effect that changes with time, is no accident."""
LEAST_SKEW = 0.001
"""Smallest deviation of a share of members that matters, however sure it is."""
MOST_DRAWN = 0.03
"""Largest deviation of a share of impressions that artwork which is played more, and therefore
shown less, may explain."""
FEWEST_PLAYS = 10
"""Plays, and impressions without one, that each arm needs for any verdict."""
EARLY = 0.95
"""Share of its planned sample from which a fixed design has ended."""
EXTENDED = 1.25
"""Share of its planned sample from which a test ran on after its end."""
FIRST_DAYS = 3
MOST_GROWTH = 0.6
"""How much of its first row each further row must add for rows to be running totals."""


@dataclass(frozen=True, slots=True)
class Run:
    """When and before whom an experiment ran, to find others that it overlaps."""

    experiment: str
    brief: str
    cluster: str
    platform: str
    start: date | None
    end: date | None

    def meets(self, other: Run) -> bool:
        """Whether both changed one title's artwork before the same members on the same days."""
        if not self.brief or self.brief != other.brief or self.experiment == other.experiment:
            return False
        if not (self.start and self.end and other.start and other.end):
            return False
        same_time = self.start <= other.end and other.start <= self.end
        return (
            same_time
            and _overlap(self.cluster, other.cluster)
            and _overlap(self.platform, other.platform)
        )


def run_of(result: ExperimentResult) -> Run:
    """When and before whom a result was measured."""
    brief = "" if result.plan is None else result.plan.brief
    return Run(result.experiment, brief, result.cluster, result.platform, result.start, result.end)


def why_invalid(result: ExperimentResult, others: Iterable[Run] = ()) -> tuple[str, ...]:
    """Reasons for which nothing may be concluded from a test, as clauses; none if it is sound."""
    a, b = result.a, result.b
    if a.impressions == 0 or b.impressions == 0:
        return (f"arm {'B' if a.impressions else 'A'} was never shown",)
    if running_totals(result.periods):
        return (
            "its rows look like running totals, each holding the one before: give the last row "
            "alone, or if they are counts of separate days, their start and end",
        )
    found = [_split(result), _too_few(result), _stopped_early(result), _novelty(result.periods)]
    found += [f"something else changed while it ran: {said}" for said in result.other_changes]
    own = run_of(result)
    found += [
        f"{other.experiment} changed the same title's artwork before the same members at the "
        "same time"
        for other in others
        if own.meets(other)
    ]
    return tuple(reason for reason in found if reason)


def notes_on(result: ExperimentResult) -> tuple[str, ...]:
    """What is worth knowing of a test without making it invalid, as clauses."""
    found = []
    planned = None if result.plan is None else result.plan.planned
    if planned is None:
        found.append(
            "no plan was recorded for it, so half and half is taken as the planned split, and "
            "whether it was stopped early is not known"
        )
    elif _part(result, planned) >= EXTENDED:
        much = f"it ran to {_part(result, planned):.1f} times its planned sample"
        fixed = result.plan is not None and result.plan.design is Design.FIXED
        found.append(
            f"{much}; if it was extended because it had not decided, do not trust it"
            if fixed
            else f"{much}, so its interval is wider than it need be"
        )
    if result.start is None:
        found.append("its rows have no dates, so novelty and other changes cannot be checked")
    return tuple(found)


def mismatch(
    one: npt.ArrayLike,
    two: npt.ArrayLike,
    split: float = SPLIT,
    *,
    repeats: float = 1.0,
    allowed: npt.ArrayLike = LEAST_SKEW,
) -> npt.NDArray[np.bool_]:
    """Whether two arms are split otherwise than planned: a sample-ratio mismatch.

    Chi-square test (Fabijan et al., KDD 2019) of counts divided by how often a member may be
    counted: the variance of a share of impressions is at most that many times that of members.

    Args:
        one, two: members or impressions of the arms, of one shape.
        repeats: most times that one member may be counted, the design effect.
        allowed: deviation of the share up to which nothing is said.
    """
    from scipy.stats import chi2

    a, b = np.asarray(one, np.float64), np.asarray(two, np.float64)
    total = np.maximum(a + b, 1.0)
    off = a - split * total
    statistic = off**2 / (total * split * (1 - split) * repeats)
    found: npt.NDArray[np.bool_] = (chi2.sf(statistic, 1) < RARE) & (np.abs(off) > allowed * total)
    return found


def running_totals(periods: Sequence[Period]) -> bool:
    """Whether each row of a test holds the rows before it; not where rows say what they cover."""
    rows = len(periods)
    if rows < (2 if periods[0].start else 3) or all(one.end for one in periods):
        return False
    shown = np.array([(one.a.impressions, one.b.impressions) for one in periods])
    plays = np.array([(one.a.plays, one.b.plays) for one in periods])
    growing = bool((np.diff(shown, axis=0) >= 0).all() and (np.diff(plays, axis=0) >= 0).all())
    return growing and bool((shown[-1] >= shown[0] * (1 + MOST_GROWTH * (rows - 1))).all())


def _split(result: ExperimentResult) -> str:
    """What is wrong with how members, or else impressions, fell to the arms; "" for nothing."""
    plan, a, b = result.plan, result.a, result.b
    split = SPLIT if plan is None else plan.split
    if a.members is not None and b.members is not None and a.members + b.members > 0:
        rows = len(result.periods)
        if not mismatch(a.members, b.members, split, repeats=float(rows)):
            return ""
        said = _shares("members", a.members, b.members, split)
        again = f", even if every member is counted on all {rows} days" if rows > 1 else ""
        return f"{said} (sample-ratio mismatch, p < {RARE}{again})"
    repeats = DESIGN_EFFECT if plan is None else plan.design_effect
    rates = [(one.plays + 0.5) / (one.impressions + 1) for one in (a, b)]
    drawn = abs(rates[0] - rates[1]) / (2 * sum(rates))
    allowed = min(max(LEAST_SKEW, drawn), MOST_DRAWN)
    if not mismatch(a.impressions, b.impressions, split, repeats=repeats, allowed=allowed):
        return ""
    said = _shares("impressions", a.impressions, b.impressions, split)
    return (
        f"{said} (sample-ratio mismatch, p < {RARE} even if members see {repeats:.0f} impressions "
        "each and the artwork that is played more is shown less; send members to be sure)"
    )


def _shares(what: str, one: int, two: int, split: float) -> str:
    share = one / (one + two)
    return (
        f"{what} were split {100 * share:.1f} : {100 * (1 - share):.1f} where "
        f"{100 * split:.0f} : {100 * (1 - split):.0f} was planned"
    )


def _too_few(result: ExperimentResult) -> str:
    a, b = result.a, result.b
    if a.plays == b.plays == 0:
        return "no play was recorded in either arm: check that plays are tracked"
    if a.plays == a.impressions and b.plays == b.impressions:
        return "every impression was played in both arms: check that impressions are tracked"
    for name, arm in (("A", a), ("B", b)):
        fewest = min(arm.plays, arm.impressions - arm.plays)
        if fewest < FEWEST_PLAYS:
            what = "plays" if fewest == arm.plays else "impressions without a play"
            return f"too few for any verdict: fewer than {FEWEST_PLAYS} {what} in arm {name}"
    return ""


def _stopped_early(result: ExperimentResult) -> str:
    plan = result.plan
    if plan is None or plan.impressions_per_arm is None or plan.design is not Design.FIXED:
        return ""
    part = _part(result, plan.impressions_per_arm)
    if part >= EARLY:
        return ""
    return (
        f"it was stopped at {part:.0%} of its planned sample, and a fixed design says nothing "
        "before its end"
    )


def _part(result: ExperimentResult, planned: float) -> float:
    return float(arm_size(result.a.impressions, result.b.impressions) / planned)


def _novelty(periods: Sequence[Period]) -> str:
    """What is wrong if the first days differ from the rest; "" for nothing or too few days."""
    from scipy.stats import norm

    if periods[0].start is None or len(periods) < 2 * FIRST_DAYS:
        return ""
    parts = []
    for days in (periods[:FIRST_DAYS], periods[FIRST_DAYS:]):
        counts = np.array(
            [(one.a.plays, one.a.impressions, one.b.plays, one.b.impressions) for one in days]
        ).sum(axis=0)
        fewest = min(counts[0], counts[1] - counts[0], counts[2], counts[3] - counts[2])
        if fewest < FEWEST_PLAYS:
            return ""
        parts.append((contrast(*counts), counts[2] / counts[3]))
    (first, base), (rest, later) = parts
    gap = abs(first.effect - rest.effect) / np.hypot(first.se, rest.se)
    if 2 * norm.sf(gap) >= RARE:
        return ""
    return (
        f"its first {FIRST_DAYS} days ({percent(relative_change(first.effect, base))} plays for A) "
        f"differ from the rest ({percent(relative_change(rest.effect, later))}), as novelty does: "
        "run it longer and leave them out"
    )


def _overlap(one: str, other: str) -> bool:
    return one == other or ALL in (one, other)
