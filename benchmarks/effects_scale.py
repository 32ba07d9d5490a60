"""Times effects over 100,000 artworks × 10 slices × 60 simulated features, and their memory."""

from __future__ import annotations

import argparse
import resource
import sys
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from worlds import make_world

from assistant.insights.effects import effect_slices, estimate_effects, gather_evidence
from index.features.matrix import Column, FeatureMatrix


def main() -> None:
    """Print seconds and peak memory."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--titles", type=int, default=16_667)
    asked = parser.parse_args()
    world = make_world("strong", 1, titles=asked.titles, per_title=6, features=60)
    rng = np.random.default_rng(1)
    values, columns = world.matrix.values.copy(), list(world.matrix.columns)
    for at in range(4):
        values[:, at] = rng.poisson(1.0, len(values))
        columns[at] = Column(f"count_{at}", None, "count", "", f"count {at}")
    for at in range(50, 55):
        values[rng.random(len(values)) < 0.3, at] = np.nan
    began = time.perf_counter()
    evidence = gather_evidence(
        world.titles, world.artworks, world.cells, FeatureMatrix(values, tuple(columns))
    )
    slices = [one for one in effect_slices(evidence) if one.genre == "all"]
    slices = (slices * 2)[:10]
    effects = estimate_effects(evidence, slices)
    sys.stdout.write(
        f"{len(values):,} artworks, {len(slices)} slices, {len(effects):,} effects: "
        f"{time.perf_counter() - began:.0f} s, "
        f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:.1f} GB peak\n"
    )


if __name__ == "__main__":
    main()
