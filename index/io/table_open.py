"""Finding out what a table's file is and what its columns are called."""

from __future__ import annotations

import re
import tempfile
import textwrap
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from index.errors import InputError
from index.io.table_file import AS_FOUND, Reading, TableFile, connect, literal
from index.io.table_text import find_layout, squashed
from index.io.workbook import SUFFIXES as WORKBOOKS
from index.io.workbook import read_sheet

TEXT_SUFFIXES = (".csv", ".tsv", ".txt", ".csv.gz", ".tsv.gz")
SUFFIXES = (".csv", ".parquet", *TEXT_SUFFIXES[1:], *WORKBOOKS)
"""Endings of the tables that are read, in any case."""


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
        file = TableFile(path, raw, types, reading, raw=raw)
    elif form == "workbook":
        file = _open_workbook(path, sought, name or path.stem, reading)
    else:
        layout = find_layout(path, sought, len(required), reading.encoding)
        raw = tuple(one or f"unnamed_{at}" for at, one in enumerate(layout.header, start=1))
        file = TableFile(path, raw, ("VARCHAR",) * len(raw), reading, layout.notes(), layout, raw)
    if not as_named:
        _name_columns(file, known, given)
    row = 1 + file.layout.above if file.layout is not None else 1 if file.lines else None
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
    if file.layout is not None and not file.layout.is_direct:
        file.rewrite()
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


def _name_columns(file: TableFile, known: Sequence[str], given: Mapping[str, str]) -> None:
    """Give known columns their names: as the user maps them, else whatever their case."""
    names = list(file.raw)
    for one, own in given.items():
        if own in names and one != own:
            if one in names:
                names[names.index(one)] = f"{one} (own)"
            names[names.index(own)] = one
    short = [squashed(name) for name in names]
    for one in known:
        if one in names:
            continue
        wanted = squashed(one)
        alike = [at for at, name in enumerate(short) if name == wanted]
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


def _parquet_columns(path: Path) -> tuple[tuple[str, ...], tuple[str, ...]]:
    import duckdb

    try:
        with connect() as connection:
            described = connection.sql(
                f"DESCRIBE SELECT * FROM read_parquet({literal(path)})"
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
