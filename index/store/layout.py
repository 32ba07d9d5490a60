"""Where things lie in an index folder, and how bytes get there without ever being half there.

INDEX/
  CURRENT                    one line: name of the generation, checksum of its manifest
  generations/NAME/          immutable once CURRENT has pointed to it
    manifest.json
    tables/*.parquet  vectors/*.npy  vectors/*.faiss  arrays/*.npz  arrays/*.npy  labels/*.npy
  work/KEY/part-*.npz        finished work of a run that has not ended, for the next run
  seen.parquet               hashes of pictures' files, for the next run; may be removed
  writer.lock  writer.json   who writes
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from index.errors import InputError, StoreError
from index.io.atomic import staging

CURRENT = "CURRENT"
GENERATIONS = "generations"
MANIFEST = "manifest.json"
WORK = "work"
SEEN = "seen.parquet"
LOCK = "writer.lock"
HOLDER = "writer.json"
OWN_NAMES = frozenset({CURRENT, GENERATIONS, WORK, SEEN, LOCK, HOLDER})

EXPERIMENTS = "experiments"
BELIEFS = "beliefs"
LEARNED = (EXPERIMENTS, BELIEFS)
"""Tables of what people found out since: no catalogue holds them, so every build keeps them."""
EVALUATION = "evaluation"
"""Table of how good this index's advice is; the next build drops it."""
FINDINGS = (EFFECTS, THEME_FINDINGS, SIDES, SIDE_VALUES) = (
    "effects",
    "theme_findings",
    "lever_sides",
    "lever_side_values",
)
"""Tables of what past artwork says, whoever asks; the next build and a change of attributes drop
them."""


def require_own(names: Iterable[str], folder: Path) -> None:
    """Refuse a folder whose files and folders have these names and are no index's.

    Raises:
        InputError: it is one.
    """
    held = set(names)
    if held and not held & OWN_NAMES:
        hint = "give an empty or a new folder with -o"
        raise InputError("the folder holds files but no index", path=folder, hint=hint)


def table_file(name: str) -> str:
    """Path of a table inside its generation."""
    return f"tables/{name}.parquet"


def vectors_file(space: str) -> str:
    """Path of a raw matrix inside its generation."""
    return f"vectors/{space}.npy"


def faiss_file(space: str) -> str:
    """Path of a FAISS index inside its generation."""
    return f"vectors/{space}.faiss"


def arrays_file(name: str) -> str:
    """Path of a set of named arrays inside its generation."""
    return f"arrays/{name}.npz"


def column_file(name: str) -> str:
    """Path of one array that is mapped, not read, inside its generation."""
    return f"arrays/{name}.npy"


def label_files(name: str) -> tuple[str, str]:
    """Paths of a set of texts inside its generation: the bytes, and where each text ends."""
    return f"labels/{name}.npy", f"labels/{name}.ends.npy"


def checksum(path: Path) -> str:
    """Hex BLAKE2b-256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=32)).hexdigest()


def checksum_bytes(content: bytes) -> str:
    """Hex BLAKE2b-256 of bytes."""
    return hashlib.blake2b(content, digest_size=32).hexdigest()


def link(existing: Path, path: Path) -> None:
    """Give a file a second name, or copy it where the file system has no links."""
    try:
        os.link(existing, path)
    except OSError:
        shutil.copyfile(existing, path)


def write_durably(path: Path, content: bytes) -> None:
    """Write a file of an index atomically, so that a power cut cannot undo it.

    Raises:
        OSError: the folder cannot be written.
    """
    with staging(path, durable=True) as staged:
        staged.write_bytes(content)


def is_read(place: Path) -> bool:
    """Whether a reader holds this generation."""
    try:
        import fcntl

        handle = os.open(place / MANIFEST, os.O_RDONLY)
    except (ImportError, OSError):
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    finally:
        os.close(handle)
    return False


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Turn the system's refusals while writing `folder` into one line for the user.

    Raises:
        StoreError: the disk is full, or the folder may not be written.
    """
    try:
        yield
    except OSError as error:
        reason = f"cannot be written ({error.strerror or error})"
        hint = "what was there is untouched; make room or give another folder with -o and run again"
        raise StoreError(folder, reason, hint) from error
