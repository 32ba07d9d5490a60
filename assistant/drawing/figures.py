"""Small full-length people, as shapes: the long shot of drawn artwork."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from assistant.drawing.colours import Colour
from assistant.drawing.outlines import draw_layers, points
from assistant.drawing.stencil import Stencil
from assistant.drawing.surface import Points, Surface

_HEM = {"coat": -0.16, "dress": -0.24, "jacket": -0.46}


@dataclass(frozen=True, slots=True)
class FarFigure:
    """Someone seen from behind or far away.

    Args:
        dress: jacket, coat or dress.
        hat: "", brim, cap or helmet.
        stride: 0 stands, 1 walks with a long step.
        carry: "", bag, rifle, lantern or pack.
        mirror: whether the right hand is on the left.
    """

    dress: str = "jacket"
    hat: str = ""
    stride: float = 0.0
    carry: str = ""
    mirror: bool = False


def draw_figure(
    surface: Surface,
    figure: FarFigure,
    x: float,
    y: float,
    height: float,
    colour: Colour,
    rim: Colour | None = None,
) -> None:
    """A figure with its feet at (x, y); `rim` is a light that catches one side."""
    pen = Stencil(surface, x, y, height)
    side = -1 if figure.mirror else 1

    def stroke(knots: Points, width: float, fill: Colour = colour) -> None:
        pen.stroke(knots * (side, 1), fill, width)

    step, hem = 0.02 + 0.11 * figure.stride, _HEM[figure.dress]
    for leg, reach in ((-1, 0.6), (1, 0.7)):
        foot = 0.045 + step
        knee = (0.05 + step * reach, -0.23)
        stroke(np.array([(0.045, hem - 0.04), knee, (foot, -0.015)]) * (leg, 1), 0.07)
        pen.surface.ellipse(
            x + side * leg * (foot + 0.02) * height, y - 0.012 * height,
            0.045 * height, 0.016 * height, colour,
        )  # fmt: skip
    stroke(np.array([(-0.10, -0.77), (-0.145, -0.60), (-0.13 - 0.05 * figure.stride, -0.43)]), 0.05)
    stroke(points(".10,-.77 .15,-.60 .145,-.43"), 0.05)
    light = rim or (255, 226, 150)
    if figure.carry == "lantern":
        surface.glow(x + side * 0.145 * height, y - 0.36 * height, height * 0.55, light, 0.9)
    tones = {"ink": colour, "light": light}
    for part in (figure.carry, figure.dress, "head", figure.hat):
        draw_layers(pen, "figure", part, tones, light=side)
    if rim is not None:
        stroke(points(".075,-.80 .118,-.73 .105,-.50"), 0.014, rim)
        stroke(points(".048,-.955 .056,-.915 .04,-.875"), 0.012, rim)


def draw_couple(
    surface: Surface, x: float, y: float, height: float, colour: Colour, rim: Colour | None = None
) -> None:
    """Two people hand in hand."""
    gap = height * 0.17
    draw_figure(surface, FarFigure(mirror=True), x - gap, y, height, colour, rim)
    draw_figure(surface, FarFigure("dress"), x + gap, y, height * 0.93, colour, rim)


def draw_crew(
    surface: Surface,
    x: float,
    y: float,
    height: float,
    colour: Colour,
    rng: np.random.Generator,
    *,
    count: int,
    hats: tuple[str, ...] = ("",),
    carries: tuple[str, ...] = ("",),
    rim: Colour | None = None,
) -> None:
    """A row of different figures around x, the middle ones nearer."""
    for place in range(count):
        away = place - (count - 1) / 2
        tall = height * (1 - 0.05 * abs(away) + rng.uniform(-0.05, 0.03))
        foot = y - abs(away) * height * 0.02
        someone = some_figure(rng, hats, carries)
        draw_figure(surface, someone, x + away * 0.47 * height, foot, tall, colour, rim)


def some_figure(
    rng: np.random.Generator, hats: tuple[str, ...], carries: tuple[str, ...]
) -> FarFigure:
    """A figure by chance."""
    return FarFigure(
        dress=str(rng.choice(["jacket", "coat", "dress"])),
        hat=str(rng.choice(list(hats))),
        stride=float(rng.uniform(0, 0.7)),
        carry=str(rng.choice(list(carries))),
        mirror=bool(rng.integers(2)),
    )
