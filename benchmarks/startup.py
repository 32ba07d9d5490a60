"""How long the program takes to start: whole processes, and what each import costs.

`python benchmarks/startup.py --index INDEX`. Processor seconds are user and system time of the
process; on a machine that does other work at the same time trust them, not the wall clock.

The same query is put to others with random weights, which are made faster than real ones are read:
to open_clip and torch as scripts use them, and, where `pip install --no-deps rclip` put it, to
rclip's own model on a file exported for it. Both search 1,000 vectors, and so do we with the same
network.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

from encoder_peers import MODEL, export_for_rclip, make_model
from reporting import (
    ASSISTANT,
    Target,
    add_keep_option,
    keep_what_was_said,
    print_machine,
    print_table,
    print_targets,
    say,
    time_process,
)

from index.encoders.export import import_repaired

SEARCH = """
vectors = numpy.random.default_rng(7).normal(size=(1000, text.shape[0])).astype("float32")
numpy.argsort(-(vectors @ text))[:12]
"""
TORCH_QUERY = f"""
import sys
from index.encoders.export import import_repaired
open_clip = import_repaired("open_clip")
import numpy, torch
model = open_clip.create_model("{MODEL}").eval()
with torch.inference_mode():
    text = model.encode_text(open_clip.get_tokenizer("{MODEL}")([sys.argv[1]])).numpy()[0]
{SEARCH}"""
RCLIP_QUERY = f"""
import sys, numpy
from rclip import model, model_download
from rclip.utils.tokenizer import SimpleTokenizer
theirs = model.Model()
theirs._session_text_var = model_download._load_onnx_session(sys.argv[2])
theirs._tokenizer_var = SimpleTokenizer(sys.argv[3])
text = theirs.compute_text_features([sys.argv[1]])[0]
{SEARCH}"""
TORCH, SAME = "open_clip and torch", f"`assistant similar TEXT` with {MODEL}"
VOCABULARY = "bpe_simple_vocab_16e6.txt.gz"
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


def ask_peers(text: str, catalogue: Path, folder: Path) -> dict[str, tuple[float, float]]:
    """Wall and processor seconds of others, and of ours with the network that they run."""
    model, weights = make_model(folder)
    times = {TORCH: time_process([sys.executable, "-c", TORCH_QUERY, text], 3)}
    if find_spec("rclip"):
        export_for_rclip(model, "text", folder / "text.onnx")
        words = Path(import_repaired("open_clip").__file__).with_name(VOCABULARY)
        query = [sys.executable, "-c", RCLIP_QUERY, text, str(folder / "text.onnx"), str(words)]
        times["rclip"] = time_process(query)
    index, os.environ["ASSISTANT_CACHE"] = str(folder / "index"), str(folder / "cache")
    network = ["--encoder", f"open_clip:{MODEL}@int8", "--weights", str(weights)]
    making = [ASSISTANT, "index", str(catalogue), "-o", index, *network]
    subprocess.run(making, check=True, capture_output=True)
    search = ["similar", text, "--index", index, "--no-images"]
    times[SAME] = time_process([ASSISTANT, *search])
    return times


def main() -> None:
    """Print the processes, then the imports of each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--index", type=Path, required=True)
    parser.add_argument("--catalogue", type=Path, default=Path("demo/catalogue"))
    parser.add_argument("--brief", type=Path, default=Path("demo/briefs/romance.yaml"))
    parser.add_argument("--text", default="a soldier with a rifle")
    add_keep_option(parser)
    asked = parser.parse_args()
    search = ["similar", asked.text, "--index", str(asked.index), "--no-images"]
    commands = {
        "--help": ["--help"],
        "similar --help": ["similar", "--help"],
        "similar TEXT": search,
        "brief BRIEF": ["brief", str(asked.brief), "--index", str(asked.index)],
        "insights": ["insights", "--index", str(asked.index)],
    }
    packages = ("typer", "rich", "numpy", "onnxruntime", "pyarrow", "torch", "open_clip_torch")
    print_machine("artwork-assistant", *packages, "rclip")
    times = {
        f"`assistant {name}`": time_process([ASSISTANT, *words]) for name, words in commands.items()
    }
    costs = {
        name: import_costs(commands[name]) for name in ("--help", "similar TEXT", "brief BRIEF")
    }
    with tempfile.TemporaryDirectory() as folder:
        peers = ask_peers(asked.text, asked.catalogue, Path(folder))
    times |= peers
    rows = [(name, f"{wall:.2f}", f"{spent:.2f}") for name, (wall, spent) in times.items()]
    print_table(("process", "wall s", "CPU s"), rows)
    own = times["`assistant similar TEXT`"][0]
    same = peers.pop(SAME)[0]
    targets = [
        Target("`assistant --help`, wall", 0.25, times["`assistant --help`"][0], "s", at_most=True),
        Target("`assistant similar`, wall", 0.7, own, "s", at_most=True),
        Target(
            "`assistant brief`, wall", 1.0, times["`assistant brief BRIEF`"][0], "s", at_most=True
        ),
        Target(
            "`assistant insights`, wall", 2.0, times["`assistant insights`"][0], "s", at_most=True
        ),
    ]
    for name, (wall, _) in peers.items():
        targets += [
            Target(f"{name}: its time by ours", 1, wall / own, "×"),
            Target(f"{name}: its time by ours with the same network", 1, wall / same, "×"),
        ]
    print_targets(targets)
    for name, own_costs in costs.items():
        say(f"`assistant {name}`: {sum(cost for _, cost in own_costs):.0f} ms of imports\n")
        shown = [(pack, f"{cost:.0f}") for pack, cost in own_costs[:LISTED]]
        print_table(("package", "own ms"), shown)
    keep_what_was_said(asked.keep, "startup", "Start-up")


if __name__ == "__main__":
    main()
