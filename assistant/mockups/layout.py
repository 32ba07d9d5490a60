"""The layout painter: honest wireframes of a composition, in the light and colours asked for."""

from __future__ import annotations

import hashlib
import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from assistant.drawing.house_styles import HouseStyle, load_style
from assistant.drawing.lettering import Block
from assistant.drawing.scenes import draw_ground
from assistant.drawing.surface import Surface
from assistant.mockups.aims import leaning
from assistant.mockups.comp_copy import set_copy
from assistant.mockups.comp_ground import draw_fields, draw_light, draw_split, draw_symbol
from assistant.mockups.comp_type import is_dark, quieten, set_marks, set_name
from assistant.mockups.composed import Composition, Guidance
from assistant.mockups.composition import compose
from assistant.mockups.grammar import settings
from assistant.mockups.mannequin import draw_person
from assistant.mockups.marks import DRAWN
from assistant.mockups.palette import CompColours, comp_colours
from assistant.mockups.records import Job, Painting
from assistant.mockups.regrade import regrade
from assistant.mockups.subject import Subject, read_subject
from assistant.mockups.tokens import CLIP_LIMIT
from assistant.mockups.wishes import avoided
from index.features.concepts.vocabulary import stem

if TYPE_CHECKING:
    from assistant.answers.brief import Brief
    from assistant.mockups.aims import Aim
    from assistant.mockups.gauge import Gauge
    from index.features.canvases import Canvas
    from index.records import Progress

NAME = "layout"
PLAIN = "on a plain ground"
NOT_SHOWN = frozenset({"focus", "depth", "placement", "expression", "things", "own"})
"""Levers that a wireframe of grey figures does not show, so they are not asked of it."""
WORKING = 600
"""Least shorter side that a comp is drawn at before it is brought to the canvas's size."""
LEAST_MARK = 6.5
"""Least height of the mark's capitals in pixels of the finished comp."""
_LOOK_OF = {
    "romance": "romance", "drama": "drama", "thriller": "noir", "crime": "noir", "mystery": "noir",
    "noir": "noir", "horror": "horror", "action": "action", "war": "war", "adventure": "adventure",
    "sci-fi": "space", "science fiction": "space", "family": "family", "animation": "family",
    "kids": "family", "comedy": "comedy", "documentary": "documentary", "western": "adventure",
    "fantasy": "adventure",
}  # fmt: skip
"""Whose letters a genre borrows: convention of the trade, not evidence."""


@dataclass(frozen=True, slots=True, eq=False)
class Comp:
    """A drawn comp.

    Attributes:
        picture: RGB, in the canvas's size, with the marks where they are wanted.
        clean: the same without them: what is measured.
        plan: its layout.
        colours: its palette.
        setting: the flat ground behind it.
    """

    picture: Image.Image
    clean: Image.Image
    plan: Composition
    colours: CompColours
    setting: str


class LayoutPainter:
    """Draws composition comps; needs no weights and no torch.

    Args:
        mark: whether to show the word “inspiration” and the safe area's corners.
    """

    name = NAME
    kind = "tags"
    token_limit = CLIP_LIMIT
    every_canvas = True

    def __init__(self, *, mark: bool = True) -> None:
        self._mark = mark

    @cached_property
    def model(self) -> Mapping[str, str]:
        """The drawing code, which is all the model there is."""
        digest = hashlib.blake2b(digest_size=16)
        here = Path(__file__).parent
        for room in (here, here.parent / "drawing"):
            for file in sorted(room.glob("*.[py]*")):
                digest.update(file.name.encode() + file.read_bytes())
        return {"id": NAME, "hash": digest.hexdigest()}

    def paint(self, job: Job, progress: Progress) -> Painting:
        """Draw one comp; the prompt is not used."""
        comp = draw_comp(
            job.brief, job.aims, job.canvas, turn=job.turn, seed=job.seed, guidance=job.guidance,
            mark=self._mark, gauge=job.gauge,
        )  # fmt: skip
        progress(job.name, 1, 1)
        shown = {
            "size": list(job.canvas.size),
            "palette": list(comp.colours.notes),
            "setting": comp.setting,
            "layout": [
                {"part": part, "what": what, "why": why} for part, what, why in comp.plan.reasons
            ],
        }
        notes: tuple[str, ...] = ()
        if not comp.colours.evidence:
            notes = ("no evidence on colour: drawn in grey",)
        unseen = sorted(aim.words for aim in job.aims if aim.more and aim.lever in NOT_SHOWN)
        if unseen:
            notes += (f"a wireframe does not show {', '.join(unseen)}",)
        return Painting(comp.picture, comp.clean, shown, notes, DRAWN, comp.plan.facts, NOT_SHOWN)


def style_of(brief: Brief) -> HouseStyle:
    """The letters that the first known genre of a brief usually has."""
    for genre in brief.genres:
        if genre.casefold() in _LOOK_OF:
            return load_style(_LOOK_OF[genre.casefold()])
    return load_style("drama")


