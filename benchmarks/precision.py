"""What 8 bits change in what a strategist is told, beside 32 bits.

`python benchmarks/precision.py CATALOGUE` indexes the catalogue with both, which must be large
enough for `assistant evaluate`, and puts what the two say side by side.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from reporting import (
    ASSISTANT,
    Target,
    add_keep_option,
    keep_what_was_said,
    print_machine,
    print_table,
    print_targets,
    say,
)

from index.query.features import feature_table
from index.store import open_index

ENCODERS = ("starter@fp32", "starter")
OURS, NEAREST = "features and pictures", 10


def assistant(*words: str) -> str:
    """What a command of ours prints."""
    return subprocess.run([ASSISTANT, *words], check=True, capture_output=True, text=True).stdout


def told(index: Path) -> dict[str, float]:
    """What an index is worth: pairs of variants told right, and lift of exemplars in log-odds."""
    found = json.loads(assistant("evaluate", "--index", str(index), "--json"))
    (pairs,) = [
        one
        for one in found["pairs"]
        if (one["method"], one["cluster"], one["platform"]) == (OURS, "all", "all")
    ]
    lift = found["exemplars"]["exemplars"]["lift"]["exemplars"]
    return {"better of two": pairs["accuracy"], "lift of exemplars": lift["mean"]}


def flags(index: Path) -> pd.DataFrame:
    """Concepts of every artwork, 1 where its picture shows one."""
    with open_index(index) as opened:
        table = feature_table(opened)
    shown = table.filter(regex="^shows_|^weapons$")
    return shown.astype(float)


def similar(index: Path, texts: list[str]) -> list[set[str]]:
    """The nearest artworks of every text."""
    options = ("--index", str(index), "--json", "-k", str(NEAREST))
    found: list[Any] = [json.loads(assistant("similar", text, *options)) for text in texts]
    return [{one["artwork_id"] for one in answer["results"]} for answer in found]


def main() -> None:
    """Index twice, ask the same, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("catalogue", type=Path)
    add_keep_option(parser)
    asked = parser.parse_args()
    print_machine("artwork-assistant", "onnxruntime", "numpy", "scikit-learn")
    with tempfile.TemporaryDirectory() as room:
        indexes = [Path(room) / str(number) for number in range(len(ENCODERS))]
        for encoder, index in zip(ENCODERS, indexes, strict=True):
            assistant("index", str(asked.catalogue), "-o", str(index), "--encoder", encoder)
        worth = [told(index) for index in indexes]
        exact, ours = (flags(index) for index in indexes)
        with open_index(indexes[0]) as opened:
            synopses = [text[:200] for text in opened.table("texts")["text"].to_pylist()[:20]]
            artworks = opened.artworks
        pairs = zip(*(similar(index, synopses) for index in indexes), strict=True)
    agreed = float(np.mean([len(one & other) / NEAREST for one, other in pairs]))
    differ = int((exact.to_numpy() != ours.to_numpy()).sum())
    say(f"{artworks:,} artworks, {exact.shape[1]} concepts\n")
    rows = [
        (
            encoder,
            f"{one['better of two']:.3f}",
            f"{one['lift of exemplars']:+.3f}",
            f"{int(table.to_numpy().sum())}",
        )
        for encoder, one, table in zip(ENCODERS, worth, (exact, ours), strict=True)
    ]
    print_table(
        ("encoder", "better of two told", "lift of exemplars, log-odds", "concepts shown"), rows
    )
    say(
        f"{differ} of {exact.size:,} flags of concepts differ. Of the ten artworks nearest to the "
        f"texts of twenty titles, {agreed:.0%} are the same.\n"
    )
    lost = worth[0]["better of two"] - worth[1]["better of two"]
    print_targets([Target("better of two: lost by 8 bits", 0.01, lost, "", at_most=True)])
    keep_what_was_said(asked.keep, "precision", "What 8 bits change in the answers")


if __name__ == "__main__":
    main()
