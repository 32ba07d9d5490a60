"""A causal reading of one feature: what changing it alone would do, if the assumptions hold."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import asdict, dataclass
from difflib import get_close_matches
from typing import Any

import numpy as np

from assistant.insights.causal.double_ml import Estimate, Residuals, residualise
from assistant.insights.causal.heterogeneity import differ, effects_by_cluster, effects_by_genre
from assistant.insights.causal.mediation import Mediation, mediate
from assistant.insights.causal.overlap import (
    Overlap,
    judge_overlap,
    overlapping_rows,
    varying_titles,
)
from assistant.insights.causal.sensitivity import Sensitivity, measure_sensitivity
from assistant.insights.confounders import SAME_THING
from assistant.insights.effects import EffectSlice, Evidence, slice_observations
from assistant.insights.estimators.fixed_effects import Floats, TitleSums, demean, title_starts
from assistant.insights.estimators.observations import Observations
from assistant.insights.grading import MIN_TITLES
from assistant.insights.json_values import json_value
from index.errors import InputError
from index.records import ALL

ASSUMPTIONS = (
    "Artwork of one title that is alike in every measured feature differs from it by chance.",
    "Whatever else moved plays (budget, position, season) hit all artwork of a title alike.",
    "Which artwork a member was shown depends on nothing unmeasured that also moves plays.",
    "Changing the feature does not change the features that were held.",
    "What is true of these titles and members holds for the next.",
)

OF_ONE_KIND = 0.3
"""Correlation inside titles from which two features of a group (two of colour, two of people) are
taken to describe the same thing: blue is not held while warmth changes."""


@dataclass(frozen=True, slots=True)
class CausalReading:
    """What `read_cause` found; effects in log-odds for the change that `step` names.

    `measured_again` names features that were not held, as they move with this one.
    """

    feature: str
    level: str | None
    step: str
    cluster: str
    platform: str
    effect: Estimate
    learners: tuple[str, str]
    overlap: Overlap
    clusters: dict[str, Estimate]
    genres: dict[str, Estimate]
    clusters_differ_p: float | None
    genres_differ_p: float | None
    sensitivity: Sensitivity
    mediation: Mediation | None
    measured_again: tuple[str, ...]
    assumptions: tuple[str, ...] = ASSUMPTIONS

    def to_json(self) -> dict[str, Any]:
        """Plain values, infinite bounds as None."""
        plain: dict[str, Any] = json_value(asdict(self))
        return plain


def read_cause(
    evidence: Evidence,
    feature: str,
    level: str | None = None,
    *,
    where: EffectSlice | None = None,
    mediator: str | None = None,
    folds: int = 5,
    seed: int = 7,
) -> CausalReading:
    """Effect of one contrast by double machine learning within titles.

    Covariates are all other features and the title's genres, but for features that measure the
    same thing again (correlated with the contrast inside titles at 0.8 or more, of its own group
    of features at 0.3 or more): holding those would hold the feature itself. The mediator, where
    one is named, is left out of them for the total effect and put in for the direct one.

    Args:
        evidence: counts, features and genres.
        feature, level: a contrast of the design.
        where: the slice; everything by default.
        mediator: a feature through which the effect may run.
        folds: parts of the titles for cross-fitting.
        seed: of splits, learners and resampling.

    Raises:
        InputError: no such contrast, mediator or slice, or fewer than 10 titles vary in it.
    """
    where = where or EffectSlice()
    at = _contrast(evidence, feature, level)
    known = sorted(set(evidence.design.control_features))
    if mediator is not None:
        _require(mediator, known, "feature")
    for name in ("cluster", "platform"):
        _require(getattr(where, name), [ALL, *sorted(set(getattr(evidence.cells, name)))], name)
    _require(where.genre, [ALL, *sorted({g for own in evidence.genres for g in own})], "genre")
    seen = slice_observations(evidence, where)
    d = evidence.design.values[seen.unit, at]
    again = _measured_again(evidence, seen, d, feature)
    x = _covariates(evidence, seen, {feature, mediator, *again})
    rows, trimmed = overlapping_rows(d, x, seen.title, folds=folds, seed=seed)
    if varying_titles(d[rows], seen.title[rows]) < MIN_TITLES:
        raise InputError(
            f"fewer than {MIN_TITLES} titles vary in {feature}",
            hint="choose another feature or a larger slice",
        )

    def without(covariates: Floats) -> Residuals:
        return residualise(
            seen.y[rows],
            d[rows],
            covariates[rows],
            seen.weights[rows],
            seen.title[rows],
            folds=folds,
            seed=seed,
        )

    left = without(x)
    effect = left.estimate()
    clusters = effects_by_cluster(evidence, where, at, x, rows, seen, folds, seed)
    genres = effects_by_genre(evidence, left)
    cells = evidence.cells
    return CausalReading(
        feature=feature,
        level=level,
        step=evidence.design.contrasts[at].step,
        cluster=where.cluster,
        platform=where.platform,
        effect=effect,
        learners=(left.learner_y, left.learner_d),
        overlap=judge_overlap(left, trimmed),
        clusters=clusters,
        genres=genres,
        clusters_differ_p=differ(list(clusters.values())),
        genres_differ_p=differ(list(genres.values())),
        sensitivity=measure_sensitivity(
            left, effect, float(cells.plays.sum() / cells.impressions.sum())
        ),
        mediation=mediate(
            mediator,
            left,
            without(_covariates(evidence, seen, {feature, *again} - {mediator})),
            seed=seed,
        )
        if mediator is not None
        else None,
        measured_again=again,
    )


def _contrast(evidence: Evidence, feature: str, level: str | None) -> int:
    contrasts = evidence.design.contrasts
    for at, one in enumerate(contrasts):
        if (one.feature, one.level) == (feature, level):
            return at
    _require(feature, sorted({one.feature for one in contrasts}), "feature")
    levels = [one.level for one in contrasts if one.feature == feature and one.level is not None]
    if level is None:
        raise InputError(
            f"{feature} is a matter of levels", hint=f"add --level, one of: {', '.join(levels)}"
        )
    hint = f"its levels are: {', '.join(levels)}" if levels else "it has no levels"
    raise InputError(f"{feature} has no level {level!r}", hint=hint)


def _require(value: str, known: list[str], what: str) -> None:
    if value in known:
        return
    known = [one for one in known if one]
    near = get_close_matches(value, known, n=1, cutoff=0.5)
    listed = ", ".join(known[:12] or ["none"]) + (" …" if len(known) > 12 else "")
    hint = f"did you mean {near[0]!r}?" if near else f"there are: {listed}"
    raise InputError(f"there is no {what} {value!r} here", hint=hint)


def _measured_again(
    evidence: Evidence, seen: Observations, d: Floats, feature: str
) -> tuple[str, ...]:
    """Other features that describe what the contrast describes."""
    from index.features.concepts.vocabulary import concept_features
    from index.features.registry import features

    design = evidence.design
    rows = np.isfinite(d)
    if not rows.any():
        return ()
    title = seen.title[rows]
    table = np.column_stack([d[rows], design.controls[seen.unit][rows]])
    inside = demean(table, np.ones(len(table)), TitleSums(title_starts(title), len(title)))
    length = np.sqrt((inside**2).sum(axis=0))
    scaled = inside / np.where(length > 1e-9, length, np.inf)
    near = np.abs(scaled[:, 1:].T @ scaled[:, 0])
    group = {one.name: one.group for one in (*features(), *concept_features())}
    kin = [group.get(name, name) == group.get(feature) for name in design.control_features]
    same = np.flatnonzero(near >= np.where(kin, OF_ONE_KIND, SAME_THING))
    names = dict.fromkeys(design.control_features[j] for j in same)
    return tuple(name for name in names if name != feature)


def _covariates(evidence: Evidence, seen: Observations, leaving_out: Set[str | None]) -> Floats:
    """Other features of each row and its title's genres, `(n, k)`."""
    design = evidence.design
    others = [j for j, name in enumerate(design.control_features) if name not in leaving_out]
    known = sorted({genre for genres in evidence.genres for genre in genres})
    table = np.zeros((len(evidence.genres), len(known)))
    for j, genre in enumerate(known):
        table[:, j] = [genre in genres for genres in evidence.genres]
    return np.column_stack([design.controls[seen.unit][:, others], table[seen.title]])
