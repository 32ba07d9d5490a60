"""The options that say how tables are written, where the tables themselves do not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import typer

if TYPE_CHECKING:
    from index.io.table_file import Reading


Decimal = Literal["point", "comma"]
Dates = Literal["day-first", "month-first"]
Periods = Literal["separate", "running"]

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

    return Reading({"point": ".", "comma": ",", None: None}[decimal], dates, periods)
