"""Levers as the contrasts whose effects are estimated: each pole and level for itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from assistant.insights.effects import Evidence
from assistant.insights.estimators.design import Contrast, Design, family_means
from assistant.insights.estimators.fixed_effects import (
    Floats,
    Ints,
    TitleSums,
    demean,
    title_starts,
)
from assistant.insights.estimators.observations import Units
from assistant.insights.grading import MIN_TITLES
from index.features.feature import Feature
from index.features.levers.lever import Lever, Side
from index.features.matrix import FeatureMatrix
from index.query.levers import Levers, flag_side

CLEAR = 0.6
"""Steps from its title's middle from which artwork is clearly on one side."""
MAIN = 0.6
"""Share of the largest change in any unrelated axis that a change must reach to count: artwork that
is a little darker but above all cropped says nothing of darkness."""
ELSEWHERE = 2.5
"""Steps in an unrelated axis from which artwork in the middle is no fair comparison: it is another
picture."""
UNRELATED = 0.45
"""Correlation inside titles, in absolute value, under which two axes are unrelated."""
TOGETHER = 0.6
"""Correlation inside titles from which two levers travel together and make a package."""
_TINY = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class LeverDesign(Design):
    """Sides of levers over units.

    Attributes:
        levers: the definitions and how this catalogue turns them.
        sides: what each column of `values` turns the lever to.
        axes: `(units,)` values of each axis in steps, by lever.
        apart: `(units,)` the same less the middle of the title.
        correlations: `(p, p)` inside titles, of `leaning` or, where it is larger, of how far units
            go beyond their title's middle: dark versions may all be soft, light ones no harder.
    """

    levers: Levers
    sides: tuple[Side, ...]
    axes: Mapping[str, Floats]
    apart: Mapping[str, Floats]
    correlations: Floats

    def leaning(self) -> Floats:
        """How far each unit leans to each side, `(units, p)`: its value, or 0 and 1 for a level."""
        return self._towards(self.axes)

    def reaching(self) -> Floats:
        """How far each unit goes beyond its title's middle, `(units, p)`; levels as they are."""
        return np.maximum(self._towards(self.apart), 0.0)

    def _towards(self, axes: Mapping[str, Floats]) -> Floats:
        towards = self.values.copy()
        low = {one.name: at for at, one in reversed(list(enumerate(self.contrasts)))}
        for at, one in enumerate(self.contrasts):
            if one.kind == "pole":
                towards[:, at] = axes[one.name] * (-1 if at == low[one.name] else 1)
        return towards

    def package(self, at: int) -> tuple[int, ...]:
        """Sides of other levers that come with a side in this catalogue, most strongly first."""
        own = self.contrasts[at].name
        near = np.flatnonzero(self.correlations[at] > TOGETHER)
        order = near[np.argsort(-self.correlations[at, near], kind="stable")]
        found: dict[str, int] = {}
        for other in order:
            name = self.contrasts[other].name
            if name != own:
                found.setdefault(name, int(other))
        return tuple(found.values())

    def held(self) -> npt.NDArray[np.bool_]:
        """Which sides are held while one is turned, `(p, p)`: those of other levers, and its own
        opposite pole."""
        owner = np.array([one.name for one in self.contrasts], dtype=object)
        pole = np.array([one.kind == "pole" for one in self.contrasts], dtype=bool)
        other_pole = pole[:, None] & pole & ~np.eye(len(pole), dtype=bool)
        held: npt.NDArray[np.bool_] = other_pole | (owner[:, None] != owner)
        return held


def lever_sides(evidence: Evidence) -> LeverDesign:
    """The sides of levers of evidence that `read_evidence` gathered."""
    assert isinstance(evidence.design, LeverDesign)
    return evidence.design


