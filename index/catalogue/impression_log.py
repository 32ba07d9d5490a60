"""A log of impressions, streamed and summed by DuckDB."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from index.catalogue.catalogue import Catalogue
from index.catalogue.faults import Fault, first_fault, of_known_artworks, reserved
from index.catalogue.ids import meet, nothing_meets, refuse_damaged
from index.catalogue.schemas import FEWEST_REPEATED, KEYS, OUTCOMES, REPEATED_SAMPLE
from index.errors import InputError
from index.io.date_words import day_sql
from index.io.table_file import TableFile, identifier, no_rows
from index.io.table_scan import Scan, as_text


def no_time(source: TableFile, column: str) -> InputError:
    """The error of a half-life without dates."""
    return InputError(
        f"a half-life needs a column {column!r} of dates",
        path=source.path,
        hint="add it, or leave out --half-life",
    )


def add_up_log(
    scan: Scan, catalogue: Catalogue, members: pd.DataFrame | None, half_life: float | None
) -> pd.DataFrame:
    """Cells of a log, streamed."""
    recency = None if half_life is None else _recency(scan, half_life)
    typed, faults, sums = _log(scan.source, recency)
    _register_members(scan.connection, members)
    broken = " OR ".join(f"({fault.condition})" for fault in faults)
    query = (
        f"SELECT * REPLACE (coalesce(CAST(cluster AS VARCHAR), '') AS cluster) FROM ("
        f"SELECT {', '.join(KEYS)}, {sums}, count(*) FILTER (WHERE {broken}) AS broken "
        f"FROM ({typed.replace('{record}', '')}) GROUP BY ALL)"
    )
    cells = scan.rows(query)
    if cells.empty:
        raise no_rows(scan.source.path)
    if cells["broken"].any():
        raise first_fault(scan, typed, faults)
    if members is not None and cells["cluster"].eq("").any():
        spelled = _meet_members(scan, catalogue)
        if spelled:
            own = members.set_index("member_id")["cluster"]
            more = pd.DataFrame(spelled.items(), columns=["member_id", "known"])
            more = more.assign(cluster=more["known"].map(own)).dropna()
            _register_members(scan.connection, pd.concat([members, more[["member_id", "cluster"]]]))
            cells = scan.rows(query)
    known = of_known_artworks(cells, scan.source, catalogue)
    if known is not cells:
        cells = (
            known.drop(columns="broken").groupby(list(KEYS), as_index=False, observed=True).sum()
        )
    times = _times_each_row(scan, cells)
    if times > 1:
        scan.source.notes.append(f"every row is there {times} times and is counted once")
        counts = ["impressions", "plays", "effective_impressions", "effective_plays"]
        counts += [name for name in OUTCOMES if name in cells]
        cells[counts] = cells[counts] // times
    return cells


def _register_members(connection: Any, members: pd.DataFrame | None) -> None:
    held = pd.DataFrame({"member_id": [], "cluster": []}) if members is None else members
    # A category reaches DuckDB as a small number, which groups faster than a word.
    coded = held[["member_id"]].assign(cluster=held["cluster"].astype("category"))
    connection.register("member_clusters", coded)


def _meet_members(scan: Scan, catalogue: Catalogue) -> dict[str, str]:
    """Members of a log whose ids are spelled otherwise; those that meet nothing are reported.

    Raises:
        InputError: none of the log's members is known.
    """
    table = "members" if catalogue.members is not None else "interactions"
    frame = catalogue.members if catalogue.members is not None else catalogue.interactions
    if frame is None:
        return {}
    known = frame[["member_id"]].drop_duplicates()
    scan.connection.register("known_members", known)
    value = as_text(scan.source, "member_id")
    found = scan.rows(
        f"SELECT DISTINCT member_id, known_members.member_id IS NULL AS lost FROM (SELECT DISTINCT "
        f"{value} AS member_id FROM {{source}}) AS log LEFT JOIN known_members USING (member_id)"
    )
    lost = found.loc[found["lost"], "member_id"]
    if lost.empty:
        return {}
    met = meet(lost, known["member_id"])
    refuse_damaged(scan.source, "member_id", pd.Series(met.missed, dtype="str"), by_row=False)
    if len(met.missed) == len(found):
        raise nothing_meets(scan.source, "member_id", min(met.missed), met.known, table)
    if met.spelled:
        scan.source.notes.append(met.told("members", table))
    # Members who watch nothing are not in interactions, which is nothing to report.
    few = table == "interactions" and len(met.missed) < 0.01 * len(found)
    if met.missed and not few:
        scan.source.notes.append(
            f"{len(met.missed):,} of {len(found):,} members are not in {table} and have no cluster"
        )
    return met.spelled


def _times_each_row(scan: Scan, cells: pd.DataFrame) -> int:
    """How many times every row of a log is there; 1 where some row is alone.

    Where every row is there twice, every count is even, so that most logs are not read again. Of
    others one member in sixty-four is looked at.
    """
    if np.gcd.reduce(cells[["impressions", "plays"]].to_numpy(np.int64), axis=None) == 1:
        return 1
    names = ", ".join(map(identifier, scan.source.columns))
    some = f" WHERE hash({as_text(scan.source, 'member_id')}) % {REPEATED_SAMPLE} = 0"
    for part in (some, ""):
        found = scan.rows(
            f"SELECT min(times) AS least, count(*) AS rows FROM (SELECT count(*) AS times FROM "
            f"{{source}}{part} GROUP BY {names})"
        ).iloc[0]
        if found["rows"] >= FEWEST_REPEATED:
            return int(found["least"])
    return 1


def _recency(scan: Scan, half_life: float) -> str:
    """SQL of how much an impression weighs by its age."""
    day = day_sql(scan, "shown_at") if "shown_at" in scan.source.columns else None
    if day is None:
        raise no_time(scan.source, "shown_at")
    found = scan.rows(
        f"SELECT max({day}) AS day, count(*) - count({day}) AS undated FROM {{source}}"
    ).iloc[0]
    if found["undated"]:
        scan.source.notes.append(
            f"{int(found['undated']):,} rows have no readable shown_at and weigh nothing with a "
            "half-life"
        )
    age = f"date_diff('day', {day}, DATE '{pd.Timestamp(found['day']).date()}')"
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
        *reserved("platform"),
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
