"""What long campaigns found: shown, and kept in docs/robustness.md."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from benchmarks.sections import keep_section

Keep = Annotated[
    Path | None,
    typer.Option("--keep", help="A Markdown file in which to replace this campaign's section."),
]


@dataclass(frozen=True)
class Report:
    """What a campaign tried.

    Attributes:
        name: names its section.
        title: says what was tried.
        command: does it again.
        columns: the first ones hold text, those in `counts` numbers.
        rows: cells as they are shown.
        note: one line on the whole.
        failures: everything that went wrong.
    """

    name: str
    title: str
    command: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    note: str
    failures: Sequence[str]

    def to_markdown(self) -> str:
        """The section's text."""
        number = [all(re.fullmatch(r"[\d,.]+", row[n]) for row in self.rows) for n in self._places]
        lines = [
            f"## {self.title}",
            "",
            f"`{self.command}`",
            "",
            f"| {' | '.join(self.columns)} |",
            f"|{'|'.join('---:' if right else '---' for right in number)}|",
            *(f"| {' | '.join(row)} |" for row in self.rows),
            "",
            self.note,
        ]
        return "\n".join(lines)

    @property
    def _places(self) -> range:
        return range(len(self.columns))


def close(report: Report, keep: Path | None) -> None:
    """Show a report, keep it if asked to, and end with 1 if anything went wrong."""
    console, table = Console(), Table(title=report.title)
    for column in report.columns:
        table.add_column(column)
    for row in report.rows:
        table.add_row(*row)
    console.print(table)
    console.print(report.note)
    for failure in report.failures:
        console.print(f"  {failure[:400]}", markup=False)
    if keep is not None:
        keep_section(keep, report.name, report.to_markdown())
    if report.failures:
        raise typer.Exit(1)
