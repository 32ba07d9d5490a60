"""What every benchmark prints: the machine, the versions, and a table."""

from __future__ import annotations

import platform
import resource
import sys
from collections.abc import Callable, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from typing import TypeVar

from index.processors import processors

T = TypeVar("T")


def print_machine(*packages: str) -> None:
    """Processors, their model, Python, and the versions of packages that are installed."""
    found = []
    for name in packages:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            continue
    say(f"{processors()} processors ({_model()}), {platform.system()}")
    say(", ".join([f"Python {platform.python_version()}", *found]) + "\n")


def _model() -> str:
    info = Path("/proc/cpuinfo")
    if not info.is_file():
        return platform.processor() or "unknown"
    named = [line for line in info.read_text().splitlines() if line.startswith("model name")]
    return named[0].split(":", 1)[1].strip() if named else platform.machine()


def print_table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A Markdown table, figures to the right."""
    say("| " + " | ".join(headings) + " |")
    say("|" + "|".join(["---", *["---:"] * (len(headings) - 1)]) + "|")
    for row in rows:
        say("| " + " | ".join(row) + " |")
    say("")


def say(line: str) -> None:
    """One line, at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def peak_memory() -> float:
    """The most memory this process ever held, in GB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9


def clock(work: Callable[[], T], times: int = 1) -> tuple[float, float, T]:
    """Median wall seconds and processor seconds of `work` over so many times, and its result."""
    walls, spent = [], []
    for _ in range(times):
        wall, own = perf_counter(), process_time()
        result = work()
        walls.append(perf_counter() - wall)
        spent.append(process_time() - own)
    return median(walls), median(spent), result
