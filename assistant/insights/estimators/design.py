"""Contrasts whose effects are estimated; those of features, one at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from assistant.insights.estimators.fixed_effects import Floats, Ints

if TYPE_CHECKING:
    from index.features.matrix import FeatureMatrix

MIDDLE = "middle third"
_FEW = 12
_COMMON = 0.05


@dataclass(frozen=True, slots=True)
class Contrast:
    """One change whose effect is estimated.

    Attributes:
        name: the lever, feature or theme that changes.
        side: the pole or level it changes to; None where a number grows.
        kind: "pole" or "level" of a lever, else the kind of the feature.
        change: size of the step in the unit of `name` (1 for a side).
        step: the step in words, e.g. "+1 sd (0.12 share)" or "2 against 0".
    """

    name: str
    side: str | None
    kind: str
    change: float
    step: str


@dataclass(frozen=True, slots=True, eq=False)
class Design:
    """Contrasts per unit.

    Attributes:
        contrasts: what each column of `values` is.
        values: `(units, p)`; NaN where the unit is not part of the contrast.
    """

    contrasts: tuple[Contrast, ...]
    values: Floats

    def column(self, name: str, side: str | None) -> int:
        """Place of a contrast.

        Raises:
            KeyError: there is no such contrast.
        """
        for at, one in enumerate(self.contrasts):
            if (one.name, one.side) == (name, side):
                return at
        raise KeyError((name, side))


@dataclass(frozen=True, slots=True)
class Control:
    """How a column of controls is made from measured values, of this index or of new artwork.

    A count becomes 1 from `low` to `high`, 0 elsewhere; anything else is value / spread.

    Attributes:
        feature, level: what the column is of.
        category: the level of a category whose 0/1 column is read, else None.
        unit: of the feature's values.
    """

    feature: str
    level: str | None
    category: str | None = None
    unit: str = ""
    spread: float = 1.0
    low: float | None = None
    high: float | None = None

    def encode(self, values: Floats) -> Floats:
        """Values of the feature (0 or 1 for a category's level), NaN for missing, `(n,)`."""
        if self.low is None or self.high is None:
            scaled: Floats = values / self.spread
            return scaled
        whole = np.round(values)
        inside = ((whole >= self.low) & (whole <= self.high)).astype(np.float64)
        return np.where(np.isfinite(values), inside, np.nan)


@dataclass(frozen=True, slots=True, eq=False)
class FeatureDesign(Design):
    """Contrasts of features one at a time: the members of levers.

    Attributes:
        controls: `(units, k)`; each feature once, complete but for what could not be measured.
        recipes: how each column of `controls` is made.
    """

    controls: Floats
    recipes: tuple[Control, ...]


def feature_design(matrix: FeatureMatrix, of_artwork: Ints, units: int) -> FeatureDesign:
    """Turn a feature matrix over artworks into contrasts over units (families average theirs).

    Numbers and shares are taken per standard deviation and, where they vary enough, as the middle
    third against the outer ones, so that an optimum in the middle is seen. Counts are levels
    (1, 2, 3+) each against none; a count that is hardly ever 0 starts from its lowest common
    level. Flags and category levels are 0 or 1.

    Args:
        matrix: values `(n, p)` with their columns.
        of_artwork: `(n,)` unit of each artwork.
    """
    contrasts: list[Contrast] = []
    values: list[Floats] = []
    controls: list[Floats] = []
    recipes: list[Control] = []

    def control(recipe: Control, x: Floats) -> Floats:
        recipes.append(recipe)
        controls.append(recipe.encode(x))
        return controls[-1]

    for at, column in enumerate(matrix.columns):
        x = np.asarray(matrix.values[:, at], dtype=np.float64)
        known = x[np.isfinite(x)]
        if len(known) == 0 or np.ptp(known) == 0:
            continue
        if column.kind == "count":
            (lowest, _, top), *levels = _count_levels(known)
            none = np.round(x) <= top
            for label, low, high in levels:
                step = f"{label} against {lowest}"
                contrasts.append(Contrast(column.feature, label, "count", 1.0, step))
                recipe = Control(column.feature, label, None, column.unit, low=low, high=high)
                has = control(recipe, x)
                values.append(np.where(has == 1, 1.0, np.where(none, 0.0, np.nan)))
        elif column.level is not None or column.kind == "flag":
            step = f"{column.level} against others" if column.level else "with against without"
            contrasts.append(Contrast(column.feature, column.level, column.kind, 1.0, step))
            recipe = Control(column.feature, column.level, column.level, column.unit)
            values.append(control(recipe, x))
        else:
            sd = float(np.std(known))
            amount = f"{sd:.3g} {column.unit}".strip()
            step = f"+1 sd ({amount})"
            contrasts.append(Contrast(column.feature, None, column.kind, sd, step))
            recipe = Control(column.feature, None, None, column.unit, spread=sd)
            values.append(control(recipe, x))
            low, high = np.quantile(known, [1 / 3, 2 / 3])
            if len(np.unique(known[:2000])) > _FEW and known.min() < low < high < known.max():
                step = f"{MIDDLE} against outer"
                contrasts.append(Contrast(column.feature, MIDDLE, column.kind, 1.0, step))
                inside = ((x >= low) & (x <= high)).astype(np.float64)
                values.append(np.where(np.isfinite(x), inside, np.nan))
    return FeatureDesign(
        tuple(contrasts),
        family_means(values, of_artwork, units),
        family_means(controls, of_artwork, units),
        tuple(recipes),
    )


def _count_levels(known: Floats) -> list[tuple[str, float, float]]:
    """Levels of a count from its lowest common value up, the last one open: name, low, high.

    Only those that occur; the first is what the others are held against.
    """
    whole = np.round(known)
    lowest = int(whole.min())
    while np.mean(whole <= lowest) < _COMMON:
        lowest += 1
    first = str(lowest) if not np.any(whole < lowest) else f"{lowest} or fewer"
    levels = [
        (first, -np.inf, float(lowest)),
        (str(lowest + 1), lowest + 1.0, lowest + 1.0),
        (str(lowest + 2), lowest + 2.0, lowest + 2.0),
        (f"{lowest + 3}+", lowest + 3.0, np.inf),
    ]
    return [one for one in levels if np.any((whole >= one[1]) & (whole <= one[2]))]


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
