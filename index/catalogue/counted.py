"""The rows of a performance table that count, as a table of DuckDB."""

from __future__ import annotations

from dataclasses import dataclass

from index.io.table_file import identifier, text
from index.io.table_scan import Scan

LARGE = 20
"""Impressions from which on equal counts are no accident."""


@dataclass(frozen=True, slots=True)
class Counted(Scan):
    """The table `counted` in DuckDB, one row per row of a file that counts.

    Attributes:
        dimensions: columns that tell rows apart.
        measures: columns that are added up: impressions, plays and others.
    """

    dimensions: tuple[str, ...]
    measures: tuple[str, ...]

    def keys_without(self, *names: str) -> str:
        """SQL of the dimensions but these, of which the artwork is always one."""
        return ", ".join(identifier(one) for one in self.dimensions if one not in names)


def row_of(counted: Counted, name: str, value: str) -> int | None:
    """The line of the first row with a value of a dimension."""
    own = identifier(name)
    written = f"coalesce(trim(CAST({own} AS VARCHAR)), '')"
    return counted.find_row(f"{written} = {text(value)}")


def as_rows(number: int) -> str:
    """How many rows, as people read it."""
    return f"{number:,} row" if number == 1 else f"{number:,} rows"
