"""What a row of a performance file must not be, and how it is refused: with its row and column."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from index.catalogue.catalogue import Catalogue
from index.catalogue.ids import Meeting, among, is_total, meet, nothing_meets, refuse_damaged
from index.catalogue.schemas import LARGEST_COUNT
from index.errors import InputError
from index.io.number_words import NOTHING
from index.io.table_file import TableFile, identifier
from index.io.table_scan import Scan
from index.records import ALL


@dataclass(frozen=True, slots=True)
class Fault:
    """A condition on one row that must not hold; it must be true or false, never NULL."""

    column: str
    condition: str
    problem: str
    hint: str


def meet_artworks(source: TableFile, found: Sequence[str], catalogue: Catalogue) -> Meeting:
    """Which artworks of the catalogue the ids of a file are; what meets nothing is reported.

    Raises:
        InputError: none of them meets one, or one lost digits.
    """
    met = meet(found, catalogue.artworks["artwork_id"], names=True)
    refuse_damaged(source, "artwork_id", pd.Series(met.missed, dtype="str"), by_row=False)
    totals = [one for one in met.missed if not one or is_total(one) or one in NOTHING]
    unknown = [one for one in met.missed if one not in totals]
    if len(met.missed) == len(found):
        raise nothing_meets(source, "artwork_id", (unknown or [""])[0], met.known, "artworks")
    if met.spelled:
        source.notes.append(met.told("artworks", "artworks"))
    if totals:
        names = ", ".join(repr(one) if one else "no artwork" for one in totals[:3])
        source.notes.append(f"rows of {names} left out: they sum up other rows")
    if unknown:
        source.notes.append(
            f"{len(unknown):,} of {len(found):,} artworks are not in artworks and are left out "
            f"(the first is {unknown[0]!r})"
        )
    return met


def of_known_artworks(rows: pd.DataFrame, source: TableFile, catalogue: Catalogue) -> pd.DataFrame:
    """The rows whose artwork_id the catalogue has, spelled as it does; the same where all are.

    Raises:
        InputError: as `meet_artworks`.
    """
    known = catalogue.artworks["artwork_id"]
    if among(rows["artwork_id"], known).all():
        return rows
    met = meet_artworks(source, rows["artwork_id"].unique().tolist(), catalogue)
    own = rows["artwork_id"].map(met.spelled).fillna(rows["artwork_id"])
    return rows.assign(artwork_id=own)[own.isin(known)].reset_index(drop=True)


def bad_count(column: str) -> Fault:
    """A number that is no count."""
    sound = f"isfinite({column}) AND {column} BETWEEN 0 AND {LARGEST_COUNT}"
    return Fault(
        column,
        f"NOT coalesce({sound} AND {column} = floor({column}), false)",
        "is not a count",
        "write a whole number, 0 or more",
    )


def reserved(*columns: str) -> tuple[Fault, ...]:
    """Columns that hold the word for all of them."""
    return tuple(
        Fault(
            column,
            f"{column} = '{ALL}'",
            "is a reserved word",
            "remove rows that sum others up, the totals are computed",
        )
        for column in columns
    )


def first_fault(scan: Scan, typed: str, faults: tuple[Fault, ...]) -> InputError:
    """The first row of a log, in file order, that has a fault."""
    numbered = "(SELECT *, row_number() OVER () - 1 AS record FROM {source})"
    cases = " ".join(f"WHEN {fault.condition} THEN {place}" for place, fault in enumerate(faults))
    typed = typed.replace("{record}", "record,").replace("{source}", numbered)
    found = scan.rows(
        f"SELECT record, CASE {cases} END AS fault FROM ({typed}) "
        "WHERE fault IS NOT NULL ORDER BY record LIMIT 1"
    )
    fault = faults[int(found["fault"].iloc[0])]
    return fault_error(scan, fault, int(found["record"].iloc[0]), numbered)


def fault_error(scan: Scan, fault: Fault, record: int, rows: str) -> InputError:
    """The error of the row of this number, with the value that it has."""
    column = fault.column if fault.column in scan.source.columns else "impressions"
    written = f"CAST({identifier(column)} AS VARCHAR)"
    raw = scan.rows(f"SELECT {written} AS value FROM {rows} WHERE record = {record}")["value"].iloc[
        0
    ]
    value = "nothing" if pd.isna(raw) or raw == "" else repr(str(raw))
    return InputError(
        f"{value} {fault.problem}",
        path=scan.source.path,
        row=scan.source.line_of(record),
        column=column,
        hint=fault.hint,
    )
