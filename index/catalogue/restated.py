"""Rows of a performance table that restate other rows: totals, copies, running totals, overlaps.

What surely restates is left out and reported; what may is refused, with what decides.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

import pandas as pd

from index.catalogue.ids import is_total
from index.catalogue.nested_sums import MOST_SLICES, MOST_VALUES, find_nested_sum
from index.errors import InputError
from index.io.date_words import Period, read_periods
from index.io.number_words import Undecided
from index.io.table_file import Scan, TableFile, identifier, text, undecided
from index.records import ALL

LARGE = 20
"""Impressions from which on equal counts are no accident."""
FEWEST_NEAR = 6
"""Groups in which a value must be a little more than the sum of several others, so that it is no
accident: one that has half of all impressions lies above half in each only once in 64 times."""
STEPS = 8
"""So many steps from period to period that all go up look like running totals."""
MOST_COMBINED = 4
"""Dimensions of which every combination is looked at."""
SLICES = ("country", "platform", "cluster")


@dataclass(frozen=True, slots=True)
class Counted(Scan):
    """The table `counted` in DuckDB, one row per row of a file that counts.

    Attributes:
        dimensions: columns that tell rows apart.
        measures: columns that are added up: impressions, plays and others.
    """

    dimensions: tuple[str, ...]
    measures: tuple[str, ...]


def leave_out_restated(counted: Counted) -> None:
    """Remove rows that restate others from the table; what was done is added to the file's notes.

    Raises:
        InputError: rows may restate others, and nothing decides.
    """
    apart = [name for name in counted.dimensions if name not in ("artwork_id", "period")]
    several = [
        names
        for size in range(len(apart), 1, -1)
        for names in combinations(apart[:MOST_COMBINED], size)
    ]
    for names in several:
        _leave_out_sums_of_several(counted, names)
    for name in apart:
        _leave_out_totals(counted, name)
    for names in several:
        _leave_out_sums_of_several(counted, names)
    if "period" in counted.dimensions:
        _leave_out_totals(counted, "period")
        _one_of_each_period(counted)


def _leave_out_sums_of_several(counted: Counted, names: tuple[str, ...]) -> None:
    """Rows without a value, or with a total's, in several dimensions at once that sum the rest."""
    sums = []
    for name in names:
        found = counted.rows(f"SELECT DISTINCT {identifier(name)} AS value FROM counted")
        words = [str(one) for one in found["value"] if not one or is_total(str(one))]
        if not words or len(words) == len(found):
            return
        sums.append(f"{identifier(name)} IN ({', '.join(map(text, words))})")
    keys = [identifier(one) for one in counted.dimensions if one not in names]
    same = f"PARTITION BY {', '.join(keys)}" if keys else ""
    is_sum = " AND ".join(sums)
    twice = f"{is_sum} AND 2 * impressions = whole AND 2 * plays = played AND beside > 0"
    counted.change(
        f"CREATE OR REPLACE TEMP TABLE beside AS SELECT *, sum(impressions) OVER same AS whole, "
        f"sum(plays) OVER same AS played, count(*) FILTER (NOT ({is_sum})) OVER same AS beside "
        f"FROM counted WINDOW same AS ({same})"
    )
    told = counted.rows(
        f"SELECT count(*) FILTER (beside > 0) AS beside, count(*) FILTER ({twice}) AS equal, "
        f"coalesce(max(impressions) FILTER ({twice}), 0) AS largest FROM beside WHERE {is_sum}"
    ).iloc[0]
    if told["beside"] and told["equal"] == told["beside"] and told["largest"] >= LARGE:
        counted.change(
            f"CREATE OR REPLACE TEMP TABLE counted AS SELECT * EXCLUDE "
            f"(whole, played, beside) FROM beside WHERE NOT ({twice})"
        )
        counted.source.notes.append(
            f"{as_rows(int(told['equal']))} for every {' and '.join(names)} left out: they sum up "
            "other rows"
        )
    counted.change("DROP TABLE beside")


