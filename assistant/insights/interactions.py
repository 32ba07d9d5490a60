"""Pairs of levers that do more together, or less, than each for itself."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import numpy.typing as npt
import pandas as pd

from assistant.insights.effects import EffectSlice, Evidence, effects_in, slice_observations
from assistant.insights.estimators.design import Contrast, Design
from assistant.insights.grading import grade_claims
from assistant.insights.levers import LeverDesign, lever_sides
from index.records import ALL, Grade

SHOWN = 3
"""Interactions that are reported at most."""
TRIED = 6
"""Standing effects, the largest ones, whose pairs are tried in a slice."""
_COLUMNS = ("lever", "pole", "other", "other_pole", "cluster", "platform", "effect", "low",
            "high", "q", "artworks", "titles", "grade")  # fmt: skip


def find_interactions(evidence: Evidence, effects: pd.DataFrame) -> pd.DataFrame:
    """What artwork that is turned to two sides at once does beyond the sum of both.

    Tried only for sides of different levers whose own effect is confirmed in the slice of a
    cluster, and reported only where the extra effect is confirmed itself: found on one half of
    the titles and held on the other.

    Returns:
        lever, pole, other, other_pole, cluster, platform, effect (log-odds beyond the sum), low,
        high, q, artworks, titles, grade; at most three, the largest first.
    """
    design = lever_sides(evidence)
    standing = effects[
        (effects["grade"] == Grade.CONFIRMED)
        & (effects["platform"] == ALL)
        & (effects["genre"] == ALL)
        & (effects["country"] == ALL)
    ]
    tables = []
    for cluster, rows in standing.groupby("cluster"):
        order = rows["effect"].abs().sort_values(ascending=False, kind="stable").index[:TRIED]
        at = [
            design.column(*key) for key in rows.loc[order, ["name", "side"]].itertuples(index=False)
        ]
        pairs = [
            (one, two)
            for one, two in combinations(at, 2)
            if design.contrasts[one].name != design.contrasts[two].name
            and two not in design.package(one)
        ]
        if not pairs:
            continue
        seen = slice_observations(evidence, EffectSlice(cluster=str(cluster)))
        crossed = np.column_stack([_beyond(design, one, two) for one, two in pairs])
        contrasts = tuple(
            Contrast(f"{one}", f"{two}", "pair", 1.0, "both against the sum") for one, two in pairs
        )
        paired = replace(evidence, design=Design(contrasts, crossed))
        tables.append(effects_in(paired, seen, EffectSlice(cluster=str(cluster))))
    if not tables:
        return pd.DataFrame(columns=list(_COLUMNS))
    graded = grade_claims(pd.concat(tables, ignore_index=True))
    kept = graded[graded["grade"] == Grade.CONFIRMED]
    kept = kept.loc[kept["effect"].abs().sort_values(ascending=False, kind="stable").index[:SHOWN]]
    first = [design.contrasts[int(at)] for at in kept["name"]]
    second = [design.contrasts[int(at)] for at in kept["side"]]
    table = kept.assign(
        lever=[one.name for one in first],
        pole=[one.side or "" for one in first],
        other=[one.name for one in second],
        other_pole=[one.side or "" for one in second],
    )
    return table[list(_COLUMNS)].reset_index(drop=True)


def _beyond(design: LeverDesign, one: int, two: int) -> npt.NDArray[np.float64]:
    """1 for artwork on both sides, freed inside its title of what either side alone predicts."""
    a, b = ((design.values[:, at] > 0).astype(np.float64) for at in (one, two))
    both = a * b
    known = np.isfinite(design.values[:, one]) & np.isfinite(design.values[:, two])
    x = np.column_stack([a, b])[known]
    if len(x) == 0:
        return np.full(len(both), np.nan)
    slopes = np.linalg.lstsq(x - x.mean(axis=0), both[known], rcond=None)[0]
    return np.where(known, both - np.column_stack([a, b]) @ slopes, np.nan)
