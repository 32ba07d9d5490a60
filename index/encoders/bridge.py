"""From pictures to the words of their titles: a linear map that an index learned from itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from index.encoders.protocol import Encoder, ImageEmbeddings
from index.records import FloatMatrix, Pixels

Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Bridge:
    """A ridge regression from image features to text vectors, beside the encoder's own vectors.

    What all titles' texts have in common says nothing of any one of them, so the direction of
    their mean is taken out of both parts. Texts then need no change: the inner product with a
    text's vector is the same whether or not that direction is in it.

    Attributes:
        matrix: (features, dimensions), of the regression.
        centre: (features,), the mean of the features.
        common: (dimensions,), unit vector of the mean of the titles' texts.
        share: of the learned part, 0 to 1.
    """

    matrix: FloatMatrix
    centre: FloatMatrix
    common: FloatMatrix
    share: float

    def apply(self, features: FloatMatrix, encoded: FloatMatrix) -> FloatMatrix:
        """The vectors that are compared with texts.

        Args:
            features: (n, features) of pictures, from the image-only space where there is one.
            encoded: (n, dimensions), the encoder's own vectors of the same pictures.
        """
        learned = (np.asarray(features, np.float32) - self.centre) @ self.matrix
        return mix(learned, encoded, self.common, self.share)

    def to_arrays(self) -> dict[str, npt.NDArray[Any]]:
        """The bridge as named arrays."""
        share = np.array(self.share)
        return {"matrix": self.matrix, "centre": self.centre, "common": self.common, "share": share}

    @classmethod
    def from_arrays(cls, arrays: dict[str, npt.NDArray[Any]]) -> Bridge:
        """What `to_arrays` gave."""
        share = float(arrays["share"])
        return cls(arrays["matrix"], arrays["centre"], arrays["common"], share)


def mix(
    learned: npt.NDArray[Any], encoded: npt.NDArray[Any], common: npt.NDArray[Any], share: float
) -> FloatMatrix:
    """Unit rows of the weighted sum of two parts, each of length one without `common`."""
    parts = share * _without(learned, common) + (1 - share) * _without(encoded, common)
    return _unit(parts).astype(np.float32)


class BridgedEncoder:
    """An encoder whose pictures cross an index's bridge; follows `protocol.Encoder`.

    Its id and fingerprint are those of the encoder, as the index that has the bridge names it.

    Args:
        encoder: made the index.
        read: gives the bridge of the index when the first picture comes.
    """

    def __init__(self, encoder: Encoder, read: Callable[[], Bridge]) -> None:
        self._encoder, self._read = encoder, read
        self.id, self.fingerprint = encoder.id, encoder.fingerprint
        self.dimensions, self.image_dimensions = encoder.dimensions, encoder.image_dimensions

    @property
    def class_names(self) -> tuple[str, ...] | None:
        """Those of the encoder."""
        return self._encoder.class_names

    def embed_images(self, pixels: Sequence[Pixels]) -> ImageEmbeddings:
        """Embed sRGB images, each uint8 (height, width, 3)."""
        found = self._encoder.embed_images(pixels)
        features = found.shared if found.image is None else found.image
        shared = self._bridge.apply(features, found.shared)
        return ImageEmbeddings(shared, found.image, found.classes)

    def embed_texts(self, texts: Sequence[str]) -> FloatMatrix:
        """Embed texts into (n, dimensions) unit rows."""
        return self._encoder.embed_texts(texts)

    @cached_property
    def _bridge(self) -> Bridge:
        return self._read()


def _without(vectors: npt.NDArray[Any], common: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Unit rows without what they have of one direction."""
    return _unit(vectors - np.outer(vectors @ common, common))


def _unit(vectors: npt.NDArray[Any]) -> npt.NDArray[Any]:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: npt.NDArray[Any] = vectors / np.maximum(lengths, 1e-12)
    return unit