@dataclass(frozen=True, slots=True)
class _Compared:
    """One value of a dimension beside the others, in groups of rows that differ in it alone.

    Attributes:
        beside: groups in which there are others.
        equal: groups in which it is the sum of the others.
        equal_of_many: such groups with more than one other.
        covering: groups in which it is the sum of the others or more.
        many: groups in which there are several others.
        nearly: such groups in which it is their sum or up to a tenth more.
        largest: the most impressions it has where it is the sum.
    """

    value: str
    beside: int
    equal: int
    equal_of_many: int
    covering: int
    many: int
    nearly: int
    largest: float

    def is_sum(self, slices: bool) -> bool:
        """Whether its rows surely restate others, or it stands for everyone."""
        named, whole = is_total(self.value), self.equal == self.beside
        if self.beside == 0:
            return named and slices
        sure = self.equal_of_many > 0 and self.largest >= LARGE
        return (whole and (sure or named)) or (named and self.covering == self.beside)

    def doubt(self, slices: bool) -> str | None:
        """Why its rows may restate others, as a clause."""
        if self.beside == 0:
            return None
        if is_total(self.value) and slices:
            return "is called a total, but is not the sum of the other rows"
        if self.largest >= LARGE:
            if self.equal == self.beside and self.equal > 2:
                return "has the same counts as the only other value, row for row"
            if self.equal_of_many > 1 and 2 * self.equal >= self.beside:
                return f"is the sum of the other rows in {self.equal:,} of {self.beside:,} cases"
        if slices and self.nearly == self.many >= FEWEST_NEAR:
            return f"is the sum of the other rows, or a little more, in all {self.many:,} cases"
        return None


def _leave_out_totals(counted: Counted, name: str) -> None:
    """Rows whose value of a dimension stands for the sum of its other values."""
    slices = name in SLICES
    while True:
        found = _compared(counted, name)
        if len(found) < 2 and not any(is_total(one.value) for one in found):
            return
        sums = next((one for one in found if one.is_sum(slices)), None)
        if sums is not None:
            _leave_out(counted, name, sums.value)
        elif not _leave_out_nested_sum(counted, name, len(found)):
            break
    for one in found:
        problem = one.doubt(slices)
        if problem:
            raise InputError(
                f"{one.value!r} {problem}" if one.value else f"the empty value {problem}",
                path=counted.source.path,
                row=_row_of(counted, name, one.value),
                column=name,
                hint="keep one of the two if they are copies"
                if "row for row" in problem
                else f"rename it or remove its rows; totals are computed ({ALL!r} is everyone)",
            )


def _leave_out_nested_sum(counted: Counted, name: str, values: int) -> bool:
    """Leave out one value that sums some of the others; whether there was one."""
    if name == "period" or not 3 <= values <= MOST_VALUES:
        return False
    own = identifier(name)
    keys = [identifier(one) for one in counted.dimensions if one != name]
    place = f"dense_rank() OVER (ORDER BY {', '.join(keys) or '1'})"
    nested = find_nested_sum(
        counted.rows(
            f"SELECT {own} AS value, {place} AS slice, impressions, plays "
            f"FROM {_summed(counted)} QUALIFY slice <= {MOST_SLICES}"
        )
    )
    if nested is None:
        return False
    value, parts = nested
    out = counted.rows(f"SELECT count(*) AS n FROM counted WHERE {own} = {text(value)}")
    counted.change(f"DELETE FROM counted WHERE {own} = {text(value)}")
    shown = ", ".join(map(repr, parts[:3])) + (", …" if len(parts) > 3 else "")
    counted.source.notes.append(
        f"{as_rows(int(out['n'].iloc[0]))} with {name} {value!r} left out: they sum up {shown}"
    )
    return True


def _compared(counted: Counted, name: str) -> list[_Compared]:
    """Every value of a dimension beside the others; the empty value first."""
    own = identifier(name)
    keys = [identifier(one) for one in counted.dimensions if one != name]
    same = ", ".join(keys) or "1"
    twice = "2 * impressions = whole AND 2 * plays = played"
    found = counted.connection.sql(
        f"SELECT {own} AS value, count(*) FILTER (beside > 0), "
        f"count(*) FILTER (beside > 0 AND {twice}), "
        f"count(*) FILTER (beside > 1 AND impressions > 0 AND {twice}), "
        f"count(*) FILTER (beside > 0 AND 2 * impressions >= whole), "
        "count(*) FILTER (beside > 1 AND impressions > 0), "
        "count(*) FILTER (beside > 1 AND impressions > 0 AND 2 * impressions >= whole "
        "AND 2 * plays >= played AND impressions <= 1.1 * (whole - impressions)), "
        f"coalesce(max(impressions) FILTER (beside > 0 AND {twice}), 0) "
        f"FROM (SELECT {own}, impressions, plays, sum(impressions) OVER same AS whole, "
        f"sum(plays) OVER same AS played, count(*) OVER same - 1 AS beside "
        f"FROM {_summed(counted)} WINDOW same AS (PARTITION BY {same})) "
        f"GROUP BY {own} ORDER BY {own} <> '', {own}"
    ).fetchall()
    return [_Compared(*one) for one in found]


