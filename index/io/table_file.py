"""A table as a file that DuckDB scans: CSV in any dress, a spreadsheet or Parquet.

Every way in which a file can be broken ends in one InputError with the line an editor shows.
"""

from __future__ import annotations

import csv
import re
import tempfile
import textwrap
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

import pandas as pd

from index.errors import InputError
from index.io.encodings import CHECKED_BYTES, wrong_encoding
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
from index.io.table_text import (
    TextLayout,
    find_layout,
    open_text,
    records,
    squashed,
)
from index.io.workbook import SUFFIXES as WORKBOOKS
from index.io.workbook import read_sheet

TEXT_SUFFIXES = (".csv", ".tsv", ".txt", ".csv.gz", ".tsv.gz")
SUFFIXES = (".csv", ".parquet", *TEXT_SUFFIXES[1:], *WORKBOOKS)
"""Endings of the tables that are read, in any case."""
MOST_SHAPES = 10_000
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
    """

    path: Path
    columns: tuple[str, ...]
    types: tuple[str, ...]
    reading: Reading = AS_FOUND
    notes: list[str] = field(default_factory=list)
    _layout: TextLayout | None = None
    _raw: tuple[str, ...] = ()
    _rows: tuple[int, ...] = ()
    _copy: tempfile.TemporaryDirectory[str] | None = None

    def type_of(self, column: str) -> str:
        """The DuckDB type of a column that is there."""
        return self.types[self.columns.index(column)]

    def raw_name(self, column: str) -> str:
        """What a column is called in the file."""
        return self._raw[self.columns.index(column)]

    def is_text(self, column: str) -> bool:
        """Whether a column holds text, in which numbers may be written in many ways."""
        return self.type_of(column) == "VARCHAR"

    @property
    def relation(self) -> str:
        """The SQL that scans the rows which hold a value."""
        names = ", ".join(
            f"{identifier(raw)} AS {identifier(name)}" if raw != name else identifier(name)
            for raw, name in zip(self._raw, self.columns, strict=True)
        )
        if self._layout is None:
            place = self.path if self._copy is None else Path(self._copy.name) / "rows.parquet"
            return f"(SELECT {names} FROM read_parquet({_literal(place)}))"
        tested = self._raw if len(self._raw) <= WIDEST_FOR_BLANK_ROWS else ()
        held = f" WHERE {_any_value(tested)}" if tested else ""
        return f"(SELECT {names} FROM {self._scan(self._layout)}{held})"

    def _scan(self, layout: TextLayout) -> str:
        columns = ", ".join(f"{text(name)}: 'VARCHAR'" for name in self._raw)
        if self._copy is None:
            place, skip, separator = self.path, layout.above, layout.separator
            packed = ", compression='gzip'" if layout.compressed else ""
        else:
            place, skip, separator, packed = Path(self._copy.name) / "rows.csv", 0, ",", ""
        return (
            f"read_csv({_literal(place)}, columns={{{columns}}}, auto_detect=false, header=true, "
            f"delim={text(separator)}, quote='\"', escape='\"', skip={skip}{packed})"
        )

    def line_of(self, record: int) -> int:
        """The line, or the row of a sheet, of record `record` (0-based) among those with a value.

        A Parquet file has no lines: its first record is row 1.
        """
        if self._rows:
            return self._rows[record]
        if self._layout is None:
            return record + 1
        if self.path.stat().st_size <= CHECKED_BYTES:
            for number, (line, _) in enumerate(records(self.path, self._layout, errors="replace")):
                if number == record + 1:
                    return line
        return record + 2 + self._layout.above

    def _rewrite(self) -> None:
        """Copy the rows in a form that DuckDB reads without fail.

        Raises:
            InputError: a record has more or fewer values than the header.
        """
        assert self._layout is not None
        room = tempfile.TemporaryDirectory(prefix="assistant-table-")
        width = len(self._raw)
        with (Path(room.name) / "rows.csv").open("w", encoding="utf-8", newline="") as out:
            write = csv.writer(out, lineterminator="\n").writerow
            write(self._raw)
            for line, values in islice(_without_footer(self.path, self._layout), 1, None):
                if len(values) != width and any(map(str.strip, values[width:])):
                    raise self._ragged(line, len(values))
                if len(values) < width:
                    raise self._ragged(line, len(values))
                write(values[:width])
        self._copy = room

    def _ragged(self, line: int, found: int) -> InputError:
        assert self._layout is not None
        mark = {",": "commas", ";": "semicolons", "\t": "tabs"}.get(self._layout.separator, "it")
        return InputError(
            f"{found} values where the header names {len(self._raw)} columns",
            path=self.path,
            row=line,
            hint=f"put values that hold {mark} in quotation marks",
        )


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


def open_table(
    path: Path,
    required: Sequence[str],
    optional: Sequence[str] = (),
    *,
    name: str = "",
    reading: Reading = AS_FOUND,
    renamed: Mapping[str, str | None] | None = None,
    as_named: bool = False,
) -> TableFile:
    """Read a file's columns and find out how it is written.

    Args:
        path: of any of `SUFFIXES`.
        required, optional: columns that the caller knows; a header in other case or with spaces
            is taken for them.
        name: of the table, to choose among sheets.
        reading: what the user says of it.
        renamed: known name → name in the file, as the user says.
        as_named: keep the names of the file; known columns only tell where the header is.

    Raises:
        InputError: the header cannot be read, names a column twice or lacks a required one.
    """
    given = {known: own for known, own in (renamed or {}).items() if own}
    known = (*required, *optional)
    sought = [given.get(one, one) for one in known]
    form = _form(path)
    if form == "parquet":
        raw, types = _parquet_columns(path)
        file = TableFile(path, raw, types, reading, _raw=raw)
    elif form == "workbook":
        file = _open_workbook(path, sought, name or path.stem, reading)
    else:
        needed = len([one for one in required if one in known])
        layout = find_layout(path, sought, needed, reading.encoding)
        raw = tuple(one or f"unnamed_{at}" for at, one in enumerate(layout.header, start=1))
        file = TableFile(path, raw, ("VARCHAR",) * len(raw), reading, layout.notes(), layout, raw)
    if not as_named:
        _name_columns(file, known, given)
    row = None if file._layout is None and not file._rows else _header_row(file)
    _refuse_twice(file, row)
    for one in required:
        if one not in file.columns:
            if len(file.columns) == 1 and re.search(r"\w[^\w\s_]\w", file.columns[0]):
                raise InputError(
                    "the lines are not separated into values",
                    path=path,
                    row=row,
                    hint="save the file as CSV UTF-8, separated by commas, semicolons or tabs",
                )
            raise InputError(
                f"the column {given.get(one, one)!r} is missing",
                path=path,
                row=row,
                hint=_column_hint(given.get(one, one), file.columns),
            )
    if file._layout is not None and not file._layout.is_direct:
        file._rewrite()
    return file


def _form(path: Path) -> str:
    """What a file is by its first bytes, whatever it is called: "parquet", "workbook" or "text".

    Raises:
        InputError: it is a web page, as some platforms call a spreadsheet.
    """
    try:
        with path.open("rb") as file:
            head = file.read(512)
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror})", path=path) from None
    if path.name.lower().endswith(".parquet"):
        return "parquet"
    if head.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")):
        return "workbook"
    if re.match(
        rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype|html|table|\?xml|meta|head)", head, re.IGNORECASE
    ):
        raise InputError(
            "is a web page or XML, whatever it is called",
            path=path,
            hint="open it in a spreadsheet and save it as CSV UTF-8",
        )
    return "workbook" if path.name.lower().endswith(WORKBOOKS) and b"\0" in head else "text"


def _header_row(file: TableFile) -> int:
    return 1 + (file._layout.above if file._layout else 0)


def _name_columns(file: TableFile, known: Sequence[str], given: Mapping[str, str]) -> None:
    """Give known columns their names: as the user maps them, else whatever their case."""
    names = list(file._raw)
    for one, own in given.items():
        if own in names and one != own:
            if one in names:
                names[names.index(one)] = f"{one} (own)"
            names[names.index(own)] = one
    for one in known:
        if one in names:
            continue
        alike = [at for at, name in enumerate(names) if squashed(name) == squashed(one)]
        if len(alike) == 1:
            if names[alike[0]].lower() != one:
                file.notes.append(f"the column {names[alike[0]]!r} read as {one}")
            names[alike[0]] = one
    file.columns = tuple(names)


def _refuse_twice(file: TableFile, row: int | None) -> None:
    seen: set[str] = set()
    for name in file.columns:
        if name.casefold() in seen:
            raise InputError(
                f"the column {name!r} is there twice",
                path=file.path,
                row=row,
                hint="rename or remove one",
            )
        seen.add(name.casefold())


def _open_workbook(path: Path, known: Collection[str], name: str, reading: Reading) -> TableFile:
    from pyarrow import parquet

    sheet = read_sheet(path, known, name)
    room = tempfile.TemporaryDirectory(prefix="assistant-table-")
    place = Path(room.name) / "rows.parquet"
    parquet.write_table(sheet.table, place)
    raw, types = _parquet_columns(place)
    notes = [f"read from the sheet {sheet.name!r}", *sheet.notes]
    if sheet.above:
        notes.append(f"{sheet.above:,} rows above the header left out")
    if sheet.others:
        notes.append(f"other sheets are not read ({', '.join(sheet.others[:5])})")
    rows = sheet.rows or (2,)
    return TableFile(path, raw, types, reading, notes, None, raw, rows, room)


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
            return self._run(sql)
        except duckdb.Error as error:
            if source._layout is None or source._copy is not None:
                raise _unreadable(source, str(error)) from None
            if "unicode" in str(error).casefold():
                raise wrong_encoding(source.path) from None
            source._rewrite()
        try:
            return self._run(sql)
        except duckdb.Error as error:
            raise _unreadable(source, str(error)) from None

    def _run(self, sql: str) -> pd.DataFrame:
        if "{source}" in sql:
            sql = sql.replace("{source}", self.source.relation)
        frame: pd.DataFrame = self.connection.sql(sql).to_arrow_table().to_pandas()
        return frame

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
    import duckdb

    with duckdb.connect() as connection:
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


def no_rows(path: Path) -> InputError:
    """A table without a row."""
    return InputError("the table has no rows", path=path, hint="add some or remove the file")


def identifier(name: str) -> str:
    """A column name, quoted for SQL."""
    return '"' + name.replace('"', '""') + '"'


def text(value: str) -> str:
    """A string, quoted for SQL."""
    return "'" + value.replace("'", "''") + "'"


def _any_value(columns: Sequence[str]) -> str:
    return f"coalesce({', '.join(map(identifier, columns))}) IS NOT NULL"


def _literal(path: Path) -> str:
    """A path for DuckDB, which would read [, * and ? as patterns."""
    return text(re.sub(r"[\[*?]", r"[\g<0>]", str(path.absolute())))


def _parquet_columns(path: Path) -> tuple[tuple[str, ...], tuple[str, ...]]:
    import duckdb

    try:
        with duckdb.connect() as connection:
            described = connection.sql(
                f"DESCRIBE SELECT * FROM read_parquet({_literal(path)})"
            ).fetchall()
    except duckdb.Error:
        raise InputError("not a readable Parquet file", path=path, hint="write it again") from None
    return tuple(row[0] for row in described), tuple(row[1] for row in described)


def _column_hint(name: str, columns: Sequence[str]) -> str:
    from index.io.nearest_name import nearest_name

    near = nearest_name(name, columns)
    if near:
        return f"rename {near!r}?"
    shown = ", ".join(textwrap.shorten(one, 40, placeholder="…") for one in columns[:20])
    more = f" and {len(columns) - 20} more" if len(columns) > 20 else ""
    return f"add it; the file has {shown}{more}"


def _unreadable(source: TableFile, message: str) -> InputError:
    """What DuckDB could not read, in one line of our words."""
    first = message.splitlines()[0]
    return InputError(f"cannot be read ({first})", path=source.path, hint="write the file again")
