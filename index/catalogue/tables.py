"""The tables of a catalogue as files of this machine, wherever the catalogue lies."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from index.catalogue.files import SUFFIXES
from index.encoders.cache import remote_cache
from index.errors import InputError
from index.io.locations import is_remote, spelled

NAMES = ("titles", "artworks", "performance", "impressions", "interactions", "members")
_STAMPS = "stamps.json"


def local_tables(folder: Path) -> Path:
    """The folder with a catalogue's tables: itself, or copies of what an object store has.

    Tables are downloaded whole into the user's cache, and again only when their tag changes.

    Raises:
        InputError: there is no such folder.
        RemoteFailed: the object store cannot be reached or refuses.
    """
    if not is_remote(folder):
        return folder
    from filelock import FileLock

    from index.io.remote import RemoteFolder

    remote = RemoteFolder(spelled(folder))
    objects, folders = remote.top()
    if not objects and not folders:
        raise InputError(
            "there is no such folder", path=folder, hint="name a folder with titles and artworks"
        )
    place = remote_cache(folder) / "tables"
    place.mkdir(parents=True, exist_ok=True)
    with FileLock(place / ".lock"):
        stamps = _read_stamps(place)
        for name in (f"{table}{suffix}" for table in NAMES for suffix in SUFFIXES):
            path, now = place / name, objects.get(name)
            if now is None:
                stamps.pop(name, None)
                path.unlink(missing_ok=True)
            elif stamps.get(name) != [now.size, now.tag] or not path.is_file():
                unfinished = path.with_name(f".{name}")
                remote.download(name, unfinished)
                os.replace(unfinished, path)
                stamps[name] = [now.size, now.tag]
                (place / _STAMPS).write_text(json.dumps(stamps), "utf-8")
        (place / _STAMPS).write_text(json.dumps(stamps), "utf-8")
    return place


@contextmanager
def named_as_in(folder: Path, tables: Path) -> Iterator[None]:
    """Let what is wrong with a table be told under its place in the catalogue."""
    try:
        yield
    except InputError as error:
        if tables != folder and error.path is not None:
            told = Path(error.path)
            if told == tables:
                error.path = folder
            elif told.parent == tables:
                error.path = folder / told.name
        raise


def _read_stamps(place: Path) -> dict[str, list[int | str]]:
    try:
        found: dict[str, list[int | str]] = json.loads((place / _STAMPS).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found