def setting_of(brief: Brief) -> str:
    """The flat ground that a brief's words speak of most; a plain one where they speak of none."""
    wishes = " ".join((*brief.must_show, *brief.tags))
    held = [
        stem(word) for word in re.findall(r"\w+", f"{wishes} {wishes} {brief.synopsis}".lower())
    ]
    best, most = PLAIN, 0
    for setting, words in settings().items():
        count = sum(held.count(stem(word)) for word in words)
        spoken = any(avoided(word, brief.avoid) for word in (setting, *words) if stem(word) in held)
        if count > most and not spoken:
            best, most = setting, count
    return best


def draw_comp(
    brief: Brief,
    aims: tuple[Aim, ...],
    shape: Canvas,
    *,
    seed: int,
    turn: int = 0,
    guidance: Guidance | None = None,
    mark: bool = True,
    letters: bool = True,
    gauge: Gauge | None = None,
) -> Comp:
    """Draw one comp.

    Args:
        brief: names, places and genres.
        aims: what the picture is asked to have.
        shape: the canvas.
        seed: of what the aims leave open; the same seed gives the same pixels.
        turn: which of the compositions that suit the cast.
        guidance: what a past artwork of the concept says of the layout.
        mark: whether to show the word “inspiration” and the corners of the safe area.
        letters: whether to set the title, the labels and the bars of the credits.
        gauge: measures whether light and colours are where they are asked for; unseen without.
    """
    grow = max(1.0, WORKING / min(shape.size))
    large = shape.model_copy(update={"size": tuple(round(side * grow) for side in shape.size)})
    subject = read_subject(brief)
    plan = compose(aims, large, turn, seed, guidance, subject.who)
    colours, setting = comp_colours(aims), setting_of(brief)
    palette = colours.palette
    surface = Surface(plan.width, plan.height, palette.haze)
    own = np.random.default_rng([seed % 2**32, zlib.crc32(brief.title.encode())])
    draw_light(surface, palette, plan)
    draw_fields(surface, colours, plan)
    if leaning(aims, "clutter") >= 0 and plan.kind not in ("detail", "type"):
        draw_ground(surface, palette, setting, own)
    if plan.split is not None:
        draw_split(surface, palette, plan)
    surface.glow(*plan.focus, 0.42 * min(surface.width, surface.height), palette.glow, 0.25)
    thing = (subject.things or (subject.who, ""))[0] if not plan.people else _thing(subject)
    if plan.symbol is not None:
        draw_symbol(surface, palette, plan.symbol, thing if letters else "")
    for place, person in enumerate(plan.people):
        draw_person(surface, palette, person, lead=place == len(plan.people) - 1)
    if letters:
        quieten(surface, palette, plan, plain=leaning(aims, "legibility") > 0)

    bare, dark = _finished(surface, shape), is_dark(surface, plan)
    copy: list[Block] = []

    def show(picture: Image.Image, *, titled: bool) -> Image.Image:
        surface.image.paste(picture.resize(surface.image.size, Image.Resampling.LANCZOS))
        if titled:
            name = set_name(surface, palette, style_of(brief), brief.title, plan)
            copy[:] = set_copy(surface, palette, plan, large, name, aims, grow)
        return _finished(surface, shape)

    clean = show(bare, titled=letters)
    if gauge is not None and colours.targets:
        seen = clean
        clean = show(reach_targets(seen, colours.targets, gauge), titled=False)
        if letters and is_dark(surface, plan) != dark:  # so are the letters by now
            graded = reach_targets(bare, colours.targets, gauge, seen=seen)
            clean = show(graded, titled=True)
    if not mark:
        return Comp(clean, clean, plan, colours, setting)
    set_marks(surface, palette, plan, large, copy, least=LEAST_MARK * grow)
    return Comp(_finished(surface, shape), clean, plan, colours, setting)


def _thing(subject: Subject) -> str:
    return subject.things[0] if subject.things else subject.where or "symbol"


def _finished(surface: Surface, shape: Canvas) -> Image.Image:
    return surface.image.resize(shape.size, Image.Resampling.LANCZOS, reducing_gap=3.0)


_COLOUR = frozenset({"colour_strength", "temperature"})
"""Levers that stay where they are while a comp is brought to its light."""


def reach_targets(
    picture: Image.Image,
    targets: Mapping[str, float],
    gauge: Gauge,
    *,
    seen: Image.Image | None = None,
) -> Image.Image:
    """A picture brought to the light and colours that are asked for, where it is not there yet.

    Args:
        seen: the picture with what will be set on it, such as its title: what is measured.
    """

    def missed(stands: Mapping[str, float]) -> dict[str, float]:
        return {
            lever: target
            for lever, target in targets.items()
            if lever in stands and abs(target) > stands[lever] * np.sign(target)
        }

    free = {one.lever.name for one in gauge.levers.fitted} - _COLOUR
    if not targets:
        return picture
    return regrade(picture, gauge.sit(seen or picture), missed, free, tones_only=True)
