"""How strong something unmeasured would have to be to explain an effect away."""

from __future__ import annotations

import math
from dataclasses import dataclass

from assistant.insights.causal.double_ml import Estimate, Residuals
from assistant.insights.estimators.fixed_effects import TitleSums, demean, title_starts


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """Strength an unmeasured cause needs to bring the effect, or its interval, to zero."""

    robustness_value: float
    robustness_value_interval: float
    e_value: float
    e_value_interval: float


def measure_sensitivity(left: Residuals, effect: Estimate, take_fraction: float) -> Sensitivity:
    """Robustness values and E-values of an effect and of its interval's bound nearest zero.

    Args:
        take_fraction: plays per impression that a change starts from.
    """
    sums = TitleSums(title_starts(left.title), len(left.y))
    d = demean(left.d, left.weights, sums)
    residual = demean(left.y, left.weights, sums) - effect.effect * d
    treatment, remaining = float(left.weights @ d**2), float(left.weights @ residual**2)
    bound = bound_nearest_zero(effect.low, effect.high)
    return Sensitivity(
        robustness_value(effect.effect, treatment, remaining),
        robustness_value(bound, treatment, remaining),
        e_value(effect.effect, take_fraction),
        e_value(bound, take_fraction),
    )


def robustness_value(effect: float, treatment_ss: float, residual_ss: float) -> float:
    """Share of what is left of feature and outcome that a confounder must explain to undo `effect`.

    Cinelli & Hazlett 2020 (JRSS B 82, eq. 18): with partial Cohen's f of the treatment,
    RV = ½ (√(f⁴ + 4 f²) − f²). Given the bound of an interval nearest zero instead of the
    effect, it is the strength that brings zero into the interval.

    Args:
        effect: slope of the outcome on the treatment.
        treatment_ss: weighted sum of squares of what the covariates leave of the treatment.
        residual_ss: weighted sum of squares of what treatment and covariates leave of the outcome.

    Returns:
        between 0 (a breath would do) and 1.
    """
    if residual_ss <= 0:
        return 1.0
    square = effect**2 * treatment_ss / residual_ss
    return 0.5 * (math.sqrt(square**2 + 4 * square) - square)


def e_value(log_odds: float, take_fraction: float) -> float:
    """Risk ratio with both feature and play that a confounder needs to explain `log_odds` away.

    VanderWeele & Ding 2017 (Ann. Intern. Med. 167): E = RR + √(RR (RR − 1)), the effect read as a
    risk ratio RR ≥ 1 from `take_fraction`. 1 means that none is needed.
    """
    odds = take_fraction / (1 - take_fraction) * math.exp(log_odds)
    ratio = odds / (1 + odds) / take_fraction
    ratio = max(ratio, 1 / ratio)
    return ratio + math.sqrt(ratio * (ratio - 1))


def bound_nearest_zero(low: float, high: float) -> float:
    """The bound of an interval that is nearest zero, 0 where the interval includes it."""
    return 0.0 if low <= 0 <= high else min((low, high), key=abs)
