"""Encoders: images and texts as unit vectors of one space. Loading one imports no torch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from index.encoders.protocol import Encoder, ImageEmbeddings

if TYPE_CHECKING:
    from index.encoders.loading import load_cached, load_encoder

__all__ = ["Encoder", "ImageEmbeddings", "load_cached", "load_encoder"]


def __getattr__(name: str) -> Any:
    """Import the loaders when they are first asked for."""
    if name in {"load_cached", "load_encoder"}:
        from index.encoders import loading

        return getattr(loading, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
