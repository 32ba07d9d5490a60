"""How long the program takes to start: whole processes, and what each import costs.

`python benchmarks/startup.py --index INDEX`. Processor seconds are user and system time of the
process; on a machine that does other work at the same time trust them, not the wall clock.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
from pathlib import Path

from reporting import (
    Target,
    add_keep_option,
    keep_what_was_said,
    print_machine,
    print_table,
    print_targets,
    say,
    time_process,
)

ASSISTANT = Path(sys.executable).with_name("assistant")
TORCH_QUERY = """
import sys
from index.encoders.torch_repair import import_repaired
open_clip = import_repaired("open_clip")
import numpy, torch
model = open_clip.create_model("ViT-B-32").eval()
with torch.inference_mode():
    text = model.encode_text(open_clip.get_tokenizer("ViT-B-32")([sys.argv[1]])).numpy()[0]
vectors = numpy.random.default_rng(7).normal(size=(1000, 512)).astype("float32")
numpy.argsort(-(vectors @ text))[:12]
"""
"""A query as scripts around open_clip and torch answer it, here with random weights, which are
made faster than real ones are read."""
LISTED = 15
"""Packages shown, dearest first."""


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
    add_keep_option(parser)
    asked = parser.parse_args()
    search = ["similar", asked.text, "--index", str(asked.index), "--no-images"]
    commands = {
        "--help": ["--help"],
        "similar --help": ["similar", "--help"],
        "similar TEXT": search,
    }
    print_machine("artwork-assistant", "typer", "rich", "numpy", "onnxruntime", "pyarrow")
    times = {
        f"`assistant {name}`": time_process([str(ASSISTANT), *words])
        for name, words in commands.items()
    }
    peer = "the same query with open_clip and torch"
    times[peer] = time_process([sys.executable, "-c", TORCH_QUERY, asked.text])
    rows = [(name, f"{wall:.2f}", f"{spent:.2f}") for name, (wall, spent) in times.items()]
    print_table(("process", "wall s", "CPU s"), rows)
    own = times["`assistant similar TEXT`"][0]
    print_targets(
        [
            Target(
                "`assistant --help`, wall", 0.25, times["`assistant --help`"][0], "s", at_most=True
            ),
            Target("`assistant similar`, wall", 0.7, own, "s", at_most=True),
            Target("torch's time for a query by ours", 1, times[peer][0] / own, "×"),
        ]
    )
    for name in ("--help", "similar TEXT"):
        costs = import_costs(commands[name])
        say(f"`assistant {name}`: {sum(cost for _, cost in costs):.0f} ms of imports\n")
        print_table(("package", "own ms"), [(pack, f"{cost:.0f}") for pack, cost in costs[:LISTED]])
    keep_what_was_said(asked.keep, "startup", "Start-up")


if __name__ == "__main__":
    main()
