"""Shares and means of scores with their intervals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from assistant.insights.grading import LEVEL


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
