"""Pairs of past artwork that show a direction: one title, one picture turned, one in the middle."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from assistant.answers.lift import AudienceLift
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
from assistant.insights.estimators.fixed_effects import Floats, Ints
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
    rows = np.flatnonzero(usable)
    rows = rows[np.argsort(artworks.title_rows[rows], kind="stable")]
    titles, starts = np.unique(artworks.title_rows[rows], return_index=True)
    of_title = dict(zip(titles.tolist(), np.split(rows, starts[1:]), strict=False))
    lever, pole = design.contrasts[at].name, design.contrasts[at].kind == "pole"
    nearness = match.relevance.nearness
    near = titles[np.argsort(-nearness.score[titles], kind="stable")[:TRIED]].tolist()
    found: list[tuple[float, int, int]] = []
    for title in near:
        own = of_title[title]
        turned, middle = own[column[own] > 0], own[column[own] == 0]
        if not (turned.size and middle.size):
            continue
        clear = _clearness(index, lift, turned, middle, lever, pole=pole, helps=helps)
        one, other = np.unravel_index(int(clear.argmax()), clear.shape)
        if np.isfinite(clear[one, other]):
            distance = (1 - nearness.value[title]) / 2 if nearness.fits[title] else 1.0
            worth = float(clear[one, other]) - _STRANGE * float(distance)
            found.append((worth, int(turned[one]), int(middle[other])))
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
    index: Index,
    lift: AudienceLift,
    turned: Ints,
    middle: Ints,
    lever: str,
    *,
    pole: bool,
    helps: bool,
) -> Floats:
    """How well each pair shows a lever, `(turned, middle)`: −∞ unless the one that should have done
    better did, and one is clearly turned."""
    traits = read_traits(index)

    def apart(values: Floats) -> Floats:
        return values[turned][:, None] - values[middle]

    gap = apart(lift.lift) if helps else -apart(lift.lift)
    better = lift.lift[turned][:, None] if helps else lift.lift[middle]
    likeness = traits.vectors[turned] @ traits.vectors[middle].T
    sure = gap / np.hypot(lift.sd[turned][:, None], lift.sd[middle])
    others = [np.abs(apart(values)) for name, values in traits.axes.items() if name != lever]
    known = np.isfinite(others)
    moved = np.where(known, others, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    clear = np.minimum(sure, 3.0) / 3.0 + likeness - 0.1 * moved - _LOSING * (better <= 0)
    wrong = gap <= 0
    if lever in SHOWN_ALIKE:
        wrong |= likeness >= SAME_PICTURE
    if pole and lever in traits.axes:
        wrong |= np.abs(apart(traits.axes[lever])) < CLEAR
    return np.where(wrong, -np.inf, clear)
