"""Houses, corridors, rooms and villages."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from assistant.drawing.canvas import Canvas, ridge, smooth
from assistant.drawing.colours import Colour, Palette, mix, scale
from assistant.drawing.scenery import Rng, birds, clouds, ground, pines, sky, skyline, sun


def hill_house(canvas: Canvas, palette: Palette, rng: Rng) -> None:
    """A lonely house with one lit window."""
    w, h = canvas.width, canvas.height
    sky(canvas, palette)
    x = w * rng.uniform(0.40, 0.60)
    sun(canvas, palette, x + w * 0.08, h * 0.30, w * 0.24)
    clouds(
        canvas, mix(palette.sky, palette.haze, 0.5), rng, count=4, top=0.12, bottom=0.4, alpha=0.8
    )
    hill = smooth(
        [
            (-10, h * 0.80),
            (w * 0.2, h * 0.70),
            (x - w * 0.1, h * 0.58),
            (x + w * 0.1, h * 0.58),
            (w * 0.8, h * 0.72),
            (w + 10, h * 0.78),
        ],
        closed=False,
    )
    base, ink = h * 0.59, palette.ink
    for left, right, top in ((-0.14, 0.02, 0.13), (0.0, 0.15, 0.09)):
        canvas.rectangle(x + w * left, base - h * top, x + w * right, base + 6, ink)
        mid = x + w * (left + right) / 2
        canvas.polygon(
            [
                (x + w * (left - 0.02), base - h * top),
                (mid, base - h * (top + 0.09)),
                (x + w * (right + 0.02), base - h * top),
            ],
            ink,
        )
    canvas.rectangle(x + w * 0.07, base - h * 0.20, x + w * 0.10, base - h * 0.1, ink)
    canvas.glow(x - w * 0.06, base - h * 0.105, w * 0.12, palette.accent, 0.8)
    canvas.rectangle(x - w * 0.078, base - h * 0.125, x - w * 0.042, base - h * 0.085, palette.glow)
    canvas.line([(x - w * 0.06, base - h * 0.125), (x - w * 0.06, base - h * 0.085)], ink, 1.2)
    ground(canvas, hill, mix(palette.near, ink, 0.5))
    path = smooth(
        [
            (x - w * 0.05, base + 2),
            (x + w * 0.10, h * 0.70),
            (x - w * 0.10, h * 0.82),
            (x + w * 0.05, h + 10),
            (x + w * 0.22, h + 10),
            (x + w * 0.02, h * 0.83),
            (x + w * 0.15, h * 0.70),
            (x - w * 0.02, base + 2),
        ]
    )
    canvas.polygon(path, mix(palette.near, palette.haze, 0.25))
    for side in (-1, 1):
        _bare_tree(canvas, rng, w * (0.5 + 0.44 * side), h * 0.84, h * rng.uniform(0.36, 0.48), ink)
    ground(canvas, ridge(rng, left=0, right=w, level=h * 0.92, rough=h * 0.012, peaks=6), ink)
    birds(canvas, ink, rng, count=6, top=0.2, bottom=0.3)


def _bare_tree(canvas: Canvas, rng: Rng, x: float, y: float, size: float, colour: Colour) -> None:
    branches = [(x, y, -np.pi / 2 + rng.normal(0, 0.06), size * 0.36, size * 0.05)]
    while branches:
        bx, by, angle, length, thick = branches.pop()
        ex, ey = bx + np.cos(angle) * length, by + np.sin(angle) * length
        bend = angle + rng.normal(0, 0.12)
        mx, my = bx + np.cos(bend) * length * 0.5, by + np.sin(bend) * length * 0.5
        canvas.line(smooth([(bx, by), (mx, my), (ex, ey)], closed=False, steps=4), colour, thick)
        if length > size * 0.07:
            branches += [
                (
                    ex,
                    ey,
                    angle + turn + rng.normal(0, 0.18),
                    length * rng.uniform(0.62, 0.78),
                    thick * 0.62,
                )
                for turn in (-0.5, 0.45)
            ]


def corridor(canvas: Canvas, palette: Palette, rng: Rng) -> None:
    """A long corridor that ends in a lit door."""
    w, h = canvas.width, canvas.height
    cx, cy = w * rng.uniform(0.44, 0.56), h * 0.46
    canvas.rectangle(0, 0, w, h, palette.near)

    def corner(share: float) -> list[tuple[float, float]]:
        return [
            (cx - cx * share, cy - cy * share),
            (cx + (w - cx) * share, cy - cy * share),
            (cx + (w - cx) * share, cy + (h - cy) * share),
            (cx - cx * share, cy + (h - cy) * share),
        ]

    steps = [1.0, 0.74, 0.54, 0.39, 0.28, 0.2]
    for place, (outer, inner) in enumerate(pairwise(steps)):
        a, b = corner(outer), corner(inner)
        depth = place / 5
        wall = mix(palette.near, palette.haze, 0.15 + 0.6 * depth)
        canvas.polygon([a[0], a[1], b[1], b[0]], scale(wall, 0.7))
        canvas.polygon([a[3], a[2], b[2], b[3]], scale(wall, 0.85))
        canvas.polygon([a[0], a[3], b[3], b[0]], wall)
        canvas.polygon([a[1], a[2], b[2], b[1]], scale(wall, 0.9))
        for left, right in ((a[0], b[0]), (a[1], b[1])):
            x0, x1 = (left[0] * (1 - t) + right[0] * t for t in (0.3, 0.75))
            tops = [left[1] * (1 - t) + right[1] * t for t in (0.3, 0.75)]
            lows = [(h - cy) * (outer * (1 - t) + inner * t) + cy for t in (0.3, 0.75)]
            canvas.polygon(
                [
                    (x0, tops[0] + (lows[0] - tops[0]) * 0.3),
                    (x1, tops[1] + (lows[1] - tops[1]) * 0.3),
                    (x1, lows[1]),
                    (x0, lows[0]),
                ],
                scale(wall, 0.55),
            )
    end = corner(0.2)
    canvas.polygon(end, mix(palette.near, palette.haze, 0.6))
    half, top, low = w * 0.055, cy - h * 0.075, end[2][1]
    canvas.glow(cx, cy, w * 0.5, palette.glow, 0.7)
    canvas.rectangle(cx - half, top, cx + half, low, palette.glow)
    canvas.polygon(
        [(cx - half, low), (cx + half, low), (cx + w * 0.30, h), (cx - w * 0.30, h)],
        palette.glow,
        0.45,
    )


def room(canvas: Canvas, palette: Palette, rng: Rng) -> None:
    """A big window, evening outside, an armchair, a plant and a lamp inside."""
    w, h = canvas.width, canvas.height
    wall = mix(palette.near, palette.mid, 0.55)
    canvas.rectangle(0, 0, w, h, wall)
    left, top, right, bottom = w * 0.16, h * 0.10, w * 0.84, h * 0.60
    pane = Canvas(round(right - left), round(bottom - top), palette.haze)
    (_pane_sea if rng.random() < 0.5 else _pane_city)(pane, palette, rng)
    canvas.image.paste(pane.image, (round(left * 2), round(top * 2)))
    frame = mix(palette.paper, palette.haze, 0.25)
    for x in (left, (left + right) / 2, right):
        canvas.rectangle(x - 4, top - 4, x + 4, bottom + 4, frame)
    for y in (top, top + (bottom - top) * 0.42, bottom):
        canvas.rectangle(left - 4, y - 4, right + 4, y + 4, frame)
    for side, x in ((-1, left), (1, right)):
        drape = [
            (x - side * w * 0.16, top - 14),
            (x + side * w * 0.17, top - 14),
            (x + side * w * 0.10, h * 0.34),
            (x + side * w * 0.02, h * 0.50),
            (x + side * w * 0.04, h * 0.72),
            (x - side * w * 0.16, h * 0.72),
        ]
        canvas.polygon(drape, palette.accent)
        for fold in (0.04, -0.03, -0.10):
            low = x + side * w * (fold * 0.5 - 0.03)
            canvas.line(
                [(x + side * w * (fold + 0.04), top), (low, h * 0.50), (low, h * 0.71)],
                scale(palette.accent, 0.78),
                2.5,
            )
        canvas.rectangle(x - w * 0.08, h * 0.49, x + w * 0.08, h * 0.505, palette.glow)
    canvas.rectangle(0, top - 22, w, top - 12, palette.ink)
    canvas.rectangle(0, h * 0.76, w, h, mix(palette.ink, palette.near, 0.35))
    canvas.ellipse(w * 0.5, h * 0.88, w * 0.44, h * 0.07, palette.mid)
    x = w * rng.choice([0.26, 0.74])
    chair = mix(palette.accent, palette.near, 0.45)
    canvas.polygon(
        smooth(
            [
                (x - w * 0.15, h * 0.86),
                (x - w * 0.15, h * 0.60),
                (x, h * 0.57),
                (x + w * 0.15, h * 0.60),
                (x + w * 0.15, h * 0.86),
            ],
            steps=6,
        ),
        chair,
    )
    canvas.polygon(
        smooth(
            [
                (x - w * 0.20, h * 0.88),
                (x - w * 0.20, h * 0.74),
                (x - w * 0.12, h * 0.73),
                (x - w * 0.11, h * 0.80),
                (x + w * 0.11, h * 0.80),
                (x + w * 0.12, h * 0.73),
                (x + w * 0.20, h * 0.74),
                (x + w * 0.20, h * 0.88),
            ],
            steps=6,
        ),
        scale(chair, 0.8),
    )
    lamp = w - x
    canvas.line([(lamp, h * 0.86), (lamp, h * 0.52)], palette.ink, 3)
    canvas.glow(lamp, h * 0.50, w * 0.42, palette.glow, 0.6)
    canvas.polygon(
        [
            (lamp - w * 0.05, h * 0.46),
            (lamp + w * 0.05, h * 0.46),
            (lamp + w * 0.10, h * 0.54),
            (lamp - w * 0.10, h * 0.54),
        ],
        palette.glow,
    )


def _pane_sea(pane: Canvas, palette: Palette, rng: Rng) -> None:
    sky(pane, palette, horizon=0.65)
    sun(pane, palette, pane.width * 0.5, pane.height * 0.52, pane.width * 0.14)
    pane.gradient([(0, palette.far), (1, palette.mid)], top=pane.height * 0.65)


def _pane_city(pane: Canvas, palette: Palette, rng: Rng) -> None:
    sky(pane, palette)
    skyline(
        pane, rng, level=pane.height * 0.9, tall=pane.height * 0.6, colour=palette.far, lit=None
    )
    skyline(
        pane,
        rng,
        level=pane.height,
        tall=pane.height * 0.5,
        colour=palette.mid,
        lit=palette.glow,
        windows=0.25,
    )


def village(canvas: Canvas, palette: Palette, rng: Rng) -> None:
    """Crooked little houses on round hills, smoke from the chimneys."""
    w, h = canvas.width, canvas.height
    sky(canvas, palette)
    sun(canvas, palette, w * rng.uniform(0.2, 0.8), h * 0.22, w * 0.11)
    clouds(canvas, palette.paper, rng, count=4, top=0.1, bottom=0.35)
    walls = (palette.paper, palette.accent, mix(palette.glow, palette.mid, 0.4), palette.mid)
    for row, (level, colour) in enumerate(
        ((0.60, palette.far), (0.72, palette.mid), (0.84, palette.near))
    ):
        xs = np.linspace(0, w, 60)
        phase = rng.uniform(0, 6)
        line = h * level + h * 0.04 * np.sin(xs / w * 4.5 + phase)
        for hx in rng.uniform(0.06, 0.94, 4) * w:
            base = float(np.interp(hx, xs, line)) + 4
            size, wall = w * (0.045 + 0.014 * row), walls[rng.integers(4)]
            canvas.rectangle(hx - size, base - size * 1.7, hx + size, base + 4, wall)
            canvas.rectangle(
                hx + size * 0.4, base - size * 3.0, hx + size * 0.7, base - size * 1.8, palette.ink
            )
            canvas.polygon(
                [
                    (hx - size * 1.25, base - size * 1.65),
                    (hx, base - size * 2.9),
                    (hx + size * 1.25, base - size * 1.65),
                ],
                palette.near if wall != palette.near else palette.ink,
            )
            canvas.rectangle(
                hx - size * 0.25, base - size * 0.9, hx + size * 0.25, base + 4, palette.ink
            )
            canvas.rectangle(
                hx - size * 0.75,
                base - size * 1.35,
                hx - size * 0.4,
                base - size * 0.95,
                palette.glow,
            )
            for puff in range(4):
                canvas.ellipse(
                    hx + size * (0.55 + 0.3 * puff),
                    base - size * (3.2 + 0.55 * puff),
                    size * (0.18 + 0.09 * puff),
                    size * (0.16 + 0.08 * puff),
                    palette.paper,
                    0.7,
                )
        ground(canvas, np.column_stack([xs, line]), colour)
    pines(canvas, palette.ink, rng, count=9, level=0.97, tall=0.10)
