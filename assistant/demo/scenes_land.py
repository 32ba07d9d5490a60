"""Mountains, woods, deserts and fields."""

from __future__ import annotations

import numpy as np

from assistant.drawing.canvas import Canvas, ridge, smooth
from assistant.drawing.colours import Colour, Palette, mix, scale
from assistant.drawing.scenery import Rng, birds, clouds, ground, pines, sky, sun


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
