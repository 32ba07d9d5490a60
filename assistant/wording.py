"""Numbers and findings in words: the only place."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from index.io.safe_text import sanitise
from index.records import ALL

_RARE = 1e-6

_PHRASES = {
    "face_count": "faces",
    "person_count": "people",
    "largest_face_share": "area of the largest face",
    "face_x": "distance of the face from the left",
    "face_y": "distance of the face from the top",
    "people_grouping": "cast",
    "title_share": "area of the title",
    "text_blocks": "blocks of text",
    "warm_cool": "warmth",
    "hue_variety": "variety of hues",
    "visual_centre_x": "distance of the visual centre from the left",
    "visual_centre_y": "distance of the visual centre from the top",
    "rule_of_thirds": "weight on the thirds",
    "background_blur": "blur behind the subject",
    "figure_ground_contrast": "contrast of figure and ground",
    "facing_each_other": "faces that face each other",
}


_PREFIXES = frozenset({"shows", "mood", "theme", "style"})
"""How the names of features that an encoder sees begin."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure with its 90% interval."""

    low: float
    middle: float
    high: float

    @property
    def scale(self) -> float:
        """What a line that shows it ends at on both sides."""
        return max(abs(self.low), abs(self.high))


def phrase(feature: str, level: str | None = None) -> str:
    """What a strategist calls a feature, or one level of it: 'warmth', 'cast: pair'."""
    prefix, _, rest = feature.partition("_")
    if rest and prefix in _PREFIXES:
        seen = rest.replace("_", " ")
        words = seen if prefix == "shows" else f"{prefix}: {seen}"
    elif feature.endswith("_share") and feature not in _PHRASES:
        words = feature.removesuffix("_share")
    else:
        words = _PHRASES.get(feature, feature.replace("_", " "))
    return words if level is None else f"{words}: {level}"


def relative_change(log_odds: float, take_fraction: float) -> float:
    """A difference in log-odds as the relative change of a take fraction.

    Args:
        take_fraction: the take fraction that the lift starts from, between 0 and 1.

    Returns:
        0.25 for a quarter more plays an impression.
    """
    start = min(max(take_fraction, _RARE), 1 - _RARE)
    odds = start / (1 - start) * math.exp(log_odds)
    return odds / (1 + odds) / start - 1


def percent(change: float) -> str:
    """A relative change with its sign, e.g. '+25%'."""
    return f"{change * 100:+.0f}%"


def times(log_rate: float) -> str:
    """A log relative rate as a multiple, e.g. '2.1×'."""
    return f"{math.exp(log_rate):.1f}×"


def changes(low: float, middle: float, high: float, take_fraction: float) -> Interval:
    """A log-odds figure and its ends as relative changes of a take fraction."""
    return Interval(*(relative_change(end, take_fraction) for end in (low, middle, high)))


def change_of(
    found: Mapping[Any, Any], middle: str, base: float | None, *, steps: float = 1.0, part: str = ""
) -> Interval | None:
    """The same of a record's figure over so many steps; `part` stands before its names.

    None where an end or the take fraction is not known.
    """
    ends = [found[part + end] for end in ("low", middle, "high")]
    if base is None or any(end is None or not math.isfinite(end) for end in ends):
        return None
    low, figure, high = (float(end) * steps for end in ends)
    return changes(low, figure, high, base)


def in_words(change: Interval) -> str:
    """A relative change with its interval: "+28% (+22% to +34%)"."""
    return f"{percent(change.middle)} ({percent(change.low)} to {percent(change.high)})"


def lift_in_words(
    performance: Mapping[str, Any] | None, base: float | None, *, interval: bool = True
) -> str:
    """A lift as a relative change of the take fraction, e.g. "+28% (+22% to +34%)"."""
    if performance is None:
        return "no lift: only artwork"
    change = change_of(performance, "lift", base)
    if change is None:
        return str(performance["label"])
    return in_words(change) if interval else percent(change.middle)


def points(low: float, middle: float, high: float) -> str:
    """A difference of shares: "-18 points, -30 to -6"."""
    return f"{100 * middle:+.0f} points, {100 * low:+.0f} to {100 * high:+.0f}"


def amount(value: float, kind: str, unit: str) -> str:
    """A value as short as it can be read; shares, flags and levels in percent."""
    if kind in {"share", "flag"}:
        return f"{value:.0%}"
    number = f"{value:.1f}" if abs(value) >= 10 or kind == "count" else f"{value:.2f}"
    return f"{number} {unit}".rstrip() if kind == "count" else number


def shown(value: float | str | None, kind: str, unit: str) -> str:
    """A measured value for a table; what could not be measured says so."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return "not measured"
    if isinstance(value, str):
        return sanitise(value)
    if kind == "flag":
        return "yes" if value else "no"
    if unit == "degrees":
        return f"{value:.0f}°"
    return f"{value:.0f}" if kind == "count" else amount(value, kind, unit)


def say(kind: str, **facts: Any) -> str:
    """A sentence of this kind, on one line, its first letter a capital."""
    from prompts import render

    return capital(" ".join(render("board/sentence.txt", kind=kind, **facts).split()))


def slice_words(
    cluster: str | None,
    platform: str | None,
    *others: str | None,
    names: Mapping[str, str] | None = None,
) -> str:
    """Whom a figure is of: "Romance on tv", "tv" or "everyone".

    Args:
        others: genre, country.
        names: of clusters; else they are called by their ids.
    """
    who = (names or {}).get(cluster or "", cluster)
    said = " · ".join(part for part in (who, *others) if part and part != ALL)
    where = platform if platform and platform != ALL else ""
    return f"{said} on {where}" if said and where else said or where or "everyone"


def p_value(p: float) -> str:
    """A p-value to three places: "p = 0.012", "p < 0.001"."""
    return f"p = {p:.3f}" if p >= 0.001 else "p < 0.001"


def capital(sentence: str) -> str:
    """A sentence whose first letter is a capital."""
    return sentence[:1].upper() + sentence[1:]


def listed(words: list[str] | tuple[str, ...], joint: str = "and") -> str:
    """Words as a list: "a", "a and b", "a, b and c"."""
    *first, last = words or ("",)
    return f"{', '.join(first)} {joint} {last}" if first else last
