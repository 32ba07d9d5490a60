"""Folders on this machine and in object stores, both spelled as paths.

`Path("s3://bucket/folder")` is `s3:/bucket/folder`: it can be joined like any path, and is told
from a folder of this machine by its scheme.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

_REMOTE = re.compile(r"(?P<scheme>[a-z][a-z0-9+.-]+):/+(?P<rest>[^/].*)", re.DOTALL)


def is_remote(path: Path | str) -> bool:
    """Whether a path lies in an object store."""
    return _REMOTE.fullmatch(str(path)) is not None


def spelled(path: Path | str) -> str:
    """A path as a user writes it: the URL of what lies in an object store."""
    found = _REMOTE.fullmatch(str(path))
    return f"{found['scheme']}://{found['rest']}" if found else str(path)


def located(path: Path | str) -> str:
    """A path that means the same from everywhere: absolute, or a URL."""
    return spelled(path) if is_remote(path) else str(Path(path).resolve())


def joined(folder: Path, path: str, allowed: Sequence[Path] = ()) -> Path | None:
    """The place of a relative path inside a folder; None where it leads out of it.

    Links may lead to the folders that are allowed.
    """
    if is_remote(folder):
        place = PurePosixPath(path)
        return None if place.is_absolute() or ".." in place.parts else folder / path
    inside = (folder / path).resolve()
    roots = (folder.resolve(), *(one.resolve() for one in allowed))
    return inside if any(inside.is_relative_to(root) for root in roots) else None
