"""Search by words, pictures or both: exact, and without anything that starts slowly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from index.errors import InputError
from index.filters import Filters, passing
from index.records import FloatMatrix

if TYPE_CHECKING:
    from index.encoders import Encoder
    from index.store import Index

__all__ = ["Filters", "Hit", "Query", "Searcher"]

Scores = npt.NDArray[np.float32]
ImageLike = Path | FloatMatrix


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
        score: see `Searcher.search`.
        row: in the index's artworks and vectors.
    """

    artwork_id: str
    title_id: str
    path: str
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
        space's cosines are standardised over all artworks of the index and averaged, weighted by
        the sum of the absolute weights asked for in it; the score is then in standard deviations.
        Filters choose among artworks and change no score. Of equals the earlier row comes first.

        Raises:
            InputError: nothing asked for, parts that cancel out, or a filter that cannot be.
            ImageUnreadable: a picture of the query cannot be read.
        """
        if not query.texts and not query.images:
            raise InputError("the query is empty", mend="give words, a picture or both")
        scores = self._scores(query)
        mask = passing(self._index, filters or Filters())
        rows = np.arange(len(scores)) if mask is None else np.flatnonzero(mask)
        best = rows[_highest(scores[rows], k)]
        return self._hits(best, scores[best])

    def _scores(self, query: Query) -> Scores:
        by_space: dict[str, list[tuple[FloatMatrix, float]]] = {}
        if query.texts:
            by_space["shared"] = self._embed_texts(query.texts)
        if query.images:
            by_space.setdefault(self._image_space, []).extend(self._embed_images(query.images))
        found = [(self._cosines(space, parts), _mass(parts)) for space, parts in by_space.items()]
        if len(found) == 1:
            return found[0][0]
        total = sum(mass for _, mass in found)
        combined: Scores = np.sum(
            [_standardised(scores) * np.float32(mass / total) for scores, mass in found], axis=0
        )
        return combined

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
        from index.images import read_image

        embedded = self._needed_encoder().embed_images([read_image(path).pixels])
        vectors = embedded.shared if embedded.image is None else embedded.image
        vector: FloatMatrix = vectors[0]
        return vector

    def _needed_encoder(self) -> Encoder:
        if self._encoder is None:
            raise InputError("this query needs the encoder that made the index")
        return self._encoder

    def _cosines(self, space: str, parts: Sequence[tuple[FloatMatrix, float]]) -> Scores:
        vector = np.sum([vector * np.float32(weight) for vector, weight in parts], axis=0)
        length = float(np.linalg.norm(vector))
        if length < 1e-6:
            raise InputError("the parts of the query cancel out", mend="ask for something else")
        scores: Scores = self._index.vectors(space) @ (vector / np.float32(length))
        return scores

    def _hits(self, rows: npt.NDArray[np.intp], scores: Scores) -> list[Hit]:
        columns = ["artwork_id", "title_id", "path"]
        table = self._index.table("artworks", columns)
        values = ([table[name][row].as_py() for name in columns] for row in rows.tolist())
        return [
            Hit(artwork_id, title_id, path, float(score), row)
            for (artwork_id, title_id, path), score, row in zip(
                values, scores.tolist(), rows.tolist(), strict=True
            )
        ]


def _mass(parts: Sequence[tuple[FloatMatrix, float]]) -> float:
    return sum(abs(weight) for _, weight in parts)


def _standardised(scores: Scores) -> Scores:
    spread = scores.std()
    centred: Scores = scores - scores.mean()
    return centred / spread if spread > 0 else centred


def _highest(scores: Scores, k: int) -> npt.NDArray[np.intp]:
    """Places of the k highest scores, best first; ties go to the earlier place."""
    if k < len(scores):
        bar = np.partition(scores, -k)[-k] if k > 0 else np.inf
        candidates = np.flatnonzero(scores >= bar)
    else:
        candidates = np.arange(len(scores))
    return candidates[np.argsort(-scores[candidates], kind="stable")][:k]
