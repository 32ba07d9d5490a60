"""Places and graphic grounds, drawn step by step as scenes.yaml says."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
from PIL import ImageOps

from assistant.drawing.colours import Palette, mix, read_data, scale
from assistant.drawing.outlines import points
from assistant.drawing.scenery import Rng, Scenery, Spot
from assistant.drawing.surface import Points, Surface, smooth

_RANGE = re.compile(r"(-?[\d.]+)~(-?[\d.]+)")


def draw_scene(surface: Surface, palette: Palette, name: str, rng: Rng) -> None:
    """Fill a surface with a scene or a graphic ground of scenes.yaml, now and then mirrored."""
    _Scene(surface, palette, rng).draw(name)
    if rng.random() < 0.5:
        surface.image.paste(ImageOps.mirror(surface.image))


def draw_ground(surface: Surface, palette: Palette, name: str, rng: Rng) -> None:
    """Draw the steps of a scene over what is on a surface already."""
    _Scene(surface, palette, rng).draw(name)


@cache
def has_footing(name: str) -> bool:
    """Whether a scene has a ground to walk on."""
    return name in read_data("scenes")["footing"]


class _Scene(Scenery):
    """Draws the steps of scenes.yaml: each names a method and what it is given.

    Where YAML has `0.3~0.7`, a number between the two is drawn each time.
    """

    def draw(self, name: str) -> None:
        for step in read_data("scenes")["scenes"][name]:
            for method, given in step.items():
                run: Callable[..., None] = getattr(self, method)
                settled = self._settled(given)
                if isinstance(settled, dict):
                    run(**settled)
                else:
                    run(settled)

    def _settled(self, given: Any) -> Any:
        if isinstance(given, dict):
            return {key: self._settled(value) for key, value in given.items()}
        if isinstance(given, list):
            return [self._settled(value) for value in given]
        found = _RANGE.fullmatch(given) if isinstance(given, str) else None
        return given if found is None else float(self.rng.uniform(float(found[1]), float(found[2])))

    def any_of(self, names: list[str]) -> None:
        """One of several scenes."""
        self.draw(names[int(self.rng.integers(len(names)))])

    def trunks(self, rows: list[tuple[float, str]]) -> None:
        """Tall bare trunks, each row nearer than the one before, light between them."""
        for depth, (level, fill) in enumerate(rows):
            thick = self.unit * (0.012 + 0.013 * depth)
            for x in self.rng.uniform(-0.05, 1.05, 13 - 2 * depth):
                if depth > 1 and abs(x - 0.5) < 0.2:
                    continue
                foot, top = np.array(self._place((x, level))), self._place((x, -0.02))
                lean = self.rng.normal(0, self.unit * 0.015)
                high = np.add(top, (lean, 0))
                corners = np.array([foot, high, high, foot])
                edge = corners + np.outer((-0.5, -0.3, 0.3, 0.5), (thick, 0))
                self.surface.polygon(edge, self._colour(fill))
                for share in self.rng.uniform(0.1, 0.9, 4):
                    bough = self.rng.uniform(0.06, 0.16) * self.unit * self.rng.choice([-1, 1])
                    rise = points("0,0 .5,-.35 1,-.9") * (bough, abs(bough))
                    line = foot + (high - foot) * share + rise
                    self.surface.line(smooth(line, closed=False), self._colour(fill), thick * 0.18)
            self.hills([(level, 0.012, fill)])
            self.glow((0.5, level), 0.7, "haze", 0.3 * (depth < len(rows) - 1))

    def bare_tree(self, at: Spot, size: float) -> None:
        """A tree without leaves."""
        colour, full = self._colour("ink"), size * self.unit
        branches = [(*self._place(at), -np.pi / 2 + self.rng.normal(0, 0.06), full * 0.36)]
        while branches:
            x, y, angle, length = branches.pop()
            end = x + np.cos(angle) * length, y + np.sin(angle) * length
            self.surface.line([(x, y), end], colour, length * 0.14)
            if length > full * 0.07:
                branches += [
                    (
                        *end,
                        angle + turn + self.rng.normal(0, 0.18),
                        length * self.rng.uniform(0.62, 0.78),
                    )
                    for turn in (-0.5, 0.45)
                ]

    def towers(
        self,
        level: float,
        tall: float,
        fill: str,
        lit: str = "",
        windows: float = 0.3,
        broken: bool = False,
    ) -> None:
        """A row of towers from edge to edge, some windows lit; `broken` ones are ruins."""
        x, foot, colour = -10.0, level * self.height, self._colour(fill)
        while x < self.width:
            wide = self.rng.uniform(0.06, 0.14) * self.unit
            top = foot - tall * self.height * self.rng.uniform(0.35, 1.0)
            crown = int(self.rng.integers(4)) if not broken else 4
            jag = np.zeros(6)
            if crown == 1:
                jag = np.linspace(0, -0.4, 6) * wide
            elif broken:
                jag = self.rng.uniform(-0.04, 0.03, 6) * self.height
            roof = np.column_stack([np.linspace(x, x + wide, 6), top + jag])
            corners = [(x + wide, self.height), (x, self.height)]
            self.surface.polygon(np.vstack([roof, corners]), colour)
            if crown == 0:
                mast = [(x + wide / 2, top), (x + wide / 2, top - tall * self.height * 0.16)]
                self.surface.line(mast, colour, 1.6)
            elif crown == 2:
                self.surface.rectangle(
                    x + wide * 0.25, top - wide * 0.25, x + wide * 0.75, top, colour
                )
            for wy in np.arange(top + 12, foot - 4, 9) if lit else ():
                for wx in np.arange(x + 4, x + wide - 5, 8):
                    if self.rng.random() < windows:
                        self.surface.rectangle(wx, wy, wx + 3, wy + 4, self._colour(lit))
            x += wide * self.rng.uniform(1.0, 1.35 if broken else 1.02)

    def walls(
        self, at: Spot, depths: list[float], near: str, far: str, closed: bool, holes: list[str]
    ) -> None:
        """Walls on both sides that recede to a vanishing point, with windows or doors in them.

        Args:
            at: the vanishing point.
            depths: how near each step is, from 1 (the surface's edge) down.
            near, far: colours of the nearest and of the farthest wall.
            closed: whether there are a floor and a ceiling; else house fronts of uneven height.
            holes: outlines in a wall that is one wide and one high.
        """
        middle = np.array(self._place(at))
        w, h = float(self.width), float(self.height)

        def plane(first: Spot, last: Spot, outer: float, inner: float) -> Points:
            """Between two lines from the surface's edge to the vanishing point, at two depths."""
            corners = np.array([first, first, last, last]) - middle
            placed: Points = middle + corners * np.array([[outer], [inner], [inner], [outer]])
            return placed

        for place, (outer, inner) in enumerate(pairwise(depths)):
            wall = mix(self._colour(near), self._colour(far), place / max(1, len(depths) - 2))
            for x, shade in ((0.0, 1.0), (w, 0.9)):
                top = 0.0 if closed else -0.06 * h * self.rng.uniform(0.8, 1.15)
                low = h if closed else 0.86 * h
                side = plane((x, top), (x, low), outer, inner)
                self.surface.polygon(side, scale(wall, shade))
                for hole in holes:
                    if closed or self.rng.random() < 0.45:
                        fill = scale(wall, 0.55) if closed else mix(self.palette.glow, wall, 0.25)
                        self.surface.polygon(_in_quad(points(hole), side), fill)
            for y, shade in ((0.0, 0.7), (h, 0.85)) if closed else ():
                floor = plane((0, y), (w, y), outer, inner)
                self.surface.polygon(floor, scale(wall, shade))


def _in_quad(shape: Points, quad: Points) -> Points:
    """Points of the unit square brought into a quadrangle, corner by corner."""
    u, v = shape[:, :1], shape[:, 1:]
    top, low = quad[0] + (quad[1] - quad[0]) * u, quad[3] + (quad[2] - quad[3]) * u
    placed: Points = top + (low - top) * v
    return placed
