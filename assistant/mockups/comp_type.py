"""The type of a comp: a real title, bars for the credits, and the marks of a mockup."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from assistant.drawing.canvas import Canvas
from assistant.drawing.colours import Colour, Palette, luma, mix
from assistant.drawing.house_styles import Look
from assistant.drawing.lettering import Block, Style, break_lines, set_line, set_title
from assistant.drawing.prints import average_colour

if TYPE_CHECKING:
    from assistant.mockups.staging import Stage
    from index.features.canvases import Canvas as Shape

MARK = "Inspiration"
_SMALL = Style("condensed", tracking=0.14)
_MOST_WORDS = 14
_CLEAR = 0.36
"""Difference in luma at which letters stand out."""


def set_name(canvas: Canvas, palette: Palette, look: Look, name: str, plan: Stage) -> None:
    """The title in its block, as large as it fits, on a ground that lets it stand out."""
    block = Block(*plan.title)
    upright = plan.width / plan.height <= 1.25
    dark = _scrim(canvas, palette, block, upright=upright)
    colour = palette.paper if dark else palette.ink
    style = replace(look.letters[0], bounce=look.letters[0].bounce * 0.5)
    lines = _lines(_short(name), block, 0.5 + style.tracking)
    middle = (block.top + block.bottom) / 2 / plan.height
    anchor = "middle" if not upright else "top" if middle < 0.4 else "bottom"
    covered = set_title(
        canvas, lines, style, block, [colour], align=plan.align, anchor=anchor, stretch=1.1
    )
    _rule(canvas, palette, covered, plan, top=anchor == "top")


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


def _rule(canvas: Canvas, palette: Palette, covered: Block, plan: Stage, *, top: bool) -> None:
    """A short accent rule on the far side of the title: the tag line's place."""
    thick = max(2.0, plan.height * 0.004)
    gap = plan.height * 0.022
    y = covered.bottom + gap if top else covered.top - gap - thick
    long = min(plan.width * 0.14, covered.width * 0.5)
    left = covered.left if plan.align == "left" else (covered.left + covered.right - long) / 2
    canvas.rectangle(left, y, left + long, y + thick, palette.accent)


def _scrim(canvas: Canvas, palette: Palette, block: Block, *, upright: bool) -> bool:
    """Quieten the ground under a title; returns whether it is dark."""
    h = canvas.height
    top, bottom = block.top / h, block.bottom / h
    if not upright:
        return _side_scrim(canvas, palette, block)
    dark = luma(average_colour(canvas, block.left, block.top, block.right, block.bottom)) < 0.56
    if (top + bottom) / 2 > 0.5:
        stops = [(max(0.0, top - 0.11), 0.0), (top + 0.03, 0.84), (min(1.0, bottom), 1.0), (1, 1.0)]
        canvas.fade(palette.ink, stops)
        return True
    shade = palette.ink if dark else palette.haze
    canvas.fade(shade, [(0, 0.9), (bottom, 0.75), (min(1.0, bottom + 0.14), 0)])
    return dark


def _side_scrim(canvas: Canvas, palette: Palette, block: Block) -> bool:
    """Darken the title's side of a wide canvas where its ground is light here and dark there."""
    rows = 4
    step = block.height / rows
    tones = [
        luma(
            average_colour(
                canvas,
                block.left,
                block.top + row * step,
                block.right,
                block.top + row * step + step,
            )
        )
        for row in range(rows)
    ]
    dark, light = max(tones), min(tones)
    if light - luma(palette.ink) > _CLEAR:
        return False
    if luma(palette.paper) - dark > _CLEAR:
        return True
    w = canvas.width
    left = block.left < w / 2
    near, end = (0, round(0.56 * w)) if left else (round(0.44 * w), w)
    ramp = np.linspace(1, 0, end - near) if left else np.linspace(0, 1, end - near)
    strip = np.zeros(w)
    strip[near:end] = np.clip(1.3 * ramp, 0, 1) * 0.64
    mask = Image.fromarray(np.rint(255 * strip).astype(np.uint8)[None, :])
    canvas.image.paste(palette.ink, mask=mask.resize(canvas.image.size, Image.Resampling.BILINEAR))
    return True


def set_credit_bars(canvas: Canvas, palette: Palette, plan: Stage, shape: Shape) -> None:
    """Two rows of greeked credits at the lower edge of the safe area."""
    w, h = plan.width, plan.height
    left, _, right, bottom = (
        side * length for side, length in zip(shape.safe, (w, h, w, h), strict=True)
    )
    thick, gap = h * 0.0085, h * 0.0085
    ground = average_colour(canvas, left, bottom - 0.05 * h, right, bottom)
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
            canvas.rectangle(x, y, x + part * span, y + thick, colour)
            x += part * span + free


def set_marks(canvas: Canvas, palette: Palette, shape: Shape, *, least: float, low: bool) -> None:
    """The corners of the safe area, and the word that says what this is.

    Args:
        least: height of that word's capitals that it never falls below, in pixels.
        low: whether it stands at the lower edge, as the title is at the upper.
    """
    w, h = canvas.width, canvas.height
    left, top, right, bottom = shape.safe
    short = min(w, h)
    reach, thin = 0.030 * short, max(1.0, 0.0018 * short)
    for x, dx in ((left * w, 1), (right * w, -1)):
        for y, dy in ((top * h, 1), (bottom * h, -1)):
            colour = _mark_colour(canvas, palette, x, y)
            canvas.rectangle(
                min(x, x + dx * reach), y - thin, max(x, x + dx * reach), y + thin, colour
            )
            canvas.rectangle(
                x - thin, min(y, y + dy * reach), x + thin, max(y, y + dy * reach), colour
            )
    height = max(0.016 * short, least)
    x, y = right * w - 0.035 * short, top * h + 0.026 * short
    if low:
        y = bottom * h - 0.075 * h - height
    ground = Canvas(8, 8, palette.ink)
    wide = set_line(ground, MARK, _SMALL, x=0, y=0, height=height, colour=palette.ink).width
    pad = 0.55 * height
    box = (x - wide - pad, y - pad, x + pad, y + height + pad)
    canvas.rectangle(*box, palette.ink, 0.82)
    set_line(canvas, MARK, _SMALL, x=x, y=y, height=height, colour=palette.paper, align="right")


def _mark_colour(canvas: Canvas, palette: Palette, x: float, y: float) -> Colour:
    ground = average_colour(canvas, x - 20, y - 20, x + 20, y + 20)
    return mix(palette.paper if luma(ground) < 0.56 else palette.ink, ground, 0.25)
