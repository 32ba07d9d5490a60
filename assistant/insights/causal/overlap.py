"""Whether artwork with and without a feature is otherwise alike enough to be compared."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from assistant.insights.causal.double_ml import FOLDS, Residuals, fill_missing
from assistant.insights.estimators.fixed_effects import Floats, Ints, title_starts

PROPENSITY = 0.03
"""Artwork whose chance of having the feature is nearer 0 or 1 than this is not compared."""
THIN_LEFT, THIN_TRIMMED, NONE_LEFT = 0.2, 0.25, 0.02


@dataclass(frozen=True, slots=True)
class Overlap:
    """Whether like is compared with like.

    Attributes:
        trimmed: artworks left out because their features all but decide the treatment.
        artworks: artworks left.
        variation_left: share of the feature's variation inside titles that covariates leave.
        verdict: "good", "thin" (under a fifth left or over a quarter trimmed) or "none".
    """

    trimmed: int
    artworks: int
    variation_left: float
    verdict: str


def overlapping_rows(
    d: Floats, x: Floats, title: Ints, *, seed: int = 7
) -> tuple[npt.NDArray[np.bool_], int]:
    """Rows that can be compared, and how many were left out for want of a counterpart.

    A 0/1 treatment is predicted from the covariates by a logistic regression cross-fitted over
    titles (Crump et al. 2009, Biometrika 96, trim by that propensity); of others only rows
    without a value are left out.

    Args:
        d: treatment, `(n,)`, NaN where an artwork is not part of the contrast.
        x: covariates, `(n, k)`.
        title: title codes, `(n,)`.
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import GroupKFold, cross_val_predict
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    rows = np.isfinite(d)
    binary = set(np.unique(d[rows])) <= {0.0, 1.0}
    if not binary or min(np.bincount(d[rows].astype(int), minlength=2)) < FOLDS:
        return rows, 0
    chance = cross_val_predict(
        make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=500)),
        fill_missing(x[rows]),
        d[rows].astype(int),
        groups=title[rows],
        cv=GroupKFold(FOLDS, shuffle=True, random_state=seed),
        method="predict_proba",
    )[:, 1]
    comparable = (chance > PROPENSITY) & (chance < 1 - PROPENSITY)
    kept = rows.copy()
    kept[rows] = comparable
    return kept, int((~comparable).sum())


def judge_overlap(left: Residuals, trimmed: int) -> Overlap:
    """Say how well the covariates leave room to compare, after trimming."""
    remaining = 1 - left.explained_d
    rows = len(left.y)
    thin = remaining < THIN_LEFT or trimmed > THIN_TRIMMED * (rows + trimmed)
    verdict = "none" if remaining < NONE_LEFT else "thin" if thin else "good"
    return Overlap(trimmed, rows, remaining, verdict)


def varying_titles(d: Floats, title: Ints) -> int:
    """Titles in which a treatment varies; rows sorted by title."""
    if len(d) == 0:
        return 0
    starts = title_starts(title)
    return int((np.maximum.reduceat(d, starts) > np.minimum.reduceat(d, starts)).sum())
