"""Draws the comps of demo briefs as one picture, and counts how many have what was asked.

python benchmarks/mockup_sheet.py demo docs/mockups.jpg
python benchmarks/mockup_sheet.py demo --measure
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from PIL import Image

from assistant.answers.answer import answer_brief
from assistant.answers.brief import load_brief
from assistant.cli.opening import open_with_encoder
from assistant.mockups.aims import gather_aims
from assistant.mockups.critique import Critic
from assistant.mockups.draw import past_layouts
from assistant.mockups.ideas import plan_ideas
from assistant.mockups.layout import LayoutPainter
from assistant.mockups.prompt import build_prompt
from assistant.mockups.records import Job, Painting
from index.encoders.protocol import Encoder
from index.features.canvases import load_canvases
from index.records import silent
from index.store import Index

BRIEFS = ("romance", "action", "thriller")
COMPOSITIONS = 4
SHOWN = ("vertical", "vertical", "vertical", "vertical", "tile", "square", "thumbnail")
HEIGHT, GAP = 330, 10


def main() -> None:
    """Write the picture, or print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("demo", type=Path, help="the folder that `assistant demo` made")
    parser.add_argument("picture", type=Path, nargs="?", help="where the JPEG goes")
    parser.add_argument("--briefs", nargs="+", default=BRIEFS)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--measure", action="store_true")
    asked = parser.parse_args()
    index, encoder = open_with_encoder(asked.demo / "index")
    paths = [asked.demo / "briefs" / f"{name}.yaml" for name in asked.briefs]
    if asked.measure:
        measure(index, encoder, paths, asked.seed)
    if asked.picture is not None:
        rows = [
            [_scaled(painted.picture) for _, painted in _comps(index, encoder, path, asked.seed)]
            for path in paths
        ]
        _sheet(rows).save(asked.picture, quality=80, optimize=True, progressive=True)


def _comps(
    index: Index, encoder: Encoder, path: Path, seed: int, shown: tuple[str, ...] = SHOWN
) -> Iterator[tuple[Job, Painting]]:
    brief, canvases, painter = load_brief(path), load_canvases(), LayoutPainter()
    answer = answer_brief(brief, path, index, encoder)
    idea = plan_ideas(answer, path, index, encoder)[0]
    aims = gather_aims(brief, idea)
    prompt, seen = build_prompt(brief, aims), past_layouts(idea, index)
    for place, name in enumerate(shown):
        turn = place % COMPOSITIONS
        guidance = seen[turn % len(seen)] if seen else None
        job = Job(
            1, brief, idea, aims, prompt, prompt, canvases[name], seed + turn, turn,
            guidance=guidance,
        )  # fmt: skip
        yield job, painter.paint(job, silent)


def measure(index: Index, encoder: Encoder, paths: list[Path], seed: int) -> None:
    """Print the share of comps that have each lever that was asked for."""
    critic = Critic(index, encoder)
    met: dict[str, list[bool]] = defaultdict(list)
    every = tuple(name for name in load_canvases() for _ in range(COMPOSITIONS))
    for path in paths:
        for job, painted in _comps(index, encoder, path, seed, every):
            for check in critic.judge([painted], job.aims, job.idea)[0].checks:
                if check.met is not None and check.aim.more:
                    met[check.aim.lever].append(check.met)
    for lever, found in sorted(met.items(), key=lambda one: sum(one[1]) / len(one[1])):
        sys.stdout.write(f"{lever:18} {sum(found):4} of {len(found):4}\n")
    total = [one for found in met.values() for one in found]
    sys.stdout.write(f"all levers asked for: {sum(total) / len(total):.1%} of {len(total)}\n")


def _sheet(rows: list[list[Image.Image]]) -> Image.Image:
    width = max(sum(one.width + GAP for one in row) for row in rows) - GAP
    sheet = Image.new("RGB", (width, len(rows) * (HEIGHT + GAP) - GAP), "white")
    for number, row in enumerate(rows):
        left = 0
        for one in row:
            sheet.paste(one, (left, number * (HEIGHT + GAP)))
            left += one.width + GAP
    return sheet


def _scaled(picture: Image.Image) -> Image.Image:
    if picture.height <= HEIGHT:
        return picture
    width = round(picture.width * HEIGHT / picture.height)
    return picture.resize((width, HEIGHT), Image.Resampling.LANCZOS)


if __name__ == "__main__":
    main()
