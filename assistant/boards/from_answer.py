"""What an answer alone fills of a board: pairs, what worked shares, cautions, sources."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from assistant.boards.content import Board, Finding, Interval, Pair, Piece
from assistant.render import interval, sentence
from assistant.words import relative_change, times
from index.records import Grade

if TYPE_CHECKING:
    from assistant.answer import Answer, Exemplar
    from assistant.shared_features import SharedFeature
    from index.store.manifest import Manifest

SHARED_SHOWN = 10


def board_of_answer(answer: Answer, manifest: Manifest) -> Board:
    """A board without insights: no sections, themes, suite or tests.

    Args:
        answer: the answer.
        manifest: of the index that gave it.
    """
    claims = [one for one in answer.shared if one.grade is not Grade.INSUFFICIENT]
    return Board(
        answer=answer,
        pairs=tuple(_pair(one, answer.take_fraction) for one in answer.exemplars),
        shared=tuple(_finding(one) for one in claims[:SHARED_SHOWN]),
        sections=(),
        themes=(),
        conflicts=(),
        cautions=answer.warnings,
        failed=(),
        worst=(),
        palette=(),
        previews=(),
        suite=None,
        tests=(),
        sources=(
            ("artworks", f"{manifest.counts['artworks']:,}"),
            ("titles", f"{manifest.counts['titles']:,}"),
            ("index", f"{manifest.generation}, made {manifest.created_at[:10]}"),
            ("encoder", manifest.encoder),
            ("seed", str(manifest.options.get("seed"))),
        ),
    )


def _pair(one: Exemplar, base: float | None) -> Pair:
    counter = one.counter_example
    parts = [("relevance", one.relevance, f"{one.relevance:.2f}")]
    if one.affinity is not None:
        affinity = 1 / (1 + math.exp(-2 * one.affinity))
        parts.append(("affinity", affinity, times(one.affinity)))
    return Pair(
        worked=_piece(one.artwork_id, one.title, one.path, one.performance, base, "which worked"),
        failed=None
        if counter is None
        else _piece(
            counter["artwork_id"],
            counter["title"],
            counter["path"],
            counter["performance"],
            base,
            "which did not work",
        ),
        relation=counter["relation"] if counter else "",
        score=one.score,
        why="",
        parts=tuple(parts),
        marks=(),
        picked=one.picked,
    )


def _piece(
    artwork_id: str,
    title: str,
    path: str,
    did: dict[str, Any] | None,
    base: float | None,
    how: str,
) -> Piece:
    change = None
    if did is not None and base is not None:
        change = Interval(*(relative_change(did[end], base) for end in ("low", "lift", "high")))
    return Piece(
        artwork_id=artwork_id,
        title=title,
        path=path,
        alt=f"Artwork {artwork_id} of {title}, {how}",
        change=change,
        label="" if did is None else did["label"],
        seen=0 if did is None else did["impressions"],
    )


def _finding(one: SharedFeature) -> Finding:
    return Finding(
        sentence=sentence(one),
        figure=interval(one),
        interval=Interval(one.low, one.difference, one.high),
        scale=max(one.high, -one.low),
        artworks=one.artworks,
        titles=one.titles,
        grade=one.grade.value,
    )
