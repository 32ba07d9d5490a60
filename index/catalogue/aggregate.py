"""Counts per artwork × cluster × platform × country, straight from the file by DuckDB."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from index.catalogue.files import Source, as_text, identifier, line_of, no_rows, open_source, run
from index.catalogue.tables import named_as_in
from index.errors import InputError
from index.records import ALL

if TYPE_CHECKING:
    from index.catalogue.load import Catalogue

PERFORMANCE_COLUMNS = ("artwork_id", "impressions", "plays")
IMPRESSIONS_COLUMNS = ("member_id", "artwork_id", "played")
KEYS = ("artwork_id", "cluster", "platform", "country")
MEMORY_LIMIT = "1GB"
LARGEST_COUNT = 2**53


@dataclass(frozen=True, slots=True)
class Fault:
    """A condition on one row that must not hold; it must be true or false, never NULL."""

    column: str
    condition: str
    problem: str
    hint: str


UNKNOWN_ARTWORK = Fault(
    "artwork_id",
    "artwork_id NOT IN (SELECT artwork_id FROM known_artworks)",
    "is not in artworks",
    "add it to artworks or remove the row",
)


def aggregate_performance(
    catalogue: Catalogue, members: pd.DataFrame | None
) -> pd.DataFrame | None:
    """Cells of a catalogue's performance or impressions file; None when it has neither.

    A log of impressions is never held in memory: DuckDB streams it, joins each member's cluster
    and sums. Where the log gives the propensity of each impression, counts for estimation are
    self-normalised inverse-propensity weights: an effective size of (Σw)²/Σw² (Kish 1965) at the
    weighted take fraction Σwy/Σw (Hájek 1971).

    Args:
        catalogue: as loaded.
        members: member_id, cluster; used for a log only. A member it does not name, and every
            member when it is None, has the cluster "".

    Returns:
        artwork_id, cluster, platform, country, impressions and plays (int64),
        effective_impressions and effective_plays (float64), sorted by the first four.

    Raises:
        InputError: the first row with an unknown artwork or an impossible value.
    """
    path = catalogue.performance_path or catalogue.impressions_path
    if path is None:
        return None
    with named_as_in(catalogue.folder, path.parent):
        return _aggregate(catalogue, members)


def _aggregate(catalogue: Catalogue, members: pd.DataFrame | None) -> pd.DataFrame:
    import duckdb

    if catalogue.performance_path is not None:
        source = open_source(catalogue.performance_path, PERFORMANCE_COLUMNS)
        typed, faults, sums = _counts(source)
    else:
        assert catalogue.impressions_path is not None
        source = open_source(catalogue.impressions_path, IMPRESSIONS_COLUMNS)
        typed, faults, sums = _log(source)
    faults = (UNKNOWN_ARTWORK, *faults)
    if members is None:
        members = pd.DataFrame({"member_id": [], "cluster": []}, dtype="str")
    with tempfile.TemporaryDirectory() as spill, duckdb.connect() as connection:
        connection.execute(f"SET memory_limit = '{MEMORY_LIMIT}'")
        connection.execute("SET temp_directory = ?", [spill])
        # A category reaches DuckDB as a small number, which groups faster than a word.
        coded = members[["member_id"]].assign(cluster=members["cluster"].astype("category"))
        connection.register("member_clusters", coded)
        connection.register("known_artworks", catalogue.artworks[["artwork_id"]])
        broken = " OR ".join(f"({fault.condition})" for fault in faults[1:])
        cells = run(
            connection,
            source,
            f"SELECT * REPLACE (coalesce(CAST(cluster AS VARCHAR), '') AS cluster) FROM ("
            f"SELECT {', '.join(KEYS)}, {sums}, count(*) FILTER (WHERE {broken}) AS broken "
            f"FROM ({typed.replace('{record}', '')}) GROUP BY ALL)",
        )
        if cells.empty:
            raise no_rows(source.path)
        known = cells["artwork_id"].isin(catalogue.artworks["artwork_id"])
        if cells["broken"].any() or not known.all():
            raise _first_fault(connection, source, typed, faults)
    return _cells(cells)


def _counts(source: Source) -> tuple[str, tuple[Fault, ...], str]:
    """Typed rows, their faults and the sums of a performance file."""
    columns = [
        f"{as_text(source, 'artwork_id')} AS artwork_id",
        *(_optional(source, name) for name in KEYS[1:]),
        "try_cast(impressions AS DOUBLE) AS impressions",
        "try_cast(plays AS DOUBLE) AS plays",
    ]
    typed = f"SELECT {{record}} {', '.join(columns)} FROM {{source}}"
    faults = (
        *_reserved("cluster", "platform"),
        *(_bad_count(name) for name in ("impressions", "plays")),
        Fault(
            "plays",
            "coalesce(plays > impressions, false)",
            "is more than the impressions",
            "an impression is played at most once",
        ),
    )
    sums = (
        "sum(impressions) AS impressions, sum(plays) AS plays, "
        "sum(impressions) AS effective_impressions, sum(plays) AS effective_plays"
    )
    return typed, faults, sums


def _log(source: Source) -> tuple[str, tuple[Fault, ...], str]:
    """Typed rows, their faults and the sums of a log of impressions."""
    weighted = "propensity" in source.columns
    columns = [
        f"{as_text(source, 'artwork_id')} AS artwork_id",
        f"{as_text(source, 'member_id')} AS member_id",
        *(_optional(source, name) for name in KEYS[2:]),
        f"{_played(source)} AS played",
        *(["try_cast(propensity AS DOUBLE) AS propensity"] if weighted else []),
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
    if not weighted:
        same = "impressions AS effective_impressions, plays AS effective_plays"
        return typed, faults, counts + same
    faults += (
        Fault(
            "propensity",
            "NOT coalesce(propensity > 0 AND propensity <= 1, false)",
            "is not a probability",
            "write the chance that this artwork was shown, above 0 and at most 1",
        ),
    )
    size = "pow(sum(1 / propensity), 2) / sum(1 / (propensity * propensity))"
    weighted_counts = (
        f"{size} AS effective_impressions, "
        f"{size} * sum(played / propensity) / sum(1 / propensity) AS effective_plays"
    )
    return typed, faults, counts + weighted_counts


def _optional(source: Source, column: str) -> str:
    value = as_text(source, column) if column in source.columns else "''"
    return f"{value} AS {column}"


def _played(source: Source) -> str:
    if source.type_of("played") == "BOOLEAN":
        return "CAST(played AS INTEGER)"
    value = f"lower({as_text(source, 'played')})"
    return (
        f"CASE WHEN {value} IN ('1', '1.0', 'true', 't') THEN 1 "
        f"WHEN {value} IN ('0', '0.0', 'false', 'f') THEN 0 END"
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
    connection: Any, source: Source, typed: str, faults: tuple[Fault, ...]
) -> InputError:
    """The first row, in file order, that has a fault."""
    numbered = "(SELECT *, row_number() OVER () - 1 AS record FROM {source})"
    cases = " ".join(f"WHEN {fault.condition} THEN {place}" for place, fault in enumerate(faults))
    typed = typed.replace("{record}", "record,").replace("{source}", numbered)
    found = run(
        connection,
        source,
        f"SELECT record, CASE {cases} END AS fault FROM ({typed}) "
        "WHERE fault IS NOT NULL ORDER BY record LIMIT 1",
    )
    record, fault = int(found["record"].iloc[0]), faults[int(found["fault"].iloc[0])]
    raw = run(
        connection,
        source,
        f"SELECT CAST({identifier(fault.column)} AS VARCHAR) AS value "
        f"FROM {numbered} WHERE record = {record}",
    )["value"].iloc[0]
    value = "nothing" if pd.isna(raw) else repr(str(raw))
    return InputError(
        f"{value} {fault.problem}",
        path=source.path,
        row=line_of(source, record),
        column=fault.column,
        hint=fault.hint,
    )


def _cells(cells: pd.DataFrame) -> pd.DataFrame:
    """Sorted, with exact types; effective counts are rounded as threads sum in any order."""
    whole = {name: cells[name].astype("int64") for name in ("impressions", "plays")}
    parts = {
        name: np.round(cells[name].astype("float64"), 6)
        for name in ("effective_impressions", "effective_plays")
    }
    return cells[list(KEYS)].assign(**whole, **parts).sort_values(list(KEYS), ignore_index=True)
