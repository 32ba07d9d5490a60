"""The user's cache of exported models: one folder per fingerprint, written atomically.

An entry is built in a folder of its own and renamed into place, so a killed export leaves no
half-written model behind. `entry.json`, written last, holds the size, digest and modification
time of every file. Opening an entry compares sizes and times, which costs microseconds, and
reads a file through again only where its time has changed; an entry that does not match is
deleted and built again.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from index.errors import EncoderUnavailable
from index.io.atomic import staging
from index.io.locations import spelled

CACHE_VARIABLE = "ASSISTANT_CACHE"
_ENTRY = "entry.json"


def cache_folder(cache: Path | None = None) -> Path:
    """Where exported models live: `cache`, else $ASSISTANT_CACHE, else the user's cache folder."""
    if cache is not None:
        return cache
    if chosen := os.environ.get(CACHE_VARIABLE):
        return Path(chosen).expanduser()
    from platformdirs import user_cache_path

    return user_cache_path("artwork-assistant", appauthor=False)


def remote_cache(folder: Path) -> Path:
    """Where copies of what a folder of an object store holds are kept."""
    digest = hashlib.blake2b(spelled(folder).rstrip("/").encode(), digest_size=12).hexdigest()
    return cache_folder() / "remote" / digest


def digest_file(path: Path) -> str:
    """SHA-256 of a file's bytes, hex, as model hubs publish it."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def digest_record(record: Any) -> str:
    """BLAKE2b-128 of a JSON-able record, hex; equal records give equal digests."""
    text = json.dumps(record, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def entry_folder(fingerprint: str, cache: Path | None = None) -> Path:
    """The folder that an encoder's exported files have, whether or not it is there."""
    return cache_folder(cache) / "encoders" / fingerprint


def is_whole(folder: Path, *, thorough: bool = False) -> bool:
    """Say whether every file of an entry is as it was written.

    Args:
        folder: an entry, as `entry_folder` names it.
        thorough: read every file through, even those whose size and time have not changed.
    """
    try:
        files = json.loads((folder / _ENTRY).read_text("utf-8"))["files"]
        return all(_is_unchanged(folder / name, seen, thorough) for name, seen in files.items())
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False


def _is_unchanged(path: Path, seen: dict[str, Any], thorough: bool) -> bool:
    now = path.stat()
    if now.st_size != seen["size"]:
        return False
    return (now.st_mtime_ns == seen["modified"] and not thorough) or (
        digest_file(path) == seen["digest"]
    )


def open_or_build(
    encoder: str, fingerprint: str, build: Callable[[Path], None], cache: Path | None = None
) -> Path:
    """Return the entry of `fingerprint`, building it where it is missing or damaged.

    Args:
        encoder: the encoder's id, for the message when the cache cannot be written.
        fingerprint: names the entry.
        build: writes the entry's files into the empty folder it is given.
        cache: the cache folder; None for the user's own.

    Raises:
        EncoderUnavailable: the cache folder cannot be written.
    """
    folder = entry_folder(fingerprint, cache)
    if is_whole(folder):
        return folder
    from filelock import FileLock

    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(folder.with_suffix(".lock")):
            if not is_whole(folder):
                _build(folder, build)
    except OSError as error:
        raise EncoderUnavailable(
            encoder,
            f"its exported model cannot be written to {folder.parent} ({error})",
            f"free space there or point {CACHE_VARIABLE} at a folder that can be written",
        ) from error
    return folder


def remember(key: str, value: str, cache: Path | None = None) -> None:
    """Keep a text that is slow to find out; nothing happens if the cache is read-only."""
    path = cache_folder(cache) / "known" / key
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        with staging(path) as staged:
            staged.write_text(value, "utf-8")


def recall(key: str, cache: Path | None = None) -> str | None:
    """The text kept under `key`, or None."""
    try:
        return (cache_folder(cache) / "known" / key).read_text("utf-8")
    except OSError:
        return None


def _build(folder: Path, build: Callable[[Path], None]) -> None:
    unfinished = f".building-{folder.name}-"
    for left in folder.parent.glob(f"{unfinished}*"):
        shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=unfinished) as temporary:
        fresh = Path(temporary) / "entry"
        fresh.mkdir()
        build(fresh)
        files = {path.name: _describe(path) for path in sorted(fresh.iterdir())}
        (fresh / _ENTRY).write_text(json.dumps({"files": files}, indent=1), "utf-8")
        if folder.exists():
            shutil.rmtree(folder)
        os.replace(fresh, folder)


def _describe(path: Path) -> dict[str, Any]:
    now = path.stat()
    return {"size": now.st_size, "modified": now.st_mtime_ns, "digest": digest_file(path)}
