"""What each table must hold: small ones as pandera schemas over text columns.

A rule says in words what is wrong and how to fix it, so that the first broken rule becomes one
line with the file, the row and the column.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from index.errors import InputError
from index.io.number_words import Kind
from index.io.table_file import TableFile
from index.records import ALL

Holds = Callable[["pd.Series[str]"], "pd.Series[bool]"]


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that must hold for every value of a column of text."""

    column: str
    problem: str
    hint: str
    holds: Holds


@dataclass(frozen=True, slots=True)
class TableSpec:
    """The columns of a table, the rules its values keep, and which hold ids and numbers."""

    name: str
    required: tuple[str, ...]
    optional: tuple[str, ...] = ()
    rules: tuple[Rule, ...] = ()
    ids: tuple[str, ...] = ()
    numbers: tuple[tuple[str, Kind], ...] = ()

    @property
    def known(self) -> tuple[str, ...]:
        """Every column the engine reads."""
        return self.required + self.optional


def numbers(values: pd.Series[str]) -> pd.Series[float]:
    """Text as float64; NaN where it is no number."""
    return pd.to_numeric(values, errors="coerce").astype("float64")


def _filled(column: str) -> Rule:
    return Rule(column, "is empty", "fill it in", lambda values: values.ne(""))


def _unique(column: str) -> Rule:
    return Rule(
        column,
        "is there twice",
        "keep one row for each id",
        lambda values: ~values.duplicated() | values.eq(""),
    )


def _whole_or_empty(values: pd.Series[str]) -> pd.Series[bool]:
    found = numbers(values)
    return values.eq("") | found.mod(1).eq(0)


def _count(values: pd.Series[str]) -> pd.Series[bool]:
    found = numbers(values)
    return found.ge(0) & found.lt(np.inf)


def among(column: str, known: pd.Series[str], table: str) -> Rule:
    """Every value is an id of another table."""
    return Rule(
        column,
        f"is not in {table}",
        f"add it to {table} or remove the row",
        lambda values: values.astype(object).isin(known),
    )


NOT_RESERVED = Rule(
    "cluster",
    "is a reserved word",
    f"rename the cluster; {ALL!r} stands for every member",
    lambda values: values.str.casefold().ne(ALL),
)

TITLES = TableSpec(
    "titles",
    ("title_id", "name"),
    ("synopsis", "genres", "tags", "year", "maturity", "country"),
    (
        _filled("title_id"),
        _unique("title_id"),
        _filled("name"),
        Rule("year", "is not a whole number", "write a year or leave it empty", _whole_or_empty),
    ),
    ("title_id",),
)
ARTWORKS = TableSpec(
    "artworks",
    ("artwork_id", "title_id", "path"),
    ("family_id", "canvas", "language", "created_at", "rights"),
    (_filled("artwork_id"), _unique("artwork_id"), _filled("title_id"), _filled("path")),
    ("artwork_id", "title_id", "family_id"),
)
INTERACTIONS = TableSpec(
    "interactions",
    ("member_id", "title_id", "plays"),
    (),
    (
        _filled("member_id"),
        _filled("title_id"),
        Rule("plays", "is not a count", "write a number of plays, 0 or more", _count),
    ),
    ("member_id", "title_id"),
    (("plays", Kind.PLAYS),),
)
MEMBERS = TableSpec(
    "members",
    ("member_id", "cluster"),
    (),
    (_filled("member_id"), _unique("member_id"), _filled("cluster"), NOT_RESERVED),
    ("member_id",),
)


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


def validate(frame: pd.DataFrame, spec: TableSpec, source: TableFile) -> None:
    """Checks a table of text columns against its rules.

    Raises:
        InputError: the first row that breaks a rule.
    """
    import pandera.pandas as pa
    from pandera.errors import SchemaErrors

    rules = [rule for rule in spec.rules if rule.column in frame.columns]
    schema = pa.DataFrameSchema(
        {
            name: pa.Column(
                checks=[
                    pa.Check(rule.holds, error=rule.problem)
                    for rule in rules
                    if rule.column == name
                ],
                required=name in spec.required,
            )
            for name in spec.known
        },
        name=spec.name,
    )
    try:
        schema.validate(frame, lazy=True)
    except SchemaErrors as error:
        raise _first(error.failure_cases, rules, source) from None


def _first(failures: pd.DataFrame, rules: list[Rule], source: TableFile) -> InputError:
    rows = pd.to_numeric(failures["index"], errors="coerce")
    worst = failures.iloc[int(rows.to_numpy().argmin())]
    rule = next(
        rule for rule in rules if (rule.column, rule.problem) == (worst["column"], worst["check"])
    )
    value = str(worst["failure_case"])
    return InputError(
        f"{value!r} {rule.problem}" if value else rule.problem,
        path=source.path,
        row=source.line_of(int(rows.min())),
        column=rule.column,
        hint=rule.hint,
    )
