"""Draws the comps of briefs as one picture, and counts how many have what was asked.

python benchmarks/mockup_sheet.py demo/index demo/briefs/romance.yaml --picture docs/mockups.jpg
python benchmarks/mockup_sheet.py demo/index demo/briefs/*.yaml --measure
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from PIL import Image

from assistant.answers.answer import answer_brief
from assistant.answers.brief import load_brief
from assistant.answers.suite import plan_suite
from assistant.cli.opening import open_with_encoder
from assistant.mockups.aims import gather_aims
from assistant.mockups.critique import Critic
from assistant.mockups.draw import past_layouts
from assistant.mockups.gauge import Gauge
from assistant.mockups.ideas import plan_ideas
from assistant.mockups.layout import LayoutPainter
from assistant.mockups.prompt import build_prompt
from assistant.mockups.records import Job, Painting
from index.encoders.protocol import Encoder
from index.features.canvases import load_canvases
from index.query.levers import read_levers
from index.records import silent
from index.store import Index

COMPOSITIONS = 4
SHOWN = ("vertical", "vertical", "vertical", "vertical", "tile", "square", "thumbnail")
HEIGHT, GAP = 330, 10


def main() -> None:
    """Write the picture, or print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("index", type=Path)
    parser.add_argument("briefs", type=Path, nargs="+")
    parser.add_argument("--picture", type=Path, help="where the JPEG goes")
    parser.add_argument("--every", action="store_true", help="four compositions on every canvas")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--measure", action="store_true")
    asked = parser.parse_args()
    index, encoder = open_with_encoder(asked.index)
    gauge = Gauge(read_levers(index))
    every = tuple(name for name in load_canvases() for _ in range(COMPOSITIONS))
    if asked.measure:
        drawn = ((one, path) for path in asked.briefs
                 for one in _comps(index, encoder, gauge, path, asked.seed, every))  # fmt: skip
        measure(Critic(index, encoder, gauge), drawn)
    if asked.picture is not None:
        shown = every if asked.every else SHOWN
        rows = [
            [_scaled(painted.picture)
             for _, painted in _comps(index, encoder, gauge, path, asked.seed, shown)]
            for path in asked.briefs
        ]  # fmt: skip
        _sheet(rows).save(asked.picture, quality=80, optimize=True, progressive=True)


def _comps(
    index: Index, encoder: Encoder, gauge: Gauge, path: Path, seed: int, shown: tuple[str, ...]
) -> Iterator[tuple[Job, Painting]]:
    brief, canvases, painter = load_brief(path), load_canvases(), LayoutPainter()
    answer = answer_brief(brief, path, index, encoder)
    ideas = plan_ideas(answer, plan_suite(answer, index))
    for place, name in enumerate(shown):
        turn = place % COMPOSITIONS
        idea = ideas[turn % len(ideas)]
        aims, seen = gather_aims(brief, idea, gauge.levers), past_layouts(idea, index)
        prompt = build_prompt(brief, aims)
        guidance = seen[turn % len(seen)] if seen else None
        job = Job(
            1, brief, idea, aims, prompt, prompt, canvases[name], seed + turn, turn,
            guidance=guidance, gauge=gauge,
        )  # fmt: skip
        yield job, painter.paint(job, silent)


def measure(critic: Critic, drawn: Iterable[tuple[tuple[Job, Painting], Path]]) -> None:
    """Print the share of comps that have each lever that was asked for."""
    met: dict[str, list[bool]] = defaultdict(list)
    missed: dict[str, int] = defaultdict(int)
    unseen: dict[str, int] = defaultdict(int)
    for (job, painted), path in drawn:
        for check in critic.judge([painted], job.aims, job.idea)[0].checks:
            if not check.aim.more:
                continue
            if check.met is None:
                unseen[check.aim.key] += 1
                continue
            met[check.aim.key].append(check.met)
            if not check.met:
                missed[f"{check.aim.key} in {path.stem} on {job.canvas.name}"] += 1
    for lever, found in sorted(met.items(), key=lambda one: sum(one[1]) / len(one[1])):
        sys.stdout.write(f"{lever:34} {sum(found):4} of {len(found):4}\n")
    for where, count in missed.items():
        sys.stdout.write(f"  missed: {where} ({count} of {COMPOSITIONS})\n")
    for lever, count in unseen.items():
        sys.stdout.write(f"  a wireframe does not show {lever} ({count} comps)\n")
    total = [one for found in met.values() for one in found]
    if total:
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
