"""Recognising an attribute from a vector: fitted to a few examples, or read off words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from index.features.concepts.scoring import NEUTRAL, TEMPLATES, mean_direction, outlier_bound
from index.records import FloatMatrix

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

STRENGTH = 10.0
"""Inverse of the penalty (scikit-learn's C) on vectors whose mean distance from their centre is
one; from 1 to 1,000 it hardly matters for a handful of examples."""
FOLDS = 5
RESAMPLES = 2000
USUAL_FALSE = 0.05
LEAST_FOUND = 0.5
"""The threshold lets this share of left-out counter-examples over it, and more where it would else
find less than this share of left-out examples: counter-examples drawn at random may have the
attribute, most of all a common one."""
_LEVEL = 0.90


@dataclass(frozen=True, slots=True)
class Share:
    """A share with its 90% interval (Wilson 1927), and the number of pictures."""

    value: float
    low: float
    high: float
    of: int

    @classmethod
    def measured(cls, holding: Flags) -> Share | None:
        """The share of True; None of nothing."""
        from statsmodels.stats.proportion import proportion_confint

        if not len(holding):
            return None
        right = int(holding.sum())
        low, high = proportion_confint(right, len(holding), alpha=1 - _LEVEL, method="wilson")
        return cls(right / len(holding), float(low), float(high), len(holding))


@dataclass(frozen=True, slots=True, eq=False)
class Head:
    """A linear score and what is known of it; fields as in `Attribute`."""

    weights: FloatMatrix
    intercept: float
    threshold: float
    auc: float | None = None
    low: float | None = None
    high: float | None = None
    found: float | None = None
    false: float | None = None
    sampled: int = 0
    precision: Share | None = None
    recall: Share | None = None


def fit_head(
    vectors: FloatMatrix,
    liked: Flags,
    groups: Sequence[str],
    centre: FloatMatrix,
    seed: int,
    sampled: Flags | None = None,
) -> Head:
    """Regularised logistic regression, judged on groups that it was not fitted to.

    Classes weigh the same however many examples they have. The threshold is what USUAL_FALSE of
    the left-out counter-examples exceed, or lower, so that LEAST_FOUND of the left-out examples do.

    Args:
        vectors: (n, d) examples and counter-examples.
        liked: (n,) which are examples; of at least two groups, as are the others.
        groups: (n,) titles; a group is never both fitted to and judged on.
        centre: (d,) mean vector of the index.
        sampled: (n,) which were drawn at random from the index before they were labelled: on them
            precision and recall are those of the whole index.
    """
    centred = vectors - centre
    scale = float(np.sqrt((centred**2).sum(axis=1).mean()))
    scaled = (centred / scale).astype(np.float64)
    names = np.asarray(groups, dtype=np.str_)
    left_out = np.empty(len(liked))
    for fold in _folds(liked, names, seed):
        weights, intercept = _fit(scaled[~fold], liked[~fold])
        left_out[fold] = scaled[fold] @ weights + intercept
    weights, intercept = _fit(scaled, liked)
    raw = weights / scale
    return _judged(
        raw.astype(np.float32),
        intercept - float(raw @ centre),
        left_out,
        liked,
        names,
        seed,
        sampled,
    )


def read_head(texts: FloatMatrix, pictures: FloatMatrix) -> Head:
    """A head that needs no examples: fit to words, an outlier of the catalogue where it is shown.

    Args:
        texts: unit vectors of `prompt_texts`.
        pictures: (n, d) unit vectors of the index.
    """
    weights = _direction(texts)
    return Head(weights, 0.0, max(outlier_bound(pictures @ weights), 0.0))


def judge_texts(
    texts: FloatMatrix,
    vectors: FloatMatrix,
    liked: Flags,
    groups: Sequence[str],
    seed: int,
    sampled: Flags | None = None,
) -> Head:
    """A head from words, with its threshold and its accuracy from examples."""
    weights = _direction(texts)
    scores = (vectors @ weights).astype(np.float64)
    return _judged(weights, 0.0, scores, liked, np.asarray(groups, dtype=np.str_), seed, sampled)


def prompt_texts(prompt: str) -> tuple[str, ...]:
    """The texts whose vectors `read_head` and `judge_texts` need."""
    return (*(one.format(prompt) for one in TEMPLATES), *NEUTRAL)


def area_under_curve(
    scores: Floats, liked: Flags, groups: npt.NDArray[np.str_], seed: int
) -> tuple[float, float, float]:
    """AUC with a 90% interval from a bootstrap over groups, liked ones and others apart.

    Pictures of one title are alike, so titles are drawn anew, not pictures.
    """
    above = scores[liked][:, None] - scores[~liked][None, :]
    wins = (above > 0) + 0.5 * (above == 0)
    random = np.random.default_rng(seed)
    mine, others = (_drawn_counts(groups[rows], random) for rows in (liked, ~liked))
    total = mine.sum(axis=1) * others.sum(axis=1)
    drawn = np.einsum("bp,pn,bn->b", mine, wins, others, optimize=True) / total
    low, high = np.quantile(drawn, [(1 - _LEVEL) / 2, (1 + _LEVEL) / 2])
    return float(wins.mean()), float(low), float(high)


def _direction(texts: FloatMatrix) -> FloatMatrix:
    each = len(TEMPLATES)
    weights: FloatMatrix = mean_direction(texts[:each]) - mean_direction(texts[each:])
    return weights


def _fit(scaled: Floats, liked: Flags) -> tuple[Floats, float]:
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=STRENGTH, class_weight="balanced", max_iter=1000)
    model.fit(scaled, liked)
    return model.coef_[0], float(model.intercept_[0])


def _folds(liked: Flags, groups: npt.NDArray[np.str_], seed: int) -> list[Flags]:
    """Disjoint sets of rows, each with examples and counter-examples and no group in two."""
    random = np.random.default_rng(seed)
    mine = random.permutation(np.unique(groups[liked]))
    others = random.permutation(np.setdiff1d(groups[~liked], mine))
    number = min(FOLDS, len(mine), max(len(others), 2))
    sets = [{*mine[at::number], *others[at::number]} for at in range(number)]
    return [np.isin(groups, sorted(own)) for own in sets]


def _judged(
    weights: FloatMatrix,
    intercept: float,
    scores: Floats,
    liked: Flags,
    groups: npt.NDArray[np.str_],
    seed: int,
    sampled: Flags | None,
) -> Head:
    rare = np.quantile(scores[~liked], 1 - USUAL_FALSE)
    threshold = float(min(rare, np.quantile(scores[liked], 1 - LEAST_FOUND)))
    auc, low, high = area_under_curve(scores, liked, groups, seed)
    over = scores >= threshold
    own = np.zeros(len(liked), bool) if sampled is None else sampled
    return Head(
        weights,
        intercept,
        threshold,
        auc,
        low,
        high,
        found=float(over[liked].mean()),
        false=float(over[~liked].mean()),
        sampled=int(own.sum()),
        precision=Share.measured(liked[own & over]),
        recall=Share.measured(over[own & liked]),
    )


def _drawn_counts(groups: npt.NDArray[np.str_], random: np.random.Generator) -> Floats:
    """(RESAMPLES, rows) how often each row's group is drawn when as many groups are drawn."""
    names, own = np.unique(groups, return_inverse=True)
    counts = random.multinomial(len(names), np.full(len(names), 1 / len(names)), RESAMPLES)
    return counts[:, own].astype(np.float64)
