"""A map on which artwork that looks alike lies together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from index.records import FloatMatrix

MOST_PLACED = 2_000
"""Artworks that t-SNE itself places; others go where those most like them are."""
NEIGHBOURS = 3
"""Placed artworks that an artwork is put between."""
_DIMENSIONS = 50
_ROUNDS = 350
_PERPLEXITY = 30.0
_ALIKE = 1e-4
"""Vectors that differ by less are one picture, of which there is no map."""
_AT_ONCE = 4_096


@dataclass(frozen=True, slots=True, eq=False)
class Atlas:
    """Places of some artworks, between which any other finds its own.

    Attributes:
        mean: `(d,)` of their vectors.
        axes: `(w, d)`, their leading components.
        points: `(m, w)`, the artworks along these.
        places: `(m, 2)` in 0…1, where each lies on the map.
    """

    mean: FloatMatrix
    axes: FloatMatrix
    points: FloatMatrix
    places: FloatMatrix

    def place(self, vectors: FloatMatrix) -> FloatMatrix:
        """Places of artworks, `(n, 2)` in 0…1: between the most alike, weighted by nearness.

        The weights are inverse squared distances (Shepard 1968), so that an artwork that t-SNE
        placed stays where that put it.

        Args:
            vectors: `(n, d)` unit vectors of pictures.
        """
        near = min(NEIGHBOURS, len(self.points))
        squares = (self.points**2).sum(axis=1)
        found = np.empty((len(vectors), 2), np.float32)
        for at in range(0, len(vectors), _AT_ONCE):
            own = (np.asarray(vectors[at : at + _AT_ONCE], np.float32) - self.mean) @ self.axes.T
            distances = (own**2).sum(axis=1)[:, None] + squares - 2 * own @ self.points.T
            every, total = np.arange(len(own)), np.zeros((len(own), 1), np.float32)
            between = np.zeros((len(own), 2), np.float32)
            for _ in range(near):
                nearest = distances.argmin(axis=1)
                weight = 1 / np.maximum(distances[every, nearest], 1e-6)[:, None]
                between += weight * self.places[nearest]
                total += weight
                distances[every, nearest] = np.inf
            found[at : at + _AT_ONCE] = between / total
        return found


def make_atlas(vectors: FloatMatrix, seed: int = 7) -> Atlas:
    """A map by t-SNE from the leading components, of all artworks or of as many as it can bear.

    Source: van der Maaten, JMLR 15 (2014), with the first places taken from PCA (Kobak & Berens,
    Nature Communications 10, 2019).

    Args:
        vectors: `(n, d)` unit vectors of pictures, at least one.

    Returns:
        The same for the same vectors and seed; the map's shape is kept.
    """
    from sklearn.decomposition import PCA
    from sklearn.manifold import TSNE
    from threadpoolctl import threadpool_limits

    rows = np.arange(len(vectors))
    if len(rows) > MOST_PLACED:
        rows = np.sort(np.random.default_rng(seed).choice(rows, MOST_PLACED, replace=False))
    drawn = np.asarray(vectors[rows], np.float32)
    if len(rows) < 3 or np.ptp(drawn, axis=0).max() < _ALIKE:
        line = np.linspace(0, 1, 2 * len(rows), dtype=np.float32).reshape(len(rows), 2)
        return Atlas(np.zeros_like(drawn[0]), np.eye(drawn.shape[1], dtype="f4"), drawn, line)
    # Several threads add up in another order, and t-SNE makes a map of its own from that.
    with threadpool_limits(1):
        width = min(_DIMENSIONS, drawn.shape[1], len(rows) - 1)
        components = PCA(width, random_state=seed).fit(drawn)
        points = components.transform(drawn)
        placed = TSNE(
            2,
            perplexity=min(_PERPLEXITY, (len(rows) - 1) / 4),
            init="pca",
            max_iter=_ROUNDS,
            random_state=seed,
            n_jobs=1,
        ).fit_transform(points)
    low, high = placed.min(axis=0), placed.max(axis=0)
    places = (placed - low) / max(float((high - low).max()), 1e-9)
    parts: tuple[npt.NDArray[np.generic], ...] = (
        components.mean_,
        components.components_,
        points,
        places,
    )
    return Atlas(*(part.astype(np.float32) for part in parts))
