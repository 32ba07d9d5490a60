"""Sheets of a spreadsheet file as columns, through python-calamine (xlsx, xls, xlsb, ods)."""

from __future__ import annotations

import datetime
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
    """

    name: str
    table: pa.Table
    rows: tuple[int, ...]
    above: int
    others: tuple[str, ...]


def read_sheet(path: Path, known: Collection[str], preferred: str) -> Sheet:
    """The sheet whose header has the most known columns; of several the one called `preferred`.

    Raises:
        InputError: the file cannot be read, is locked by a password, or holds nothing.
    """
    import pyarrow as pa
    from python_calamine import CalamineError, PasswordError, load_workbook

    try:
        with load_workbook(str(path)) as book:
            sheets = {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}
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
            ranked.append(((met, same, -place, -row), name, filled))
    if not ranked:
        raise InputError("the file has no header", path=path, row=1, hint="name the columns")
    (_, _, _, minus), name, filled = max(ranked, key=lambda one: one[0])
    header = -minus
    cells, rows = sheets[name], [row for row in filled if row > header]
    names = [_text(cell) for cell in cells[header]]
    while names and not names[-1]:
        names.pop()
    columns = [[cells[row][at] for row in rows] for at in range(len(names))]
    table = pa.table(
        [_column(values, path, title) for values, title in zip(columns, names, strict=True)],
        names=[title or f"unnamed_{at}" for at, title in enumerate(names, start=1)],
    )
    above = sum(row < header for row in filled)
    others = tuple(other for other in sheets if other != name)
    return Sheet(name, table, tuple(row + 1 for row in rows), above, others)


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
