"""How numbers are put into words for a strategist."""

from __future__ import annotations

import math

_RARE = 1e-6


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
