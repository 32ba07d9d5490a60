"""Figures in words: the only place where a board's sentences come from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from assistant.boards.content import Interval
from assistant.wording import percent, phrase, relative_change

if TYPE_CHECKING:
    from collections.abc import Mapping


def say(kind: str, **facts: Any) -> str:
    """A sentence of this kind, on one line, its first letter a capital."""
    from prompts import render

    return capital(" ".join(render("board/sentence.txt", kind=kind, **facts).split()))


def capital(sentence: str) -> str:
    """A sentence whose first letter is a capital."""
    return sentence[:1].upper() + sentence[1:]


def quoted(label: str) -> str:
    """A phrase of a level as it stands in a sentence: "cast: pair" is "cast “pair”"."""
    name, colon, level = label.partition(": ")
    return f"{name} “{level}”" if colon else label


def contrast_in_words(feature: str, level: str | None, step: str) -> str:
    """A contrast as a strategist reads it: "cast “pair” against others", "more warmth"."""
    label = quoted(phrase(feature, level))
    if step.startswith("+1 sd"):
        return f"more {label} (by one standard deviation)"
    if step == "with against without":
        return f"{label} against without it"
    if level is not None and step.startswith(f"{level} "):
        return f"{label} {step.removeprefix(level).strip()}"
    return f"{label} ({step})"


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
