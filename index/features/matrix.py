"""Features as numbers in columns, ready for models and comparisons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from index.features.feature import Feature, Kind


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a feature matrix.

    Attributes:
        feature: name of the feature it comes from.
        level: the category it stands for (its values are then 0 or 1), or None.
        kind: "flag" for the columns of a category, else the feature's kind.
        unit: of the values.
        label: what to call it in a sentence: "brightness", "shot type: close-up".
    """

    feature: str
    level: str | None
    kind: Kind
    unit: str
    label: str


@dataclass(frozen=True, slots=True, eq=False)
class FeatureMatrix:
    """`values` is float64, rows × columns, NaN where a feature is missing; `columns` names them."""

    values: npt.NDArray[np.float64]
    columns: tuple[Column, ...]


def feature_matrix(features: pd.DataFrame, specs: Sequence[Feature]) -> FeatureMatrix:
    """The features in `specs` that the table has, categories spread over one column a level.

    A category's levels are those that occur, in the order of the feature's own list. Columns in
    which fewer than two different values occur, and structures, are left out.

    Args:
        features: artworks × features; numbers with NaN, categories as text or None.
        specs: which features, and how they are to be read.
    """
    found: list[tuple[Column, npt.NDArray[np.float64]]] = []
    for spec in specs:
        if spec.name not in features or spec.kind == "structure":
            continue
        if spec.kind == "category":
            found += _spread(features[spec.name], spec)
        else:
            column = Column(spec.name, None, spec.kind, spec.unit, _label(spec.name))
            found.append((column, _numbers(features[spec.name])))
    varied = [(column, values) for column, values in found if _varies(values)]
    stacked = [values for _, values in varied]
    matrix = np.column_stack(stacked) if stacked else np.empty((len(features), 0))
    return FeatureMatrix(matrix, tuple(column for column, _ in varied))


def _spread(values: pd.Series, spec: Feature) -> list[tuple[Column, npt.NDArray[np.float64]]]:
    present = set(values.dropna().unique())
    levels = [level for level in spec.levels if level in present]
    levels += sorted(str(level) for level in present - set(levels))
    missing = values.isna().to_numpy(bool)
    return [
        (
            Column(spec.name, level, "flag", "0 or 1", f"{_label(spec.name)}: {level}"),
            np.where(missing, np.nan, (values == level).to_numpy(bool, na_value=False)),
        )
        for level in levels
    ]


def _numbers(values: pd.Series) -> npt.NDArray[np.float64]:
    return pd.to_numeric(values, errors="coerce").to_numpy(np.float64, na_value=np.nan)


def _varies(values: npt.NDArray[np.float64]) -> bool:
    known = values[~np.isnan(values)]
    return known.size > 0 and bool((known != known[0]).any())


def _label(name: str) -> str:
    return name.replace("_", " ")
