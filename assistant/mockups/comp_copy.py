"""The small type of a comp: bars for the credits or, where more lettering is asked for, words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.drawing.colours import Colour, Palette, luma, mix
from assistant.drawing.lettering import Block, set_line
from assistant.drawing.surface import Surface
from assistant.mockups.aims import Aim, leaning
from assistant.mockups.comp_type import SMALL
from assistant.mockups.title_place import is_wide

if TYPE_CHECKING:
    from assistant.mockups.composed import Composition
    from index.features.canvases import Canvas

_LEAST = 9.0
"""Least height of their capitals in pixels of the finished comp; of the credits, less."""
_NAME = 8.5
"""Room of a name in heights of its capitals."""
_NAMES = ("First name", "Second name", "Third name")
_TAG_LINE = "A tag line of one short sentence"
_CREDITS = ("Directed by name name   Written by name name", "Produced by name name   Music by name")


def set_copy(
    surface: Surface,
    palette: Palette,
    plan: Composition,
    canvas: Canvas,
    title: Block,
    aims: tuple[Aim, ...],
    grow: float,
) -> list[Block]:
    """Credits as bars; or a tag line, names of the cast and credits in placeholder words.

    The tag line stands where there is more room, above or below the title; names stand apart from
    each other, at the other end of the picture or, on a wide canvas, beside the title.

    Args:
        title: what the title covers.
        aims: whether more lettering is asked for.
        grow: pixels of the surface for one of the canvas.

    Returns:
        What the words cover.
    """
    if leaning(aims, "lettering") <= 0:
        _set_credit_bars(surface, palette, plan, canvas)
        return []
    w, h = plan.width, plan.height
    safe_left, safe_top, safe_right, safe_bottom = canvas.safe
    outer = safe_left * w, safe_right * w
    upright = not is_wide(w, h)
    left, right = outer if upright else (plan.title[0], plan.title[2])
    least = _LEAST * grow
    tall = max(0.024 * min(w, h), least)
    small = max(0.62 * tall, 0.8 * least)
    top, bottom = safe_top * h + 1.2 * tall, (safe_bottom - 0.012) * h
    credits = bottom - 1.6 * len(_CREDITS) * small
    lines = [(text, left, right, credits + 1.6 * row * small, small)
             for row, text in enumerate(_CREDITS)]  # fmt: skip
    below = credits - title.bottom > title.top - top
    tag = title.bottom + tall if below else title.top - 2.1 * tall
    lines.append((_TAG_LINE, left, right, tag, tall))
    if not upright:
        outer = (right, outer[1]) if left < w / 2 else (outer[0], left)
    names = _NAMES[: max(1, int((outer[1] - outer[0]) / (_NAME * tall)))]
    step = (outer[1] - outer[0]) / len(names)
    y = credits - 2.4 * tall if below and upright else top
    lines += [(name, outer[0] + place * step, outer[0] + (place + 1) * step, y, tall)
              for place, name in enumerate(names)]  # fmt: skip
    covered = []
    for text, start, end, y, height in lines:
        centred = upright or text in names
        covered.append(
            set_line(
                surface, text, SMALL,
                x=(start + end) / 2 if centred else start, y=y, height=height,
                colour=_pen(surface, palette, start, y, end, y + height),
                align="centre" if centred else "left", widest=0.94 * (end - start),
            )
        )  # fmt: skip
    return covered


def _pen(
    surface: Surface, palette: Palette, left: float, top: float, right: float, bottom: float
) -> Colour:
    """Light letters on a dark ground, dark ones on a light one."""
    return palette.paper if luma(surface.average(left, top, right, bottom)) < 0.56 else palette.ink


def _set_credit_bars(surface: Surface, palette: Palette, plan: Composition, canvas: Canvas) -> None:
    """Two rows of greeked credits at the lower edge of the safe area."""
    w, h = plan.width, plan.height
    left, _, right, bottom = (
        side * length for side, length in zip(canvas.safe, (w, h, w, h), strict=True)
    )
    thick, gap = h * 0.0085, h * 0.0085
    ground = surface.average(left, bottom - 0.05 * h, right, bottom)
    tone = palette.paper if luma(ground) < 0.56 else palette.ink
    colour = mix(tone, ground, 0.45)
    if plan.align == "left":
        start, end = plan.title[0], plan.title[2]
    else:
        start, end = left + 0.14 * w, right - 0.14 * w
    for row, parts in enumerate(((0.20, 0.13, 0.24, 0.16), (0.14, 0.26, 0.18))):
        y = bottom - (2 - row) * (thick + gap) - 0.012 * h
        span = end - start
        free = 0.025 * span
        total = sum(parts) * span + free * (len(parts) - 1)
        x = start if plan.align == "left" else (start + end - total) / 2
        for part in parts:
            surface.rectangle(x, y, x + part * span, y + thick, colour)
            x += part * span + free
