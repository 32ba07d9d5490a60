"""Sky, light, ground and growth: the simple steps that scenes are drawn of."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from assistant.drawing.colours import Colour, Palette
from assistant.drawing.outlines import draw_layers, points
from assistant.drawing.stencil import Stencil
from assistant.drawing.surface import Points, Surface, smooth

Rng = np.random.Generator
Spot = Sequence[float]

_PINE = points(
    "0,-1 .15,-.6 .08,-.6 .22,-.3 .1,-.3 .27,0 -.27,0 -.1,-.3 -.22,-.3 -.08,-.6 -.15,-.6"
)


def ridge(
    rng: Rng, *, left: float, right: float, level: float, rough: float, peaks: int = 5
) -> Points:
    """A horizon line of midpoint-like noise from left to right, for hills and mountains."""
    x = np.linspace(left, right, 160)
    y = np.zeros_like(x)
    for octave in range(4):
        count = peaks * 2**octave + 2
        knots = rng.normal(size=count) * rough / 2**octave
        y += np.interp(x, np.linspace(left, right, count), knots)
    return np.column_stack([x, level + y])


class Scenery:
    """Steps on one surface, in a palette, with chance from `rng`.

    Places are shares of the surface's width and height, sizes shares of `unit`.
    """

    def __init__(self, surface: Surface, palette: Palette, rng: Rng) -> None:
        self.surface, self.palette, self.rng = surface, palette, rng
        self.width, self.height = surface.width, surface.height
        self.unit = (self.width * self.height / 1.5) ** 0.5

    def _place(self, at: Spot) -> tuple[float, float]:
        return at[0] * self.width, at[1] * self.height

    def _colour(self, words: str) -> Colour:
        return self.palette.colour(words)

    def plain(self, fill: str) -> None:
        """One colour all over."""
        self.surface.rectangle(0, 0, self.width, self.height, self._colour(fill))

    def gradient(self, stops: list[tuple[float, str]], top: float = 0, bottom: float = 1) -> None:
        """A vertical blend."""
        coloured = [(at, self._colour(words)) for at, words in stops]
        self.surface.gradient(coloured, top=top * self.height, bottom=bottom * self.height)

    def sky(self, horizon: float) -> None:
        """The palette's sky down to a share of the height."""
        self.gradient([(0, "sky"), (0.55, "sky+haze*.65"), (1, "haze")], bottom=horizon)

    def sun(self, at: Spot, size: float) -> None:
        """A sun or a moon with its halo."""
        self.glow(at, size * 3.2, "glow", 0.75)
        self.disc(at, size, "glow")

    def glow(self, at: Spot, size: float, fill: str, alpha: float = 1) -> None:
        """Light around a place."""
        self.surface.glow(*self._place(at), size * self.unit, self._colour(fill), alpha)

    def disc(self, at: Spot, size: float, fill: str, flat: float = 1) -> None:
        """An ellipse; `flat` is its height to its width."""
        radius = size * self.unit
        self.surface.ellipse(*self._place(at), radius, radius * flat, self._colour(fill))

    def rings(self, at: Spot, sizes: list[float], fill: str, ticks: int = 0) -> None:
        """Circles round a place, with ticks outside the last but one."""
        x, y = self._place(at)
        for size in sizes:
            self.surface.ring(x, y, size * self.unit, self._colour(fill), 1.4)
        for angle in np.linspace(0, 2 * np.pi, ticks, endpoint=False):
            way = np.array([np.cos(angle), np.sin(angle)]) * self.unit
            ends = [(x, y) + way * (sizes[-2] + step) for step in (0.01, 0.035)]
            self.surface.line(np.array(ends), self._colour(fill), 1)

    def rays(self, at: Spot, count: int, fill: str) -> None:
        """A sunburst."""
        middle, reach = np.array(self._place(at)), self.width + self.height
        for place in range(count):
            angles = 2 * np.pi * (place + np.array([0, 0.5])) / count
            ends = middle + reach * np.column_stack([np.cos(angles), np.sin(angles)])
            self.surface.polygon(np.vstack([middle[None], ends]), self._colour(fill))

    def slats(self, count: int, lean: float, fill: str) -> None:
        """Light through a venetian blind."""
        for top in np.linspace(-0.2, 1, count):
            low, high = (top + side * lean for side in (0, 1))
            text = f".06,{low} .94,{high} .94,{high + 0.026} .06,{low + 0.026}"
            self.area(fill, text, 0.75)

    def loops(self, middles: list[Spot], count: int, fill: str) -> None:
        """Height lines as on a map."""
        angle = np.linspace(0, 2 * np.pi, 9, endpoint=False)
        wobble = 1 + self.rng.normal(0, 0.12, 9)
        for middle in middles:
            for step in range(1, count):
                way = np.column_stack([np.cos(angle), np.sin(angle) * 1.15])
                loop = self._place(middle) + way * (0.055 * step * self.unit * wobble)[:, None]
                self.surface.line(smooth(np.vstack([loop, loop[:1]])), self._colour(fill), 1)

    def area(self, fill: str, outline: str, alpha: float = 1, curve: bool = False) -> None:
        """A polygon or a closed curve, in shares of the surface."""
        shape = points(outline) * (self.width, self.height)
        self.surface.polygon(smooth(shape) if curve else shape, self._colour(fill), alpha)

    def part(self, name: str, at: list[Spot]) -> None:
        """An outline of `parts`, once at each x, y, size."""
        for x, y, size in at:
            pen = Stencil(self.surface, *self._place((x, y)), size * self.unit)
            draw_layers(pen, "parts", name, self.palette.roles())

    def spots(
        self,
        count: int,
        fills: list[str],
        box: Sequence[float],
        size: Sequence[float],
        flat: float = 1,
        grow: float = 0,
        alpha: float = 1,
    ) -> None:
        """Many small ellipses in a box (left, top, right, bottom); `grow` towards the bottom."""
        left, top, right, bottom = box
        for _ in range(count):
            down = float(self.rng.random()) ** (1 + 0.5 * bool(grow))
            x, y = self._place((self.rng.uniform(left, right), top + (bottom - top) * down))
            reach = float(self.rng.uniform(size[0], size[1])) * (1 + grow * down) * self.unit
            fill = self._colour(fills[int(self.rng.integers(len(fills)))])
            self.surface.ellipse(x, y, reach, max(0.7, reach * flat), fill, alpha)

    def stars(self, count: int, lowest: float = 0.6) -> None:
        """Points of light in the upper part."""
        self.spots(count, ["haze+glow*.8"], (0, 0, 1, lowest), (0.0012, 0.0045))

    def clouds(self, count: int, top: float, bottom: float, fill: str, alpha: float = 1) -> None:
        """Flat-bottomed clouds."""
        for _ in range(count):
            x, y = self._place((self.rng.uniform(0, 1), self.rng.uniform(top, bottom)))
            wide = self.rng.uniform(0.10, 0.24) * self.unit
            puffs = [(x - wide, y)]
            puffs += [
                (x + place * wide, y - wide * self.rng.uniform(0.12, 0.34) * (1.2 - abs(place)))
                for place in np.linspace(-0.8, 0.8, 5)
            ]
            edge = smooth([*puffs, (x + wide, y)], closed=False)
            self.surface.polygon(edge, self._colour(fill), alpha)

    def birds(self, count: int) -> None:
        """Distant birds."""
        middle = self.rng.uniform(0.25, 0.75), self.rng.uniform(0.15, 0.3)
        for x, y, size in self.rng.normal((*middle, 0.012), (0.12, 0.03, 0.003), (count, 3)):
            wings = points("-1,-.35 -.4,-.45 0,0 .4,-.45 1,-.35") * size * self.unit
            line = smooth(wings + self._place((x, y)), closed=False)
            self.surface.line(line, self._colour("near"), 1.1)

    def hills(
        self, rows: list[tuple[float, float, str]], peaks: int = 4, wave: bool = False
    ) -> None:
        """Grounds behind one another: level, roughness and colour of each."""
        for level, rough, fill in rows:
            if wave:
                x = np.linspace(0, self.width, 60)
                swing = np.sin(x / self.width * peaks + self.rng.uniform(0, 6))
                line = np.column_stack([x, self.height * (level + rough * swing)])
            else:
                line = ridge(
                    self.rng, left=0, right=self.width, level=self.height * level,
                    rough=self.height * rough, peaks=peaks,
                )  # fmt: skip
            corners = [(self.width, self.height + 2), (0, self.height + 2)]
            self.surface.polygon(np.vstack([line, corners]), self._colour(fill))

    def pines(self, count: int, level: float, tall: float, fill: str) -> None:
        """A fringe of conifers."""
        for place in np.linspace(-0.02, 1.02, count):
            x, y = self._place((place + self.rng.normal(0, 0.012), level))
            size = self.height * tall * self.rng.uniform(0.5, 1.15)
            self.surface.polygon(_PINE * size + (x, y), self._colour(fill))
