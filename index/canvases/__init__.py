"""Canvases: the places where artwork is shown."""

from index.canvases.canvas import Canvas, find_canvas, load_canvases

__all__ = ["Canvas", "find_canvas", "load_canvases"]
