"""How far `assistant variant` moves each lever of real pictures, and what else moves with it.

Every picture has one lever turned by one step towards the middle of the index, where there is room.
What comes out is measured twice: with faces and lettering taken to be where they were, and afresh,
as an index would, with whatever the detectors find in the new grading. What afresh can tell is seen
from the third measurement: of the same pictures that nothing was done to but to save them as JPEGs.

python benchmarks/variants.py INDEX FOLDER-OF-PICTURES --most 50
"""

from __future__ import annotations

import argparse
import io
import random
import sys
import time
from collections import defaultdict
from pathlib import Path

import numpy as np
from PIL import Image

from assistant.mockups.gauge import Gauge, decoded
from assistant.mockups.regrade import TURNED, regrade
from assistant.mockups.variant import packages
from index.io.images import read_image
from index.query.levers import read_levers
from index.store import open_index

NEAR, STILL = 0.2, 0.25


def main() -> None:
    """Print the shares of variants that moved as asked and of levers that stayed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("index", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--most", type=int, default=50, help="pictures that are regraded")
    parser.add_argument("--seed", type=int, default=7)
    asked = parser.parse_args()
    files = sorted(one for one in asked.folder.iterdir() if one.suffix in {".jpg", ".png"})
    chosen = random.Random(asked.seed).sample(files, min(asked.most, len(files)))
    index = open_index(asked.index)
    gauge = Gauge(read_levers(index))
    package = {lever: packages(index, [lever]) for lever in TURNED}
    moved: dict[str, list[tuple[str, dict[str, float]]]] = defaultdict(list)
    seconds = []
    for number, path in enumerate(chosen):
        lever = TURNED[number % len(TURNED)]
        picture = Image.fromarray(read_image(path).pixels)
        stands = gauge.steps(picture)
        step = -1.0 if stands[lever] > 0 else 1.0
        began = time.perf_counter()
        sitting = gauge.sit(picture)
        done = regrade(picture, sitting, lambda at: {lever: at[lever] + step}, package[lever])  # noqa: B023
        seconds.append(time.perf_counter() - began)
        ways = {
            "faces and lettering where they were": (
                sitting.steps(sitting.whole), sitting.steps(decoded(done).pixels), step
            ),
            "detected afresh": (stands, gauge.steps(done), step),
            "saved again, detected afresh": (stands, gauge.steps(_saved_again(picture)), 0.0),
        }  # fmt: skip
        for name, (before, after, turned) in ways.items():
            change = {one: after[one] - before[one] for one in before}
            change[lever] -= turned
            kept = {one: value for one, value in change.items() if one not in package[lever]}
            moved[name].append((lever, kept))
    sys.stdout.write(f"{len(chosen)} pictures, one lever each by one step; packages: ")
    sys.stdout.write(", ".join(f"{k}: {' '.join(sorted(v)) or '-'}" for k, v in package.items()))
    sys.stdout.write(f"; {np.mean(seconds):.1f} s a picture\n")
    for name, rows in moved.items():
        _report(name, rows)


def _saved_again(picture: Image.Image) -> Image.Image:
    """A picture as it comes back from a JPEG of good quality."""
    saved = io.BytesIO()
    picture.save(saved, "JPEG", quality=90)
    return Image.open(saved).convert("RGB")


def _report(name: str, rows: list[tuple[str, dict[str, float]]]) -> None:
    near = [abs(change[lever]) <= NEAR for lever, change in rows]
    stayed = defaultdict(list)
    for lever, change in rows:
        for other, value in change.items():
            if other != lever and not np.isnan(value):
                stayed[other].append(abs(value) <= STILL)
    every = [
        all(abs(v) <= STILL for k, v in change.items() if k != lever and not np.isnan(v))
        for lever, change in rows
    ]
    graded = [
        all(abs(v) <= STILL for k, v in change.items() if k in TURNED and k != lever)
        for lever, change in rows
    ]
    sys.stdout.write(
        f"{name}: the lever within {NEAR:.0%} of a step {np.mean(near):.0%}; within a quarter of a "
        f"step: every other lever {np.mean(every):.0%}, every other that a grade turns "
        f"{np.mean(graded):.0%}\n"
    )
    for lever in TURNED:
        own = [ok for ok, row in zip(near, rows, strict=True) if row[0] == lever]
        sys.stdout.write(f"  {lever:18} asked {len(own):3}, as far as asked {np.mean(own):.0%}\n")
    for other, found in stayed.items():
        sys.stdout.write(f"  {other:18} stayed {np.mean(found):.0%}\n")


if __name__ == "__main__":
    main()
