"""What lies behind the people of a comp: a few flat layers that hint at a place."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from assistant.drawing.canvas import Canvas, Points, ridge
from assistant.drawing.colours import Colour, Palette, mix
from assistant.drawing.scenery import ground, pines, sky, skyline

Rng = np.random.Generator


def draw_setting(
    canvas: Canvas,
    palette: Palette,
    setting: str,
    focus: tuple[float, float],
    rng: Rng,
    *,
    far: bool,
) -> None:
    """The ground of a comp with a disc of light behind its focal point.

    Args:
        canvas: fresh.
        palette: of the comp.
        setting: a key of the settings, or "" for a plain ground.
        focus: where the eye should go, in pixels.
        rng: of shapes.
        far: whether the place itself is the subject (nobody near).
    """
    sky(canvas, palette)
    x, y = focus
    radius = min(canvas.width, canvas.height) * (0.30 if far else 0.43)
    y = min(y, canvas.height * (0.42 if far else 0.5))
    light = mix(palette.haze, palette.glow, 0.6)
    canvas.glow(x, y, radius * 2.0, light, 0.55)
    canvas.ellipse(x, y, radius, radius, mix(palette.glow, palette.accent, 0.22))
    canvas.ellipse(x, y, radius * 0.80, radius * 0.80, mix(palette.glow, palette.accent, 0.06))
    _DRAWN.get(setting, _plain)(canvas, palette, rng)


def _plain(canvas: Canvas, palette: Palette, rng: Rng) -> None:
    w, h = canvas.width, canvas.height
    lean = float(rng.choice([-1, 1])) * h * 0.06
    canvas.polygon([(0, h * 0.74 - lean), (w, h * 0.74 + lean), (w, h), (0, h)], palette.mid)
    canvas.polygon([(0, h * 0.86 + lean), (w, h * 0.86 - lean), (w, h), (0, h)], palette.near)


def _layers(
    canvas: Canvas, rng: Rng, parts: tuple[tuple[float, float, Colour], ...], peaks: int
) -> None:
    w, h = canvas.width, canvas.height
    for level, rough, colour in parts:
        line = ridge(rng, left=0, right=w, level=h * level, rough=h * rough, peaks=peaks, octaves=3)
        ground(canvas, line, colour)


def _hills(canvas: Canvas, palette: Palette, rng: Rng) -> None:
    parts = (
        (0.50, 0.045, mix(palette.far, palette.haze, 0.5)),
        (0.60, 0.040, palette.far),
        (0.72, 0.030, palette.mid),
        (0.86, 0.020, palette.near),
    )
    _layers(canvas, rng, parts, 4)


def _desert(canvas: Canvas, palette: Palette, rng: Rng) -> None:
    w, h = canvas.width, canvas.height
    for row, (level, colour) in enumerate(
        ((0.56, palette.far), (0.68, mix(palette.far, palette.mid, 0.6)), (0.80, palette.mid))
    ):
        x = np.linspace(0, w, 90)
        phase = rng.uniform(0, 6)
        y = h * level + h * 0.028 * np.sin(x / w * (4 - row) + phase)
        ground(canvas, np.column_stack([x, y]), colour)
    end = w * float(rng.uniform(0.44, 0.56))
    road = [
        (end - w * 0.008, h * 0.58),
        (end + w * 0.008, h * 0.58),
        (end + w * 0.3, h),
        (end - w * 0.3, h),
    ]
    canvas.polygon(road, palette.near)


def _water(canvas: Canvas, palette: Palette, horizon: float, rng: Rng) -> None:
    w, h = canvas.width, canvas.height
    canvas.rectangle(0, h * horizon, w, h, palette.mid)
    canvas.rectangle(0, h * (horizon + 0.16), w, h, mix(palette.mid, palette.near, 0.55))
    canvas.rectangle(0, h * (horizon + 0.30), w, h, palette.near)
    light = mix(palette.glow, palette.mid, 0.35)
    for row in range(11):
        y = h * (horizon + 0.014 + 0.030 * row)
        x = w * float(rng.normal(0.5, 0.05))
        half = w * float(rng.uniform(0.03, 0.16)) * (1 - row / 16)
        canvas.rectangle(x - half, y, x + half, y + h * 0.0045, light)


def _sea(canvas: Canvas, palette: Palette, rng: Rng) -> None:
    w, h = canvas.width, canvas.height
    away = 0.0 if w > 1.25 * h else 0.34 * float(rng.choice([-1, 1]))
    x, base = w * (0.5 + away), h * 0.575
    isle = [(-0.26, 0.0), (-0.18, -0.022), (-0.05, -0.04), (0.06, -0.036), (0.2, -0.014), (0.3, 0)]
    unit = min(w, h)
    canvas.polygon([(x + u * unit, base + v * unit) for u, v in isle], palette.far)
    top = base - 0.25 * unit
    tower = [(-0.020, -0.03), (0.020, -0.03), (0.013, -0.22), (-0.013, -0.22)]
    canvas.polygon([(x + u * unit, base + v * unit) for u, v in tower], palette.near)
    canvas.rectangle(x - 0.017 * unit, top, x + 0.017 * unit, top + 0.03 * unit, palette.glow)
    roof = [(-0.021, 0.0), (0.021, 0.0), (0.0, -0.022)]
    canvas.polygon([(x + u * unit, top + v * unit) for u, v in roof], palette.near)
    _water(canvas, palette, base / h, rng)


def _river(canvas: Canvas, palette: Palette, rng: Rng) -> None:
    w, h = canvas.width, canvas.height
    parts = ((0.50, 0.03, palette.far), (0.58, 0.015, palette.mid), (0.66, 0.008, palette.near))
    _layers(canvas, rng, parts, 3)
    y = np.linspace(0.64, 1.02, 40)
    bend = 0.16 * np.sin((y - 0.64) * 13 + float(rng.uniform(0, 2)))
    half = 0.02 + 0.55 * (y - 0.64) ** 1.35
    middle = 0.5 + bend * (y - 0.55)
    left: Points = np.column_stack([(middle - half) * w, y * h])
    right: Points = np.column_stack([(middle + half) * w, y * h])
    canvas.polygon(np.vstack([left, right[::-1]]), mix(palette.haze, palette.far, 0.35))


def _skyline(canvas: Canvas, palette: Palette, rng: Rng) -> None:
    h = canvas.height
    back = mix(palette.far, palette.haze, 0.35)
    skyline(canvas, rng, level=h * 0.66, tall=h * 0.46, colour=back, lit=None)
    skyline(canvas, rng, level=h * 0.76, tall=h * 0.36, colour=palette.mid, lit=None)
    skyline(canvas, rng, level=h * 0.92, tall=h * 0.30, colour=palette.near, lit=None)


def _forest(canvas: Canvas, palette: Palette, rng: Rng) -> None:
    rows = ((0.62, 0.34, mix(palette.far, palette.haze, 0.3), 15), (0.74, 0.38, palette.mid, 12))
    for level, tall, colour, count in rows:
        pines(canvas, colour, rng, count=count, level=level, tall=tall)
        canvas.rectangle(0, canvas.height * level, canvas.width, canvas.height, colour)
    canvas.rectangle(0, canvas.height * 0.86, canvas.width, canvas.height, palette.near)


def _night_sky(canvas: Canvas, palette: Palette, rng: Rng) -> None:
    w, h = canvas.width, canvas.height
    star = mix(palette.haze, palette.paper, 0.7)
    for x, y, size in zip(
        rng.uniform(0, w, 60), rng.uniform(0, h * 0.7, 60), rng.exponential(0.0012, 60), strict=True
    ):
        radius = (0.0012 + min(size, 0.004)) * max(w, h)
        canvas.ellipse(x, y, radius, radius, star)
    x, unit = w * float(rng.uniform(0.16, 0.34)), min(w, h)
    canvas.ellipse(x, h * 0.12, unit * 0.07, unit * 0.07, palette.far)
    canvas.ellipse(x, h * 0.12, unit * 0.115, unit * 0.018, palette.mid)
    parts = ((0.70, 0.022, palette.far), (0.80, 0.018, palette.mid), (0.90, 0.012, palette.near))
    _layers(canvas, rng, parts, 4)


def _interior(canvas: Canvas, palette: Palette, rng: Rng) -> None:
    w, h = canvas.width, canvas.height
    wall = mix(palette.mid, palette.far, 0.5)
    side = int(rng.choice([-1, 1]))
    canvas.rectangle(0, 0, w, h, wall)
    x, half, top, foot = w * (0.5 + 0.24 * side), min(w, h) * 0.22, h * 0.10, h * 0.58
    canvas.glow(x, (top + foot) / 2, half * 3.4, palette.haze, 0.8)
    canvas.rectangle(x - half, top, x + half, foot, palette.glow)
    for share in (-1 / 3, 1 / 3):
        canvas.rectangle(x + half * share - 3, top, x + half * share + 3, foot, wall)
    canvas.rectangle(x - half, (top + foot) / 2 - 3, x + half, (top + foot) / 2 + 3, wall)
    canvas.rectangle(0, h * 0.80, w, h, palette.near)
    beam = [(x - half, h * 0.80), (x + half, h * 0.80), (x + half - side * w * 0.3, h),
            (x - half - side * w * 0.5, h)]  # fmt: skip
    canvas.polygon(beam, mix(palette.near, palette.haze, 0.35))


_DRAWN: dict[str, Callable[[Canvas, Palette, Rng], None]] = {
    "sea": _sea, "river": _river, "skyline": _skyline, "hills": _hills, "desert": _desert,
    "forest": _forest, "night sky": _night_sky, "interior": _interior,
}  # fmt: skip
