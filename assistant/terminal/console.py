"""The only place that writes: results to stdout, progress and notes to stderr."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

from index.io.safe_text import json_text, sanitise

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from index.records import Progress

PIPED_WIDTH = 120
"""Columns of plain output that no terminal limits."""
NARROW = 100
"""Columns of a terminal below which tables lose their less important columns."""


@cache
def output() -> Console:
    """The console for results; plain text of a fixed width when it is not a terminal."""
    from rich.console import Console

    width = None if sys.stdout.isatty() else PIPED_WIDTH
    return Console(width=width, highlight=False, markup=False, emoji=False)


def roomy() -> bool:
    """Whether tables have room for their less important columns."""
    return output().width >= NARROW


@cache
def notes() -> Console:
    """The console for progress, warnings and errors."""
    from rich.console import Console

    return Console(stderr=True, highlight=False, markup=False, emoji=False, soft_wrap=True)


def emit_json(document: Mapping[str, Any]) -> None:
    """Write one JSON document to stdout; escaped where its encoding lacks a character."""
    text = json_text(document)
    try:
        text.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        text = json.dumps(document, indent=2, allow_nan=False)
    sys.stdout.write(text + "\n")


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


@contextmanager
def progress_bar() -> Iterator[Progress]:
    """A Rich progress bar with rate and time left, one line a stage, on stderr."""
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        ProgressColumn,
        Task,
        TaskID,
        TextColumn,
        TimeRemainingColumn,
    )
    from rich.progress import Progress as RichProgress
    from rich.text import Text

    class Rate(ProgressColumn):
        """Items a second."""

        def render(self, task: Task) -> Text:
            speed = task.finished_speed or task.speed
            return Text(f"{speed:,.0f}/s" if speed and speed >= 10 else f"{speed or 0:.1f}/s")

    columns = (
        TextColumn("{task.description:<28}"),
        BarColumn(),
        MofNCompleteColumn(),
        Rate(),
        TimeRemainingColumn(),
    )
    with RichProgress(*columns, console=notes()) as bars:
        tasks: dict[str, TaskID] = {}

        def report(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(stage, total=total)
            bars.update(tasks[stage], completed=done, total=total)

        yield report
