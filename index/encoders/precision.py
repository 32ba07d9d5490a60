"""How many bits an encoder's image tower works with, as its spec says it."""

from __future__ import annotations

from typing import Literal

from index.errors import InputError

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
