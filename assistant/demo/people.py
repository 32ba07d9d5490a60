"""Where the cast stands: portraits, pairs, groups and walkers, on upright and wide canvases."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from assistant.drawing.colours import Palette, mix
from assistant.drawing.figures import draw_couple, draw_crew, draw_figure, some_figure
from assistant.drawing.heads import draw_bust
from assistant.drawing.house_styles import HouseStyle
from assistant.drawing.portraits import Portrait
from assistant.drawing.surface import Surface, smooth

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
    surface: Surface,
    palette: Palette,
    look: HouseStyle,
    cast: tuple[Portrait, ...],
    people: str,
    rng: Rng,
) -> None:
    """Draw one to five busts, the ones at the back first, their feet lost in the lower edge."""
    wide = surface.width > surface.height
    unit = surface.height * 0.86 if wide else float(surface.width)
    left, lift = (surface.width - unit * 1.02, unit * 0.03) if wide else (0.0, 0.0)
    light = int(rng.choice([-1, 1]))
    spots = _spots(people, look.group, rng)
    gaze = float(rng.choice([-0.6, 0.0, 0.0, 0.5]))
    for place, spot in enumerate(spots):
        lead = len(spots) - 1 - place
        draw_bust(
            surface,
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


def place_walkers(
    surface: Surface, palette: Palette, look: HouseStyle, rng: Rng, *, ledge: bool
) -> None:
    """Small full-length figures in the scene, seen against the light; on a ledge if need be."""
    w, h = surface.width, surface.height
    wide = w > h
    x = w * float(rng.uniform(0.62, 0.74) if wide else rng.uniform(0.44, 0.56))
    feet = h * (0.90 if wide else 0.70)
    tall = h * float(rng.uniform(0.34, 0.42) if wide else rng.uniform(0.19, 0.25))
    dark = palette.night
    rim = mix(palette.glow, palette.accent, 0.3) if dark else None
    if dark:
        surface.glow(x, feet - tall * 0.6, tall * 1.1, mix(palette.haze, palette.glow, 0.4), 0.75)
    if ledge:
        _draw_ledge(surface, palette, x, feet, rng)
    else:
        surface.ellipse(x, feet, tall * 0.5, tall * 0.035, mix(palette.ink, palette.near, 0.3))
    kind = rng.random()
    colour = palette.ink
    if look.name in {"romance", "drama"} and kind < 0.7:
        draw_couple(surface, x, feet, tall, colour, rim)
    elif look.group >= 4 and kind < 0.6:
        count = int(rng.integers(3, 6))
        draw_crew(
            surface, x, feet, 0.9 * tall, colour, rng,
            count=count, hats=look.hats, carries=look.carries, rim=rim,
        )  # fmt: skip
    else:
        someone = some_figure(rng, look.hats, look.carries)
        draw_figure(surface, someone, x, feet, tall, colour, rim)


def _draw_ledge(surface: Surface, palette: Palette, x: float, feet: float, rng: Rng) -> None:
    """A dark slope from the figures down to one side of the picture."""
    w, h = surface.width, surface.height
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
    surface.polygon(smooth(edge, closed=False), mix(palette.ink, palette.near, 0.25))
