"""What is predicted of one artwork: its lift with an audience, for whom, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from assistant.insights.estimators.appearance import PICTURE


@dataclass(frozen=True, slots=True)
class Reason:
    """What one feature does to a prediction.

    Attributes:
        feature: its name, or PICTURE for what no feature names.
        value, typical: of this artwork, and the mean (or commonest level) of the index.
        kind, unit: of the values.
        pull: log-odds by which the prediction would change back if the feature were typical.
    """

    feature: str
    value: float | str | None
    typical: float | str | None
    kind: str
    unit: str
    pull: float

    @property
    def words(self) -> str:
        """What a strategist reads: 'more warmth (0.50, typical -0.08)'."""
        from assistant.terminal.answer import shown
        from assistant.wording import phrase

        name = phrase(self.feature)
        if self.feature == PICTURE or self.value is None:
            return name
        if isinstance(self.value, str) or isinstance(self.typical, str | None):
            return f"{name}: {self.value}"
        if self.kind == "flag":
            return f"{'with' if self.value else 'without'} {name}"
        which = "more" if self.value > self.typical else "less"
        value, typical = (shown(v, self.kind, self.unit) for v in (self.value, self.typical))
        return f"{which} {name} ({value}, typical {typical})"

    def to_json(self) -> dict[str, Any]:
        """As `score --json` documents it."""
        return {
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
            "lift": round(self.lift, 4),
            "low": round(self.low, 4),
            "high": round(self.high, 4),
            "reasons": [reason.to_json() for reason in self.reasons],
            "slices": [
                {
                    "cluster": one.cluster,
                    "platform": one.platform,
                    "lift": round(one.lift, 4),
                    "low": round(one.low, 4),
                    "high": round(one.high, 4),
                    "verdict": one.verdict,
                }
                for one in self.slices
            ],
        }
