"""Sheets of a spreadsheet file as columns, through python-calamine (xlsx, xls, xlsb, ods)."""

from __future__ import annotations

import datetime
import re
import zipfile
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.errors import InputError
from index.io.table_text import HEADER_SEARCHED, squashed

if TYPE_CHECKING:
    import pyarrow as pa

SUFFIXES = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods")
EXACT = 2**53
"""Whole numbers up to this many are kept exactly by a spreadsheet's numbers."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet's rows.

    Attributes:
        name: of the sheet.
        table: one column per column of the header; numbers where every cell is one, else text.
        rows: 1-based row of the sheet for each row of `table`.
        above: rows over the header that hold something.
        others: names of the sheets that were not read.
        notes: what else a user should know, as clauses.
    """

    name: str
    table: pa.Table
    rows: tuple[int, ...]
    above: int
    others: tuple[str, ...]
    notes: tuple[str, ...]


def read_sheet(path: Path, known: Collection[str], preferred: str) -> Sheet:
    """The sheet whose header has the most known columns; of several the one called `preferred`.

    Hidden sheets are read only where no other has the columns. Merged cells below the header all
    hold what the first of them shows.

    Raises:
        InputError: the file cannot be read, is locked by a password, or holds nothing, or two
            sheets have the same columns.
    """
    import pyarrow as pa
    from python_calamine import CalamineError, PasswordError, SheetVisibleEnum, load_workbook

    try:
        with load_workbook(str(path)) as book:
            found = {name: book.get_sheet_by_name(name) for name in book.sheet_names}
            sheets = {name: sheet.to_python() for name, sheet in found.items()}
            merged = {name: sheet.merged_cell_ranges or [] for name, sheet in found.items()}
            starts = {name: sheet.start or (0, 0) for name, sheet in found.items()}
            seen = {
                one.name for one in book.sheets_metadata if one.visible == SheetVisibleEnum.Visible
            }
    except PasswordError:
        raise InputError(
            "is locked by a password", path=path, hint="save it without, or as CSV UTF-8"
        ) from None
    except (CalamineError, OSError, ValueError) as error:
        raise InputError(
            f"cannot be read as a spreadsheet ({error})", path=path, hint="save it as CSV UTF-8"
        ) from None
    wanted = {squashed(name) for name in known}
    ranked = []
    for place, (name, cells) in enumerate(sheets.items()):
        filled = [row for row in range(len(cells)) if any(_text(cell) for cell in cells[row])]
        for row in filled[:HEADER_SEARCHED]:
            met = len({squashed(_text(cell)) for cell in cells[row]} & wanted)
            same = squashed(name) == squashed(preferred)
            ranked.append(((met, name in seen, same, -place, -row), name, filled))
    if not ranked:
        raise InputError("the file has no header", path=path, row=1, hint="name the columns")
    (most, shown, same, _, minus), name, filled = max(ranked, key=lambda one: one[0])
    header = -minus
    names = [_text(cell) for cell in sheets[name][header]]
    if not same and most > 1:
        _refuse_alike(path, name, [
            other for (_, visible, _, _, minus), other, below in ranked
            if other != name and visible == shown and below[-1] > -minus
            and [_text(cell) for cell in sheets[other][-minus]] == names
        ])  # fmt: skip
    cells, rows = sheets[name], [row for row in filled if row > header]
    filled_in = _fill_merged(cells, merged[name], header, starts[name])
    notes = [f"merged cells filled in ({filled_in:,})"] if filled_in else []
    notes += [] if shown else ["that sheet is hidden"]
    hidden = _hidden_rows(path, list(sheets).index(name))
    if hidden:
        notes.append(f"{hidden:,} hidden rows are read too")
    while names and not names[-1]:
        names.pop()
    columns = [[cells[row][at] for row in rows] for at in range(len(names))]
    table = pa.table(
        [_column(values, path, title) for values, title in zip(columns, names, strict=True)],
        names=[title or f"unnamed_{at}" for at, title in enumerate(names, start=1)],
    )
    above = sum(row < header for row in filled)
    others = tuple(other for other in sheets if other != name)
    return Sheet(
        name, table, tuple(row + 1 + starts[name][0] for row in rows), above, others, tuple(notes)
    )


def _refuse_alike(path: Path, name: str, others: list[str]) -> None:
    """Refuse sheets that may hold parts of one table, or the same rows in two states."""
    if others:
        raise InputError(
            f"the sheets {name!r} and {others[0]!r} have the same columns",
            path=path,
            hint="put all rows on one sheet, or keep the one that counts",
        )


def _fill_merged(
    cells: list[list[Any]], merged: list[Any], header: int, start: tuple[int, int]
) -> int:
    """Write the value of every merged range below the header into all its rows; how many cells."""
    number = 0
    for (first, left), (last, _) in merged:
        top, column = first - start[0], left - start[1]
        if top <= header or not 0 <= column < len(cells[header]):
            continue
        for row in cells[top + 1 : last - start[0] + 1]:
            if row[column] == "" and cells[top][column] != "":
                row[column] = cells[top][column]
                number += 1
    return number


def _hidden_rows(path: Path, place: int) -> int:
    """How many rows of a sheet a spreadsheet hides, as a filter does; 0 where it cannot be told."""
    try:
        with zipfile.ZipFile(path) as book:
            book_xml = book.read("xl/workbook.xml").decode("utf-8")
            links = book.read("xl/_rels/workbook.xml.rels").decode("utf-8")
            ids = re.findall(r"<(?:\w+:)?sheet [^>]*?\br:id=\"([^\"]+)\"", book_xml)
            link = next(one for one in re.findall(r"<Relationship [^>]*>", links)
                        if f'Id="{ids[place]}"' in one)  # fmt: skip
            target = re.search(r'Target="/?(?:xl/)?([^"]+)"', link)
            if target is None:
                return 0
            sheet = book.read(f"xl/{target[1]}")
    except (zipfile.BadZipFile, KeyError, IndexError, StopIteration, OSError, UnicodeDecodeError):
        return 0
    return len(re.findall(rb'<(?:\w+:)?row [^>]*\bhidden="(?:1|true)"', sheet))


def _text(cell: Any) -> str:
    """A cell as text: whole numbers without a point, dates as ISO 8601."""
    if isinstance(cell, bool):
        return "1" if cell else "0"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < EXACT else repr(cell)
    if isinstance(cell, datetime.datetime) and cell.time() == datetime.time():
        return cell.date().isoformat()
    if isinstance(cell, datetime.date | datetime.time):
        return cell.isoformat()
    return str(cell).strip()


def _column(values: list[Any], path: Path, name: str) -> Any:
    import pyarrow as pa

    held = [value for value in values if value != ""]
    numbers = bool(held) and all(type(value) in (int, float) for value in held)
    if numbers and not squashed(name).endswith("id"):
        whole = all(float(value).is_integer() and abs(value) < EXACT for value in held)
        kind = pa.int64() if whole else pa.float64()
        cast = int if whole else float
        return pa.array([None if value == "" else cast(value) for value in values], kind)
    if squashed(name).endswith("id"):
        damaged = next((value for value in held if _lost_digits(value)), None)
        if damaged is not None:
            raise InputError(
                f"the id {_text(damaged)} is a number of more digits than a spreadsheet keeps",
                path=path,
                column=name,
                hint="export the ids again as text",
            )
    return pa.array([_text(value) for value in values], pa.large_string())


def _lost_digits(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) >= 1e15
