"""Which files of a catalogue are its tables, wherever the catalogue lies."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from index.encoders.cache import remote_cache
from index.errors import InputError
from index.io.locations import is_remote, spelled
from index.io.table_open import SUFFIXES

NAMES = ("titles", "artworks", "performance", "impressions", "interactions", "members")
MAP = "catalogue.yaml"
_STAMPS = "stamps.json"
_DATA = (*SUFFIXES, ".json", ".jsonl", ".ndjson", ".zip", ".numbers", ".feather", ".gsheet")


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
        wanted = {name for name in objects if name.lower().endswith(SUFFIXES) or name == MAP}
        for name in set(stamps) - wanted:
            stamps.pop(name)
            (place / name).unlink(missing_ok=True)
        for name in sorted(wanted):
            path, now = place / name, objects[name]
            if stamps.get(name) != [now.size, now.tag] or not path.is_file():
                unfinished = path.with_name(f".{name}")
                remote.download(name, unfinished)
                os.replace(unfinished, path)
                stamps[name] = [now.size, now.tag]
                (place / _STAMPS).write_text(json.dumps(stamps), "utf-8")
        (place / _STAMPS).write_text(json.dumps(stamps), "utf-8")
    return place


def find_tables(folder: Path) -> dict[str, Path]:
    """The file of each table that is there, whatever the case of its name.

    Raises:
        InputError: a table is there twice.
    """
    files = sorted(path for path in folder.iterdir() if path.is_file())
    found: dict[str, Path] = {}
    for name in NAMES:
        own = [path for path in files if path.name.lower() in {name + end for end in SUFFIXES}]
        if len(own) > 1:
            raise InputError(
                f"both {own[0].name} and {own[1].name} are here",
                path=folder,
                hint="keep one of them",
            )
        if own:
            found[name] = own[0]
    return found


def lookalikes(folder: Path, name: str, taken: Iterable[Path]) -> list[str]:
    """Names of files that could be a table but are not read as one."""
    from rapidfuzz.distance import OSA

    used = {path.name for path in taken}
    stem = name.removesuffix("s")
    alike = []
    for path in sorted(folder.iterdir()):
        own = path.name.lower()
        if path.name in used or not path.is_file() or not own.endswith(_DATA):
            continue
        words = re.split(r"[\W_]+", own)
        if any(word.startswith(stem) or OSA.normalized_similarity(word, name) > 0.75
               for word in words if word):  # fmt: skip
            alike.append(path.name)
    return alike


@contextmanager
def named_as_in(folder: Path, tables: Path) -> Iterator[None]:
    """Report what is wrong with a table under its place in the catalogue."""
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
