"""What people change on a board: what they chose, dropped, pinned, wrote and decided."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from assistant.boards.content import Board, Decision, Short, Still
from assistant.boards.once import show_once
from assistant.wording import listed

NOTES_MOST = 20_000
"""Characters of the longest notes."""
_KEPT = re.compile(r"^[a-z0-9-]+-([0-9a-f]{16}\.webp)$")
_Chosen = Annotated[tuple[Short, ...], Field(max_length=200)]


class Edits(BaseModel):
    """Everything that people added to the board of one brief.

    Attributes:
        brief: as a brief's YAML beside the board's has it, so that its references lie there too.
        generation: of the index that the board was last saved with.
        version: counts saves; a save must name the version that it was made from.
        directions, exemplars: those shown, in order; None for what the answer gives.
        test: id of the test that was chosen; "" for the first.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    brief: dict[str, Any]
    generation: Short = ""
    version: Annotated[int, Field(ge=0)] = 0
    saved_at: Short = ""
    directions: _Chosen | None = None
    exemplars: _Chosen | None = None
    stills: Annotated[tuple[Still, ...], Field(max_length=48)] = ()
    notes: Annotated[str, Field(max_length=NOTES_MOST)] = ""
    test: Short = ""
    decision: Decision | None = None

    @property
    def title(self) -> str:
        """Of the brief."""
        return str(self.brief.get("title", ""))

    @property
    def references(self) -> tuple[str, ...]:
        """Files of the brief's references, without the board's name before them."""
        named = [_KEPT.search(str(one)) for one in self.brief.get("references", ())]
        return tuple(one[1] for one in named if one)


def reordered(keys: list[str], key: str, step: str, visible: list[str]) -> tuple[str, ...]:
    """Keys after one was moved "up" or "down" past its visible neighbour, "drop"ped or "add"ed."""
    if step == "drop":
        return tuple(one for one in keys if one != key)
    if step == "add":
        return (*(one for one in keys if one != key), key)
    by = {"up": -1, "down": 1}.get(step, 0)
    at = visible.index(key) + by if key in visible else -1
    if by == 0 or not 0 <= at < len(visible):
        return tuple(keys)
    rest = [one for one in keys if one != key]
    place = rest.index(visible[at]) + (by > 0)
    return (*rest[:place], key, *rest[place:])


def press(edits: Edits, do: str, plain: Callable[[], Board]) -> Edits:
    """The edits after one button was pressed: "turn-up:cast/group", "still-drop:0123.webp".

    Args:
        plain: makes the board as nobody has edited it.
    """
    what, _, key = do.partition(":")
    kind, _, step = what.partition("-")
    if kind == "still" and step == "drop":
        rest = tuple(one for one in edits.stills if one.file != key)
        return edits.model_copy(update={"stills": rest})
    if kind not in {"turn", "pair"}:
        return edits
    board = arrange(plain(), edits)
    if kind == "turn":
        keys = [one.key for one in board.turns]
        return edits.model_copy(update={"directions": reordered(keys, key, step, keys)})
    keys = [one.worked.artwork_id for one in board.pairs]
    visible = [one.worked.artwork_id for one in show_once(board).pairs]
    return edits.model_copy(update={"exemplars": reordered(keys, key, step, visible)})


def arrange(board: Board, edits: Edits) -> Board:
    """The board as it was edited; what is gone from the index is named among the cautions."""
    turns = {turn.key: turn for turn in board.turns}
    pairs = {pair.worked.artwork_id: pair for pair in (*board.pairs, *board.bench)}
    gone: list[str] = []
    chosen = board.turns
    if edits.directions is not None:
        gone += [
            f"direction {one.partition('/')[2]}" for one in edits.directions if one not in turns
        ]
        chosen = tuple(turns[one] for one in edits.directions if one in turns)
    shown = board.pairs
    if edits.exemplars is not None:
        gone += [f"exemplar {one}" for one in edits.exemplars if one not in pairs]
        shown = tuple(pairs[one] for one in edits.exemplars if one in pairs)
    first = [test for test in board.tests if test.id == edits.test]
    return replace(
        board,
        turns=chosen,
        pairs=shown,
        bench=tuple(pair for pair in pairs.values() if pair not in shown),
        tests=(*first, *(test for test in board.tests if test.id != edits.test)),
        cautions=(*board.cautions, *_changed(edits, gone)),
        notes=edits.notes,
        stills=edits.stills,
        decision=edits.decision,
    )


def _changed(edits: Edits, gone: list[str]) -> list[str]:
    if not gone:
        return []
    return [
        f"This board was saved with generation {edits.generation or 'unknown'} of the index; the "
        f"present one no longer gives {listed(tuple(gone))}."
    ]
