"""Tables and notes in the house style."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from assistant.terminal.console import notes
from index.io.safe_text import sanitise

if TYPE_CHECKING:
    from rich.table import Table


def table(title: str, *columns: str, right: Sequence[str] = ()) -> Table:
    """An empty table in the house style; columns named in `right` hold numbers."""
    from rich import box
    from rich.table import Table

    drawn = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        drawn.add_column(column, justify="right" if column in right else "left", overflow="fold")
    return drawn


def show_warnings(warnings: Sequence[str]) -> None:
    """Warnings, one a line, on stderr."""
    for warning in warnings:
        notes().print(f"note: {sanitise(warning)}")
