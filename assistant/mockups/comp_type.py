"""The type of a comp: a real title, bars for the credits, and the marks of a mockup."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from assistant.drawing.colours import Colour, Palette, luma, mix
from assistant.drawing.house_styles import HouseStyle
from assistant.drawing.lettering import Block, Style, break_lines, set_line, set_title
from assistant.drawing.surface import Surface
from assistant.mockups.marks import MARK
from assistant.mockups.title_place import is_wide

if TYPE_CHECKING:
    from collections.abc import Iterable

    from assistant.mockups.composed import Box, Composition
    from index.features.canvases import Canvas

SMALL = Style("condensed", tracking=0.14)
_MOST_WORDS = 14
_PLAIN = 0.85
"""How far the ground under a title gives way where it is asked to be easy to read."""
_CLEAR = 0.36
"""Difference in luma at which letters stand out."""


def quieten(surface: Surface, palette: Palette, plan: Composition, *, plain: bool = False) -> None:
    """Even out the ground where the title will stand.

    The ground is pushed the way it leans already, so that a light comp stays light and a dark one
    dark, and only as far as the letters need.

    Args:
        plain: whether it is nearly even, so that the title is easy to read.
    """
    wide = is_wide(plan.width, plan.height)
    _scrim(surface, palette, Block(*plan.title), wide=wide, plain=plain)


def set_name(
    surface: Surface, palette: Palette, look: HouseStyle, name: str, plan: Composition
) -> Block:
    """The title in its block, as large as it fits, light on a dark ground, dark on a light one.

    Where a part of the ground is like the letters, they have a soft edge.

    Returns what its letters cover, with the rule beside them.
    """
    block = Block(*plan.title)
    light = is_dark(surface, plan)
    colour, edge = (palette.paper, palette.ink) if light else (palette.ink, palette.paper)
    parts = _parts(block, columns=6)
    apart = min(abs(luma(colour) - luma(surface.average(*part))) for part in parts)
    style = replace(look.letters[0], bounce=look.letters[0].bounce * 0.5)
    lines = _lines(_short(name), block, 0.5 + style.tracking)
    middle = (block.top + block.bottom) / 2 / plan.height
    anchor = "middle" if is_wide(plan.width, plan.height) else "top" if middle < 0.4 else "bottom"
    covered = set_title(
        surface, lines, style, block, [colour], align=plan.align, anchor=anchor, even=True,
        stretch=1.1, halo=edge if apart < _CLEAR else None,
    )  # fmt: skip
    return _rule(surface, palette, covered, plan, top=anchor == "top")


def is_dark(surface: Surface, plan: Composition) -> bool:
    """Whether the title's place is."""
    return luma(surface.average(*plan.title)) < 0.5


def _short(name: str) -> str:
    words = name.split() or ["Untitled"]
    return " ".join(words) if len(words) <= _MOST_WORDS else " ".join(words[:_MOST_WORDS]) + " …"


def _lines(name: str, block: Block, advance: float) -> list[str]:
    """The title broken so that its letters, `advance` of their height wide, come out largest."""

    def letters(lines: list[str]) -> float:
        return min(
            block.width / (advance * max(map(len, lines))), block.height / (1.22 * len(lines) - 0.2)
        )

    return max((break_lines(name, most=most) for most in (1, 2, 3, 4)), key=letters)


def _rule(
    surface: Surface, palette: Palette, covered: Block, plan: Composition, *, top: bool
) -> Block:
    """A short accent rule on the far side of the title: the tag line's place."""
    thick = max(2.0, plan.height * 0.004)
    gap = plan.height * 0.022
    y = covered.bottom + gap if top else covered.top - gap - thick
    long = min(plan.width * 0.14, covered.width * 0.5)
    left = covered.left if plan.align == "left" else (covered.left + covered.right - long) / 2
    surface.rectangle(left, y, left + long, y + thick, palette.accent)
    return replace(covered, top=min(covered.top, y), bottom=max(covered.bottom, y + thick))


def _scrim(surface: Surface, palette: Palette, block: Block, *, wide: bool, plain: bool) -> None:
    tones = [luma(surface.average(*part)) for part in _parts(block)]
    middle = sum(tones) / len(tones)
    dark = palette.night or middle < 0.5
    shade, pen = (palette.ink, palette.paper) if dark else (palette.paper, palette.ink)
    worst = min(abs(luma(pen) - tone) for tone in tones)
    strength = max(
        _PLAIN if plain else 0, min(0.92, max(0.0, (_CLEAR + 0.12 - worst) * 2.2) + 0.25)
    )
    if wide:
        left = block.left < surface.width / 2
        edge = block.right / surface.width if left else block.left / surface.width
        stops = [
            (0, strength),
            (max(0.01, edge - 0.06), strength),
            (min(1, edge + 0.12), 0),
            (1, 0),
        ]
        if not left:
            stops = [(1 - at, alpha) for at, alpha in _mirrored(edge, strength)]
        surface.fade(shade, sorted(stops), across=True)
        return
    top, bottom = block.top / surface.height, block.bottom / surface.height
    if (top + bottom) / 2 > 0.5:
        stops = [(max(0.0, top - 0.12), 0.0), (top + 0.02, strength), (1, strength)]
    else:
        stops = [(0, strength), (bottom, strength), (min(1.0, bottom + 0.14), 0)]
    surface.fade(shade, stops)


