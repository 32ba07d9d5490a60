"""Sides and slices as people name them, and what was probably meant where nothing is called so."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from assistant.insights.effects import EffectSlice, Evidence
from assistant.insights.levers import LeverDesign
from index.errors import InputError
from index.io.nearest_name import name_hint
from index.records import ALL


def find_sides(design: LeverDesign, word: str, pole: str | None = None) -> tuple[int, ...]:
    """Places of the sides that a word names, in any case; none if it names nothing.

    A word may be a side ("darker"), a lever by name or label ("light"), both ("light: darker"),
    or a feature that belongs to a lever ("brightness").

    Args:
        pole: only sides of this name.
    """
    lever, colon, rest = word.partition(":")
    if colon and pole is None and find_sides(design, lever.strip()):
        word, pole = lever, rest
    wanted, only = _folded(word), None if pole is None else _folded(pole)
    owner = design.levers.owner(word.strip().replace(" ", "_"))
    found = []
    for at, one in enumerate(design.contrasts):
        label = design.levers.lever(one.name)
        names = {_folded(one.name), _folded(label.label if label else one.name)}
        own = _folded(one.side or "")
        named = wanted in names or one.name == owner or (only is None and wanted == own)
        if named and (only is None or own == only):
            found.append(at)
    return tuple(found)


def require_sides(design: LeverDesign, word: str, pole: str | None = None) -> tuple[int, ...]:
    """Places of the sides that a word names.

    Raises:
        InputError: it names none; says which was probably meant.
    """
    found = find_sides(design, word, pole)
    if found:
        return found
    every = find_sides(design, word) if pole is not None else ()
    if every:
        poles = [design.contrasts[at].side or "" for at in every]
        raise InputError(f"{word} is not turned {pole!r}", hint=name_hint(pole or "", poles))
    raise InputError(f"this index has no lever {word!r}", hint=name_hint(word, _names(design)))


def one_side(design: LeverDesign, word: str, pole: str | None, path: Path, row: int) -> int:
    """Place of the one side that a row of somebody's file names.

    Raises:
        InputError: it names none, or several; with the row and the column `lever` or `pole`.
    """
    every = find_sides(design, word)
    found = find_sides(design, word, pole)
    if not every and not found:
        raise _unknown(word, _names(design), path, row, "lever")
    poles = [design.contrasts[at].side or "" for at in every]
    if not found:
        raise _unknown(pole or "", poles, path, row, "pole")
    if len(found) > 1:
        raise InputError(
            f"{word} can be turned several ways",
            path=path,
            row=row,
            column="pole",
            hint=f"write one of: {', '.join(poles)}",
        )
    return found[0]


def _names(design: LeverDesign) -> list[str]:
    return sorted({name or "" for one in design.contrasts for name in (one.name, one.side)})


def _unknown(word: str, known: Sequence[str], path: Path, row: int, column: str) -> InputError:
    hint = name_hint(word, known)
    return InputError(f"there is no {word!r}", path=path, row=row, column=column, hint=hint)


def _folded(word: str) -> str:
    return word.strip().casefold().replace("_", " ")


def require_slice(
    evidence: Evidence, where: EffectSlice, path: Path, row: int, columns: tuple[str, str]
) -> None:
    """Check the cluster and the platform that a row of somebody's file names.

    Args:
        columns: how the file calls cluster and platform.

    Raises:
        InputError: there is no such cluster or platform.
    """
    for column, part in zip(columns, ("cluster", "platform"), strict=True):
        value, known = getattr(where, part), [ALL, *evidence.cells.named(part)]
        if value not in known:
            raise _unknown(value, known, path, row, column)
