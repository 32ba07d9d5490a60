"""How past advice fared in experiments, and how picks made by hand fared in the logs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from assistant.insights.grading import LEVEL
from index.records import ALL, Label

if TYPE_CHECKING:
    from collections.abc import Collection

    import pandas as pd

COIN = 0.25
"""Brier score of saying one in two of everything."""
_Z90 = 1.6448536269514722


def score_advice(experiments: pd.DataFrame) -> dict[str, Any]:
    """Hold what was expected of experiments against what they found.

    Args:
        experiments: as `measure_outcomes` makes them.

    Returns:
        experiments: how many had an expectation; registered: of these, written down before;
        hit_rate: share whose sign was right; coverage: share whose result lay in the expected
        90% interval, widened by the experiment's own error; each with n, value, low and high
        (Wilson 1927, 90%); brier: of the expected probability that A does better, with low and
        high (t over experiments) and `coin`, the score of saying one half.
    """
    told = experiments[np.isfinite(experiments["expected_effect"].to_numpy(np.float64))]
    effect, expected = (told[name].to_numpy(np.float64) for name in ("effect", "expected_effect"))
    hit = np.sign(effect) == np.sign(expected)
    expected_sd = (told["expected_high"] - told["expected_low"]).to_numpy() / (2 * _Z90)
    inside = np.abs(effect - expected) <= _Z90 * np.hypot(expected_sd, told["se"].to_numpy())
    squared = (told["expected_p_positive"].to_numpy(np.float64) - (effect > 0)) ** 2
    return {
        "experiments": len(told),
        "registered": int(told["registered"].sum()),
        "hit_rate": _share(hit),
        "coverage": _share(inside),
        "brier": _mean(squared) | {"coin": COIN},
    }


def score_picks(tags: pd.DataFrame, picked: Collection[str]) -> dict[str, Any]:
    """How artworks that people picked did against their own titles' other artwork.

    Args:
        tags: the index's performance tags.
        picked: artwork ids.

    Returns:
        picked: how many with enough impressions to tell; better: share of them with lift above
        zero (n, value, low, high; Wilson 1927, 90%); of_all: that share of all artwork.
    """
    whole = tags[(tags["cluster"] == ALL) & (tags["platform"] == ALL)]
    told = whole[whole["label"] != Label.INSUFFICIENT]
    better = (told["lift"] > 0).to_numpy()
    mine = told["artwork_id"].isin(picked).to_numpy()
    return {
        "picked": int(mine.sum()),
        "better": _share(better[mine]),
        "of_all": float(better.mean()) if len(better) else None,
    }


def _share(held: np.ndarray[Any, np.dtype[np.bool_]]) -> dict[str, Any]:
    from statsmodels.stats.proportion import proportion_confint

    if len(held) == 0:
        return {"n": 0, "value": None, "low": None, "high": None}
    low, high = proportion_confint(int(held.sum()), len(held), alpha=1 - LEVEL, method="wilson")
    return {"n": len(held), "value": float(held.mean()), "low": float(low), "high": float(high)}


def _mean(values: np.ndarray[Any, np.dtype[np.float64]]) -> dict[str, Any]:
    from statsmodels.stats.weightstats import DescrStatsW

    if len(values) == 0:
        return {"n": 0, "value": None, "low": None, "high": None}
    low, high = None, None
    if len(values) > 1:
        bounds = DescrStatsW(values).tconfint_mean(alpha=1 - LEVEL)
        low, high = max(float(bounds[0]), 0.0), min(float(bounds[1]), 1.0)
    return {"n": len(values), "value": float(values.mean()), "low": low, "high": high}
