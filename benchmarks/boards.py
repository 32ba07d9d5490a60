"""Times boards for 50 briefs in one run, as HTML, and tells the largest page.

Example: python benchmarks/boards.py demo/index demo/briefs
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
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
from assistant.insights.report import insights
from index.records import silent


def main() -> None:
    """Print seconds of CPU and of wall time a brief, after load."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("index", type=Path)
    parser.add_argument("briefs", type=Path)
    parser.add_argument("--count", type=int, default=50)
    add_keep_option(parser)
    asked = parser.parse_args()
    print_machine("artwork-assistant", "jinja2", "pillow", "numpy")
    began = time.process_time()
    index, encoder = open_with_encoder(asked.index)
    desk = Desk(index, encoder, insights(index))
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
        largest = max(file.stat().st_size for _, _, files in run.boards for file in files)
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
            Target("a board, after loading", 1, each, "s", at_most=True),
            Target("largest page", 4, largest / 1e6, "MB", at_most=True),
        ]
    )
    keep_what_was_said(asked.keep, "boards", "Boards")
    sys.exit(bool(run.failed))


if __name__ == "__main__":
    main()
