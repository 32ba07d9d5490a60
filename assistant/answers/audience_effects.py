"""What every side of a lever did for a brief's audience, graded with what it did for everyone."""

from __future__ import annotations

import pandas as pd

from assistant.answers.lift import slice_weights
from assistant.answers.match import Match, read_tags
from assistant.insights.effects import (
    EffectSlice,
    Evidence,
    audience_observations,
    effects_in,
    grade_effects,
)
from assistant.insights.estimators.observations import Observations
from assistant.insights.evidence import read_effects
from assistant.insights.outcomes import apply_experiments, audience_experiments, read_experiments
from index.records import ALL
from index.store import Index

AUDIENCE = "this audience"
"""Stands for the brief's audience where a cluster is named."""
NAMED = "the brief's platforms"
"""Stands for the platforms that a brief names, where those are not all."""


def audience_effects(
    match: Match, index: Index, evidence: Evidence, seen: Observations
) -> pd.DataFrame:
    """Graded effects with the audience, and on each platform, below those of every slice.

    Where the brief names some platforms, also those of each cluster there.
    """
    known, shown = read_effects(index), read_tags(index).shown
    tables = [known, effects_in(evidence, seen, EffectSlice(AUDIENCE))]
    for platform in sorted({platform for _, platform in shown} - {ALL, ""}):
        weights = slice_weights(shown, match.audience.weights, (platform,))
        part = audience_observations(evidence, weights)
        tables.append(effects_in(evidence, part, EffectSlice(AUDIENCE, platform)))
    for cluster in sorted({cluster for cluster, _ in shown} - {ALL, ""}):
        weights = slice_weights(shown, {cluster: 1.0}, match.brief.platforms)
        if any(platform != ALL for _, platform in weights):
            part = audience_observations(evidence, weights)
            tables.append(effects_in(evidence, part, EffectSlice(cluster, NAMED)))
    graded = grade_effects(pd.concat(tables, ignore_index=True))
    own = graded[(graded["cluster"] == AUDIENCE) | (graded["platform"] == NAMED)]
    about = audience_experiments(read_experiments(index), match.audience.weights)
    if about is not None:
        about = about.assign(cluster=AUDIENCE, platform=ALL)
    own = apply_experiments(own, about)
    return pd.concat([known, own])
