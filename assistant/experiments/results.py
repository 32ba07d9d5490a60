"""Results of experiments: counts of two arms by day, and what was written down before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from assistant.experiments.plan_file import RegisteredTest


@dataclass(frozen=True, slots=True)
class Expectation:
    """What was expected of arm A against arm B before the test, log-odds.

    `registered` says that it was written down before; else past artwork is asked now.
    """

    effect: float
    low: float
    high: float
    p_positive: float
    registered: bool


@dataclass(frozen=True, slots=True)
class Counts:
    """Counts of one arm over some days; `members` is None where they were not counted."""

    impressions: int = 0
    plays: int = 0
    members: int | None = None


@dataclass(frozen=True, slots=True)
class Period:
    """Both arms over some days.

    Attributes:
        start: first day, or the date of the row; None where no date was given.
        end: last day, where the row says so.
    """

    a: Counts
    b: Counts
    start: date | None = None
    end: date | None = None


@dataclass(frozen=True, slots=True)
class ExperimentResult:
    """One experiment as it was reported.

    Attributes:
        experiment: id of the plan, or one made from what was tested.
        lever, pole: what A is turned to and B is not.
        steps: how far the lever is turned from B to A.
        periods: counts in the order of time.
        expected: of A against B, where anything was.
        plan: what was written down before, or None.
        other_changes: what else is said to have changed meanwhile.
        path, row: where its first row stands.
    """

    experiment: str
    lever: str
    pole: str
    steps: float
    cluster: str
    platform: str
    periods: tuple[Period, ...]
    expected: Expectation | None
    plan: RegisteredTest | None
    other_changes: tuple[str, ...]
    path: Path
    row: int

    @property
    def a(self) -> Counts:
        """Arm A over all periods."""
        return _total([one.a for one in self.periods])

    @property
    def b(self) -> Counts:
        """Arm B over all periods."""
        return _total([one.b for one in self.periods])

    @property
    def start(self) -> date | None:
        """First day; None where none was given."""
        return min((one.start for one in self.periods if one.start), default=None)

    @property
    def end(self) -> date | None:
        """Last day; None where none was given."""
        days = [one.end or one.start for one in self.periods]
        return max((day for day in days if day), default=None)


def _total(parts: Sequence[Counts]) -> Counts:
    members = [one.members for one in parts if one.members is not None]
    return Counts(
        sum(one.impressions for one in parts),
        sum(one.plays for one in parts),
        sum(members) if len(members) == len(parts) else None,
    )
