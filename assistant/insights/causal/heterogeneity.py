"""Whether an effect is the same for every cluster and genre."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from assistant.insights.causal.double_ml import Estimate, Residuals, residualise
from assistant.insights.causal.overlap import varying_titles
from assistant.insights.effects import EffectSlice, Evidence, slice_observations
from assistant.insights.estimators.fixed_effects import Floats
from assistant.insights.estimators.observations import Observations
from assistant.insights.grading import MIN_TITLES
from index.records import ALL


def effects_by_cluster(
    evidence: Evidence,
    where: EffectSlice,
    at: int,
    x: Floats,
    rows: npt.NDArray[np.bool_],
    seen: Observations,
    folds: int,
    seed: int,
) -> dict[str, Estimate]:
    """The effect in each cluster with enough titles, over the rows that overlap overall.

    Args:
        evidence: counts and features.
        where: the slice; one that is of a single cluster has no others to compare.
        at: the contrast.
        x: covariates of the slice's rows, `(n, k)`.
        rows: rows that can be compared, `(n,)`.
        seen: the slice's observations.
        folds: parts of the titles.
        seed: of split and learners.
    """
    found: dict[str, Estimate] = {}
    if where.cluster != ALL:
        return found
    row_of_unit = np.full(len(evidence.units.title), -1)
    row_of_unit[seen.unit[rows]] = np.flatnonzero(rows)
    for cluster in sorted(set(evidence.cells.cluster) - {""}):
        own = slice_observations(
            evidence, EffectSlice(cluster, where.platform, where.genre, where.country)
        )
        row = row_of_unit[own.unit]
        kept = row >= 0
        d = evidence.design.values[own.unit[kept], at]
        if varying_titles(d, own.title[kept]) < MIN_TITLES:
            continue
        left = residualise(
            own.y[kept],
            d,
            x[row[kept]],
            own.weights[kept],
            own.title[kept],
            folds=folds,
            seed=seed,
        )
        found[str(cluster)] = left.estimate()
    return found


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
