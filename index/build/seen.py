"""Hashes of pictures' files, so that a file which nobody touched is not read again.

A file counts as untouched while its size, its inode and both of its times are those it had when
it was read. The time of change is set by the system at every write and cannot be set back, so a
picture that was replaced, or edited and given its old date, is read again. Files that changed a
moment before they were read are not relied on: a second write in the same tick of the file
system's clock would not show.
"""

from __future__ import annotations

import io
import os
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd

from index.errors import ImageUnreadable
from index.io.atomic import staging
from index.io.images import content_hash
from index.processors import processors
from index.records import Progress

if TYPE_CHECKING:
    import pyarrow as pa

HASHED_AT_ONCE = 4096
SETTLED = 2_000_000_000
"""Nanoseconds since its last change after which a file is relied on: no file system counts
time in longer steps."""
STATE = ("size", "inode", "modified", "changed")

States = npt.NDArray[np.int64]


class Hasher(Protocol):
    """Tells the hashes of a catalogue's pictures."""

    def hash_all(self, paths: list[str], progress: Progress) -> Iterable[tuple[str, str]]:
        """For each path, in order, the hash of its bytes and "", or "" and why there is none."""
        ...

    def remember(self) -> None:
        """Keep what was seen, so that the next run need not read it again."""
        ...


class PictureFiles:
    """Files of one catalogue on this machine.

    Args:
        folder: the catalogue.
        memory: the file that tells what earlier runs saw.
        recheck: read every file, even those that `memory` knows.
    """

    def __init__(self, folder: Path, memory: Path, *, recheck: bool = False) -> None:
        self._folder, self._memory = folder, memory
        self._known = None if recheck else self._recall()

    def hash_all(self, paths: list[str], progress: Progress) -> list[tuple[str, str]]:
        """For each path the hash of its bytes and "", or "" and why there is none."""
        now = time.time_ns()
        states = _states(self._folder, paths)
        hashes = self._unchanged(paths, states)
        reasons: dict[int, str] = {}
        unread = np.flatnonzero(hashes == "")
        with ThreadPoolExecutor(processors()) as pool:
            for start in range(0, len(unread), HASHED_AT_ONCE):
                rows = unread[start : start + HASHED_AT_ONCE]
                found = pool.map(_hash, [self._folder / paths[row] for row in rows])
                for row, (content, reason) in zip(rows.tolist(), found, strict=True):
                    hashes[row] = content
                    if reason:
                        reasons[row] = reason
                left = len(unread) - start - len(rows)
                progress("looking for changes", len(paths) - left, len(paths))
        settled = (states[:, 2:].max(axis=1) < now - SETTLED) & (hashes != "")
        self._known = self._table(paths, states, hashes, settled)
        return [(str(content), reasons.get(row, "")) for row, content in enumerate(hashes)]

    def remember(self) -> None:
        """Keep what was seen, so that the next run need not read it again."""
        from pyarrow import parquet

        content = io.BytesIO()
        parquet.write_table(self._known, content, compression="zstd", write_page_checksum=True)
        with suppress(OSError), staging(self._memory) as staged:
            staged.write_bytes(content.getvalue())

    def _recall(self) -> pa.Table | None:
        import pyarrow as pa
        from pyarrow.parquet import ParquetFile

        try:
            with ParquetFile(self._memory, page_checksum_verification=True) as file:
                table = file.read()
        except (OSError, ValueError, pa.ArrowException):
            return None
        metadata = table.schema.metadata or {}
        whole = table.column_names == ["path", *STATE, "content_hash"]
        return table if whole and metadata.get(b"folder") == self._place else None

    def _unchanged(self, paths: list[str], states: States) -> npt.NDArray[Any]:
        """Hashes (n,) of untouched files, "" for the others."""
        hashes = np.full(len(paths), "", dtype=object)
        if self._known is None:
            return hashes
        known = pd.Index(self._known["path"].to_pandas())
        at = known.get_indexer(pd.Index(paths, dtype="str")) if known.is_unique else None
        if at is None:
            return hashes
        before = np.column_stack([self._known[name].to_numpy() for name in STATE])
        same = at >= 0
        same[same] = (before[at[same]] == states[same]).all(axis=1)
        hashes[same] = self._known["content_hash"].to_pandas().to_numpy(object)[at[same]]
        return hashes

    def _table(
        self, paths: list[str], states: States, hashes: npt.NDArray[Any], kept: npt.NDArray[Any]
    ) -> pa.Table:
        import pyarrow as pa

        rows = np.flatnonzero(kept)
        _, first = np.unique(np.array(paths, dtype=object)[rows], return_index=True)
        rows = rows[np.sort(first)]
        columns = {
            "path": pa.array([paths[row] for row in rows], pa.large_string()),
            **{name: pa.array(states[rows, at]) for at, name in enumerate(STATE)},
            "content_hash": pa.array(hashes[rows].tolist(), pa.large_string()),
        }
        return pa.table(columns).replace_schema_metadata({"folder": self._place})

    @property
    def _place(self) -> bytes:
        return os.fsencode(self._folder.resolve())


def _states(folder: Path, paths: list[str]) -> States:
    """Size, inode, and nanoseconds of the last write and change (n, 4); -1 without a file."""
    states = np.full((len(paths), len(STATE)), -1, np.int64)
    start = os.fspath(folder)
    for row, path in enumerate(paths):
        try:
            found = os.stat(f"{start}/{path}")
        except (OSError, ValueError):
            continue
        inode = found.st_ino & 0x7FFF_FFFF_FFFF_FFFF
        states[row] = found.st_size, inode, found.st_mtime_ns, found.st_ctime_ns
    return states


def _hash(path: Path) -> tuple[str, str]:
    try:
        return content_hash(path), ""
    except ImageUnreadable as error:
        return "", error.reason
