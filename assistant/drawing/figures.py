"""Small full-length people, as shapes: the long shot of the demo artwork."""

from __future__ import annotations

import numpy as np

from assistant.drawing.canvas import Canvas, Points, oval, points, smooth
from assistant.drawing.colours import Colour

# Outlines in units of the body height, feet at (0, 0), y up.
_COAT = points(
    "-0.1,0.1 -0.12,0.45 -0.125,0.7 -0.1,0.8 -0.03,0.84 0.03,0.84 0.1,0.8 0.125,0.7 "
    "0.12,0.45 0.11,0.1"
)
_JACKET = points(
    "-0.085,0.44 -0.1,0.6 -0.125,0.74 -0.1,0.81 -0.03,0.84 0.03,0.84 0.1,0.81 "
    "0.125,0.74 0.1,0.6 0.085,0.44"
)
_DRESS = points(
    "-0.16,0.22 -0.07,0.52 -0.06,0.6 -0.095,0.77 -0.03,0.84 0.03,0.84 0.095,0.77 "
    "0.06,0.6 0.07,0.52 0.16,0.22"
)


def _placed(
    shape: list[tuple[float, float]] | Points,
    x: float,
    y: float,
    height: float,
    mirror: bool = False,
) -> Points:
    points = np.asarray(shape, dtype=np.float64) * height
    if mirror:
        points[:, 0] *= -1
    return np.column_stack([x + points[:, 0], y - points[:, 1]])


def stand(
    canvas: Canvas,
    x: float,
    y: float,
    height: float,
    colour: Colour,
    *,
    dress: str = "jacket",
    hat: str = "",
    stride: float = 0.0,
    rim: Colour | None = None,
    mirror: bool = False,
    carry: str = "",
    arm: float = 0.0,
) -> None:
    """A figure with its feet at (x, y), seen from behind or far away.

    Args:
        dress: jacket, coat or dress.
        hat: "", brim, cap or helmet.
        stride: 0 stands, 1 walks with a long step.
        rim: a light that catches one side.
        carry: "", bag, rifle, lantern, pack or umbrella.
        arm: 0 hangs, 1 is raised up high.
    """

    def put(shape: list[tuple[float, float]] | Points, fill: Colour = colour) -> None:
        canvas.polygon(_placed(shape, x, y, height, mirror), fill)

    def stroke(points: list[tuple[float, float]], width: float, fill: Colour = colour) -> None:
        canvas.line(_placed(points, x, y, height, mirror), fill, width * height)

    step = 0.02 + 0.11 * stride
    hem = {"coat": 0.16, "dress": 0.24}.get(dress, 0.46)
    stroke([(-0.045, hem + 0.04), (-0.05 - step * 0.6, 0.22), (-0.045 - step, 0.015)], 0.07)
    stroke([(0.045, hem + 0.04), (0.05 + step * 0.7, 0.24), (0.045 + step, 0.015)], 0.07)
    for side, foot in ((-1, -0.045 - step), (1, 0.045 + step)):
        put(oval(foot + 0.02 * side, 0.012, 0.045, 0.016))
    if carry == "pack":
        put(smooth([(-0.15, 0.52), (-0.16, 0.76), (0.02, 0.80), (0.02, 0.52)]))
    stroke([(-0.10, 0.77), (-0.145, 0.60), (-0.13 - 0.05 * stride, 0.43)], 0.05)
    hand_x = 0.145 + 0.10 * arm
    hand_y = 0.43 + 0.52 * arm
    stroke([(0.10, 0.77), (0.15 + 0.04 * arm, 0.60 + 0.12 * arm), (hand_x, hand_y)], 0.05)
    put(smooth({"coat": _COAT, "dress": _DRESS}.get(dress, _JACKET), steps=5))
    put([(-0.03, 0.82), (-0.026, 0.89), (0.026, 0.89), (0.03, 0.82)])
    put(oval(0, 0.925, 0.056, 0.072))
    if dress == "dress":
        put(smooth(points("-0.065,0.84 -0.07,0.95 0,1.005 0.07,0.95 0.065,0.84")))
    if hat == "brim":
        put(oval(0, 0.965, 0.125, 0.018))
        put([(-0.06, 0.96), (-0.05, 1.03), (0.05, 1.03), (0.06, 0.96)])
    elif hat == "cap":
        put(smooth([(-0.062, 0.95), (-0.05, 1.01), (0.05, 1.01), (0.11, 0.95)]))
    elif hat == "helmet":
        put(smooth(points("-0.085,0.935 -0.075,1.01 0,1.03 0.075,1.01 0.085,0.935")))
    if carry == "bag":
        put(
            [
                (hand_x - 0.07, 0.43),
                (hand_x + 0.07, 0.43),
                (hand_x + 0.08, 0.26),
                (hand_x - 0.08, 0.26),
            ]
        )
    elif carry == "rifle":
        stroke([(-0.22, 0.50), (0.24, 0.78)], 0.022)
        stroke([(-0.20, 0.50), (-0.10, 0.58)], 0.05)
    elif carry == "lantern":
        canvas.glow(
            x + (-hand_x if mirror else hand_x) * height,
            y - 0.36 * height,
            height * 0.55,
            rim or (255, 220, 140),
            0.9,
        )
        put(oval(hand_x, 0.36, 0.03, 0.045), rim or (255, 230, 160))
    elif carry == "umbrella":
        stroke([(0.13, 0.45), (0.13, 1.16)], 0.014)
        put(
            smooth(
                points(
                    "-0.22,1.02 -0.1,1.16 0.13,1.23 0.36,1.16 0.48,1.02 0.36,1.04 0.25,1.02 "
                    "0.13,1.05 0,1.02 -0.1,1.04"
                )
            )
        )
    if rim is not None:
        stroke([(0.075, 0.80), (0.118, 0.73), (0.105, 0.50)], 0.014, rim)
        stroke([(0.048, 0.955), (0.056, 0.915), (0.04, 0.875)], 0.012, rim)


def couple(
    canvas: Canvas, x: float, y: float, height: float, colour: Colour, rim: Colour | None = None
) -> None:
    """Two people hand in hand."""
    gap = height * 0.17
    stand(canvas, x - gap, y, height, colour, rim=rim, mirror=True)
    stand(canvas, x + gap, y, height * 0.93, colour, dress="dress", rim=rim)


def crew(
    canvas: Canvas,
    x: float,
    y: float,
    height: float,
    colour: Colour,
    rng: np.random.Generator,
    *,
    count: int,
    spread: float,
    rim: Colour | None = None,
    hats: tuple[str, ...] = ("",),
    carries: tuple[str, ...] = ("",),
) -> None:
    """A row of different figures around x, the middle ones nearer."""
    for place in range(count):
        away = place - (count - 1) / 2
        tall = height * (1 - 0.05 * abs(away) + rng.uniform(-0.05, 0.03))
        stand(
            canvas,
            x + away * spread,
            y - abs(away) * height * 0.02,
            tall,
            colour,
            dress=str(rng.choice(["jacket", "coat", "dress"])),
            hat=str(rng.choice(list(hats))),
            carry=str(rng.choice(list(carries))),
            stride=float(rng.uniform(0, 0.6)),
            rim=rim,
            mirror=bool(rng.integers(2)),
        )
