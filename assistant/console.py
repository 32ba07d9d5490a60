"""The only place that writes: results to stdout, progress and notes to stderr."""

from __future__ import annotations

import json
import re
import sys
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console

    from index.records import Progress

_STEERING = re.compile("[\x7f-\x9f\u202a-\u202e\u2066-\u2069]")

PIPED_WIDTH = 120
"""Columns of plain output that no terminal limits."""


@cache
def output() -> Console:
    """The console for results; plain text of a fixed width when it is not a terminal."""
    from rich.console import Console

    width = None if sys.stdout.isatty() else PIPED_WIDTH
    return Console(width=width, highlight=False, markup=False, emoji=False)


@cache
def notes() -> Console:
    """The console for progress, warnings and errors."""
    from rich.console import Console

    return Console(stderr=True, highlight=False, markup=False, emoji=False, soft_wrap=True)


def emit_json(document: Mapping[str, Any]) -> None:
    """Write one JSON document to stdout."""
    sys.stdout.write(json_text(document) + "\n")


def json_text(document: Mapping[str, Any], *, indent: int = 2) -> str:
    """A document as JSON in which no character steers a terminal or turns the direction of text."""
    text = json.dumps(document, ensure_ascii=False, indent=indent, allow_nan=False)
    return _escape(text)


def yaml_text(document: Mapping[str, Any]) -> str:
    """A document as YAML, in the order given, that steers nothing either."""
    import yaml

    class Dumper(yaml.SafeDumper):
        """Puts text in quotation marks where it holds what is escaped there."""

    def quote(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
        style = '"' if _STEERING.search(text) else None
        return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)

    Dumper.add_representer(str, quote)
    return _escape(
        yaml.dump(document, Dumper=Dumper, allow_unicode=True, sort_keys=False, width=100)
    )


def _escape(text: str) -> str:
    return _STEERING.sub(lambda found: f"\\u{ord(found.group()):04x}", text)


def plain(text: object) -> str:
    """`text` on one line without control characters, so that no name can steer a terminal."""
    return "".join(
        " " if character in "\t\r\n" else character
        for character in str(text)
        if character in "\t\r\n" or unicodedata.category(character) not in {"Cc", "Cf", "Co", "Cs"}
    )


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
    from rich.progress import (
        Progress as RichProgress,
    )
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
