"""A map on which artwork that looks alike lies together."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

MOST_PLACED = 5_000
"""Artworks that t-SNE itself places; others go where those most like them are."""
NEIGHBOURS = 5
"""Placed artworks that an artwork which was not is put between."""
_DIMENSIONS = 50
_ROUNDS = 500
_PERPLEXITY = 30.0


def place_artworks(vectors: npt.NDArray[np.float32], seed: int = 7) -> npt.NDArray[np.float32]:
    """Places of artworks on a map, by t-SNE from their leading components.

    Source: van der Maaten, JMLR 15 (2014), with the first places taken from PCA (Kobak & Berens,
    Nature Communications 10, 2019), which keeps kinds of picture where they are when artwork is
    added.

    Args:
        vectors: `(n, d)` unit vectors of pictures.

    Returns:
        `(n, 2)` in 0…1 with the map's shape kept; the same for the same vectors and seed.
    """
    from sklearn.decomposition import PCA
    from sklearn.manifold import TSNE
    from threadpoolctl import threadpool_limits

    count = len(vectors)
    if count < 3:
        return np.linspace(0, 1, 2 * count, dtype=np.float32).reshape(count, 2)
    rows = np.arange(count)
    if count > MOST_PLACED:
        rows = np.sort(np.random.default_rng(seed).choice(count, MOST_PLACED, replace=False))
    drawn = np.asarray(vectors[rows], np.float32)
    # Several threads add up in another order, and t-SNE makes a map of its own from that.
    with threadpool_limits(1):
        width = min(_DIMENSIONS, drawn.shape[1], len(rows) - 1)
        points = PCA(width, random_state=seed, svd_solver="full").fit_transform(drawn)
        placed = TSNE(
            2,
            perplexity=min(_PERPLEXITY, (len(rows) - 1) / 4),
            init="pca",
            max_iter=_ROUNDS,
            random_state=seed,
            n_jobs=1,
        ).fit_transform(points)
    places = np.empty((count, 2), np.float32)
    places[rows] = placed
    others = np.setdiff1d(np.arange(count), rows)
    for block in np.array_split(others, max(1, len(others) // 10_000)):
        if len(block):
            places[block] = _between(np.asarray(vectors[block], np.float32), drawn, placed)
    low, high = places.min(axis=0), places.max(axis=0)
    scaled: npt.NDArray[np.float32] = (places - low) / max(float((high - low).max()), 1e-9)
    return scaled.astype(np.float32)


def _between(
    vectors: npt.NDArray[np.float32],
    drawn: npt.NDArray[np.float32],
    placed: npt.NDArray[np.float32],
) -> npt.NDArray[np.float32]:
    """Between the placed artworks most like each, weighted by likeness."""
    likeness = vectors @ drawn.T
    near = np.argpartition(-likeness, NEIGHBOURS, axis=1)[:, :NEIGHBOURS]
    weight = np.maximum(np.take_along_axis(likeness, near, axis=1), 1e-6)
    weight /= weight.sum(axis=1, keepdims=True)
    between: npt.NDArray[np.float32] = np.einsum("nk,nkd->nd", weight, placed[near])
    return between
