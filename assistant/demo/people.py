"""Where the cast stands: portraits, pairs, groups and walkers, on upright and wide canvases."""

from __future__ import annotations

import numpy as np

from assistant.demo.canvas import Canvas
from assistant.demo.colours import Palette, luma, mix
from assistant.demo.faces import draw_bust
from assistant.demo.figures import couple, crew, stand
from assistant.demo.looks import Look
from assistant.demo.portraits import Portrait

Rng = np.random.Generator
Spot = tuple[float, float, float, float]
"""x, y and head width as shares of a 2:3 frame's width, and the tilt in degrees."""


def _spots(people: str, heads: int, rng: Rng) -> list[Spot]:
    wobble = rng.uniform(-0.02, 0.02)
    if people == "close-up":
        return [(0.5 + wobble, 0.545, rng.uniform(0.50, 0.56), rng.uniform(-5, 5))]
    if people == "medium":
        return [(0.5 + wobble * 2, 0.42, rng.uniform(0.19, 0.22), rng.uniform(-3, 3))]
    if people == "pair":
        return [
            (0.685 + wobble, 0.44, 0.265, rng.uniform(-9, -3)),
            (0.335 + wobble, 0.50, 0.275, rng.uniform(2, 8)),
        ]
    if heads == 3:
        return [(0.22, 0.50, 0.185, 3), (0.78, 0.50, 0.185, -3), (0.5 + wobble, 0.44, 0.215, 0)]
    if heads == 4:
        return [
            (0.36, 0.33, 0.155, 2),
            (0.67, 0.34, 0.155, -2),
            (0.22, 0.60, 0.175, 3),
            (0.74, 0.61, 0.185, -3),
        ]
    return [
        (0.33, 0.31, 0.145, 2),
        (0.67, 0.32, 0.145, -2),
        (0.16, 0.55, 0.155, 4),
        (0.84, 0.55, 0.155, -4),
        (0.5 + wobble, 0.56, 0.20, 0),
    ]


def place_people(
    canvas: Canvas, palette: Palette, look: Look, cast: tuple[Portrait, ...], people: str, rng: Rng
) -> None:
    """Draw one to five busts, the ones at the back first, their feet lost in the lower edge."""
    wide = canvas.width > canvas.height
    unit = canvas.height * 0.86 if wide else float(canvas.width)
    left = canvas.width - unit * 1.02 if wide else 0.0
    light = int(rng.choice([-1, 1]))
    spots = _spots(people, look.group, rng)
    gaze = float(rng.choice([-0.6, 0.0, 0.0, 0.5]))
    for place, (x, y, size, tilt) in enumerate(spots):
        lead = len(spots) - 1 - place
        mood = look.moods[lead % len(look.moods)]
        y = y * unit - (unit * 0.03 if wide else 0.0)
        draw_bust(
            canvas,
            cast[lead],
            palette,
            x=left + x * unit,
            y=y,
            size=size * unit,
            mood=mood,
            light=light,
            drama=look.drama,
            angle=tilt,
            gaze=gaze if people != "group" else 0.0,
        )


def place_walkers(canvas: Canvas, palette: Palette, look: Look, rng: Rng) -> None:
    """Small full-length figures in the scene, seen against the light."""
    wide = canvas.width > canvas.height
    x = canvas.width * (rng.uniform(0.62, 0.74) if wide else rng.uniform(0.44, 0.56))
    feet = canvas.height * (0.90 if wide else 0.70)
    tall = canvas.height * (rng.uniform(0.34, 0.42) if wide else rng.uniform(0.19, 0.25))
    dark = luma(palette.sky) < 0.4
    colour = palette.ink
    rim = mix(palette.glow, palette.accent, 0.3) if dark else None
    if dark:
        canvas.glow(x, feet - tall * 0.6, tall * 1.1, mix(palette.haze, palette.glow, 0.4), 0.75)
    canvas.ellipse(x, feet, tall * 0.5, tall * 0.035, mix(palette.ink, palette.near, 0.3))
    kind = rng.random()
    if look.wardrobe in {"romance", "drama"} and kind < 0.7:
        couple(canvas, x, feet, tall, colour, rim)
    elif look.group >= 4 and kind < 0.6:
        crew(
            canvas,
            x,
            feet,
            tall * 0.9,
            colour,
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
            colour,
            dress=str(rng.choice(["coat", "jacket", "dress"])),
            hat=str(rng.choice(list(look.hats))),
            carry=str(rng.choice(list(look.carries))),
            stride=float(rng.uniform(0, 0.8)),
            rim=rim,
            mirror=bool(rng.integers(2)),
        )
