"""Counts per artwork × cluster × platform × country, straight from the file by DuckDB."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from index.catalogue.catalogue import Catalogue
from index.catalogue.ids import DAMAGED, Meeting, damaged_id, is_total, meet
from index.catalogue.restated import Counted, leave_out_restated
from index.catalogue.tables import named_as_in
from index.errors import InputError
from index.io.date_words import day_sql
from index.io.number_words import NOTHING, PLAIN, PLAIN_COUNT, Convention, Kind, number_sql
from index.io.table_file import (
    TableFile,
    as_text,
    find_convention,
    find_row,
    identifier,
    no_rows,
    run,
    text,
)
from index.records import ALL

PERFORMANCE_COLUMNS = ("artwork_id", "impressions")
PERFORMANCE_OPTIONAL = (
    "plays",
    "cluster",
    "platform",
    "country",
    "period",
    "completions",
    "minutes",
)
IMPRESSIONS_COLUMNS = ("member_id", "artwork_id", "played")
IMPRESSIONS_OPTIONAL = ("platform", "country", "shown_at", "propensity", "completed", "cluster")
RATES = ("take_fraction", "take_rate", "play_rate", "click_through_rate", "ctr", "rate")
"""Columns that give plays as a share of impressions where there is no column of plays."""
KEYS = ("artwork_id", "cluster", "platform", "country")
OUTCOMES = ("completions", "minutes")
MEMORY_LIMIT = "1GB"
LARGEST_COUNT = 2**53
MOST_DIMENSIONS = 8
MOST_COLUMNS = 100
"""Of a wider file, further columns neither tell rows apart nor show that they are copies."""
REPEATED_SAMPLE, FEWEST_REPEATED = 64, 50
"""One member in so many is looked at for rows that repeat, and the fewest rows that show it."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A condition on one row that must not hold; it must be true or false, never NULL."""

    column: str
    condition: str
    problem: str
    hint: str


def aggregate_performance(
    catalogue: Catalogue, members: pd.DataFrame | None, *, half_life: float | None = None
) -> pd.DataFrame | None:
    """Cells of a catalogue's performance or impressions file; None when it has neither.

    A log of impressions is never held in memory: DuckDB streams it, joins each member's cluster
    and sums. Where the log gives the propensity of each impression, counts for estimation are
    self-normalised inverse-propensity weights: an effective size of (Σw)²/Σw² (Kish 1965) at the
    weighted take fraction Σwy/Σw (Hájek 1971).

    Rows that restate others, and rows of artworks that the catalogue does not have, are left out;
    the file's notes say how many.

    Args:
        catalogue: as loaded.
        members: member_id, cluster; used for a log only. A member it does not name, and every
            member when it is None, has the cluster "".
        half_life: days after which an impression weighs half as much for estimation, counted back
            from the last one; None for all alike.

    Returns:
        artwork_id, cluster, platform, country, impressions and plays (int64),
        effective_impressions and effective_plays (float64), and completions or minutes (float64)
        where the file has them; sorted by the first four.

    Raises:
        InputError: the first row with an impossible value, rows that may restate others, or ids
            of which none is known.
    """
    source = catalogue.performance or catalogue.impressions
    if source is None:
        return None
    with named_as_in(catalogue.folder, source.path.parent), working_duckdb() as connection:
        if catalogue.performance is not None:
            cells = _add_up_counts(connection, catalogue.performance, catalogue, half_life)
        else:
            cells = _add_up_log(connection, source, catalogue, members, half_life)
    return _cells(cells)


@contextmanager
def working_duckdb() -> Iterator[Any]:
    """A connection to DuckDB that keeps to some memory and spills the rest to disk."""
    import duckdb

    with tempfile.TemporaryDirectory() as spill, duckdb.connect() as connection:
        connection.execute(f"SET memory_limit = '{MEMORY_LIMIT}'")
        connection.execute("SET temp_directory = ?", [spill])
        yield connection


