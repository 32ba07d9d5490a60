"""Pictures in the terminal: sixel, kitty's protocol or half blocks, whichever it can show."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.terminal.console import output
from index.io.safe_text import sanitise

if TYPE_CHECKING:
    from rich.console import RenderableType

    from assistant.answers.answer import Answer

NARROWEST = 40
"""Columns of a terminal below which only tables are shown."""
_COLUMNS = 16
_GAP = 2
_MAX_SIDE = 480


@dataclass(frozen=True, slots=True)
class Card:
    """A picture and the lines under it; no picture is an empty place that keeps pairs together."""

    path: Path | None
    lines: tuple[str, ...] = ()


def can_show() -> bool:
    """Whether pictures make sense: a person looks, at a terminal wide enough and with colour."""
    return (
        sys.stdout.isatty()
        and sys.stdin.isatty()
        and os.environ.get("TERM") != "dumb"
        and output().color_system is not None
        and not output().no_color
        and output().width >= NARROWEST
        and _knows_its_size()
    )


def _knows_its_size() -> bool:
    """Some terminals say that they have no columns or lines; a picture cannot be fitted to them."""
    try:
        return min(os.get_terminal_size(sys.stdout.fileno())) > 0
    except OSError:
        return False


def show_cards(cards: Sequence[Card], *, abreast: int = 1) -> None:
    """Cards in rows as wide as the terminal; nothing where it cannot show pictures.

    Args:
        abreast: cards that must stay in one row, such as a pair.
    """
    if not cards or not can_show():
        return
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    # A terminal that does not tell its size is shown half blocks; nobody needs to read why.
    logging.getLogger("textual_image").setLevel(logging.ERROR)
    groups = max(1, (output().width + _GAP) // ((_COLUMNS + _GAP) * abreast))
    across = groups * abreast
    for start in range(0, len(cards), across):
        row = cards[start : start + across]
        grid = Table.grid(padding=(0, _GAP, 0, 0))
        for _ in row:
            grid.add_column(width=_COLUMNS, vertical="top", overflow="ellipsis", no_wrap=True)
        grid.add_row(*(_picture(card.path) for card in row))
        grid.add_row(
            *(
                Group(
                    *(
                        Text(sanitise(line), style="" if n else "bold")
                        for n, line in enumerate(card.lines)
                    )
                )
                for card in row
            )
        )
        output().print(grid)
        output().print()


def answer_cards(answer: Answer, catalogue: Path) -> list[Card]:
    """Exemplars and counter-examples by turns, so that every pair stands side by side."""
    from assistant.wording import lift_in_words

    cards = []
    for one in answer.exemplars:
        did = lift_in_words(one.performance, answer.take_fraction, interval=False)
        marked = f"{one.artwork_id} ★" if one.picked else one.artwork_id
        cards.append(Card(catalogue / one.path, (marked, one.title, did)))
        counter = one.counter_example
        if counter is None:
            cards.append(Card(None))
            continue
        did = lift_in_words(counter["performance"], answer.take_fraction, interval=False)
        lines = (f"└ {counter['artwork_id']}", counter["title"], did)
        cards.append(Card(catalogue / counter["path"], lines))
    return cards


def _picture(path: Path | None) -> RenderableType:
    from index.errors import ImageUnreadable
    from index.io.images import read_image

    if path is None:
        return ""
    try:
        pixels = read_image(path, max_side=_MAX_SIDE).pixels
    except ImageUnreadable as error:
        return f"no picture: {sanitise(error.reason)}"
    # A terminal that does not answer how large its letters are is no news to a reader.
    logging.getLogger("textual_image").addHandler(logging.NullHandler())
    from PIL import Image
    from textual_image.renderable import Image as Shown

    height, width = pixels.shape[:2]
    if height > 2 * width:
        return Shown(Image.fromarray(pixels), height=_COLUMNS)
    return Shown(Image.fromarray(pixels), width=_COLUMNS)
