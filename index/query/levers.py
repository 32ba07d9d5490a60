"""The levers of an index and what its artwork, or any picture, has of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from index.features.feature import Value
from index.features.levers.fit import FittedLever, Floats, levers_of
from index.features.levers.lever import Lever, Side
from index.store import Index

LEVERS, VALUES = "levers", "lever_values"
"""Tables of an index: definitions with their fit, and a column of values for each axis."""


@dataclass(frozen=True, slots=True)
class Levers:
    """The levers of one index.

    Attributes:
        all: definitions, axes first.
        fitted: axes as this catalogue turns them.
    """

    all: tuple[Lever, ...]
    fitted: tuple[FittedLever, ...]

    def fit(self, name: str) -> FittedLever | None:
        """How the catalogue turns an axis; None for another lever."""
        return next((one for one in self.fitted if one.lever.name == name), None)

    def lever(self, name: str) -> Lever | None:
        """The lever of this name."""
        return next((one for one in self.all if one.name == name), None)

    def owner(self, feature: str) -> str | None:
        """Name of the lever that a measured feature belongs to."""
        return next((one.name for one in self.all if feature in one.features), None)

    def measure(self, features: Sequence[Mapping[str, Value]]) -> dict[str, Floats]:
        """Values of every axis, in steps, of pictures whose features were measured, `(m,)` each."""
        held: dict[str, Floats] = {}
        for one in self.fitted:
            for name in one.members:
                if name not in held:
                    held[name] = np.array(
                        [_number(measured.get(name)) for measured in features], dtype=np.float64
                    )
            held[one.lever.name] = one.values(held)
        return {one.lever.name: held[one.lever.name] for one in self.fitted}


def read_levers(index: Index) -> Levers:
    """The levers of an index; those that a user's attributes make have no table of their own."""
    return Levers(*levers_of(index.table(LEVERS)))


def lever_values(index: Index) -> dict[str, Floats]:
    """Values of every axis, in steps, of every artwork, `(artworks,)` each; NaN if unknown."""
    table = index.table(VALUES)
    return {
        name: table[name].to_numpy(zero_copy_only=False).astype(np.float64)
        for name in table.column_names
        if name != "artwork_id"
    }


@dataclass(frozen=True, slots=True)
class LeverRank:
    """How a picture turns a lever, beside the index's artworks.

    Attributes:
        lever: its label.
        side: the pole to which it leans, or the level that it has.
        value: in steps, lower towards the first pole; None for a level.
        share: of the artworks that lean less to that side, half of those that lean as much; for a
            level of those that have it too.
    """

    lever: str
    side: str
    value: float | None
    share: float


def lever_ranks(index: Index, values: Mapping[str, Value]) -> list[LeverRank]:
    """How a picture turns each lever of an index; levers that it says nothing of are left out."""
    from index.query.features import feature_column, share_below

    levers, known, found = read_levers(index), lever_values(index), []
    measured = levers.measure([values])
    for lever in levers.all:
        value = float(measured.get(lever.name, np.array([np.nan]))[0])
        others = known.get(lever.name, np.empty(0))
        others = others[np.isfinite(others)]
        if np.isfinite(value) and len(others):
            below = share_below(others, value)
            low, high = (side for feature, _, side in lever.sides() if not feature)
            side, share = (high, below) if below >= 0.5 else (low, 1 - below)
            found.append(LeverRank(lever.label, side.name, value, share))
        for feature, level, side in lever.sides():
            if feature and values.get(feature) == level:
                column = feature_column(index, feature).drop_null().to_numpy(zero_copy_only=False)
                share = float((column == level).mean()) if len(column) else 0.0
                found.append(LeverRank(lever.label, side.name, None, share))
    return found


def flag_side(words: str) -> Side:
    """The side of a lever that a flag makes: a picture that shows `words`."""
    return Side(name=words, do=f"Show {words}", variant=words)


def _number(value: Value) -> float:
    return np.nan if value is None or isinstance(value, str) else float(value)
