"""Ids that spell one thing in two ways: what meets, what meets nothing, and what lost digits."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from index.errors import InputError
from index.io.table_file import TableFile

DAMAGED = r"^[+-]?\d(?:[.,]\d+[eE]\+?|[eE]\+)\d{1,3}$"
"""An id that a spreadsheet wrote as a power of ten: its last digits are gone."""


@dataclass(frozen=True, slots=True)
class Meeting:
    """How ids of one table meet those of another.

    Attributes:
        spelled: id as found → id as known, for ids that meet under another spelling.
        missed: ids as found that meet nothing.
        known: one known id, to show how they are spelled.
    """

    spelled: dict[str, str]
    missed: tuple[str, ...]
    known: str

    def told(self, what: str, table: str) -> str:
        """What a user should know of other spellings, as a clause; ids of members are not shown."""
        first, own = next(iter(self.spelled.items()))
        shown = "" if what == "members" else f" ({first!r} is {own!r})"
        return f"{len(self.spelled):,} {what} met {table} under another spelling{shown}"


def among(ids: pd.Series[str], known: Iterable[str]) -> pd.Series[bool]:
    """Which ids are known; as objects, since Arrow looks texts up a hundred times slower."""
    return ids.astype(object).isin(known)


def meet(
    found: Iterable[str], known: pd.Series[str] | list[str], *, names: bool = False
) -> Meeting:
    """Match ids, after changes that lose nothing where they are not exactly alike.

    Composed accents, spaces at the ends, `="…"`, a leading apostrophe and `.0` are passed over;
    then marks between groups of three digits and leading zeros, then case and width. A form that
    two known ids share, or that two found ids would share from the zeros on, meets nothing.

    Args:
        found: ids, as another table has them.
        known: ids, as they should be.
        names: they may be names of files: folders, the ending and marks are passed over at last.
    """
    own = pd.Index(pd.unique(pd.Series(known, dtype="str")))
    left = pd.Series(pd.unique(pd.Series(list(found), dtype="str")), dtype="str")
    exact = among(left, own)
    alike, left = left[exact], left[~exact].reset_index(drop=True)
    spelled: dict[str, str] = {}
    example = str(own[0]) if len(own) else ""
    if left.empty or own.empty:
        return Meeting({}, tuple(left), example)
    taken = set(alike)
    mine, theirs = _cleaned(pd.Series(own.to_numpy(), dtype="str")), _cleaned(left)
    changes = [None, _without_zeros, _folded, *([_without_marks] if names else [])]
    for strict, change in enumerate(changes):
        if change is not None:
            mine, theirs = change(mine), change(theirs)
        table = pd.Series(own.to_numpy(), index=mine)
        table = table[~table.index.duplicated(keep=False)]
        met = theirs.map(table)
        if strict:
            met = met.mask(met.duplicated(keep=False) | met.isin(taken))
        hit = met.notna()
        spelled |= dict(zip(left[hit], met[hit], strict=True))
        taken |= set(met[hit])
        left, theirs = left[~hit], theirs[~hit]
    return Meeting(spelled, tuple(left), example)


def refuse_damaged(
    source: TableFile, column: str, values: pd.Series[str], *, by_row: bool = True
) -> None:
    """Refuse ids in scientific notation.

    Args:
        values: of every row, or with `by_row` False some of the values.

    Raises:
        InputError: the first of them.
    """
    damaged = values.str.match(DAMAGED).to_numpy()
    if damaged.any():
        record = int(damaged.argmax())
        raise InputError(
            f"{values.iloc[record]!r} is an id that lost its last digits when a spreadsheet wrote "
            "it as a number",
            path=source.path,
            row=source.line_of(record) if by_row else None,
            column=column,
            hint="export the ids again as text",
        )


def nothing_meets(
    source: TableFile, column: str, example: str, known: str, table: str
) -> InputError:
    """The error of a column of which no value is in another table."""
    return InputError(
        f"no value is in {table}: here it is {example!r}, there {known!r}",
        path=source.path,
        column=column,
        hint=f"write ids as {table} does",
    )


def unguarded(values: pd.Series[str]) -> pd.Series[str]:
    """Ids without what a spreadsheet needs to take them for text: `="007"` or a leading `'`."""
    if not values.str.startswith(("=", "'")).any():
        return values
    return values.str.replace(r'^="([^"]*)"$|^\'(?=\d)', r"\1", regex=True)


def _cleaned(values: pd.Series[str]) -> pd.Series[str]:
    plain = unguarded(values.str.normalize("NFC").str.strip("\u00a0\ufeff \t"))
    plain = plain.str.replace(r"\s+", " ", regex=True)
    return plain.str.replace(r"^(\d+)[.,]0{1,2}$", r"\1", regex=True)


def _without_zeros(values: pd.Series[str]) -> pd.Series[str]:
    grouped = values.str.match(r"^\d{1,3}(?:(?:\.\d{3})+|(?:,\d{3})+|(?:[' \u2019]\d{3})+)$")
    plain = values.mask(grouped, values.str.replace(r"\D", "", regex=True))
    return plain.str.replace(r"^0+(?=\d+$)", "", regex=True)


def _folded(values: pd.Series[str]) -> pd.Series[str]:
    return values.str.normalize("NFKC").str.casefold()


def _without_marks(values: pd.Series[str]) -> pd.Series[str]:
    plain = values.str.replace(
        r"\.(?:jpe?g|jfif|png|webp|gif|bmp|tiff?|avif|hei[cf]|psd)$", "", regex=True
    )
    plain = plain.str.replace(r"^.*[/\\]", "", regex=True)
    return plain.str.replace(r"[\W_]+", " ", regex=True).str.strip()


def is_total(value: str) -> bool:
    """Whether a value is a word for the sum of all others."""
    return _TOTAL.fullmatch(value.strip()) is not None


_TOTAL = re.compile(
    r"[\W_]*(?:(?:grand|sub)[\s-]*)?(?:totals?|totale?s?|all|overall|sum|summe|gesamt\w*|insgesamt|"
    r"alle|tous|toutes|todos|todas|tutti|somme|everyone|everybody|combined)"
    r"(?:[\s:_-]+(?:account|campaigns?|ads?|assets?|artworks?|members?|users?|viewers?|people|"
    r"audiences?|clusters?|segments?|groups?|platforms?|devices?|placements?|countries|markets?|"
    r"regions?|territories|periods?|time|dates?|months?|weeks?|traffic|rows?|titles?))?[\W_]*",
    re.IGNORECASE,
)
