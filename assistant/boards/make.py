"""From an answer to everything its board shows."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

import numpy as np

from assistant.answers.answer import Answer, Exemplar
from assistant.answers.match import read_artworks
from assistant.answers.pieces import Piece, piece, piece_of
from assistant.boards.canvases import palette, previews
from assistant.boards.content import Board, Pair, Turn
from assistant.boards.desk import Desk, artwork_rows
from assistant.boards.novelty import contradictions, novelty_marks
from assistant.boards.questions import test_cards
from assistant.boards.sources import cautions, sceptic_line, sources
from assistant.boards.themes import theme_cards
from assistant.wording import listed, times
from index.features.canvases import Canvas

if TYPE_CHECKING:
    from assistant.answers.suite import Suite
    from index.store import Index

SHOWN = 8
"""Exemplars on a board, unless somebody asks for another number."""


def make_board(answer: Answer, suite: Suite | None, desk: Desk, *, shown: int = SHOWN) -> Board:
    """Everything a board shows for one brief, before anybody has edited it.

    Args:
        answer: to the brief, with as many exemplars as may be shown.
        shown: exemplars on the board; further ones are kept on its bench.
    """
    index, brief = desk.index, answer.brief
    known = {name.casefold(): canvas for name, canvas in desk.canvases.items()}
    canvases = [known[name] for name in map(str.casefold, brief.canvases) if name in known]
    rows = [artwork_rows(index)[one.artwork_id] for one in answer.exemplars]
    marks = contradictions(index, brief, answer.match.text, rows)
    pairs = tuple(
        _pair(one, mark, answer, index, canvases)
        for one, mark in zip(answer.exemplars, marks, strict=True)
    )
    advice = answer.advice
    return Board(
        answer=answer,
        turns=tuple(
            Turn(one, marks=novelty_marks(index, one, brief.genres)) for one in advice.directions
        ),
        avoid=advice.avoid,
        mind=_mind(answer),
        pairs=pairs[:shown],
        bench=pairs[shown:],
        themes=theme_cards(answer, index),
        worst=_worst(answer, index),
        palette=palette(index, pairs[:shown]),
        suite=suite,
        tests=test_cards(answer, index),
        cautions=cautions(answer, pairs[:shown]),
        sources=sources(answer, index),
        sceptic=sceptic_line(index),
    )


def _mind(answer: Answer) -> tuple[str, ...]:
    """What else past artwork says, or cannot say, of this brief."""
    advice = answer.advice
    told = [*advice.contradictions, *advice.wishes]
    if advice.leave_alone:
        told.append(f"Leave alone: {listed(advice.leave_alone)} (no effect worth having).")
    return (*told, advice.unknown) if advice.unknown else tuple(told)


def _pair(
    one: Exemplar,
    marks: tuple[str, ...],
    answer: Answer,
    index: Index,
    canvases: Collection[Canvas],
) -> Pair:
    base, counter = answer.take_fraction, one.counter_example
    parts = [("relevance", f"{one.relevance:.0%}")]
    if one.affinity is not None:
        parts.append(("watched by this audience", f"{times(one.affinity)} as much as by all"))
    return Pair(
        worked=piece_of(one.artwork_id, one.title, one.path, one.performance, base),
        failed=None
        if counter is None
        else piece_of(
            counter["artwork_id"], counter["title"], counter["path"], counter["performance"], base
        ),
        relation="" if counter is None else str(counter["relation"]),
        changed="" if counter is None else str(counter["changed"]),
        score=one.score,
        parts=tuple(parts),
        marks=marks,
        picked=one.picked,
        previews=previews(index, one, canvases),
    )


def _worst(answer: Answer, index: Index) -> tuple[Piece, ...]:
    """Artwork of titles of the brief's kind that did worst with this audience, one a title."""
    match = answer.match
    lift, artworks = match.lift, read_artworks(index)
    if lift is None:
        return ()
    bad = np.flatnonzero(lift.did_badly & match.allowed & match.relevance.fits)
    ordered = bad[np.argsort(lift.high[bad], kind="stable")]
    _, first = np.unique(artworks.title_rows[ordered], return_index=True)
    return tuple(
        piece(index, int(row), lift, answer.take_fraction) for row in ordered[np.sort(first)]
    )
