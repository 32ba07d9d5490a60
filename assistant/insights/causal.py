"""A causal reading of one feature: what changing it alone would do, if the assumptions hold."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from assistant.insights.double_ml import Estimate, Residuals, residualise
from assistant.insights.effects import EffectSlice, Evidence, slice_observations
from assistant.insights.fixed_effects import Floats
from assistant.insights.grading import MIN_TITLES
from assistant.insights.heterogeneity import differ, effects_by_cluster, effects_by_genre
from assistant.insights.mediation import Mediation, mediate
from assistant.insights.observations import Observations
from assistant.insights.overlap import Overlap, judge_overlap, overlapping_rows, varying_titles
from assistant.insights.plain import plain_value
from assistant.insights.sensitivity import Sensitivity, measure_sensitivity
from index.errors import InputError

ASSUMPTIONS = (
    "Artwork of one title that is alike in every measured feature differs from it by chance.",
    "Whatever else moved plays (budget, position, season) hit all artwork of a title alike.",
    "Which artwork a member was shown depends on nothing unmeasured that also moves plays.",
    "Changing the feature does not change the measured features it is compared at.",
    "What is true of these titles and members holds for the next.",
)


@dataclass(frozen=True, slots=True)
class CausalReading:
    """What `read_cause` found; effects in log-odds for the change that `step` names."""

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
    assumptions: tuple[str, ...] = ASSUMPTIONS

    def to_json(self) -> dict[str, Any]:
        """Plain values, infinite bounds as None."""
        plain: dict[str, Any] = plain_value(asdict(self))
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

    Covariates are all other features and the title's genres; the mediator, where one is named,
    is left out of them for the total effect and put in for the direct one.

    Args:
        evidence: counts, features and genres.
        feature, level: a contrast of the design.
        where: the slice; everything by default.
        mediator: a feature through which the effect may run.
        folds: parts of the titles for cross-fitting.
        seed: of splits, learners and resampling.

    Raises:
        InputError: no such contrast or mediator, or fewer than 10 titles vary in it.
    """
    where = where or EffectSlice()
    at = _contrast(evidence, feature, level)
    if mediator is not None and mediator not in evidence.design.control_features:
        raise InputError(f"there is no feature {mediator!r} here", mend="name one that varies")
    seen = slice_observations(evidence, where)
    d = evidence.design.values[seen.unit, at]
    x = _covariates(evidence, seen, {feature, mediator})
    rows, trimmed = overlapping_rows(d, x, seen.title, folds=folds, seed=seed)
    if varying_titles(d[rows], seen.title[rows]) < MIN_TITLES:
        raise InputError(
            f"fewer than {MIN_TITLES} titles vary in {feature}",
            mend="choose another feature or a larger slice",
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
            mediator, left, without(_covariates(evidence, seen, {feature})), seed=seed
        )
        if mediator is not None
        else None,
    )


def _contrast(evidence: Evidence, feature: str, level: str | None) -> int:
    contrasts = evidence.design.contrasts
    for at, one in enumerate(contrasts):
        if (one.feature, one.level) == (feature, level):
            return at
    levels = [one.level or "no level" for one in contrasts if one.feature == feature]
    raise InputError(
        f"there is no {feature!r}" + (f" with level {level!r}" if levels and level else ""),
        mend=f"its levels are: {', '.join(levels)}" if levels else "name a feature that varies",
    )


def _covariates(evidence: Evidence, seen: Observations, leaving_out: set[str | None]) -> Floats:
    """Other features of each row and its title's genres, `(n, k)`."""
    design = evidence.design
    others = [j for j, name in enumerate(design.control_features) if name not in leaving_out]
    known = sorted({genre for genres in evidence.genres for genre in genres})
    table = np.zeros((len(evidence.genres), len(known)))
    for j, genre in enumerate(known):
        table[:, j] = [genre in genres for genres in evidence.genres]
    return np.column_stack([design.controls[seen.unit][:, others], table[seen.title]])
