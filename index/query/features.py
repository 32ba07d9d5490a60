"""The features of one index: measured ones, and those its encoder or its user gave it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from index.errors import InputError
from index.features.feature import Feature, Value

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from index.features.matrix import FeatureMatrix
    from index.store import Index

FEATURE_TABLES = ("features", "perceived", "attributes")
"""Tables with a row per artwork and a column per feature, in the order they are shown."""
MIN_VARYING_TITLES = 8
"""A concept, an emotion or an attribute that varies inside fewer titles enters no test: it could
not be graded anyway, and every test makes the others' false discovery rate harder to hold."""


def index_features(index: Index) -> tuple[Feature, ...]:
    """Every feature that this index has values of: measured, seen by its encoder, and the user's.

    What the encoder cannot see is not among them.
    """
    held = set(feature_names(index))
    return tuple(one for one in (*known_features(), *attribute_features(index)) if one.name in held)


def known_features() -> tuple[Feature, ...]:
    """Every feature that some index may have: measured ones, emotion, and all concepts."""
    from index.features.concepts.emotion import EMOTION
    from index.features.concepts.vocabulary import concept_features
    from index.features.registry import features

    return (*features(), EMOTION, *concept_features())


def attribute_features(index: Index) -> tuple[Feature, ...]:
    """The user's own attributes."""
    if not index.has("attribute_definitions"):
        return ()
    from index.query.attributes import read_attributes

    return tuple(one.spec for one in read_attributes(index))


def feature_table(index: Index, among: Collection[str] | None = None) -> pd.DataFrame:
    """artwork_id and the features of an index but for structures; missing: NaN or None.

    Args:
        among: names of the features to read; all by default.
    """
    import pandas as pd

    specs = index_features(index)
    left_out = {
        one.name
        for one in specs
        if one.kind == "structure" or (among is not None and one.name not in among)
    }
    tables = []
    for name in FEATURE_TABLES:
        if index.has(name):
            columns = [one for one in index.column_names(name) if one not in left_out]
            tables.append(index.table(name, columns).to_pandas())
    first, *others = tables
    joined: pd.DataFrame = pd.concat(
        [first, *(table.drop(columns="artwork_id") for table in others)], axis=1
    )
    return joined


def feature_column(index: Index, name: str) -> pa.ChunkedArray:
    """The values of one feature, a row per artwork.

    Raises:
        InputError: the index has no feature of this name.
    """
    for table in FEATURE_TABLES:
        if name in _columns(index, table):
            return index.table(table, [name])[name]
    raise InputError(f"the index has no feature {name!r}", path=index.folder)


@dataclass(frozen=True, slots=True)
class Rank:
    """Where a value stands among those of an index's artworks.

    Attributes:
        below: share of the artworks with a lower value, half of those with the same; None for a
            category or a flag.
        same: share of the artworks with the same value.
    """

    below: float | None
    same: float


def share_below(known: npt.NDArray[np.float64] | pd.Series, value: float) -> float:
    """Share of known values that are lower, half of those that are the same."""
    return float((known < value).mean() + (known == value).mean() / 2)


def standings(index: Index, values: Mapping[str, Value]) -> dict[str, Rank]:
    """Where each of a picture's values stands among those of the index's artworks.

    Features that the index does not have, structures and missing values are left out.
    """
    found = {}
    for spec in index_features(index):
        value = values.get(spec.name)
        if value is None or spec.kind == "structure":
            continue
        column = feature_column(index, spec.name).to_pandas().dropna()
        if not len(column):
            continue
        same = float((column == value).mean())
        ordered = spec.kind not in ("category", "flag")
        below = share_below(column, float(value)) if ordered else None
        found[spec.name] = Rank(below, same)
    return found


def index_matrix(index: Index, among: Collection[str] | None = None) -> FeatureMatrix:
    """All features, or those of some names, as numbers, fit for tests.

    Measured features stay as they are. Emotions, attributes and concepts must vary inside at least
    MIN_VARYING_TITLES titles. Concepts that an encoder sees by texts are left out: how often they
    are right is not known, so they are no findings.
    """
    from index.features.concepts.vocabulary import concept_features
    from index.features.matrix import FeatureMatrix, feature_matrix

    matrix = feature_matrix(feature_table(index, among), index_features(index))
    titles = index.table("artworks", ["title_id"])["title_id"].to_numpy(zero_copy_only=False)
    measured = set(_columns(index, "features"))
    seen_by_classes = index.has_arrays("classes")
    unsure = set() if seen_by_classes else {one.name for one in concept_features()}
    varying = titles_that_vary(matrix.values, titles)
    keep = [
        at
        for at, column in enumerate(matrix.columns)
        if column.feature in measured
        or (column.feature not in unsure and varying[at] >= MIN_VARYING_TITLES)
    ]
    return FeatureMatrix(matrix.values[:, keep], tuple(matrix.columns[at] for at in keep))


def titles_that_vary(
    values: npt.NDArray[np.float64], titles: npt.NDArray[np.object_]
) -> npt.NDArray[np.intp]:
    """Titles inside which each column of `values` (artworks × columns) takes two values or more.

    Missing values (NaN) take none.
    """
    if not len(values):
        return np.zeros(values.shape[1], np.intp)
    _, group = np.unique(titles.astype(str), return_inverse=True)
    order = np.argsort(group, kind="stable")
    starts = np.flatnonzero(np.diff(group[order], prepend=-1))
    rows = values[order]
    highest = np.fmax.reduceat(rows, starts, axis=0)
    lowest = np.fmin.reduceat(rows, starts, axis=0)
    varying: npt.NDArray[np.intp] = (highest > lowest).sum(axis=0)
    return varying


def unseen_features(index: Index) -> dict[str, str]:
    """Why the encoder cannot see what a feature would say, by the feature's name."""
    if not index.has("vocabulary"):
        return {}
    rows = index.table("vocabulary", ["feature", "reason"]).to_pylist()
    return {row["feature"]: row["reason"] for row in rows if row["reason"]}


def feature_names(index: Index) -> tuple[str, ...]:
    """Names of all features that the index has values of, read from the tables' footers."""
    return tuple(name for table in FEATURE_TABLES for name in _columns(index, table))


def _columns(index: Index, table: str) -> tuple[str, ...]:
    if not index.has(table):
        return ()
    return tuple(name for name in index.column_names(table) if name != "artwork_id")
