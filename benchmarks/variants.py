"""How far `assistant variant` moves each lever of real pictures, and what else moves with it.

python benchmarks/variants.py FOLDER-OF-PICTURES --most 50
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np
from PIL import Image

from assistant.mockups.aims import load_levers
from assistant.mockups.regrade import STEPS, measure_levers, regrade
from index.features.extract import FeatureExtractor
from index.io.images import Picture, read_image

OTHERS = ("framing", "lettering", "clutter", "focus")
"""Levers that a regrade does not turn, measured to see whether they stay."""


def main() -> None:
    """Print the spread of each lever over the pictures, then what one step does."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--most", type=int, default=50, help="pictures that are regraded")
    asked = parser.parse_args()
    paths = sorted(
        path for path in asked.folder.iterdir() if path.suffix.lower() in {".jpg", ".png"}
    )
    pictures = [read_image(path).pixels for path in paths]
    stand = [measure_levers(pixels) for pixels in pictures]
    for name, step in STEPS.items():
        values = np.array([one[name] for one in stand])
        sys.stdout.write(f"{name:16} sd {values.std():.3f} over {len(values)}, step {step}\n")
    extractor, levers = FeatureExtractor(), load_levers()
    before = extractor.extract([_picture(pixels) for pixels in pictures])
    spread = {
        name: float(np.std([float(one[levers[name].feature] or 0) for one in before])) / 2
        for name in OTHERS
    }
    for name, step in STEPS.items():
        near, still, calm = [], [], []
        for pixels, start, seen in list(zip(pictures, stand, before, strict=True))[: asked.most]:
            for sign in (-1, 1):
                done = regrade(Image.fromarray(pixels), {name: start[name] + sign * step})
                near.append(abs(done.moved(name) - sign) <= 0.2)
                still.append(all(abs(done.moved(one)) <= 0.25 for one in STEPS if one != name))
                after = extractor.extract([_picture(np.asarray(done.picture))])[0]
                calm.append(
                    [
                        abs(
                            float(after[levers[one].feature] or 0)
                            - float(seen[levers[one].feature] or 0)
                        )
                        <= 0.25 * spread[one]
                        for one in OTHERS
                    ]
                )
        shares = ", ".join(
            f"{one} {share:.0%}" for one, share in zip(OTHERS, np.mean(calm, axis=0), strict=True)
        )
        sys.stdout.write(
            f"{name:16} within 20% of a step {np.mean(near):.0%}; other turned levers held "
            f"{np.mean(still):.0%}; within a quarter step: {shares} ({len(near)} variants)\n"
        )


def _picture(pixels: np.ndarray) -> Picture:
    return Picture(np.ascontiguousarray(pixels), pixels.shape[1], pixels.shape[0])


if __name__ == "__main__":
    main()
