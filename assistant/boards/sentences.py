"""Figures in words: the only place where a board's sentences come from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from assistant.boards.content import Interval
from assistant.words import percent, relative_change

if TYPE_CHECKING:
    from collections.abc import Mapping


def say(kind: str, **facts: Any) -> str:
    """A sentence of this kind, on one line."""
    from prompts import render

    return " ".join(render("board/sentence.txt", kind=kind, **facts).split())


def change_of(found: Mapping[str, Any], middle: str, base: float | None) -> Interval | None:
    """A log-odds figure and its ends as relative changes of a take fraction."""
    if base is None:
        return None
    ends = (found["low"], found[middle], found["high"])
    low, mid, high = (relative_change(float(end), base) for end in ends)
    return Interval(low, mid, high)


def in_words(change: Interval) -> str:
    """For instance "+28% (+22% to +34%)"."""
    return f"{percent(change.middle)} ({percent(change.low)} to {percent(change.high)})"


def points(low: float, middle: float, high: float) -> str:
    """A difference of shares, e.g. "−18 points, −30 to −6"."""
    return f"{100 * middle:+.0f} points, {100 * low:+.0f} to {100 * high:+.0f}"
