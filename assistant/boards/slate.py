"""A slate of briefs side by side: what they share, where they pull apart, what is missing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.wording import listed

if TYPE_CHECKING:
    from assistant.boards.content import Board
    from assistant.wording import Interval

TURNED, AVOIDED = "do", "avoid"
NAMED = 3
"""Briefs that a sentence names, at most."""


@dataclass(frozen=True, slots=True)
class Stance:
    """What one brief says of a side: "do" or "avoid", and the change in plays."""

    what: str
    change: Interval


@dataclass(frozen=True, slots=True)
class Row:
    """A side of a lever and what each brief says of it; None for nothing.

    Attributes:
        opposed: whether another brief goes to the lever's other side.
    """

    lever: str
    pole: str
    do: str
    stances: tuple[Stance | None, ...]
    opposed: bool

    @property
    def briefs(self) -> int:
        """How many briefs go this way."""
        return sum(one is not None and one.what == TURNED for one in self.stances)


@dataclass(frozen=True, slots=True)
class Slate:
    """Briefs compared.

    Attributes:
        titles: of the briefs, in the order of every row.
        rows: sides, those of most briefs first.
        repeated: artwork that is an exemplar of several briefs: id, title and the briefs.
        gaps: what no board of the slate can say or serve, as sentences.
        told: what the briefs share and where they part, at a glance.
    """

    titles: tuple[str, ...]
    rows: tuple[Row, ...]
    repeated: tuple[tuple[str, str, tuple[str, ...]], ...]
    gaps: tuple[str, ...]
    told: tuple[str, ...]


def compare_briefs(boards: Sequence[Board]) -> Slate:
    """Directions shared and opposed, exemplars used twice, and gaps."""
    sides: dict[tuple[str, str], str] = {}
    said: dict[tuple[str, str], list[Stance | None]] = {}
    for at, board in enumerate(boards):
        found = [(TURNED, turn.direction) for turn in board.turns]
        for what, one in (*found, *((AVOIDED, one) for one in board.avoid)):
            key = (one.lever, one.pole)
            sides.setdefault(key, one.do)
            said.setdefault(key, [None] * len(boards))[at] = Stance(what, one.change)
    rows = [
        Row(lever, pole, sides[lever, pole], tuple(stances), _is_opposed(lever, pole, said))
        for (lever, pole), stances in said.items()
    ]
    rows.sort(key=lambda row: (-row.briefs, row.lever, row.pole))
    titles = tuple(board.title for board in boards)
    return Slate(titles, tuple(rows), _repeated(boards), _gaps(boards), _told(titles, rows))


def _told(titles: Sequence[str], rows: Sequence[Row]) -> tuple[str, ...]:
    """The direction that most briefs share, and the first one in which they part."""
    shared = [
        f"“{row.do}” serves {row.briefs} of {len(titles)} briefs." for row in rows if row.briefs > 1
    ]
    parted = []
    for at, row in enumerate(rows):
        win, lose = _names(titles, row, TURNED), _names(titles, row, AVOIDED)
        if win and lose:
            parted.append(f"“{row.do}” wins plays for {win} and costs them for {lose}.")
        for other in rows[at + 1 :] if win else ():
            others = _names(titles, other, TURNED)
            if other.lever == row.lever and others:
                parted.append(f"“{row.do}” for {win}, but “{other.do}” for {others}.")
    return (*shared[:1], *parted[:1]) or ("No two of these briefs go the same way.",)


def _names(titles: Sequence[str], row: Row, what: str) -> str:
    """The briefs that say one thing of a side, the first few by name."""
    said = zip(titles, row.stances, strict=True)
    names = [title for title, one in said if one is not None and one.what == what]
    more = len(names) - NAMED
    return listed((*names[:NAMED], f"{more} more") if more > 1 else tuple(names))


def _is_opposed(lever: str, pole: str, said: dict[tuple[str, str], list[Stance | None]]) -> bool:
    """Whether some brief goes to this side and another away from it."""

    def goes(to: tuple[str, str], what: str) -> bool:
        return any(one is not None and one.what == what for one in said[to])

    others = [key for key in said if key[0] == lever and key[1] != pole]
    return goes((lever, pole), TURNED) and (
        goes((lever, pole), AVOIDED) or any(goes(key, TURNED) for key in others)
    )


def _repeated(boards: Sequence[Board]) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    users: dict[str, list[str]] = {}
    names: dict[str, str] = {}
    for board in boards:
        for one in board.answer.exemplars:
            users.setdefault(one.artwork_id, []).append(board.title)
            names[one.artwork_id] = one.title
    found = [(one, names[one], tuple(titles)) for one, titles in users.items() if len(titles) > 1]
    return tuple(sorted(found, key=lambda row: (-len(row[2]), row[0])))


def _gaps(boards: Sequence[Board]) -> tuple[str, ...]:
    told = []
    silent = tuple(board.title for board in boards if not board.turns)
    if silent:
        told.append(f"No direction can be given for {listed(silent)}.")
    bare = tuple(board.title for board in boards if not board.answer.exemplars)
    if bare:
        told.append(f"No past artwork fits {listed(bare)}.")
    unserved = Counter(name for board in boards if board.suite for name, _ in board.suite.uncovered)
    for name, count in unserved.most_common(3):
        told.append(f"Nothing did well yet with {name} in {count} of {len(boards)} briefs.")
    return tuple(told)
