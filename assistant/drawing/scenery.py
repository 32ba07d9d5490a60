"""What scenes share: sky, sun, clouds, ground, trees and towers."""

from __future__ import annotations

import numpy as np

from assistant.drawing.canvas import Canvas, Points, smooth
from assistant.drawing.colours import Colour, Palette, mix

Rng = np.random.Generator


def sky(canvas: Canvas, palette: Palette, *, horizon: float = 1.0) -> None:
    """The palette's sky down to a share of the height."""
    canvas.gradient(
        [(0, palette.sky), (0.55, mix(palette.sky, palette.haze, 0.65)), (1, palette.haze)],
        bottom=canvas.height * horizon,
    )


def sun(canvas: Canvas, palette: Palette, x: float, y: float, radius: float) -> None:
    """A sun or a moon with its halo."""
    canvas.glow(x, y, radius * 3.2, palette.glow, 0.75)
    canvas.ellipse(x, y, radius, radius, palette.glow)


def stars(canvas: Canvas, palette: Palette, rng: Rng, *, count: int, lowest: float = 0.6) -> None:
    """Points of light in the upper part."""
    for x, y, size in zip(
        rng.uniform(0, canvas.width, count),
        rng.uniform(0, canvas.height * lowest, count),
        rng.exponential(0.5, count) + 0.4,
        strict=True,
    ):
        canvas.ellipse(x, y, min(size, 1.8), min(size, 1.8), mix(palette.haze, palette.glow, 0.8))


def ground(canvas: Canvas, line: Points, colour: Colour) -> None:
    """Everything under a line."""
    canvas.polygon(
        np.vstack([line, [(line[-1, 0], canvas.height + 2), (line[0, 0], canvas.height + 2)]]),
        colour,
    )


def clouds(
    canvas: Canvas,
    colour: Colour,
    rng: Rng,
    *,
    count: int,
    top: float,
    bottom: float,
    alpha: float = 1.0,
) -> None:
    """Flat-bottomed clouds."""
    for _ in range(count):
        x, y = rng.uniform(0, canvas.width), rng.uniform(top, bottom) * canvas.height
        wide = rng.uniform(0.10, 0.24) * canvas.width
        puffs = [(x - wide, y)]
        puffs += [
            (x + place * wide, y - wide * rng.uniform(0.12, 0.34) * (1.2 - abs(place)))
            for place in np.linspace(-0.8, 0.8, 5)
        ]
        puffs.append((x + wide, y))
        canvas.polygon(
            np.vstack([smooth(puffs, closed=False), [(x + wide, y), (x - wide, y)]]), colour, alpha
        )


def birds(
    canvas: Canvas, colour: Colour, rng: Rng, *, count: int, top: float, bottom: float
) -> None:
    """Distant birds."""
    cx, cy = rng.uniform(0.25, 0.75) * canvas.width, rng.uniform(top, bottom) * canvas.height
    for _ in range(count):
        x, y = cx + rng.normal(0, 0.12) * canvas.width, cy + rng.normal(0, 0.03) * canvas.height
        s = rng.uniform(3, 7)
        canvas.line(
            smooth(
                [
                    (x - s, y - s * 0.35),
                    (x - s * 0.4, y - s * 0.45),
                    (x, y),
                    (x + s * 0.4, y - s * 0.45),
                    (x + s, y - s * 0.35),
                ],
                closed=False,
            ),
            colour,
            1.1,
        )


def pines(
    canvas: Canvas, colour: Colour, rng: Rng, *, count: int, level: float, tall: float
) -> None:
    """A fringe of conifers standing on a level."""
    w, h = canvas.width, canvas.height
    for place in np.linspace(-0.02, 1.02, count) * w:
        x = place + rng.normal(0, w * 0.012)
        size = h * tall * rng.uniform(0.5, 1.15)
        y = h * level + rng.uniform(0, h * 0.02)
        for tier in range(4):
            top = y - size + tier * size * 0.2
            half = size * (0.10 + 0.055 * tier)
            canvas.polygon(
                [(x, top), (x + half, top + size * 0.34), (x - half, top + size * 0.34)], colour
            )
        canvas.rectangle(x - size * 0.02, y - size * 0.2, x + size * 0.02, y + h * 0.03, colour)


def skyline(
    canvas: Canvas,
    rng: Rng,
    *,
    level: float,
    tall: float,
    colour: Colour,
    lit: Colour | None,
    windows: float = 0.4,
) -> None:
    """A row of towers from edge to edge, some windows lit."""
    w, x = canvas.width, -10.0
    while x < w:
        wide = rng.uniform(0.06, 0.14) * w
        top = level - tall * rng.uniform(0.35, 1.0)
        canvas.rectangle(x, top, x + wide, canvas.height, colour)
        crown = rng.integers(4)
        if crown == 0:
            canvas.line([(x + wide / 2, top), (x + wide / 2, top - tall * 0.16)], colour, 1.6)
        elif crown == 1:
            canvas.polygon([(x, top), (x + wide, top), (x + wide, top - wide * 0.4)], colour)
        elif crown == 2:
            canvas.rectangle(x + wide * 0.25, top - wide * 0.25, x + wide * 0.75, top, colour)
        if lit is not None:
            for wy in np.arange(top + 6, level - 4, 8):
                for wx in np.arange(x + 4, x + wide - 5, 7):
                    if rng.random() < windows:
                        canvas.rectangle(wx, wy, wx + 3, wy + 4, lit)
        x += wide + rng.uniform(-2, 3)
