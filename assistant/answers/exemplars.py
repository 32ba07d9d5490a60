"""Choosing exemplars and pairing each with its counter-example."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from assistant.answers.lift import AudienceLift
from index.records import FloatMatrix

WEIGHTS = {"relevance": 0.6, "performance": 0.3, "affinity": 0.1}
CANDIDATES_PER_EXEMPLAR = 10
DIVERSITY = 0.25
"""How much likeness to the exemplars already chosen counts against the next one (MMR)."""

_Floats = npt.NDArray[np.float64]
_Rows = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Choice:
    """One exemplar by row, its score, and its counter-example: an artwork of the same title."""

    row: int
    score: float
    counter_example: int | None


def unit_interval(values: _Floats) -> _Floats:
    """Values squeezed monotonically into 0..1, 0.5 at zero; unknown is 0.5."""
    squeezed: _Floats = 0.5 * (1 + np.tanh(np.nan_to_num(values, nan=0.0)))
    return squeezed


def score(relevance: _Floats, lift: AudienceLift | None, affinity: _Floats) -> _Floats:
    """Weigh relevance, the lower bound of performance, and affinity into one score, 0 to 1."""
    low = lift.low if lift else np.full(relevance.shape, np.nan)
    weighed: _Floats = (
        WEIGHTS["relevance"] * relevance
        + WEIGHTS["performance"] * performance_part(low)
        + WEIGHTS["affinity"] * unit_interval(affinity)
    )
    return weighed


def performance_part(low: _Floats) -> _Floats:
    """The lower bound of a lift (log-odds) on 0 to 1."""
    return unit_interval(2 * low)


def diversify(
    order: _Rows,
    scores: _Floats,
    vectors: FloatMatrix,
    titles: Sequence[str],
    families: Sequence[str],
    k: int,
    pinned: Sequence[int] = (),
) -> list[int]:
    """Pick up to `k` rows by maximal marginal relevance, one a title and one a family.

    Pinned rows come first and in their order, however alike they are.

    Source: Carbonell & Goldstein, SIGIR 1998.

    Args:
        order: candidate rows, best first.
        vectors: unit image vectors of every row.
    """
    candidates = order[: k * CANDIDATES_PER_EXEMPLAR]
    own, gains = vectors[candidates], scores[candidates]
    likeness = np.zeros(len(candidates))
    open_ = np.ones(len(candidates), dtype=bool)
    seen_titles: set[str] = set()
    seen_families: set[str] = set()
    picked: list[int] = []

    def pick(row: int) -> None:
        picked.append(row)
        seen_titles.add(titles[row])
        seen_families.add(families[row])
        np.maximum(likeness, np.einsum("ij,j->i", own, vectors[row]), out=likeness)

    for row in pinned[:k]:
        pick(row)
    while open_.any() and len(picked) < k:
        at = int(np.argmax(np.where(open_, gains - DIVERSITY * likeness, -np.inf)))
        open_[at] = False
        row = int(candidates[at])
        if titles[row] not in seen_titles and families[row] not in seen_families:
            pick(row)
    return picked


def find_counter_example(
    row: int,
    lift: AudienceLift,
    allowed: npt.NDArray[np.bool_],
    titles: npt.NDArray[np.str_],
) -> int | None:
    """The same title's worst artwork if it did badly with the audience, else none."""
    own = np.flatnonzero(allowed & lift.did_badly & (titles == titles[row]))
    own = own[own != row]
    return int(own[np.argmin(lift.high[own])]) if own.size else None


def choose(
    scores: _Floats,
    lift: AudienceLift | None,
    allowed: npt.NDArray[np.bool_],
    vectors: FloatMatrix,
    titles: npt.NDArray[np.str_],
    families: Sequence[str],
    k: int,
    pinned: Sequence[int] = (),
) -> list[Choice]:
    """Up to `k` exemplars among the allowed rows, each with its counter-example.

    Of the rows pinned by hand those that did well come first; a pick makes no loser a winner.
    Without performance data the most relevant artworks are returned, with no counter-example.
    """
    eligible = allowed.copy()
    if lift is not None:
        eligible &= lift.did_well
    rows = np.flatnonzero(eligible)
    order = rows[np.argsort(-scores[rows], kind="stable")]
    first = [row for row in pinned if eligible[row]]
    picked = diversify(order, scores, vectors, titles.tolist(), families, k, first)
    return [
        Choice(
            row,
            float(scores[row]),
            None if lift is None else find_counter_example(row, lift, allowed, titles),
        )
        for row in picked
    ]
