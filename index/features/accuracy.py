"""How right features are, as measured on posters that were labelled by eye."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

FIGURES = Path(__file__).with_name("accuracy.csv")
CONCEPT_FIGURES = Path(__file__).with_name("accuracy_concepts.csv")
"""Written by benchmarks/accuracy.py and benchmarks/concepts.py."""
CONFUSION = Path(__file__).with_name("confusion.csv")
"""How often each level is read as which other; written by benchmarks/accuracy.py."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One measure of one feature's accuracy, with its 90% interval.

    Attributes:
        feature: its name.
        measure: what was measured: "exact or ±1", "correlation" …
        value, low, high: the figure and its interval, 0…1.
        posters: on how many posters.
    """

    feature: str
    measure: str
    value: float
    low: float
    high: float
    posters: int


def accuracy_figures() -> tuple[Figure, ...]:
    """Every figure there is, in the order in which they were measured."""
    return tuple(figure for path in (FIGURES, CONCEPT_FIGURES) for figure in _read(path))


def _read(path: Path) -> list[Figure]:
    with path.open(encoding="utf-8", newline="") as file:
        return [
            Figure(
                row["feature"],
                row["measure"],
                float(row["value"]),
                float(row["low"]),
                float(row["high"]),
                int(row["posters"]),
            )
            for row in csv.DictReader(file)
        ]


def confusion(name: str, levels: Sequence[str]) -> npt.NDArray[np.float64] | None:
    """How often each of a feature's levels was read as which other; None where it is not known.

    Args:
        levels: all of them, or those wanted; of other levels nothing is counted.

    Returns:
        (levels, levels) labelled pictures by true level (row) and read level (column).
    """
    at = {level: place for place, level in enumerate(levels)}
    table = np.zeros((len(at), len(at)))
    with CONFUSION.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["feature"] == name and {row["true"], row["read"]} <= at.keys():
                table[at[row["true"]], at[row["read"]]] += int(row["posters"])
    return table if table.sum(axis=1).all() else None
