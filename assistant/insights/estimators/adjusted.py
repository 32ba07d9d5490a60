"""Effects of each contrast with others held, by partialling the others out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from assistant.insights.estimators.fixed_effects import Floats, Ints, TitleSums, demean

_TINY = 1e-9
_AT_ONCE = 8
"""Columns that are worked on at a time, to bound memory."""


@dataclass(frozen=True, slots=True, eq=False)
class AdjustedEffects:
    """Effects of `p` contrasts, each with others held; NaN where they leave nothing of it.

    Attributes:
        effect, se, df: slope, its standard error clustered by title, titles less one, `(p,)`.
        left: share of the contrast's variation inside titles that the others cannot predict.
    """

    effect: Floats
    se: Floats
    df: Floats
    left: Floats


def adjusted_effects(
    y: Floats, weights: Floats, starts: Ints, values: Floats, held: npt.NDArray[np.bool_]
) -> AdjustedEffects:
    """Regress y inside titles on each column with chosen other columns held.

    Both are freed of what the others predict (Frisch & Waugh 1933; Lovell 1963), errors are
    clustered by title with the G / (G − 1) correction. A missing value counts as its title's mean.

    Args:
        y: `(n,)` log-odds, rows sorted by title.
        weights: `(n,)` precisions.
        starts: first row of each title.
        values: `(n, p)`, NaN for missing.
        held: `(p, p)`; row j says which columns are held while the effect of j is estimated.
    """
    sums, width = TitleSums(starts, len(y)), values.shape[1]
    x = demean(values, weights, sums)
    own = demean(y, weights, sums)
    gram, cross = x.T @ (weights[:, None] * x), x.T @ (weights * own)
    size = np.diag(gram)
    of_x, of_y = np.zeros((width, width)), np.zeros((width, width))
    for j in np.flatnonzero(size > _TINY):
        others = np.flatnonzero(held[j] & (size > _TINY))
        inverse = np.linalg.pinv(gram[np.ix_(others, others)], rcond=1e-8, hermitian=True)
        of_x[others, j], of_y[others, j] = inverse @ gram[others, j], inverse @ cross[others]
    effect, se, left = (np.full(width, np.nan) for _ in range(3))
    titles = len(starts)
    for at in range(0, width, _AT_ONCE):
        columns = np.arange(at, min(at + _AT_ONCE, width))
        columns = columns[size[columns] > _TINY]
        rest = x[:, columns] - x @ of_x[:, columns]
        total = weights @ rest**2
        left[columns] = total / size[columns]
        enough = left[columns] > _TINY
        told, rest, total = columns[enough], rest[:, enough], total[enough]
        slope = (weights * own) @ rest / total
        miss = own[:, None] - x @ of_y[:, told] - slope * rest
        score = sums.sum(weights[:, None] * rest * miss)
        effect[told] = slope
        se[told] = np.sqrt(titles / max(titles - 1, 1) * (score**2).sum(axis=0)) / total
    df = np.where(np.isfinite(effect), max(titles - 1.0, 1.0), 0.0)
    return AdjustedEffects(effect, se, df, left)
