"""Faults by the hundred: `python -m tests.faults --kills 200 --seed 7` on a demo folder."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import Annotated

import typer

from tests.campaign import Keep, Report, close
from tests.killing_commands import SCENARIOS, copy_place, kill_again_and_again, start
from tests.starving import change_bytes, fill_the_disk, forbid_writing


def campaign(
    demo: Annotated[Path, typer.Option(help="A folder as `assistant demo` leaves it.")] = Path(
        "demo"
    ),
    kills: Annotated[int, typer.Option(min=4, help="Deaths in all.")] = 200,
    changes: Annotated[int, typer.Option(min=1, help="Bytes to change in every file.")] = 20,
    seed: Annotated[int, typer.Option(help="Of the moments.")] = 7,
    keep: Keep = None,
) -> None:
    """Kill, starve and forbid every command that writes, and check that nothing is lost."""
    started, rows = time.perf_counter(), []
    failures: list[str] = []

    def note(fault: str, command: str, injected: int | None, found: list[str]) -> None:
        times = "not possible here" if injected is None else f"{injected:,}"
        rows.append((fault, command, times, f"{len(found):,}"))
        typer.echo(f"{fault}, {command}: {times} injected, {len(found)} failures", err=True)
        failures.extend(f"{fault}, {command}: {one}" for one in found)

    with tempfile.TemporaryDirectory() as room:
        folder = Path(room)
        for number, scenario in enumerate(SCENARIOS):
            own, wanted = folder / str(number), -(-kills // len(SCENARIOS))
            done = kill_again_and_again(scenario, demo, own, wanted, seed)
            short = [f"only {done.killed} of {wanted} died"] if done.killed < wanted else []
            note("SIGKILL", scenario.name, done.killed, done.failures + short)
        for fault, attempt in (
            ("full disk", fill_the_disk),
            ("read-only disk", forbid_writing),
        ):
            own = folder / fault.replace(" ", "-")
            own.mkdir()
            found = attempt(demo, own)
            tried = None if found is None else len(SCENARIOS)
            note(fault, "each of them", tried, found or [])
        injected, unnoticed = change_bytes(everything_in(demo, folder), changes, seed)
        note("one byte changed", "doctor --deep", injected, unnoticed)
    seconds = time.perf_counter() - started
    report = Report(
        name="faults",
        title="Faults injected and survived",
        command=f"python -m tests.faults --kills {kills} --changes {changes} --seed {seed}",
        columns=("fault", "command", "injected", "failures"),
        rows=rows,
        note=f"{len(failures)} failures in {seconds:,.0f} s.",
        failures=failures,
    )
    close(report, keep)


def everything_in(demo: Path, folder: Path) -> Path:
    """A copy of a demo whose index has experiments and an attribute as well."""
    place = copy_place(demo, folder / "everything")
    for scenario in SCENARIOS:
        if scenario.name in {"learn", "features add"}:
            scenario.prepare(place)
            process = start(scenario.words(place), place)
            process.join()
            if process.exitcode != 0:
                raise RuntimeError(f"{scenario.name} ended with {process.exitcode}")
    return place


if __name__ == "__main__":
    typer.run(campaign)
