"""From features to lever values: a fit to one catalogue, kept with its generation."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from index.features.levers.lever import Lever

if TYPE_CHECKING:
    import pyarrow as pa

Floats = npt.NDArray[np.float64]

LEAST_LOADING = 0.15
"""Loading, in the direction that a member is meant to have, below which it is left out."""
_FLAT = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class FittedLever:
    """An axis as one catalogue turns it.

    Attributes:
        lever: the definition.
        members: features that make its value up, strongest first.
        loadings: of each member, on the value in steps.
        centres, scales: mean of each member, and its standard deviation inside titles.
        left_out: members that do not move with the others in this catalogue.
    """

    lever: Lever
    members: tuple[str, ...]
    loadings: Floats
    centres: Floats
    scales: Floats
    left_out: tuple[str, ...]

    def values(self, features: Mapping[str, Floats]) -> Floats:
        """Values in steps, `(n,)`: a step is a standard deviation inside titles.

        A member that could not be measured counts as average; the value is NaN where none could
        be, or where one says that there was nothing to measure.

        Args:
            features: `(n,)` values of each feature by name, NaN for missing.
        """
        columns = [np.asarray(features[name], dtype=np.float64) for name in self.members]
        x = np.column_stack(columns)
        missing = np.isnan(x).all(axis=1)
        for name, column in zip(self.members, columns, strict=True):
            if name in self.lever.unseen:
                missing |= ~(column > 0)
        value: Floats = np.nan_to_num((x - self.centres) / self.scales) @ self.loadings
        return np.where(missing, np.nan, value)

    @property
    def step_of(self) -> Mapping[str, float]:
        """By how much each member changes, in its own unit, when the lever moves one step."""
        share = self.loadings / float(self.loadings @ self.loadings)
        return dict(zip(self.members, (share * self.scales).tolist(), strict=True))


def fit_levers(
    levers: Sequence[Lever], features: Mapping[str, Floats], title: npt.NDArray[Any]
) -> tuple[FittedLever, ...]:
    """Fit every lever that has poles to a catalogue.

    A lever's value is the first principal component of its members, each taken against its title
    and divided by its standard deviation inside titles; the direction is that of most members. A
    member that hardly moves with the others, or against them, is left out and the rest fitted
    again. Levers among the members of a lever count with their values; a member of the lever's own
    name is the feature.

    Args:
        features: `(n,)` values of each feature by name, NaN for missing.
        title: `(n,)` title of each row.

    Returns:
        Those with a member that varies inside titles, parts before the levers made of them.
    """
    _, code = np.unique(np.asarray(title, dtype=str), return_inverse=True)
    held = dict(features)
    waiting = [lever for lever in levers if lever.poles]
    names = {lever.name for lever in waiting}
    fitted: list[FittedLever] = []
    while waiting:
        ready = [one for one in waiting if not (names - {one.name}) & {*one.members}]
        for lever in ready:
            names.discard(lever.name)
            found = _fit(lever, held, code)
            if found is not None:
                fitted.append(found)
                held[lever.name] = found.values(held)
        waiting = [lever for lever in waiting if lever.name in names]
        if not ready:
            break
    return tuple(fitted)


def _fit(
    lever: Lever, features: Mapping[str, Floats], code: npt.NDArray[np.intp]
) -> FittedLever | None:
    columns = {}
    for name in lever.members:
        if name in features:
            column = np.asarray(features[name], dtype=np.float64)
            columns[name] = np.where(column > 0, column, np.nan) if name in lever.unseen else column
    inside = {name: _inside(column, code) for name, column in columns.items()}
    scale = {name: float(np.sqrt(np.nanmean(x**2))) if np.isfinite(x).any() else 0.0
             for name, x in inside.items()}  # fmt: skip
    kept = [name for name in columns if scale[name] > _FLAT]
    left_out: list[str] = [name for name in columns if name not in kept]
    while kept:
        z = np.column_stack([np.nan_to_num(inside[name] / scale[name]) for name in kept])
        sign = np.array([lever.members[name] for name in kept], dtype=np.float64)
        loading = np.linalg.eigh(z.T @ z)[1][:, -1]
        loading = loading if float(loading @ sign) >= 0 else -loading
        weak = loading * sign < LEAST_LOADING
        if not weak.any() or weak.all():
            break
        left_out += [name for name, out in zip(kept, weak, strict=True) if out]
        kept = [name for name, out in zip(kept, weak, strict=True) if not out]
    if not kept:
        return None
    centre = np.array([np.nanmean(columns[name]) for name in kept])
    scales = np.array([scale[name] for name in kept])
    step = float(np.sqrt(np.mean((z @ loading) ** 2)))
    order = np.argsort(-np.abs(loading), kind="stable")
    return FittedLever(
        lever,
        tuple(kept[at] for at in order),
        loading[order] / step,
        centre[order],
        scales[order],
        tuple(left_out),
    )


def _inside(column: Floats, code: npt.NDArray[np.intp]) -> Floats:
    """Values less the mean of their title, `(n,)`; NaN in a title with fewer than two."""
    known = np.isfinite(column)
    count = np.bincount(code, known)
    total = np.bincount(code, np.where(known, column, 0.0))
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where((count > 1)[code], column - (total / count)[code], np.nan)


def levers_table(levers: Sequence[Lever], fitted: Sequence[FittedLever]) -> pa.Table:
    """Definitions and fits as a table that an index keeps, one row a lever."""
    import pyarrow as pa

    by_name = {one.lever.name: one for one in fitted}
    order = [one.lever for one in fitted] + [one for one in levers if one.name not in by_name]
    rows = []
    for lever in order:
        fit = by_name.get(lever.name)
        rows.append(
            {
                "lever": lever.name,
                "definition": lever.model_dump_json(),
                "members": [] if fit is None else list(fit.members),
                "loadings": [] if fit is None else fit.loadings.tolist(),
                "centres": [] if fit is None else fit.centres.tolist(),
                "scales": [] if fit is None else fit.scales.tolist(),
                "left_out": [] if fit is None else list(fit.left_out),
            }
        )
    names, numbers = pa.list_(pa.string()), pa.list_(pa.float64())
    schema = pa.schema(
        [("lever", pa.string()), ("definition", pa.string()), ("members", names),
         ("loadings", numbers), ("centres", numbers), ("scales", numbers), ("left_out", names)]
    )  # fmt: skip
    return pa.Table.from_pylist(rows, schema=schema)


def levers_of(table: pa.Table) -> tuple[tuple[Lever, ...], tuple[FittedLever, ...]]:
    """Definitions and fits of a table that `levers_table` made."""
    levers, fitted = [], []
    for row in table.to_pylist():
        lever = Lever.model_validate(json.loads(row["definition"]))
        levers.append(lever)
        if row["members"]:
            loadings, centres, scales = (
                np.array(row[name], np.float64) for name in ("loadings", "centres", "scales")
            )
            members, left_out = tuple(row["members"]), tuple(row["left_out"])
            fitted.append(FittedLever(lever, members, loadings, centres, scales, left_out))
    return tuple(levers), tuple(fitted)
