"""What exemplars share in single features: detail for `--json`, graded as every claim is."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from assistant.insights.grading import LEVEL, confirming, grade_claims
from assistant.insights.json_values import json_rows
from index.features.matrix import FeatureMatrix
from index.records import Grade

_Floats = npt.NDArray[np.float64]
_Rows = npt.NDArray[np.intp]
_SHOWN = ("feature", "level", "label", "kind", "unit", "exemplar_mean", "baseline_mean",
          "difference", "low", "high", "p", "q", "artworks", "titles", "grade")  # fmt: skip


def share_features(
    matrix: FeatureMatrix,
    titles: pd.Series,
    exemplars: _Rows,
    pool: _Rows,
    lever: Callable[[str], str | None],
) -> list[dict[str, Any]]:
    """Compare exemplars with the other artworks of their own titles, feature by feature.

    Each title gives one difference (mean of its exemplars − mean of its other artworks), so a
    popular title counts as much as any other and whatever a title's artworks have in common
    cancels out. Intervals and p values are Student's t over titles; a lever's features are one
    family of tests.

    Args:
        matrix: features of all artworks, missing values NaN.
        titles: title id of each row of `matrix`.
        exemplars: rows that did well.
        pool: rows of the same titles that exemplars are held against; rows that are exemplars
            too are left out of the baseline.
        lever: name of the lever that a feature belongs to.

    Returns:
        plain values, as docs/json.md describes them, of every column with at least two titles
        that differ; best graded first.
    """
    baseline = np.setdiff1d(pool, exemplars)
    chosen, others = (
        pd.DataFrame(matrix.values[rows]).groupby(titles.to_numpy()[rows]).mean()
        for rows in (exemplars, baseline)
    )
    both = chosen.index.intersection(others.index)
    if len(both) < 2:
        return []
    chosen, others = chosen.loc[both], others.loc[both]
    differences = (chosen - others).to_numpy(dtype=np.float64)
    aside = confirming(both.tolist())
    known = ~np.isnan(differences)
    of_exemplar = np.isin(titles.to_numpy()[exemplars], both.to_numpy())
    table = pd.DataFrame(
        {
            "feature": [one.feature for one in matrix.columns],
            "level": [one.level for one in matrix.columns],
            "label": [one.label for one in matrix.columns],
            "kind": [one.kind for one in matrix.columns],
            "unit": [one.unit for one in matrix.columns],
            "exemplar_mean": _known_means(chosen.to_numpy(), known),
            "baseline_mean": _known_means(others.to_numpy(), known),
            **_tests(differences, ""),
            **_tests(differences[~aside], "explore_"),
            **_tests(differences[aside], "confirm_"),
            "artworks": (~np.isnan(matrix.values[exemplars][of_exemplar])).sum(axis=0),
        }
    )
    table = table.assign(lever=[lever(name) or name for name in table["feature"]])
    graded = grade_claims(table, "lever", negligible=0.0, worthwhile=0.0)
    order = [grade.value for grade in reversed(Grade)]
    ranked = (
        graded[np.isfinite(graded["low"])]
        .assign(rank=lambda rows: rows["grade"].map(order.index), difference=graded["effect"])
        .sort_values(["rank", "p", "feature"], kind="stable")
    )
    rows = json_rows(ranked.astype({"titles": int})[list(_SHOWN)])
    return [row | {"test": None} for row in rows]


def _known_means(values: _Floats, known: npt.NDArray[np.bool_]) -> _Floats:
    total = np.where(known, values, 0.0).sum(axis=0)
    means: _Floats = total / np.maximum(known.sum(axis=0), 1)
    return means


def _tests(differences: _Floats, part: str) -> dict[str, _Floats]:
    """Mean, 90% interval and p of each column: one difference a title (t, titles − 1 degrees)."""
    from scipy.special import stdtr, stdtrit

    titles = (~np.isnan(differences)).sum(axis=0)
    with warnings.catch_warnings(), np.errstate(divide="ignore", invalid="ignore"):
        warnings.simplefilter("ignore", RuntimeWarning)
        mean = np.nanmean(differences, axis=0)
        error = np.nanstd(differences, axis=0, ddof=1) / np.sqrt(titles)
        degrees = np.maximum(titles - 1.0, 1.0)
        usable = (titles >= 2) & (error > 0)
        half = stdtrit(degrees, (1 + LEVEL) / 2) * error
        p = 2 * stdtr(degrees, -np.abs(mean / error))
    found = {"effect": mean, "low": mean - half, "high": mean + half, "p": p, "df": degrees}
    ends = {name: np.where(usable, values, np.nan) for name, values in found.items()}
    return {part + name: values for name, values in (ends | {"titles": titles}).items()}
