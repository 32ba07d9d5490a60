"""What every benchmark prints: the machine, the versions, tables, and targets beside them.

With `--keep docs/performance.md` what was printed becomes the benchmark's section of that page.
"""

from __future__ import annotations

import argparse
import platform
import resource
import shlex
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from typing import TypeVar

from sections import keep_section

from index.processors import processors

T = TypeVar("T")

ASSISTANT = str(Path(sys.executable).with_name("assistant"))
"""The program, as installed beside this Python."""

_said: list[str] = []


@dataclass(frozen=True, slots=True)
class Target:
    """A figure that was asked for, beside the one that was measured.

    Attributes:
        what: is measured.
        wanted: bound of it.
        measured: what this run gave.
        unit: of both.
        at_most: whether the bound is from above.
    """

    what: str
    wanted: float
    measured: float
    unit: str
    at_most: bool = False

    @property
    def is_met(self) -> bool:
        """Whether the measured figure keeps the bound."""
        if self.at_most:
            return self.measured <= self.wanted
        return self.measured >= self.wanted


def print_targets(targets: Sequence[Target]) -> None:
    """Targets beside what was measured."""
    rows = [
        (
            one.what,
            f"{'≤' if one.at_most else '≥'} {one.wanted:,g} {one.unit}".strip(),
            f"{one.measured:,.3g} {one.unit}".strip(),
            "yes" if one.is_met else "no",
        )
        for one in targets
    ]
    print_table(("target", "asked", "measured", "met"), rows)


def add_keep_option(parser: argparse.ArgumentParser) -> None:
    """The option `--keep PAGE`."""
    parser.add_argument(
        "--keep", type=Path, help="a Markdown page in which to replace this benchmark's section"
    )


def keep_what_was_said(page: Path | None, name: str, title: str) -> None:
    """Make everything said so far the section `name` of a page, under the command that said it."""
    if page is None:
        return
    given = [word for word in sys.argv[1:] if word not in ("--keep", str(page))]
    words = ["FOLDER" if Path(word).is_absolute() else word for word in given]
    command = shlex.join(["python", f"benchmarks/{Path(sys.argv[0]).name}", *words])
    keep_section(page, name, f"## {title}\n\n`{command}`\n\n" + "\n".join(_said))


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
    _said.append(line)
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def time_process(command: Sequence[str], times: int = 7) -> tuple[float, float]:
    """Median wall and processor seconds of a process, once it has run to warm the disk."""
    walls, spent = [], []
    for _ in range(times + 1):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        began = perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        walls.append(perf_counter() - began)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return median(walls[1:]), median(spent[1:])


def clock(work: Callable[[], T], times: int = 1) -> tuple[float, float, T]:
    """Median wall seconds and processor seconds of `work` over so many times, and its result."""
    walls, spent = [], []
    for _ in range(times):
        wall, own = perf_counter(), process_time()
        result = work()
        walls.append(perf_counter() - wall)
        spent.append(process_time() - own)
    return median(walls), median(spent), result
