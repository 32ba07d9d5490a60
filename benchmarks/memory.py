"""What a process held in memory."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

STATUS = Path("/proc/self/status")
EVERY = 0.02
"""Seconds between two looks."""


def peak_memory() -> float:
    """The most memory this process ever held, in GB."""
    # getrusage counts what the process held that started this one.
    if STATUS.is_file():
        return _held("VmHWM")
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9


@contextmanager
def own_memory() -> Iterator[list[float]]:
    """Gives the most GB that were this process's own so far: pages of mapped files are left out.

    Raises:
        FileNotFoundError: this is no Linux.
    """
    _held("RssAnon")
    most, over = [0.0], Event()

    def watch() -> None:
        while not over.wait(EVERY):
            most[0] = max(most[0], _held("RssAnon"))

    watcher = Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield most
    finally:
        over.set()
        watcher.join()


def _held(what: str) -> float:
    held = [line for line in STATUS.read_text().splitlines() if line.startswith(f"{what}:")]
    return int(held[0].split()[1]) * 1024 / 1e9
