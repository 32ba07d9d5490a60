"""Photographs turned into flat prints, the sheet's border, and the colour under a rectangle."""

from __future__ import annotations

from functools import cache
from importlib import resources

import numpy as np
from PIL import Image, ImageOps

from assistant.drawing.canvas import SUPERSAMPLING, Canvas
from assistant.drawing.colours import Colour, Palette, luma

_CROPS = {"astronaut.png": (0.24, 0.0, 0.62, 0.57), "chelsea.png": (0.14, 0.0, 0.92, 1.0)}
"""What is kept of a photograph: left, top, right, bottom as shares."""


@cache
def _photograph(name: str) -> Image.Image:
    with (
        resources.as_file(resources.files("skimage.data") / name) as path,
        Image.open(path) as photo,
    ):
        left, top, right, bottom = _CROPS.get(name, (0.0, 0.0, 1.0, 1.0))
        w, h = photo.size
        box = round(left * w), round(top * h), round(right * w), round(bottom * h)
        return photo.convert("L").crop(box)


def print_photograph(
    canvas: Canvas,
    palette: Palette,
    name: str,
    *,
    levels: int,
) -> None:
    """A photograph that scikit-image ships, posterised to the palette's own tones.

    Args:
        name: file name under skimage/data (all of them free to use; see its README).
        levels: tones left.
    """
    grey = ImageOps.fit(
        _photograph(name),
        canvas.image.size,
        Image.Resampling.BICUBIC,
    )
    grey = ImageOps.autocontrast(grey, cutoff=1)
    tone = np.floor(np.asarray(grey, dtype=np.float32) / 256 * levels) / (levels - 1)
    ramp: list[Colour] = [palette.ink, palette.near, palette.mid, palette.haze, palette.paper]
    if luma(palette.sky) > 0.4:
        ramp = [palette.near, palette.mid, palette.far, palette.haze, palette.paper]
    at = np.linspace(0, 1, len(ramp))
    printed = np.stack(
        [np.interp(tone, at, [colour[c] for colour in ramp]) for c in range(3)], axis=-1
    )
    canvas.image.paste(Image.fromarray(printed.astype(np.uint8)))


def frame(canvas: Canvas, colour: Colour, width: float) -> None:
    """A border, like the edge of a printed sheet."""
    w, h = canvas.width, canvas.height
    canvas.rectangle(0, 0, w, width, colour)
    canvas.rectangle(0, h - width, w, h, colour)
    canvas.rectangle(0, 0, width, h, colour)
    canvas.rectangle(w - width, 0, w, h, colour)


def average_colour(canvas: Canvas, left: float, top: float, right: float, bottom: float) -> Colour:
    """The mean colour of a rectangle in final pixels."""
    s = SUPERSAMPLING
    part = canvas.image.crop(
        (
            round(left * s),
            round(top * s),
            max(round(right * s), round(left * s) + 1),
            max(round(bottom * s), round(top * s) + 1),
        )
    ).resize((1, 1), Image.Resampling.BOX)
    pixel = part.getpixel((0, 0))
    assert isinstance(pixel, tuple)
    return int(pixel[0]), int(pixel[1]), int(pixel[2])
