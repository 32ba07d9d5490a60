"""How past advice fared in experiments, and how picks made by hand fared in the logs."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd

from assistant.insights.estimators.shares import Share, mean_of, share_of
from assistant.insights.grading import Z90
from assistant.insights.outcomes import DECIDED, INVALID, NOTHING
from index.records import ALL, Label

COIN = 0.25
"""Brier score of saying one in two of everything."""


@dataclass(frozen=True, slots=True)
class AdviceScore:
    """What was expected of experiments, held against what they found.

    Only experiments that decided count: an inconclusive or invalid one says nothing of advice.

    Attributes:
        experiments: how many decided and had an expectation; registered: of these, written down
            before.
        inconclusive, invalid: how many more had an expectation.
        hit_rate: share that came out as expected; one that found no effect did not.
        coverage: share whose result lay in the expected 90% interval, widened by its own error.
        brier: of the expected probability that A does better, over those in which A did better
            or worse.
        coin: Brier score of saying one half.
    """

    experiments: int
    registered: int
    inconclusive: int
    invalid: int
    hit_rate: Share
    coverage: Share
    brier: Share
    coin: float = COIN

    def to_json(self) -> dict[str, Any]:
        """As docs/json.md describes it."""
        plain = asdict(self)
        return plain | {"brier": plain["brier"] | {"coin": plain.pop("coin")}}


@dataclass(frozen=True, slots=True)
class PickScore:
    """How artworks that people picked did against their own titles' other artwork.

    Attributes:
        picked: how many with enough impressions.
        better: share of them with lift above zero.
        of_all: that share of all artwork.
    """

    picked: int
    better: Share
    of_all: float | None


def score_advice(experiments: pd.DataFrame) -> AdviceScore:
    """Hold what was expected of experiments against what they found."""
    known = experiments[np.isfinite(experiments["expected_effect"].to_numpy(np.float64))]
    decided = known[known["verdict"].isin(DECIDED)]
    invalid = int((known["verdict"] == INVALID).sum())
    effect, expected = (
        decided[name].to_numpy(np.float64) for name in ("effect", "expected_effect")
    )
    signed = (decided["verdict"] != NOTHING).to_numpy()
    hit = signed & (effect * expected > 0)
    expected_sd = (decided["expected_high"] - decided["expected_low"]).to_numpy() / (2 * Z90)
    inside = np.abs(effect - expected) <= Z90 * np.hypot(expected_sd, decided["se"].to_numpy())
    chance = decided["expected_p_positive"].to_numpy(np.float64)
    squared = (chance - (effect > 0)) ** 2
    return AdviceScore(
        experiments=len(decided),
        registered=int(decided["registered"].sum()),
        inconclusive=len(known) - len(decided) - invalid,
        invalid=invalid,
        hit_rate=share_of(hit),
        coverage=share_of(inside),
        brier=mean_of(squared[signed]),
    )


def score_picks(tags: pd.DataFrame, picked: Collection[str]) -> PickScore:
    """How artworks that people picked did against their own titles' other artwork."""
    whole = tags[(tags["cluster"] == ALL) & (tags["platform"] == ALL)]
    known = whole[whole["label"] != Label.INSUFFICIENT]
    better = (known["lift"] > 0).to_numpy()
    mine = known["artwork_id"].isin(picked).to_numpy()
    of_all = float(better.mean()) if len(better) else None
    return PickScore(int(mine.sum()), share_of(better[mine]), of_all)
