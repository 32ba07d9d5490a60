"""Graphic grounds to stand people in front of, and photographs turned into prints."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from assistant.drawing.canvas import Canvas, oval, ridge, smooth
from assistant.drawing.colours import Palette, luma, mix
from assistant.drawing.scenery import Rng, ground


def rays(canvas: Canvas, palette: Palette, rng: Rng) -> None:
    """A sunburst."""
    w, h = canvas.width, canvas.height
    canvas.gradient([(0, palette.mid), (1, palette.near)])
    x, y, reach, count = w * 0.5, h * 0.40, w + h, int(rng.integers(14, 22))
    for place in range(count):
        a, b = (2 * np.pi * (place + t) / count for t in (0, 0.5))
        canvas.polygon(
            [
                (x, y),
                (x + reach * np.cos(a), y + reach * np.sin(a)),
                (x + reach * np.cos(b), y + reach * np.sin(b)),
            ],
            palette.far,
        )
    canvas.glow(x, y, w * 0.75, palette.glow, 0.85)


def disc(canvas: Canvas, palette: Palette, rng: Rng) -> None:
    """A large plain sun on a soft ground, a horizon low down."""
    w, h = canvas.width, canvas.height
    canvas.gradient([(0, palette.sky), (1, palette.haze)])
    x, y = w * rng.uniform(0.42, 0.58), h * 0.38
    canvas.ellipse(x, y, w * 0.46, w * 0.46, mix(palette.accent, palette.far, 0.55))
    canvas.ellipse(x, y, w * 0.36, w * 0.36, mix(palette.accent, palette.glow, 0.55))
    for level, colour in ((0.68, palette.far), (0.76, palette.mid), (0.86, palette.near)):
        ground(
            canvas, ridge(rng, left=0, right=w, level=h * level, rough=h * 0.014, peaks=3), colour
        )


def blinds(canvas: Canvas, palette: Palette, rng: Rng) -> None:
    """Light through a venetian blind."""
    w, h = canvas.width, canvas.height
    canvas.gradient([(0, palette.near), (1, palette.ink)])
    lean = h * rng.uniform(0.12, 0.24) * rng.choice([-1, 1])
    for y in np.arange(-0.2 * h, 1.0 * h, h * 0.058):
        canvas.polygon(
            [
                (w * 0.06, y),
                (w * 0.94, y + lean),
                (w * 0.94, y + lean + h * 0.026),
                (w * 0.06, y + h * 0.026),
            ],
            mix(palette.haze, palette.glow, 0.25),
            0.75,
        )
    canvas.glow(w * 0.5, h * 0.35, w * 0.7, palette.glow, 0.30)
    canvas.rectangle(w * 0.49, 0, w * 0.51, h, palette.near)


def slab(canvas: Canvas, palette: Palette, rng: Rng) -> None:
    """One diagonal of light across the dark."""
    w, h = canvas.width, canvas.height
    canvas.gradient([(0, palette.ink), (1, palette.near)])
    side = rng.choice([-1, 1])
    a, b = w * (0.5 - 0.16 * side), w * (0.5 + 0.42 * side)
    canvas.polygon(
        [(a, -5), (b, -5), (a + side * w * 0.05, h + 5), (a - side * w * 0.55, h + 5)],
        palette.accent,
    )
    canvas.polygon(
        [
            (a, -5),
            (a + side * w * 0.12, -5),
            (a - side * w * 0.42, h + 5),
            (a - side * w * 0.55, h + 5),
        ],
        mix(palette.accent, palette.glow, 0.5),
    )


def shards(canvas: Canvas, palette: Palette, rng: Rng) -> None:
    """Splinters flying outward from a flash."""
    w, h = canvas.width, canvas.height
    canvas.gradient([(0, palette.sky), (0.5, palette.haze), (1, palette.near)])
    x, y = w * 0.5, h * 0.42
    canvas.glow(x, y, w * 0.95, palette.glow, 0.95)
    colours = (palette.accent, palette.mid, palette.near, palette.ink, palette.far)
    for _ in range(54):
        angle, near = rng.uniform(0, 2 * np.pi), rng.uniform(0.36, 0.9) * w
        length, wide = rng.uniform(0.08, 0.5) * w, rng.uniform(0.008, 0.045)
        points = [
            (x + near * np.cos(angle - wide), y + near * np.sin(angle - wide)),
            (x + near * np.cos(angle + wide), y + near * np.sin(angle + wide)),
            (x + (near + length) * np.cos(angle), y + (near + length) * np.sin(angle)),
        ]
        canvas.polygon(points, colours[rng.integers(5)])


def dots(canvas: Canvas, palette: Palette, rng: Rng) -> None:
    """Candy dots on a plain colour with a big scalloped sun."""
    w, h = canvas.width, canvas.height
    canvas.gradient([(0, palette.mid), (1, palette.mid)])
    step = w * 0.085
    for row, y in enumerate(np.arange(0, h + step, step)):
        for x in np.arange(-(row % 2) * step / 2, w + step, step):
            canvas.ellipse(x, y, step * 0.17, step * 0.17, mix(palette.mid, palette.paper, 0.4))
    x, y, r = w * 0.5, h * 0.40, w * 0.42
    for angle in np.linspace(0, 2 * np.pi, 20, endpoint=False):
        canvas.ellipse(
            x + r * np.cos(angle), y + r * np.sin(angle), r * 0.17, r * 0.17, palette.glow
        )
    canvas.ellipse(x, y, r, r, palette.glow)
    canvas.ellipse(x, y, r * 0.84, r * 0.84, mix(palette.accent, palette.glow, 0.35))
    _confetti(canvas, palette, rng)


def arcs(canvas: Canvas, palette: Palette, rng: Rng) -> None:
    """A rainbow of the palette over hills."""
    w, h = canvas.width, canvas.height
    canvas.gradient([(0, palette.sky), (1, palette.haze)])
    for place, colour in enumerate(
        (palette.accent, palette.far, palette.glow, palette.mid, palette.paper, palette.haze)
    ):
        r = w * (0.62 - 0.065 * place)
        canvas.ellipse(w * 0.5, h * 0.52, r, r, colour)
    for level, colour in ((0.62, palette.mid), (0.74, palette.near)):
        xs = np.linspace(0, w, 60)
        ground(
            canvas,
            np.column_stack([xs, h * level + h * 0.03 * np.sin(xs / w * 6 + rng.uniform(0, 6))]),
            colour,
        )
    _confetti(canvas, palette, rng)


def _confetti(canvas: Canvas, palette: Palette, rng: Rng) -> None:
    colours = (palette.accent, palette.paper, palette.glow, palette.near)
    for _ in range(46):
        x, y, s, turn = (
            rng.uniform(0, canvas.width),
            rng.uniform(0, canvas.height * 0.7),
            rng.uniform(3, 7),
            rng.uniform(0, 3),
        )
        box = np.array([(-s, -s * 0.4), (s, -s * 0.4), (s, s * 0.4), (-s, s * 0.4)])
        spin = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
        canvas.polygon(box @ spin + (x, y), colours[rng.integers(4)])


def blocks(canvas: Canvas, palette: Palette, rng: Rng) -> None:
    """Four flat fields of colour with cut-out shapes."""
    w, h = canvas.width, canvas.height
    split = h * rng.uniform(0.36, 0.46)
    colours = [palette.far, palette.accent, palette.glow, palette.mid]
    colours = [colours[place] for place in rng.permutation(4)]
    for place, colour in enumerate(colours):
        left, top = (place % 2) * w / 2, (place // 2) * split
        canvas.rectangle(left, top, left + w / 2, split if place < 2 else h, colour)
        other = colours[(place + 1) % 4]
        cx = left + w / 4
        if place == int(rng.integers(4)):
            canvas.ellipse(cx, top + split * 0.5, w * 0.18, w * 0.18, other)
        else:
            for y in np.arange(top + 8, (split if place < 2 else h), 22):
                canvas.line(
                    smooth(
                        [
                            (left + t * w / 2, y + (6 if i % 2 else -6))
                            for i, t in enumerate(np.linspace(0, 1, 7))
                        ],
                        closed=False,
                    ),
                    mix(colour, palette.paper, 0.3),
                    3,
                )


def contours(canvas: Canvas, palette: Palette, rng: Rng) -> None:
    """A map's height lines on paper, one disc of colour."""
    w, h = canvas.width, canvas.height
    bright = luma(palette.sky) > 0.4
    base = mix(palette.paper, palette.haze, 0.55) if bright else palette.near
    pen = mix(palette.mid, base, 0.45) if bright else mix(palette.haze, base, 0.35)
    canvas.rectangle(0, 0, w, h, base)
    for cx, cy, count in (
        (rng.uniform(0, 0.4), rng.uniform(0.05, 0.4), 12),
        (rng.uniform(0.7, 1.0), rng.uniform(0.5, 0.9), 12),
    ):
        wobble = rng.normal(0, 0.12, 9)
        for ringed in range(1, count):
            angle = np.linspace(0, 2 * np.pi, 9, endpoint=False)
            r = w * 0.055 * ringed * (1 + wobble)
            loop = smooth(
                np.column_stack([w * cx + r * np.cos(angle), h * cy + r * np.sin(angle) * 1.15])
            )
            canvas.line(np.vstack([loop, loop[:1]]), pen, 1.0)
    canvas.ellipse(w * 0.5, h * 0.38, w * 0.34, w * 0.34, palette.accent)


