"""Layered outlines of faces, hair, clothes and things, read from YAML."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np

from assistant.drawing.colours import Colour, read_data, scale
from assistant.drawing.stencil import Patch, Stencil
from assistant.drawing.surface import Points, oval, smooth


@lru_cache(maxsize=512)
def points(text: str) -> Points:
    """An outline as SVG writes it: `points("0,0 1,0 .5,1")`, (n, 2)."""
    return np.array([[float(value) for value in pair.split(",")] for pair in text.split()])


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """One outline (two when it stands on both sides) and what fills it; see outlines.yaml."""

    fill: str
    outlines: tuple[Points, ...]
    brightness: float = 1.0
    alpha: float = 1.0
    blur: float = 0.0
    width: float = 0.0
    clipped: bool = False
    lit: bool = False


_NUMBERS = {"a": "alpha", "b": "blur", "w": "width"}


@cache
def _parse(text: str) -> Layer:
    head, _, body = text.partition(":")
    fill, *settings, kind = head.split()
    facts: dict[str, float | bool] = {}
    for one in settings:
        if one == "in":
            facts["clipped"] = True
        elif one[0] in _NUMBERS:
            facts[_NUMBERS[one[0]]] = float(one[1:])
        else:
            facts["brightness"] = float(one)
    shape, _, side = kind.partition("-")
    knots = points(body)
    if shape == "oval":
        knots = oval(*knots[0], *knots[1])
        knots = np.vstack([knots, knots[:1]])
    mirror = knots * [-1, 1]
    if side == "half":
        knots = np.vstack([knots, mirror[::-1][mirror[::-1, 0] != 0]])
    shapes: tuple[Points, ...] = (knots, mirror) if side == "pair" else (knots,)
    if shape in {"curve", "stroke"} and len(knots) > 2:
        shapes = tuple(smooth(one, closed=shape == "curve", steps=6) for one in shapes)
    return Layer(fill, shapes, lit=side == "lit", **facts)  # type: ignore[arg-type]


@cache
def load_outlines() -> dict[str, dict[str, tuple[Layer, ...]]]:
    """Group -> name -> layers, of outlines.yaml and props.yaml, and the parts of scenes.yaml."""
    groups: dict[str, dict[str, list[str]]] = {
        **read_data("outlines"),
        **read_data("props"),
        "parts": read_data("scenes")["parts"],
    }
    return {
        group: {name: tuple(map(_parse, layers)) for name, layers in named.items()}
        for group, named in groups.items()
    }


def draw_layers(
    pen: Stencil,
    group: str,
    name: str,
    colours: Mapping[str, Colour],
    *,
    within: Patch | None = None,
    light: int = 1,
) -> None:
    """Fill the layers of an outline from the bottom; a name without layers draws nothing.

    Args:
        colours: of the layers' fills, by name.
        within: clips the layers that ask for it.
        light: side the light comes from, -1 left or 1 right; turns what is lit over.
    """
    for layer in load_outlines()[group].get(name, ()):
        colour = scale(colours[layer.fill], layer.brightness)
        clip = within if layer.clipped else None
        for outline in layer.outlines:
            shape = outline * [light, 1] if layer.lit else outline
            if layer.blur or layer.alpha < 1 or clip is not None:
                mask = pen.mask(shape, blur=layer.blur, width=layer.width)
                pen.paint(mask, colour, layer.alpha, within=clip)
            elif layer.width:
                pen.stroke(shape, colour, layer.width)
            else:
                pen.fill(shape, colour)
