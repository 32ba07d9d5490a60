"""How numbers and mistakes are worded on pages."""

from __future__ import annotations

from collections.abc import Iterable
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from assistant.wording import Interval, change_of, in_words, percent

if TYPE_CHECKING:
    from index.errors import InputError


def explain(error: InputError) -> str:
    """A mistake in words for a page, without the path of a file on this machine."""
    row = "" if error.row is None else f"line {error.row}: "
    column = "" if error.column is None else f"{error.column}: "
    hint = "" if error.hint is None else f"; {error.hint}"
    return f"{row}{column}{error.problem}{hint}"


def did(performance: dict[str, Any] | None) -> str:
    """A card's lift as a relative change with its interval."""
    change = None if performance is None else change_of(performance, "lift", performance["base"])
    return "no performance known" if change is None else in_words(change)


def place(value: float, scale: float) -> float:
    """Where a value lies on a line of 200 with zero in its middle and `scale` at its end."""
    return round(100 + 100 * max(-1.0, min(1.0, value / scale)), 2) if scale > 0 else 100.0


def scale(changes: Iterable[Interval]) -> float:
    """What the lines of one chart end at."""
    return max((one.scale for one in changes), default=0.0)


WORDS = SimpleNamespace(did=did, in_words=in_words, percent=percent, scale=scale, place=place)
