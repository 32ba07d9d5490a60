"""Times boards for 50 briefs in one run, as HTML, and tells the largest page.

Example: python benchmarks/boards.py demo/index demo/briefs
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

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
    asked = parser.parse_args()
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
    print(
        f"{len(run.boards)} boards, {len(run.failed)} failed: {cpu / len(briefs):.2f} s CPU and "
        f"{wall / len(briefs):.2f} s a brief after {loaded:.1f} s CPU of loading; "
        f"largest page {largest / 1e6:.2f} MB"
    )
    sys.exit(bool(run.failed))


if __name__ == "__main__":
    main()
