"""Local masks: shapes clipped by other shapes, in a frame that turns with a head."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from assistant.drawing.canvas import SUPERSAMPLING, Canvas, Point, Points
from assistant.drawing.colours import Colour

Shape = Points | list[Point]


@dataclass(frozen=True, slots=True)
class Patch:
    """A mask that covers only the shapes in it; `left` and `top` in supersampled pixels."""

    image: Image.Image
    left: int
    top: int

    def without(self, other: Patch) -> Patch:
        """This mask with another cut out."""
        image = self.image.copy()
        image.paste(0, (other.left - self.left, other.top - self.top), other.image)
        return Patch(image, self.left, self.top)

    def within(self, other: Patch) -> Patch:
        """The part that another mask covers too."""
        left, top = max(self.left, other.left), max(self.top, other.top)
        right = min(self.left + self.image.width, other.left + other.image.width)
        bottom = min(self.top + self.image.height, other.top + other.image.height)
        right, bottom = max(right, left + 1), max(bottom, top + 1)
        mine, theirs = (
            patch.image.crop(
                (left - patch.left, top - patch.top, right - patch.left, bottom - patch.top)
            )
            for patch in (self, other)
        )
        return Patch(ImageChops.multiply(mine, theirs), left, top)


class Stencil:
    """Draws on a canvas in units of a head's width, around (x, y), turned by `angle` degrees.

    Args:
        canvas: where to draw.
        x, y: the origin in final pixels.
        unit: pixels a unit.
        angle: clockwise degrees.
        turn: how far the head looks to its side, -1 left to 1 right: what lies on the front of the
            head moves over, its outline stays.
    """

    def __init__(
        self, canvas: Canvas, x: float, y: float, unit: float, angle: float = 0, turn: float = 0
    ) -> None:
        self.canvas, self.x, self.y, self.unit, self._look = canvas, x, y, unit, 0.13 * turn
        cosine, sine = math.cos(math.radians(angle)), math.sin(math.radians(angle))
        self._turn = np.array([[cosine, sine], [-sine, cosine]])

    def place(self, shape: Shape) -> Points:
        """Units to final pixels."""
        points = np.asarray(shape, dtype=np.float64)
        if self._look:
            depth = np.clip(1 - (points[:, 0] / 0.52) ** 2, 0, 1)
            depth *= np.clip(1 - (points[:, 1] / 1.1) ** 2, 0, 1)
            points = points + np.outer(self._look * depth, (1, 0))
        placed: Points = points @ self._turn * self.unit + (self.x, self.y)
        return placed

    def fill(self, shape: Shape, colour: Colour) -> None:
        """A plain polygon."""
        self.canvas.polygon(self.place(shape), colour)

    def stroke(self, points: Shape, colour: Colour, width: float) -> None:
        """A line, `width` in units."""
        self.canvas.line(self.place(points), colour, width * self.unit)

    def mask(self, shape: Shape, *, blur: float = 0) -> Patch:
        """A shape as a mask, its edge blurred by `blur` units."""
        radius = blur * self.unit * SUPERSAMPLING
        patch, local = self._blank(shape, 2.5 * radius)
        ImageDraw.Draw(patch.image).polygon(local, fill=255)
        if not radius:
            return patch
        return Patch(patch.image.filter(ImageFilter.BoxBlur(1.5 * radius)), patch.left, patch.top)

    def lines(self, points: Shape, width: float) -> Patch:
        """A stroke as a mask."""
        thick = max(1, round(width * self.unit * SUPERSAMPLING))
        patch, local = self._blank(points, thick)
        ImageDraw.Draw(patch.image).line(local, fill=255, width=thick, joint="curve")
        return patch

    def _blank(self, shape: Shape, margin: float) -> tuple[Patch, list[tuple[float, float]]]:
        placed = self.place(shape) * SUPERSAMPLING
        surface = self.canvas.image.size
        low = np.floor(np.clip(placed.min(axis=0) - margin - 1, (-64, -64), surface)).astype(int)
        high = np.ceil(np.clip(placed.max(axis=0) + margin + 2, low + 1, np.add(surface, 64)))
        width, height = (high - low).astype(int).tolist()
        left, top = low.tolist()
        local = [(x, y) for x, y in (placed - (left, top)).tolist()]
        return Patch(Image.new("L", (width, height), 0), left, top), local

    def paint(
        self, mask: Patch, colour: Colour, alpha: float = 1, *, within: Patch | None = None
    ) -> None:
        """Blend a colour through a mask, clipped by another."""
        if within is not None:
            mask = mask.within(within)
        image = mask.image.point(lambda v: v * alpha) if alpha < 1 else mask.image
        box = mask.left, mask.top, mask.left + image.width, mask.top + image.height
        self.canvas.image.paste(colour, box, image)
