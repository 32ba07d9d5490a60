"""The visible word that says what a painted picture is."""

from __future__ import annotations

from PIL import Image

from assistant.drawing.canvas import Canvas
from assistant.drawing.lettering import Style, set_line
from assistant.mockups.comp_type import MARK

_STYLE = Style("condensed", tracking=0.14)
_INK, _PAPER = (18, 18, 18), (245, 245, 245)


def stamp(picture: Image.Image) -> Image.Image:
    """A copy with the mark in its lower right corner."""
    short = min(picture.size)
    height = max(6.0, 0.022 * short)
    canvas = Canvas(*picture.size, _INK)
    canvas.image.paste(picture.resize(canvas.image.size, Image.Resampling.NEAREST))
    pad = 0.6 * height
    x, y = picture.width - 2 * pad, picture.height - 2 * pad - height
    wide = set_line(Canvas(8, 8, _INK), MARK, _STYLE, x=0, y=0, height=height, colour=_INK).width
    box = (x - wide - pad, y - pad, x + pad, y + height + pad)
    canvas.rectangle(*box, _INK, 0.8)
    set_line(canvas, MARK, _STYLE, x=x, y=y, height=height, colour=_PAPER, align="right")
    marked = picture.copy()
    corner = max(0, round(box[0])), max(0, round(box[1]))
    part = canvas.image.reduce(2).crop((*corner, picture.width, picture.height))
    marked.paste(part, corner)
    return marked
