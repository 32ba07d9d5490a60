"""Cities, streets, ruins and stadiums."""

from __future__ import annotations

import numpy as np

from assistant.drawing.canvas import Canvas, oval, ridge
from assistant.drawing.colours import Palette, luma, mix
from assistant.drawing.scenery import Rng, ground, sky, skyline, stars, sun


def city(canvas: Canvas, palette: Palette, rng: Rng) -> None:
    """A skyline in three depths."""
    w, h = canvas.width, canvas.height
    sky(canvas, palette)
    if luma(palette.sky) < 0.3:
        stars(canvas, palette, rng, count=60, lowest=0.4)
    sun(canvas, palette, w * rng.uniform(0.25, 0.75), h * rng.uniform(0.22, 0.34), w * 0.16)
    dark = luma(palette.near) < 0.2
    for level, tall, colour, share in (
        (0.72, 0.40, palette.far, 0.0),
        (0.82, 0.36, palette.mid, 0.2),
        (0.98, 0.34, palette.near, 0.34),
    ):
        lit = mix(palette.glow, colour, 0.1 if dark else 0.35) if share else None
        skyline(canvas, rng, level=h * level, tall=h * tall, colour=colour, lit=lit, windows=share)


def street(canvas: Canvas, palette: Palette, rng: Rng) -> None:
    """A wet street between house fronts, neon signs and their reflections."""
    w, h = canvas.width, canvas.height
    cx, cy = w * rng.uniform(0.44, 0.56), h * 0.56
    sky(canvas, palette, horizon=0.6)
    sun(canvas, palette, cx, h * 0.36, w * 0.10)
    for side in (-1, 1):
        edge = 0.0 if side < 0 else float(w)
        for place, share in enumerate((1.0, 0.66, 0.42, 0.26)):
            x0, x1 = (cx + (edge - cx) * s for s in (share, share * 0.66))
            top0 = cy - h * 0.62 * share * rng.uniform(0.8, 1.05)
            top1 = cy - (cy - top0) * 0.72
            low0, low1 = (cy + h * 0.30 * s for s in (share, share * 0.66))
            wall = mix(palette.near, palette.far, place / 4)
            canvas.polygon([(x0, top0), (x1, top1), (x1, low1), (x0, low0)], wall)
            for row in range(5):
                for column in range(3):
                    if rng.random() < 0.45:
                        t0, t1 = (0.12 + 0.29 * column, 0.29 + 0.29 * column)
                        xs = [x0 + (x1 - x0) * t for t in (t0, t1)]
                        ys = [
                            [
                                top0
                                + (top1 - top0) * t
                                + (low0 + (low1 - low0) * t - top0 - (top1 - top0) * t) * f
                                for t in (t0, t1)
                            ]
                            for f in (0.08 + 0.15 * row, 0.16 + 0.15 * row)
                        ]
                        canvas.polygon(
                            [
                                (xs[0], ys[0][0]),
                                (xs[1], ys[0][1]),
                                (xs[1], ys[1][1]),
                                (xs[0], ys[1][0]),
                            ],
                            mix(palette.glow, wall, 0.25),
                        )
            sx = (x0 + x1) / 2
            sign = (palette.accent, palette.glow, palette.haze)[rng.integers(3)]
            tall = h * 0.11 * share
            canvas.glow(sx, cy - h * 0.1 * share, tall, sign, 0.55)
            canvas.rectangle(
                sx - 7 * share,
                cy - h * 0.16 * share,
                sx + 7 * share,
                cy - h * 0.16 * share + tall,
                sign,
            )
    canvas.polygon(
        [(cx - w * 0.05, cy), (cx + w * 0.05, cy), (w * 1.3, h + 5), (-w * 0.3, h + 5)], palette.ink
    )
    for _ in range(46):
        y = cy + (h - cy) * rng.random() ** 0.8
        depth = (y - cy) / (h - cy)
        x = cx + rng.normal(0, 0.05 + 0.30 * depth) * w
        canvas.ellipse(
            x,
            y,
            3 + 24 * depth,
            0.6 + 1.3 * depth,
            (palette.accent, palette.glow, palette.haze)[rng.integers(3)],
            0.55,
        )


