"""A slide as one picture."""

from __future__ import annotations

import io
from functools import cache
from typing import TYPE_CHECKING

from assistant.boards import slides as s
from assistant.boards.pictures import written
from assistant.boards.pptx import fitted
from assistant.boards.typefaces import typeface

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw
    from PIL.ImageFont import FreeTypeFont

DOTS = 144
"""Pixels an inch."""


def draw_png(slide: s.Slide) -> bytes:
    """A slide as PNG, 1,920 pixels wide."""
    from PIL import Image, ImageDraw

    picture = Image.new("RGB", (_at(s.WIDTH), _at(s.HEIGHT)), f"#{slide.ground}")
    draw = ImageDraw.Draw(picture)
    for item in (*slide.items, slide.title):
        _draw(picture, draw, item)
    return written(picture, "PNG", optimize=True)


def _draw(picture: Image, draw: ImageDraw, item: s.Item) -> None:
    from PIL import Image as Drawing

    match item:
        case s.Text():
            _set(draw, item)
        case s.Picture():
            x, y, width, height = fitted(item)
            with Drawing.open(io.BytesIO(item.content)) as opened:
                sized = opened.convert("RGB").resize((_at(width), _at(height)))
            picture.paste(sized, (_at(x), _at(y)))
        case s.Box():
            ends = (_at(item.x), _at(item.y), _at(item.x + item.width), _at(item.y + item.height))
            draw.rectangle(ends, fill=f"#{item.fill}")
        case s.Dot():
            draw.circle((_at(item.x), _at(item.y)), _at(item.radius), fill=f"#{item.colour}")
        case s.Rule():
            line = (_at(item.x1), _at(item.y1), _at(item.x2), _at(item.y2))
            draw.line(line, fill=f"#{item.colour}", width=max(1, round(item.weight * DOTS / 72)))


def _set(draw: ImageDraw, item: s.Text) -> None:
    y = item.y
    for line in item.lines:
        font = _font(round(line.size * DOTS / 72), line.bold)
        y += line.gap
        for row in s.wrap(line.text, line.size, item.width, bold=line.bold):
            text = row.rstrip(" ")
            spare = item.width - draw.textlength(text, font) / DOTS
            x = item.x + {"left": 0.0, "centre": spare / 2, "right": spare}[item.align]
            draw.text((_at(x), _at(y)), text, font=font, fill=f"#{line.colour}")
            y += s.row_height(line)


@cache
def _font(size: int, bold: bool) -> FreeTypeFont:
    from PIL import ImageFont

    return ImageFont.truetype(typeface(bold=bold), size)


def _at(inches: float) -> int:
    return round(inches * DOTS)
