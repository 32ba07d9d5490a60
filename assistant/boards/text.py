"""A board as Markdown, in which nothing from a catalogue is markup."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from assistant.wording import in_words
from index.io.safe_text import sanitise

if TYPE_CHECKING:
    from assistant.boards.content import Board

_MARKUP = re.compile(r"([\\`*_{}\[\]<>#|~&!$])|^[-+=]")


def escape(text: object) -> str:
    """Text on one line that a Markdown reader shows as it is."""
    return _MARKUP.sub(lambda found: f"\\{found.group(0)}", " ".join(sanitise(text).split()))


def draw_markdown(board: Board) -> str:
    """The board in words and tables."""
    from prompts import render

    return render("board/board.md", board=board, md=escape, in_words=in_words) + "\n"
