"""A table as a file that DuckDB scans: CSV in any dress, a spreadsheet or Parquet.

Every way in which a file can be broken ends in one InputError with the line an editor shows.
"""

from __future__ import annotations

import csv
import os
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

from index.errors import InputError
from index.io.encodings import CHECKED_BYTES
from index.io.table_text import TextLayout, open_text, records

WIDEST_FOR_BLANK_ROWS = 100
"""Rows without any value are looked for in files of at most so many columns."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a user says of how the tables of a catalogue are written; None to find out.

    Attributes:
        decimal: the mark before a fraction, "." or ",".
        dates: "day-first" or "month-first".
        periods: "running" for counts that only grow, "separate" for counts of each period.
        encoding: a codec of Python, for every text file that is not UTF-8.
    """

    decimal: str | None = None
    dates: str | None = None
    periods: str | None = None
    encoding: str | None = None


AS_FOUND = Reading()


@dataclass(slots=True)
class TableFile:
    """One table's file with its columns, in file order, and their DuckDB types.

    Attributes:
        path: the file, as the user knows it.
        columns: names, known ones as the program spells them.
        types: of DuckDB; VARCHAR for all of a text file.
        reading: what the user says of it.
        notes: what was done to read it, as clauses.
        layout: of a text file; else None.
        raw: names of the columns in the file.
        lines: of a sheet, the row of each record that holds a value.
    """

    path: Path
    columns: tuple[str, ...]
    types: tuple[str, ...]
    reading: Reading = AS_FOUND
    notes: list[str] = field(default_factory=list)
    layout: TextLayout | None = None
    raw: tuple[str, ...] = ()
    lines: tuple[int, ...] = ()
    _copy: tempfile.TemporaryDirectory[str] | None = None

    def type_of(self, column: str) -> str:
        """The DuckDB type of a column that is there."""
        return self.types[self.columns.index(column)]

    def raw_name(self, column: str) -> str:
        """What a column is called in the file."""
        return self.raw[self.columns.index(column)]

    def is_text(self, column: str) -> bool:
        """Whether a column holds text, in which numbers may be written in many ways."""
        return self.type_of(column) == "VARCHAR"

    @property
    def is_rewritable(self) -> bool:
        """Whether it is text that was not copied yet."""
        return self.layout is not None and self._copy is None

    @property
    def relation(self) -> str:
        """The SQL that scans the rows which hold a value."""
        names = ", ".join(
            f"{identifier(raw)} AS {identifier(name)}" if raw != name else identifier(name)
            for raw, name in zip(self.raw, self.columns, strict=True)
        )
        if self.layout is None:
            place = self.path if self._copy is None else Path(self._copy.name) / "rows.parquet"
            return f"(SELECT {names} FROM read_parquet({literal(place)}))"
        tested = self.raw if len(self.raw) <= WIDEST_FOR_BLANK_ROWS else ()
        held = (
            f" WHERE coalesce({', '.join(map(identifier, tested))}) IS NOT NULL" if tested else ""
        )
        return f"(SELECT {names} FROM {self._scan(self.layout)}{held})"

    def _scan(self, layout: TextLayout) -> str:
        columns = ", ".join(f"{text(name)}: 'VARCHAR'" for name in self.raw)
        if self._copy is None:
            place, skip, separator = self.path, layout.above, layout.separator
            packed = ", compression='gzip'" if layout.compressed else ""
        else:
            place, skip, separator, packed = Path(self._copy.name) / "rows.csv", 0, ",", ""
        return (
            f"read_csv({literal(place)}, columns={{{columns}}}, auto_detect=false, header=true, "
            f"delim={text(separator)}, quote='\"', escape='\"', skip={skip}{packed})"
        )

    def line_of(self, record: int) -> int:
        """The line, or the row of a sheet, of record `record` (0-based) among those with a value.

        A Parquet file has no lines: its first record is row 1.
        """
        if self.lines:
            return self.lines[record]
        if self.layout is None:
            return record + 1
        if self.path.stat().st_size <= CHECKED_BYTES:
            for number, (line, _) in enumerate(records(self.path, self.layout, errors="replace")):
                if number == record + 1:
                    return line
        return record + 2 + self.layout.above

    def rewrite(self) -> None:
        """Copy the rows in a form that DuckDB reads without fail.

        Raises:
            InputError: a record has more or fewer values than the header.
        """
        assert self.layout is not None
        room = tempfile.TemporaryDirectory(prefix="assistant-table-")
        width = len(self.raw)
        with (Path(room.name) / "rows.csv").open("w", encoding="utf-8", newline="") as out:
            write = csv.writer(out, lineterminator="\n").writerow
            write(self.raw)
            for line, values in islice(_without_footer(self.path, self.layout), 1, None):
                if len(values) < width or any(map(str.strip, values[width:])):
                    marks = {",": "commas", ";": "semicolons", "\t": "tabs"}
                    mark = marks.get(self.layout.separator, "it")
                    raise InputError(
                        f"{len(values)} values where the header names {width} columns",
                        path=self.path,
                        row=line,
                        hint=f"put values that hold {mark} in quotation marks",
                    )
                write(values[:width])
        self._copy = room


def _without_footer(path: Path, layout: TextLayout) -> Iterator[tuple[int, list[str]]]:
    if not layout.below:
        yield from records(path, layout)
        return
    with open_text(path, layout.encoding) as file:
        last = sum(1 for _ in file) - layout.below
    for line, values in records(path, layout):
        if line > last:
            return
        yield line, values


def no_rows(path: Path) -> InputError:
    """A table without a row."""
    return InputError("the table has no rows", path=path, hint="add some or remove the file")


def identifier(name: str) -> str:
    """A column name, quoted for SQL."""
    return '"' + name.replace('"', '""') + '"'


def text(value: str) -> str:
    """A string, quoted for SQL."""
    return "'" + value.replace("'", "''") + "'"


def literal(path: Path) -> str:
    """A path for DuckDB, which would read [, * and ? as patterns."""
    return text(re.sub(r"[\[*?]", r"[\g<0>]", str(path.absolute())))


def connect() -> Any:
    """A connection to DuckDB for queries that make and set nothing, to be closed.

    All of a process share one database, as starting one takes longer than a small table.
    """
    return _database(os.getpid()).cursor()


@cache
def _database(process: int) -> Any:
    """The database of a process; one that was forked cannot use its parent's."""
    import duckdb

    return duckdb.connect(config={"enable_external_file_cache": False})
