"""How a test is judged: once at its end, or at any look; its interval and its sample."""

from __future__ import annotations

import math
from enum import StrEnum
from functools import cache

import numpy as np
import numpy.typing as npt

from assistant.insights.grading import LEVEL, POWER, Z90
from assistant.insights.outcomes import Outcome

SLACK = 1.05
"""How far beyond its planned sample a test may run before its interval widens: a day's traffic
cannot be cut exactly."""
LATE = 0.05
"""Share of the error that is kept for looks after that."""
EARLIER = 0.0125
"""Power that looks before the last are counted on for; daily ones add twice that."""

_Floats = npt.NDArray[np.float64]


class Design(StrEnum):
    """When a test may be judged."""

    FIXED = "fixed"
    ALWAYS_VALID = "always-valid"


def contrast(
    plays_a: npt.ArrayLike,
    shown_a: npt.ArrayLike,
    plays_b: npt.ArrayLike,
    shown_b: npt.ArrayLike,
    design: Design = Design.FIXED,
    planned: float | None = None,
) -> Outcome:
    """The log odds ratio of two arms with an interval that fits the design.

    Half a play is added everywhere (Haldane 1956), so that an arm without plays has an estimate.

    Args:
        plays_a, shown_a, plays_b, shown_b: counts, of any one shape.
        design: fixed: a 90% interval for one look at the end; always-valid: see `widening`.
        planned: impressions an arm of an always-valid design; None for a fixed one.
    """
    one, two = np.asarray(plays_a, np.float64), np.asarray(plays_b, np.float64)
    left_one, left_two = np.asarray(shown_a) - one, np.asarray(shown_b) - two
    effect = np.log((one + 0.5) / (left_one + 0.5)) - np.log((two + 0.5) / (left_two + 0.5))
    se = np.sqrt(sum(1.0 / (count + 0.5) for count in (one, left_one, two, left_two)))
    if design is Design.ALWAYS_VALID and planned is not None:
        se = se * widening(arm_size(shown_a, shown_b) / planned)
    return Outcome(effect[()], se[()])


def arm_size(shown_a: npt.ArrayLike, shown_b: npt.ArrayLike) -> _Floats:
    """Size of each of two equal arms that tell as much as these two: their harmonic mean."""
    one, two = np.asarray(shown_a, np.float64), np.asarray(shown_b, np.float64)
    size: _Floats = 2 * one * two / np.maximum(one + two, 1.0)
    return size


def widening(part: npt.ArrayLike) -> _Floats:
    """How much wider an always-valid interval is than one for a single look.

    A sum of independent terms leaves ±c√T anywhere up to T with probability at most 4(1 − Φ(c)),
    by the reflection principle of Brownian motion. Up to the planned sample and a twentieth
    beyond, the interval is therefore that of O'Brien & Fleming (Biometrics 1979) for any number
    of looks; after that the rest of the error is spent on the bound of Robbins (Ann. Math. Stat.
    1970), which holds for ever. The interval holds the truth at every look with probability 90%.

    Args:
        part: of the planned sample that has been seen, above 0.
    """
    seen = np.maximum(np.asarray(part, np.float64), 1e-9)
    before = _bound() * np.sqrt(SLACK / np.minimum(seen, SLACK))
    after = np.sqrt(_late_bound() ** 2 + np.log(np.maximum(seen / SLACK, 1.0)))
    wide: _Floats = np.where(seen <= SLACK, before, after) / Z90
    return wide


@cache
def _bound() -> float:
    from scipy.stats import norm

    return float(norm.isf((1 - LEVEL) * (1 - LATE) / 4))


@cache
def _late_bound() -> float:
    """a with 2(1 − Φ(a) + aφ(a)) equal to the error that is left after the planned sample."""
    from scipy.optimize import brentq
    from scipy.stats import norm

    error = (1 - LEVEL) * LATE
    return float(brentq(lambda a: 2 * (norm.sf(a) + a * norm.pdf(a)) - error, 1, 10))


@cache
def impressions_per_arm(
    take_fraction: float, smallest_change: float, design: Design = Design.FIXED
) -> int:
    """Impressions each of two arms needs to see a relative change of a take fraction.

    Two proportions by the arcsine transformation (Cohen 1988), two-sided at 90% confidence with
    80% power; for an always-valid design at the confidence of its last planned look.

    Args:
        take_fraction: where it starts from, between 0 and 1.
        smallest_change: 0.1 for a tenth more plays; the result must stay below 1.
    """
    from scipy.stats import norm
    from statsmodels.stats.power import NormalIndPower
    from statsmodels.stats.proportion import proportion_effectsize

    alpha, wanted = 1 - LEVEL, POWER
    if design is Design.ALWAYS_VALID:
        alpha, wanted = float(2 * norm.sf(Z90 * widening(1.0))), POWER - EARLIER
    size = proportion_effectsize(take_fraction * (1 + smallest_change), take_fraction)
    needed = NormalIndPower().solve_power(
        size, alpha=alpha, power=wanted, ratio=1, alternative="two-sided"
    )
    return math.ceil(float(needed))