def _mirrored(edge: float, strength: float) -> list[tuple[float, float]]:
    own = 1 - edge
    return [(0, strength), (max(0.01, own - 0.06), strength), (min(1, own + 0.12), 0), (1, 0)]


def _parts(block: Block, columns: int = 1) -> list[tuple[float, float, float, float]]:
    """A block in four rows, and columns."""
    down, across = block.height / 4, block.width / columns
    return [
        (
            block.left + column * across,
            block.top + row * down,
            block.left + (column + 1) * across,
            block.top + (row + 1) * down,
        )
        for row in range(4)
        for column in range(columns)
    ]


def set_label(
    surface: Surface, words: str, middle: tuple[float, float], room: float, palette: Palette
) -> None:
    """What a grey box stands for, in at most two short lines."""
    height = 0.022 * min(surface.width, surface.height)
    short = words if len(words) <= 48 else words[:47].rsplit(" ", 1)[0] + " …"
    lines = break_lines(short, most=2) if len(short) > 22 else [short]
    for row, line in enumerate(lines):
        y = middle[1] + (row - len(lines) / 2) * 1.7 * height
        pad = 0.5 * height
        set_line(surface, line, SMALL, x=middle[0], y=y + pad, height=height, colour=palette.ink,
                 widest=room)  # fmt: skip


def set_marks(
    surface: Surface,
    palette: Palette,
    plan: Composition,
    canvas: Canvas,
    copy: Iterable[Block] = (),
    *,
    least: float,
) -> None:
    """The corners of the safe area, and the word that says what this is.

    The word stands in the corner where it hides least of the letters, of faces and of things.

    Args:
        copy: what the small type covers.
        least: height of that word's capitals that it never falls below, in pixels.
    """
    w, h = surface.width, surface.height
    left, top, right, bottom = canvas.safe
    short = min(w, h)
    reach, thin = 0.030 * short, max(1.0, 0.0018 * short)
    for x, dx in ((left * w, 1), (right * w, -1)):
        for y, dy in ((top * h, 1), (bottom * h, -1)):
            colour = _mark_colour(surface, palette, x, y)
            surface.rectangle(
                min(x, x + dx * reach), y - thin, max(x, x + dx * reach), y + thin, colour
            )
            surface.rectangle(
                x - thin, min(y, y + dy * reach), x + thin, max(y, y + dy * reach), colour
            )
    height = max(0.016 * short, least)
    ground = Surface(8, 8, palette.ink)
    wide = set_line(ground, MARK, SMALL, x=0, y=0, height=height, colour=palette.ink).width
    pad, edge = 0.55 * height, 0.035 * short
    upper, lower = top * h + 0.026 * short, bottom * h - 0.075 * h - height
    corners = [
        (x - wide - pad, y - pad, x + pad, y + height + pad)
        for y in (upper, lower)
        for x in (right * w - edge, left * w + edge + wide)
    ]
    taken = [plan.title, *((one.left, one.top, one.right, one.bottom) for one in copy)]
    taken += [one.outline for one in plan.people]
    taken += [] if plan.symbol is None else [plan.symbol]
    box = min(corners, key=lambda corner: _hidden(corner, taken, around=height))
    x, y = box[2] - pad, box[1] + pad
    surface.rectangle(*box, palette.ink, 0.82)
    set_line(surface, MARK, SMALL, x=x, y=y, height=height, colour=palette.paper, align="right")


def _hidden(box: Box, taken: list[Box], *, around: float) -> float:
    """Pixels of what is taken under a box and close around it."""
    left, top, right, bottom = box[0] - around, box[1] - around, box[2] + around, box[3] + around
    return sum(
        max(0.0, min(right, other[2]) - max(left, other[0]))
        * max(0.0, min(bottom, other[3]) - max(top, other[1]))
        for other in taken
    )


def _mark_colour(surface: Surface, palette: Palette, x: float, y: float) -> Colour:
    ground = surface.average(x - 20, y - 20, x + 20, y + 20)
    return mix(palette.paper if luma(ground) < 0.56 else palette.ink, ground, 0.25)
