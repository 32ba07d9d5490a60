"""How numbers are worded in templates."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from assistant.wording import percent, phrase, relative_change


def did(performance: dict[str, Any] | None) -> str:
    """A card's lift as a relative change with its interval."""
    if performance is None:
        return "no performance known"
    ends = (performance[end] for end in ("lift", "low", "high"))
    middle, low, high = (percent(relative_change(end, performance["base"])) for end in ends)
    return f"{middle} ({low} to {high})"


def place(value: float, scale: float) -> float:
    """Where a value lies on a line of 200 with zero in its middle and `scale` at its end."""
    return round(100 + 100 * max(-1.0, min(1.0, value / scale)), 2) if scale > 0 else 100.0


WORDS = SimpleNamespace(
    did=did,
    percent=percent,
    phrase=phrase,
    place=place,
    relative_change=relative_change,
)