def _add_up_counts(
    connection: Any, source: TableFile, catalogue: Catalogue, half_life: float | None
) -> pd.DataFrame:
    counted = read_counts(connection, source, catalogue)
    effective, played = "sum(impressions)", "sum(plays)"
    if half_life is not None:
        if "ends" not in counted.rows(f"SELECT * FROM {counted.table} LIMIT 0").columns:
            raise _no_time(source, "period")
        weight = f"pow(0.5, date_diff('day', ends, (SELECT max(ends) FROM periods)) / {half_life})"
        size = f"pow(sum({weight} * impressions), 2) / sum({weight} * {weight} * impressions)"
        effective = f"coalesce({size}, 0)"
        rate = f"sum({weight} * plays) / sum({weight} * impressions)"
        played = f"coalesce({size} * {rate}, 0)"
    sums = ", ".join(f"sum({name}) AS {name}" for name in counted.measures)
    keys = [name if name in counted.dimensions else f"'' AS {name}" for name in KEYS]
    return counted.rows(
        f"SELECT {', '.join(keys)}, {sums}, {effective} AS effective_impressions, "
        f"{played} AS effective_plays FROM {counted.table} GROUP BY ALL"
    )


def _no_time(source: TableFile, column: str) -> InputError:
    return InputError(
        f"a half-life needs a column {column!r} of dates",
        path=source.path,
        hint="add it, or leave out --half-life",
    )


def read_counts(connection: Any, source: TableFile, catalogue: Catalogue) -> Counted:
    """The rows of a performance file that count, each once, as a table of DuckDB.

    Raises:
        InputError: as `aggregate_performance`.
    """
    raw = _without_copies(connection, source)
    dimensions = _dimensions(connection, source)
    kinds = dict.fromkeys(("impressions", "plays", "completions"), Kind.COUNT)
    kinds |= {"minutes": Kind.AMOUNT}
    rate = _rate_column(source)
    if rate is not None:
        kinds[rate] = Kind.SHARE
    numbers, shares = {}, set()
    for name, kind in kinds.items():
        if name in source.columns:
            numbers[name], convention = _number(connection, source, name, kind)
            if convention.percent and name != rate:
                shares.add(name)
            elif not convention.percent:
                numbers[name] += _unit(source.raw_name(name), kind)
            if name == rate and _one(connection, f"SELECT max({numbers[name]}) > 1 FROM raw")[0]:
                numbers[name] += " / 100"
                source.notes.append(f"{source.raw_name(name)} read as percent")
    played = numbers.get("plays")
    if "plays" in shares or (played is None and rate is not None):
        share = numbers[rate or "plays"] if played is None else played
        played = f"round({share} * {numbers['impressions']})"
        source.notes.append(f"plays are {'plays' if rate is None else rate} × impressions")
    if played is None:
        raise InputError(
            "the column 'plays' is missing",
            path=source.path,
            row=1,
            hint="add it, or a column take_fraction (plays per impression)",
        )
    outcomes = [name for name in OUTCOMES if name in numbers]
    columns = [f"{as_text(source, name)} AS {identifier(name)}" for name in dimensions]
    columns += [f"{numbers['impressions']} AS impressions", f"{played} AS plays"]
    columns += [f"{numbers[name]} AS {name}" for name in outcomes]
    connection.execute(
        f"CREATE TEMP TABLE counted AS SELECT record, {', '.join(columns)} FROM {raw}"
    )
    _leave_out_unknown(connection, source, catalogue)
    _refuse_faults(connection, source, outcomes)
    connection.execute("ALTER TABLE counted DROP record")
    counted = Counted(
        connection, source, "counted", tuple(dimensions), ("impressions", "plays", *outcomes)
    )
    _report_repeated(counted)
    leave_out_restated(counted)
    return counted


def _without_copies(connection: Any, source: TableFile) -> str:
    """The file in DuckDB, numbered, without rows that are the same in every column."""
    names = ", ".join(map(identifier, _looked_at(source)))
    numbered = f"SELECT {names}, row_number() OVER () - 1 AS record FROM {{source}}"
    run(connection, source, f"CREATE TEMP TABLE raw AS {numbered}")
    total, alike, largest = _one(
        connection,
        f"SELECT count(*), count(DISTINCT ({names})), "
        f"max(try_cast({as_text(source, 'impressions')} AS DOUBLE)) FROM raw",
    )
    if not total:
        raise no_rows(source.path)
    if alike == total or largest == 1 or len(source.columns) > MOST_COLUMNS:
        return "raw"
    (first,) = _one(
        connection,
        f"SELECT min(record) FROM (SELECT record, row_number() OVER (PARTITION BY {names} "
        f"ORDER BY record) AS copy FROM raw) WHERE copy = 2",
    )
    connection.execute(
        f"CREATE TEMP TABLE apart AS SELECT {names}, min(record) AS record FROM raw GROUP BY ALL"
    )
    source.notes.append(
        f"{total - alike:,} of {total:,} rows repeat another in every column and are counted once "
        f"(the first is row {source.line_of(int(first))})"
    )
    return "apart"


