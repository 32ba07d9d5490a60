"""Scenes without buildings: sea, mountains, woods, deserts, ice, space."""

from __future__ import annotations

import numpy as np

from assistant.demo.canvas import Canvas, Points, oval, ridge, smooth
from assistant.demo.colours import Colour, Palette, luma, mix, scale

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
        for place in np.linspace(-0.8, 0.8, 5):
            puffs.append(
                (x + place * wide, y - wide * rng.uniform(0.12, 0.34) * (1.2 - abs(place)))
            )
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


def mountains(canvas: Canvas, palette: Palette, rng: Rng) -> None:
    """Ranges fading into haze, one snowy peak."""
    w, h = canvas.width, canvas.height
    sky(canvas, palette)
    sun(canvas, palette, w * rng.uniform(0.2, 0.8), h * rng.uniform(0.18, 0.3), w * 0.11)
    clouds(
        canvas,
        mix(palette.haze, palette.paper, 0.5),
        rng,
        count=3,
        top=0.15,
        bottom=0.35,
        alpha=0.7,
    )
    cx, top, base = w * rng.uniform(0.35, 0.65), h * 0.24, h * 0.72
    spread = h * 0.42
    edge = [
        (cx - spread, base),
        (cx - spread * 0.55, h * 0.52),
        (cx - spread * 0.3, h * 0.40),
        (cx - spread * 0.12, h * 0.33),
        (cx, top),
        (cx + spread * 0.14, h * 0.34),
        (cx + spread * 0.30, h * 0.38),
        (cx + spread * 0.6, h * 0.55),
        (cx + spread, base),
    ]
    canvas.polygon(edge, mix(palette.far, palette.mid, 0.4))
    shade = [
        (cx, top),
        (cx + spread * 0.14, h * 0.34),
        (cx + spread * 0.30, h * 0.38),
        (cx + spread * 0.6, h * 0.55),
        (cx + spread, base),
        (cx + spread * 0.1, base),
        (cx + spread * 0.16, h * 0.56),
        (cx + spread * 0.02, h * 0.45),
        (cx + spread * 0.06, h * 0.36),
    ]
    canvas.polygon(shade, palette.mid)
    snow = [
        (cx, top),
        (cx + spread * 0.14, h * 0.34),
        (cx + spread * 0.20, h * 0.36),
        (cx + spread * 0.10, h * 0.385),
        (cx + spread * 0.04, h * 0.355),
        (cx - spread * 0.02, h * 0.42),
        (cx - spread * 0.08, h * 0.37),
        (cx - spread * 0.17, h * 0.405),
        (cx - spread * 0.22, h * 0.37),
        (cx - spread * 0.12, h * 0.33),
    ]
    canvas.polygon(snow, mix(palette.paper, palette.glow, 0.4))
    for level, rough, colour in (
        (0.58, 0.05, palette.far),
        (0.68, 0.045, palette.mid),
        (0.78, 0.04, palette.near),
    ):
        line = ridge(rng, left=0, right=w, level=h * level, rough=h * rough * 0.5, peaks=4)
        ground(canvas, line, colour)
    ground(canvas, ridge(rng, left=0, right=w, level=h * 0.9, rough=h * 0.02, peaks=3), palette.ink)
    pines(canvas, palette.ink, rng, count=26, level=0.91, tall=0.10)


def pines(
    canvas: Canvas, colour: Colour, rng: Rng, *, count: int, level: float, tall: float
) -> None:
    """A fringe of conifers standing on a level."""
    w, h = canvas.width, canvas.height
    for x in np.linspace(-0.02, 1.02, count) * w:
        x += rng.normal(0, w * 0.012)
        size = h * tall * rng.uniform(0.5, 1.15)
        y = h * level + rng.uniform(0, h * 0.02)
        for tier in range(4):
            top = y - size + tier * size * 0.2
            half = size * (0.10 + 0.055 * tier)
            canvas.polygon(
                [(x, top), (x + half, top + size * 0.34), (x - half, top + size * 0.34)], colour
            )
        canvas.rectangle(x - size * 0.02, y - size * 0.2, x + size * 0.02, y + h * 0.03, colour)


