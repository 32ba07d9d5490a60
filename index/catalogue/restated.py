"""Rows of a performance table that restate other rows: totals and copies.

What surely restates is left out and reported; what may is refused, with what decides.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

from index.catalogue.counted import LARGE, Counted, as_rows, row_of
from index.catalogue.ids import is_total
from index.catalogue.nested_sums import MOST_SLICES, MOST_VALUES, find_nested_sum
from index.catalogue.periods import count_each_period_once
from index.errors import InputError
from index.io.table_file import identifier, text
from index.records import ALL

FEWEST_NEAR = 6
"""Groups in which a value must be a little more than the sum of several others, so that it is no
accident: one that has half of all impressions lies above half in each only once in 64 times."""
MOST_COMBINED = 4
"""Dimensions of which every combination is looked at."""
SLICES = ("country", "platform", "cluster")


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
        count_each_period_once(counted)


def _leave_out_sums_of_several(counted: Counted, names: tuple[str, ...]) -> None:
    """Rows without a value, or with a total's, in several dimensions at once that sum the rest."""
    sums = []
    for name in names:
        found = counted.rows(f"SELECT DISTINCT {identifier(name)} AS value FROM counted")
        words = [str(one) for one in found["value"] if not one or is_total(str(one))]
        if not words or len(words) == len(found):
            return
        sums.append(f"{identifier(name)} IN ({', '.join(map(text, words))})")
    is_sum = " AND ".join(sums)
    twice = f"{is_sum} AND 2 * impressions = whole AND 2 * plays = played AND beside > 0"
    counted.change(
        f"CREATE OR REPLACE TEMP TABLE beside AS SELECT *, sum(impressions) OVER same AS whole, "
        f"sum(plays) OVER same AS played, count(*) FILTER (NOT ({is_sum})) OVER same AS beside "
        f"FROM counted WINDOW same AS (PARTITION BY {counted.keys_without(*names)})"
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
                row=row_of(counted, name, one.value),
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
    others = counted.keys_without(name)
    nested = find_nested_sum(
        counted.rows(
            f"SELECT {own} AS value, slice, impressions, plays FROM counted JOIN (SELECT {others}, "
            f"row_number() OVER (ORDER BY {others}) AS slice FROM (SELECT DISTINCT {others} "
            f"FROM counted ORDER BY {others} LIMIT {MOST_SLICES})) USING ({others})"
        )
    )
    if nested is None:
        return False
    value, parts = nested
    (out,) = counted.one(f"DELETE FROM counted WHERE {own} = {text(value)}")
    shown = ", ".join(map(repr, parts[:3])) + (", …" if len(parts) > 3 else "")
    counted.source.notes.append(
        f"{as_rows(out)} with {name} {value!r} left out: they sum up {shown}"
    )
    return True


def _compared(counted: Counted, name: str) -> list[_Compared]:
    """Every value of a dimension beside the others; the empty value first."""
    own = identifier(name)
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
        f"FROM counted WINDOW same AS (PARTITION BY {counted.keys_without(name)})) "
        f"GROUP BY {own} ORDER BY {own} <> '', {own}"
    ).fetchall()
    return [_Compared(*one) for one in found]


def _leave_out(counted: Counted, name: str, value: str) -> None:
    """Rows of a total; where an artwork has no other row, the value becomes empty."""
    own, is_value = identifier(name), f"{identifier(name)} = {text(value)}"
    same = f"PARTITION BY {counted.keys_without(name)}"
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