def _looked_at(source: TableFile) -> list[str]:
    """The columns of the contract, and of a wide file no more than the first others."""
    own = {*PERFORMANCE_COLUMNS, *PERFORMANCE_OPTIONAL, *RATES}
    known = [name for name in source.columns if name in own]
    others = [name for name in source.columns if name not in own]
    return known + others[: max(MOST_COLUMNS - len(known), 0)]


def _one(connection: Any, sql: str) -> tuple[Any, ...]:
    row: tuple[Any, ...] = connection.sql(sql).fetchall()[0]
    return row


def _dimensions(connection: Any, source: TableFile) -> list[str]:
    """Columns that tell rows apart: those of the contract, and others that are no numbers."""
    known = [name for name in (*KEYS, "period") if name in source.columns]
    measured = {"impressions", "plays", *OUTCOMES, *RATES}
    others = [
        name
        for name in _looked_at(source)
        if name not in measured and name not in known and source.is_text(name)
    ]
    if not others:
        return known
    number = r"[-+(]?\s*\D{0,3}\s*[\d.,'\s]*\d[\d.,'\s]*(?:[eE][-+]?\d+)?\s*\D{0,3}\)?"
    dashes = ", ".join(map(text, ("", *NOTHING)))
    keys = ", ".join(as_text(source, name) for name in known)
    tests = ", ".join(
        f"bool_and({as_text(source, name)} IN ({dashes}) OR "
        f"regexp_full_match({as_text(source, name)}, {text(number)}))"
        for name in others
    )
    wordless = _one(connection, f"SELECT {tests} FROM raw")
    words = [name for name, is_number in zip(others, wordless, strict=True) if not is_number]
    if not words:
        return known
    most = ", ".join(f"max(v{at})" for at in range(len(words)))
    counts = ", ".join(
        f"count(DISTINCT {as_text(source, name)}) AS v{at}" for at, name in enumerate(words)
    )
    varied = _one(connection, f"SELECT {most} FROM (SELECT {counts} FROM raw GROUP BY {keys})")
    extra = [name for name, most in zip(words, varied, strict=True) if most > 1]
    return known + extra[: MOST_DIMENSIONS - len(known)]


def _rate_column(source: TableFile) -> str | None:
    if "plays" in source.columns:
        return None
    return next((name for name in RATES if name in source.columns), None)


def _number(connection: Any, source: TableFile, name: str, kind: Kind) -> tuple[str, Convention]:
    """SQL of a column as DOUBLE, and how its numbers are written."""
    if not source.is_text(name):
        return f"try_cast({identifier(name)} AS DOUBLE)", PLAIN
    value = as_text(source, name)
    (plain,) = _one(
        connection, f"SELECT bool_and(regexp_full_match({value}, {text(PLAIN_COUNT)})) FROM raw"
    )
    if plain:
        return f"try_cast({value} AS DOUBLE)", PLAIN
    convention = find_convention(connection, source, name, kind, "raw")
    return number_sql(value, convention), convention


def _unit(written: str, kind: Kind) -> str:
    """SQL that brings a column to its unit, by what its name says of it."""
    if kind is Kind.SHARE and "%" in written:
        return " / 100"
    return " * 60" if kind is Kind.AMOUNT and "hour" in written.lower() else ""


def _leave_out_unknown(connection: Any, source: TableFile, catalogue: Catalogue) -> None:
    """Spell artworks as the catalogue does, and leave out rows of those that it does not have."""
    found = "SELECT artwork_id FROM counted GROUP BY artwork_id ORDER BY min(record)"
    ids = [str(one) for (one,) in connection.sql(found).fetchall()]
    met = meet_artworks(source, ids, catalogue)
    if met.spelled:
        respelled = pd.DataFrame(met.spelled.items(), columns=["written", "known"]).astype("str")
        connection.register("respelled", respelled)
        connection.execute(
            "UPDATE counted SET artwork_id = known FROM respelled WHERE artwork_id = written"
        )
    if met.missed:
        connection.register("missed", pd.DataFrame({"artwork_id": met.missed}).astype("str"))
        connection.execute(
            "DELETE FROM counted WHERE artwork_id IN (SELECT artwork_id FROM missed)"
        )


