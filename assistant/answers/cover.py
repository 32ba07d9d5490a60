"""Which few artworks together cover an audience."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

_Floats = npt.NDArray[np.float64]


def cover(
    low: _Floats, weights: _Floats, groups: Sequence[str], concepts: int
) -> list[tuple[int, float]]:
    """Choose rows whose best lifts, cluster by cluster, are worth most to the audience.

    The worth of a set is Σ weight × max(0, best lower bound in the set): monotone and submodular,
    so that choosing greedily reaches at least 1 − 1/e of the best worth (Nemhauser, Wolsey &
    Fisher 1978). It stops where nothing is added.

    Args:
        low: lower bounds of lifts, candidates × clusters, NaN where unknown.
        weights: of the clusters.
        groups: title of each candidate; each is chosen from once.
        concepts: rows at most.

    Returns:
        row and what it adds to the worth, in the order chosen.
    """
    gains = np.nan_to_num(np.maximum(low, 0.0))
    reached = np.zeros(gains.shape[1])
    chosen: list[tuple[int, float]] = []
    left = np.ones(len(gains), dtype=bool)
    names = np.array(groups, dtype=object)
    while left.any() and len(chosen) < concepts:
        added = np.where(left, np.maximum(gains - reached, 0.0) @ weights, -1.0)
        best = int(np.argmax(added))
        if added[best] <= 1e-9:
            break
        chosen.append((best, float(added[best])))
        reached = np.maximum(reached, gains[best])
        left &= names != names[best]
    return chosen


def verdict(low: float, high: float) -> str:
    """What a lift's 90% interval says of a cluster: served, put off, or no difference told."""
    if low > 0:
        return "serves"
    return "puts off" if high < 0 else "no difference told"


def coverage(
    served: Sequence[Sequence[str]], weights: Mapping[str, float]
) -> tuple[float, list[str]]:
    """Share of the audience that some concept serves, and the clusters that none does.

    Args:
        served: clusters that each concept serves.
        weights: share of each cluster.
    """
    reached = {cluster for concept in served for cluster in concept}
    total = sum(weights.values()) or 1.0
    missing = [cluster for cluster in weights if cluster not in reached]
    return sum(w for cluster, w in weights.items() if cluster in reached) / total, missing
