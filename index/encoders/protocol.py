"""What the engine asks of an encoder, and how a spec names its precision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from index.errors import InputError
from index.records import FloatMatrix, Pixels


@dataclass(frozen=True, slots=True)
class ImageEmbeddings:
    """What an encoder says of n images; every row of a space has length one.

    Attributes:
        shared: (n, dimensions), the space that texts share.
        image: (n, image_dimensions), a space for image-to-image likeness, or None.
        classes: (n, classes) probabilities in the order of `class_names`, or None.
    """

    shared: FloatMatrix
    image: FloatMatrix | None = None
    classes: FloatMatrix | None = None


class Encoder(Protocol):
    """Turns images and texts into unit vectors of one shared space.

    A vector depends on its own image or text alone, never on what it was embedded beside, so a
    resumed run gives what an unbroken one gives. Vectors of two encoders may be compared only
    where their fingerprints are equal.
    """

    @property
    def id(self) -> str:
        """The spec that names this encoder, such as `starter` or `open_clip:ViT-B-32`."""

    @property
    def fingerprint(self) -> str:
        """Hex digest of weights, preprocessing and export version."""

    @property
    def dimensions(self) -> int:
        """Width of the shared space."""

    @property
    def image_dimensions(self) -> int | None:
        """Width of the image-only space; None when there is none."""

    @property
    def class_names(self) -> tuple[str, ...] | None:
        """What the columns of `ImageEmbeddings.classes` stand for; None when there are none."""

    def embed_images(self, pixels: Sequence[Pixels]) -> ImageEmbeddings:
        """Embed sRGB images, each uint8 of shape (height, width, 3); rows keep their order."""

    def embed_texts(self, texts: Sequence[str]) -> FloatMatrix:
        """Embed texts into (n, dimensions) unit rows in their order."""


Precision = Literal["int8", "fp32"]

_USUAL: dict[str, Precision] = {"starter": "int8"}
"""Where a spec names none; anything else is fp32."""


def split_precision(spec: str) -> tuple[str, Precision]:
    """`open_clip:ViT-B-32@int8` is (`open_clip:ViT-B-32`, `int8`).

    Raises:
        InputError: what stands behind the @ is no precision.
    """
    model, at, asked = spec.rpartition("@")
    if not at:
        return spec, _USUAL.get(spec, "fp32")
    if asked == "int8":
        return model, "int8"
    if asked == "fp32":
        return model, "fp32"
    raise InputError(f"there is no precision {asked!r}", hint=f"use {model}@int8 or {model}@fp32")


def with_precision(model: str, precision: Precision) -> str:
    """The spec that `split_precision` takes apart, the usual precision left unsaid."""
    return model if precision == _USUAL.get(model, "fp32") else f"{model}@{precision}"
