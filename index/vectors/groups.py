"""Groups of artwork that look alike against their own titles, as many as are stable."""

from __future__ import annotations

from dataclasses import dataclass, replace
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
LEARNED_FROM = 3_000
"""Artworks at most that groups are learned from; the others only find theirs."""
STARTS, RESTARTS = 10, 3
"""Random starts of k-means on all of these, and on each resample."""
_DIMENSIONS = 30
_AT_ONCE = 8_192


@dataclass(frozen=True, slots=True, eq=False)
class Groups:
    """A clustering of artworks.

    Attributes:
        label: `(n,)` group of each artwork, −1 for those left out.
        nearness: `(n,)` closeness to the centre of its group, larger is nearer.
        stability: mean Jaccard similarity of each group with its likeness in resamples.
    """

    label: Ints
    nearness: Floats
    stability: Floats

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
    return _directions(vectors, *_title_means(vectors, title))


@dataclass(frozen=True, slots=True, eq=False)
class GroupCentres:
    """Where groups of artworks lie, so that any artwork finds its own.

    Attributes:
        mean: `(d,)` of the directions that they were learned from.
        axes: `(w, d)`, leading components of these.
        centres: `(k, w)`, none where there was too little artwork.
        kept: `(k,)` whether each is large and stable enough to be a group.
        stability: `(k,)` mean Jaccard similarity of each with its likeness in resamples.
    """

    mean: npt.NDArray[np.float32]
    axes: npt.NDArray[np.float32]
    centres: Floats
    kept: npt.NDArray[np.bool_]
    stability: Floats

    def assign(self, vectors: npt.NDArray[np.float32], title: Ints) -> Groups:
        """The group of the nearest centre, for each artwork that differs from its title's others.

        Args:
            vectors: `(n, d)` image vectors.
            title: `(n,)` title codes from 0 on.
        """
        label, nearness = np.full(len(title), -1, np.int64), np.full(len(title), -np.inf)
        if len(self.centres):
            number = np.where(self.kept, np.cumsum(self.kept) - 1, -1)
            means, codes = _title_means(vectors, title)
            for at in range(0, len(title), _AT_ONCE):
                rows = slice(at, at + _AT_ONCE)
                directions = _directions(vectors[rows], means, codes[rows])
                usable = np.any(directions != 0, axis=1)
                own, distance = _nearest(self.centres, self.points(directions))
                label[rows] = np.where(usable, number[own], -1)
                nearness[rows] = np.where(usable, -distance, -np.inf)
        return Groups(label, nearness, self.stability[self.kept])

    def points(self, directions: npt.NDArray[np.float32]) -> Floats:
        """Directions along the axes, `(n, w)`."""
        return ((directions - self.mean) @ self.axes.T).astype(np.float64)


def group_artworks(vectors: npt.NDArray[np.float32], title: Ints, *, seed: int = 7) -> Groups:
    """Learn groups from artworks and put each into its own; see `learn_groups`."""
    return learn_groups(vectors, title, seed=seed).assign(vectors, title)


