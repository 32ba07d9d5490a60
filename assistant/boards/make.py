"""From an answer to everything its board shows."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

import numpy as np

from assistant.answers.answer import Answer, Exemplar, nearest_pool
from assistant.answers.match import read_artworks
from assistant.answers.pieces import Piece, piece, piece_of
from assistant.boards.canvases import palette, previews
from assistant.boards.content import Board, Pair, Turn, Viewers
from assistant.boards.desk import Desk, artwork_rows
from assistant.boards.novelty import contradictions, novelty_marks, title_genres
from assistant.boards.sources import cautions, sceptic_line, sources
from assistant.boards.questions import test_cards
from assistant.boards.themes import theme_cards
from assistant.wording import listed, times
from index.features.canvases import Canvas

if TYPE_CHECKING:
    from assistant.answers.suite import Suite
    from index.store import Index

SHOWN = 8
"""Exemplars on a board, unless somebody asks for another number."""
WORST_SHOWN = 6
KIN = 12
"""Titles nearest to the brief that count as of its kind where it has no genres."""


def make_board(answer: Answer, suite: Suite | None, desk: Desk, *, shown: int = SHOWN) -> Board:
    """Everything a board shows for one brief, before anybody has edited it.

    Args:
        answer: to the brief, with as many exemplars as may be shown.
        suite: planned from the answer.
        desk: the index that was asked.
        shown: exemplars on the board; further ones are kept on its bench.
    """
    index, brief = desk.index, answer.brief
    known = {name.casefold(): canvas for name, canvas in desk.canvases.items()}
    canvases = [known[name] for name in map(str.casefold, brief.canvases) if name in known]
    pairs = tuple(_pair(one, answer, index, canvases) for one in answer.exemplars)
    advice = answer.advice
    return Board(
        answer=answer,
        audience=_viewers(answer, index),
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


def _viewers(answer: Answer, index: Index) -> tuple[Viewers, ...]:
    """The audience beside everybody's viewing."""
    base: dict[str, float] = {}
    if index.has("affinity"):
        plays = index.table("affinity", ["cluster", "plays"]).to_pandas()
        total = plays.groupby("cluster")["plays"].sum()
        base = (total / total.sum()).to_dict()
    return tuple(
        Viewers(one.name, one.weight, base.get(one.cluster), one.source)
        for one in answer.audience.shares
    )


def _mind(answer: Answer) -> tuple[str, ...]:
    """What else past artwork says, or cannot say, of this brief."""
    advice = answer.advice
    told = [*advice.contradictions, *advice.wishes]
    if advice.leave_alone:
        told.append(f"No effect worth having: {listed(advice.leave_alone)}.")
    return (*told, advice.unknown) if advice.unknown else tuple(told)


def _pair(one: Exemplar, answer: Answer, index: Index, canvases: Collection[Canvas]) -> Pair:
    base, counter, match = answer.take_fraction, one.counter_example, answer.match
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
        marks=contradictions(index, answer.brief, match.text, artwork_rows(index)[one.artwork_id]),
        picked=one.picked,
        previews=previews(index, one, canvases),
    )


def _worst(answer: Answer, index: Index) -> tuple[Piece, ...]:
    """Artwork of titles of the brief's kind that did worst with this audience, one a title."""
    match = answer.match
    lift, artworks = match.lift, read_artworks(index)
    if lift is None:
        return ()
    pool = nearest_pool(artworks, match.relevance.by_title, match.allowed)
    kin = _kin(answer, index)
    bad = pool[lift.did_badly[pool] & kin[artworks.title_rows[pool]]]
    ordered = bad[np.argsort(lift.high[bad], kind="stable")]
    _, first = np.unique(artworks.title_rows[ordered], return_index=True)
    return tuple(
        piece(index, int(row), lift, answer.take_fraction) for row in ordered[np.sort(first)]
    )[: 2 * WORST_SHOWN]


def _kin(answer: Answer, index: Index) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Titles of the brief's kind: that share a genre with it, else the nearest few."""
    wanted = {genre.casefold() for genre in answer.brief.genres}
    kin = np.array(
        [bool(wanted & {one.casefold() for one in own}) for own in title_genres(index)], dtype=bool
    )
    if kin.any():
        return kin
    artworks = read_artworks(index)
    nearness = np.full(len(artworks.title_names), -np.inf)
    nearness[artworks.title_rows] = answer.match.relevance.by_title
    kin[np.argsort(-nearness, kind="stable")[:KIN]] = True
    return kin