def forest(canvas: Canvas, palette: Palette, rng: Rng) -> None:
    """Tall bare trunks in layers of mist, light between them."""
    w, h = canvas.width, canvas.height
    canvas.gradient([(0, palette.sky), (0.5, palette.haze), (1, palette.mid)])
    sun(canvas, palette, w * rng.uniform(0.35, 0.65), h * rng.uniform(0.24, 0.36), w * 0.12)
    for depth in range(4):
        colour = mix(palette.far, palette.ink, depth / 3)
        count, thick = 13 - 2 * depth, w * (0.012 + 0.013 * depth)
        for x in rng.uniform(-0.05, 1.05, count) * w:
            if depth > 1 and abs(x - w / 2) < w * 0.20:
                continue
            lean, base = rng.normal(0, w * 0.015), h * (0.66 + 0.1 * depth)
            canvas.polygon(
                [
                    (x - thick / 2, base),
                    (x + lean - thick * 0.3, -5),
                    (x + lean + thick * 0.3, -5),
                    (x + thick / 2, base),
                ],
                colour,
            )
            for _ in range(4):
                y = rng.uniform(0.02, 0.55) * h
                side = rng.choice([-1, 1])
                reach = rng.uniform(0.06, 0.16) * w
                bx = x + lean * (1 - y / base)
                canvas.line(
                    smooth(
                        [
                            (bx, y),
                            (bx + side * reach * 0.5, y - reach * 0.35),
                            (bx + side * reach, y - reach * 0.9),
                        ],
                        closed=False,
                    ),
                    colour,
                    thick * 0.18,
                )
        ground(
            canvas,
            ridge(rng, left=0, right=w, level=h * (0.66 + 0.09 * depth), rough=h * 0.012, peaks=5),
            colour,
        )
        if depth < 3:
            canvas.glow(w / 2, h * (0.66 + 0.09 * depth), w * 0.7, palette.haze, 0.35)


def desert_road(canvas: Canvas, palette: Palette, rng: Rng) -> None:
    """A straight road to the horizon between mesas."""
    w, h = canvas.width, canvas.height
    level = h * rng.uniform(0.52, 0.60)
    sky(canvas, palette, horizon=level / h)
    x = w * rng.uniform(0.42, 0.58)
    sun(canvas, palette, x, level - h * 0.06, w * 0.17)
    for side, share in ((-1, rng.uniform(0.1, 0.3)), (1, rng.uniform(0.7, 0.9))):
        mx, wide, tall = w * share, w * rng.uniform(0.10, 0.18), h * rng.uniform(0.10, 0.19)
        canvas.polygon(
            [
                (mx - wide * 1.5, level + 2),
                (mx - wide, level - tall * 0.45),
                (mx - wide * 0.8, level - tall),
                (mx + wide * 0.75, level - tall * 0.97),
                (mx + wide, level - tall * 0.4),
                (mx + wide * 1.6, level + 2),
            ],
            palette.mid,
        )
        canvas.polygon(
            [
                (mx + side * wide * 0.1, level - tall),
                (mx - side * wide * 0.75, level - tall),
                (mx - side * wide, level - tall * 0.4),
                (mx - side * wide * 1.5, level + 2),
                (mx - side * wide * 0.1, level + 2),
            ],
            mix(palette.mid, palette.near, 0.5),
        )
    canvas.gradient([(0, palette.far), (1, palette.mid)], top=level)
    for _ in range(60):
        y = level + (h - level) * rng.random() ** 1.6
        depth = (y - level) / (h - level)
        canvas.ellipse(
            rng.uniform(0, w),
            y,
            4 + 18 * depth,
            0.6 + 2.2 * depth,
            mix(palette.mid, palette.near, 0.5),
        )
    canvas.polygon(
        [(x - 3, level), (x + 3, level), (w * 0.96, h + 5), (w * 0.04, h + 5)], palette.ink
    )
    for t in np.linspace(0, 1, 10):
        y0, y1 = (level + (h - level) * (t + e) ** 2.1 for e in (0.0, 0.045))
        half0, half1 = ((y - level) / (h - level) * 7 for y in (y0, y1))
        canvas.polygon(
            [(x - half0, y0), (x + half0, y0), (x + half1, y1), (x - half1, y1)], palette.glow
        )


