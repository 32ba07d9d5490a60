"""Draws the comps of three demo briefs on every canvas as one picture.

python benchmarks/mockup_sheet.py demo docs/mockups.jpg
"""

from __future__ import annotations

import argparse
from pathlib import Path

from PIL import Image

from assistant.answers.answer import answer_brief
from assistant.answers.brief import load_brief
from assistant.cli.opening import open_with_encoder
from assistant.mockups.aims import gather_aims
from assistant.mockups.concept import plan_concepts
from assistant.mockups.layout import draw_comp
from index.features.canvases import load_canvases

BRIEFS = ("romance", "action", "thriller")
CANVASES = ("vertical", "tile", "square", "billboard", "thumbnail")
HEIGHT, GAP = 330, 10


def main() -> None:
    """Write the picture."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("demo", type=Path, help="the folder that `assistant demo` made")
    parser.add_argument("picture", type=Path, help="where the JPEG goes")
    parser.add_argument("--briefs", nargs="+", default=BRIEFS)
    parser.add_argument("--seed", type=int, default=7)
    asked = parser.parse_args()
    index, encoder = open_with_encoder(asked.demo / "index")
    canvases = load_canvases()
    rows = []
    for name in asked.briefs:
        path = asked.demo / "briefs" / f"{name}.yaml"
        brief = load_brief(path)
        answer = answer_brief(brief, path, index, encoder)
        concept = plan_concepts(answer, path, index, encoder)[0]
        aims = gather_aims(brief, concept)
        comps = [draw_comp(brief, aims, canvases[one], seed=asked.seed) for one in CANVASES]
        rows.append([_scaled(comp.picture) for comp in comps])
    width = max(sum(one.width + GAP for one in row) for row in rows) - GAP
    sheet = Image.new("RGB", (width, len(rows) * (HEIGHT + GAP) - GAP), "white")
    for number, row in enumerate(rows):
        left = 0
        for one in row:
            sheet.paste(one, (left, number * (HEIGHT + GAP)))
            left += one.width + GAP
    sheet.save(asked.picture, quality=80, optimize=True, progressive=True)


def _scaled(picture: Image.Image) -> Image.Image:
    if picture.height <= HEIGHT:
        return picture
    width = round(picture.width * HEIGHT / picture.height)
    return picture.resize((width, HEIGHT), Image.Resampling.LANCZOS)


if __name__ == "__main__":
    main()
