"""How numbers are put into words for a strategist."""

from __future__ import annotations

import math

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
        log_odds: the lift.
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