def meet_artworks(source: TableFile, found: Sequence[str], catalogue: Catalogue) -> Meeting:
    """Which artworks of the catalogue the ids of a file are; what meets nothing is reported.

    Raises:
        InputError: none of them meets one, or one lost digits.
    """
    met = meet(found, catalogue.artworks["artwork_id"], names=True)
    _refuse_damaged(source, "artwork_id", met.missed)
    totals = [one for one in met.missed if not one or is_total(one) or one in NOTHING]
    unknown = [one for one in met.missed if one not in totals]
    if len(met.missed) == len(found):
        raise _nothing_meets(source, "artwork_id", (unknown or [""])[0], met.known, "artworks")
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


def _nothing_meets(
    source: TableFile, column: str, example: str, known: str, table: str
) -> InputError:
    return InputError(
        f"no value is in {table}: here it is {example!r}, there {known!r}",
        path=source.path,
        column=column,
        hint=f"write ids as {table} does",
    )


def _refuse_damaged(source: TableFile, column: str, values: Sequence[str]) -> None:
    import re

    damaged = next((one for one in values if re.match(DAMAGED, one)), None)
    if damaged is not None:
        raise damaged_id(damaged, source, column, None)


def _refuse_faults(connection: Any, source: TableFile, outcomes: Sequence[str]) -> None:
    faults = [_bad_count(name) for name in ("impressions", "plays")]
    faults.append(
        Fault(
            "plays",
            "coalesce(plays > impressions, false)",
            "is more than the impressions",
            "an impression is played at most once",
        )
    )
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
    record, fault = _one(
        connection,
        f"SELECT min(record), arg_min(fault, record) FROM (SELECT record, CASE {cases} END "
        "AS fault FROM counted) WHERE fault IS NOT NULL",
    )
    if record is not None:
        raise _fault_error(connection, source, faults[int(fault)], int(record), "raw")


