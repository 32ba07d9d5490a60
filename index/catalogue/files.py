"""Finds a table's file and reads it through DuckDB, CSV and Parquet alike.

Every way a file can be broken ends in one InputError with the line an editor shows.
"""

from __future__ import annotations

import csv
import re
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

SUFFIXES = (".csv", ".parquet")
LINE_SCAN_LIMIT = 1 << 30
"""Files above this many bytes are not re-read just to make a line number exact."""


@dataclass(frozen=True, slots=True)
class Source:
    """One table's file with its columns, in file order, and their DuckDB types."""

    path: Path
    columns: tuple[str, ...]
    types: tuple[str, ...]

    @property
    def is_csv(self) -> bool:
        """Whether every value is text and the first line is a header."""
        return self.path.suffix == ".csv"

    def type_of(self, column: str) -> str:
        """The DuckDB type of a column that is there."""
        return self.types[self.columns.index(column)]

    def relation(self, *, strict: bool = True) -> str:
        """The SQL that scans the file."""
        if not self.is_csv:
            return f"read_parquet({_literal(self.path)})"
        columns = ", ".join(f"{text(name)}: 'VARCHAR'" for name in self.columns)
        return (
            f"read_csv({_literal(self.path)}, columns={{{columns}}}, auto_detect=false, "
            "header=true, delim=',', quote='\"', escape='\"', "
            f"strict_mode={'true' if strict else 'false'})"
        )


def find_table(folder: Path, name: str) -> Path | None:
    """The file of a table, or None when there is none.

    Raises:
        InputError: the table is there as CSV and as Parquet.
    """
    found = [path for suffix in SUFFIXES if (path := folder / f"{name}{suffix}").is_file()]
    if len(found) > 1:
        raise InputError(
            f"both {found[0].name} and {found[1].name} are here",
            path=folder,
            hint="keep one of them",
        )
    return found[0] if found else None


def open_source(path: Path, required: Sequence[str]) -> Source:
    """Reads a file's columns only.

    Raises:
        InputError: the header cannot be read, names a column twice or lacks a required one.
    """
    columns, types = _csv_header(path) if path.suffix == ".csv" else _parquet_header(path)
    seen: set[str] = set()
    for name in columns:
        if name.casefold() in seen:
            raise InputError(
                f"the column {name!r} is there twice",
                path=path,
                row=1 if path.suffix == ".csv" else None,
                hint="rename or remove one",
            )
        seen.add(name.casefold())
    for name in required:
        if name not in columns:
            raise InputError(
                f"the column {name!r} is missing",
                path=path,
                row=1 if path.suffix == ".csv" else None,
                hint=_column_mend(name, columns),
            )
    return Source(path, columns, types)


def run(connection: Any, source: Source, sql: str) -> pd.DataFrame:
    """The result of a query in which `{source}` stands for the file.

    A CSV that mixes line endings is read a second time by DuckDB's lenient reader.

    Raises:
        InputError: a line cannot be read.
    """
    import duckdb

    try:
        return _frame(connection, sql.replace("{source}", source.relation()))
    except duckdb.InvalidInputException as error:
        if not (source.is_csv and "reached an invalid state" in str(error)):
            raise _unreadable(source, str(error)) from None
    except duckdb.Error as error:
        raise _unreadable(source, str(error)) from None
    try:
        return _frame(connection, sql.replace("{source}", source.relation(strict=False)))
    except duckdb.Error as error:
        raise _unreadable(source, str(error)) from None


def read_table(source: Source, known: Sequence[str]) -> pd.DataFrame:
    """The whole table; `known` columns become trimmed text with "" for nothing.

    Other columns keep what they hold: text in a CSV, their own type in Parquet.

    Raises:
        InputError: a line cannot be read, or a known column holds numbers with a fraction.
    """
    import duckdb

    chosen = [
        f"{as_text(source, name)} AS {identifier(name)}" if name in known else identifier(name)
        for name in source.columns
    ]
    with duckdb.connect() as connection:
        return run(connection, source, f"SELECT {', '.join(chosen)} FROM {{source}}")


def as_text(source: Source, column: str) -> str:
    """SQL for a column as trimmed text, with "" for nothing; lists are joined by `|`.

    Raises:
        InputError: an id column of a Parquet file holds floating-point numbers.
    """
    kind = source.type_of(column)
    if column.endswith("_id") and kind in {"FLOAT", "DOUBLE"}:
        raise InputError(
            "ids are stored as floating-point numbers, which loses digits",
            path=source.path,
            column=column,
            hint="store them as text",
        )
    if kind.endswith("[]"):
        return f"coalesce(array_to_string({identifier(column)}, '|'), '')"
    return f"coalesce(trim(CAST({identifier(column)} AS VARCHAR)), '')"


