"""Drawing what was found over the picture, so that a person can check it."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from index.features.analysis import Analysis, Box, Face
from index.features.people import facing
from index.features.text import guess_title
from index.io.images import Picture
from index.records import Pixels

FACE, PERSON, LANDMARK, BODY = "#ffd400", "#b0b0b0", "#ff3b6b", "#37d67a"
TEXT, THIRDS = "#2bc4ff", "#ffffff"
_SIDE = 900


def draw_overlay(picture: Picture, analysis: Analysis, *, side: int = _SIDE) -> Image.Image:
    """An RGB image, its longer side `side`, with all that was found drawn on the picture.

    Faces are yellow with their score and direction, people grey, landmarks pink, body parts
    green, lines of text blue (those of the title thick), salient places red, and the thirds white.
    """
    height, width = picture.pixels.shape[:2]
    scale = side / max(height, width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    image = Image.fromarray(picture.pixels).resize(size, Image.Resampling.LANCZOS)
    if analysis.saliency is not None:
        image = _add_heat(image, analysis)
    draw = ImageDraw.Draw(image)
    _draw_thirds(draw, size)
    title = guess_title(analysis.text or (), height / width)
    for block in analysis.text or ():
        corners = [(x * size[0], y * size[1]) for x, y in block.corners]
        draw.polygon(corners, outline=TEXT, width=5 if block in title else 2)
    for person in analysis.persons or ():
        _draw_box(draw, person.box, size, PERSON, f"person {person.score:.2f}")
    for part in analysis.parts or ():
        if part.name != "face":
            _draw_box(draw, part.box, size, BODY, f"{part.name} {part.score:.2f}")
    for face in analysis.faces or ():
        _draw_face(draw, face, size)
    return image


def _add_heat(image: Image.Image, analysis: Analysis) -> Image.Image:
    heat = Image.fromarray(np.asarray(analysis.saliency, np.float32)).resize(
        image.size, Image.Resampling.BICUBIC
    )
    share = 0.45 * np.clip(np.asarray(heat), 0, 1)[..., None]
    mixed = np.asarray(image) * (1 - share) + np.array([255, 40, 20]) * share
    pixels: Pixels = mixed.astype(np.uint8)
    return Image.fromarray(pixels)


def _draw_thirds(draw: ImageDraw.ImageDraw, size: tuple[int, int]) -> None:
    width, height = size
    for share in (1 / 3, 2 / 3):
        draw.line([(width * share, 0), (width * share, height)], fill=THIRDS, width=1)
        draw.line([(0, height * share), (width, height * share)], fill=THIRDS, width=1)


def _draw_face(draw: ImageDraw.ImageDraw, face: Face, size: tuple[int, int]) -> None:
    label = f"{face.score:.2f} {facing(face) or ''} {'+'.join(face.detectors)}"
    _draw_box(draw, face.box, size, FACE, label)
    for x, y in np.array(face.landmarks).reshape(-1, 2) * size:
        draw.ellipse([x - 3, y - 3, x + 3, y + 3], fill=LANDMARK)


def _draw_box(
    draw: ImageDraw.ImageDraw, box: Box, size: tuple[int, int], colour: str, label: str
) -> None:
    left, top = box.left * size[0], box.top * size[1]
    draw.rectangle([left, top, box.right * size[0], box.bottom * size[1]], outline=colour, width=3)
    font = ImageFont.load_default(13)
    place = (left + 3, max(0, top - 16))
    draw.rectangle(draw.textbbox(place, label, font=font), fill="black")
    draw.text(place, label, fill=colour, font=font)
