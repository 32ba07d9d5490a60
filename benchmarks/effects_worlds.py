"""Runs the planted worlds over many seeds: python benchmarks/effects_worlds.py --seeds 100."""

from __future__ import annotations

import argparse
import sys
from concurrent.futures import ProcessPoolExecutor
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from naive import naive_difference
from worlds import make_world

from assistant.insights.effects import estimate_effects, gather_evidence

SETTINGS = (
    ("strong", {"titles": 100}),
    ("strong", {"titles": 200}),
    ("strong", {"titles": 100, "impressions": 60.0}),
    ("tangled", {"titles": 100}),
    ("tangled", {"titles": 200}),
    ("travelling", {"titles": 200}),
    ("empty", {"titles": 40}),
    ("empty", {"titles": 100}),
    ("empty", {"titles": 100, "impressions": 40.0}),
)


def run(job: tuple[tuple[str, dict[str, float]], int]) -> dict[str, object]:
    """Figures of one world."""
    (kind, options), seed = job
    world = make_world(kind, seed, **options)
    evidence = gather_evidence(world.titles, world.artworks, world.cells, world.matrix)
    effects = estimate_effects(evidence)
    effects["truth"] = [
        world.effect(*key)
        for key in zip(effects["feature"], effects["cluster"], effects["platform"], strict=True)
    ]
    found = effects[effects["grade"].isin(["supported", "confirmed"])]
    planted = set(world.truth["feature"])
    plain = effects[
        effects["level"].isna() & (effects["cluster"] != "all") & (effects["platform"] != "all")
    ]
    if kind == "travelling":
        plain = plain[plain["feature"] != "flag_01"]
    large = plain[plain["truth"].abs() >= 0.2]
    return {
        "world": f"{kind} {options}",
        "rows": len(plain),
        "covered": ((plain["low"] <= plain["truth"]) & (plain["truth"] <= plain["high"])).mean(),
        "adjusted covered": (
            (plain["adjusted_low"] <= plain["truth"]) & (plain["truth"] <= plain["adjusted_high"])
        ).mean(),
        "signs wrong": int((np.sign(large["effect"]) != np.sign(large["truth"])).sum()),
        "large found": large["grade"].isin(["supported", "confirmed"]).mean(),
        "false discoveries": (~found["feature"].isin(planted)).mean() if len(found) else 0.0,
        "above suggestive": float(len(found) > 0),
        "naive sign wrong": float(naive_difference(world, "flag_00") > 0)
        if kind == "tangled"
        else np.nan,
    }


def main() -> None:
    """Print one line per setting."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=40)
    parser.add_argument("--processes", type=int, default=2)
    asked = parser.parse_args()
    jobs = list(product(SETTINGS, range(10_000, 10_000 + asked.seeds)))
    with ProcessPoolExecutor(asked.processes) as pool:
        table = pd.DataFrame(pool.map(run, jobs, chunksize=4))
    summary = table.groupby("world", sort=False).mean().round(3)
    sys.stdout.write(summary.assign(seeds=asked.seeds).to_string() + "\n")


if __name__ == "__main__":
    main()
