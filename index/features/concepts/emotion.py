"""What feeling the largest face shows; never whose face it is, nor gender, age or origin."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

import numpy as np

from index.features.feature import Feature
from index.records import FloatMatrix, Pixels

if TYPE_CHECKING:
    from index.encoders import Encoder

EMOTIONS = {
    "calm": "a calm, neutral expression",
    "joy": "a happy smile",
    "sadness": "a sad expression",
    "anger": "an angry expression",
    "fear": "a frightened expression",
    "surprise": "a surprised expression",
    "disgust": "a disgusted expression",
}
"""Levels of the feature, and how they are put to an encoder of texts (Ekman's six and calm)."""
TEMPLATES = ("a face with {}", "a photo of a person with {}")
SHARPNESS = 100.0
"""What cosines are multiplied by before the softmax: where CLIP's own temperature ends up."""
LEAST_SHARE = 0.5
MARGIN = 1.5
"""Side of the square crop, in square roots of the face box's area."""
SMALLEST = 32
"""Pixels a side below which a face is too small to be read."""

EMOTION = Feature(
    name="emotion",
    unit="feeling",
    low=None,
    high=None,
    kind="category",
    group="people",
    sentence="What feeling the largest face seems to show; missing without a face or where it is "
    "not clear.",
    source="A square crop around the largest face, put to the encoder's texts by zero-shot "
    "classification (Radford et al. 2021), or to a classifier that the user names; the surest of "
    "seven, if it holds at least half. With an encoder that has no texts of its own (starter) it "
    "is not measured.",
    extractor="emotion",
    levels=tuple(EMOTIONS),
    checked="Not measured on labelled faces: no trained text encoder was available. Expressions "
    "are posed, and seeming is not feeling.",
)


class EmotionReader(Protocol):
    """Reads face crops while pictures are loaded, and later says what they feel."""

    @property
    def fingerprint(self) -> str:
        """Changes when a face would be read differently."""

    @property
    def width(self) -> int:
        """Numbers a face."""

    def read(self, crops: Sequence[Pixels]) -> FloatMatrix:
        """(n, width) numbers of n crops."""

    def emotions(self, faces: FloatMatrix) -> list[str | None]:
        """One of EMOTIONS, or None, for each row that `read` gave; a row of NaN has no face."""


class TextEmotions:
    """An EmotionReader by zero-shot classification with an encoder of pictures and texts.

    Faces are kept as vectors of the shared space, so that other texts need no second look.

    Args:
        encoder: one whose pictures and texts were trained to share a space.
    """

    fingerprint = "faces-1"

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self.width = encoder.dimensions

    def read(self, crops: Sequence[Pixels]) -> FloatMatrix:
        """(n, width) unit vectors of n crops."""
        return self._encoder.embed_images(crops).shared

    def emotions(self, faces: FloatMatrix) -> list[str | None]:
        """The surest of EMOTIONS by the mean vector of its texts, or None."""
        from scipy.special import softmax

        texts = [one.format(says) for says in EMOTIONS.values() for one in TEMPLATES]
        vectors = self._encoder.embed_texts(texts).reshape(len(EMOTIONS), len(TEMPLATES), -1)
        means = vectors.mean(axis=1)
        means /= np.linalg.norm(means, axis=1, keepdims=True)
        return clear_emotions(softmax(SHARPNESS * (faces @ means.T), axis=1), tuple(EMOTIONS))


def reader_with(encoder: Encoder) -> EmotionReader | None:
    """A reader by the encoder itself; None where its pictures and texts share no learned space."""
    return TextEmotions(encoder) if encoder.class_names is None else None


def largest_face(
    pixels: Pixels, x: float | None, y: float | None, share: float | None
) -> Pixels | None:
    """A square around the largest face as it was measured; None without one or if too small.

    Args:
        pixels: uint8, H × W × 3.
        x, y: middle of the face, in shares of width and height.
        share: area of its box, as a share of the picture.
    """
    if x is None or y is None or not share:
        return None
    height, width = pixels.shape[:2]
    side = MARGIN * (share * height * width) ** 0.5
    if side < SMALLEST:
        return None
    left, top = round(x * width - side / 2), round(y * height - side / 2)
    right, bottom = left + round(side), top + round(side)
    crop = pixels[max(top, 0) : bottom, max(left, 0) : right]
    return np.ascontiguousarray(crop) if crop.size else None


def clear_emotions(shares: FloatMatrix, levels: Sequence[str]) -> list[str | None]:
    """The level that holds at least half of a row's shares; None where none does, or for NaN."""
    best = np.argmax(np.nan_to_num(shares, nan=-1.0), axis=1)
    clear = np.nan_to_num(shares.max(axis=1), nan=0.0) >= LEAST_SHARE
    return [levels[at] if sure else None for at, sure in zip(best, clear, strict=True)]
