"""Grey figures and the tones that wireframes are drawn in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from assistant.drawing.colours import Colour, Palette, mix, scale
from assistant.drawing.outlines import points
from assistant.drawing.stencil import Stencil
from assistant.drawing.surface import Surface, oval, smooth
from assistant.mockups.composed import FACE

if TYPE_CHECKING:
    from assistant.mockups.composed import Mannequin


def grey(palette: Palette, light: float) -> Colour:
    """A grey that follows the palette's light: paler in a light comp, darker in a dark one."""
    tone = mix(palette.ink, palette.paper, light)
    value = round(0.2126 * tone[0] + 0.7152 * tone[1] + 0.0722 * tone[2])
    return value, value, value


def draw_person(surface: Surface, palette: Palette, person: Mannequin, *, lead: bool) -> None:
    """A grey mannequin: how many people, how near and which way they look, not who they are."""
    base = grey(palette, (0.44 if palette.night else 0.66) - (0 if lead else 0.08))
    base = mix(base, palette.haze, 0.45 * person.depth)
    shade, light = scale(base, 0.78), mix(base, palette.paper, 0.35)
    pen = Stencil(surface, person.x, person.y, person.size)
    tall = FACE / 2
    if person.full:
        surface.ellipse(person.x, person.feet, person.size, 0.16 * person.size, palette.ink, 0.4)
    body = smooth(_FULL, steps=6) if person.full else _BUST
    pen.fill(body, shade)
    pen.fill(body * [0.5, 1] + [-0.16 if person.turn <= 0 else 0.16, 0.02], mix(shade, base, 0.45))
    pen.fill(
        smooth(np.array([(-0.2, 0.3), (0.2, 0.3), (0.26, 0.86), (0, 0.98), (-0.26, 0.86)])),
        scale(base, 0.66),
    )
    pen.fill(oval(0, 0, 0.5, tall), base)
    side = -0.5 if person.turn >= 0 else 0.5
    shadow = pen.mask(oval(side, 0.1, 0.42, tall), blur=0.02)
    pen.paint(shadow, shade, 0.7, within=pen.mask(oval(0, 0, 0.5, tall)))
    if person.full:
        return
    turn = float(np.clip(person.turn, -1, 1))
    bend = 0.34 * turn
    middle = smooth(
        np.array(
            [(0.06 * turn, -0.98 * tall), (bend, -0.2), (bend, 0.25), (0.08 * turn, 0.97 * tall)]
        ),
        closed=False,
    )
    eyes = smooth(np.array([(-0.49, -0.02), (bend, 0.06), (0.49, -0.02)]), closed=False)
    for line in (middle, eyes):
        pen.stroke(line, light, 0.018)


_SHOULDER = smooth(
    points(".16,.62 .30,.82 .85,1.02 1.05,1.5 1.12,2.6 1.13,3.6"), closed=False, steps=6
)
_BUST = np.vstack([_SHOULDER, [(1.13, 20), (-1.13, 20)], _SHOULDER[::-1] * (-1, 1)])
_FULL = np.array(
    [(-0.2, 0.5), (-0.75, 0.9), (-0.95, 1.9), (-0.95, 3.0), (-0.72, 3.0), (-0.62, 2.0), (-0.6, 3.2),
     (-0.62, 6.1), (-0.12, 6.1), (0, 3.6), (0.12, 6.1), (0.62, 6.1), (0.6, 3.2), (0.62, 2.0),
     (0.72, 3.0), (0.95, 3.0), (0.95, 1.9), (0.75, 0.9), (0.2, 0.5)]
)  # fmt: skip
