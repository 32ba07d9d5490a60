"""Two variants that differ in one feature, and past artwork that shows what each looks like."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from assistant.insights.effects import Evidence
from assistant.insights.estimators.design import Control
from assistant.insights.estimators.fixed_effects import Floats
from assistant.wording import phrase

if TYPE_CHECKING:
    import pandas as pd

    from assistant.answers.answer import Answer
    from index.store import Index

EXAMPLES = 2
_APART = 0.5
"""Standard deviations from the mean at which artwork counts as having more or less of a number."""
_TITLES_TRIED = 300


@dataclass(frozen=True, slots=True)
class Arm:
    """One variant: its name, the value it is to have, and past artwork that has it."""

    name: str
    value: str
    artworks: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class MinimalPair:
    """The change in words, the two arms, and how many steps of the contrast lie between them."""

    change: str
    arms: tuple[Arm, Arm]
    steps: float


def minimal_pair(
    answer: Answer, evidence: Evidence, index: Index, feature: str, level: str | None
) -> MinimalPair:
    """Two variants for one contrast.

    A number is set to the middle of its highest and of its lowest third among past artwork, a
    count or category to the level and to the commonest value it is held against. Arm i of each
    example is artwork of one title; the pair is the one most alike in everything else measured,
    from the titles of the brief's exemplars where they have one.

    Args:
        answer: of the brief.
        evidence: what the contrast was estimated from.
        index: the same index.
        feature, level: a contrast of the design that is not a middle third.
    """
    design = evidence.design
    at = next(
        j for j, one in enumerate(design.contrasts) if (one.feature, one.level) == (feature, level)
    )
    recipe = next(one for one in design.recipes if (one.feature, one.level) == (feature, level))
    a, b, steps = _values(index, recipe, design.contrasts[at].kind)
    pairs = _examples(answer, evidence, at, feature)
    shown = index.table("artworks", columns=["artwork_id", "title_id", "path"])
    first = _first_artwork(evidence)
    examples: list[list[dict[str, Any]]] = [
        [shown.slice(first[pair[side]], 1).to_pylist()[0] for pair in pairs] for side in (0, 1)
    ]
    return MinimalPair(
        f"{phrase(feature)}: {a} in A, {b} in B",
        (Arm("A", a, tuple(examples[0])), Arm("B", b, tuple(examples[1]))),
        steps,
    )


def _values(index: Index, recipe: Control, kind: str) -> tuple[str, str, float]:
    """What the arms are set to, in words, and the steps between them."""
    from assistant.wording import amount
    from index.query.features import feature_column

    column: pd.Series[Any] = feature_column(index, recipe.feature).to_pandas().dropna()
    if recipe.category is not None:
        others = column[column != recipe.category]
        return recipe.category, str(others.mode().iloc[0]), 1.0
    if recipe.low is not None and recipe.level is not None:
        lower = column[column.round() < recipe.low]
        return recipe.level, f"{lower.round().min():.0f}", 1.0
    if kind == "flag":
        return "yes", "no", 1.0
    low, high = np.quantile(column.to_numpy(np.float64), [1 / 6, 5 / 6])
    steps = float((high - low) / recipe.spread)
    return amount(high, kind, recipe.unit), amount(low, kind, recipe.unit), steps


def _examples(answer: Answer, evidence: Evidence, at: int, feature: str) -> list[tuple[int, int]]:
    """Units of one title, one with and one without, most alike otherwise."""
    design, units = evidence.design, evidence.units
    value = design.values[:, at]
    two_valued = design.contrasts[at].kind in {"flag", "count", "category"}
    has = value >= (1.0 if two_valued else _APART)
    lacks = value <= (0.0 if two_valued else -_APART)
    others = design.controls[:, [name != feature for name in design.control_features]]
    wanted = [one.title_id for one in answer.exemplars]
    code = {str(title): row for row, title in enumerate(units.title_ids)}
    first = [code[title] for title in wanted if title in code]
    both = np.intersect1d(units.title[has], units.title[lacks])
    rest = [int(title) for title in both if title not in set(first)][:_TITLES_TRIED]
    found: list[tuple[int, int]] = []
    for tier in (first, rest):
        near = [
            pair for title in tier if (pair := _nearest(title, units.title, has, lacks, others))
        ]
        found += [(one, two) for _, one, two in sorted(near)[: EXAMPLES - len(found)]]
    return found


def _nearest(
    title: int,
    title_of_unit: npt.NDArray[np.int64],
    has: npt.NDArray[np.bool_],
    lacks: npt.NDArray[np.bool_],
    others: Floats,
) -> tuple[float, int, int] | None:
    start, stop = np.searchsorted(title_of_unit, [title, title + 1])
    one = start + np.flatnonzero(has[start:stop])
    two = start + np.flatnonzero(lacks[start:stop])
    if len(one) == 0 or len(two) == 0:
        return None
    gaps = np.nan_to_num(np.abs(others[one][:, None] - others[two][None])).mean(axis=2)
    i, j = np.unravel_index(int(np.argmin(gaps)), gaps.shape)
    return float(gaps[i, j]), int(one[i]), int(two[j])


def _first_artwork(evidence: Evidence) -> npt.NDArray[np.intp]:
    """Row of one artwork of each unit."""
    _, first = np.unique(evidence.units.of_artwork, return_index=True)
    return first
