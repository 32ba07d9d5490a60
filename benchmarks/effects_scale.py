"""Times `assistant insights` on an index, and effects among 100,000 artworks × 10 slices.

Example: python benchmarks/effects_scale.py --index demo/index

The larger part has simulated performance and 60 simulated features.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from time import perf_counter

import numpy as np
from memory import peak_memory
from reporting import (
    ASSISTANT,
    Target,
    add_keep_option,
    keep_what_was_said,
    print_machine,
    print_table,
    print_targets,
    time_process,
)

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from worlds import make_world

from assistant.insights.effects import effect_slices, estimate_effects, gather_evidence
from index.features.matrix import Column, FeatureMatrix
from index.store import open_index


def main() -> None:
    """Print seconds and peak memory."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--titles", type=int, default=16_667)
    parser.add_argument("--index", type=Path, default=Path("demo/index"))
    add_keep_option(parser)
    asked = parser.parse_args()
    print_machine("artwork-assistant", "numpy", "pandas", "scipy", "statsmodels")
    whole, spent = time_process([ASSISTANT, "insights", "--index", str(asked.index)], 3)
    with open_index(asked.index) as index:
        own = f"{index.artworks:,}"
    world = make_world("strong", 1, titles=asked.titles, per_title=6, features=60)
    rng = np.random.default_rng(1)
    values, columns = world.matrix.values.copy(), list(world.matrix.columns)
    for at in range(4):
        values[:, at] = rng.poisson(1.0, len(values))
        columns[at] = Column(f"count_{at}", None, "count", "", f"count {at}")
    for at in range(50, 55):
        values[rng.random(len(values)) < 0.3, at] = np.nan
    began = perf_counter()
    evidence = gather_evidence(
        world.titles, world.artworks, world.cells, FeatureMatrix(values, tuple(columns))
    )
    slices = [one for one in effect_slices(evidence) if one.genre == "all"]
    slices = (slices * 2)[:10]
    effects = estimate_effects(evidence, slices)
    seconds, memory = perf_counter() - began, peak_memory()
    print_table(
        ("work", "artworks", "wall s", "CPU s"),
        [
            (f"`assistant insights --index {asked.index}`", own, f"{whole:.1f}", f"{spent:.1f}"),
            (
                f"{len(effects):,} effects in {len(slices)} slices",
                f"{len(values):,}",
                f"{seconds:.0f}",
                "",
            ),
        ],
    )
    print_targets(
        [
            Target("`assistant insights`, whole process", 20, whole, "s", at_most=True),
            Target("effects among 100,000 artworks", 180, seconds, "s", at_most=True),
            Target("their peak memory", 4, memory, "GB", at_most=True),
        ]
    )
    keep_what_was_said(asked.keep, "insights", "What artwork does: insights")


if __name__ == "__main__":
    main()
