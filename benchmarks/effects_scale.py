"""Times `assistant insights` on an index, and effects of levers among 100,000 artworks.

Example: python benchmarks/effects_scale.py --index demo/index

The larger part has simulated performance and the sides of six levers.
"""

from __future__ import annotations

import argparse
import sys
from itertools import islice
from pathlib import Path
from time import perf_counter

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

from worlds import ONE_BY_ONE, STRONG, make_world

from assistant.insights.effects import estimate_effects
from assistant.insights.levers import lever_sides
from index.store import open_index

EDITS = 6
"""Artworks of a title."""


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
    edits = dict(islice(ONE_BY_ONE.items(), EDITS))
    evidence = make_world(STRONG, 1, titles=asked.titles, edits=edits).evidence
    design = lever_sides(evidence)
    began = perf_counter()
    effects = estimate_effects(evidence, held=design.held())
    seconds, memory = perf_counter() - began, peak_memory()
    slices = len(effects) // len(design.contrasts)
    print_table(
        ("work", "artworks", "wall s", "CPU s"),
        [
            (f"`assistant insights --index {asked.index}`", own, f"{whole:.1f}", f"{spent:.1f}"),
            (
                f"{len(effects):,} effects of levers in {slices} slices",
                f"{len(evidence.units.title):,}",
                f"{seconds:.0f}",
                "",
            ),
        ],
    )
    print_targets(
        [
            Target("`assistant insights`, whole process", 2, whole, "s", at_most=True),
            Target("effects among 100,000 artworks", 180, seconds, "s", at_most=True),
            Target("their peak memory", 4, memory, "GB", at_most=True),
        ]
    )
    keep_what_was_said(asked.keep, "insights", "What artwork does: insights")


if __name__ == "__main__":
    main()
