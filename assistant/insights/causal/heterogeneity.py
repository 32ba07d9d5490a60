"""Whether an effect is the same for every cluster and genre."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from assistant.insights.causal.double_ml import Estimate, Residuals
from assistant.insights.effects import Evidence
from assistant.insights.grading import MIN_TITLES


def effects_by_genre(evidence: Evidence, left: Residuals) -> dict[str, Estimate]:
    """The effect over the titles of each genre with enough of them."""
    found = {}
    for genre in sorted({genre for genres in evidence.genres for genre in genres}):
        has = np.array([genre in genres for genres in evidence.genres], dtype=np.bool_)
        estimate = left.estimate(has[left.title])
        if estimate.titles >= MIN_TITLES:
            found[genre] = estimate
    return found


def differ(estimates: Sequence[Estimate]) -> float | None:
    """p of Cochran's Q (1954, Biometrics 10) that the effects are one and the same."""
    from scipy.stats import chi2

    if len(estimates) < 2:
        return None
    effect = np.array([one.effect for one in estimates])
    se = np.array([one.se for one in estimates])
    mean = np.average(effect, weights=se**-2.0)
    return float(chi2.sf(np.sum(((effect - mean) / se) ** 2), len(effect) - 1))
