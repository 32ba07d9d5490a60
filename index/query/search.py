"""Search by words, pictures or both, without anything that starts slowly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from index.errors import InputError
from index.query.filters import Filters, passing
from index.records import FloatMatrix
from index.store.labels import ARTWORK_LABELS
from index.vectors.space import Mask, Rows, VectorSpace, highest

if TYPE_CHECKING:
    from index.encoders import Encoder
    from index.store import Index

__all__ = ["Filters", "Hit", "Query", "Searcher"]

Scores = npt.NDArray[np.float32]
ImageLike = Path | FloatMatrix

MOST_COMBINED = 1_000
"""Artworks of each space, the nearest, that are compared in both, where not all are."""


@dataclass(frozen=True, slots=True, eq=False)
class Query:
    """What to look for; a negative weight subtracts.

    Attributes:
        texts: words and their weights.
        images: pictures and their weights. A picture is a file, or a unit vector of the space
            that compares images: "image" where the index has it, else "shared".
    """

    texts: tuple[tuple[str, float], ...] = ()
    images: tuple[tuple[ImageLike, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Hit:
    """One artwork found.

    Attributes:
        path: relative to the catalogue folder.
        title: the title's name.
        score: see `Searcher.search`.
        row: in the index's artworks and vectors.
    """

    artwork_id: str
    title_id: str
    path: str
    title: str
    score: float
    row: int


class Searcher:
    """Searches one index.

    Args:
        index: an opened index.
        encoder: the one that made it; needed for words and for pictures from files.

    Raises:
        IndexMismatch: the index was made by another encoder.
    """

    def __init__(self, index: Index, encoder: Encoder | None) -> None:
        if encoder is not None:
            index.require_encoder(encoder)
        self._index, self._encoder = index, encoder
        self._image_space = "image" if index.has_vectors("image") else "shared"

    def search(self, query: Query, *, k: int = 12, filters: Filters | None = None) -> list[Hit]:
        """The `k` artworks that score highest of those that pass, best first.

        Words are looked up in the space they share with images, pictures in the image-only space
        where there is one. In each space the query is the weighted sum of its unit vectors,
        scaled to length one, and the score is the cosine with it. Cosines of two spaces cannot be
        added as they are: where words and pictures are looked up in different spaces, each
        space's cosines are standardised over all artworks of the index (over evenly spaced ones
        in a large index) and averaged, weighted by the sum of the absolute weights asked for in
        it; the score is then in standard deviations. Filters choose among artworks and change no
        score. Scores are exact; in a large index a few of the nearest may be missing, as the
        recall in its manifest says. Of equals the earlier row comes first.

        Raises:
            InputError: nothing asked for, parts that cancel out, or a filter that cannot be.
            ImageUnreadable: a picture of the query cannot be read.
        """
        if not query.texts and not query.images:
            raise InputError("the query is empty", hint="give words, a picture or both")
        parts = self._parts(query)
        mask = passing(self._index, filters or Filters())
        rows, scores = (
            self._alone(parts[0], k, mask) if len(parts) == 1 else self._both(parts, k, mask)
        )
        best = highest(scores, k)
        return self._hits(rows[best], scores[best])

    def _parts(self, query: Query) -> list[_Part]:
        by_space: dict[str, list[tuple[FloatMatrix, float]]] = {}
        if query.texts:
            by_space["shared"] = self._embed_texts(query.texts)
        if query.images:
            by_space.setdefault(self._image_space, []).extend(self._embed_images(query.images))
        return [
            _Part(self._index.nearest(space), _direction(parts), _mass(parts))
            for space, parts in by_space.items()
        ]

    def _alone(self, part: _Part, k: int, mask: Mask | None) -> tuple[Rows, Scores]:
        rows = part.space.candidates(part.vector, k, mask)
        return rows, part.space.scores(part.vector, rows)

    def _both(self, parts: Sequence[_Part], k: int, mask: Mask | None) -> tuple[Rows, Scores]:
        """Those that are near in one space are compared in both."""
        near = [part.space.candidates(part.vector, max(k, MOST_COMBINED), mask) for part in parts]
        rows = reduce(np.union1d, near)
        total = sum(part.mass for part in parts)
        scores = np.zeros(len(rows), np.float32)
        for part in parts:
            mean, spread = part.space.moments(part.vector)
            own = part.space.scores(part.vector, rows) - np.float32(mean)
            scores += own / np.float32(spread or 1.0) * np.float32(part.mass / total)
        return rows, scores

    def _embed_texts(self, texts: Sequence[tuple[str, float]]) -> list[tuple[FloatMatrix, float]]:
        vectors = self._needed_encoder().embed_texts([text for text, _ in texts])
        return [(vector, weight) for vector, (_, weight) in zip(vectors, texts, strict=True)]

    def _embed_images(
        self, images: Sequence[tuple[ImageLike, float]]
    ) -> list[tuple[FloatMatrix, float]]:
        return [
            (self._embed_file(image) if isinstance(image, Path) else image, weight)
            for image, weight in images
        ]

    def _embed_file(self, path: Path) -> FloatMatrix:
        from index.io.images import read_image

        embedded = self._needed_encoder().embed_images([read_image(path).pixels])
        vectors = embedded.shared if embedded.image is None else embedded.image
        vector: FloatMatrix = vectors[0]
        return vector

    def _needed_encoder(self) -> Encoder:
        if self._encoder is None:
            raise InputError("this query needs the encoder that made the index")
        return self._encoder

    def _hits(self, rows: Rows, scores: Scores) -> list[Hit]:
        labels = self._index.labels(ARTWORK_LABELS)
        found = []
        for score, row in zip(scores.tolist(), rows.tolist(), strict=True):
            artwork_id, title_id, path, title = labels.row(row)
            found.append(Hit(artwork_id, title_id, path, title, score, row))
        return found


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """What is looked for in one space."""

    space: VectorSpace
    vector: FloatMatrix
    mass: float


def _direction(parts: Sequence[tuple[FloatMatrix, float]]) -> FloatMatrix:
    """The weighted sum of unit vectors, scaled to length one."""
    vector = np.sum([vector * np.float32(weight) for vector, weight in parts], axis=0)
    length = float(np.linalg.norm(vector))
    if length < 1e-6:
        raise InputError("the parts of the query cancel out", hint="ask for something else")
    direction: FloatMatrix = vector / np.float32(length)
    return direction


def _mass(parts: Sequence[tuple[FloatMatrix, float]]) -> float:
    return sum(abs(weight) for _, weight in parts)
