"""Times boards for 50 briefs in one run, as HTML, and tells how much there is to read on them.

With --beside it compares words and height with boards of the same briefs that another version made.
Example: python benchmarks/boards.py demo/index demo/briefs --beside old-boards
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from reporting import (
    Target,
    add_keep_option,
    keep_what_was_said,
    print_machine,
    print_table,
    print_targets,
)

from assistant.boards.desk import Desk
from assistant.boards.files import find_briefs, write_boards
from assistant.boards.pictures import Pictures
from assistant.cli.opening import open_with_encoder
from assistant.insights.evidence import read_effects
from index.records import silent


def read_pages(pages: Sequence[Path]) -> list[tuple[int, int]]:
    """Words that are seen, and height in pixels, of pages in a window of 1440 × 900."""
    from playwright.sync_api import sync_playwright

    found = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        for place in pages:
            page.goto(place.resolve().as_uri())
            height = page.evaluate("document.documentElement.scrollHeight")
            found.append((len(page.inner_text("body").split()), height))
        browser.close()
    return found


def print_beside(made: Sequence[Path], other: Path) -> list[Target]:
    """Words and height of boards beside those of the same name in another folder."""
    ours = sorted(one for one in made if (other / one.name).exists())
    rows = list(zip(read_pages(ours), read_pages([other / one.name for one in ours]), strict=True))
    shown = [
        (page.stem, *(f"{new[at]:,} / {old[at]:,} = {new[at] / old[at]:.0%}" for at in (0, 1)))
        for page, (new, old) in zip(ours, rows, strict=True)
    ]
    print_table(("board", "words here / there", "height, px"), shown)
    middle = [statistics.median(new[at] / old[at] for new, old in rows) for at in (0, 1)]
    return [
        Target(f"median {name} of the other's", 50, 100 * share, "%", at_most=True)
        for name, share in zip(("words", "height"), middle, strict=True)
    ]


def main() -> None:
    """Print seconds of CPU and of wall time a brief, after load."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("index", type=Path)
    parser.add_argument("briefs", type=Path)
    parser.add_argument("--count", type=int, default=50)
    parser.add_argument("--beside", type=Path, help="boards of the same briefs to compare with")
    add_keep_option(parser)
    asked = parser.parse_args()
    print_machine("artwork-assistant", "jinja2", "pillow", "numpy")
    began = time.process_time()
    index, encoder = open_with_encoder(asked.index)
    desk = Desk(index, encoder)
    if index.has("cells"):
        read_effects(index)
    loaded = time.process_time() - began
    briefs = find_briefs([str(asked.briefs)])
    briefs = (briefs * (asked.count // len(briefs) + 1))[: asked.count]
    with tempfile.TemporaryDirectory() as folder:
        cpu, wall = time.process_time(), time.perf_counter()
        run = write_boards(
            briefs, Path(folder), desk, Pictures(index.catalogue_folder), ("html",), k=8,
            picks=lambda _: (), progress=silent,
        )  # fmt: skip
        cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
        made = [file for one in run.boards for file in one.files]
        largest = max(file.stat().st_size for file in made)
        less = print_beside(made, asked.beside) if asked.beside else []
    each = wall / len(briefs)
    print_table(
        ("boards", "failed", "CPU s of loading", "CPU s a brief", "wall s a brief", "largest, MB"),
        [
            (
                f"{len(run.boards)}",
                f"{len(run.failed)}",
                f"{loaded:.1f}",
                f"{cpu / len(briefs):.2f}",
                f"{each:.2f}",
                f"{largest / 1e6:.2f}",
            )
        ],
    )
    print_targets(
        [
            Target("a board, after loading", 0.2, each, "s", at_most=True),
            Target("largest page", 2, largest / 1e6, "MB", at_most=True),
            *less,
        ]
    )
    keep_what_was_said(asked.keep, "boards", "Boards")
    sys.exit(bool(run.failed))


if __name__ == "__main__":
    main()
