"""Layered outlines of hair, hats, garments and things, read from YAML."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np
import yaml

from assistant.drawing.canvas import Points, oval, smooth
from assistant.drawing.colours import Colour, Palette, scale
from assistant.drawing.stencil import Patch, Stencil


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """One outline (two when it stands on both sides) and the colour that fills it."""

    fill: str
    brightness: float
    outlines: tuple[Points, ...]


def _parse_layer(text: str) -> Layer:
    head, _, body = text.partition(":")
    fill, brightness, kind = head.split()
    points = np.array([[float(value) for value in pair.split(",")] for pair in body.split()])
    if kind == "oval":
        return Layer(fill, float(brightness), (oval(*points[0], *points[1]),))
    mirror = points * [-1, 1]
    shape, _, side = kind.partition("-")
    if side == "half":
        points = np.vstack([points, mirror[::-1][mirror[::-1, 0] != 0]])
    shapes: tuple[Points, ...] = (points, mirror) if side == "pair" else (points,)
    if shape == "curve":
        shapes = tuple(smooth(one, steps=6) for one in shapes)
    return Layer(fill, float(brightness), shapes)


@cache
def load_outlines() -> dict[str, dict[str, tuple[Layer, ...]]]:
    """Group -> name -> layers, of outlines.yaml and props.yaml."""
    folder = resources.files("assistant.drawing")
    groups: dict[str, dict[str, list[str]]] = {}
    for name in ("outlines.yaml", "props.yaml"):
        groups |= yaml.safe_load((folder / name).read_text(encoding="utf-8"))
    return {
        group: {name: tuple(map(_parse_layer, layers)) for name, layers in named.items()}
        for group, named in groups.items()
    }


def layer_colour(layer: Layer, palette: Palette, extra: dict[str, Colour]) -> Colour:
    """The layer's colour: one of `extra` (hair, cloth) or a role of the palette."""
    colour = extra[layer.fill] if layer.fill in extra else getattr(palette, layer.fill)
    return scale(colour, layer.brightness)


def draw_layers(
    pen: Stencil,
    group: str,
    name: str,
    palette: Palette,
    extra: dict[str, Colour],
    *,
    within: Patch | None = None,
) -> None:
    """Fill the layers of an outline from the bottom, clipped by a mask; no layers draw nothing."""
    for layer in load_outlines()[group].get(name, ()):
        colour = layer_colour(layer, palette, extra)
        for outline in layer.outlines:
            if within is None:
                pen.fill(outline, colour)
            else:
                pen.paint(pen.mask(outline), colour, within=within)
