"""How close past artwork is to a brief: by its title's text, by what it shows, by references."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from index.io.images import read_image

if TYPE_CHECKING:
    from assistant.answers.brief import Brief
    from index.encoders.protocol import Encoder
    from index.records import FloatMatrix
    from index.store import Index

_Floats = npt.NDArray[np.float64]

TITLE_WEIGHT = 0.7
IMAGE_WEIGHT = 0.3
REFERENCE_WEIGHT = 0.7
WISH_WEIGHT = 0.5
"""What `must_show` adds to, and `avoid` takes from, the picture part."""


@dataclass(frozen=True, slots=True)
class Relevance:
    """Relevance of every artwork to one brief.

    Attributes:
        value: shape (artworks,), 0 to 1: the share of the index that is less relevant.
        by_title: cosine of the brief's text with each artwork's title's text.
    """

    value: _Floats
    by_title: _Floats


def _standardised(values: _Floats) -> _Floats:
    spread = values.std()
    centred: _Floats = values - values.mean()
    return centred / spread if spread > 0 else centred


def _rank_share(values: _Floats) -> _Floats:
    """Share of the others that each value exceeds, ties sharing their mean."""
    from scipy.stats import rankdata

    if values.size < 2:
        return np.ones_like(values)
    ranks: _Floats = (rankdata(values) - 1) / (values.size - 1)
    return ranks


def _reference_vectors(brief: Brief, encoder: Encoder) -> FloatMatrix:
    embedded = encoder.embed_images([read_image(path).pixels for path in brief.references])
    return embedded.shared if embedded.image is None else embedded.image


def measure_relevance(
    brief: Brief,
    text: FloatMatrix,
    index: Index,
    encoder: Encoder | None,
    title_rows: npt.NDArray[np.intp],
) -> Relevance:
    """Relevance of every artwork of `index` to `brief`.

    Three similarities, each standardised over the index before they are weighed: title text
    with title text, brief text with picture (plus `must_show`, minus `avoid`), and references
    with picture where the brief has any.

    Args:
        brief: checked brief.
        text: its text embedding, shape (1, d).
        index: opened index made by `encoder`.
        encoder: embeds wishes and references; not needed for a brief without any.
        title_rows: row in the titles table of each artwork.

    Raises:
        ImageUnreadable: a reference is not a readable image.
    """
    by_title = (index.vectors("titles") @ text[0]).astype(np.float64)[title_rows]
    pictures = index.vectors("shared")
    by_image = _standardised((pictures @ text[0]).astype(np.float64))
    wishes = [(word, WISH_WEIGHT) for word in brief.must_show]
    wishes += [(word, -WISH_WEIGHT) for word in brief.avoid]
    if wishes and encoder is not None:
        vectors = encoder.embed_texts([word for word, _ in wishes])
        for vector, (_, weight) in zip(vectors, wishes, strict=True):
            by_image += weight * _standardised((pictures @ vector).astype(np.float64))
    combined = TITLE_WEIGHT * _standardised(by_title) + IMAGE_WEIGHT * by_image
    if brief.references and encoder is not None:
        similarity = index.picture_vectors @ _reference_vectors(brief, encoder).T
        combined += REFERENCE_WEIGHT * _standardised(similarity.max(axis=1).astype(np.float64))
    return Relevance(_rank_share(combined), by_title)
