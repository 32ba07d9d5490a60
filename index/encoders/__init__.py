"""Encoders: images and texts as unit vectors of one space. Loading one imports no torch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from index.encoders.protocol import Encoder, ImageEmbeddings

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Encoder", "ImageEmbeddings", "load_encoder"]


def load_encoder(
    spec: str = "starter",
    *,
    weights: Path | None = None,
    cache: Path | None = None,
    threads: int | None = None,
) -> Encoder:
    """Load the encoder a spec names."""
    from index.encoders.cache import open_or_build
    from index.encoders.starter import ID, StarterEncoder, starter_fingerprint

    def build(folder: Path) -> None:
        from index.encoders.starter_export import export_starter

        export_starter(folder)

    return StarterEncoder(open_or_build(ID, starter_fingerprint(), build, cache), threads)
