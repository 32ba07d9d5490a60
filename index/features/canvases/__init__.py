"""Canvases: the places where artwork is shown, and what of it survives there."""

from index.features.canvases.canvas import Canvas, find_canvas, load_canvases
from index.features.canvases.survival import Survival, layouts, survive
from index.features.layout import Layout

__all__ = [
    "Canvas", "Layout", "Survival", "find_canvas", "layouts", "load_canvases", "survive",
]  # fmt: skip
