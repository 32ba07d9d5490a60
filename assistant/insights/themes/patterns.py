"""What a theme's pictures share, what tells its winners from its losers, and how it drifts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from assistant.insights.effects import EVERYWHERE, Evidence, slice_observations
from assistant.insights.estimators.fixed_effects import (
    Floats,
    Ints,
    TitleSums,
    demean,
    title_starts,
)
from assistant.insights.estimators.shares import trend_of
from assistant.insights.grading import LEVEL, MIN_TITLES, confirming, grade_claims
from assistant.insights.json_values import json_rows
from assistant.insights.levers import LeverDesign
from index.records import Grade

TELLING = 0.5
"""Steps by which a theme's artwork must lie to one side of its titles' other artwork."""
MORE = 0.15
"""By how much more of a theme's artwork than of its titles' others must have a level."""
ALIKE = 0.6
"""Correlation inside titles from which one trait says the same as another."""
TRAITS = 6
_OVER = 1.4


@dataclass(frozen=True, slots=True)
class Trait:
    """A side of a lever to which a theme's artwork lies.

    Attributes:
        lever, pole: the side.
        kind: "pole" or "level".
        difference: from the titles' other artwork, in steps (for a level, of its share's sd).
        share, other_share: of the theme's and of the titles' other artwork that have a level;
            None for a pole.
    """

    lever: str
    pole: str
    kind: str
    difference: float
    share: float | None
    other_share: float | None


def traits(design: LeverDesign, title: Ints, member: npt.NDArray[np.bool_]) -> tuple[Trait, ...]:
    """Sides to which members lie, against their own titles' other artwork.

    Args:
        title: title of each unit, ascending, `(u,)`.
        member: units of the theme, `(u,)`.

    Returns:
        largest difference first, one a lever; one that says the same as an earlier one is left
        out.
    """
    sums = TitleSums(title_starts(title), len(title))
    centred = demean(design.leaning(), np.ones(len(title)), sums)
    others = ~member & np.isin(title, title[member])
    spread = np.sqrt((centred**2).mean(axis=0))
    score = centred[member].mean(axis=0) / np.maximum(spread, 1e-9)
    found: list[Trait] = []
    taken: list[int] = []
    for j in np.argsort(-score, kind="stable"):
        one = design.contrasts[j]
        if score[j] < TELLING or len(found) == TRAITS:
            break
        if any(
            design.contrasts[i].name == one.name or design.correlations[i, j] > ALIKE for i in taken
        ):
            continue
        share = elsewhere = None
        if one.kind != "pole":
            share = float(np.nanmean(design.values[member, j]))
            elsewhere = float(np.nanmean(design.values[others, j])) if others.any() else 0.0
            if share - elsewhere < MORE:
                continue
        taken.append(int(j))
        found.append(Trait(one.name, one.side or "", one.kind, float(score[j]), share, elsewhere))
    return tuple(found)


def over_represented(
    groups: tuple[tuple[str, ...], ...], title: Ints, member: npt.NDArray[np.bool_]
) -> list[tuple[str, float, float]]:
    """Genres that titles of a theme have clearly more often, with their share and that of all.

    Args:
        groups: names of each title.
        title: title of each unit, `(u,)`.
        member: units of the theme, `(u,)`.
    """
    from scipy.stats import hypergeom

    inside = np.unique(title[member])
    everywhere: dict[str, set[int]] = {}
    for code in np.unique(title):
        for name in groups[code]:
            everywhere.setdefault(name, set()).add(int(code))
    total = len(np.unique(title))
    found = []
    for name, having in everywhere.items():
        both = len(having & set(inside.tolist()))
        chance = float(hypergeom.sf(both - 1, total, len(having), len(inside)))
        if both >= 3 and both / len(inside) > _OVER * len(having) / total and chance < 0.05:
            found.append((chance, name, both / len(inside), len(having) / total))
    return [(name, share, overall) for _, name, share, overall in sorted(found)][:3]


@dataclass(frozen=True, slots=True, eq=False)
class TitleLifts:
    """Log-odds of units against their titles over everything, `(u,)`; NaN, weight 0 if unseen."""

    lift: Floats
    weight: Floats

    @classmethod
    def of(cls, evidence: Evidence) -> TitleLifts:
        """Lifts of every unit of the evidence."""
        seen = slice_observations(evidence, EVERYWHERE)
        lift = np.full(len(evidence.units.title), np.nan)
        weight = np.zeros(len(lift))
        lift[seen.unit] = seen.inside(seen.y)
        weight[seen.unit] = seen.weights
        return cls(lift, weight)


def inner_patterns(
    evidence: Evidence, lifts: TitleLifts, members: Sequence[npt.NDArray[np.bool_]]
) -> list[list[dict[str, Any]]]:
    """Sides that tell the winners of each theme from its losers, graded as every claim is.

    The members of one title are averaged; their lift against the title is regressed on one side
    at a time over titles (WLS with errors robust in small samples, HC3: MacKinnon & White 1985),
    on all titles and on each half of them. A theme's patterns are one family of tests. Pictures
    of one theme are alike in many ways, so that sides are hard to tell apart in it: a pattern that
    does not hold on titles kept aside is a suggestion at most.

    Args:
        members: units of each theme, `(u,)`.

    Returns:
        for each theme, those off zero: lever, pole, step, effect, low, high, p, q, titles, grade.
    """
    rows = []
    aside = confirming(evidence.units.title_ids.tolist())
    for theme, member in enumerate(members):
        for j, one in enumerate(evidence.design.contrasts):
            frame = _by_title(evidence, lifts, member, j)
            if frame is None:
                continue
            held = aside[frame["title"].to_numpy()]
            row: dict[str, Any] = {
                "theme": theme, "lever": one.name, "pole": one.side, "step": one.step
            }  # fmt: skip
            row |= _regress(frame, "")
            row |= _regress(frame[~held], "explore_") | _regress(frame[held], "confirm_")
            rows.append(row)
    if not rows:
        return [[] for _ in members]
    graded = grade_claims(pd.DataFrame(rows), "theme")
    graded["grade"] = graded["grade"].replace(Grade.SUPPORTED.value, Grade.SUGGESTIVE.value)
    kept = graded[graded["grade"] != Grade.INSUFFICIENT].sort_values("p", kind="stable")
    shown = ["lever", "pole", "step", "effect", "low", "high", "p", "q", "titles", "grade"]
    return [json_rows(kept.loc[kept["theme"] == theme, shown]) for theme in range(len(members))]


def _by_title(
    evidence: Evidence, lifts: TitleLifts, member: npt.NDArray[np.bool_], j: int
) -> pd.DataFrame | None:
    """Lift and side of a theme's members, averaged over each title; None for too few titles."""
    values = evidence.design.values[:, j]
    x = np.where(np.isfinite(values), (values > 0).astype(np.float64), np.nan)
    kept = member & np.isfinite(lifts.lift) & np.isfinite(x)
    title, weight = evidence.units.title[kept], lifts.weight[kept]
    total = np.bincount(title, weight)
    known = np.flatnonzero(total > 0)
    mean = {
        name: np.bincount(title, weight * values[kept])[known] / total[known]
        for name, values in (("x", x), ("y", lifts.lift))
    }
    sides = [int(((mean["x"] > 0.5) == side).sum()) for side in (True, False)]
    if min(sides) < MIN_TITLES:
        return None
    return pd.DataFrame({"title": known, "weight": total[known], **mean})


