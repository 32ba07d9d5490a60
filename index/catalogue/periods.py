"""Periods of a performance table that restate others: running totals and overlaps."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

import pandas as pd

from index.catalogue.counted import LARGE, Counted, as_rows, row_of
from index.errors import InputError
from index.io.date_words import Period, read_periods
from index.io.number_words import Undecided
from index.io.table_file import TableFile, identifier
from index.io.table_scan import undecided

STEPS = 8
"""So many steps from period to period that all go up look like running totals."""


def count_each_period_once(counted: Counted) -> None:
    """Make running totals counts of periods apart, and add first and last day to every row.

    Raises:
        InputError: periods overlap, or can be read in two ways.
    """
    values = [str(one) for one in counted.rows(
        "SELECT DISTINCT period FROM counted ORDER BY period"
    )["period"] if one]  # fmt: skip
    periods = read_periods(values, "period", counted.source.reading.dates)
    if isinstance(periods, Undecided):
        raise undecided(counted.source, "period", periods)
    if periods is None:
        counted.source.notes.append("period is no date, so nothing is said of time")
        return
    serial = next((one for one in periods if re.fullmatch(r"\d{5}", one)), None)
    if serial is not None:
        counted.source.notes.append(f"period: {serial} read as {periods[serial].start}")
    counted.connection.register(
        "periods",
        pd.DataFrame(
            {
                "period": list(periods),
                "starts": pd.to_datetime([one.start for one in periods.values()]),
                "ends": pd.to_datetime([one.end for one in periods.values()]),
            }
        ).astype({"period": "str"}),
    )
    if _is_running(counted):
        _keep_last(counted)
    elif clash := _overlapping(counted, periods):
        one, other = clash
        raise InputError(
            f"the periods {one!r} and {other!r} overlap, so some impressions are there twice",
            path=counted.source.path,
            row=row_of(counted, "period", other),
            column="period",
            hint="keep one of them, or say --periods running where each holds all before it",
        )
    counted.change(
        "CREATE OR REPLACE TEMP TABLE counted AS SELECT counted.*, starts, ends "
        "FROM counted LEFT JOIN periods USING (period)"
    )


def _is_running(counted: Counted) -> bool:
    """Whether counts only ever grow from period to period, as running totals do.

    Raises:
        InputError: they do, and might as well be counts of growing periods.
    """
    if counted.source.reading.periods is not None:
        return counted.source.reading.periods == "running"
    keys = counted.keys_without("period")
    found = counted.rows(
        f"SELECT count(*) AS steps, "
        f"count(*) FILTER (impressions >= i AND plays >= p) AS up, "
        f"count(*) FILTER (impressions = i AND plays = p AND i >= {LARGE}) AS still, "
        f"count(*) FILTER (impressions > i) AS grown, "
        f"count(*) FILTER (starts = s AND ends > e) AS longer FROM ("
        f"SELECT *, lag(impressions) OVER own AS i, lag(plays) OVER own AS p, "
        f"lag(starts) OVER own AS s, lag(ends) OVER own AS e "
        f"FROM counted JOIN periods USING (period) "
        f"WINDOW own AS (PARTITION BY {keys} ORDER BY ends, starts)) WHERE i IS NOT NULL"
    ).iloc[0]
    steps = int(found["steps"])
    if steps == 0 or found["up"] < steps or not found["grown"]:
        return False
    if found["longer"] == steps or (steps >= STEPS and found["still"] >= 2):
        return True
    if steps >= STEPS:
        raise InputError(
            "the counts of every artwork only grow from period to period, as running totals do",
            path=counted.source.path,
            column="period",
            hint="say --periods running, or --periods separate where each has its own counts",
        )
    return False


def _keep_last(counted: Counted) -> None:
    """What each period of running totals adds to the one before."""
    keys = counted.keys_without("period")
    added = ", ".join(
        f"{one} - coalesce(lag({one}) OVER own, 0) AS {one}" for one in counted.measures
    )
    others = ", ".join(map(identifier, counted.dimensions))
    (before,) = counted.one("SELECT count(*) FROM counted")
    counted.change(
        f"CREATE OR REPLACE TEMP TABLE counted AS SELECT {others}, {added} FROM ("
        f"SELECT * FROM counted LEFT JOIN periods USING (period)) "
        f"WINDOW own AS (PARTITION BY {keys} ORDER BY ends, starts)"
    )
    counted.source.notes.append(
        f"{as_rows(before)} hold running totals: each period counts what it adds to the one before"
    )


def _overlapping(counted: Counted, periods: dict[str, Period]) -> tuple[str, str] | None:
    """Two periods that share days and rows of one artwork and slice."""
    ordered = sorted(periods.items(), key=lambda one: one[1])
    if all(one.end <= other.start for (_, one), (_, other) in pairwise(ordered)):
        return None
    keys = [identifier(one) for one in counted.dimensions if one != "period"]
    found = counted.rows(
        f"SELECT a.period AS one, b.period AS other FROM "
        f"(SELECT * FROM counted JOIN periods USING (period)) AS a JOIN "
        f"(SELECT * FROM counted JOIN periods USING (period)) AS b "
        f"ON {' AND '.join(f'a.{key} = b.{key}' for key in keys)} AND a.period <> b.period "
        f"AND a.starts <= b.starts AND a.ends > b.starts "
        "ORDER BY a.starts, a.period, b.period LIMIT 1"
    )
    return None if found.empty else (str(found["one"].iloc[0]), str(found["other"].iloc[0]))


def periods_of(values: Sequence[str], source: TableFile) -> dict[str, Period]:
    """Each value of a column `period` as the days that it covers; empty where they are no dates."""
    found = read_periods(values, "period", source.reading.dates)
    return {} if found is None or isinstance(found, Undecided) else found
