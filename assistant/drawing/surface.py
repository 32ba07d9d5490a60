"""A supersampled drawing surface with the few shapes that drawn artwork is made of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache, lru_cache

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from assistant.drawing.colours import Colour

SUPERSAMPLING = 2

Point = tuple[float, float]
Points = npt.NDArray[np.float64]


def smooth(points: Sequence[Point] | Points, *, closed: bool = True, steps: int = 8) -> Points:
    """Catmull–Rom spline through the points, (n × steps, 2)."""
    knots = np.asarray(points, dtype=np.float64)
    if closed:
        before, after, further = (np.roll(knots, shift, axis=0) for shift in (1, -1, -2))
        start = knots
    else:
        padded = np.vstack([knots[:1], knots, knots[-1:]])
        before, start, after, further = padded[:-3], padded[1:-2], padded[2:-1], padded[3:]
    t = (np.arange(steps) / steps)[None, :, None]
    p0, p1, p2, p3 = (knot[:, None, :] for knot in (before, start, after, further))
    curve = 0.5 * (
        2 * p1
        + (p2 - p0) * t
        + (2 * p0 - 5 * p1 + 4 * p2 - p3) * t**2
        + (3 * p1 - p0 - 3 * p2 + p3) * t**3
    )
    flat = curve.reshape(-1, 2)
    return flat if closed else np.vstack([flat, knots[-1:]])


def oval(x: float, y: float, rx: float, ry: float, *, corners: int = 48) -> Points:
    """The outline of an ellipse."""
    angle = np.linspace(0, 2 * np.pi, corners, endpoint=False)
    return np.column_stack([x + rx * np.cos(angle), y + ry * np.sin(angle)])


@lru_cache(maxsize=512)
def alpha_table(alpha: float) -> list[int]:
    """What each value of a mask becomes at an alpha."""
    return [round(value * alpha) for value in range(256)]


@cache
def _disc_falloff(power: float) -> Image.Image:
    axis = np.linspace(-1, 1, 192)
    radius = np.hypot(axis[:, None], axis[None, :])
    return Image.fromarray((255 * np.clip(1 - radius, 0, 1) ** power).astype(np.uint8))


class Surface:
    """Draws in units of the final picture's pixels; everything is held at twice that size.

    Args:
        width, height: the final picture in pixels.
        ground: the colour it starts with.
    """

    def __init__(self, width: int, height: int, ground: Colour) -> None:
        self.width, self.height = width, height
        size = width * SUPERSAMPLING, height * SUPERSAMPLING
        self.image = Image.new("RGB", size, ground)
        self._draw = ImageDraw.Draw(self.image)
        self.spared = Image.new("L", (width, height), 0)
        """Where the last grade should be gentle (faces), at the final size."""

    def spare(self, outline: Points) -> None:
        """Ask the grade to be gentle inside an outline."""
        ImageDraw.Draw(self.spared).polygon([(x, y) for x, y in outline.tolist()], fill=255)

    def finished(self, rng: np.random.Generator, *, grain: float = 0) -> Image.Image:
        """The picture at its final size, edges smoothed.

        Args:
            grain: sd of the print's soft noise, the same on all channels, in grey levels.
        """
        picture = self.image.reduce(SUPERSAMPLING)
        if not grain:
            return picture
        small = rng.normal(128, 2 * grain, (self.height * 2 // 3, self.width * 2 // 3))
        noise = Image.fromarray(np.clip(small, 0, 255).astype(np.uint8))
        noise = noise.resize(picture.size, Image.Resampling.BILINEAR)
        return ImageChops.add(picture, Image.merge("RGB", (noise, noise, noise)), 1, -128)

    def polygon(self, points: Points | Sequence[Point], fill: Colour, alpha: float = 1) -> None:
        """A filled polygon; with alpha < 1 it is blended in."""
        flat = np.asarray(points, dtype=np.float64) * SUPERSAMPLING
        if alpha >= 1:
            self._draw.polygon(flat.ravel().tolist(), fill=fill)
            return
        low = np.clip(np.floor(flat.min(axis=0)), 0, self.image.size)
        high = np.clip(np.ceil(flat.max(axis=0)) + 1, 0, self.image.size)
        width, height = (high - low).astype(int).tolist()
        if width > 0 and height > 0:
            mask = Image.new("L", (width, height), 0)
            ImageDraw.Draw(mask).polygon((flat - low).ravel().tolist(), fill=round(255 * alpha))
            self.image.paste(fill, (int(low[0]), int(low[1])), mask)

    def ellipse(
        self, x: float, y: float, rx: float, ry: float, fill: Colour, alpha: float = 1
    ) -> None:
        """A filled ellipse around (x, y)."""
        if alpha >= 1:
            self._draw.ellipse(_box(x - rx, y - ry, x + rx, y + ry), fill=fill)
        else:
            self.polygon(oval(x, y, rx, ry), fill, alpha)

    def rectangle(
        self, left: float, top: float, right: float, bottom: float, fill: Colour, alpha: float = 1
    ) -> None:
        """A filled rectangle."""
        self.polygon([(left, top), (right, top), (right, bottom), (left, bottom)], fill, alpha)

    def line(self, points: Points | Sequence[Point], fill: Colour, width: float) -> None:
        """A stroke with round joints."""
        flat = (np.asarray(points, dtype=np.float64) * SUPERSAMPLING).ravel().tolist()
        thick = max(1, round(width * SUPERSAMPLING))
        self._draw.line(flat, fill=fill, width=thick, joint="curve")
        if thick > 3:
            radius = thick / 2
            for x, y in (flat[:2], flat[-2:]):
                self._draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=fill)

    def ring(self, x: float, y: float, radius: float, fill: Colour, width: float) -> None:
        """A circle's outline."""
        box = _box(x - radius, y - radius, x + radius, y + radius)
        self._draw.ellipse(box, outline=fill, width=max(1, round(width * SUPERSAMPLING)))

    def border(self, colour: Colour, width: float) -> None:
        """A frame, like the edge of a printed sheet."""
        box = _box(0, 0, self.width, self.height)
        self._draw.rectangle(box, outline=colour, width=round(width * SUPERSAMPLING))

    def gradient(
        self, stops: Iterable[tuple[float, Colour]], *, top: float = 0, bottom: float | None = None
    ) -> None:
        """Vertical blend between (share of the height, colour) stops from top to bottom."""
        first = round(top * SUPERSAMPLING)
        last = self.image.height if bottom is None else round(bottom * SUPERSAMPLING)
        if last <= first:
            return
        at, colours = zip(*stops, strict=True)
        place = np.linspace(0, 1, last - first)
        column = np.stack(
            [np.interp(place, at, [colour[c] for colour in colours]) for c in range(3)], axis=-1
        )
        strip = Image.fromarray(np.rint(column).astype(np.uint8)[:, None, :])
        size = self.image.width, last - first
        self.image.paste(strip.resize(size, Image.Resampling.NEAREST), (0, first))

    def fade(
        self, colour: Colour, stops: Iterable[tuple[float, float]], *, across: bool = False
    ) -> None:
        """Blend a colour in: (share of the way, alpha) stops from top to bottom, or across."""
        at, alphas = zip(*stops, strict=True)
        long = self.image.width if across else self.image.height
        ramp = np.rint(255 * np.interp(np.linspace(0, 1, long), at, alphas)).astype(np.uint8)
        seen = np.flatnonzero(ramp)
        if not seen.size:
            return
        first, last = int(seen[0]), int(seen[-1]) + 1
        part = ramp[first:last]
        band = Image.fromarray(part[None, :] if across else part[:, None])
        box = (first, 0, last, self.image.height) if across else (0, first, self.image.width, last)
        mask = band.resize((box[2] - box[0], box[3] - box[1]), Image.Resampling.NEAREST)
        self.image.paste(colour, box, mask)

    def glow(
        self,
        x: float,
        y: float,
        radius: float,
        colour: Colour,
        alpha: float = 1,
        power: float = 1.6,
    ) -> None:
        """Light that falls off from (x, y) to nothing at `radius`."""
        left, top, side = x - radius, y - radius, max(1.0, 2 * radius)
        x0, y0 = max(left, 0), max(top, 0)
        x1, y1 = min(left + side, self.width), min(top + side, self.height)
        first = round(x0 * SUPERSAMPLING), round(y0 * SUPERSAMPLING)
        size = round(x1 * SUPERSAMPLING) - first[0], round(y1 * SUPERSAMPLING) - first[1]
        if min(size) <= 0:
            return
        disc = _disc_falloff(power)
        share = disc.width / side
        seen = (x0 - left) * share, (y0 - top) * share, (x1 - left) * share, (y1 - top) * share
        falloff = disc.resize(size, Image.Resampling.BILINEAR, seen)
        if alpha < 1:
            falloff = falloff.point(alpha_table(alpha))
        self.image.paste(colour, first, falloff)

    def shade_edges(self, colour: Colour, alpha: float) -> None:
        """A vignette."""
        small = Image.new("L", (64, 96), round(255 * alpha))
        ImageDraw.Draw(small).ellipse((-6, -9, 70, 105), fill=0)
        soft = small.filter(ImageFilter.GaussianBlur(14))
        self.image.paste(colour, mask=soft.resize(self.image.size, Image.Resampling.BILINEAR))

    def average(self, left: float, top: float, right: float, bottom: float) -> Colour:
        """The mean colour of a rectangle in final pixels."""
        first = round(left * SUPERSAMPLING), round(top * SUPERSAMPLING)
        last = round(right * SUPERSAMPLING), round(bottom * SUPERSAMPLING)
        box = (*first, max(last[0], first[0] + 1), max(last[1], first[1] + 1))
        pixel = self.image.crop(box).resize((1, 1), Image.Resampling.BOX).getpixel((0, 0))
        assert isinstance(pixel, tuple)
        return int(pixel[0]), int(pixel[1]), int(pixel[2])


def _box(left: float, top: float, right: float, bottom: float) -> tuple[float, float, float, float]:
    s = SUPERSAMPLING
    return left * s, top * s, right * s, bottom * s
