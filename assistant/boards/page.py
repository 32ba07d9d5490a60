"""A board as one HTML file that needs nothing else."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from assistant.boards.pictures import LARGE, SMALL, Pictures
from assistant.boards.typefaces import font_faces
from assistant.wording import Interval, in_words, listed, percent

if TYPE_CHECKING:
    from assistant.answers.advice import Part
    from assistant.answers.nearness import NearTitle
    from assistant.answers.pieces import Piece
    from assistant.boards.content import Board, Still, ThemeCard
    from assistant.boards.slate import Slate

Effect = tuple[str, Interval, str]
"""Who or where, how much, and how sure."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture on a page."""

    address: str
    width: int
    height: int

    @property
    def shape(self) -> str:
        """The frame it is shown in; a "poster" differs from 2:3 by so little that it fills it."""
        aspect = self.width / max(self.height, 1)
        if aspect > 0.85:
            return "wide" if aspect > 1.2 else "square"
        return "poster" if 0.64 <= aspect <= 0.71 else "tall"


class Show:
    """How the template of a board shows what is different where it stands: here, in a file.

    Args:
        stills: content of a pinned still by file name.
    """

    editing = False

    def __init__(self, pictures: Pictures, stills: Callable[[str], bytes | None]) -> None:
        self._pictures, self._stills = pictures, stills

    def picture(self, piece: Piece, size: str) -> Drawn | None:
        """An artwork's picture; None where it cannot be read."""
        found = self._pictures.uri(piece.path, LARGE if size == "large" else SMALL)
        return None if found is None else Drawn(*found)

    def still(self, one: Still) -> Drawn | None:
        """A pinned still."""
        content = self._stills(one.file)
        found = None if content is None else self._pictures.data_uri(content, LARGE)
        return None if found is None else Drawn(*found)

    def title(self, one: NearTitle) -> str:
        """A near title's name."""
        return one.name

    def theme(self, one: ThemeCard) -> str:
        """A theme's name."""
        return one.name

    def canvases(self, board: Board) -> list[str]:
        """Names of the canvases that exemplars can be shown cropped for."""
        return list(dict.fromkeys(one.canvas for pair in board.pairs for one in pair.previews))

    def bench_pairs(self, board: Board) -> list[tuple[str, str]]:
        """Id and title of exemplars that are not on the board."""
        return [(pair.worked.artwork_id, pair.worked.title) for pair in board.bench]

    def bench_turns(self, board: Board) -> list[tuple[str, str]]:
        """Key and name of directions that are not on the board."""
        shown = {turn.key for turn in board.turns}
        every = board.answer.advice.directions
        return [
            (f"{one.lever}/{one.pole}", one.do)
            for one in every
            if f"{one.lever}/{one.pole}" not in shown
        ]


def place(value: float, scale: float) -> float:
    """Where a value lies on a line of 200 with zero in its middle and `scale` at its end."""
    return round(100 + 94 * max(-1.0, min(1.0, value / scale)), 1) if scale > 0 else 100.0


def rows(parts: Iterable[Part]) -> list[Effect]:
    """Parts of a direction as rows of a chart."""
    return [(part.name, part.change, part.grade) for part in parts]


def scale(effects: Iterable[Effect]) -> float:
    """What the lines of one chart end at."""
    return max((change.scale for _, change, _ in effects), default=0.0)


def sure(effects: Iterable[Effect]) -> list[Effect]:
    """Those whose interval is off zero."""
    return [one for one in effects if one[1].low > 0 or one[1].high < 0]


WORDS = SimpleNamespace(
    in_words=in_words, listed=listed, percent=percent, place=place, rows=rows, scale=scale,
    sure=sure,
)  # fmt: skip


@cache
def style_sheet(*names: str) -> str:
    """Our style sheets, typefaces first."""
    from prompts import render

    return "\n".join([font_faces(), *(render(f"board/{name}.css") for name in names)])


def _hash(text: str) -> str:
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"


@cache
def _shell() -> dict[str, Any]:
    from prompts import render

    style, script = style_sheet("base", "board"), render("board/board.js")
    policy = (
        f"default-src 'none'; img-src data:; font-src data:; style-src '{_hash(style)}'; "
        f"script-src '{_hash(script)}'; base-uri 'none'; form-action 'none'"
    )
    parts = {name: render(f"board/{name}.html") for name in ("theme_switch", "zoom")}
    return {"style": style, "script": script, "policy": policy, "words": WORDS, **parts}


def draw_board(board: Board, show: Show) -> str:
    """The board's page."""
    from prompts import render

    return render("board.html", board=board, show=show, **_shell()) + "\n"


def draw_slate(
    boards: Sequence[tuple[str, Board]],
    slate: Slate,
    failed: Sequence[tuple[str, str]],
    show: Show,
) -> str:
    """A page that compares all boards of a run: file name and board, and what failed and why."""
    from prompts import render

    return render(
        "boards.html", boards=boards, slate=slate, failed=failed, show=show, **_shell()
    ) + "\n"  # fmt: skip
