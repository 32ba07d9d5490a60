"""What is predicted of one artwork: its lift with an audience, for whom, and why."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from assistant.insights.json_values import json_value


@dataclass(frozen=True, slots=True)
class Reason:
    """What one lever does to a prediction.

    Attributes:
        lever: its name, a feature that belongs to none, or PICTURE for what nothing names.
        words: where the picture stands on it ("darker", "cast: two people").
        feature: the lever's strongest feature that was measured; value and typical are its value
            here, and its mean (or commonest level) in the index.
        pull: log-odds by which the prediction would change back if the lever were typical.
    """

    lever: str
    feature: str
    value: float | str | None
    typical: float | str | None
    pull: float
    words: str


@dataclass(frozen=True, slots=True)
class SliceScore:
    """Predicted lift with one cluster on one platform, log-odds with its 90% interval."""

    cluster: str
    platform: str
    lift: float
    low: float
    high: float
    verdict: str


@dataclass(frozen=True, slots=True)
class Score:
    """Predicted lift of one artwork against past artwork of average looks, log-odds.

    Attributes:
        lift, low, high: with the audience; the 90% interval is conformal (held-out titles).
        reasons: strongest pull first.
        slices: the same per cluster and platform.
    """

    lift: float
    low: float
    high: float
    reasons: tuple[Reason, ...]
    slices: tuple[SliceScore, ...]

    def to_json(self) -> dict[str, Any]:
        """As `score --json` documents it."""
        reasons = [asdict(one) | {"pull": round(one.pull, 4)} for one in self.reasons]
        return {**json_value(asdict(self), 4), "reasons": reasons}
