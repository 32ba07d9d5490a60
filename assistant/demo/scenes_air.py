"""Fairs, balloons and other worlds."""

from __future__ import annotations

import numpy as np

from assistant.drawing.canvas import Canvas, oval, ridge, smooth
from assistant.drawing.colours import Palette, luma, mix, scale
from assistant.drawing.scenery import Rng, clouds, ground, sky, stars


def fair(canvas: Canvas, palette: Palette, rng: Rng) -> None:
    """A fairground: big wheel, tents, bunting."""
    w, h = canvas.width, canvas.height
    sky(canvas, palette)
    clouds(canvas, palette.paper, rng, count=3, top=0.1, bottom=0.3, alpha=0.7)
    x, y, r = w * rng.uniform(0.4, 0.6), h * 0.42, w * 0.31
    for side in (-1, 1):
        canvas.line([(x, y), (x + side * r * 0.6, h * 0.78)], palette.near, 5)
    for radius, width in ((r, 4), (r * 0.9, 1.5)):
        canvas.ring(x, y, radius, palette.near, width)
    colours = (palette.accent, palette.paper, palette.glow, palette.mid)
    for place, angle in enumerate(np.linspace(0, 2 * np.pi, 12, endpoint=False)):
        ex, ey = x + r * np.cos(angle), y + r * np.sin(angle)
        canvas.line([(x, y), (ex, ey)], palette.near, 1.6)
        canvas.polygon(
            smooth(
                [(ex - 14, ey + 4), (ex + 14, ey + 4), (ex + 10, ey + 20), (ex - 10, ey + 20)],
                steps=5,
            ),
            colours[place % 4],
        )
        canvas.polygon([(ex - 15, ey + 3), (ex, ey - 9), (ex + 15, ey + 3)], palette.near)
    canvas.ellipse(x, y, 12, 12, palette.accent)
    ground(
        canvas, ridge(rng, left=0, right=w, level=h * 0.78, rough=h * 0.008, peaks=4), palette.mid
    )
    for tx, size in ((w * 0.14, 1.0), (w * 0.86, 1.15), (w * 0.5, 0.7)):
        half, top, base = w * 0.15 * size, h * (0.80 - 0.14 * size), h * 0.86
        for stripe in range(6):
            a, b = -half + 2 * half * stripe / 6, -half + 2 * half * (stripe + 1) / 6
            colour = palette.accent if stripe % 2 else palette.paper
            canvas.polygon(
                [(tx, top), (tx + a, base - h * 0.07), (tx + b, base - h * 0.07)], colour
            )
            canvas.rectangle(
                tx + a * 0.92, base - h * 0.07, tx + b * 0.92, base + h * 0.03, scale(colour, 0.9)
            )
    canvas.rectangle(0, h * 0.88, w, h, palette.near)
    for row, level in enumerate((0.06, 0.13)):
        xs = np.linspace(-10, w + 10, 12)
        ys = h * level + h * 0.03 * np.sin(np.linspace(0, np.pi, 12)) * (1 + row)
        canvas.line(np.column_stack([xs, ys]), palette.ink, 1.2)
        for place, (fx, fy) in enumerate(zip(xs, ys, strict=True)):
            canvas.polygon([(fx - 9, fy), (fx + 9, fy), (fx, fy + 18)], colours[(place + row) % 4])


def balloons(canvas: Canvas, palette: Palette, rng: Rng) -> None:
    """Hot-air balloons over clouds."""
    w, h = canvas.width, canvas.height
    sky(canvas, palette)
    clouds(canvas, palette.paper, rng, count=6, top=0.1, bottom=0.6, alpha=0.85)
    spots = [(0.5, 0.30, 0.22), (0.17, 0.52, 0.10), (0.84, 0.58, 0.12), (0.80, 0.16, 0.06)]
    for sx, sy, size in spots:
        x, y, r = w * (sx + rng.normal(0, 0.02)), h * sy, w * size
        envelope = [
            (u * r, v * r)
            for u, v in (
                (0, -1.1),
                (0.7, -0.85),
                (1, -0.2),
                (0.72, 0.5),
                (0.22, 1.15),
                (-0.22, 1.15),
                (-0.72, 0.5),
                (-1, -0.2),
                (-0.7, -0.85),
            )
        ]
        for stripe, wide in enumerate((1.0, 0.66, 0.3)):
            shape = [(x + u * wide, y + v) for u, v in envelope]
            canvas.polygon(
                smooth(shape, steps=6), (palette.accent, palette.glow, palette.near)[stripe]
            )
        canvas.rectangle(x - r * 0.16, y + r * 1.45, x + r * 0.16, y + r * 1.72, palette.ink)
        for side in (-1, 1):
            canvas.line(
                [(x + side * r * 0.2, y + r * 1.1), (x + side * r * 0.15, y + r * 1.5)],
                palette.ink,
                1,
            )
    for level, colour in ((0.78, palette.far), (0.86, palette.mid), (0.94, palette.near)):
        ground(
            canvas, ridge(rng, left=0, right=w, level=h * level, rough=h * 0.02, peaks=4), colour
        )


def planet(canvas: Canvas, palette: Palette, rng: Rng) -> None:
    """A ringed world over a dark moon."""
    w, h = canvas.width, canvas.height
    dark = luma(palette.sky) < 0.4
    canvas.gradient(
        [(0, palette.sky if dark else palette.near), (0.7, palette.far), (1, palette.haze)]
    )
    stars(canvas, palette, rng, count=150, lowest=0.7)
    x, y, r = w * rng.uniform(0.3, 0.7), h * rng.uniform(0.28, 0.36), w * rng.uniform(0.25, 0.32)
    canvas.glow(x, y, r * 2.2, palette.glow, 0.5)
    canvas.ellipse(x, y, r, r, palette.accent)
    for band in np.linspace(-0.8, 0.8, 7):
        half = r * np.sqrt(1 - band**2)
        canvas.ellipse(
            x,
            y + band * r,
            half * 0.985,
            r * 0.055,
            mix(palette.accent, palette.glow, rng.uniform(0.1, 0.5)),
        )
    canvas.polygon(
        np.vstack([oval(x, y, r, r)[12:37], oval(x + r * 0.42, y, r * 0.78, r)[36:11:-1]]),
        palette.ink,
        0.45,
    )
    tilt, ring = -0.35, oval(0, 0, r * 1.75, r * 0.34, corners=90)
    turn = np.array([[np.cos(tilt), np.sin(tilt)], [-np.sin(tilt), np.cos(tilt)]])
    front = (ring[:46] @ turn) + (x, y)
    canvas.line(front, mix(palette.paper, palette.glow, 0.5), 4)
    canvas.line(((ring * 0.88)[:46] @ turn) + (x, y), mix(palette.glow, palette.accent, 0.4), 2.4)
    ground(
        canvas, ridge(rng, left=0, right=w, level=h * 0.80, rough=h * 0.025, peaks=7), palette.near
    )
    ground(
        canvas, ridge(rng, left=0, right=w, level=h * 0.88, rough=h * 0.02, peaks=5), palette.ink
    )