def halo(canvas: Canvas, palette: Palette, rng: Rng) -> None:
    """Instrument rings and ticks round a glow."""
    w, h = canvas.width, canvas.height
    canvas.gradient(
        [
            (0, palette.ink if luma(palette.sky) < 0.4 else palette.near),
            (0.6, palette.mid),
            (1, palette.near),
        ]
    )
    x, y = w * 0.5, h * 0.37
    canvas.glow(x, y, w * 0.8, palette.glow, 0.8)
    for place, share in enumerate((0.30, 0.36, 0.44, 0.47, 0.58)):
        canvas.ring(x, y, w * share, mix(palette.haze, palette.glow, 0.6), 1 + 2 * (place == 2))
    for angle in np.linspace(0, 2 * np.pi, 72, endpoint=False):
        r0, r1 = w * 0.475, w * (0.50 if round(angle * 36 / np.pi) % 6 else 0.53)
        canvas.line(
            [
                (x + r0 * np.cos(angle), y + r0 * np.sin(angle)),
                (x + r1 * np.cos(angle), y + r1 * np.sin(angle)),
            ],
            palette.haze,
            1,
        )
    for _ in range(70):
        canvas.ellipse(rng.uniform(0, w), rng.uniform(0, h), 0.9, 0.9, palette.paper)


