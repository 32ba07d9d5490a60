"""The lock of an index's writer in an object store: an object that is made only if absent."""

from __future__ import annotations

import json
import os
import platform
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Any

from index.errors import IndexBusy, RemoteFailed
from index.io.remote import Conflict, RemoteFolder
from index.store import layout

LASTS = timedelta(minutes=10)
"""After this long without a renewal anyone may take the lock."""
RENEWED_EVERY = LASTS / 5


class RemoteLock:
    """A lock that is renewed by a thread while it is held.

    Every step is a conditional put, so of two that try at once one fails. A lock that another
    process of the same copy left behind is taken over at once: the copy's own lock tells that it
    has ended.

    Args:
        remote: where the lock lies.
        mirror: name of the copy that this process has locked.
    """

    def __init__(self, remote: RemoteFolder, folder: Path, mirror: str) -> None:
        self._remote, self._folder, self._mirror = remote, folder, mirror
        self._tag, self._ended, self._guard = "", Event(), Lock()
        self._thread = Thread(target=self._keep_renewing, daemon=True)

    def acquire(self) -> None:
        """Take the lock.

        Raises:
            IndexBusy: another process holds it; names it.
        """
        tag = ""
        with suppress(FileNotFoundError):
            content, tag = self._remote.read_stamped(layout.LOCK)
            if not self._is_left(_read(content)):
                raise self.busy()
        try:
            self._tag = self._remote.write(layout.LOCK, self._content(), tag=tag)
        except Conflict:
            raise self.busy() from None
        self._thread.start()

    def renew(self) -> None:
        """Hold the lock for longer.

        Raises:
            IndexBusy: it was taken over.
        """
        with self._guard:
            try:
                self._tag = self._remote.write(layout.LOCK, self._content(), tag=self._tag)
            except Conflict:
                raise self.busy() from None

    def release(self) -> None:
        """Give the lock back, if it is still held."""
        self._ended.set()
        with self._guard, suppress(RemoteFailed):
            if self._remote.tag(layout.LOCK) == self._tag:
                self._remote.remove(layout.LOCK)

    def busy(self) -> IndexBusy:
        """That another process writes, which one, and from when on it need not be waited for."""
        try:
            holder = _read(self._remote.read(layout.LOCK))
            who = f"process {holder['pid']} on {holder['host']}"
            until = f"; it counts as dead at {holder['until']} unless it says otherwise"
        except (FileNotFoundError, RemoteFailed, KeyError):
            who, until = "another process", ""
        return IndexBusy(
            self._folder, f"{who} is writing it", f"wait until it ends and run again{until}"
        )

    def _keep_renewing(self) -> None:
        while not self._ended.wait(RENEWED_EVERY.total_seconds()):
            # A failure here occurs again, and is reported, before anything is switched.
            with suppress(IndexBusy, RemoteFailed):
                self.renew()

    def _content(self) -> bytes:
        holder = {
            "host": platform.node(),
            "mirror": self._mirror,
            "pid": os.getpid(),
            "until": (datetime.now(UTC) + LASTS).isoformat(timespec="seconds"),
        }
        return json.dumps(holder).encode()

    def _is_left(self, holder: dict[str, Any]) -> bool:
        if holder.get("mirror") == self._mirror:
            return True
        try:
            return datetime.fromisoformat(holder["until"]) < datetime.now(UTC)
        except (KeyError, TypeError, ValueError):
            return False


def _read(content: bytes) -> dict[str, Any]:
    try:
        found = json.loads(content)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
