"""Features as the contrasts whose effects are estimated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from assistant.insights.fixed_effects import Floats, Ints

if TYPE_CHECKING:
    from index.features.matrix import FeatureMatrix

MIDDLE = "middle third"
_FEW = 12
_COMMON = 0.05


@dataclass(frozen=True, slots=True)
class Contrast:
    """One change of a feature whose effect is estimated.

    `label` names it for people. `change` is the size of the step in the feature's own unit (1 for
    a level), `step` says it in words, e.g. "+1 sd (0.12 share)" or "2 against 0".
    """

    feature: str
    level: str | None
    kind: str
    change: float
    step: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Design:
    """Contrasts per unit.

    Attributes:
        contrasts: what each column of `values` is.
        values: `(units, p)`; NaN where the unit is not part of the contrast.
        controls: `(units, k)`; each feature once, complete but for what could not be measured.
        control_features: feature of each column of `controls`.
        control_levels: its level, or None.
    """

    contrasts: tuple[Contrast, ...]
    values: Floats
    controls: Floats
    control_features: tuple[str, ...]
    control_levels: tuple[str | None, ...]


def build_design(matrix: FeatureMatrix, of_artwork: Ints, units: int) -> Design:
    """Turn a feature matrix over artworks into contrasts over units (families average theirs).

    Numbers and shares are taken per standard deviation and, where they vary enough, as the middle
    third against the outer ones, so that an optimum in the middle is seen. Counts are levels
    (1, 2, 3+) each against none; a count that is hardly ever 0 starts from its lowest common
    level. Flags and category levels are 0 or 1.

    Args:
        matrix: values `(n, p)` with their columns.
        of_artwork: `(n,)` unit of each artwork.
        units: number of units.
    """
    contrasts: list[Contrast] = []
    values: list[Floats] = []
    controls: list[Floats] = []
    control_of: list[tuple[str, str | None]] = []

    def control(feature: str, level: str | None, column: Floats) -> None:
        controls.append(column)
        control_of.append((feature, level))

    for at, column in enumerate(matrix.columns):
        x = np.asarray(matrix.values[:, at], dtype=np.float64)
        known = x[np.isfinite(x)]
        if len(known) == 0 or np.ptp(known) == 0:
            continue
        if column.kind == "count":
            labels, indicators = _count_levels(x, known)
            for label, indicator in zip(labels[1:], indicators[1:], strict=True):
                base = np.where(indicators[0] == 1, 0.0, np.nan)
                step = f"{label} against {labels[0]}"
                contrasts.append(
                    Contrast(column.feature, label, "count", 1.0, step, f"{column.label}: {label}")
                )
                values.append(np.where(indicator == 1, 1.0, base))
                control(column.feature, label, indicator)
        elif column.level is not None or column.kind == "flag":
            step = f"{column.level} against others" if column.level else "with against without"
            contrasts.append(
                Contrast(column.feature, column.level, column.kind, 1.0, step, column.label)
            )
            values.append(x)
            control(column.feature, column.level, x)
        else:
            sd = float(np.std(known))
            amount = f"{sd:.3g} {column.unit}".strip()
            step = f"+1 sd ({amount})"
            contrasts.append(Contrast(column.feature, None, column.kind, sd, step, column.label))
            values.append((x - known.mean()) / sd)
            control(column.feature, None, values[-1])
            low, high = np.quantile(known, [1 / 3, 2 / 3])
            if len(np.unique(known[:2000])) > _FEW and known.min() < low < high < known.max():
                contrasts.append(
                    Contrast(
                        column.feature,
                        MIDDLE,
                        column.kind,
                        1.0,
                        f"{MIDDLE} against outer",
                        f"{column.label}: {MIDDLE}",
                    )
                )
                middle = ((x >= low) & (x <= high)).astype(np.float64)
                values.append(np.where(np.isfinite(x), middle, np.nan))
    return Design(
        tuple(contrasts),
        family_means(values, of_artwork, units),
        family_means(controls, of_artwork, units),
        tuple(feature for feature, _ in control_of),
        tuple(level for _, level in control_of),
    )


def _count_levels(x: Floats, known: Floats) -> tuple[list[str], list[Floats]]:
    """Levels of a count from its lowest common value up, the last one open, as 0/1 columns."""
    whole = np.round(x)
    lowest = int(np.round(known.min()))
    while np.mean(np.round(known) <= lowest) < _COMMON:
        lowest += 1
    tops = [lowest + step for step in range(3)]
    missing = ~np.isfinite(x)
    labels = [str(top) for top in tops] + [f"{tops[-1] + 1}+"]
    if np.any(np.round(known) < lowest):
        labels[0] = f"{lowest} or fewer"
    masks = [whole <= tops[0], whole == tops[1], whole == tops[2], whole > tops[2]]
    levels = [
        (label, np.where(missing, np.nan, mask.astype(np.float64)))
        for label, mask in zip(labels, masks, strict=True)
        if mask.any()
    ]
    return [label for label, _ in levels], [indicator for _, indicator in levels]


def family_means(columns: list[Floats], of_artwork: Ints, units: int) -> Floats:
    """Columns over artworks averaged over asset families, NaN left out, `(units, columns)`."""
    if not columns:
        return np.zeros((units, 0))
    stacked = np.column_stack(columns)
    order = np.argsort(of_artwork, kind="stable")
    starts = np.searchsorted(of_artwork[order], np.arange(units))
    stacked = stacked[order]
    finite = np.isfinite(stacked)
    total = np.add.reduceat(np.where(finite, stacked, 0.0), starts, axis=0)
    held = np.add.reduceat(finite, starts, axis=0)
    with np.errstate(invalid="ignore"):
        means: Floats = np.where(held > 0, total / np.maximum(held, 1), np.nan)
    return means
