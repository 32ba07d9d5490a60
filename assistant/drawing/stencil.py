"""Local masks: shapes clipped by other shapes, in a frame that turns with a head."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from assistant.drawing.colours import Colour
from assistant.drawing.surface import SUPERSAMPLING, Point, Points, Surface, alpha_table

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
        right = max(left + 1, min(p.left + p.image.width for p in (self, other)))
        bottom = max(top + 1, min(p.top + p.image.height for p in (self, other)))
        mine, theirs = (
            p.image.crop((left - p.left, top - p.top, right - p.left, bottom - p.top))
            for p in (self, other)
        )
        return Patch(ImageChops.multiply(mine, theirs), left, top)


class Stencil:
    """Draws on a surface in units of a head's width, around (x, y), turned by `angle` degrees.

    Args:
        surface: where to draw.
        x, y: the origin in final pixels.
        unit: pixels a unit.
        angle: clockwise degrees.
        turn: how far the head looks to its side, -1 left to 1 right: what lies on the front of the
            head moves over, its outline stays.
    """

    def __init__(
        self, surface: Surface, x: float, y: float, unit: float, angle: float = 0, turn: float = 0
    ) -> None:
        self.surface, self.x, self.y = surface, x, y
        self.unit, self._look = float(unit), 0.13 * turn
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
        self.surface.polygon(self.place(shape), colour)

    def stroke(self, points: Shape, colour: Colour, width: float) -> None:
        """A line, `width` in units."""
        self.surface.line(self.place(points), colour, width * self.unit)

    def mask(self, shape: Shape, *, blur: float = 0, width: float = 0) -> Patch:
        """A shape, or a stroke of a `width`, as a mask with its edge blurred by `blur` units."""
        radius = blur * self.unit * SUPERSAMPLING
        thick = max(1, round(width * self.unit * SUPERSAMPLING)) if width else 0
        placed = self.place(shape) * SUPERSAMPLING
        margin, surface = 2.5 * radius + thick, self.surface.image.size
        low = np.floor(np.clip(placed.min(axis=0) - margin - 1, (-64, -64), surface)).astype(int)
        high = np.ceil(np.clip(placed.max(axis=0) + margin + 2, low + 1, np.add(surface, 64)))
        image = Image.new("L", tuple((high - low).astype(int).tolist()), 0)
        local = (placed - low).ravel().tolist()
        if thick:
            ImageDraw.Draw(image).line(local, fill=255, width=thick, joint="curve")
        else:
            ImageDraw.Draw(image).polygon(local, fill=255)
        if radius:
            image = image.filter(ImageFilter.BoxBlur(1.5 * radius))
        return Patch(image, int(low[0]), int(low[1]))

    def paint(
        self, mask: Patch, colour: Colour, alpha: float = 1, *, within: Patch | None = None
    ) -> None:
        """Blend a colour through a mask, clipped by another."""
        if within is not None:
            mask = mask.within(within)
        image = mask.image
        if alpha < 1:
            image = image.point(alpha_table(alpha))
        self.surface.image.paste(colour, (mask.left, mask.top), image)
