"""A board as one HTML file that needs nothing else."""

from __future__ import annotations

from base64 import b64encode
from functools import cache
from hashlib import sha256
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from assistant.boards.pictures import LARGE, SMALL, Pictures
from assistant.boards.sentences import in_words
from assistant.wording import percent, relative_change, times

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assistant.boards.content import Board

_PREVIEW = 220


@cache
def _asset(name: str) -> tuple[str, str]:
    """A style sheet or script of ours, and its hash as a content security policy writes it."""
    from prompts import render

    text = render(f"board/{name}")
    return text, f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"


def place(value: float, scale: float) -> float:
    """Where a value lies on a line of 200 with zero in its middle and `scale` at its end."""
    return round(100 + 94 * max(-1.0, min(1.0, value / scale)), 1) if scale > 0 else 100.0


WORDS = SimpleNamespace(
    in_words=in_words, percent=percent, place=place, relative_change=relative_change, times=times
)


def _shell() -> dict[str, Any]:
    style, style_hash = _asset("board.css")
    script, script_hash = _asset("board.js")
    policy = (
        f"default-src 'none'; img-src data:; style-src '{style_hash}'; "
        f"script-src '{script_hash}'; base-uri 'none'; form-action 'none'"
    )
    return {"style": style, "script": script, "policy": policy, "words": WORDS}


def draw_board(board: Board, pictures: Pictures) -> str:
    """The board's page."""
    from prompts import render

    return (
        render(
            "board.html",
            board=board,
            brief=board.answer.brief,
            audience=board.answer.audience,
            large=lambda path: pictures.uri(path, LARGE),
            small=lambda path: pictures.uri(path, SMALL),
            cropped=lambda one: pictures.uri(one.piece.path, _PREVIEW, one.crop),
            **_shell(),
        )
        + "\n"
    )


def draw_index(
    rows: Sequence[tuple[str, Board]], failed: Sequence[tuple[str, str]], pictures: Pictures
) -> str:
    """A page over all boards of a run: file name and board, and what failed and why."""
    from prompts import render

    return render(
        "boards.html", rows=rows, failed=failed,
        small=lambda path: pictures.uri(path, SMALL), **_shell(),
    ) + "\n"  # fmt: skip
