"""Sea, ice, the deep, bridges and lighthouses."""

from __future__ import annotations

import numpy as np

from assistant.drawing.canvas import Canvas, ridge, smooth
from assistant.drawing.colours import Palette, mix, scale
from assistant.drawing.scenery import Rng, birds, clouds, ground, sky, skyline, sun


def sea(canvas: Canvas, palette: Palette, rng: Rng) -> None:
    """A low sun over water, with its glittering path and a headland."""
    w, h = canvas.width, canvas.height
    level = h * rng.uniform(0.50, 0.58)
    sky(canvas, palette, horizon=level / h)
    x = w * rng.uniform(0.35, 0.65)
    sun(canvas, palette, x, level - h * rng.uniform(0.02, 0.10), w * 0.19)
    clouds(
        canvas, mix(palette.haze, palette.glow, 0.5), rng, count=4, top=0.12, bottom=0.42, alpha=0.8
    )
    side = rng.choice([-1, 1])
    cape = ridge(rng, left=0, right=w, level=0, rough=h * 0.02, peaks=3)
    rise = np.clip((cape[:, 0] / w - 0.5) * side * 2.2, 0, 1) * h * 0.15
    ground(
        canvas,
        np.column_stack([cape[:, 0], level + 3 - rise + cape[:, 1] * (rise > 0)]),
        palette.far,
    )
    canvas.gradient(
        [(0, mix(palette.far, palette.haze, 0.4)), (0.3, palette.mid), (1, palette.near)], top=level
    )
    for y in np.linspace(level + 3, h, 46):
        depth = (y - level) / (h - level)
        for _ in range(2):
            half = rng.uniform(4, 16) * (0.6 + 2.4 * depth)
            cx = x + rng.normal(0, 8 + 26 * depth)
            canvas.ellipse(cx, y, half, 0.8 + 1.2 * depth, palette.glow, 1)
        cx = rng.uniform(0, w)
        canvas.ellipse(cx, y, rng.uniform(10, 40), 0.7 + depth, mix(palette.mid, palette.haze, 0.3))
    birds(canvas, palette.near, rng, count=5, top=0.2, bottom=0.35)


def ice(canvas: Canvas, palette: Palette, rng: Rng) -> None:
    """An iceberg, mostly under water."""
    w, h = canvas.width, canvas.height
    level = h * 0.40
    sky(canvas, palette, horizon=0.40)
    canvas.gradient([(0, palette.mid), (0.6, palette.near), (1, palette.ink)], top=level)
    cx = w * rng.uniform(0.42, 0.58)
    white, blue = mix(palette.paper, palette.glow, 0.5), mix(palette.far, palette.paper, 0.35)
    canvas.polygon(
        [
            (cx - w * 0.24, level),
            (cx - w * 0.16, level - h * 0.08),
            (cx - w * 0.05, level - h * 0.21),
            (cx + w * 0.04, level - h * 0.14),
            (cx + w * 0.11, level - h * 0.17),
            (cx + w * 0.25, level),
        ],
        white,
    )
    canvas.polygon(
        [
            (cx - w * 0.05, level - h * 0.21),
            (cx + w * 0.04, level - h * 0.14),
            (cx + w * 0.11, level - h * 0.17),
            (cx + w * 0.25, level),
            (cx + w * 0.02, level),
            (cx - w * 0.01, level - h * 0.1),
        ],
        blue,
    )
    deep = [
        (cx - w * 0.30, level),
        (cx + w * 0.31, level),
        (cx + w * 0.38, level + h * 0.13),
        (cx + w * 0.24, level + h * 0.30),
        (cx + w * 0.10, level + h * 0.44),
        (cx - w * 0.06, level + h * 0.37),
        (cx - w * 0.26, level + h * 0.22),
        (cx - w * 0.37, level + h * 0.09),
    ]
    canvas.polygon(deep, mix(palette.mid, palette.haze, 0.55))
    canvas.polygon(
        [(cx + w * 0.02, level), *deep[1:5], (cx + w * 0.04, level + h * 0.2)],
        mix(palette.mid, palette.haze, 0.25),
    )
    for y in np.linspace(level + 6, h, 22):
        canvas.ellipse(rng.uniform(0, w), y, rng.uniform(20, 70), 0.9, palette.far, 0.35)
    birds(canvas, palette.near, rng, count=4, top=0.1, bottom=0.2)


