"""How much of a feature's effect runs through another feature."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from assistant.insights.causal.double_ml import Estimate, Residuals
from assistant.insights.causal.sensitivity import bound_nearest_zero
from assistant.insights.estimators.fixed_effects import Floats, TitleSums, demean, title_starts

_DRAWS = 2000


@dataclass(frozen=True, slots=True)
class Mediation:
    """How much of the effect runs through another feature.

    `share` is 1 − direct/total, with a 90% interval from resampling titles (the nuisance
    predictions are kept); None where the total effect's interval includes zero.
    """

    mediator: str
    total: Estimate
    direct: Estimate
    share: float | None
    low: float | None
    high: float | None


def mediate(mediator: str, left: Residuals, held: Residuals, *, seed: int = 7) -> Mediation:
    """Compare the effect without (`left`) and with (`held`) the mediator among the covariates.

    Args:
        left, held: residuals over the same rows.
    """
    total, direct = left.estimate(), held.estimate()
    if bound_nearest_zero(total.low, total.high) == 0:
        return Mediation(mediator, total, direct, None, None, None)
    titles = len(title_starts(left.title))
    draws = np.random.default_rng(seed).multinomial(titles, np.full(titles, 1 / titles), _DRAWS)
    shares = 1 - _slopes(held, draws) / _slopes(left, draws)
    low, high = np.quantile(shares[np.isfinite(shares)], [0.05, 0.95])
    return Mediation(
        mediator, total, direct, 1 - direct.effect / total.effect, float(low), float(high)
    )


def _slopes(left: Residuals, draws: npt.NDArray[np.int64]) -> Floats:
    """θ for each drawn multiset of titles, `(draws,)`."""
    sums = TitleSums(title_starts(left.title), len(left.y))
    d, y = (demean(one, left.weights, sums) for one in (left.d, left.y))
    slopes: Floats = (draws @ sums.sum(left.weights * d * y)) / (
        draws @ sums.sum(left.weights * d**2)
    )
    return slopes
