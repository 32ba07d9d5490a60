"""Long campaigns of hostile input: `python -m tests.fuzz images --count 6000 --seed 7`."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from tests import fuzz_images, fuzz_tables
from tests.watched import Outcome

app = typer.Typer(add_completion=False, no_args_is_help=True)

Count = Annotated[int, typer.Option(min=1, help="Cases to try.")]
Seed = Annotated[int, typer.Option(help="Of the damage.")]


def _report(title: str, outcome: Outcome, seconds: float) -> None:
    table = Table(title=title)
    for column in ("kind", "tried", "read", "refused"):
        table.add_column(column, justify="left" if column == "kind" else "right")
    for kind in sorted({*outcome.read, *outcome.refused}):
        read, refused = outcome.read[kind], outcome.refused[kind]
        table.add_row(kind, f"{read + refused:,}", f"{read:,}", f"{refused:,}")
    console = Console()
    console.print(table)
    console.print(
        f"{len(outcome.failures)} failures; slowest case {outcome.slowest:.2f} s, "
        f"most memory {outcome.megabytes:.0f} MB, {seconds:.0f} s in all"
    )
    for failure in outcome.failures:
        console.print(f"  {failure[:400]}", markup=False)
    if outcome.failures:
        raise typer.Exit(1)


@app.command(epilog="Example: python -m tests.fuzz images --count 6000 --seed 7")
def images(count: Count = 6000, seed: Seed = 7) -> None:
    """Damaged JPEG, PNG, WebP, GIF, TIFF and AVIF files through the picture reader."""
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        outcome = fuzz_images.read_all(count, seed, Path(folder))
    _report("Damaged pictures", outcome, time.perf_counter() - started)


@app.command(epilog="Example: python -m tests.fuzz tables --count 2000 --seed 7")
def tables(count: Count = 2000, seed: Seed = 7) -> None:
    """Malformed catalogues, and half as many YAML files, through the code that reads them."""
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        outcome = fuzz_tables.read_all(count, seed, Path(folder))
    _report("Malformed tables and YAML", outcome, time.perf_counter() - started)


if __name__ == "__main__":
    app()
