"""Shares and means of scores with their intervals, and how shares move over time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from assistant.insights.grading import LEVEL

if TYPE_CHECKING:
    import pandas as pd


FEW = 20
"""Fewer artworks than this before the median date, or since, say nothing of a trend."""


@dataclass(frozen=True, slots=True)
class Share:
    """A share or a mean with its 90% interval; None where nothing, or too little, is known."""

    n: int
    value: float | None = None
    low: float | None = None
    high: float | None = None


def share_of(held: npt.NDArray[np.bool_]) -> Share:
    """The share that is true (Wilson 1927)."""
    from statsmodels.stats.proportion import proportion_confint

    if len(held) == 0:
        return Share(0)
    low, high = proportion_confint(int(held.sum()), len(held), alpha=1 - LEVEL, method="wilson")
    return Share(len(held), float(held.mean()), float(low), float(high))


def mean_of(values: npt.NDArray[np.float64]) -> Share:
    """The mean of scores between 0 and 1 (t interval)."""
    from statsmodels.stats.weightstats import DescrStatsW

    if len(values) < 2:
        return Share(len(values), *map(float, values))
    low, high = DescrStatsW(values).tconfint_mean(alpha=1 - LEVEL)
    return Share(len(values), float(values.mean()), max(float(low), 0.0), min(float(high), 1.0))


def created_dates(artworks: pd.DataFrame) -> pd.Series | None:
    """When each artwork was made, NaT where unknown; None without dates."""
    import pandas as pd

    if "created_at" not in artworks:
        return None
    dates = pd.to_datetime(artworks["created_at"], errors="coerce", utc=True, format="mixed")
    return dates if dates.notna().any() else None


@dataclass(frozen=True, slots=True, eq=False)
class Trend:
    """How a share of artwork moved: before the median date (ISO 8601), and since.

    Attributes:
        low, high: of their difference, 90% interval (Newcombe 1998).
        early, late: the artworks of either time, `(n,)`.
    """

    since: str
    before: float
    after: float
    low: float
    high: float
    early: npt.NDArray[np.bool_]
    late: npt.NDArray[np.bool_]


def trend_of(
    has: npt.NDArray[np.bool_], dates: pd.Series, among: npt.NDArray[np.bool_] | bool = True
) -> Trend | None:
    """How the share of artwork that has something moves over time; None for too little artwork.

    Args:
        has: `(n,)`.
        dates: `(n,)`, NaT where unknown.
        among: `(n,)` artwork that counts.
    """
    from statsmodels.stats.proportion import confint_proportions_2indep

    dated = dates.notna().to_numpy() & among
    if not dated.any():
        return None
    middle: Any = dates[dated].median()
    late = dated & (dates >= middle).to_numpy()
    early = dated & ~late
    if min(early.sum(), late.sum()) < FEW:
        return None
    since, before = ((int(has[half].sum()), int(half.sum())) for half in (late, early))
    low, high = confint_proportions_2indep(*since, *before, method="newcomb", alpha=1 - LEVEL)
    was, now = before[0] / before[1], since[0] / since[1]
    return Trend(str(middle.date()), was, now, float(low), float(high), early, late)
