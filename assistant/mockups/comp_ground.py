"""What lies behind the people of a comp: light, fields of colour, halves, and boxes for things."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.drawing.colours import Palette, mix
from assistant.mockups.comp_type import set_label
from assistant.mockups.mannequin import grey

if TYPE_CHECKING:
    from assistant.drawing.surface import Surface
    from assistant.mockups.composed import Box, Composition
    from assistant.mockups.palette import CompColours


def draw_light(surface: Surface, palette: Palette, plan: Composition) -> None:
    """A plain ground with the light where the eye should go."""
    surface.gradient(
        [(0, palette.sky), (0.6, mix(palette.sky, palette.haze, 0.6)), (1, palette.haze)]
    )
    reach = 0.9 * max(surface.width, surface.height) / 1.4
    surface.glow(*plan.focus, reach, mix(palette.haze, palette.glow, 0.6), 0.75)


def draw_fields(surface: Surface, colours: CompColours, plan: Composition) -> None:
    """Discs of the colours that are asked for, behind the focal point, largest first."""
    (x, y), unit = plan.focus, (surface.width * surface.height / 1.5) ** 0.5
    for place, colour in enumerate(colours.fields):
        radius = (0.56, 0.40, 0.25)[place] * unit
        surface.ellipse(x, y, radius, radius, colour)


def draw_split(surface: Surface, palette: Palette, plan: Composition) -> None:
    """One half of the ground in another tone, the edge a little aslant."""
    assert plan.split is not None
    x, lean = plan.split * surface.width, 0.05 * surface.width
    half = [
        (x + lean, 0),
        (surface.width, 0),
        (surface.width, surface.height),
        (x - lean, surface.height),
    ]
    surface.polygon(half, palette.near, 0.55)
    surface.line([(x + lean, 0), (x - lean, surface.height)], palette.paper, 0.004 * surface.width)


def draw_symbol(surface: Surface, palette: Palette, box: Box, words: str) -> None:
    """A crossed box that stands for a thing, with its name."""
    left, top, right, bottom = box
    thin = max(1.5, 0.004 * min(surface.width, surface.height))
    surface.rectangle(*box, grey(palette, 0.5 if palette.night else 0.72), 0.88)
    corners = [(left, top), (right, top), (right, bottom), (left, bottom)]
    pen = grey(palette, 0.3 if palette.night else 0.45)
    for one, other in ((0, 2), (1, 3)):
        surface.line([corners[one], corners[other]], pen, thin)
    surface.line([*corners, corners[0]], pen, thin)
    seen = max(left, 0), min(right, surface.width), max(top, 0), min(bottom, surface.height)
    if words and seen[1] - seen[0] > 0.12 * surface.width:
        middle = (seen[0] + seen[1]) / 2, (seen[2] + seen[3]) / 2
        set_label(surface, words, middle, 0.86 * (seen[1] - seen[0]), palette)