def deep_sea(canvas: Canvas, palette: Palette, rng: Rng) -> None:
    """Light from above and a whale."""
    w, h = canvas.width, canvas.height
    canvas.gradient([(0, palette.haze), (0.35, palette.mid), (1, palette.ink)])
    canvas.glow(w * 0.5, 0, h * 0.55, palette.glow, 0.7)
    for place in np.linspace(0.1, 0.9, 6):
        lean = (place - 0.5) * w * 0.7
        canvas.polygon(
            [
                (w * place - 6, 0),
                (w * place + 10, 0),
                (w * place + lean + 34, h * 0.7),
                (w * place + lean - 30, h * 0.7),
            ],
            palette.glow,
            0.10,
        )
    cx, cy, s, m = w * 0.5, h * rng.uniform(0.36, 0.46), w * 0.36, rng.choice([-1, 1])
    body = smooth(
        [
            (cx + m * u * s, cy + v * s)
            for u, v in (
                (-1.05, -0.02),
                (-0.8, -0.24),
                (-0.3, -0.34),
                (0.3, -0.22),
                (0.85, -0.05),
                (1.15, -0.26),
                (1.34, -0.24),
                (1.18, -0.04),
                (1.30, 0.18),
                (1.1, 0.14),
                (0.8, 0.06),
                (0.2, 0.20),
                (-0.4, 0.26),
                (-0.85, 0.18),
            )
        ]
    )
    canvas.polygon(body, palette.ink)
    canvas.polygon(
        smooth(
            [
                (cx + m * u * s, cy + v * s)
                for u, v in (
                    (-1.04, 0.02),
                    (-0.6, 0.04),
                    (0, 0.10),
                    (0.2, 0.19),
                    (-0.4, 0.26),
                    (-0.85, 0.18),
                )
            ]
        ),
        mix(palette.mid, palette.haze, 0.35),
    )
    canvas.polygon(
        smooth(
            [
                (cx + m * u * s, cy + v * s)
                for u, v in ((-0.4, 0.12), (-0.15, 0.14), (-0.02, 0.55), (-0.30, 0.40))
            ]
        ),
        scale(palette.near, 0.9),
    )
    canvas.ellipse(cx - m * s * 0.72, cy - s * 0.02, 2.4, 2.4, palette.paper)
    for _ in range(40):
        size = rng.uniform(0.8, 3.0)
        canvas.ellipse(rng.uniform(0, w), rng.uniform(0, h), size, size, palette.haze, 0.5)
    ground(
        canvas,
        ridge(rng, left=0, right=w, level=h * 0.9, rough=h * 0.03, peaks=6),
        scale(palette.ink, 0.8),
    )