def _summed(counted: Counted) -> str:
    keys = ", ".join(map(identifier, counted.dimensions))
    return (
        f"(SELECT {keys}, sum(impressions) AS impressions, sum(plays) AS plays "
        f"FROM counted GROUP BY {keys})"
    )


def _leave_out(counted: Counted, name: str, value: str) -> None:
    """Rows of a total; where an artwork has no other row, the value becomes empty."""
    own, is_value = identifier(name), f"{identifier(name)} = {text(value)}"
    keys = [identifier(one) for one in counted.dimensions if one != name]
    same = f"PARTITION BY {', '.join(keys)}" if keys else ""
    counted.change(
        f"CREATE OR REPLACE TEMP TABLE counted_beside AS SELECT *, "
        f"count(*) FILTER (NOT {is_value}) OVER ({same}) AS others FROM counted"
    )
    told = counted.rows(
        f"SELECT count(*) FILTER (others > 0) AS out, count(*) FILTER (others = 0) AS alone "
        f"FROM counted_beside WHERE {is_value}"
    ).iloc[0]
    counted.change(
        f"CREATE OR REPLACE TEMP TABLE counted AS SELECT * EXCLUDE others REPLACE "
        f"(CASE WHEN {is_value} THEN '' ELSE {own} END AS {own}) "
        f"FROM counted_beside WHERE NOT ({is_value} AND others > 0)"
    )
    counted.change("DROP TABLE counted_beside")
    shown = f"{name} {value!r}" if value else f"empty {name}"
    if told["out"]:
        counted.source.notes.append(
            f"{as_rows(int(told['out']))} with {shown} left out: they sum up other rows"
        )
    if told["alone"] and value:
        counted.source.notes.append(f"{name} {value!r} read as every {name}")


def _one_of_each_period(counted: Counted) -> None:
    """Counts of periods that overlap, or of running totals, as counts of periods apart."""
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
        told = f"period: {serial} read as {periods[serial].start}"
        counted.source.notes.append(told)
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
        _date_rows(counted)
        return
    clash = _overlapping(counted, periods)
    if clash is not None:
        one, other = clash
        raise InputError(
            f"the periods {one!r} and {other!r} overlap, so some impressions are there twice",
            path=counted.source.path,
            row=_row_of(counted, "period", other),
            column="period",
            hint="keep one of them, or say --periods running where each holds all before it",
        )
    _date_rows(counted)


def _date_rows(counted: Counted) -> None:
    """Add first and last day of its period to every row."""
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
    keys = ", ".join(identifier(one) for one in counted.dimensions if one != "period")
    found = counted.rows(
        f"SELECT count(*) AS steps, "
        f"count(*) FILTER (impressions >= i AND plays >= p) AS up, "
        f"count(*) FILTER (impressions = i AND plays = p AND i >= {LARGE}) AS still, "
        f"count(*) FILTER (impressions > i) AS grown, "
        f"count(*) FILTER (starts = s AND ends > e) AS longer FROM ("
        f"SELECT *, lag(impressions) OVER own AS i, lag(plays) OVER own AS p, "
        f"lag(starts) OVER own AS s, lag(ends) OVER own AS e "
        f"FROM {_summed(counted)} JOIN periods USING (period) "
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
    keys = ", ".join(identifier(one) for one in counted.dimensions if one != "period")
    added = ", ".join(
        f"{one} - coalesce(lag({one}) OVER own, 0) AS {one}" for one in counted.measures
    )
    others = ", ".join(map(identifier, counted.dimensions))
    before = int(counted.rows("SELECT count(*) AS n FROM counted")["n"].iloc[0])
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


def _row_of(counted: Counted, name: str, value: str) -> int | None:
    own = identifier(name)
    written = f"coalesce(trim(CAST({own} AS VARCHAR)), '')"
    return counted.find_row(f"{written} = {text(value)}")


def as_rows(number: int) -> str:
    """How many rows, as people read it."""
    return f"{number:,} row" if number == 1 else f"{number:,} rows"


def periods_of(values: Sequence[str], source: TableFile) -> dict[str, Period]:
    """Each value of a column `period` as the days that it covers; empty where they are no dates."""
    found = read_periods(values, "period", source.reading.dates)
    return {} if found is None or isinstance(found, Undecided) else found
