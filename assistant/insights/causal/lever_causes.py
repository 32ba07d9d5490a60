"""Causal readings of every side of a lever of an index, surest first."""

from __future__ import annotations

import numpy as np

from assistant.insights.causal.reading import CausalReading, read_cause
from assistant.insights.effects import EVERYWHERE, EffectSlice, Evidence
from assistant.insights.evidence import read_evidence
from assistant.insights.levers import lever_sides
from assistant.insights.members import member_columns
from assistant.insights.naming import require_sides
from index.errors import InputError
from index.io.nearest_name import name_hint
from index.records import ALL
from index.store import Index


def read_lever(
    index: Index,
    word: str,
    pole: str | None = None,
    *,
    where: EffectSlice = EVERYWHERE,
    seed: int = 7,
) -> tuple[tuple[CausalReading, ...], tuple[str, ...]]:
    """What turning a lever to each of its sides would do in a slice.

    Args:
        word: a lever, a side or a feature, by any name that a table prints.
        pole: only the side of this name.

    Returns:
        readings, the effect farthest from zero in its own errors first; and why other sides have
        none.

    Raises:
        InputError: no such lever, pole or slice, or too few titles vary in any side.
    """
    evidence = read_evidence(index)
    design = lever_sides(evidence)
    _check_slice(evidence, where)
    readings: list[CausalReading] = []
    notes: list[str] = []
    for at in require_sides(design, word, pole):
        try:
            members = {
                column.feature: np.nan_to_num(values, nan=float(np.nanmean(values)))
                for column, values in member_columns(index, evidence, at).items()
            }
            readings.append(read_cause(evidence, at, members, where=where, seed=seed))
        except InputError as error:
            notes.append(f"{design.contrasts[at].side}: {error.problem}")
    if not readings:
        raise InputError("; ".join(notes), hint="choose another lever or a larger slice")
    readings.sort(key=lambda one: -abs(one.effect.effect) / one.effect.se)
    return tuple(readings), tuple(notes)


def _check_slice(evidence: Evidence, where: EffectSlice) -> None:
    known = {
        "cluster": evidence.cells.named("cluster"),
        "platform": evidence.cells.named("platform"),
        "genre": sorted({genre for own in evidence.genres for genre in own}),
    }
    for name, names in known.items():
        asked = getattr(where, name)
        if asked not in {ALL, *names}:
            raise InputError(f"there is no {name} {asked!r} here", hint=name_hint(asked, names))
