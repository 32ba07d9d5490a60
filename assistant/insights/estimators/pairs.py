"""How often the better of two artworks of one title is picked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from assistant.insights.estimators.fixed_effects import Floats, Ints

CLEAR = 1.645
"""Standard errors by which two observed log-odds must differ for one to be called the better."""
_DRAWS = 2000


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs of rows of one title of which the first is clearly the better, all `(m,)`."""

    better: npt.NDArray[np.intp]
    worse: npt.NDArray[np.intp]
    title: Ints


def clear_pairs(y: Floats, v: Floats, title: Ints, *, least: float = CLEAR) -> Pairs:
    """Every pair of rows of a title whose log-odds differ by `least` standard errors or more.

    Args:
        y: log-odds, rows sorted by title.
        v: sampling variances.
        title: title codes, ascending.
        least: 0 for all pairs.
    """
    one, two = [], []
    for step in range(1, int(np.bincount(title).max(initial=1)) if len(title) else 1):
        first = np.flatnonzero(title[:-step] == title[step:])
        one.append(first)
        two.append(first + step)
    if not one:
        nothing = np.zeros(0, dtype=np.intp)
        return Pairs(nothing, nothing, nothing.astype(np.int64))
    a, b = np.concatenate(one), np.concatenate(two)
    gap = y[a] - y[b]
    kept = (np.abs(gap) >= least * np.sqrt(v[a] + v[b])) & (gap != 0)
    a, b, gap = a[kept], b[kept], gap[kept]
    return Pairs(np.where(gap > 0, a, b), np.where(gap > 0, b, a), title[a])


def picks(pairs: Pairs, prediction: Floats) -> Floats:
    """1 where the prediction puts the better first, ½ where it ties or is missing, `(m,)`."""
    gap = prediction[pairs.better] - prediction[pairs.worse]
    right: Floats = 0.5 + 0.5 * np.sign(np.nan_to_num(gap))
    return right


def accuracy(
    pairs: Pairs, right: dict[str, Floats], reference: str, *, seed: int = 7
) -> list[dict[str, Any]]:
    """Share of right picks of each method, and by how much `reference` beats it.

    Intervals (90%) are from resampling titles, the same draws for every method.

    Args:
        right: picks of each method, `(m,)`.
        reference: one of them.

    Returns:
        method, accuracy, low, high, margin, margin_low, margin_high (of the reference over it).
    """
    codes, at = np.unique(pairs.title, return_inverse=True)
    titles = len(codes)
    totals = np.bincount(at, minlength=titles).astype(np.float64)
    draws = np.random.default_rng(seed).multinomial(titles, np.full(titles, 1 / titles), _DRAWS)
    sums = {name: np.bincount(at, values, titles) for name, values in right.items()}
    drawn = {name: (draws @ value) / (draws @ totals) for name, value in sums.items()}
    rows = []
    for name, values in right.items():
        low, high = np.quantile(drawn[name], [0.05, 0.95])
        margin = drawn[reference] - drawn[name]
        margin_low, margin_high = np.quantile(margin, [0.05, 0.95])
        rows.append(
            {
                "method": name,
                "accuracy": float(values.mean()),
                "low": float(low),
                "high": float(high),
                "margin": float(right[reference].mean() - values.mean()),
                "margin_low": float(margin_low),
                "margin_high": float(margin_high),
            }
        )
    return rows
