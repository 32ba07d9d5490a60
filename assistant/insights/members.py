"""The features that levers are made of, one at a time: their values, and effects for `--json`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from assistant.insights.effects import (
    EffectSlice,
    Evidence,
    effect_slices,
    effects_in,
    slice_observations,
)
from assistant.insights.estimators.design import FeatureDesign, feature_design
from assistant.insights.estimators.fixed_effects import Floats
from assistant.insights.estimators.observations import collapse_families
from assistant.insights.grading import grade_claims
from assistant.insights.index_cache import index_cache
from assistant.insights.levers import lever_sides
from index.features.matrix import Column, FeatureMatrix
from index.store import Index


@index_cache
def read_matrix(index: Index) -> FeatureMatrix:
    """The features of an index, fit for tests."""
    from index.query.features import index_matrix

    return index_matrix(index)


@index_cache
def read_features(index: Index) -> FeatureDesign:
    """Contrasts of all features over the units of an index."""
    units = collapse_families(index.table("artworks").to_pandas())
    return feature_design(read_matrix(index), units.of_artwork, len(units.title))


def member_columns(index: Index, evidence: Evidence, at: int) -> dict[Column, Floats]:
    """Values of a lever's own features by unit, `(units,)`, for a side that is a pole."""
    design, units = lever_sides(evidence), evidence.units
    fit = design.levers.fit(design.contrasts[at].name)
    if fit is None or design.contrasts[at].kind != "pole":
        return {}
    from index.query.features import index_matrix

    matrix, found = index_matrix(index, among=fit.members), {}
    places = {column.feature: place for place, column in enumerate(matrix.columns)}
    for place in (places[name] for name in fit.members if name in places):
        values = np.full(len(units.title), np.nan)
        values[units.of_artwork] = matrix.values[:, place]
        found[matrix.columns[place]] = values
    return found


def member_effects(
    index: Index, evidence: Evidence, slices: Sequence[EffectSlice] | None = None
) -> pd.DataFrame:
    """Effects of every feature in every slice; a lever's features are one family of tests.

    Returns:
        as `estimate_effects`; name is the feature, side its level; `titles_needed` is NaN.
    """
    from index.query.levers import read_levers

    levers = read_levers(index)
    measured = replace(evidence, design=read_features(index))
    tables = [
        effects_in(measured, slice_observations(measured, where), where)
        for where in (effect_slices(evidence) if slices is None else slices)
    ]
    table = pd.concat(tables, ignore_index=True)
    owner = {name: levers.owner(name) or name for name in table["name"].unique()}
    graded = grade_claims(table.assign(lever=table["name"].map(owner)), "lever")
    return graded.assign(titles_needed=np.nan)
