"""Whether a mockup is so close to a past artwork that it counts as a copy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from index.records import FloatMatrix
    from index.store import Index

_SAMPLE = 2_000
_BLOCK = 256
NEARER_THAN = 0.01
"""Share of artworks that have a neighbour of another title nearer than the threshold."""


@dataclass(frozen=True, slots=True)
class NearestPast:
    """The past artwork most like a picture.

    Attributes:
        distance: 1 − cosine in the space that compares images.
        threshold: nearer than this counts as a copy; None where it cannot be calibrated.
    """

    artwork_id: str
    title_id: str
    path: str
    distance: float
    threshold: float | None

    @property
    def copy(self) -> bool:
        """Whether it is nearer than artworks of two titles come to each other by chance."""
        return self.threshold is not None and self.distance < self.threshold

    def to_json(self) -> dict[str, Any]:
        """As `mockup --json` documents it."""
        threshold = None if self.threshold is None else round(self.threshold, 5)
        return {
            "artwork_id": self.artwork_id,
            "title_id": self.title_id,
            "path": self.path,
            "distance": round(self.distance, 5),
            "threshold": threshold,
            "copy": self.copy,
        }


class PastArtwork:
    """Finds the nearest past artwork, and knows how near different titles come to each other.

    The threshold is the 1st percentile, over artworks, of the distance to the nearest artwork of
    another title: only one in a hundred artworks has such a near neighbour that is not its own
    title's. Of more than 2,000 artworks a seeded sample is asked, each against all.

    Args:
        index: an opened index.
        seed: of the sample.
    """

    def __init__(self, index: Index, *, seed: int = 7) -> None:
        table = index.table("artworks", ["artwork_id", "title_id", "path"])
        self._rows = [table[name].to_pylist() for name in ("artwork_id", "title_id", "path")]
        self._vectors = index.picture_vectors
        self.threshold = _calibrate(self._vectors, np.array(self._rows[1], dtype=str), seed)

    def nearest(self, vectors: FloatMatrix) -> tuple[NearestPast, ...]:
        """The nearest past artwork of each of (n, d) unit vectors."""
        found = []
        for vector in vectors:
            likeness = self._vectors @ vector
            row = int(np.argmax(likeness))
            artwork, title, path = (column[row] for column in self._rows)
            distance = max(0.0, 1 - float(likeness[row]))
            found.append(NearestPast(artwork, title, path, distance, self.threshold))
        return tuple(found)


def _calibrate(vectors: FloatMatrix, titles: npt.NDArray[np.str_], seed: int) -> float | None:
    if len(np.unique(titles)) < 2:
        return None
    rows = np.sort(np.random.default_rng(seed).permutation(len(titles))[:_SAMPLE])
    nearest = []
    for start in range(0, len(rows), _BLOCK):
        part = rows[start : start + _BLOCK]
        likeness = vectors[part] @ vectors.T
        likeness[titles[part][:, None] == titles[None, :]] = -np.inf
        nearest.append(1 - likeness.max(axis=1))
    return max(0.0, float(np.quantile(np.concatenate(nearest), NEARER_THAN)))