def lever_design(
    levers: Levers,
    axes: Mapping[str, Floats],
    matrix: FeatureMatrix,
    features: Mapping[str, Feature],
    units: Units,
) -> LeverDesign:
    """Sides of all levers over units (asset families average theirs).

    An effect is told per step of an axis; `change` says how many steps lie between the middle and
    the artwork of a pole. Artwork belongs to a pole where its value lies at least 0.6 steps to
    that side of its title's middle, and where no unrelated axis moved much farther: darkness is
    judged by artwork whose main difference is that it is darker. It is held against the artwork
    of its title that stays within 0.6 steps of the middle and is no altogether different picture.
    A level is held against the title's artwork of the other levels.

    Args:
        axes: `(artworks,)` values of each axis in steps.
        matrix: features over the artworks; its columns of levels and flags become levels.
        features: by name, to tell where flags come from.
    """
    count = len(units.title)
    held, apart = lever_axes(levers, axes, units)
    names = list(held)
    related = np.abs(_correlations(np.column_stack([held[n] for n in names]), units.title)) \
        if names else np.zeros((0, 0))  # fmt: skip
    moved = np.column_stack([np.nan_to_num(np.abs(apart[n])) for n in names]) if names else None
    contrasts: list[Contrast] = []
    sides: list[Side] = []
    columns: list[Floats] = []
    for lever in levers.all:
        if lever.name in held and moved is not None:
            place = names.index(lever.name)
            others = moved[:, related[place] < UNRELATED]
            most = others.max(axis=1, initial=0.0)
            for sign, (key, side) in zip((-1, 1), lever.poles.items(), strict=True):
                name = side.name or key
                own = held[lever.name]
                towards = sign * (own - title_middle(own, units.title, sign))
                on = _pole(towards, most)
                steps = _steps(towards, on, units.title)
                contrasts.append(Contrast(lever.name, name, "pole", steps, f"a step {name}"))
                sides.append(side.model_copy(update={"name": name}))
                columns.append(on * steps)
        for side, values in _levels(lever, matrix, features, levers):
            contrasts.append(Contrast(lever.name, side.name, "level", 1.0, f"{side.name}, or not"))
            sides.append(side)
            columns.append(family_means([values], units.of_artwork, count)[:, 0])
    values = np.column_stack(columns) if columns else np.zeros((count, 0))
    alone = LeverDesign(
        tuple(contrasts), values, levers, tuple(sides), held, apart, np.eye(len(contrasts))
    )
    together = (_correlations(ones, units.title) for ones in (alone.leaning(), alone.reaching()))
    return replace(alone, correlations=np.maximum(*together))


def lever_axes(
    levers: Levers, axes: Mapping[str, Floats], units: Units
) -> tuple[dict[str, Floats], dict[str, Floats]]:
    """Steps of each axis by unit, `(units,)`, and the same less the middle of the title."""
    held = {
        name: family_means([values], units.of_artwork, len(units.title))[:, 0]
        for name, values in axes.items()
        if levers.lever(name) is not None
    }
    return held, {name: values - title_middle(values, units.title) for name, values in held.items()}


