"""Long campaigns of hostile input: `python -m tests.fuzz images --count 6000 --seed 7`."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import Annotated

import typer

from tests import fuzz_images, fuzz_tables
from tests.campaign import Keep, Report, close
from tests.watched import Outcome

app = typer.Typer(add_completion=False, no_args_is_help=True)

Count = Annotated[int, typer.Option(min=1, help="Cases to try.")]
Seed = Annotated[int, typer.Option(help="Of the damage.")]


def _report(name: str, title: str, outcome: Outcome, seconds: float, command: str) -> Report:
    rows = [
        (kind, f"{outcome.read[kind] + outcome.refused[kind]:,}", f"{outcome.read[kind]:,}",
         f"{outcome.refused[kind]:,}")
        for kind in sorted({*outcome.read, *outcome.refused})
    ]  # fmt: skip
    tried = sum(outcome.read.values()) + sum(outcome.refused.values()) + len(outcome.failures)
    return Report(
        name=name,
        title=title,
        command=command,
        columns=("kind", "tried", "read", "refused in one line"),
        rows=rows,
        note=(
            f"{tried:,} tried, {len(outcome.failures)} failures (crash, hang, traceback); slowest "
            f"{outcome.slowest:.2f} s, most memory {outcome.megabytes:,.0f} MB, "
            f"{seconds:,.0f} s in all."
        ),
        failures=outcome.failures,
    )


@app.command(epilog="Example: python -m tests.fuzz images --count 6000 --seed 7")
def images(count: Count = 6000, seed: Seed = 7, keep: Keep = None) -> None:
    """Damaged JPEG, PNG, WebP, GIF, TIFF and AVIF files through the picture reader."""
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        outcome = fuzz_images.read_all(count, seed, Path(folder))
    command = f"python -m tests.fuzz images --count {count} --seed {seed}"
    seconds = time.perf_counter() - started
    close(_report("images", "Damaged pictures", outcome, seconds, command), keep)


@app.command(epilog="Example: python -m tests.fuzz tables --count 2000 --seed 7")
def tables(count: Count = 2000, seed: Seed = 7, keep: Keep = None) -> None:
    """Malformed catalogues, and half as many YAML files, through the code that reads them.

    Then known counts, written in many conventions, that must come back equal or be refused.
    """
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        outcome = fuzz_tables.read_all(count, seed, Path(folder))
        read, refused, wrong = fuzz_tables.read_known(max(count // 4, 200), seed, Path(folder))
    kind = "known counts in as many conventions"
    outcome.read[kind], outcome.refused[kind] = read, refused
    outcome.failures.extend(wrong)
    command = f"python -m tests.fuzz tables --count {count} --seed {seed}"
    seconds = time.perf_counter() - started
    close(_report("tables", "Malformed tables and YAML", outcome, seconds, command), keep)


if __name__ == "__main__":
    app()
