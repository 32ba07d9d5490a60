"""The layout painter: composition comps in flat tones of the evidence's palette, no weights."""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from assistant.drawing.canvas import Canvas
from assistant.drawing.colours import Colour, Palette, luma, mix
from assistant.drawing.faces import draw_bust
from assistant.drawing.figures import stand
from assistant.drawing.house_styles import Look
from assistant.drawing.portraits import WARDROBES, Portrait, cast_portrait
from assistant.mockups.comp_type import set_credit_bars, set_marks, set_name
from assistant.mockups.palette import CompColours, comp_colours
from assistant.mockups.settings import draw_setting
from assistant.mockups.staging import Stage, look_of, stage

if TYPE_CHECKING:
    from assistant.answers.brief import Brief
    from assistant.mockups.aims import Aim
    from index.features.canvases import Canvas as Shape

_WORKING = 600
"""Least shorter side that a comp is drawn at before it is brought to the canvas's size."""
_SKIN = 2
"""Every figure is modelled in the same tones: a comp says how many people, not who they are."""
_HAIR: Colour = (38, 30, 28)
_CHILDREN = re.compile(r"\b(child|children|kids?|boys?|girls?)\b")
_STEPS = (0.16, 0.33, 0.53, 0.72)
"""Luma at which one flat tone of a figure ends and the next begins."""
_LEAST_MARK = 6.5
"""Least height of the mark's capitals in pixels of the finished comp."""
_HELD = ("", "bag", "lantern", "pack")


@dataclass(frozen=True, slots=True, eq=False)
class Comp:
    """A drawn comp.

    Attributes:
        picture: RGB, in the canvas's size, with the marks where they are wanted.
        clean: the same without them: what is measured.
        plan: its layout.
        colours: its palette.
    """

    picture: Image.Image
    clean: Image.Image
    plan: Stage
    colours: CompColours


def draw_comp(
    brief: Brief,
    aims: tuple[Aim, ...],
    shape: Shape,
    *,
    seed: int,
    mark: bool = True,
    letters: bool = True,
) -> Comp:
    """Draw one comp.

    Args:
        brief: names, places and genres.
        aims: what the picture is asked to have.
        shape: the canvas.
        seed: of what the aims leave open; the same seed gives the same pixels.
        mark: whether to show the word “inspiration” and the corners of the safe area.
        letters: whether to set the title and the bars of the credits.
    """
    grow = max(1.0, _WORKING / min(shape.size))
    large = shape.model_copy(update={"size": tuple(round(side * grow) for side in shape.size)})
    plan, colours, look = stage(brief, aims, large, seed), comp_colours(aims), look_of(brief)
    palette = colours.palette
    canvas = Canvas(plan.width, plan.height, palette.haze)
    own = zlib.crc32(brief.title.encode())
    ground, people = (np.random.default_rng([seed % 2**32, own, part]) for part in range(2))
    draw_setting(canvas, palette, plan.setting, plan.focus, ground, far=not plan.heads)
    if plan.heads:
        _draw_busts(canvas, palette, plan, look, cast_of(brief, look, people))
    elif plan.figures:
        _draw_figures(canvas, palette, plan, look, people)
    begins = 0.62 if plan.heads and plan.align == "left" else 0.76
    canvas.fade(palette.ink, [(0, 0), (begins, 0), (1, 0.9 if plan.heads else 0.6)])
    if letters:
        set_name(canvas, palette, look, brief.title, plan)
        set_credit_bars(canvas, palette, plan, large)
    clean = _finished(canvas, shape)
    if not mark:
        return Comp(clean, clean, plan, colours)
    low = plan.title[1] < 0.3 * plan.height
    set_marks(canvas, palette, large, least=_LEAST_MARK * grow, low=low)
    return Comp(_finished(canvas, shape), clean, plan, colours)


def _finished(canvas: Canvas, shape: Shape) -> Image.Image:
    return canvas.image.resize(shape.size, Image.Resampling.LANCZOS, reducing_gap=3.0)


