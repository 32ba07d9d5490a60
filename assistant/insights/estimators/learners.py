"""The two learners that predictions and nuisance functions choose between."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from assistant.insights.estimators.fixed_effects import Floats
from assistant.insights.estimators.threads import enough_threads

RIDGE, TREES = "ridge", "trees"
_BINS = 24


class WeightedLearner:
    """A regression with weighted rows: a ridge with its penalty cross-validated, or boosted trees.

    The trees see quantile classes. HistGradientBoosting would make them itself, but with weights
    it takes a hundred times longer for that than for the trees.

    Args:
        kind: RIDGE or TREES.
        leaf: rows a leaf needs.
    """

    def __init__(self, kind: str, *, leaf: int = 20, seed: int = 7) -> None:
        self.kind, self.leaf, self.seed = kind, leaf, seed

    def fit(self, x: Floats, y: Floats, weights: Floats) -> WeightedLearner:
        """Learn from rows `(n, p)`; learns `pipeline_`."""
        from sklearn.ensemble import HistGradientBoostingRegressor
        from sklearn.linear_model import RidgeCV
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import KBinsDiscretizer

        if self.kind == RIDGE:
            steps: tuple[Any, ...] = (RidgeCV(np.logspace(-1, 5, 16)),)
        else:
            steps = (
                KBinsDiscretizer(
                    _BINS,
                    encode="ordinal",
                    strategy="quantile",
                    quantile_method="averaged_inverted_cdf",
                    subsample=None,
                ),
                HistGradientBoostingRegressor(
                    max_iter=80,
                    max_leaf_nodes=8,
                    learning_rate=0.08,
                    l2_regularization=1.0,
                    min_samples_leaf=self.leaf,
                    random_state=self.seed,
                ),
            )
        self.pipeline_ = make_pipeline(*steps)
        last = self.pipeline_.steps[-1][0]
        with warnings.catch_warnings(), enough_threads(len(x)):
            warnings.simplefilter("ignore", UserWarning)
            self.pipeline_.fit(x, y, **{f"{last}__sample_weight": weights})
        return self

    def predict(self, x: Floats) -> Floats:
        """Predictions for rows `(m, p)`."""
        with enough_threads(len(x)):
            predicted: Floats = self.pipeline_.predict(x)
        return predicted
