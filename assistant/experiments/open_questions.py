"""Which sides of a lever are most worth a test, for the slices of a brief's audience."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from assistant.insights.effects import Evidence
from assistant.insights.estimators.observations import in_slice
from assistant.insights.grading import MIN_TITLES
from assistant.insights.json_values import row_dicts
from index.records import ALL, Grade

if TYPE_CHECKING:
    from assistant.answers.answer import Answer

_QUESTION = ["name", "side", "cluster", "platform"]
_TOLD = [*_QUESTION, "step", "effect", "low", "high", "se", "grade"]


def audience_slices(
    evidence: Evidence, weights: Mapping[str, float], platforms: tuple[str, ...]
) -> dict[tuple[str, str], tuple[float, float]]:
    """Share of the audience's impressions and take fraction of each of its slices."""
    cells = evidence.cells
    found = {}
    for cluster, weight in weights.items():
        own = in_slice(cells, cluster)
        for platform in (ALL, *platforms):
            here = in_slice(cells, cluster, platform)
            shown, plays = cells.impressions[here].sum(), cells.plays[here].sum()
            if 0 < plays < shown:
                part = cells.shown[here].sum() / cells.shown[own].sum()
                found[cluster, platform] = (weight * float(part), float(plays / shown))
    return found


def open_questions(
    answer: Answer,
    effects: pd.DataFrame,
    slices: Mapping[tuple[str, str], tuple[float, float]],
    barred: frozenset[str],
) -> Iterator[dict[str, Any]]:
    """Rows of effects of the audience's slices, best first, that no experiment answered.

    One over all members or platforms answers for each of them.
    """
    asked = effects.loc[effects["experiments"] > 0, _QUESTION]
    answered = set(asked.itertuples(index=False, name=None))
    rows = effects[
        (effects["genre"] == ALL)
        & (effects["country"] == ALL)
        & (effects["titles"] >= MIN_TITLES)
        & np.isfinite(effects["low"])
        & ~effects["side"].isin(list(barred))
    ]
    where = list(zip(rows["cluster"].tolist(), rows["platform"].tolist(), strict=True))
    share = np.array([slices.get(one, (0.0, 0.0))[0] for one in where])
    effect = rows["effect"].to_numpy(np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        shrunk = np.abs(effect) * np.maximum(1 - (rows["se"].to_numpy() / effect) ** 2, 0.0)
    worth = np.nan_to_num(shrunk * rows["change"].to_numpy() * share)
    directions = [(one.lever, one.pole) for one in answer.advice.directions]
    sides = list(zip(rows["name"].tolist(), rows["side"].tolist(), strict=True))
    advised = np.array([one in directions for one in sides], dtype=bool) & (effect > 0)
    known = (rows["grade"] != Grade.INSUFFICIENT).to_numpy()
    order = np.lexsort((-worth, ~(effect > 0), ~known, ~advised))
    listed = row_dicts(rows.iloc[order[worth[order] > 0]], _TOLD)
    return (one for one in listed if not _is_answered(one, answered))


def _is_answered(row: Mapping[str, Any], answered: set[tuple[Any, ...]]) -> bool:
    name, side, cluster, platform = (row[column] for column in _QUESTION)
    return any((name, side, c, p) in answered for c in (cluster, ALL) for p in (platform, ALL))