def meadow(canvas: Canvas, palette: Palette, rng: Rng) -> None:
    """Rolling hills with a lone tree and flowers."""
    w, h = canvas.width, canvas.height
    sky(canvas, palette)
    sun(canvas, palette, w * rng.uniform(0.2, 0.8), h * 0.24, w * 0.10)
    clouds(canvas, palette.paper, rng, count=5, top=0.1, bottom=0.4, alpha=0.9)
    for level, colour in (
        (0.56, palette.far),
        (0.64, mix(palette.far, palette.mid, 0.6)),
        (0.74, palette.mid),
        (0.86, palette.near),
    ):
        phase = rng.uniform(0, 6.3)
        x = np.linspace(0, w, 80)
        ground(
            canvas, np.column_stack([x, h * level + h * 0.035 * np.sin(x / w * 5 + phase)]), colour
        )
    tx, ty = w * rng.choice([0.24, 0.76]), h * 0.66
    canvas.line([(tx, ty), (tx + 2, ty - h * 0.14)], palette.ink, w * 0.022)
    for angle in rng.uniform(0, 6.28, 18):
        r = rng.uniform(0, 0.10) * w
        canvas.ellipse(
            tx + r * 1.2 * np.cos(angle),
            ty - h * 0.17 + r * np.sin(angle),
            w * 0.06,
            w * 0.055,
            mix(palette.near, palette.accent, rng.uniform(0, 0.35)),
        )
    for _ in range(110):
        y = h * (0.80 + 0.2 * rng.random())
        size = 1.2 + 3.2 * (y / h - 0.8) / 0.2
        canvas.ellipse(
            rng.uniform(0, w),
            y,
            size,
            size,
            (palette.accent, palette.paper, palette.glow)[rng.integers(3)],
        )


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


def dunes(canvas: Canvas, palette: Palette, rng: Rng) -> None:
    """Sand in sharp light, two moons or suns."""
    w, h = canvas.width, canvas.height
    sky(canvas, palette, horizon=0.7)
    sun(canvas, palette, w * 0.3, h * 0.24, w * 0.12)
    canvas.ellipse(w * 0.70, h * 0.16, w * 0.045, w * 0.045, mix(palette.glow, palette.haze, 0.3))
    for level, colour in ((0.55, palette.far), (0.64, palette.mid), (0.76, palette.near)):
        crest = w * rng.uniform(0.3, 0.7)
        rise = h * rng.uniform(0.08, 0.14)
        curve = smooth(
            [
                (-10, h * level + rise * 0.5),
                (crest * 0.5, h * level + rise * 0.1),
                (crest, h * level - rise * 0.6),
                ((crest + w) / 2, h * level),
                (w + 10, h * level + rise * 0.4),
            ],
            closed=False,
        )
        ground(canvas, curve, mix(colour, palette.glow, 0.16))
        canvas.polygon(
            smooth(
                [
                    (crest, h * level - rise * 0.6),
                    (crest + w * 0.03, h * (level + 0.12)),
                    (crest - w * 0.10, h * (level + 0.3)),
                    (crest + w * 0.1, h * 1.1),
                    (w * 1.1, h * 1.1),
                    (w * 1.05, h * level + rise * 0.45),
                    ((crest + w) / 2, h * level + 1),
                ]
            ),
            scale(colour, 0.8),
        )
