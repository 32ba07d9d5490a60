"""What exemplars share, held against the other artworks of their own titles."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from assistant.insights.grading import FALSE_DISCOVERY_RATE, LEVEL, assign_part, q_values
from index.records import Grade

if TYPE_CHECKING:
    import pandas as pd

    from index.features.matrix import FeatureMatrix

MIN_TITLES = 8
"""Fewer titles than this make no claim: the interval itself could not be trusted."""

_Floats = npt.NDArray[np.float64]
_Rows = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class SharedFeature:
    """How exemplars differ from their own titles' other artworks in one feature.

    Attributes:
        feature, level: the feature and, for a category, which of its levels.
        kind, unit: of the means; a flag's mean is the share of artworks that have it.
        exemplar_mean, baseline_mean: means over titles, each title counting once.
        difference, low, high: with its 90% interval over titles.
        q: smallest false discovery rate at which the difference would be named.
        artworks, titles: exemplars and titles behind it.
        test: what an experiment said: level, cluster, platform, effect, low, high, impressions,
            verdict; None where there was none.
    """

    feature: str
    level: str | None
    label: str
    kind: str
    unit: str
    exemplar_mean: float
    baseline_mean: float
    difference: float
    low: float
    high: float
    p: float
    q: float
    artworks: int
    titles: int
    grade: Grade
    test: dict[str, Any] | None = None


def _title_means(values: _Floats, titles: pd.Series, rows: _Rows) -> pd.DataFrame:
    import pandas as pd

    frame = pd.DataFrame(values[rows])
    return frame.groupby(titles.to_numpy()[rows]).mean()


def _tests(differences: _Floats) -> list[tuple[float, float, float, float]]:
    """Mean, 90% interval and p of each column: one difference a title (t, titles − 1 degrees)."""
    from scipy.stats import t

    known = (~np.isnan(differences)).sum(axis=0)
    usable = known >= 2
    with warnings.catch_warnings(), np.errstate(divide="ignore", invalid="ignore"):
        warnings.simplefilter("ignore", RuntimeWarning)
        mean = np.nanmean(differences, axis=0)
        error = np.nanstd(differences, axis=0, ddof=1) / np.sqrt(known)
        highest = np.nanmax(differences, axis=0, initial=-np.inf)
        usable &= highest > np.nanmin(differences, axis=0, initial=np.inf)
        degrees = np.maximum(known - 1, 1)
        low, high = t.interval(LEVEL, degrees, loc=mean, scale=error)
        p = 2 * t.sf(np.abs(mean / error), degrees)
    unknown = np.where(usable, 0.0, np.nan)
    ends = (mean, low + unknown, high + unknown, np.where(usable, p, 1.0))
    return list(zip(*(end.tolist() for end in ends), strict=True))


def _off_zero(low: float, high: float) -> bool:
    return low > 0 or high < 0


def _grade(
    whole: tuple[float, float, float, float],
    q: float,
    explored: tuple[float, float, float, float],
    explored_q: float,
    confirmed: tuple[float, float, float, float],
    titles: int,
) -> Grade:
    mean, low, high, _ = whole
    if titles < MIN_TITLES or not _off_zero(low, high):
        return Grade.INSUFFICIENT
    same_sign = mean * explored[0] > 0 and mean * confirmed[0] > 0
    if not (q <= FALSE_DISCOVERY_RATE and same_sign):
        return Grade.SUGGESTIVE
    if explored_q <= FALSE_DISCOVERY_RATE and _off_zero(confirmed[1], confirmed[2]):
        return Grade.CONFIRMED
    return Grade.SUPPORTED


def share_features(
    matrix: FeatureMatrix, titles: pd.Series, exemplars: _Rows, pool: _Rows
) -> list[SharedFeature]:
    """Compare exemplars with the other artworks of their own titles, feature by feature.

    Each title gives one difference (mean of its exemplars − mean of its other artworks), so a
    popular title counts as much as any other and whatever a title's artworks have in common
    cancels out. Intervals and p values are Student's t over titles; false discoveries are held
    by Benjamini & Hochberg (1995) over all columns at once.

    Args:
        matrix: features of all artworks, missing values NaN.
        titles: title id of each row of `matrix`.
        exemplars: rows that did well.
        pool: rows of the same titles that exemplars are held against; rows that are exemplars
            too are left out of the baseline.

    Returns:
        Every column with at least two titles that differ, best graded first.
    """
    baseline = np.setdiff1d(pool, exemplars)
    with np.errstate(invalid="ignore"):
        chosen = _title_means(matrix.values, titles, exemplars)
        others = _title_means(matrix.values, titles, baseline)
    both = chosen.index.intersection(others.index)
    chosen, others = chosen.loc[both], others.loc[both]
    differences = (chosen - others).to_numpy(dtype=np.float64)
    aside = np.array([assign_part(str(title)) == "confirm" for title in both], dtype=bool)
    tests = _tests(differences)
    explored = _tests(differences[~aside])
    confirmed = _tests(differences[aside])
    compared = np.array([not np.isnan(test[1]) for test in tests])
    q = q_values(np.array([test[3] for test in tests]), compared)
    explored_q = q_values(np.array([test[3] for test in explored]), compared)
    of_exemplar = titles.to_numpy()[exemplars]
    shared = []
    for position, column in enumerate(matrix.columns):
        known = ~np.isnan(differences[:, position])
        if not compared[position]:
            continue
        named = both[known]
        has_value = ~np.isnan(matrix.values[exemplars, position])
        mean, low, high, p = tests[position]
        shared.append(
            SharedFeature(
                feature=column.feature,
                level=column.level,
                label=column.label,
                kind=column.kind,
                unit=column.unit,
                exemplar_mean=float(chosen.to_numpy()[known, position].mean()),
                baseline_mean=float(others.to_numpy()[known, position].mean()),
                difference=mean,
                low=low,
                high=high,
                p=p,
                q=float(q[position]),
                artworks=int((np.isin(of_exemplar, named) & has_value).sum()),
                titles=int(known.sum()),
                grade=_grade(
                    tests[position],
                    float(q[position]),
                    explored[position],
                    float(explored_q[position]),
                    confirmed[position],
                    int(known.sum()),
                ),
            )
        )
    return strongest_first(shared)


def strongest_first(shared: list[SharedFeature]) -> list[SharedFeature]:
    """Best graded first, then by p."""
    rank = {grade: position for position, grade in enumerate(Grade)}
    return sorted(shared, key=lambda one: (-rank[one.grade], one.p, one.feature, one.level or ""))
