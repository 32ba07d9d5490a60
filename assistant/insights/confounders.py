"""Levers that travel together in a catalogue: which of them it is, past artwork cannot tell."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from assistant.insights.levers import LeverDesign
from index.records import ALL, Grade

LEAST_LEFT = 0.1
"""Share of a side's variation that the other levers must leave for it to be told apart."""
_FIGURES = ("effect", "low", "high", "adjusted_effect", "adjusted_low", "adjusted_high",
            "adjusted_left")  # fmt: skip
_COLUMNS = ("lever", "pole", "other", "other_pole", "correlation", *_FIGURES, "verdict")


def find_confounders(design: LeverDesign, effects: pd.DataFrame) -> pd.DataFrame:
    """Sides whose lever travels with another, with the effect before and after holding the others.

    Args:
        effects: of `estimate_effects` with everything else held.

    Returns:
        lever, pole, other, other_pole, correlation (inside titles), effect, low, high,
        adjusted_effect, adjusted_low, adjusted_high, adjusted_left, verdict ("stands",
        "shrinks", "vanishes", "turns round" or "cannot be told apart"), over everyone; strongest
        correlation first. Only effects that are off zero before adjusting are listed.
    """
    overall = effects[
        (effects[["cluster", "platform", "genre", "country"]] == ALL).all(axis=1)
        & (effects["grade"] != Grade.INSUFFICIENT)
    ]
    rows = []
    for row in overall.to_dict("records"):
        at = design.column(row["name"], row["side"])
        for other in design.package(at):
            beside = design.contrasts[other]
            rows.append(
                {
                    "lever": row["name"],
                    "pole": row["side"],
                    "other": beside.name,
                    "other_pole": beside.side,
                    "correlation": float(design.correlations[at, other]),
                    **{name: row[name] for name in _FIGURES},
                    "verdict": _verdict(row),
                }
            )
    found = pd.DataFrame(rows, columns=list(_COLUMNS))
    return found.sort_values("correlation", ascending=False, kind="stable", ignore_index=True)


def _verdict(row: Mapping[Hashable, Any]) -> str:
    """What holding the other levers does to an effect."""
    sign = np.sign(row["effect"])
    kept, size = row["adjusted_effect"] * sign, abs(row["effect"])
    off = row["adjusted_low"] > 0 or row["adjusted_high"] < 0
    if not np.isfinite(kept) or row["adjusted_left"] < LEAST_LEFT:
        return "cannot be told apart"
    if off and kept < 0:
        return "turns round"
    if not off and kept < 0.5 * size:
        return "vanishes"
    return "shrinks" if kept < 0.75 * size else "stands"
