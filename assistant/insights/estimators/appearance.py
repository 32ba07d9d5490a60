"""What artwork looks like, as numbers on one scale, for artwork of the index and for new."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from assistant.insights.estimators.design import Control, FeatureDesign
from assistant.insights.estimators.fixed_effects import Floats
from assistant.insights.estimators.observations import Units

if TYPE_CHECKING:
    from index.features.feature import Value
    from index.records import FloatMatrix

PICTURE = "picture as a whole"
"""Stands for the components of the image vectors, which no feature names."""
_COMPONENTS = 24


@dataclass(frozen=True, slots=True, eq=False)
class AppearanceScale:
    """How `Looks.values` are made, so that new artwork can be put on the same scale.

    Attributes:
        recipes: of the feature columns.
        components: a fitted PCA of the image vectors, or None.
        middle, spread: `(p,)` of the columns before scaling.
    """

    recipes: tuple[Control, ...]
    components: Any
    middle: Floats
    spread: Floats

    @property
    def owners(self) -> tuple[str, ...]:
        """The feature that each column belongs to, or PICTURE."""
        rest = len(self.middle) - len(self.recipes)
        return (*(recipe.feature for recipe in self.recipes), *[PICTURE] * rest)

    def apply(self, features: Sequence[Mapping[str, Value]], vectors: FloatMatrix | None) -> Floats:
        """Looks `(m, p)` of new artwork; what could not be measured is at the mean.

        Args:
            features: m times values by feature name.
            vectors: `(m, d)` vectors of the space the scale was made from.
        """
        columns = [recipe.encode(_values(features, recipe)) for recipe in self.recipes]
        parts = [np.column_stack(columns) if columns else np.zeros((len(features), 0))]
        if self.components is not None:
            parts.append(self.components.transform(np.asarray(vectors)))
        return _scaled(np.column_stack(parts), self.middle, self.spread)


@dataclass(frozen=True, slots=True, eq=False)
class Appearance:
    """What artwork of one catalogue looks like.

    Attributes:
        values: `(units, p)` features and leading components of the image vectors, each with unit
            spread; what could not be measured is at the mean.
        scale: how they were made.
    """

    values: Floats
    scale: AppearanceScale | None = None


def measure_appearance(
    design: FeatureDesign,
    units: Units,
    vectors: FloatMatrix | None,
    *,
    among: Collection[str] | None = None,
    seed: int = 7,
) -> Appearance:
    """Features and image components of every unit (asset families average theirs).

    Args:
        vectors: `(artworks, d)` image vectors, or None for features alone.
        among: features to look at; all by default.
    """
    from sklearn.decomposition import PCA

    kept = [j for j, one in enumerate(design.recipes) if among is None or one.feature in among]
    parts, components = [design.controls[:, kept]], None
    if vectors is not None and len(vectors) > _COMPONENTS:
        width = min(_COMPONENTS, vectors.shape[1])
        components = PCA(width, svd_solver="randomized", random_state=seed).fit(vectors)
        summed = np.zeros((len(units.title), width))
        np.add.at(summed, units.of_artwork, components.transform(vectors))
        parts.append(summed / units.artworks[:, None])
    values = np.column_stack(parts)
    middle, spread = np.nanmean(values, axis=0), np.nanstd(values, axis=0)
    recipes = tuple(design.recipes[j] for j in kept)
    scale = AppearanceScale(recipes, components, middle, spread)
    return Appearance(_scaled(values, middle, spread), scale)


def _scaled(values: Floats, middle: Floats, spread: Floats) -> Floats:
    scaled: Floats = np.nan_to_num((values - middle) / np.where(spread > 0, spread, 1.0))
    return scaled


def _values(features: Sequence[Mapping[str, Value]], recipe: Control) -> Floats:
    """The column of a feature, or of one of its categories, as numbers."""
    found = np.full(len(features), np.nan)
    for row, measured in enumerate(features):
        value = measured.get(recipe.feature)
        if recipe.category is not None:
            found[row] = np.nan if value is None else float(value == recipe.category)
        elif value is not None and not isinstance(value, str):
            found[row] = value
    return found
