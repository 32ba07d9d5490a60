"""Scenes with buildings and rooms: cities, houses, harbours, streets, ruins, fairs."""

from __future__ import annotations

import numpy as np

from assistant.demo.canvas import Canvas, oval, ridge, smooth
from assistant.demo.colours import Colour, Palette, luma, mix, scale
from assistant.demo.scenes_nature import Rng, birds, clouds, ground, pines, sky, stars, sun


def _skyline(
    canvas: Canvas,
    rng: Rng,
    *,
    level: float,
    tall: float,
    colour: Colour,
    lit: Colour | None,
    windows: float = 0.4,
) -> None:
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
        _skyline(canvas, rng, level=h * level, tall=h * tall, colour=colour, lit=lit, windows=share)


def bridge(canvas: Canvas, palette: Palette, rng: Rng) -> None:
    """A suspension bridge into the haze."""
    w, h = canvas.width, canvas.height
    sky(canvas, palette, horizon=0.66)
    sun(canvas, palette, w * rng.uniform(0.4, 0.6), h * 0.42, w * 0.15)
    clouds(canvas, palette.paper, rng, count=3, top=0.1, bottom=0.3, alpha=0.6)
    _skyline(canvas, rng, level=h * 0.66, tall=h * 0.10, colour=palette.far, lit=None)
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
            for turn in (-0.5, 0.45):
                branches.append(
                    (
                        ex,
                        ey,
                        angle + turn + rng.normal(0, 0.18),
                        length * rng.uniform(0.62, 0.78),
                        thick * 0.62,
                    )
                )


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
    for place, (outer, inner) in enumerate(zip(steps, steps[1:], strict=False)):
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
    rng.choice([_pane_sea, _pane_city])(pane, palette, rng)
    canvas.image.paste(pane.image, (round(left * 2), round(top * 2)))
    frame = mix(palette.paper, palette.haze, 0.25)
    for x in (left, (left + right) / 2, right):
        canvas.rectangle(x - 4, top - 4, x + 4, bottom + 4, frame)
    for y in (top, top + (bottom - top) * 0.42, bottom):
        canvas.rectangle(left - 4, y - 4, right + 4, y + 4, frame)
    for side, x in ((-1, left), (1, right)):
        drape = smooth(
            [
                (x - side * 26, top - 20),
                (x + side * 44, top - 20),
                (x + side * 26, h * 0.40),
                (x + side * 52, bottom + h * 0.1),
                (x - side * 34, bottom + h * 0.1),
            ],
            steps=6,
        )
        canvas.polygon(drape, palette.accent)
        canvas.line(
            [(x + side * 6, top - 10), (x + side * 10, bottom + h * 0.08)],
            scale(palette.accent, 0.75),
            5,
        )
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
    _skyline(
        pane, rng, level=pane.height * 0.9, tall=pane.height * 0.6, colour=palette.far, lit=None
    )
    _skyline(
        pane,
        rng,
        level=pane.height,
        tall=pane.height * 0.5,
        colour=palette.mid,
        lit=palette.glow,
        windows=0.25,
    )


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


def temple(canvas: Canvas, palette: Palette, rng: Rng) -> None:
    """A stepped temple above jungle leaves."""
    w, h = canvas.width, canvas.height
    sky(canvas, palette)
    x = w * rng.uniform(0.44, 0.56)
    sun(canvas, palette, x, h * 0.30, w * 0.22)
    birds(canvas, palette.near, rng, count=7, top=0.12, bottom=0.25)
    for step in range(7):
        half, top = w * (0.10 + 0.055 * step), h * (0.32 + 0.055 * step)
        stone = mix(palette.mid, palette.far, 0.4)
        canvas.rectangle(x - half, top, x + half, top + h * 0.058, stone)
        canvas.rectangle(
            x + half * 0.2, top, x + half, top + h * 0.058, mix(stone, palette.near, 0.4)
        )
        canvas.rectangle(x - half, top, x + half, top + 3, mix(stone, palette.glow, 0.5))
    canvas.rectangle(
        x - w * 0.07, h * 0.26, x + w * 0.07, h * 0.32, mix(palette.mid, palette.near, 0.4)
    )
    canvas.rectangle(x - w * 0.022, h * 0.275, x + w * 0.022, h * 0.32, palette.glow)
    canvas.polygon(
        [
            (x - w * 0.04, h * 0.32),
            (x + w * 0.04, h * 0.32),
            (x + w * 0.09, h * 0.71),
            (x - w * 0.09, h * 0.71),
        ],
        mix(palette.near, palette.mid, 0.3),
    )
    for depth, colour in enumerate((palette.mid, palette.near, palette.ink)):
        level = h * (0.70 + 0.09 * depth)
        for _ in range(16):
            lx = rng.uniform(-0.05, 1.05) * w
            _leaf(
                canvas, lx, level + h * 0.1, h * rng.uniform(0.12, 0.22), rng.normal(0, 0.6), colour
            )
        canvas.rectangle(0, level + h * 0.06, w, h, colour)


def _leaf(canvas: Canvas, x: float, y: float, size: float, lean: float, colour: Colour) -> None:
    sine, cosine = np.sin(lean), np.cos(lean)
    blade = [(0, 0), (0.22, 0.3), (0.24, 0.6), (0, 1.0), (-0.24, 0.6), (-0.22, 0.3)]
    placed = [
        (x + size * (u * cosine + v * sine), y - size * (v * cosine - u * sine)) for u, v in blade
    ]
    canvas.polygon(smooth(placed, steps=5), colour)
    canvas.line([placed[0], placed[3]], scale(colour, 1.35), 1)


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