def line_of(source: Source, record: int) -> int:
    """The line where record `record` (0-based) starts; the header of a CSV is line 1.

    A Parquet file has no lines: its first record is row 1.
    """
    if not source.is_csv:
        return record + 1
    if source.path.stat().st_size <= LINE_SCAN_LIMIT:
        for number, (line, _) in enumerate(_records(source.path)):
            if number == record + 1:
                return line
    return record + 2


def no_rows(path: Path) -> InputError:
    """A table that says nothing."""
    return InputError("the table has no rows", path=path, hint="add some or remove the file")


def identifier(name: str) -> str:
    """A column name, quoted for SQL."""
    return '"' + name.replace('"', '""') + '"'


def text(value: str) -> str:
    """A string, quoted for SQL."""
    return "'" + value.replace("'", "''") + "'"


def _literal(path: Path) -> str:
    """A path for DuckDB, which would read [, * and ? as patterns."""
    return text(re.sub(r"[\[*?]", r"[\g<0>]", str(path.absolute())))


def _frame(connection: Any, sql: str) -> pd.DataFrame:
    frame: pd.DataFrame = connection.sql(sql).to_arrow_table().to_pandas()
    return frame


def _csv_header(path: Path) -> tuple[tuple[str, ...], tuple[str, ...]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            header = next(csv.reader(lines), None)
    except UnicodeDecodeError:
        raise _wrong_encoding(path) from None
    except (csv.Error, OSError) as error:
        raise InputError(f"cannot be read ({error})", path=path) from None
    if not header or not any(name.strip() for name in header):
        raise InputError("the file has no header", path=path, row=1, hint="name the columns")
    names = tuple(
        name.strip() or f"unnamed_{position}" for position, name in enumerate(header, start=1)
    )
    return names, ("VARCHAR",) * len(names)


def _parquet_header(path: Path) -> tuple[tuple[str, ...], tuple[str, ...]]:
    import duckdb

    try:
        with duckdb.connect() as connection:
            described = connection.sql(
                f"DESCRIBE SELECT * FROM read_parquet({_literal(path)})"
            ).fetchall()
    except duckdb.Error:
        raise InputError("not a readable Parquet file", path=path, hint="write it again") from None
    return tuple(row[0] for row in described), tuple(row[1] for row in described)


def _column_mend(name: str, columns: Sequence[str]) -> str:
    only = columns[0]
    if len(columns) == 1 and any(mark in only for mark in ";\t"):
        return "separate the columns with commas"
    near = get_close_matches(name, columns, n=1)
    if near:
        return f"rename {near[0]!r}?"
    shown = ", ".join(textwrap.shorten(name, 40, placeholder="…") for name in columns[:20])
    more = f" and {len(columns) - 20} more" if len(columns) > 20 else ""
    return f"add it; the file has {shown}{more}"


def _records(path: Path) -> Iterator[tuple[int, list[str]]]:
    """(line, fields) of every record that is not a blank line, header included."""
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as lines:
        reader = csv.reader(lines)
        start = 1
        try:
            for fields in reader:
                if fields:
                    yield start, fields
                start = reader.line_num + 1
        except csv.Error as error:
            raise InputError(f"cannot be read ({error})", path=path, row=start) from None


def _wrong_encoding(path: Path) -> InputError:
    row = None
    if path.stat().st_size <= LINE_SCAN_LIMIT:
        with path.open("rb") as lines:
            for number, line in enumerate(lines, start=1):
                try:
                    line.decode("utf-8")
                except UnicodeDecodeError:
                    row = number
                    break
    return InputError("the text is not UTF-8", path=path, row=row, hint="save the file as UTF-8")


def _unreadable(source: Source, message: str) -> InputError:
    """What DuckDB could not read, in one line of our words."""
    if not source.is_csv:
        first = message.splitlines()[0]
        return InputError(f"cannot be read ({first})", path=source.path, hint="write it again")
    if "unicode" in message.casefold():
        return _wrong_encoding(source.path)
    told = re.search(r"Line: (\d+)", message)
    row = int(told.group(1)) if told else None
    if "unterminated quote" in message.casefold():
        return InputError(
            "a quotation mark is not closed or not doubled",
            path=source.path,
            row=row,
            hint='write " inside a quoted value as ""',
        )
    width = len(source.columns)
    if "Number of Columns" in message and source.path.stat().st_size <= LINE_SCAN_LIMIT:
        for line, fields in _records(source.path):
            if len(fields) != width:
                return InputError(
                    f"{len(fields)} values where the header names {width} columns",
                    path=source.path,
                    row=line,
                    hint="put values that hold commas in quotation marks",
                )
    return InputError("the line cannot be read as CSV", path=source.path, row=row)
