"""Pairs of past artwork that show a direction: one title, one picture turned, one in the middle."""

from __future__ import annotations

from collections.abc import Sequence
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
    own = [of_title[one] for one in near]
    parted = [(one[column[one] > 0], one[column[one] == 0]) for one in own]
    pairs = _pairs([one for one in parted if one[0].size and one[1].size], index)
    if pairs is None:
        return ()
    title = artworks.title_rows[pairs.turned]
    strange = np.where(nearness.fits[title], (1 - nearness.value[title]) / 2, 1.0)
    clear = _clearness(index, lift, pairs, lever, pole=pole, helps=helps)
    order = np.argsort(_STRANGE * strange - clear, kind="stable")
    order = order[np.isfinite(clear[order])]
    _, first = np.unique(title[order], return_index=True)
    base = lift.usual_take
    shown = []
    for at_pair in order[np.sort(first)[:SHOWN]].tolist():
        turned_to, from_middle = int(pairs.turned[at_pair]), int(pairs.middle[at_pair])
        changed = what_changed(index, from_middle, turned_to, lever)
        worked, failed = (turned_to, from_middle) if helps else (from_middle, turned_to)
        shown.append(
            Example(piece(index, worked, lift, base), piece(index, failed, lift, base), changed)
        )
    return tuple(shown)


@dataclass(frozen=True, slots=True, eq=False)
class _Pairs:
    """Rows of the turned and of the middle artwork of each pair, `(n,)`, and how alike they are."""

    turned: Ints
    middle: Ints
    likeness: Floats


def _pairs(parted: Sequence[tuple[Ints, Ints]], index: Index) -> _Pairs | None:
    """Every turned artwork of a title beside every one in its middle; None where there is none."""
    if not parted:
        return None
    vectors = read_traits(index).vectors
    alike = [(vectors[turned] @ vectors[middle].T).ravel() for turned, middle in parted]
    return _Pairs(
        np.concatenate([np.repeat(turned, len(middle)) for turned, middle in parted]),
        np.concatenate([np.tile(middle, len(turned)) for turned, middle in parted]),
        np.concatenate(alike).astype(np.float64),
    )


def _clearness(
    index: Index, lift: AudienceLift, pairs: _Pairs, lever: str, *, pole: bool, helps: bool
) -> Floats:
    """How well each pair shows a lever, `(n,)`: −∞ unless the one that should have done better did,
    and one is clearly turned."""
    axes = read_traits(index).axes

    def apart(values: Floats) -> Floats:
        return values[pairs.turned] - values[pairs.middle]

    gap = apart(lift.lift) if helps else -apart(lift.lift)
    better = lift.lift[pairs.turned if helps else pairs.middle]
    sure = gap / np.hypot(lift.sd[pairs.turned], lift.sd[pairs.middle])
    others = np.abs([apart(values) for name, values in axes.items() if name != lever])
    known = np.isfinite(others)
    moved = np.where(known, others, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    clear = np.minimum(sure, 3.0) / 3.0 + pairs.likeness - 0.1 * moved - _LOSING * (better <= 0)
    wrong = gap <= 0
    if lever in SHOWN_ALIKE:
        wrong |= pairs.likeness >= SAME_PICTURE
    if pole and lever in axes:
        wrong |= np.abs(apart(axes[lever])) < CLEAR
    return np.where(wrong, -np.inf, clear)
