"""How artworks did against the other artworks of their title, for the rows a search shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from index.query.filters import tag_rows
from index.records import ALL, Label
from index.store import Index
from index.store.labels import ARTWORK_LABELS

LABELS = tuple(str(label) for label in Label)
"""In the order in which a generation's `standing` column numbers them."""


@dataclass(frozen=True, slots=True)
class Standing:
    """One artwork in a slice.

    Attributes:
        lift, low, high: in log-odds, with its 90% interval; None where there is no lift.
        label: of its performance tag.
    """

    lift: float | None
    low: float | None
    high: float | None
    label: str


@dataclass(frozen=True, slots=True)
class Standings:
    """Some artworks in a slice.

    Attributes:
        by_row: what is known, by row of the index's artworks.
        take_fraction: median over the slice's artworks, to show lifts by; None without any.
    """

    by_row: dict[int, Standing]
    take_fraction: float | None


def read_standings(
    index: Index, rows: Sequence[int], cluster: str = ALL, platform: str = ALL
) -> Standings:
    """What is known of some artworks in a slice; nothing where the index has no performance.

    Over all clusters and platforms it is read from a mapped file, which costs next to nothing.
    """
    if not index.has_column("standing"):
        return Standings({}, None)
    if (cluster, platform) != (ALL, ALL):
        return _of_slice(index, rows, cluster, platform)
    known = np.asarray(index.column("standing")[list(rows)], np.float64)
    by_row = {
        row: Standing(_number(lift), _number(low), _number(high), LABELS[int(label)])
        for row, (lift, low, high, label) in zip(rows, known.tolist(), strict=True)
        if np.isfinite(label)
    }
    return Standings(by_row, _number(float(index.column("take_fraction")[0])))


def _of_slice(index: Index, rows: Sequence[int], cluster: str, platform: str) -> Standings:
    labels = index.labels(ARTWORK_LABELS)
    row_of = {labels.row(row)[0]: row for row in rows}
    found, take_fraction = tag_rows(index, list(row_of), cluster, platform)
    by_row = {
        row_of[artwork]: Standing(_number(lift), _number(low), _number(high), label)
        for artwork, lift, low, high, label in found
    }
    return Standings(by_row, take_fraction)


def _number(value: float | None) -> float | None:
    return value if value is not None and np.isfinite(value) else None
