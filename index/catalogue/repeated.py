"""Rows of a performance table that are there twice: headers, copies, and one slice in two rows."""

from __future__ import annotations

from collections.abc import Sequence

from index.catalogue.counted import LARGE, Counted, as_rows
from index.errors import InputError
from index.io.table_file import identifier, text
from index.io.table_scan import Scan, as_text


def leave_out_headers(scan: Scan) -> None:
    """Remove rows of `raw` that name columns: below the header, or where tables were joined."""
    counts = [one for one in ("impressions", "plays") if one in scan.source.columns]
    if not all(map(scan.source.is_text, counts)):
        return
    named = " AND ".join(
        f"{as_text(scan.source, name)} IN ({text(scan.source.raw_name(name))}, {text(name)})"
        for name in ("artwork_id", *counts)
    )
    words = " AND ".join(
        f"regexp_full_match({as_text(scan.source, name)}, '[^0-9]*[A-Za-z#][^0-9]*')"
        for name in counts
    )
    where = f"({named}) OR (record = 0 AND {words})"
    (found,) = scan.one(f"DELETE FROM raw WHERE {where}")
    if found:
        scan.source.notes.append(f"{as_rows(found)} of column names left out")


def without_copies(scan: Scan, names: Sequence[str], most: int) -> str:
    """The table of rows of `raw` that differ in some column; `most` columns are compared."""
    listed = ", ".join(map(identifier, names))
    total, alike, largest = scan.one(
        f"SELECT count(*), count(DISTINCT ({listed})), "
        f"max(try_cast({as_text(scan.source, 'impressions')} AS DOUBLE)) FROM raw"
    )
    if alike == total or largest == 1 or len(scan.source.columns) > most:
        return "raw"
    (first,) = scan.one(
        f"SELECT min(record) FROM (SELECT record, row_number() OVER (PARTITION BY {listed} "
        f"ORDER BY record) AS copy FROM raw) WHERE copy = 2"
    )
    scan.change(
        f"CREATE TEMP TABLE apart AS SELECT {listed}, min(record) AS record FROM raw GROUP BY ALL"
    )
    scan.source.notes.append(
        f"{total - alike:,} of {total:,} rows repeat another in every column and are counted once "
        f"(the first is row {scan.source.line_of(int(first))})"
    )
    return "apart"


def leave_out_same_counts(counted: Counted) -> None:
    """Remove rows whose artwork, slice and counts are those of another, however they are written.

    Counts that are equal by accident are small, or stand among others that are not.
    """
    keys = ", ".join(map(identifier, counted.dimensions))
    measures = ", ".join(counted.measures)
    groups = (
        f"SELECT {keys}, count(*) AS rows, count(DISTINCT ({measures})) AS different, "
        f"max(impressions) AS largest FROM counted GROUP BY {keys} HAVING count(*) > 1"
    )
    repeated, alike = counted.one(
        f"SELECT count(*), count(*) FILTER (rows > different AND largest >= {LARGE}) "
        f"FROM ({groups})"
    )
    if not alike or (alike < repeated and alike < 3):
        return
    copy = (
        f"SELECT record FROM (SELECT record, row_number() OVER (PARTITION BY {keys}, {measures} "
        f"ORDER BY record) AS copy FROM counted WHERE impressions >= {LARGE}) WHERE copy > 1"
    )
    number, first = counted.one(f"SELECT count(*), min(record) FROM ({copy})")
    counted.change(f"DELETE FROM counted WHERE record IN ({copy})")
    counted.source.notes.append(
        f"{as_rows(number)} with the artwork, slice and counts of another are counted once (the "
        f"first is row {counted.source.line_of(int(first))})"
    )


def add_up_same_slices(counted: Counted) -> None:
    """Add up rows that differ in nothing but their counts, which are parts of one slice.

    Raises:
        InputError: they are of one period.
    """
    keys = ", ".join(map(identifier, counted.dimensions))
    found = counted.rows(
        f"SELECT {keys}, count(*) AS rows FROM counted GROUP BY {keys} HAVING count(*) > 1 "
        f"ORDER BY {keys}"
    )
    if found.empty:
        return
    dated = found[found["period"].ne("")] if "period" in counted.dimensions else found.head(0)
    if len(dated):
        first = dated.iloc[0]
        raise InputError(
            f"artwork {first['artwork_id']!r} has {int(first['rows'])} rows for the period "
            f"{first['period']!r} that differ only in their counts",
            path=counted.source.path,
            row=counted.find_row(
                " AND ".join(
                    f"{as_text(counted.source, name)} = {text(str(first[name]))}"
                    for name in ("artwork_id", "period")
                )
            ),
            column="period",
            hint="keep the right one, or add a column that says in what they differ",
        )
    counted.source.notes.append(
        f"{int(found['rows'].sum()):,} rows share artwork and slice with another and were added up"
    )
    sums = ", ".join(f"sum({one}) AS {one}" for one in counted.measures)
    counted.change(
        f"CREATE OR REPLACE TEMP TABLE counted AS SELECT {keys}, {sums} FROM counted "
        f"GROUP BY {keys}"
    )
