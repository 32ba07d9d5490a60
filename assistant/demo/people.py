"""Where the cast stands: portraits, pairs, groups and walkers, on upright and wide canvases."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from assistant.drawing.canvas import Canvas, smooth
from assistant.drawing.colours import Palette, luma, mix
from assistant.drawing.faces import draw_bust
from assistant.drawing.figures import couple, crew, stand
from assistant.drawing.house_styles import Look
from assistant.drawing.portraits import Portrait

Rng = np.random.Generator


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a head goes: shares of a 2:3 frame's width; tilt in degrees, turn from -1 to 1."""

    x: float
    y: float
    size: float
    tilt: float = 0.0
    turn: float = 0.0


def _spots(people: str, heads: int, rng: Rng) -> list[Spot]:
    """From the back to the front; the last one is the lead."""
    wobble = float(rng.uniform(-0.02, 0.02))
    turn = float(rng.uniform(-0.9, 0.9))
    if people == "close-up":
        size, tilt = float(rng.uniform(0.50, 0.58)), float(rng.uniform(-6, 6))
        return [Spot(0.5 + 2 * wobble, 0.545, size, tilt, turn)]
    if people == "medium":
        size, tilt = float(rng.uniform(0.19, 0.22)), float(rng.uniform(-4, 4))
        return [Spot(0.5 + 3 * wobble, 0.42, size, tilt, turn)]
    if people == "pair":
        near = float(rng.choice([0.0, 0.05]))
        inward = float(rng.choice([0.75, 0.75, -0.3]))
        return [
            Spot(0.685 + wobble - near, 0.43, 0.265, -4 - 60 * near, -inward),
            Spot(0.335 + wobble + near, 0.51, 0.28, 4 + 40 * near, inward),
        ]
    places: tuple[tuple[float, float, float, float], ...]
    if heads == 3:
        places = ((0.21, 0.51, 0.185, 3), (0.79, 0.50, 0.185, -3), (0.5, 0.43, 0.225, 0))
    elif heads == 4:
        places = (
            (0.36, 0.33, 0.16, 2),
            (0.67, 0.34, 0.16, -2),
            (0.22, 0.60, 0.18, 3),
            (0.74, 0.61, 0.19, -3),
        )
    else:
        places = (
            (0.33, 0.31, 0.15, 2),
            (0.67, 0.32, 0.15, -2),
            (0.16, 0.55, 0.16, 4),
            (0.84, 0.55, 0.16, -4),
            (0.5, 0.57, 0.21, 0),
        )
    return [
        Spot(x + wobble, y, size, tilt, (0.5 - x) * float(rng.uniform(-0.6, 1.6)))
        for x, y, size, tilt in places
    ]


def place_people(
    canvas: Canvas, palette: Palette, look: Look, cast: tuple[Portrait, ...], people: str, rng: Rng
) -> None:
    """Draw one to five busts, the ones at the back first, their feet lost in the lower edge."""
    wide = canvas.width > canvas.height
    unit = canvas.height * 0.86 if wide else float(canvas.width)
    left, lift = (canvas.width - unit * 1.02, unit * 0.03) if wide else (0.0, 0.0)
    light = int(rng.choice([-1, 1]))
    spots = _spots(people, look.group, rng)
    gaze = float(rng.choice([-0.6, 0.0, 0.0, 0.5]))
    for place, spot in enumerate(spots):
        lead = len(spots) - 1 - place
        draw_bust(
            canvas,
            cast[lead],
            palette,
            x=left + spot.x * unit,
            y=spot.y * unit - lift,
            size=spot.size * unit,
            mood=look.moods[lead % len(look.moods)],
            light=light,
            drama=look.drama,
            angle=spot.tilt,
            turn=spot.turn,
            gaze=gaze if people != "group" else 0.0,
        )


def place_walkers(canvas: Canvas, palette: Palette, look: Look, rng: Rng, *, ledge: bool) -> None:
    """Small full-length figures in the scene, seen against the light; on a ledge if need be."""
    w, h = canvas.width, canvas.height
    wide = w > h
    x = w * float(rng.uniform(0.62, 0.74) if wide else rng.uniform(0.44, 0.56))
    feet = h * (0.90 if wide else 0.70)
    tall = h * float(rng.uniform(0.34, 0.42) if wide else rng.uniform(0.19, 0.25))
    dark = luma(palette.sky) < 0.4
    rim = mix(palette.glow, palette.accent, 0.3) if dark else None
    if dark:
        canvas.glow(x, feet - tall * 0.6, tall * 1.1, mix(palette.haze, palette.glow, 0.4), 0.75)
    if ledge:
        _draw_ledge(canvas, palette, x, feet, rng)
    else:
        canvas.ellipse(x, feet, tall * 0.5, tall * 0.035, mix(palette.ink, palette.near, 0.3))
    kind = rng.random()
    if look.wardrobe in {"romance", "drama"} and kind < 0.7:
        couple(canvas, x, feet, tall, palette.ink, rim)
    elif look.group >= 4 and kind < 0.6:
        crew(
            canvas,
            x,
            feet,
            tall * 0.9,
            palette.ink,
            rng,
            count=int(rng.integers(3, 6)),
            spread=tall * 0.42,
            rim=rim,
            hats=look.hats,
            carries=look.carries,
        )
    else:
        stand(
            canvas,
            x,
            feet,
            tall,
            palette.ink,
            dress=str(rng.choice(["coat", "jacket", "dress"])),
            hat=str(rng.choice(look.hats)),
            carry=str(rng.choice(look.carries)),
            stride=float(rng.uniform(0, 0.8)),
            rim=rim,
            mirror=bool(rng.integers(2)),
        )


def _draw_ledge(canvas: Canvas, palette: Palette, x: float, feet: float, rng: Rng) -> None:
    """A dark slope from the figures down to one side of the picture."""
    w, h = canvas.width, canvas.height
    side = int(rng.choice([-1, 1]))
    edge = [
        (x - side * w * 0.34, h * 1.02),
        (x - side * w * 0.30, feet + h * 0.10),
        (x - side * w * 0.22, feet + h * 0.02),
        (x, feet - 1),
        (x + side * w * 0.25, feet - h * 0.005),
        (x + side * w * 0.7, feet + h * 0.03),
        (x + side * w * 0.8, h * 1.02),
    ]
    canvas.polygon(smooth(edge, closed=False), mix(palette.ink, palette.near, 0.25))