def _regress(frame: pd.DataFrame, part: str) -> dict[str, float]:
    """Slope of y on x over titles, HC3."""
    import statsmodels.api as sm
    from scipy.stats import t

    titles = len(frame)
    nothing = dict.fromkeys(("effect", "low", "high", "p"), np.nan) | {"titles": titles, "df": 0.0}
    found = nothing
    if titles > 3 and np.ptp(frame["x"].to_numpy()) > 0:
        fit = sm.WLS(frame["y"], sm.add_constant(frame["x"]), weights=frame["weight"]).fit(
            cov_type="HC3"
        )
        effect, se, df = float(fit.params["x"]), float(fit.bse["x"]), titles - 2.0
        if np.isfinite(se) and se > 0:
            half = float(t.ppf((1 + LEVEL) / 2, df)) * se
            found = {
                "effect": effect,
                "low": effect - half,
                "high": effect + half,
                "p": float(2 * t.sf(abs(effect / se), df)),
                "titles": titles,
                "df": df,
            }
    return {part + name: value for name, value in found.items()}


def drift(
    lifts: TitleLifts, created: pd.Series | None, member: npt.NDArray[np.bool_], of_artwork: Ints
) -> dict[str, Any] | None:
    """How a theme's share of new artwork and its lift move over time, None without dates.

    Args:
        created: dates of artworks, `(n,)`, NaT where unknown; None for no dates.
        member: artworks of the theme, `(n,)`.
        of_artwork: unit of each artwork, `(n,)`.

    Returns:
        since (the median date), share_before, share_since, low and high of their difference
        (90%, Newcombe's interval), and lift_before and lift_since (log-odds against own titles).
    """
    found = None if created is None else trend_of(member, created)
    if found is None:
        return None
    lift, weight = lifts.lift[of_artwork], lifts.weight[of_artwork]
    return {
        "since": found.since,
        "share_before": found.before,
        "share_since": found.after,
        "low": found.low,
        "high": found.high,
        "lift_before": _mean(lift, weight, member & found.early),
        "lift_since": _mean(lift, weight, member & found.late),
    }


def _mean(values: Floats, weights: Floats, rows: npt.NDArray[np.bool_]) -> float | None:
    rows = rows & np.isfinite(values)
    return float(np.average(values[rows], weights=weights[rows])) if rows.sum() >= 5 else None
