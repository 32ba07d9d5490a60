"""The folder that a writer holds: its lock, its generations, and what killed runs left in it."""

from __future__ import annotations

import json
import os
import platform
import shutil
from collections.abc import Container
from contextlib import suppress
from pathlib import Path

from index.errors import IndexBusy, InputError
from index.store import layout


class Home:
    """Where generations are made: the index folder, or this machine's copy of it."""

    def __init__(self, path: Path, folder: Path) -> None:
        self.path, self._folder = path, folder
        self.generations = path / layout.GENERATIONS

    def take(self) -> None:
        """Take the writers' lock; makes the folder if it is absent.

        Raises:
            IndexBusy: another process writes; names its pid.
            InputError: the folder holds something that is no index.
            StoreError: the folder cannot be written.
        """
        from filelock import FileLock, Timeout

        self._require_own()
        self._is_new = not self.path.exists()
        self.path.mkdir(parents=True, exist_ok=True)
        self._lock = FileLock(self.path / layout.LOCK, blocking=False)
        try:
            self._lock.acquire()
        except Timeout as error:
            raise self._busy() from error

    def sign(self) -> None:
        """Tell other writers who holds the lock."""
        holder = {"pid": os.getpid(), "host": platform.node()}
        layout.write_durably(self.path / layout.HOLDER, json.dumps(holder).encode())

    def give_back(self) -> None:
        """Let the next writer in."""
        self._lock.release()

    def newest(self) -> int:
        """Number of the newest generation; 0 where there is none."""
        names = (entry.name for entry in self.generations.iterdir())
        return max((int(name) for name in names if name.isdigit()), default=0)

    def prune(self, keep: Container[str | None]) -> None:
        """Remove generations that nobody reads and that are not to be kept."""
        for place in sorted(self.generations.iterdir()):
            if place.name.isdigit() and place.name not in keep and not layout.is_read(place):
                shutil.rmtree(place, ignore_errors=True)

    def leave(self) -> None:
        """Take the signature off; a first run that finished nothing leaves no folder behind."""
        (self.path / layout.HOLDER).unlink(missing_ok=True)
        if not self._is_new or (self.path / layout.CURRENT).exists():
            return
        work = self.path / layout.WORK
        if any(work.rglob("part-*")) or any(self.generations.iterdir()):
            return
        shutil.rmtree(work, ignore_errors=True)
        (self.path / layout.LOCK).unlink(missing_ok=True)
        with suppress(OSError):
            self.generations.rmdir()
            self.path.rmdir()

    def _require_own(self) -> None:
        if self.path.exists() and not self.path.is_dir():
            hint = "give another folder with -o"
            raise InputError("is a file, not a folder", path=self._folder, hint=hint)
        if self.path.is_dir():
            layout.require_own((entry.name for entry in self.path.iterdir()), self._folder)

    def _busy(self) -> IndexBusy:
        try:
            holder = json.loads((self.path / layout.HOLDER).read_bytes())
            who = f"process {holder['pid']} on {holder['host']}"
        except (OSError, ValueError, KeyError):
            who = "another process"
        return IndexBusy(self._folder, f"{who} is writing it", "wait until it ends and run again")