def title_middle(values: Floats, title: Ints, seen_from: int = 0) -> Floats:
    """The value of each title's middle artwork, by row, `(n,)`; NaN where nothing is known.

    Of the two in the middle of an even number it is the one nearer to the middle of all artwork,
    so that a title's middle is always an artwork that exists. Where the two are clearly apart, as
    in a title with three dark and three light versions, both are its middle: what lies below is
    held against the upper one, and what lies above against the lower one.

    Args:
        values: `(n,)`, NaN for missing.
        title: `(n,)` title codes, ascending.
        seen_from: -1 for artwork that lies below, 1 for artwork that lies above.
    """
    known = np.isfinite(values)
    middle = np.full(int(title.max(initial=-1)) + 1, np.nan)
    if not known.any():
        return middle[title]
    rows = np.flatnonzero(known)
    order = rows[np.lexsort((values[rows], title[rows]))]
    starts = title_starts(title[order])
    sizes = np.diff(np.r_[starts, len(order)])
    low, high = (values[order[starts + part]] for part in ((sizes - 1) // 2, sizes // 2))
    typical = float(np.median(values[rows]))
    chosen = np.where(np.abs(low - typical) <= np.abs(high - typical), low, high)
    if seen_from:
        chosen = np.where(high - low >= CLEAR, high if seen_from < 0 else low, chosen)
    middle[title[order[starts]]] = chosen
    return middle[title]


def _pole(towards: Floats, most: Floats) -> Floats:
    """1 for artwork clearly on the side, 0 for the middle, NaN for all other."""
    clear = (towards >= CLEAR) & (towards >= MAIN * most)
    with np.errstate(invalid="ignore"):
        middle = (np.abs(towards) < CLEAR) & (most < ELSEWHERE)
    return np.where(clear, 1.0, np.where(middle, 0.0, np.nan))


def _steps(towards: Floats, on: Floats, title: Ints) -> float:
    """Mean steps between the artwork of a side and the middle artwork of the same titles."""
    shift = side_means(on, towards, title)
    return 1.0 if shift is None else shift[1] - shift[0]


def _levels(
    lever: Lever, matrix: FeatureMatrix, features: Mapping[str, Feature], levers: Levers
) -> list[tuple[Side, Floats]]:
    """Sides that levels and flags make, each with its column of the matrix, 0 or 1.

    A level is held against the others that are named: against a grey picture, any leading colour
    would stand for colour itself.
    """
    at = {(column.feature, column.level): j for j, column in enumerate(matrix.columns)}
    levels: dict[str, list[tuple[Side, Floats]]] = {}
    for feature, level, side in lever.sides():
        column = at.get((feature, level))
        if column is None and level == "1":
            column = at.get((feature, None))
        if feature and column is not None:
            levels.setdefault(feature, []).append((side, matrix.values[:, column]))
    found = []
    for known in levels.values():
        named = np.any([values == 1 for _, values in known], axis=0)
        among = named if len(known) > 1 else np.True_
        found += [(side, np.where(among, values, np.nan)) for side, values in known]
    if lever.flags:
        for j, one in enumerate(matrix.columns):
            spec = features.get(one.feature)
            made = spec is not None and spec.kind == "flag" and spec.extractor == lever.flags
            if spec is not None and made and levers.owner(one.feature) is None:
                found.append((flag_side(flag_words(one.feature, spec)), matrix.values[:, j]))
    return found


def flag_words(feature: str, spec: Feature) -> str:
    """What a flag shows, in words: "a beach"."""
    from index.features.concepts.vocabulary import load_vocabulary

    said = next((one.says for one in load_vocabulary().values() if one.feature == feature), "")
    return said or spec.name.replace("_", " ")


def _correlations(values: Floats, title: Ints) -> Floats:
    """Correlation of columns inside titles, `(p, p)`; 0 where it is known of fewer than ten titles.

    Those titles count that vary in the first column: close-ups are rare, and yet always soft, while
    few soft pictures are close-ups.
    """
    sums = TitleSums(title_starts(title), len(values))
    known = np.isfinite(values).astype(np.float64)
    centred = demean(values, np.ones(len(values)), sums)
    squares = centred**2
    varies = (sums.sum(squares) > _TINY).astype(np.float64)
    enough = varies.T @ (sums.sum(known) > 0) >= MIN_TITLES
    power = (squares.T @ known) * ((sums.spread(varies) * known).T @ squares)
    with np.errstate(divide="ignore", invalid="ignore"):
        found = centred.T @ centred / np.sqrt(power)
    correlations: Floats = np.where(enough & (power > 0), np.clip(found, -1, 1), 0.0)
    return correlations


def side_means(column: Floats, measured: Floats, title: Ints) -> tuple[float, float] | None:
    """Mean of something in the middle and on a side, each title with both counting once.

    Args:
        column: `(units,)` of `Design.values`: 0 in the middle, above 0 on the side.
        measured: `(units,)` what is averaged.
        title: `(units,)` title codes, ascending.

    Returns:
        middle and side; None where no title has both.
    """
    known = np.isfinite(column) & np.isfinite(measured)
    size = int(title.max(initial=-1)) + 1
    means = []
    for rows in (known & (column == 0), known & (column > 0)):
        count = np.bincount(title[rows], minlength=size)
        with np.errstate(invalid="ignore", divide="ignore"):
            means.append(np.bincount(title[rows], measured[rows], size) / count)
    both = np.isfinite(means[0]) & np.isfinite(means[1])
    if not both.any():
        return None
    return float(means[0][both].mean()), float(means[1][both].mean())
