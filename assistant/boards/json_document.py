"""A board as the document that `--format json` writes; docs/json.md describes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from assistant.insights.json_values import json_value
from assistant.wording import in_words

if TYPE_CHECKING:
    from assistant.answers.advice import Direction, Part
    from assistant.boards.content import Board, Pair
    from assistant.wording import Interval
    from index.store import Index


def board_document(board: Board, index: Index) -> dict[str, Any]:
    """Plain values."""
    directions = [turn.direction for turn in board.turns]
    document = {
        "answer": board.answer.to_json(index),
        "directions": [turn.key for turn in board.turns],
        "pairs": [_pair(pair) for pair in board.pairs],
        "shared": [_finding(one) for one in directions],
        "sections": [*_sections(board, "cluster"), *_sections(board, "platform")],
        "themes": [asdict(theme) for theme in board.themes],
        "conflicts": list(board.answer.advice.contradictions),
        "cautions": list(board.cautions),
        "failed": [_finding(one) for one in board.avoid],
        "worst": [asdict(piece) for piece in board.worst],
        "palette": [asdict(swatch) for swatch in board.palette],
        "previews": [
            {"artwork_id": pair.worked.artwork_id} | asdict(preview)
            for pair in board.pairs
            for preview in pair.previews
        ],
        "suite": None if board.suite is None else asdict(board.suite),
        "tests": [asdict(test) for test in board.tests],
        "sources": [list(one) for one in board.sources],
        "sceptic": board.sceptic,
        "notes": board.notes,
        "stills": [asdict(still) for still in board.stills],
        "decision": None if board.decision is None else asdict(board.decision),
    }
    plain: dict[str, Any] = json_value(document, 5)
    return plain


def _pair(pair: Pair) -> dict[str, Any]:
    found = asdict(pair)
    found.pop("previews")
    return found


def _finding(one: Direction) -> dict[str, Any]:
    return {"sentence": one.headline} | _figures(one.change, one.artworks, one.titles, one.grade)


def _figures(change: Interval, artworks: int, titles: int, grade: str) -> dict[str, Any]:
    return {
        "figure": in_words(change),
        "interval": asdict(change),
        "scale": change.scale,
        "artworks": artworks,
        "titles": titles,
        "grade": grade,
    }


def _sections(board: Board, kind: str) -> list[dict[str, Any]]:
    """Every direction's effect in each cluster of the audience, or on each platform."""
    weights = {one.name: one.weight for one in board.answer.audience.shares}
    found: dict[str, dict[str, Any]] = {}
    for turn in board.turns:
        one = turn.direction
        parts: Sequence[Part] = one.by_cluster if kind == "cluster" else one.by_platform
        for part in parts:
            section = found.setdefault(
                part.key,
                {
                    "kind": kind,
                    "key": part.key,
                    "name": part.name,
                    "weight": weights.get(part.name) if kind == "cluster" else None,
                    "findings": [],
                },
            )
            figures = _figures(part.change, one.artworks, part.titles, part.grade)
            section["findings"].append({"sentence": one.do} | figures)
    return list(found.values())
