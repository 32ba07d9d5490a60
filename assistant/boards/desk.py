"""What is opened once and serves every board of a run."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from assistant.answers.match import read_artworks
from assistant.insights.index_cache import index_cache
from index.features.canvases import layouts, load_canvases

if TYPE_CHECKING:
    from collections.abc import Mapping

    from index.encoders.protocol import Encoder
    from index.features.canvases import Canvas, Layout
    from index.store import Index


@dataclass(frozen=True, slots=True)
class Desk:
    """An index, the encoder that made it, and the canvases with a size, by name."""

    index: Index
    encoder: Encoder
    canvases: Mapping[str, Canvas] = field(default_factory=load_canvases)


@index_cache
def read_layouts(index: Index) -> dict[str, Layout]:
    """Where things are in each artwork, where that was measured."""
    return layouts(index)


@index_cache
def artwork_rows(index: Index) -> dict[str, int]:
    """The row of each artwork."""
    return {artwork: row for row, artwork in enumerate(read_artworks(index).ids)}
