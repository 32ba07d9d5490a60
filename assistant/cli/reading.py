"""The options that say how tables are written, where the tables themselves do not."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from index.io.table_file import Reading


class Decimal(StrEnum):
    """The mark before a fraction."""

    POINT = "point"
    COMMA = "comma"


class Dates(StrEnum):
    """What comes first in 03/04/2024."""

    DAY_FIRST = "day-first"
    MONTH_FIRST = "month-first"


class Periods(StrEnum):
    """What a row of a period counts."""

    SEPARATE = "separate"
    RUNNING = "running"


DecimalOption = Annotated[
    Decimal | None,
    typer.Option(help="The mark before a fraction, where the numbers can be read in two ways."),
]
DatesOption = Annotated[
    Dates | None, typer.Option(help="What comes first in 03/04/2024, where no date decides.")
]
PeriodsOption = Annotated[
    Periods | None,
    typer.Option(help="Whether a period counts itself alone, or everything up to its end."),
]


def reading_of(decimal: Decimal | None, dates: Dates | None, periods: Periods | None) -> Reading:
    """The options as the record that readers of tables take."""
    from index.io.table_file import Reading

    mark = {Decimal.POINT: ".", Decimal.COMMA: ","}.get(decimal) if decimal else None
    return Reading(mark, dates, periods)
