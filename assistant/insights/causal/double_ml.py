"""Double machine learning for a partially linear model with title effects.

y = θ·d + g(x) + title + ε and d = m(x) + title + η (Chernozhukov et al. 2018, Econometrics Journal
21; with fixed effects by the within transformation, Clarke & Polselli 2025). A learner predicts
each, relative to the title's other artworks, from the covariates as they are and relative to the
title's mean, for titles it was not fitted on; what it predicts is taken relative to the title's
mean again, and θ is the slope of the one residual on the other. (A target relative to a mean that
holds the row itself would have g shrunk by one part in the title's artworks.)

The doubleml package does the same for independent rows; it would bring a dozen packages along
(plotly, optuna, SQLAlchemy …) and knows neither title effects nor weights.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from assistant.insights.estimators.fixed_effects import (
    Floats,
    Ints,
    TitleSums,
    demean,
    title_starts,
    within_effects,
)
from assistant.insights.estimators.learners import RIDGE, TREES, WeightedLearner
from assistant.insights.grading import LEVEL

NOTHING = "nothing"
FOLDS = 5
"""Parts of the titles for cross-fitting."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """An effect in log-odds with its 90% interval, clustered by title."""

    effect: float
    se: float
    low: float
    high: float
    titles: int
    rows: int


@dataclass(frozen=True, slots=True)
class Residuals:
    """What titles and covariates leave of outcome and treatment, rows sorted by title, `(n,)`.

    Attributes:
        y, d: residuals.
        weights: precisions.
        title: title codes, ascending.
        learner_y, learner_d: which learner predicted each, or "nothing".
        explained_d: share of the treatment's variation inside titles that was predicted.
    """

    y: Floats
    d: Floats
    weights: Floats
    title: Ints
    learner_y: str
    learner_d: str
    explained_d: float

    def plain_effect(self, y: Floats, d: Floats) -> float:
        """The slope of y on d inside titles with nothing held, `(n,)` each."""
        fit = within_effects(y, self.weights, d[:, None], title_starts(self.title))
        return float(fit.effect[0])

    def estimate(self, rows: npt.NDArray[np.bool_] | None = None) -> Estimate:
        """θ over all rows, or those where the mask `rows` holds."""
        from scipy.stats import t

        kept = np.ones(len(self.y), dtype=np.bool_) if rows is None else rows
        title = self.title[kept]
        fit = within_effects(
            self.y[kept], self.weights[kept], self.d[kept, None], title_starts(title)
        )
        if len(fit.effect) == 0 or fit.titles[0] < 2:
            return Estimate(np.nan, np.inf, -np.inf, np.inf, 0, 0)
        effect, se, df = float(fit.effect[0]), float(fit.se[0]), float(fit.df[0])
        half = float(t.ppf((1 + LEVEL) / 2, max(df, 1.0))) * se
        return Estimate(
            effect, se, effect - half, effect + half, int(fit.titles[0]), int(fit.rows[0])
        )


def residualise(
    y: Floats,
    d: Floats,
    covariates: Floats,
    weights: Floats,
    title: Ints,
    *,
    seed: int = 7,
) -> Residuals:
    """Take out of y and d what their title and the covariates predict, cross-fitted over titles.

    Args:
        y, d: outcome and treatment, `(n,)`, rows sorted by title.
        covariates: `(n, k)`, NaN for what could not be measured.
        weights: precisions of y, `(n,)`.
        title: title codes, ascending, `(n,)`.

    Both are predicted by the same learner, a ridge or gradient-boosted trees, whichever leaves
    less of the two on held-out titles. With a learner each, what one sees of the covariates and
    the other does not would pass for (or hide) an effect.
    """
    sums = TitleSums(title_starts(title), len(y))
    inside = demean(covariates, weights, sums)
    x = np.column_stack([inside, fill_missing(covariates)])
    centred_y, centred_d = demean(y, weights, sums), demean(d, weights, sums)
    own = weights / sums.spread(sums.sum(weights))
    others = 1 / np.maximum(1 - own, 0.05)

    def left_of(centred: Floats) -> dict[str, Floats]:
        return _cross_fit(x, centred, centred * others, weights, title, sums, seed)

    found_y, found_d = left_of(centred_y), left_of(centred_d)
    share_y = {name: _share(left, centred_y, weights) for name, left in found_y.items()}
    share_d = {name: _share(left, centred_d, weights) for name, left in found_d.items()}
    best = min(found_y, key=lambda name: share_y[name] + share_d[name])
    of_y, of_d = (best if share[best] < 1 else NOTHING for share in (share_y, share_d))
    return Residuals(
        found_y[best] if of_y == best else centred_y,
        found_d[best] if of_d == best else centred_d,
        weights,
        title,
        of_y,
        of_d,
        1 - min(share_d[best], 1.0),
    )


def fill_missing(covariates: Floats) -> Floats:
    """Covariates `(n, k)` with the median for what could not be measured.

    What was measured in no row is left out; one column of zeros stands for nothing at all.
    """
    held = covariates[:, np.isfinite(covariates).any(axis=0)]
    if held.shape[1] == 0:
        return np.zeros((len(covariates), 1))
    filled: Floats = np.where(np.isfinite(held), held, np.nanmedian(held, axis=0))
    return filled


def _share(left: Floats, centred: Floats, weights: Floats) -> float:
    """Share of the variation inside titles that is left."""
    total = float(weights @ centred**2)
    return float(weights @ left**2) / total if total > 0 else 1.0


def _cross_fit(
    x: Floats,
    centred: Floats,
    target: Floats,
    weights: Floats,
    title: Ints,
    sums: TitleSums,
    seed: int,
) -> dict[str, Floats]:
    """What each learner of `target` leaves of `centred`."""
    from sklearn.model_selection import GroupKFold

    split = GroupKFold(FOLDS, shuffle=True, random_state=seed)
    left = {}
    for label in (RIDGE, TREES):
        predicted = np.zeros(len(target))
        for train, test in split.split(x, target, title):
            learner = WeightedLearner(label, seed=seed)
            predicted[test] = learner.fit(x[train], target[train], weights[train]).predict(x[test])
        left[label] = centred - demean(predicted, weights, sums)
    return left
