"""What DuckDB reads of a table's file: rows, texts, and numbers however they are written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from index.errors import InputError
from index.io.encodings import wrong_encoding
from index.io.number_words import (
    PLAIN,
    Convention,
    Kind,
    Shape,
    Undecided,
    decide,
    number_sql,
    shapes_sql,
)
from index.io.table_file import TableFile, connect, identifier, text

MOST_SHAPES = 10_000


@dataclass(frozen=True, slots=True)
class Scan:
    """A file as a connection to DuckDB reads it; in queries `{source}` stands for the file."""

    connection: Any
    source: TableFile

    def rows(self, sql: str) -> pd.DataFrame:
        """The result of a query.

        A text file that DuckDB refuses is read once more record by record, which finds the line
        that is wrong, or nothing wrong where line ends are mixed.

        Raises:
            InputError: a line cannot be read.
        """
        import duckdb

        source = self.source
        try:
            query = sql.replace("{source}", source.relation) if "{source}" in sql else sql
            frame: pd.DataFrame = self.connection.sql(query).to_arrow_table().to_pandas()
            return frame
        except duckdb.Error as error:
            if not source.is_rewritable:
                first = str(error).splitlines()[0]
                problem, hint = f"cannot be read ({first})", "write the file again"
                raise InputError(problem, path=source.path, hint=hint) from None
            if "unicode" in str(error).casefold():
                raise wrong_encoding(source.path) from None
            source.rewrite()
        return self.rows(sql)

    def one(self, sql: str) -> tuple[Any, ...]:
        """The only row of a query's result."""
        (row,) = self.connection.sql(sql).fetchall()
        return tuple(row)

    def change(self, sql: str) -> None:
        """A statement."""
        self.connection.execute(sql)

    def find_row(self, condition: str) -> int | None:
        """The line of the first row for which some SQL over the file's columns is true."""
        found = self.rows(
            "SELECT record FROM (SELECT *, row_number() OVER () - 1 AS record FROM {source}) "
            f"WHERE {condition} ORDER BY record LIMIT 1"
        )
        return None if found.empty else self.source.line_of(int(found["record"].iloc[0]))

    def convention(self, column: str, kind: Kind, rows: str = "{source}") -> Convention:
        """How the numbers of a text column are written; what is told is added to the file's notes.

        Raises:
            InputError: they can be read in two ways, or a value is no number.
        """
        value, source = as_text(self.source, column), self.source
        found = self.rows(
            f"SELECT {shapes_sql('value')} FROM (SELECT {value} AS value FROM {rows}) "
            f"WHERE value <> '' GROUP BY ALL ORDER BY rows DESC, shape LIMIT {MOST_SHAPES}"
        )
        shapes = [
            Shape(str(look), str(example), bool(zero_first), bool(zeros_last), int(count))
            for look, zero_first, zeros_last, example, count in found.to_numpy().tolist()
        ]
        convention = decide(shapes, kind, column, source.reading.decimal)
        if isinstance(convention, Undecided):
            row = self.find_row(f"{value} = {text(convention.example)}")
            raise undecided(source, column, convention, row)
        if convention.told and convention.told not in source.notes:
            source.notes.append(convention.told)
        return convention


def undecided(source: TableFile, column: str, why: Undecided, row: int | None = None) -> InputError:
    """The error of a column that can be read in two ways."""
    return InputError(
        f"{why.example!r} {why.problem}", path=source.path, row=row, column=column, hint=why.hint
    )


def read_table(
    source: TableFile, known: Sequence[str], numbers: Mapping[str, Kind] | None = None
) -> pd.DataFrame:
    """The whole table; `known` columns become trimmed text with "" for nothing.

    Other columns keep what they hold: text in a CSV, their own type in Parquet. Numbers become
    text that a computer reads ("3,100" becomes "3100").

    Raises:
        InputError: a line cannot be read, a known column holds ids with a fraction, or a column
            of numbers can be read in two ways.
    """
    with connect() as connection:
        scan = Scan(connection, source)
        read = {
            name: scan.convention(name, kind)
            for name, kind in (numbers or {}).items()
            if name in source.columns and source.is_text(name)
        }
        chosen = [_column_sql(source, name, known, read.get(name)) for name in source.columns]
        return scan.rows(f"SELECT {', '.join(chosen)} FROM {{source}}")


def _column_sql(
    source: TableFile, name: str, known: Sequence[str], convention: Convention | None
) -> str:
    if name not in known:
        return identifier(name)
    value = as_text(source, name)
    if convention is not None and convention != PLAIN:
        number = f"CAST({number_sql(value, convention)} AS VARCHAR)"
        value = f"coalesce({number}, {value})"
    return f"{value} AS {identifier(name)}"


def as_text(source: TableFile, column: str) -> str:
    """SQL for a column as trimmed text, with "" for nothing; lists are joined by `|`."""
    kind, name = source.type_of(column), identifier(column)
    if column.endswith("_id") and kind in {"FLOAT", "DOUBLE"}:
        whole = f"CASE WHEN {name} = floor({name}) AND abs({name}) < 1e15 THEN {name} END"
        name = f"coalesce(CAST(try_cast({whole} AS BIGINT) AS VARCHAR), CAST({name} AS VARCHAR))"
    if kind.endswith("[]"):
        return f"coalesce(array_to_string({name}, '|'), '')"
    return f"coalesce(trim(CAST({name} AS VARCHAR)), '')"
