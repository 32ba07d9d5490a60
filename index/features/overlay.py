"""Drawing what was found over the picture, so that a person can check it."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from index.features.analysis import Analysis, Box, Face, TextBlock
from index.features.layout import Layout
from index.features.people import expression, faceless, facing
from index.features.text import Role, lettering_roles
from index.io.images import Picture
from index.records import Pixels

FACE, PERSON, LANDMARK, BODY = "#ffd400", "#b0b0b0", "#ff3b6b", "#37d67a"
TEXT, THIRDS = "#2bc4ff", "#ffffff"
_SIDE = 900
_MOST_NAMED = 8
"""Faces whose box has words, the largest; of a crowd the others have only a box."""
_LETTERS, _LINE = 13, 17
"""Size of the words, and from one line of them to the next, in pixels."""


def draw_overlay(
    picture: Picture,
    analysis: Analysis,
    *,
    layout: Layout | None = None,
    maturity: bool = False,
    side: int = _SIDE,
) -> Image.Image:
    """An RGB image, its longer side `side`, with all that was found drawn on the picture.

    Faces are yellow with where they turn and whether they smile, people without a face grey,
    landmarks pink, lettering blue with what it is, salient places red, and the thirds white.

    Args:
        picture: what was measured.
        analysis: what was found in it.
        layout: with the title where its name was found.
        maturity: draw areas of bodies too, in green.
        side: longer side of the image.
    """
    height, width = picture.pixels.shape[:2]
    scale = side / max(height, width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    image = Image.fromarray(picture.pixels).resize(size, Image.Resampling.LANCZOS)
    if analysis.saliency is not None:
        image = _add_heat(image, analysis)
    draw = ImageDraw.Draw(image)
    _draw_thirds(draw, size)
    labels = _Labels(draw, size)
    faces = analysis.faces or ()
    for person in faceless(faces, analysis.persons or ()):
        _draw_box(labels, person.box, PERSON, f"person {person.score:.2f}")
    for part in (analysis.parts or ()) if maturity else ():
        if part.name != "face":
            _draw_box(labels, part.box, BODY, f"{part.name} {part.score:.2f}")
    for place, face in enumerate(sorted(faces, key=lambda one: -one.box.area)):
        _draw_face(labels, face, named=place < _MOST_NAMED)
    for role, lines in lettering_roles(analysis.text or (), height / width).items():
        found = layout is not None and layout.title_found
        if role != "title" or not found:
            _draw_lines(labels, lines, role, 5 if role == "title" else 2)
    if layout is not None and layout.title_found and layout.title is not None:
        _draw_box(labels, layout.title, TEXT, "title, found by its name", width=5)
    labels.write()
    return image


@dataclass
class _Labels:
    """Words beside boxes, written last and each where no other stands."""

    draw: ImageDraw.ImageDraw
    size: tuple[int, int]
    wanted: list[tuple[float, float, str, str]] = field(default_factory=list)

    def add(self, left: float, top: float, colour: str, text: str) -> None:
        """Words for a box whose upper left corner is there."""
        self.wanted.append((left, top, colour, text))

    def write(self) -> None:
        """Place each as near above its box's corner as there is room, or leave it out."""
        font = ImageFont.load_default(_LETTERS)
        taken: list[tuple[float, float, float, float]] = []
        for left, top, colour, text in self.wanted:
            wide = self.draw.textlength(text, font=font) + 6
            x = max(0.0, min(left, self.size[0] - wide))
            rows = [top - _LINE, *(top + _LINE * step for step in (0, 1, -2, 2, -3, 3, 4, 5, 6))]
            for y in rows:
                place = (x, y, x + wide, y + _LINE)
                inside = y >= 0 and place[3] <= self.size[1]
                if inside and not any(_meet(place, other) for other in taken):
                    taken.append(place)
                    self.draw.rectangle(place, fill="black")
                    self.draw.text((x + 3, y + 1), text, fill=colour, font=font)
                    break


def _meet(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


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


def _draw_face(labels: _Labels, face: Face, *, named: bool) -> None:
    words = [facing(face), expression(face)]
    said = [word for word in words if word not in (None, "unclear")]
    label = f"{face.score:.2f} {', '.join(map(str, said))}".rstrip()
    _draw_box(labels, face.box, FACE, label if named else "")
    for x, y in np.array(face.landmarks).reshape(-1, 2) * labels.size:
        labels.draw.ellipse([x - 3, y - 3, x + 3, y + 3], fill=LANDMARK)


def _draw_lines(labels: _Labels, lines: tuple[TextBlock, ...], role: Role, width: int) -> None:
    for line in lines:
        corners = [(x * labels.size[0], y * labels.size[1]) for x, y in line.corners]
        labels.draw.polygon(corners, outline=TEXT, width=width)
    left, top = np.concatenate([line.corners for line in lines]).min(axis=0) * labels.size
    labels.add(left, top, TEXT, role)


def _draw_box(labels: _Labels, box: Box, colour: str, label: str, width: int = 3) -> None:
    wide, high = labels.size
    left, top = box.left * wide, box.top * high
    labels.draw.rectangle(
        [left, top, box.right * wide, box.bottom * high], outline=colour, width=width
    )
    if label:
        labels.add(left, top, colour, label)
