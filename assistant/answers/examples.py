"""Pairs of past artwork that show a direction: one title, one picture turned, one in the middle."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np

from assistant.answers.match import Match, read_artworks
from assistant.answers.pieces import (
    SAME_PICTURE,
    SHOWN_ALIKE,
    Changed,
    Piece,
    piece,
    read_traits,
    what_changed,
)
from assistant.insights.effects import Evidence
from assistant.insights.levers import CLEAR, lever_sides
from index.store import Index

SHOWN = 3
"""Pairs for a direction, at most."""
TRIED = 400
"""Titles nearest to the brief among which pairs are looked for."""
_STRANGE = 0.5
"""What a pair of a title of another kind must show more clearly to be taken instead of one of
the nearest title. One that just fits needs half of it, and less the nearer it is."""
_LOSING = 0.5
"""The same of a pair whose better one did no better than its title's other artwork."""


@dataclass(frozen=True, slots=True)
class Example:
    """A pair of one title's artworks that differ in a lever above all.

    Attributes:
        worked, failed: the one turned to the side, and the one in the middle; for a side that
            costs plays the other way round.
        change: what differs.
    """

    worked: Piece
    failed: Piece
    change: Changed

    @property
    def changed(self) -> tuple[str, ...]:
        """What differs, largest change first."""
        return self.change.words

    @property
    def sentence(self) -> str:
        """What differs, at a glance."""
        return self.change.sentence


def example_pairs(
    match: Match, index: Index, evidence: Evidence, at: int, *, helps: bool = True
) -> tuple[Example, ...]:
    """The pairs that show a side best: clear in plays, little else changed, of titles like this.

    Only artwork that the brief allows, whose lifts differ the way the direction says.

    Args:
        helps: whether the side wins plays; else the pairs show that it costs them.
    """
    design, lift = lever_sides(evidence), match.lift
    if lift is None:
        return ()
    artworks = read_artworks(index)
    column = design.values[evidence.units.of_artwork, at]
    usable = match.allowed & lift.informed & np.isfinite(lift.lift) & np.isfinite(column)
    by_title: dict[int, list[int]] = {}
    for row in np.flatnonzero(usable):
        by_title.setdefault(int(artworks.title_rows[row]), []).append(int(row))
    lever, pole = design.contrasts[at].name, design.contrasts[at].kind == "pole"
    nearness = match.relevance.nearness
    near = sorted(by_title, key=lambda title: -nearness.score[title])[:TRIED]
    found: list[tuple[float, int, int]] = []
    for title in near:
        rows = np.array(by_title[title])
        turned, middle = rows[column[rows] > 0], rows[column[rows] == 0]
        ranked = (
            (_clearness(index, match, *(pair if helps else pair[::-1]), lever, pole=pole), *pair)
            for pair in product(turned, middle)
        )
        best = max(ranked, default=None)
        if best is not None and np.isfinite(best[0]):
            distance = (1 - nearness.value[title]) / 2 if nearness.fits[title] else 1.0
            found.append((best[0] - _STRANGE * float(distance), int(best[1]), int(best[2])))
    base = lift.usual_take
    shown = []
    for _, turned_to, from_middle in sorted(found, reverse=True)[:SHOWN]:
        changed = what_changed(index, from_middle, turned_to, lever)
        worked, failed = (turned_to, from_middle) if helps else (from_middle, turned_to)
        shown.append(
            Example(piece(index, worked, lift, base), piece(index, failed, lift, base), changed)
        )
    return tuple(shown)


def _clearness(
    index: Index, match: Match, worked: int, failed: int, lever: str, *, pole: bool
) -> float:
    """How well a pair shows a lever: −∞ unless the turned one did better, and is clearly turned."""
    lift, traits = match.lift, read_traits(index)
    assert lift is not None
    gap = float(lift.lift[worked] - lift.lift[failed])
    axis = traits.axes.get(lever) if pole else None
    likeness = traits.likeness(worked, failed)
    misread = lever in SHOWN_ALIKE and likeness >= SAME_PICTURE
    unturned = axis is not None and abs(axis[worked] - axis[failed]) < CLEAR
    if gap <= 0 or misread or unturned:
        return float("-inf")
    sure = gap / float(np.hypot(lift.sd[worked], lift.sd[failed]))
    others = [
        abs(float(values[worked] - values[failed]))
        for name, values in traits.axes.items()
        if name != lever and np.isfinite(values[worked] - values[failed])
    ]
    losing = _LOSING if lift.lift[worked] <= 0 else 0.0
    return min(sure, 3.0) / 3.0 + likeness - 0.1 * float(np.mean(others or [0.0])) - losing
