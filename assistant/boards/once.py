"""Showing every picture of a board once: where it says most."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from assistant.boards.content import Board, Pair, Turn

if TYPE_CHECKING:
    from assistant.answers.examples import Example
    from assistant.answers.pieces import Piece

FIRST = 3
"""Directions on the first screen."""
THEME_PIECES, WORST_PIECES = 4, 6


def show_once(board: Board) -> Board:
    """The board with each artwork's picture in one place.

    A direction shows a pair that is no exemplar, if it has one, and an exemplar that a direction
    shows is only named among the exemplars. Concepts, themes and what failed show what nothing
    before them does, and titles that nothing before them shows come first: a regrade of a picture
    looks like the picture again.
    """
    reserved = {one for pair in board.pairs for one in _ids(pair)}
    used: set[str] = set()
    turns = [_first_pair(turn, used, reserved) for turn in board.turns[:FIRST]]
    turns = [_more_pairs(turn, used, reserved) for turn in (*turns, *board.turns[FIRST:])]
    above = tuple(pair.worked.title for pair in board.pairs if pair.worked.artwork_id in used)
    pairs = []
    for pair in board.pairs:
        if pair.worked.artwork_id in used:
            continue
        if pair.failed is not None and pair.failed.artwork_id in used:
            pair = replace(pair, failed=None)  # noqa: PLW2901
        used.update(_ids(pair))
        pairs.append(pair)
    pictured = [one.piece.artwork_id for one in board.concepts if one.piece.artwork_id not in used]
    used.update(pictured)
    titles = {one.worked.title for turn in turns for one in (turn.pair, *turn.more) if one}
    titles |= {pair.worked.title for pair in pairs}
    titles |= {one.piece.title for one in board.concepts if one.piece.artwork_id in pictured}
    themes = []
    for theme in board.themes:
        pieces = _fresh(theme.pieces, used, titles)[:THEME_PIECES]
        used.update(one.artwork_id for one in pieces)
        titles.update(one.title for one in pieces)
        themes.append(replace(theme, pieces=tuple(pieces)))
    worst = _fresh(board.worst, used, titles)[:WORST_PIECES]
    return replace(
        board,
        turns=tuple(turns),
        pairs=tuple(pairs),
        above=above,
        pictured=frozenset(pictured),
        themes=tuple(themes),
        worst=tuple(worst),
    )


def _fresh(pieces: Sequence[Piece], used: set[str], titles: set[str]) -> list[Piece]:
    """Those not shown yet, titles not shown yet first."""
    free = [one for one in pieces if one.artwork_id not in used]
    return sorted(free, key=lambda one: one.title in titles)


def _ids(pair: Pair | Example) -> list[str]:
    return [one.artwork_id for one in (pair.worked, pair.failed) if one is not None]


def _first_pair(turn: Turn, used: set[str], reserved: set[str]) -> Turn:
    """The direction's clearest pair that is not shown yet, better none of the exemplars."""
    free = [pair for pair in turn.direction.pairs if not used.intersection(_ids(pair))]
    apart = [pair for pair in free if not reserved.intersection(_ids(pair))]
    chosen = next(iter((*apart, *free)), None)
    if chosen is not None:
        used.update(_ids(chosen))
    return replace(turn, pair=chosen)


def _more_pairs(turn: Turn, used: set[str], reserved: set[str]) -> Turn:
    more = []
    for pair in turn.direction.pairs:
        if not (used | reserved).intersection(_ids(pair)):
            used.update(_ids(pair))
            more.append(pair)
    return replace(turn, more=tuple(more))