def ruins(canvas: Canvas, palette: Palette, rng: Rng) -> None:
    """A broken town under smoke, wire in front."""
    w, h = canvas.width, canvas.height
    sky(canvas, palette)
    sun(canvas, palette, w * rng.uniform(0.3, 0.7), h * 0.48, w * 0.13)
    for _ in range(3):
        x = rng.uniform(0.1, 0.9) * w
        for step in range(12):
            size = w * (0.025 + 0.012 * step)
            canvas.ellipse(
                x + step * w * 0.022 + rng.normal(0, 4),
                h * 0.62 - step * h * 0.045,
                size,
                size * 0.8,
                mix(palette.near, palette.sky, step / 13),
                0.75,
            )
    for level, colour, tall in ((0.66, palette.far, 0.13), (0.74, palette.mid, 0.16)):
        x = -5.0
        while x < w:
            wide, top = rng.uniform(0.07, 0.15) * w, h * level - h * tall * rng.uniform(0.3, 1)
            jag = [(x + wide * t, top + rng.uniform(0, h * 0.04)) for t in np.linspace(0, 1, 6)]
            canvas.polygon([*jag, (x + wide, h), (x, h)], colour)
            for wy in np.arange(top + h * 0.05, h * level - 4, 17):
                for t in (0.3, 0.65):
                    canvas.rectangle(
                        x + wide * t - 2.5, wy, x + wide * t + 2.5, wy + 8, palette.haze
                    )
            x += wide * rng.uniform(1.0, 1.4)
    ground(
        canvas, ridge(rng, left=0, right=w, level=h * 0.79, rough=h * 0.02, peaks=8), palette.near
    )
    ground(
        canvas, ridge(rng, left=0, right=w, level=h * 0.90, rough=h * 0.02, peaks=6), palette.ink
    )
    for x in np.linspace(0.06, 0.94, 6) * w:
        canvas.line([(x, h * 0.92), (x + rng.normal(0, 5), h * 0.81)], palette.ink, 3)
    for y in (0.835, 0.865):
        xs = np.linspace(0, w, 120)
        canvas.line(
            np.column_stack([xs, h * y + 4 * np.sin(xs * 0.5) + 3 * np.sin(xs / 37)]),
            palette.ink,
            1.2,
        )


def stadium(canvas: Canvas, palette: Palette, rng: Rng) -> None:
    """Floodlights over a pitch and full stands."""
    w, h = canvas.width, canvas.height
    sky(canvas, palette, horizon=0.6)
    for side in (-1, 1):
        x = w * (0.5 + 0.40 * side)
        canvas.polygon(
            [(x, h * 0.13), (w * (0.5 - 0.4 * side), h), (w * (0.5 + 0.35 * side), h)],
            palette.glow,
            0.16,
        )
        canvas.rectangle(x - 3, h * 0.12, x + 3, h * 0.52, palette.ink)
        canvas.glow(x, h * 0.12, w * 0.30, palette.glow, 0.9)
        for row in range(3):
            for column in range(4):
                canvas.ellipse(x - 18 + 12 * column, h * 0.10 + 11 * row, 4.4, 4.4, palette.paper)
    stand = [
        (-5, h * 0.42),
        (w * 0.5, h * 0.50),
        (w + 5, h * 0.42),
        (w + 5, h * 0.66),
        (w * 0.5, h * 0.60),
        (-5, h * 0.66),
    ]
    canvas.polygon(stand, palette.near)
    dots = (palette.accent, palette.paper, palette.mid, palette.far, palette.glow)
    for _ in range(620):
        x = rng.uniform(0, w)
        bend = 1 - abs(x / w - 0.5) * 2
        y = rng.uniform(h * (0.43 + 0.08 * bend), h * (0.65 - 0.06 * bend))
        canvas.ellipse(x, y, 2.2, 2.4, dots[rng.integers(5)])
    canvas.polygon(
        [(-5, h * 0.66), (w * 0.5, h * 0.60), (w + 5, h * 0.66), (w + 5, h + 5), (-5, h + 5)],
        palette.mid,
    )
    for stripe in range(0, 8, 2):
        a, b = ((s / 8 - 0.5) * 2 for s in (stripe, stripe + 1))
        canvas.polygon(
            [
                (w * (0.5 + 0.4 * a), h * 0.625),
                (w * (0.5 + 0.4 * b), h * 0.625),
                (w * (0.5 + 1.4 * b), h + 5),
                (w * (0.5 + 1.4 * a), h + 5),
            ],
            mix(palette.mid, palette.far, 0.5),
        )
    canvas.line([(-5, h * 0.84), (w + 5, h * 0.84)], palette.paper, 2.5)
    canvas.line(oval(w * 0.5, h * 0.84, w * 0.26, h * 0.07), palette.paper, 2.5)
