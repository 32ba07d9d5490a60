"""What is predicted of one artwork: its lift with an audience, for whom, and why."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

_ENDS = ("lift", "low", "high")


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
    words: str
    feature: str
    value: float | str | None
    typical: float | str | None
    pull: float

    def to_json(self) -> dict[str, Any]:
        """As `score --json` documents it."""
        return {
            "lever": self.lever,
            "feature": self.feature,
            "value": self.value,
            "typical": self.typical,
            "pull": round(self.pull, 4),
            "words": self.words,
        }


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
        return {
            **{name: round(getattr(self, name), 4) for name in _ENDS},
            "reasons": [reason.to_json() for reason in self.reasons],
            "slices": [
                asdict(one) | {name: round(getattr(one, name), 4) for name in _ENDS}
                for one in self.slices
            ],
        }
