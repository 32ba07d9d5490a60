"""Content hashes of pictures in an object store, downloaded only where their tag is new."""

from __future__ import annotations

import sqlite3
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path, PurePosixPath

from index.encoders.cache import remote_cache
from index.io.images import hash_bytes
from index.io.locations import spelled
from index.io.remote import RemoteFolder, Stamp, hold, read_object
from index.records import Progress

DOWNLOADS = 16
"""Pictures that are downloaded at a time."""
AHEAD = 32
"""Pictures whose hash is asked for before it is needed."""
_KEPT_AT_ONCE = 256
_TOLD_EVERY = 256

Outcome = tuple[str, str]


class RemotePictures:
    """Pictures of one catalogue in an object store.

    Args:
        folder: the catalogue.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def hash_all(self, paths: list[str], progress: Progress) -> Iterator[Outcome]:
        """As `hash_remote`, telling how far it is."""
        for done, outcome in enumerate(hash_remote(self._folder, paths), start=1):
            if done % _TOLD_EVERY == 0 or done == len(paths):
                progress("looking for changes", done, len(paths))
            yield outcome

    def remember(self) -> None:
        """Nothing: hashes are kept as they come."""


def hash_remote(folder: Path, paths: Sequence[str]) -> Iterator[Outcome]:
    """For each path, in order, the hash of its bytes and "", or "" and why there is none.

    One listing tells size and tag of every object; what was seen with these before is known. What
    is downloaded is held for whoever decodes it next. Pull it from one thread.

    Raises:
        RemoteFailed: the object store cannot be reached or refuses.
    """
    stamps = RemoteFolder(spelled(folder)).find()
    pool = ThreadPoolExecutor(DOWNLOADS, thread_name_prefix="download")
    with closing(_Known(remote_cache(folder) / "hashes.sqlite")) as known:
        waiting: deque[tuple[str, Stamp | None, Outcome | Future[Outcome]]] = deque()
        try:
            for path in paths:
                key = str(PurePosixPath(path))
                stamp = stamps.get(key)
                waiting.append((key, stamp, _begin(pool, known, folder / path, key, stamp)))
                if len(waiting) > AHEAD:
                    yield _finish(known, *waiting.popleft())
            while waiting:
                yield _finish(known, *waiting.popleft())
        finally:
            pool.shutdown(cancel_futures=True)


def _begin(
    pool: ThreadPoolExecutor, known: _Known, path: Path, key: str, stamp: Stamp | None
) -> Outcome | Future[Outcome]:
    if stamp is None:
        return "", "no such file"
    content = known.get(key, stamp)
    return (content, "") if content else pool.submit(_download, path)


def _download(path: Path) -> Outcome:
    try:
        content = read_object(path)
    except FileNotFoundError:
        return "", "no such file"
    if not content:
        return "", "empty file (zero bytes)"
    hold(path, content)
    return hash_bytes(content), ""


def _finish(
    known: _Known, key: str, stamp: Stamp | None, outcome: Outcome | Future[Outcome]
) -> Outcome:
    if not isinstance(outcome, Future):
        return outcome
    found = outcome.result()
    if found[0] and stamp is not None:
        known.put(key, stamp, found[0])
    return found


class _Known:
    """Hashes by key, size and tag, in the user's cache."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._rows: list[tuple[str, int, str, str]] = []
        self._database = sqlite3.connect(path, timeout=60)
        self._database.execute(
            "CREATE TABLE IF NOT EXISTS hashes "
            "(key TEXT PRIMARY KEY, size INTEGER, tag TEXT, hash TEXT) WITHOUT ROWID"
        )

    def get(self, key: str, stamp: Stamp) -> str:
        found = self._database.execute(
            "SELECT hash FROM hashes WHERE key = ? AND size = ? AND tag = ?",
            (key, stamp.size, stamp.tag),
        ).fetchone()
        return found[0] if found else ""

    def put(self, key: str, stamp: Stamp, content: str) -> None:
        self._rows.append((key, stamp.size, stamp.tag, content))
        if len(self._rows) >= _KEPT_AT_ONCE:
            self._keep()

    def close(self) -> None:
        # If the disk is full, hashes are computed again next time.
        with suppress(sqlite3.OperationalError):
            self._keep()
        self._database.close()

    def _keep(self) -> None:
        with self._database:
            self._database.executemany("REPLACE INTO hashes VALUES (?, ?, ?, ?)", self._rows)
        self._rows.clear()