def arch(canvas: Canvas, palette: Palette, rng: Rng) -> None:
    """A moorish arch with a view of the sky, leaves round it."""
    w, h = canvas.width, canvas.height
    canvas.rectangle(0, 0, w, h, mix(palette.far, palette.mid, 0.4))
    x = w * 0.5
    for grow, colour in ((0.47, palette.near), (0.44, palette.haze)):
        half, top = w * grow, h * 0.36
        canvas.polygon(
            np.vstack([oval(x, top, half, half, corners=90)[45:], [(x + half, h), (x - half, h)]]),
            colour,
        )
    canvas.glow(x, h * 0.34, w * 0.5, palette.glow, 0.9)
    canvas.ellipse(
        x + w * rng.uniform(-0.1, 0.1),
        h * 0.30,
        w * 0.20,
        w * 0.20,
        mix(palette.glow, palette.accent, 0.35),
    )
    for side in (-1, 1):
        for place in range(9):
            lx, ly = x + side * w * (0.52 - 0.02 * place), h * (0.62 + 0.05 * place)
            for turn in (-0.9, -0.3, 0.4):
                tip = (lx - side * w * 0.16 * np.cos(turn), ly - w * 0.17 * np.sin(turn + 0.8))
                canvas.polygon(
                    smooth(
                        [
                            (lx, ly),
                            ((lx + tip[0]) / 2, (ly + tip[1]) / 2 - 8),
                            tip,
                            ((lx + tip[0]) / 2, (ly + tip[1]) / 2 + 8),
                        ],
                        steps=5,
                    ),
                    (palette.near, palette.ink, palette.mid)[place % 3],
                )


BACKDROPS: dict[str, Callable[[Canvas, Palette, Rng], None]] = {
    function.__name__: function
    for function in (rays, disc, blinds, slab, shards, dots, arcs, blocks, contours, halo, arch)
}
