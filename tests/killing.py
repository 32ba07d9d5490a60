"""Builds that are killed with SIGKILL, in processes forked from one that has everything loaded."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from multiprocessing.process import BaseProcess
from pathlib import Path

from index.build import gather
from tests.small_catalogue import build

FILE_EVENTS = {"open", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.listdir", "os.scandir"}

processes = multiprocessing.get_context("forkserver")
processes.set_forkserver_preload(
    [
        "tests.killing",
        "duckdb",
        "faiss",
        "filelock",
        "pandera.backends.pandas.builtin_checks",
        "pyarrow.parquet",
        "scipy.stats",
        "index.features.extract",
        "index.audience.clusters",
        "index.audience.predict",
        "index.performance",
    ]
)


def start(
    catalogue: Path, output: Path, kill_at: int = 0, count: Path | None = None
) -> BaseProcess:
    """A process that builds an index and kills itself at its `kill_at`-th touch of the folder.

    With `count`, the number of touches is written to that file in the end.
    """
    process = processes.Process(target=_build, args=(catalogue, output, kill_at, count))
    process.start()
    return process


def _build(catalogue: Path, output: Path, kill_at: int, count: Path | None) -> None:
    gather.KEPT_EVERY = 0.0
    touches = watch_folder(output, kill_at)
    build(catalogue, output)
    if count is not None:
        count.write_text(str(touches[0]))


def watch_folder(folder: Path, kill_at: int) -> list[int]:
    """Counts what this process does with files of a folder, and ends it at the given one."""
    prefix, seen = str(folder), [0]

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        if event in FILE_EVENTS and str(arguments[0]).startswith(prefix):
            seen[0] += 1
            if seen[0] == kill_at:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)
    return seen
