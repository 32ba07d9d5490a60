"""A causal reading of one side of a lever: what turning it would do, if the assumptions hold.

Two questions are answered and never mixed. *As past artwork turned it*: the lever's own features
and whatever came along with them move, the rest is held; what a designer gets who does the same.
*Alone*: every other lever is held too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from assistant.insights.causal.double_ml import Estimate, Residuals, residualise
from assistant.insights.causal.mediation import Mediation, mediate
from assistant.insights.causal.overlap import (
    Overlap,
    judge_overlap,
    overlapping_rows,
    varying_titles,
)
from assistant.insights.causal.sensitivity import Sensitivity, measure_sensitivity
from assistant.insights.effects import EVERYWHERE, EffectSlice, Evidence, slice_observations
from assistant.insights.estimators.fixed_effects import Floats, Ints
from assistant.insights.estimators.observations import Observations
from assistant.insights.grading import MIN_TITLES
from assistant.insights.json_values import json_value
from assistant.insights.levers import LeverDesign, lever_sides, side_means
from index.errors import InputError
from index.records import ALL

ASSUMPTIONS = (
    "Artwork of one title that is alike in everything held differs in this lever by chance.",
    "Whatever else moved plays (budget, position, season) affected all artwork of a title alike.",
    "Which artwork a member was shown depends on nothing unmeasured that also moves plays.",
    "What is true of these titles and members holds for the next.",
)
COMES_ALONG = 0.2
"""Share of artwork by which a side is met more often, from which on it comes along."""
CARRIED = 3
"""Members whose part in the effect is given."""


@dataclass(frozen=True, slots=True)
class CausalReading:
    """What `read_cause` found; effects in log-odds.

    Attributes:
        lever, side: what is turned; effects are per `step`, `steps` of which lie between the
            middle artwork and that of the side.
        comes_along: sides of other levers that moved with it in past artwork.
        effect: as past artwork turned it: `comes_along` moves too, the rest is held.
        alone: with all other levers held; None where they leave too little to compare.
        learners: that predicted plays and the side from what is held.
        clusters, genres: the effect in each.
        carried: how much of it runs through each of the lever's own features.
        simple: the plain difference inside titles, which `insights` shows.
    """

    lever: str
    side: str
    step: str
    steps: float
    cluster: str
    platform: str
    comes_along: tuple[str, ...]
    effect: Estimate
    alone: Estimate | None
    simple: float
    learners: tuple[str, str]
    overlap: Overlap
    clusters: dict[str, Estimate]
    genres: dict[str, Estimate]
    clusters_differ_p: float | None
    genres_differ_p: float | None
    sensitivity: Sensitivity
    carried: tuple[Mediation, ...]
    take_fraction: float
    assumptions: tuple[str, ...] = ASSUMPTIONS

    def to_json(self) -> dict[str, Any]:
        """Plain values, infinite bounds as None."""
        values: dict[str, Any] = json_value(asdict(self))
        return values | {"feature": self.lever, "level": self.side}


def coming_along(design: LeverDesign, at: int, title: Ints) -> tuple[int, ...]:
    """Sides of other levers that past artwork was turned to with a side.

    Those that artwork of the side has at least 20 points more often than its title's middle.

    Args:
        title: `(units,)` title codes.
    """
    own, column = design.contrasts[at].name, design.values[:, at]
    found = []
    for j, one in enumerate(design.contrasts):
        has = (design.values[:, j] > 0).astype(np.float64)
        shift = None if one.name == own else side_means(column, has, title)
        if shift is not None and shift[1] - shift[0] >= COMES_ALONG:
            found.append(j)
    return tuple(found)


def held_covariates(design: LeverDesign, at: int, moving: Sequence[int]) -> Floats:
    """What is held while a side is turned, `(units, k)`: on which sides of other levers a unit is.

    Args:
        moving: sides whose levers come along.
    """
    loose = {design.contrasts[j].name for j in (at, *moving)}
    kept = [j for j, one in enumerate(design.contrasts) if one.name not in loose]
    held: Floats = (design.values[:, kept] > 0).astype(np.float64)
    return held if kept else np.zeros((len(design.values), 1))


def read_observed(
    evidence: Evidence, at: int, seen: Observations, *, seed: int = 7
) -> Estimate | None:
    """The effect of turning a side as past artwork did; None for too few titles."""
    design = lever_sides(evidence)
    held = held_covariates(design, at, coming_along(design, at, evidence.units.title))
    left = _residuals(seen, design.values[seen.unit, at], held[seen.unit], seed)
    return None if left is None else left[0].estimate()


def read_cause(
    evidence: Evidence,
    at: int,
    members: dict[str, Floats],
    *,
    where: EffectSlice = EVERYWHERE,
    seed: int = 7,
) -> CausalReading:
    """Effect of turning a lever to one side, by double machine learning within titles.

    Args:
        at: the side, a column of the design.
        members: `(units,)` values of the features through which the effect may run.

    Raises:
        InputError: fewer than 10 titles vary in it.
    """
    design, units = lever_sides(evidence), evidence.units
    one = design.contrasts[at]
    seen = slice_observations(evidence, where)
    d = design.values[seen.unit, at]
    moving = coming_along(design, at, units.title)
    held = held_covariates(design, at, moving)[seen.unit]
    fitted = _residuals(seen, d, held, seed)
    if fitted is None:
        raise InputError(
            f"fewer than {MIN_TITLES} titles vary in {one.name} ({one.side})",
            hint="choose another lever or a larger slice",
        )
    left, rows, trimmed = fitted
    everything = held_covariates(design, at, ())[seen.unit]
    alone = None if not moving else _residuals(seen, d, everything, seed, rows)
    effect = left.estimate()
    clusters = _by_cluster(evidence, at, where, seed)
    genres = _by_genre(evidence, left)
    plain = left.plain_effect(seen.y[rows], d[rows])
    shares = [
        mediate(name, left, through[0], seed=seed)
        for name, values in members.items()
        if (through := _residuals(
            seen, d, np.column_stack([held, values[seen.unit]]), seed, rows
        )) is not None
    ]  # fmt: skip
    cells = evidence.cells
    shown, plays = float(cells.impressions.sum()), float(cells.plays.sum())
    return CausalReading(
        lever=one.name,
        side=one.side or "",
        step=one.step,
        steps=one.change,
        cluster=where.cluster,
        platform=where.platform,
        comes_along=tuple(design.contrasts[j].side or "" for j in moving),
        effect=effect,
        alone=effect if not moving else None if alone is None else alone[0].estimate(),
        simple=plain,
        learners=(left.learner_y, left.learner_d),
        overlap=judge_overlap(left, trimmed),
        clusters=clusters,
        genres=genres,
        clusters_differ_p=_differ(list(clusters.values())),
        genres_differ_p=_differ(list(genres.values())),
        sensitivity=measure_sensitivity(left, effect, plays / shown),
        carried=tuple(sorted(shares, key=lambda share: -(share.share or -1.0))[:CARRIED]),
        take_fraction=plays / shown,
    )


def _residuals(
    seen: Observations,
    d: Floats,
    held: Floats,
    seed: int,
    rows: npt.NDArray[np.bool_] | None = None,
) -> tuple[Residuals, npt.NDArray[np.bool_], int] | None:
    """Residuals over the rows that can be compared, those rows, and how many were left out."""
    trimmed = 0
    if rows is None:
        if varying_titles(d[np.isfinite(d)], seen.title[np.isfinite(d)]) < MIN_TITLES:
            return None
        rows, trimmed = overlapping_rows(d, held, seen.title, seed=seed)
    if varying_titles(d[rows], seen.title[rows]) < MIN_TITLES:
        return None
    left = residualise(
        seen.y[rows], d[rows], held[rows], seen.weights[rows], seen.title[rows], seed=seed
    )
    return left, rows, trimmed


def _by_cluster(evidence: Evidence, at: int, where: EffectSlice, seed: int) -> dict[str, Estimate]:
    """The effect in each cluster with enough titles; none where the slice is of one cluster."""
    if where.cluster != ALL:
        return {}
    found = {}
    for cluster in evidence.cells.named("cluster"):
        seen = slice_observations(evidence, replace(where, cluster=cluster))
        effect = read_observed(evidence, at, seen, seed=seed)
        if effect is not None:
            found[cluster] = effect
    return found


def _by_genre(evidence: Evidence, left: Residuals) -> dict[str, Estimate]:
    """The effect over the titles of each genre with enough of them."""
    found = {}
    for genre in sorted({genre for genres in evidence.genres for genre in genres}):
        has = np.array([genre in genres for genres in evidence.genres], dtype=np.bool_)
        estimate = left.estimate(has[left.title])
        if estimate.titles >= MIN_TITLES:
            found[genre] = estimate
    return found


def _differ(estimates: Sequence[Estimate]) -> float | None:
    """p of Cochran's Q (1954, Biometrics 10) that the effects are one and the same."""
    from scipy.stats import chi2

    if len(estimates) < 2:
        return None
    effect = np.array([one.effect for one in estimates])
    se = np.array([one.se for one in estimates])
    mean = np.average(effect, weights=se**-2.0)
    return float(chi2.sf(np.sum(((effect - mean) / se) ** 2), len(effect) - 1))
