"""How right features are, as measured on posters that were labelled by eye."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

FIGURES = Path(__file__).with_name("accuracy.csv")
CONCEPT_FIGURES = Path(__file__).with_name("accuracy_concepts.csv")
"""Written by benchmarks/accuracy.py and benchmarks/concepts.py."""


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