def lighthouse(canvas: Canvas, palette: Palette, rng: Rng) -> None:
    """A lighthouse on a rock, its beam and a breaking sea."""
    w, h = canvas.width, canvas.height
    sky(canvas, palette, horizon=0.74)
    clouds(
        canvas, mix(palette.sky, palette.haze, 0.4), rng, count=6, top=0.08, bottom=0.5, alpha=0.9
    )
    x, m = w * rng.choice([0.32, 0.68]), 0
    m = 1 if x < w / 2 else -1
    lamp = h * 0.235
    canvas.polygon(
        [(x, lamp), (x + m * w, lamp - h * 0.16), (x + m * w, lamp + h * 0.10)], palette.glow, 0.55
    )
    canvas.glow(x, lamp, w * 0.28, palette.glow, 0.9)
    top, low = w * 0.045, w * 0.085
    canvas.polygon(
        [(x - top, h * 0.27), (x + top, h * 0.27), (x + low, h * 0.70), (x - low, h * 0.70)],
        palette.paper,
    )
    for y in (0.33, 0.45, 0.57):
        share0, share1 = ((v - 0.27) / 0.43 for v in (y, y + 0.06))
        a, b = (top + (low - top) * s for s in (share0, share1))
        canvas.polygon(
            [(x - a, h * y), (x + a, h * y), (x + b, h * (y + 0.06)), (x - b, h * (y + 0.06))],
            palette.accent,
        )
    canvas.polygon(
        [(x, h * 0.27), (x - m * top, h * 0.27), (x - m * low, h * 0.70), (x, h * 0.70)],
        palette.ink,
        0.25,
    )
    canvas.rectangle(x - top * 1.35, h * 0.262, x + top * 1.35, h * 0.276, palette.ink)
    canvas.rectangle(x - top * 0.75, h * 0.212, x + top * 0.75, h * 0.262, palette.glow)
    canvas.polygon([(x - top, h * 0.214), (x, h * 0.172), (x + top, h * 0.214)], palette.accent)
    rock = smooth(
        [
            (x - w * 0.42, h * 0.80),
            (x - w * 0.22, h * 0.71),
            (x, h * 0.68),
            (x + w * 0.20, h * 0.72),
            (x + w * 0.40, h * 0.80),
            (x, h * 0.9),
        ],
        steps=6,
    )
    canvas.polygon(rock, palette.near)
    for level, colour in (
        (0.74, palette.far),
        (0.80, palette.mid),
        (0.87, palette.near),
        (0.94, palette.ink),
    ):
        xs = np.linspace(0, w, 90)
        phase = rng.uniform(0, 6)
        line = (
            h * level
            + h * 0.013 * np.abs(np.sin(xs / w * 11 + phase))
            - 3 * np.sin(xs / w * 4 + phase)
        )
        crest = np.column_stack([xs, line])
        ground(canvas, crest, colour)
        canvas.line(crest, mix(colour, palette.paper, 0.55), 1.6)


def bridge(canvas: Canvas, palette: Palette, rng: Rng) -> None:
    """A suspension bridge into the haze."""
    w, h = canvas.width, canvas.height
    sky(canvas, palette, horizon=0.66)
    sun(canvas, palette, w * rng.uniform(0.4, 0.6), h * 0.42, w * 0.15)
    clouds(canvas, palette.paper, rng, count=3, top=0.1, bottom=0.3, alpha=0.6)
    skyline(canvas, rng, level=h * 0.66, tall=h * 0.10, colour=palette.far, lit=None)
    canvas.gradient([(0, palette.far), (0.4, palette.mid), (1, palette.near)], top=h * 0.66)
    deck, colour = h * 0.62, palette.near
    for x in (w * 0.24, w * 0.80):
        wide = w * 0.032
        canvas.rectangle(x - wide, h * 0.20, x - wide * 0.35, h * 0.72, colour)
        canvas.rectangle(x + wide * 0.35, h * 0.20, x + wide, h * 0.72, colour)
        for y in (0.22, 0.34, 0.46):
            canvas.rectangle(x - wide, h * y, x + wide, h * (y + 0.018), colour)
    xs = np.linspace(0, 1, 60)
    mid = h * 0.22 + (h * 0.36) * (1 - ((xs - 0.5) * 2) ** 2)
    span = np.column_stack([w * (0.24 + 0.56 * xs), mid])
    canvas.line(span, colour, 2.2)
    for x, y in span[::3].tolist():
        canvas.line([(x, y), (x, deck)], colour, 0.8)
    canvas.line([(w * 0.24, h * 0.22), (-10, deck)], colour, 2.2)
    canvas.line([(w * 0.80, h * 0.22), (w + 10, h * 0.5)], colour, 2.2)
    canvas.rectangle(0, deck, w, deck + h * 0.018, palette.ink)
    for y in np.linspace(h * 0.68, h, 26):
        canvas.ellipse(w * 0.5 + rng.normal(0, 40), y, rng.uniform(8, 40), 1, palette.glow, 0.7)