def cast_of(brief: Brief, look: Look, rng: np.random.Generator) -> tuple[Portrait, ...]:
    """Five invented people, the lead first; children where the brief must show them."""
    wardrobe = WARDROBES[look.wardrobe]
    if any(_CHILDREN.search(wish.casefold()) for wish in brief.must_show):
        wardrobe = replace(wardrobe, children=1.0)
    people: list[Portrait] = []
    for place in range(5):
        person = cast_portrait(wardrobe, rng, place=place)
        while person.hair == "windblown" or any(person.hair == one.hair for one in people):
            person = cast_portrait(wardrobe, rng, place=place)
        people.append(replace(person, skin=_SKIN, extra="", hair_colour=_HAIR))
    return tuple(people)


def _draw_busts(
    canvas: Canvas, palette: Palette, plan: Stage, look: Look, cast: tuple[Portrait, ...]
) -> None:
    """Heads and shoulders, each cut to five flat tones before the next stands in front of it."""
    light = 1 if cast[0].width > 1 else -1
    model = replace(palette, glow=(255, 244, 228), sky=(150, 150, 150))
    for place, head in enumerate(plan.heads):
        lead = len(plan.heads) - 1 - place
        surface = Canvas(canvas.width, canvas.height, _KEY)
        draw_bust(
            surface,
            cast[lead],
            model,
            x=head.x,
            y=head.y,
            size=head.size,
            mood=look.moods[lead % len(look.moods)],
            light=light,
            drama=max(0.45, look.drama),
            angle=head.tilt,
            turn=head.turn,
            gaze=0.5 * head.turn,
        )
        _cut(canvas, surface, _tones(palette, depth=lead / max(1, len(plan.heads))))


_KEY: Colour = (255, 0, 255)
"""What a figure's surface starts with, so that the figure's own outline can be told from it."""


def _cut(canvas: Canvas, surface: Canvas, tones: tuple[Colour, ...]) -> None:
    drawn = np.asarray(surface.image)
    mask = (drawn != np.array(_KEY, np.uint8)).any(axis=-1)
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not rows.size:
        return
    box = (slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1))
    grey = drawn[box].astype(np.float32) @ np.array([0.2126, 0.7152, 0.0722], np.float32) / 255
    steps = np.searchsorted(np.array(_STEPS, np.float32), grey)
    flat = Image.fromarray(np.array(tones, np.uint8)[steps])
    outline = Image.fromarray(np.where(mask[box], 255, 0).astype(np.uint8))
    canvas.image.paste(flat, (int(columns[0]), int(rows[0])), outline)


def _tones(palette: Palette, *, depth: float) -> tuple[Colour, ...]:
    """Five tones from ink to light; people at the back are a little paler."""
    shade = mix(palette.near, palette.mid, 0.75)
    skin = mix(mix(palette.far, palette.glow, 0.62), palette.haze, 0.25)
    tones = (palette.ink, palette.near, shade, skin, mix(skin, palette.paper, 0.5))
    return tuple(mix(tone, palette.haze, 0.30 * depth) for tone in tones)


def _draw_figures(
    canvas: Canvas, palette: Palette, plan: Stage, look: Look, rng: np.random.Generator
) -> None:
    rim = mix(palette.glow, palette.accent, 0.2)
    tall = plan.figures[-1][1]
    middle = sum(x for x, _ in plan.figures) / len(plan.figures)
    reach = tall * (0.5 + 0.2 * len(plan.figures))
    canvas.ellipse(middle, plan.feet, reach, tall * 0.05, mix(palette.near, palette.ink, 0.6))
    held = [one for one in look.carries if one in _HELD] or [""]
    for place, (x, height) in enumerate(plan.figures):
        stand(
            canvas,
            x,
            plan.feet,
            height,
            palette.ink,
            dress=("coat", "dress", "jacket")[(place + int(rng.integers(3))) % 3],
            hat=str(rng.choice(look.hats)),
            carry=str(rng.choice(held)),
            stride=float(rng.uniform(0, 0.5)),
            rim=rim if luma(palette.ink) < luma(rim) else None,
            mirror=bool(place % 2),
        )
