"""Groups of artwork that look alike against their own titles, as many as are stable."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

STABLE = 0.6
"""Mean Jaccard similarity under resampling below which a group is dropped (Hennig 2007)."""
NUMBERS = (4, 5, 6, 8, 10, 12, 16, 20, 24, 30)
"""Of groups that are tried, where they leave at least `SMALLEST` artworks a group on average."""
SMALLEST = 8
"""Artworks, and half as many titles, that a group needs."""
_RESAMPLES = 10
_DIMENSIONS = 30
_FITTED_ON = 5_000


@dataclass(frozen=True, slots=True, eq=False)
class Groups:
    """A clustering of artworks.

    Attributes:
        label: `(n,)` group of each artwork, −1 for those left out.
        nearness: `(n,)` closeness to the centre of its group, larger is nearer.
        stability: mean Jaccard similarity of each group with its likeness in resamples.
        criterion: rows (number of groups, stable groups, mean adjusted Rand index).
    """

    label: Ints
    nearness: Floats
    stability: Floats
    criterion: tuple[tuple[int, int, float], ...]

    def names(self, ids: npt.NDArray[np.object_]) -> list[str]:
        """A short id of each group, made from its central artwork."""
        central = [
            ids[np.argmax(np.where(self.label == group, self.nearness, -np.inf))]
            for group in range(len(self.stability))
        ]
        return [blake2b(str(one).encode(), digest_size=4).hexdigest() for one in central]


def against_title(vectors: npt.NDArray[np.float32], title: Ints) -> npt.NDArray[np.float32]:
    """Unit directions in which artworks differ from their title's mean picture, `(n, d)`.

    Groups of whole pictures are groups of titles: all artwork of a western looks like a western,
    and then nothing inside a title tells the groups apart. The direction is zero for the only
    artwork of a title.
    """
    order = np.argsort(title, kind="stable")
    codes, starts = np.unique(title[order], return_index=True)
    sums = np.add.reduceat(vectors[order], starts, axis=0)
    sizes = np.diff(np.r_[starts, len(title)])
    mean = sums / sizes[:, None]
    centred = vectors - mean[np.searchsorted(codes, title)]
    length = np.linalg.norm(centred, axis=1, keepdims=True)
    return np.where(length > 1e-6, centred / np.maximum(length, 1e-6), 0).astype(np.float32)


def group_artworks(
    vectors: npt.NDArray[np.float32],
    title: Ints,
    *,
    seed: int = 7,
) -> Groups:
    """k-means on the leading components, with the number that gives the most stable groups.

    Every number of groups is fitted to all titles and to random draws of 70% of them; a group is
    stable when it comes back (mean best Jaccard similarity ≥ 0.6; Hennig 2007, Comput. Stat.
    Data Anal. 52). The number taken is the largest whose partitions agree, by the mean adjusted
    Rand index (Hubert & Arabie 1985), within one standard error of the best. Small and unstable
    groups are left out.

    Args:
        vectors: `(n, d)` image vectors.
        title: `(n,)` title codes.
    """
    from sklearn.decomposition import PCA
    from sklearn.metrics import adjusted_rand_score

    directions = against_title(vectors, title)
    usable = np.flatnonzero(np.any(directions != 0, axis=1))
    label = np.full(len(title), -1, dtype=np.int64)
    nearness = np.full(len(title), -np.inf)
    tried = [k for k in NUMBERS if k * SMALLEST <= len(usable)]
    if not tried:
        return Groups(label, nearness, np.zeros(0), ())
    rng = np.random.default_rng(seed)
    fitted = usable
    if len(usable) > _FITTED_ON:
        fitted = np.sort(rng.choice(usable, _FITTED_ON, replace=False))
    width = min(_DIMENSIONS, directions.shape[1], len(fitted) - 1)
    components = PCA(width, random_state=seed).fit(directions[fitted])
    points = components.transform(directions[usable]).astype(np.float64)
    inside = np.isin(usable, fitted)
    codes = title[usable]
    fits: list[tuple[float, float, Ints, Floats, Floats, npt.NDArray[np.bool_]]] = []
    criterion = []
    for k in tried:
        model = _fit(points[inside], k, seed, starts=10)
        own = model.predict(points).astype(np.int64)
        scores, agreement = np.zeros((_RESAMPLES, k)), np.zeros(_RESAMPLES)
        for draw in range(_RESAMPLES):
            names = np.unique(codes)
            chosen = rng.permutation(names)[: max(2, int(0.7 * len(names)))]
            rows = np.isin(codes, chosen) & inside
            if rows.sum() < k:
                continue
            other = _fit(points[rows], k, seed + draw, starts=3).predict(points)
            scores[draw] = _jaccard(own, other, k)
            agreement[draw] = adjusted_rand_score(own, other)
        stability = scores.mean(axis=0)
        sizes = np.bincount(own, minlength=k)
        spans = np.array([len(np.unique(codes[own == group])) for group in range(k)])
        kept = (stability >= STABLE) & (sizes >= SMALLEST) & (spans >= SMALLEST / 2)
        criterion.append((k, int(kept.sum()), float(agreement.mean())))
        distance = np.linalg.norm(points - model.cluster_centers_[own], axis=1)
        error = float(agreement.std(ddof=1)) / np.sqrt(_RESAMPLES)
        fits.append((float(agreement.mean()), error, own, distance, stability, kept))
    top, error = max((fit[0], fit[1]) for fit in fits)
    _, _, own, distance, stability, kept = [fit for fit in fits if fit[0] >= top - error][-1]
    label[usable] = np.where(kept, np.cumsum(kept) - 1, -1)[own]
    nearness[usable] = -distance
    return Groups(label, nearness, stability[kept], tuple(criterion))


def _fit(points: Floats, k: int, seed: int, starts: int):  # type: ignore[no-untyped-def]
    from sklearn.cluster import KMeans

    return KMeans(k, n_init=starts, random_state=seed).fit(points)


def _jaccard(own: Ints, other: Ints, k: int) -> Floats:
    """Similarity of each group of `own` with its best likeness in `other`, `(k,)`."""
    table = np.zeros((k, k))
    np.add.at(table, (own, other), 1)
    union = table.sum(axis=1, keepdims=True) + table.sum(axis=0, keepdims=True) - table
    best: Floats = (table / np.maximum(union, 1)).max(axis=1)
    return best