def learn_groups(vectors: npt.NDArray[np.float32], title: Ints, *, seed: int = 7) -> GroupCentres:
    """k-means on the leading components, with the number that gives the most stable groups.

    Every number of groups is fitted to all titles and to random draws of 70% of them; a group is
    stable when it comes back (mean best Jaccard similarity ≥ 0.6; Hennig 2007, Comput. Stat.
    Data Anal. 52). The number taken is the largest whose partitions agree, by the mean adjusted
    Rand index (Hubert & Arabie 1985), within one standard error of the best. Small and unstable
    groups are left out. All this is done on a random draw where there are many artworks.

    Args:
        vectors: `(n, d)` image vectors.
        title: `(n,)` title codes from 0 on.
    """
    from sklearn.decomposition import PCA
    from sklearn.metrics import adjusted_rand_score

    means, codes = _title_means(vectors, title)
    usable = np.flatnonzero(np.bincount(codes)[codes] > 1)
    rng = np.random.default_rng(seed)
    if len(usable) > LEARNED_FROM:
        usable = np.sort(rng.choice(usable, LEARNED_FROM, replace=False))
    directions = _directions(vectors[usable], means, codes[usable])
    differs = np.any(directions != 0, axis=1)
    directions, codes = directions[differs], codes[usable][differs]
    nothing = GroupCentres(
        np.zeros(vectors.shape[1], np.float32),
        np.zeros((0, vectors.shape[1]), np.float32),
        np.zeros((0, 0)),
        np.zeros(0, np.bool_),
        np.zeros(0),
    )
    tried = [k for k in NUMBERS if k * SMALLEST <= len(codes)]
    if not tried:
        return nothing
    width = min(_DIMENSIONS, directions.shape[1], len(codes) - 1)
    components = PCA(width, random_state=seed).fit(directions)
    along = replace(nothing, mean=components.mean_, axes=components.components_)
    points = along.points(directions)
    names = np.unique(codes)
    fits: list[tuple[float, float, GroupCentres]] = []
    for k in tried:
        centres = _centres(points, k, seed, starts=STARTS)
        own, _ = _nearest(centres, points)
        scores, agreement = np.zeros((_RESAMPLES, k)), np.zeros(_RESAMPLES)
        for draw in range(_RESAMPLES):
            chosen = rng.permutation(names)[: max(2, int(0.7 * len(names)))]
            rows = np.isin(codes, chosen)
            if rows.sum() < k:
                continue
            other, _ = _nearest(_centres(points[rows], k, seed + draw, RESTARTS), points)
            scores[draw] = _jaccard(own, other, k)
            agreement[draw] = adjusted_rand_score(own, other)
        stability = scores.mean(axis=0)
        sizes = np.bincount(own, minlength=k)
        spans = np.array([len(np.unique(codes[own == group])) for group in range(k)])
        kept = (stability >= STABLE) & (sizes >= SMALLEST) & (spans >= SMALLEST / 2)
        error = float(agreement.std(ddof=1)) / np.sqrt(_RESAMPLES)
        fitted = replace(along, centres=centres, kept=kept, stability=stability)
        fits.append((float(agreement.mean()), error, fitted))
    top, error = max((fit[0], fit[1]) for fit in fits)
    return [fit[2] for fit in fits if fit[0] >= top - error][-1]


def _title_means(
    vectors: npt.NDArray[np.float32], title: Ints
) -> tuple[npt.NDArray[np.float32], Ints]:
    """The mean picture of each title, `(t, d)`, and each artwork's row of it, `(n,)`."""
    _, codes = np.unique(title, return_inverse=True)
    sizes = np.bincount(codes)
    sums = np.zeros((len(sizes), vectors.shape[1]), np.float32)
    for at in range(0, len(codes), _AT_ONCE):
        own = codes[at : at + _AT_ONCE]
        order = np.argsort(own, kind="stable")
        rows, starts = np.unique(own[order], return_index=True)
        sums[rows] += np.add.reduceat(vectors[at : at + _AT_ONCE][order], starts, axis=0)
    return (sums / sizes[:, None]).astype(np.float32), codes


def _directions(
    vectors: npt.NDArray[np.float32], means: npt.NDArray[np.float32], codes: Ints
) -> npt.NDArray[np.float32]:
    """Unit directions from the means of artworks' titles, zero where there is no difference."""
    centred = vectors - means[codes]
    length = np.linalg.norm(centred, axis=1, keepdims=True)
    return np.where(length > 1e-6, centred / np.maximum(length, 1e-6), 0).astype(np.float32)


def _nearest(centres: Floats, points: Floats) -> tuple[Ints, Floats]:
    """The nearest centre of each point, `(n,)`, and how far it is."""
    squares = (centres**2).sum(axis=1) - 2 * points @ centres.T
    own = squares.argmin(axis=1)
    return own, np.linalg.norm(points - centres[own], axis=1)


def _centres(points: Floats, k: int, seed: int, starts: int) -> Floats:
    from sklearn.cluster import KMeans

    found: Floats = KMeans(k, n_init=starts, random_state=seed).fit(points).cluster_centers_
    return found


def _jaccard(own: Ints, other: Ints, k: int) -> Floats:
    """Similarity of each group of `own` with its best likeness in `other`, `(k,)`."""
    table = np.zeros((k, k))
    np.add.at(table, (own, other), 1)
    union = table.sum(axis=1, keepdims=True) + table.sum(axis=0, keepdims=True) - table
    best: Floats = (table / np.maximum(union, 1)).max(axis=1)
    return best
