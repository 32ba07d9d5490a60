"""How long the program takes to start: whole processes, and what each import costs.

`python benchmarks/startup.py --index INDEX`. Processor seconds are user and system time of the
process; on a machine that does other work at the same time trust them, not the wall clock.
"""

from __future__ import annotations

import argparse
import os
import re
import resource
import subprocess
import sys
from pathlib import Path
from statistics import median
from time import perf_counter

from reporting import print_machine, print_table, say

ASSISTANT = Path(sys.executable).with_name("assistant")
TIMES = 7
LISTED = 15
"""Packages shown, dearest first."""


def time_process(words: list[str]) -> tuple[float, float]:
    """Median wall and processor seconds of a command, once it has run to warm the disk."""
    walls, spent = [], []
    for _ in range(TIMES + 1):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        began = perf_counter()
        subprocess.run([str(ASSISTANT), *words], check=True, capture_output=True)
        walls.append(perf_counter() - began)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return median(walls[1:]), median(spent[1:])


def import_costs(words: list[str]) -> list[tuple[str, float]]:
    """Milliseconds spent in each top-level package's own modules while a command runs."""
    script = (
        f"import sys; sys.argv = {['assistant', *words]!r}\nfrom assistant.cli import main\nmain()"
    )
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", script],
        capture_output=True, text=True, check=False, env={**os.environ, "COLUMNS": "80"},
    )  # fmt: skip
    costs: dict[str, float] = {}
    for own, name in re.findall(r"^import time:\s+(\d+) \|\s+\d+ \|\s+(\S+)$", done.stderr, re.M):
        package = name.split(".")[0]
        costs[package] = costs.get(package, 0.0) + int(own) / 1000
    return sorted(costs.items(), key=lambda item: -item[1])


def main() -> None:
    """Print the processes, then the imports of each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--index", type=Path, required=True)
    parser.add_argument("--text", default="a soldier with a rifle")
    asked = parser.parse_args()
    search = ["similar", asked.text, "--index", str(asked.index), "--no-images"]
    commands = {
        "--help": ["--help"],
        "similar --help": ["similar", "--help"],
        "similar TEXT": search,
    }
    print_machine("artwork-assistant", "typer", "rich", "numpy", "onnxruntime", "pyarrow")
    rows = []
    for name, words in commands.items():
        wall, spent = time_process(words)
        rows.append((f"`assistant {name}`", f"{wall:.2f}", f"{spent:.2f}"))
    print_table(("process", "wall s", "CPU s"), rows)
    for name in ("--help", "similar TEXT"):
        costs = import_costs(commands[name])
        say(f"`assistant {name}`: {sum(cost for _, cost in costs):.0f} ms of imports\n")
        print_table(("package", "own ms"), [(pack, f"{cost:.0f}") for pack, cost in costs[:LISTED]])


if __name__ == "__main__":
    main()
