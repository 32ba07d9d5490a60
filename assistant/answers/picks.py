"""Artworks a strategist has picked: kept in the index folder, outside its generations.

`picks.json` survives re-indexing. It is replaced as a whole, under a lock (in an object store: if
nobody else has replaced it meanwhile), so that two processes lose nothing of each other's and a
reader finds the old picks or the new.
"""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from index.errors import InputError, StoreError
from index.io.locations import is_remote, spelled

PICKS = "picks.json"
FORMAT = 1
_LOCK = "picks.lock"
_PATIENCE_SECONDS = 30
_HINT = "fix the file, or move it away and pick again"


@dataclass(frozen=True, slots=True)
class Pick:
    """One artwork picked.

    Attributes:
        artwork_id: of the index; may be gone from it after re-indexing.
        brief: title of the brief it was picked for; "" for every brief.
        picked_at: UTC, ISO 8601.
    """

    artwork_id: str
    brief: str
    picked_at: str

    @property
    def key(self) -> tuple[str, str]:
        """What makes a pick the same pick."""
        return self.artwork_id, self.brief


def load_picks(index_folder: Path) -> tuple[Pick, ...]:
    """All picks of an index, oldest first; none where nothing was picked.

    Raises:
        InputError: the file is not one that `save_picks` writes.
    """
    path = index_folder / PICKS
    try:
        content = _read(index_folder)
    except (FileNotFoundError, NotADirectoryError):
        return ()
    try:
        document = json.loads(content)
    except ValueError as error:
        raise InputError(f"is not JSON ({error})", path=path, hint=_HINT) from None
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise InputError("is not a list of picks of this version", path=path, hint=_HINT)
    rows = document.get("picks")
    if not isinstance(rows, list):
        raise InputError("has no list of picks", path=path, hint=_HINT)
    return tuple(_read_pick(row, path) for row in rows)


def save_picks(index_folder: Path, picks: Iterable[Pick]) -> None:
    """Replace all picks of an index at once.

    Raises:
        StoreError: the file may not be written, or another process holds it for too long.
    """
    with _locked(index_folder) as tag:
        _write(index_folder, picks, tag)


def add_picks(index_folder: Path, artwork_ids: Iterable[str], brief: str = "") -> tuple[Pick, ...]:
    """Pick artworks for a brief, or for all with ""; what is picked already stays as it was.

    Returns:
        all picks.

    Raises:
        InputError, StoreError: as `load_picks` and `save_picks`.
    """
    now = datetime.now(UTC).isoformat(timespec="seconds")
    with _locked(index_folder) as tag:
        kept = {pick.key: pick for pick in load_picks(index_folder)}
        for artwork_id in artwork_ids:
            kept.setdefault((artwork_id, brief), Pick(artwork_id, brief, now))
        _write(index_folder, kept.values(), tag)
    return tuple(kept.values())


def remove_picks(
    index_folder: Path, artwork_ids: Collection[str], brief: str | None = None
) -> tuple[Pick, ...]:
    """Take picks back: those of one brief, or with None of every brief.

    Returns:
        the picks that were removed.

    Raises:
        InputError, StoreError: as `load_picks` and `save_picks`.
    """
    with _locked(index_folder) as tag:
        before = load_picks(index_folder)
        removed = tuple(
            pick
            for pick in before
            if pick.artwork_id in artwork_ids and (brief is None or pick.brief == brief)
        )
        if removed:
            _write(index_folder, [pick for pick in before if pick not in removed], tag)
    return removed


def picked_for(picks: Iterable[Pick], brief: str) -> tuple[str, ...]:
    """Artwork ids picked for the brief of this title or for every brief, each once."""
    return tuple(dict.fromkeys(pick.artwork_id for pick in picks if pick.brief in {"", brief}))


def _read_pick(row: Any, path: Path) -> Pick:
    names = ("artwork_id", "brief", "picked_at")
    if not isinstance(row, dict) or not all(isinstance(row.get(name), str) for name in names):
        raise InputError(f"holds a pick without {', '.join(names)}", path=path, hint=_HINT)
    return Pick(*(row[name] for name in names))


def _read(index_folder: Path) -> bytes:
    if is_remote(index_folder):
        from index.io.remote import RemoteFolder

        return RemoteFolder(spelled(index_folder)).read(PICKS)
    return (index_folder / PICKS).read_bytes()


def _write(index_folder: Path, picks: Iterable[Pick], tag: str) -> None:
    document = {"format": FORMAT, "picks": [asdict(pick) for pick in picks]}
    if is_remote(index_folder):
        _send(index_folder, json.dumps(document, ensure_ascii=False, indent=1).encode(), tag)
        return
    staged = index_folder / f".{PICKS}-{os.getpid()}"
    try:
        with staged.open("w", encoding="utf-8") as file:
            json.dump(document, file, ensure_ascii=False, indent=1)
            file.flush()
            os.fsync(file.fileno())
        staged.replace(index_folder / PICKS)
    finally:
        staged.unlink(missing_ok=True)


def _send(index_folder: Path, content: bytes, tag: str) -> None:
    from index.io.remote import Conflict, RemoteFolder

    try:
        RemoteFolder(spelled(index_folder)).write(PICKS, content, tag=tag)
    except Conflict:
        reason = "another process has just written its picks"
        raise StoreError(index_folder, reason, "run again") from None


@contextmanager
def _locked(index_folder: Path) -> Iterator[str]:
    """Keep others from writing; gives the tag of the object that is replaced, "" for a file."""
    if is_remote(index_folder):
        from index.io.remote import RemoteFolder

        yield RemoteFolder(spelled(index_folder)).tag(PICKS)
        return
    from filelock import FileLock, Timeout

    try:
        with FileLock(index_folder / _LOCK, timeout=_PATIENCE_SECONDS):
            yield ""
    except Timeout:
        reason = "another process is writing its picks"
        raise StoreError(index_folder, reason, "wait until it ends and run again") from None
    except OSError as error:
        reason = f"picks cannot be written ({error.strerror or error})"
        hint = "what was there is untouched; make room or check the folder's permissions"
        raise StoreError(index_folder, reason, hint) from error