def _report_repeated(counted: Counted) -> None:
    """Rows that differ in nothing but their counts: parts to add, or the same period twice.

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
            row=find_row(
                counted.connection,
                counted.source,
                " AND ".join(
                    f"{as_text(counted.source, name)} = {text(str(first[name]))}"
                    for name in ("artwork_id", "period")
                ),
            ),
            column="period",
            hint="keep the right one, or add a column that says in what they differ",
        )
    counted.source.notes.append(
        f"{int(found['rows'].sum()):,} rows share artwork and slice with another and were added up"
    )


def _add_up_log(
    connection: Any,
    source: TableFile,
    catalogue: Catalogue,
    members: pd.DataFrame | None,
    half_life: float | None,
) -> pd.DataFrame:
    """Cells of a log, streamed."""
    recency = None if half_life is None else _recency(connection, source, half_life)
    typed, faults, sums = _log(source, recency)
    _register_members(connection, members)
    broken = " OR ".join(f"({fault.condition})" for fault in faults)
    query = (
        f"SELECT * REPLACE (coalesce(CAST(cluster AS VARCHAR), '') AS cluster) FROM ("
        f"SELECT {', '.join(KEYS)}, {sums}, count(*) FILTER (WHERE {broken}) AS broken "
        f"FROM ({typed.replace('{record}', '')}) GROUP BY ALL)"
    )
    cells = run(connection, source, query)
    if cells.empty:
        raise no_rows(source.path)
    if cells["broken"].any():
        raise _first_fault(connection, source, typed, faults)
    if members is not None and cells["cluster"].eq("").any():
        spelled = _meet_members(connection, source, catalogue)
        if spelled:
            own = members.set_index("member_id")["cluster"]
            more = pd.DataFrame(spelled.items(), columns=["member_id", "known"])
            more = more.assign(cluster=more["known"].map(own)).dropna()
            _register_members(connection, pd.concat([members, more[["member_id", "cluster"]]]))
            cells = run(connection, source, query)
    cells = _known_artworks(source, cells, catalogue)
    times = _times_each_row(connection, source, cells)
    if times > 1:
        source.notes.append(f"every row is there {times} times and is counted once")
        counts = ["impressions", "plays", "effective_impressions", "effective_plays"]
        counts += [name for name in OUTCOMES if name in cells]
        cells[counts] = cells[counts] // times
    return cells


def _register_members(connection: Any, members: pd.DataFrame | None) -> None:
    held = pd.DataFrame({"member_id": [], "cluster": []}) if members is None else members
    # A category reaches DuckDB as a small number, which groups faster than a word.
    coded = held[["member_id"]].assign(cluster=held["cluster"].astype("category"))
    connection.register("member_clusters", coded)


def _meet_members(connection: Any, source: TableFile, catalogue: Catalogue) -> dict[str, str]:
    """Members of a log whose ids are spelled otherwise; those that meet nothing are reported.

    Raises:
        InputError: none of the log's members is known.
    """
    table = "members" if catalogue.members is not None else "interactions"
    frame = catalogue.members if catalogue.members is not None else catalogue.interactions
    if frame is None:
        return {}
    known = frame[["member_id"]].drop_duplicates()
    connection.register("known_members", known)
    value = as_text(source, "member_id")
    found = run(
        connection,
        source,
        f"SELECT DISTINCT member_id, known_members.member_id IS NULL AS lost FROM (SELECT DISTINCT "
        f"{value} AS member_id FROM {{source}}) AS log LEFT JOIN known_members USING (member_id)",
    )
    lost = found.loc[found["lost"], "member_id"]
    if lost.empty:
        return {}
    met = meet(lost, known["member_id"])
    _refuse_damaged(source, "member_id", met.missed)
    if len(met.missed) == len(found):
        raise _nothing_meets(source, "member_id", min(met.missed), met.known, table)
    if met.spelled:
        source.notes.append(met.told("members", table))
    # Members who watch nothing are not in interactions, which is nothing to report.
    few = table == "interactions" and len(met.missed) < 0.01 * len(found)
    if met.missed and not few:
        source.notes.append(
            f"{len(met.missed):,} of {len(found):,} members are not in {table} and have no cluster"
        )
    return met.spelled


def _known_artworks(source: TableFile, cells: pd.DataFrame, catalogue: Catalogue) -> pd.DataFrame:
    known = catalogue.artworks["artwork_id"]
    if cells["artwork_id"].isin(known).all():
        return cells
    met = meet_artworks(source, cells["artwork_id"].unique().tolist(), catalogue)
    own = cells["artwork_id"].map(met.spelled).fillna(cells["artwork_id"])
    kept = cells.assign(artwork_id=own)[own.isin(known)]
    sums = [name for name in kept.columns if name not in (*KEYS, "broken")]
    return kept.groupby(list(KEYS), as_index=False, observed=True)[sums].sum()


def _times_each_row(connection: Any, source: TableFile, cells: pd.DataFrame) -> int:
    """How many times every row of a log is there; 1 where some row is alone.

    Where every row is there twice, every count is even, so that most logs are not read again. Of
    others one member in sixty-four is looked at.
    """
    if np.gcd.reduce(cells[["impressions", "plays"]].to_numpy(np.int64), axis=None) == 1:
        return 1
    names = ", ".join(map(identifier, source.columns))
    some = f" WHERE hash({as_text(source, 'member_id')}) % {REPEATED_SAMPLE} = 0"
    for part in (some, ""):
        found = run(
            connection,
            source,
            f"SELECT min(times) AS least, count(*) AS rows FROM (SELECT count(*) AS times FROM "
            f"{{source}}{part} GROUP BY {names})",
        ).iloc[0]
        if found["rows"] >= FEWEST_REPEATED:
            return int(found["least"])
    return 1


def _recency(connection: Any, source: TableFile, half_life: float) -> str:
    """SQL of how much an impression weighs by its age."""
    day = day_sql(connection, source, "shown_at") if "shown_at" in source.columns else None
    if day is None:
        raise _no_time(source, "shown_at")
    last = run(connection, source, f"SELECT max({day}) AS day FROM {{source}}")["day"].iloc[0]
    age = f"date_diff('day', {day}, DATE '{pd.Timestamp(last).date()}')"
    return f"coalesce(pow(0.5, {age} / {half_life}), 0)"


def _log(source: TableFile, recency: str | None) -> tuple[str, tuple[Fault, ...], str]:
    """Typed rows, their faults and the sums of a log of impressions."""
    weighted = "propensity" in source.columns
    completed = "completed" in source.columns
    columns = [
        f"{as_text(source, 'artwork_id')} AS artwork_id",
        f"{as_text(source, 'member_id')} AS member_id",
        *(_optional(source, name) for name in KEYS[2:]),
        f"{flag_sql(source, 'played')} AS played",
        *(["try_cast(propensity AS DOUBLE) AS propensity"] if weighted else []),
        *([f"{flag_sql(source, 'completed')} AS completed"] if completed else []),
        *([f"{recency} AS recency"] if recency else []),
    ]
    typed = (
        "SELECT log.*, member_clusters.cluster "
        f"FROM (SELECT {{record}} {', '.join(columns)} FROM {{source}}) AS log "
        "LEFT JOIN member_clusters USING (member_id)"
    )
    faults = (
        *_reserved("platform"),
        Fault("played", "played IS NULL", "is neither true nor false", "write 0 or 1"),
    )
    counts = "count(*) AS impressions, coalesce(sum(played), 0) AS plays, "
    if completed:
        counts += "coalesce(sum(completed) FILTER (played = 1), 0) AS completions, "
    if not weighted and recency is None:
        same = "impressions AS effective_impressions, plays AS effective_plays"
        return typed, faults, counts + same
    weight = "1 / propensity" if weighted else "1"
    weight = f"({weight} * recency)" if recency else f"({weight})"
    size = f"coalesce(pow(sum({weight}), 2) / sum({weight} * {weight}), 0)"
    counts += (
        f"{size} AS effective_impressions, "
        f"coalesce({size} * sum(played * {weight}) / sum({weight}), 0) AS effective_plays"
    )
    if not weighted:
        return typed, faults, counts
    faults += (
        Fault(
            "propensity",
            "NOT coalesce(propensity > 0 AND propensity <= 1, false)",
            "is not a probability",
            "write the chance that this artwork was shown, above 0 and at most 1",
        ),
    )
    return typed, faults, counts


def _optional(source: TableFile, column: str) -> str:
    value = as_text(source, column) if column in source.columns else "''"
    return f"{value} AS {column}"


def flag_sql(source: TableFile, column: str) -> str:
    """SQL of yes or no as 1 or 0; NULL for anything else."""
    if source.type_of(column) == "BOOLEAN":
        return f"CAST({identifier(column)} AS INTEGER)"
    value = f"lower({as_text(source, column)})"
    return (
        f"CASE WHEN {value} IN ('1', '1.0', 'true', 't', 'yes', 'y') THEN 1 "
        f"WHEN {value} IN ('0', '0.0', 'false', 'f', 'no', 'n') THEN 0 END"
    )


def _bad_count(column: str) -> Fault:
    sound = f"isfinite({column}) AND {column} BETWEEN 0 AND {LARGEST_COUNT}"
    return Fault(
        column,
        f"NOT coalesce({sound} AND {column} = floor({column}), false)",
        "is not a count",
        "write a whole number, 0 or more",
    )


def _reserved(*columns: str) -> tuple[Fault, ...]:
    return tuple(
        Fault(
            column,
            f"{column} = '{ALL}'",
            "is a reserved word",
            "remove rows that sum others up, the totals are computed",
        )
        for column in columns
    )


def _first_fault(
    connection: Any, source: TableFile, typed: str, faults: tuple[Fault, ...]
) -> InputError:
    """The first row of a log, in file order, that has a fault."""
    numbered = "(SELECT *, row_number() OVER () - 1 AS record FROM {source})"
    cases = " ".join(f"WHEN {fault.condition} THEN {place}" for place, fault in enumerate(faults))
    typed = typed.replace("{record}", "record,").replace("{source}", numbered)
    found = run(
        connection,
        source,
        f"SELECT record, CASE {cases} END AS fault FROM ({typed}) "
        "WHERE fault IS NOT NULL ORDER BY record LIMIT 1",
    )
    fault = faults[int(found["fault"].iloc[0])]
    return _fault_error(connection, source, fault, int(found["record"].iloc[0]), numbered)


def _fault_error(
    connection: Any, source: TableFile, fault: Fault, record: int, rows: str
) -> InputError:
    column = fault.column if fault.column in source.columns else "impressions"
    written = f"CAST({identifier(column)} AS VARCHAR)"
    raw = run(connection, source, f"SELECT {written} AS value FROM {rows} WHERE record = {record}")[
        "value"
    ].iloc[0]
    value = "nothing" if pd.isna(raw) else repr(str(raw))
    return InputError(
        f"{value} {fault.problem}",
        path=source.path,
        row=source.line_of(record),
        column=column,
        hint=fault.hint,
    )


def _cells(cells: pd.DataFrame) -> pd.DataFrame:
    """Sorted, with exact types; effective counts are rounded as threads sum in any order."""
    whole = {name: cells[name].astype("int64") for name in ("impressions", "plays")}
    parts = {
        name: np.round(cells[name].astype("float64"), 6)
        for name in ("effective_impressions", "effective_plays", *OUTCOMES)
        if name in cells
    }
    return cells[list(KEYS)].assign(**whole, **parts).sort_values(list(KEYS), ignore_index=True)
