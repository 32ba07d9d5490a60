"""Opening what is current in an index folder, here or in an object store."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from index.errors import IndexDamaged, IndexNotFound
from index.io.locations import is_remote
from index.store import layout
from index.store.manifest import Manifest, damaged, read_manifest, read_pointer, rebuild
from index.store.reader import Index

_ATTEMPTS = 8


def open_index(folder: Path | str) -> Index:
    """Open the current generation of the index in `folder`.

    Raises:
        IndexNotFound: there is none.
        IndexMismatch: made in another format.
        IndexDamaged: a file is missing or has another size than the manifest says.
        RemoteFailed: it lies in an object store that cannot be reached or refuses.
    """
    folder = Path(folder)
    if is_remote(folder):
        return _open_remote(folder)
    for _ in range(_ATTEMPTS):
        # A writer may take a generation away between the reading of CURRENT and the opening.
        opened = _open_once(folder, folder)
        if opened is not None:
            return opened
    raise IndexDamaged(folder, "its current generation is missing", rebuild(folder))


def _open_remote(folder: Path) -> Index:
    """Open the copy of what is current in an object store; a damaged copy is downloaded again."""
    from index.store.mirror import Mirror

    mirror = Mirror(folder)
    for _ in range(_ATTEMPTS):
        mirror.fetch()
        with suppress(IndexDamaged, IndexNotFound):
            opened = _open_once(mirror.home, folder)
            if opened is not None:
                return opened
        mirror.forget()
    raise IndexDamaged(folder, "it cannot be copied to this machine", rebuild(folder))


def _open_once(home: Path, folder: Path) -> Index | None:
    generation, expected = read_pointer(_read_current(home), folder)
    place = home / layout.GENERATIONS / generation
    lease = _take_lease(place / layout.MANIFEST)
    if lease is None:
        return None
    try:
        content = (place / layout.MANIFEST).read_bytes()
        if layout.checksum_bytes(content) != expected:
            raise IndexDamaged(folder, "the manifest does not match its checksum", rebuild(folder))
        manifest = read_manifest(content, folder)
        _check_sizes(home, folder, manifest)
    except BaseException:
        os.close(lease)
        raise
    return Index(folder, manifest, lease, home)


def _read_current(folder: Path) -> bytes:
    try:
        return (folder / layout.CURRENT).read_bytes()
    except (FileNotFoundError, NotADirectoryError) as error:
        if _has_generation(folder) and not (folder / layout.HOLDER).exists():
            raise IndexDamaged(folder, "its CURRENT file is missing", rebuild(folder)) from error
        hint = f"make one with: assistant index CATALOGUE -o {folder}"
        raise IndexNotFound(folder, "no index here", hint) from error
    except OSError as error:
        reason = f"cannot be read ({error.strerror})"
        raise IndexNotFound(folder, reason, "check the folder's permissions") from error


def _has_generation(folder: Path) -> bool:
    """Whether there is a generation; a first run may be killed right before it points to one."""
    return any((folder / layout.GENERATIONS).glob(f"[0-9]*/{layout.MANIFEST}"))


def _take_lease(manifest: Path) -> int | None:
    """An open handle on the manifest whose shared lock keeps its generation from being removed."""
    try:
        handle = os.open(manifest, os.O_RDONLY)
    except FileNotFoundError:
        return None
    try:
        import fcntl
    except ImportError:
        return handle
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        return None
    except OSError:
        # A file system without locks: the generation before stays until the next, which must do.
        return handle
    return handle


def _check_sizes(home: Path, folder: Path, manifest: Manifest) -> None:
    place = os.fspath(home / layout.GENERATIONS / manifest.generation)
    for name, record in manifest.files.items():
        try:
            size = os.stat(f"{place}/{name}").st_size
        except FileNotFoundError as error:
            raise damaged(folder, manifest, f"{name} is missing") from error
        if size != record.size:
            reason = f"{name} has {size} bytes instead of {record.size}"
            raise damaged(folder, manifest, reason)
