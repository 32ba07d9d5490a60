"""A table of counts, read and checked by DuckDB."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from index.catalogue.catalogue import Catalogue
from index.catalogue.counted import Counted
from index.catalogue.faults import Fault, bad_count, fault_error, meet_artworks
from index.catalogue.ids import is_total
from index.catalogue.repeated import (
    add_up_same_slices,
    leave_out_headers,
    leave_out_same_counts,
    without_copies,
)
from index.catalogue.restated import leave_out_restated
from index.catalogue.schemas import (
    KEYS,
    LARGEST_COUNT,
    MOST_COLUMNS,
    MOST_DIMENSIONS,
    OUTCOMES,
    PERFORMANCE_COLUMNS,
    PERFORMANCE_OPTIONAL,
    RATES,
)
from index.catalogue.words import spell_one_way
from index.errors import InputError
from index.io.number_words import NOTHING, PLAIN, PLAIN_COUNT, Convention, Kind, number_sql
from index.io.table_file import TableFile, identifier, no_rows, text
from index.io.table_scan import Scan, as_text
from index.io.table_text import squashed

_SHARES = ("takefraction", "takerate", "playrate")
"""Names of rates that are shares where no value says otherwise."""
MOST_NAMELESS = 100
"""Rows without an artwork that are held against the sums of the others."""


def read_counts(scan: Scan, catalogue: Catalogue) -> Counted:
    """The rows of a performance file that count, each once, as a table of DuckDB.

    Raises:
        InputError: as `aggregate_performance`.
    """
    looked_at = _looked_at(scan.source)
    _number_rows(scan, looked_at)
    raw = without_copies(scan, looked_at, MOST_COLUMNS)
    dimensions = _dimensions(scan)
    kinds = dict.fromkeys(("impressions", "plays", "completions"), Kind.COUNT)
    kinds |= {"minutes": Kind.AMOUNT}
    has_plays = "plays" in scan.source.columns
    rate = None if has_plays else next((one for one in RATES if one in scan.source.columns), None)
    if rate is not None:
        kinds[rate] = Kind.SHARE
    numbers, shares = {}, set()
    for name, kind in kinds.items():
        if name in scan.source.columns:
            numbers[name], convention = _number(scan, name, kind)
            if convention.percent and name != rate:
                shares.add(name)
            elif not convention.percent:
                numbers[name] += _unit(scan.source.raw_name(name), kind)
            if name == rate and not convention.percent:
                numbers[name] = _share(scan, name, numbers[name])
    played = numbers.get("plays")
    if "plays" in shares or (played is None and rate is not None):
        share = numbers[rate or "plays"] if played is None else played
        played = f"round({share} * {numbers['impressions']})"
        scan.source.notes.append(f"plays are {'plays' if rate is None else rate} × impressions")
    if played is None:
        raise InputError(
            "the column 'plays' is missing",
            path=scan.source.path,
            row=1,
            hint="add it, or a column take_fraction (plays per impression)",
        )
    outcomes = [name for name in OUTCOMES if name in numbers]
    written = {name: as_text(scan.source, name) for name in dimensions} | _range_of_days(
        scan.source
    )
    columns = [f"{written[name]} AS {identifier(name)}" for name in dimensions]
    columns += [f"{numbers['impressions']} AS impressions", f"{played} AS plays"]
    columns += [f"{numbers[name]} AS {name}" for name in outcomes]
    scan.change(f"CREATE TEMP TABLE counted AS SELECT record, {', '.join(columns)} FROM {raw}")
    _leave_out_unknown(scan, catalogue)
    _refuse_faults(scan, outcomes)
    measures = ("impressions", "plays", *outcomes)
    counted = Counted(scan.connection, scan.source, tuple(dimensions), measures)
    _spell_one_way(counted)
    (repeated,) = counted.one(
        f"SELECT count(*) > count(DISTINCT ({counted.keys_without()})) FROM counted"
    )
    if repeated:
        leave_out_same_counts(counted)
    scan.change("ALTER TABLE counted DROP record")
    if repeated:
        add_up_same_slices(counted)
    leave_out_restated(counted)
    return counted


def _number_rows(scan: Scan, names: Sequence[str]) -> None:
    """The file in DuckDB as `raw`, numbered, without rows that name columns."""
    listed = ", ".join(map(identifier, names))
    numbered = f"SELECT {listed}, row_number() OVER () - 1 AS record FROM {{source}}"
    scan.rows(f"CREATE TEMP TABLE raw AS {numbered}")
    leave_out_headers(scan)
    if not scan.one("SELECT count(*) FROM raw")[0]:
        raise no_rows(scan.source.path)


def _spell_one_way(counted: Counted) -> None:
    """Give values of a dimension that differ in case or spaces one spelling."""
    for name in counted.dimensions[1:]:
        own = identifier(name)
        found = counted.rows(f"SELECT {own} AS word, count(*) AS rows FROM counted GROUP BY {own}")
        spelled = spell_one_way(found["word"].tolist(), found["rows"].tolist())
        for word, best in spelled.items():
            counted.change(f"UPDATE counted SET {own} = {text(best)} WHERE {own} = {text(word)}")
        if spelled:
            word, best = next(iter(spelled.items()))
            counted.source.notes.append(f"{name}: {word!r} taken for {best!r}")


def _looked_at(source: TableFile) -> list[str]:
    """The columns of the contract, and of a wide file no more than the first others."""
    own = {*PERFORMANCE_COLUMNS, *PERFORMANCE_OPTIONAL, *RATES}
    known = [name for name in source.columns if name in own]
    others = [name for name in source.columns if name not in own]
    return known + others[: max(MOST_COLUMNS - len(known), 0)]


def _dimensions(scan: Scan) -> list[str]:
    """Columns that tell rows apart: those of the contract, and others that are no numbers."""
    known = [name for name in (*KEYS, "period") if name in scan.source.columns]
    measured = {"impressions", "plays", *OUTCOMES, *RATES}
    others = [
        name
        for name in _looked_at(scan.source)
        if name not in measured and name not in known and scan.source.is_text(name)
    ]
    if not others:
        return known
    number = r"[-+(]?\s*\D{0,3}\s*[\d.,'\s]*\d[\d.,'\s]*(?:[eE][-+]?\d+)?\s*\D{0,3}\)?"
    dashes = ", ".join(map(text, ("", *NOTHING)))
    keys = ", ".join(as_text(scan.source, name) for name in known)
    tests = ", ".join(
        f"bool_and({as_text(scan.source, name)} IN ({dashes}) OR "
        f"regexp_full_match({as_text(scan.source, name)}, {text(number)}))"
        for name in others
    )
    wordless = scan.one(f"SELECT {tests} FROM raw")
    words = [name for name, is_number in zip(others, wordless, strict=True) if not is_number]
    if not words:
        return known
    most = ", ".join(f"max(v{at})" for at in range(len(words)))
    counts = ", ".join(
        f"count(DISTINCT {as_text(scan.source, name)}) AS v{at}" for at, name in enumerate(words)
    )
    varied = scan.one(f"SELECT {most} FROM (SELECT {counts} FROM raw GROUP BY {keys})")
    extra = [name for name, most in zip(words, varied, strict=True) if most > 1]
    return known + extra[: MOST_DIMENSIONS - len(known)]


def _range_of_days(source: TableFile) -> dict[str, str]:
    """SQL of `period` where a report gives its first day there and its last in another column."""
    if "period" not in source.columns:
        return {}
    first = squashed(source.raw_name("period"))
    ends = [first.replace("start", end) for end in ("end", "stop")]
    last = next((name for name in source.columns if squashed(name) in ends), None)
    if "start" not in first or last is None:
        return {}
    begun, ended = as_text(source, "period"), as_text(source, last)
    both = f"{begun} || ' – ' || {ended}"
    return {"period": f"CASE WHEN {ended} IN ('', {begun}) THEN {begun} ELSE {both} END"}


def _number(scan: Scan, name: str, kind: Kind) -> tuple[str, Convention]:
    """SQL of a column as DOUBLE, and how its numbers are written."""
    if not scan.source.is_text(name):
        return f"try_cast({identifier(name)} AS DOUBLE)", PLAIN
    value = as_text(scan.source, name)
    (plain,) = scan.one(
        f"SELECT bool_and(regexp_full_match({value}, {text(PLAIN_COUNT)})) FROM raw"
    )
    if plain:
        return f"try_cast({value} AS DOUBLE)", PLAIN
    convention = scan.convention(name, kind, "raw")
    return number_sql(value, convention), convention


def _share(scan: Scan, name: str, number: str) -> str:
    """SQL of a rate without a percent sign as a share.

    Raises:
        InputError: a click-through rate of which every value could be a share or a percentage.
    """
    written = scan.source.raw_name(name)
    (largest,) = scan.one(f"SELECT max({number}) FROM raw")
    if largest is not None and largest > 1:
        scan.source.notes.append(f"{written} read as percent")
        return f"{number} / 100"
    if squashed(written) not in _SHARES and "%" not in written and largest:
        raise InputError(
            f"{largest:g} can be a share or a percentage, as no value is above 1",
            path=scan.source.path,
            row=scan.find_row(f"{number} = {largest!r}"),
            column=written,
            hint="write % after each value, or call the column take_fraction if they are shares",
        )
    return number


def _unit(written: str, kind: Kind) -> str:
    """SQL that brings a column to its unit, by what its name says of it."""
    if kind is Kind.SHARE and "%" in written:
        return " / 100"
    return " * 60" if kind is Kind.AMOUNT and "hour" in written.lower() else ""


def _leave_out_unknown(scan: Scan, catalogue: Catalogue) -> None:
    """Spell artworks as the catalogue does, and leave out rows of those that it does not have."""
    found = "SELECT artwork_id FROM counted GROUP BY artwork_id ORDER BY min(record)"
    ids = [str(one) for (one,) in scan.connection.sql(found).fetchall()]
    met = meet_artworks(scan.source, ids, catalogue)
    if met.spelled:
        respelled = pd.DataFrame(met.spelled.items(), columns=["written", "known"]).astype("str")
        scan.connection.register("respelled", respelled)
        scan.change(
            "UPDATE counted SET artwork_id = known FROM respelled WHERE artwork_id = written"
        )
    nameless = [one for one in met.missed if not one or one in NOTHING]
    if nameless:
        _refuse_rows_without_artwork(scan, nameless)
    if met.missed:
        scan.connection.register("missed", pd.DataFrame({"artwork_id": met.missed}).astype("str"))
        scan.change("DELETE FROM counted WHERE artwork_id IN (SELECT artwork_id FROM missed)")


def _refuse_rows_without_artwork(scan: Scan, nameless: Sequence[str]) -> None:
    """Refuse rows without an artwork that are not the sum, or more, of rows that have one.

    A single one at the top or at the bottom that lacks a slice too is a total, which an export may
    count in its own way.

    Raises:
        InputError: the first of the rows looked at.
    """
    own = f"artwork_id IN ({', '.join(map(text, nameless))})"
    rows = scan.connection.sql(
        f"SELECT *, first(record) OVER all_rows AS top, last(record) OVER all_rows AS bottom "
        f"FROM counted WINDOW all_rows AS (ORDER BY record ROWS BETWEEN UNBOUNDED PRECEDING AND "
        f"UNBOUNDED FOLLOWING) QUALIFY {own} ORDER BY record LIMIT {MOST_NAMELESS}"
    ).df()
    slices = [name for name in rows if name in (*KEYS[1:], "period")]
    whole = rows[slices].map(lambda value: not value or is_total(value))
    ends = rows["record"].isin((rows["top"].iloc[0], rows["bottom"].iloc[0]))
    if len(rows) == 1 and ends.all() and (whole.any(axis=None) or not slices):
        return
    scan.connection.register("nameless", rows[slices].mask(whole, "").assign(
        record=rows["record"], shown=rows["impressions"]
    ))  # fmt: skip
    same = " AND ".join(f"(n.{own} = '' OR n.{own} = o.{own})" for own in map(identifier, slices))
    (record,) = scan.one(
        f"SELECT min(record) FROM (SELECT n.record, n.shown, sum(o.impressions) AS summed "
        f"FROM nameless AS n LEFT JOIN counted AS o ON NOT (o.{own}) AND {same or 'true'} "
        "GROUP BY ALL) WHERE shown > 0 AND NOT coalesce(shown >= summed, false)"
    )
    if record is not None:
        raise InputError(
            "the row names no artwork, and is not the sum of rows that do",
            path=scan.source.path,
            row=scan.source.line_of(int(record)),
            column="artwork_id",
            hint="name the artwork in every row (merged cells keep it in their first row only)",
        )


def _refuse_faults(scan: Scan, outcomes: Sequence[str]) -> None:
    more = "is more than the impressions", "an impression is played at most once"
    faults = [bad_count(name) for name in ("impressions", "plays")]
    faults.append(Fault("plays", "coalesce(plays > impressions, false)", *more))
    faults.extend(
        Fault(
            name,
            f"NOT coalesce(isfinite({name}) AND {name} BETWEEN 0 AND {LARGEST_COUNT}, false)",
            "is not a number",
            "write a number, 0 or more",
        )
        for name in outcomes
    )
    cases = " ".join(f"WHEN {fault.condition} THEN {at}" for at, fault in enumerate(faults))
    record, fault = scan.one(
        f"SELECT min(record), arg_min(fault, record) FROM (SELECT record, CASE {cases} END "
        "AS fault FROM counted) WHERE fault IS NOT NULL",
    )
    if record is not None:
        raise fault_error(scan, faults[int(fault)], int(record), "raw")
