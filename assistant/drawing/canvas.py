"""A supersampled drawing surface with the few shapes that the demo artwork is made of."""

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


@lru_cache(maxsize=512)
def points(text: str) -> tuple[Point, ...]:
    """An outline as SVG writes it: `points("0,0 1,0 0.5,1")`."""
    pairs = (pair.split(",") for pair in text.split())
    return tuple((float(x), float(y)) for x, y in pairs)


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


def ridge(
    rng: np.random.Generator,
    *,
    left: float,
    right: float,
    level: float,
    rough: float,
    peaks: int = 5,
    octaves: int = 4,
) -> Points:
    """A horizon line of midpoint-like noise from left to right, for hills and mountains."""
    x = np.linspace(left, right, 160)
    y = np.zeros_like(x)
    for octave in range(octaves):
        count = peaks * 2**octave + 2
        knots = rng.normal(size=count) * rough / 2**octave
        y += np.interp(x, np.linspace(left, right, count), knots)
    return np.column_stack([x, level + y])


@cache
def _disc_falloff(power: float) -> Image.Image:
    axis = np.linspace(-1, 1, 192)
    radius = np.hypot(axis[:, None], axis[None, :])
    return Image.fromarray((255 * np.clip(1 - radius, 0, 1) ** power).astype(np.uint8))


class Canvas:
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
            rng: of the grain.
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
        if alpha >= 1:
            self._draw.polygon(_flat(points), fill=fill)
        else:
            self.blend(mask_of(self.image.size, points), fill, alpha)

    def ellipse(
        self, x: float, y: float, rx: float, ry: float, fill: Colour, alpha: float = 1
    ) -> None:
        """A filled ellipse around (x, y)."""
        if alpha >= 1:
            s = SUPERSAMPLING
            box = ((x - rx) * s, (y - ry) * s, (x + rx) * s, (y + ry) * s)
            self._draw.ellipse(box, fill=fill)
        else:
            self.polygon(oval(x, y, rx, ry), fill, alpha)

    def rectangle(
        self, left: float, top: float, right: float, bottom: float, fill: Colour, alpha: float = 1
    ) -> None:
        """A filled rectangle."""
        self.polygon([(left, top), (right, top), (right, bottom), (left, bottom)], fill, alpha)

    def line(self, points: Points | Sequence[Point], fill: Colour, width: float) -> None:
        """A stroke with round joints."""
        flat = _flat(points)
        thick = max(1, round(width * SUPERSAMPLING))
        self._draw.line(flat, fill=fill, width=thick, joint="curve")
        if thick > 3:
            radius = thick / 2
            for x, y in (flat[0], flat[-1]):
                self._draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=fill)

    def ring(self, x: float, y: float, radius: float, fill: Colour, width: float) -> None:
        """A circle's outline."""
        s = SUPERSAMPLING
        box = ((x - radius) * s, (y - radius) * s, (x + radius) * s, (y + radius) * s)
        self._draw.ellipse(box, outline=fill, width=max(1, round(width * s)))

    def gradient(
        self, stops: Iterable[tuple[float, Colour]], *, top: float = 0, bottom: float | None = None
    ) -> None:
        """Vertical blend between (share of the height, colour) stops from top to bottom."""
        s = SUPERSAMPLING
        first = round(top * s)
        last = self.image.height if bottom is None else round(bottom * s)
        if last <= first:
            return
        at, colours = zip(*stops, strict=True)
        place = np.linspace(0, 1, last - first)
        column = np.stack(
            [np.interp(place, at, [colour[c] for colour in colours]) for c in range(3)], axis=-1
        )
        strip = Image.fromarray(np.rint(column).astype(np.uint8)[:, None, :])
        self.image.paste(
            strip.resize((self.image.width, last - first), Image.Resampling.NEAREST), (0, first)
        )

    def fade(self, colour: Colour, stops: Iterable[tuple[float, float]]) -> None:
        """Blend a colour in by height: (share of the height, alpha) stops from top to bottom."""
        at, alphas = zip(*stops, strict=True)
        place = np.linspace(0, 1, self.image.height)
        column = np.rint(255 * np.interp(place, at, alphas)).astype(np.uint8)
        rows = np.flatnonzero(column)
        first, last = int(rows[0]), int(rows[-1]) + 1
        band = Image.fromarray(column[first:last, None])
        mask = band.resize((self.image.width, last - first), Image.Resampling.NEAREST)
        self.image.paste(colour, (0, first, self.image.width, last), mask)

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
        s, disc = SUPERSAMPLING, _disc_falloff(power)
        left, top = round((x - radius) * s), round((y - radius) * s)
        side = max(2, round(2 * radius * s))
        seen = (
            max(left, 0),
            max(top, 0),
            min(left + side, self.image.width),
            min(top + side, self.image.height),
        )
        if seen[0] >= seen[2] or seen[1] >= seen[3]:
            return
        share = disc.width / side
        falloff = disc.resize(
            (seen[2] - seen[0], seen[3] - seen[1]),
            Image.Resampling.BILINEAR,
            (
                (seen[0] - left) * share,
                (seen[1] - top) * share,
                (seen[2] - left) * share,
                (seen[3] - top) * share,
            ),
        )
        if alpha < 1:
            falloff = falloff.point(lambda v: v * alpha)
        self.image.paste(colour, seen, falloff)

    def blend(self, mask: Image.Image, colour: Colour, alpha: float = 1) -> None:
        """Paste a colour through a mask of the whole (supersampled) surface."""
        box = mask.getbbox()
        if box is None:
            return
        part = mask.crop(box)
        self.image.paste(colour, box, part.point(lambda v: v * alpha) if alpha < 1 else part)

    def shade_edges(self, colour: Colour, alpha: float) -> None:
        """A vignette."""
        small = Image.new("L", (64, 96), 255)
        ImageDraw.Draw(small).ellipse((-6, -9, 70, 105), fill=0)
        soft = small.filter(ImageFilter.GaussianBlur(14)).point(lambda v: v * alpha)
        self.image.paste(colour, mask=soft.resize(self.image.size, Image.Resampling.BILINEAR))


def mask_of(size: tuple[int, int], *shapes: Points | Sequence[Point]) -> Image.Image:
    """Polygons, in final pixels, as a supersampled mask of `size`."""
    mask = Image.new("L", size, 0)
    draw = ImageDraw.Draw(mask)
    for shape in shapes:
        draw.polygon(_flat(shape), fill=255)
    return mask


def _flat(points: Points | Sequence[Point]) -> list[tuple[float, float]]:
    return [(x * SUPERSAMPLING, y * SUPERSAMPLING) for x, y in np.asarray(points).tolist()]
