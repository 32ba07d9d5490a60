"""How close past artwork is to a brief: its title's kind first, then what the picture shows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from assistant.answers.brief import Brief
from assistant.answers.exemplars import unit_interval
from assistant.answers.nearness import Nearness, measure_nearness
from index.encoders.protocol import Encoder
from index.io.images import read_image
from index.query.evidence import Catalogue
from index.records import FloatMatrix
from index.store import Index

_Floats = npt.NDArray[np.float64]

TITLE_WEIGHT = 0.7
PICTURE_WEIGHT = 0.3
"""What the picture adds, squeezed to the same range, once its title fits."""
WISH_WEIGHT = 0.5
"""What `must_show` adds to, and `avoid` takes from, the picture part."""
REFERENCE_WEIGHT = 1.5
"""What the likeness to references adds to it."""


@dataclass(frozen=True, slots=True, eq=False)
class Relevance:
    """Relevance of every artwork to one brief.

    Attributes:
        value: shape (artworks,), 0 to 1; 0 is the least that fits.
        fits: shape (artworks,), whether its title is of the brief's kind.
        by_title: shape (artworks,), score of its title (see `Nearness`).
        nearness: of titles.
    """

    value: _Floats
    fits: npt.NDArray[np.bool_]
    by_title: _Floats
    nearness: Nearness


def measure_relevance(
    brief: Brief,
    text: FloatMatrix,
    index: Index,
    encoder: Encoder | None,
    title_rows: npt.NDArray[np.intp],
) -> Relevance:
    """Relevance of every artwork of `index` to `brief`.

    Whether artwork fits is decided by its title alone; among what fits, what the picture shows
    counts beside it: the brief's text, plus `must_show`, minus `avoid`, and references.

    Args:
        text: its text embedding, shape (1, d).
        index: opened index made by `encoder`.
        encoder: embeds wishes and references; not needed for a brief without any.
        title_rows: row in the titles table of each artwork.

    Raises:
        ImageUnreadable: a reference is not a readable image.
    """
    nearness = measure_nearness(brief, text, index)
    picture = _by_picture(brief, text, index, encoder)
    value = TITLE_WEIGHT * nearness.value[title_rows] + PICTURE_WEIGHT * unit_interval(picture / 2)
    return Relevance(value, nearness.fits[title_rows], nearness.score[title_rows], nearness)


def _by_picture(brief: Brief, text: FloatMatrix, index: Index, encoder: Encoder | None) -> _Floats:
    """What pictures show of the brief, in standard deviations of what words give in the index."""
    catalogue, rows = Catalogue(index), np.arange(index.artworks)

    def fit(vector: FloatMatrix) -> _Floats:
        return catalogue.fit(catalogue.pictures, vector, rows, "picture").astype(np.float64)

    (words,) = text
    found = fit(words)
    wishes = [(word, WISH_WEIGHT) for word in brief.must_show]
    wishes += [(word, -WISH_WEIGHT) for word in brief.avoid]
    if wishes and encoder is not None:
        vectors = encoder.embed_texts([word for word, _ in wishes])
        for vector, (_, weight) in zip(vectors, wishes, strict=True):
            found = found + weight * fit(vector)
    if brief.references and encoder is not None:
        embedded = encoder.embed_images([read_image(path).pixels for path in brief.references])
        own = embedded.shared if embedded.image is None else embedded.image
        likeness = (index.picture_vectors @ own.T).max(axis=1).astype(np.float64)
        spread = float(likeness.std()) or 1.0
        found = found + REFERENCE_WEIGHT * (likeness - likeness.mean()) / spread
    return found
