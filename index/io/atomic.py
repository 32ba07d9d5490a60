"""Atomic writes: a reader finds the old file or the new one, never a part of either."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from index.errors import InputError

STAGING = ".writing-"
"""How the name of a file begins that is not finished yet."""


@contextmanager
def staging(path: Path, *, durable: bool = False) -> Iterator[Path]:
    """Give a name to write to, with the same ending; then put that file in the place of `path`.

    A link at `path` is replaced, and the file it leads to is left alone.

    Args:
        durable: wait until the disk has it, so that a power cut cannot undo it.

    Raises:
        OSError: the folder cannot be written; `path` is as it was.
    """
    staged = path.with_name(f"{STAGING}{path.stem[:180]}-{os.getpid()}{path.suffix[:20]}")
    try:
        yield staged
        if durable:
            sync(staged)
        staged.replace(path)
        if durable:
            sync(path.parent)
    finally:
        staged.unlink(missing_ok=True)


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """As `staging`, for a file that the user named.

    Raises:
        InputError: `path` is a folder, a device or a pipe, or its folder cannot be written.
    """
    if path.exists() and not path.is_file():
        what = "a folder" if path.is_dir() else "no regular file"
        raise InputError(f"is {what}", path=path, hint="name another file")
    try:
        with staging(path) as staged:
            yield staged
    except OSError as error:
        reason = f"cannot be written: {error.strerror or error}"
        raise InputError(reason, path=path, hint="name another place") from error


def replace_file(path: Path, content: bytes) -> None:
    """Write `content` to a file that the user named, atomically.

    Raises:
        InputError: as `replacing`.
    """
    with replacing(path) as staged:
        staged.write_bytes(content)


def sync(path: Path) -> None:
    """Wait until the disk has a file or a folder."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
