"""Files that are there as a whole or not at all, and only where a file can be."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from index.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A name to write to, of the same ending; what was written there then takes `path`'s place.

    A link at `path` is replaced, and what it leads to is left alone.

    Raises:
        InputError: `path` is a folder, a device or a pipe, or its folder cannot be written.
    """
    staged = path.with_name(f".{path.stem[:180]}-{os.getpid()}{path.suffix[:20]}")
    if path.exists() and not path.is_file():
        what = "a folder" if path.is_dir() else "no regular file"
        raise InputError(f"is {what}", path=path, hint="name another file")
    try:
        try:
            yield staged
            staged.replace(path)
        finally:
            staged.unlink(missing_ok=True)
    except OSError as error:
        reason = f"cannot be written: {error.strerror or error}"
        raise InputError(reason, path=path, hint="name another place") from error


def replace_file(path: Path, content: bytes) -> None:
    """Write `content` to `path` so that a reader finds what was there or the new, never a part.

    Raises:
        InputError: as `replacing`.
    """
    with replacing(path) as staged:
        staged.write_bytes(content)
