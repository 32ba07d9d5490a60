"""Values of a dimension that sum some of its others, such as a region beside its countries."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

MOST_VALUES, MOST_SLICES = 60, 2_000
FEWEST_SLICES = 3
"""Slices in which a sum must hold, so that it is no accident."""
LEAST = 20
"""Impressions from which on equal counts are no accident."""


def find_nested_sum(counts: pd.DataFrame) -> tuple[str, Sequence[str]] | None:
    """A value whose counts are those of two or more others added up, and which these are.

    Args:
        counts: value, slice, impressions, plays; one row for each value of a slice, of which there
            are at most `MOST_SLICES`.
    """
    from scipy.optimize import nnls

    values = counts["value"].unique()
    if not 3 <= len(values) <= MOST_VALUES:
        return None
    wide = counts.pivot(index="slice", columns="value", values=["impressions", "plays"]).fillna(0)
    shown, played = wide["impressions"], wide["plays"]
    stacked = np.vstack([shown.to_numpy(float), played.to_numpy(float)])
    for at, value in enumerate(shown.columns):
        own = stacked[:, at]
        others = np.delete(stacked, at, axis=1)
        if (shown[value] >= LEAST).sum() < FEWEST_SLICES:
            continue
        weights, left = nnls(others, own)
        chosen = weights > 0.5
        if left > 1e-6 * np.linalg.norm(own) or chosen.sum() < 2:
            continue
        if np.abs(weights - chosen).max() < 1e-6 and (others[:, chosen].sum(axis=1) == own).all():
            return str(value), [str(one) for one in np.delete(shown.columns, at)[chosen]]
    return None
