"""Which composition a comp has, decided by aims and by the layouts of past artwork."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from assistant.mockups.aims import Aim, asked_level, leaning, shunned_levels, turned
from assistant.mockups.arrangement import Arrangement
from assistant.mockups.composed import Composition, Guidance
from assistant.mockups.wishes import count_of

if TYPE_CHECKING:
    from index.features.canvases import Canvas

KINDS = {
    "none": ("symbol", "landscape", "detail", "type"),
    "single": ("centre", "landscape", "split", "scale", "edge"),
    "pair": ("centre", "split", "landscape", "scale", "diagonal"),
    "group": ("ensemble", "row", "split", "scale", "diagonal"),
}
"""Compositions by how many people are shown, in the order in which mockups take turns."""
_NEED_ROOM = frozenset({"landscape", "row"})
"""Compositions of figures seen in full, for a wide framing only."""


def order_kinds(aims: tuple[Aim, ...], cast: str) -> tuple[str, ...]:
    """Compositions for a cast, at least four.

    A composition that does not suit gives its turn to one that is not among the first four; the
    others keep theirs, so that concepts which take turns do not all draw the same one.
    """
    close = leaning(aims, "framing") > 0 or asked_level(aims, "shot_type") in ("close-up", "medium")
    barred = _NEED_ROOM if close and cast != "none" else frozenset()
    kinds = list(KINDS[cast])
    spare = [kind for kind in kinds[4:] if kind not in barred]
    large = max(leaning(aims, "lettering"), leaning(aims, "title_size")) > 0
    for at, kind in enumerate(kinds[:4]):
        roomier = large and at == 3 and spare == ["edge"]
        if spare and (kind in barred or roomier):
            kinds[at] = spare.pop(0)
    return (*kinds[:4], *spare)


def compose(
    aims: tuple[Aim, ...],
    shape: Canvas,
    turn: int,
    seed: int,
    guidance: Guidance | None = None,
    named: str = "",
) -> Composition:
    """Lay a comp out on a canvas.

    Args:
        aims: of one concept.
        shape: the canvas, with its safe area.
        turn: which of the compositions that suit the cast; counts round.
        seed: of what aims and past artwork leave open; the same on every canvas of a mockup.
        guidance: what a past artwork of the concept says.
        named: whom the brief names, as a noun phrase; decides how many where no aim does.
    """
    rng = np.random.default_rng([seed % 2**32, turn])
    cast, why_cast = _cast(aims, named, rng)
    kinds = order_kinds(aims, cast)
    kind = kinds[turn % len(kinds)]
    shot, why_shot = _shot(aims, cast, kind)
    place, why_place = _title_place(aims, kind, guidance)
    count = {"none": 0, "single": 1, "pair": 2, "group": int(rng.integers(3, 6))}[cast]
    desk = Arrangement(shape, aims, shot, place, count, _side(guidance, rng), guidance, rng)
    drawn = desk.lay_out(kind)
    reasons = (
        ("composition", kind, f"number {turn % len(kinds) + 1} of {len(kinds)} that suit the cast"),
        ("cast", cast, why_cast),
        ("shot", shot, why_shot),
        ("title", place, why_place),
        *(
            (part, what, f"as in {guidance.artwork_id}")
            for part, what in desk.taken
            if guidance is not None
        ),
    )
    return replace(drawn, reasons=reasons)


def _cast(aims: tuple[Aim, ...], named: str, rng: np.random.Generator) -> tuple[str, str]:
    asked = turned(aims, "cast")
    if asked is not None and asked.feature == "people_grouping":
        return asked.level, asked.reason
    if named:
        return count_of(named), f"the brief names “{named}”"
    away = shunned_levels(aims, "people_grouping")
    left = [one for one in ("single", "pair", "group", "none") if one not in away]
    return str(left[int(rng.integers(len(left[:2])))]), "left open by the evidence"


def _shot(aims: tuple[Aim, ...], cast: str, kind: str) -> tuple[str, str]:
    if cast == "none":
        return "none", "nobody is shown"
    framing = turned(aims, "framing")
    if framing is not None:
        usual = "close-up" if framing.sign > 0 else "long"
        return framing.level or usual, framing.reason
    if kind in _NEED_ROOM:
        return "long", "the composition shows figures in full"
    return "medium", "left open by the evidence"


def _title_place(aims: tuple[Aim, ...], kind: str, guidance: Guidance | None) -> tuple[str, str]:
    asked, away = turned(aims, "lettering_place"), shunned_levels(aims, "title_position")
    if asked is not None and asked.level != "none":
        return asked.level, asked.reason
    seen = {"top", "bottom"} - away
    if guidance is not None and guidance.title in seen:
        return guidance.title, f"as in {guidance.artwork_id}"
    usual = ("top", "bottom") if kind in ("landscape", "row") else ("bottom", "top")
    left = [place for place in usual if place not in away]
    return (left or usual)[0], "left open by the evidence"


def _side(guidance: Guidance | None, rng: np.random.Generator) -> int:
    """Where people stand where they stand to a side: −1 left, 1 right."""
    chance = int(rng.choice([-1, 1]))
    x = None if guidance is None else guidance.face_x
    if x is not None and abs(x - 0.5) > 0.04:
        return 1 if x > 0.5 else -1
    return chance
