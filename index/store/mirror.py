"""An index in an object store: read through, and written from, a copy on this machine.

The objects lie as the files of an index folder do (see `layout`). Files of a generation never
change, so what was downloaded once stays valid, and CURRENT, which is written in one step
and last, tells whether there is a newer one.
"""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

from index.encoders.cache import remote_cache
from index.errors import IndexDamaged, IndexNotFound
from index.io.atomic import STAGING
from index.io.locations import spelled
from index.io.remote import Conflict, RemoteFolder
from index.store import layout
from index.store.manifest import (
    FileRecord,
    Manifest,
    read_manifest,
    read_pointer,
    rebuild,
    write_pointer,
)
from index.store.remote_lock import RemoteLock

TRANSFERS = 8
"""Files on their way at a time."""
MOST_COPIED = 5 * 10**9
"""Bytes of an object that stores copy in one request (S3)."""

_FETCHING = f"{STAGING}fetched-"
_NAME = "mirror.id"


class Mirror:
    """The copy of an index.

    Args:
        folder: the index, in an object store.

    Attributes:
        home: where the copy lies; it is an index folder.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.home = remote_cache(folder) / "index"
        self._remote = RemoteFolder(spelled(folder))
        self._lock: RemoteLock | None = None

    def fetch(self) -> None:
        """Make the copy's current generation that of the object store.

        Raises:
            IndexNotFound: there is no index.
            IndexMismatch, IndexDamaged: it cannot be used.
            RemoteFailed: the object store cannot be reached or refuses.
        """
        pointer = self._pointer()
        here = self.home / layout.CURRENT
        with suppress(OSError):
            if here.read_bytes() == pointer:
                return
        from filelock import FileLock

        self.home.mkdir(parents=True, exist_ok=True)
        with FileLock(self.home / "fetch.lock"):
            for _ in range(3):
                # A writer may take a generation away while it is being fetched.
                with suppress(FileNotFoundError):
                    self._fetch(pointer)
                    break
                pointer = self._pointer()
            else:
                reason = "files of its current generation are missing"
                raise IndexDamaged(self.folder, reason, rebuild(self.folder))
            layout.write_durably(here, pointer)

    def forget(self) -> None:
        """Throw the copy's current generation away, so that it is downloaded again."""
        with suppress(OSError):
            generation, _ = read_pointer((self.home / layout.CURRENT).read_bytes(), self.folder)
            (self.home / layout.CURRENT).unlink()
            shutil.rmtree(self._place(generation))

    def lock(self) -> None:
        """Keep other writers out, on this machine and on others; the copy is locked already.

        Raises:
            IndexBusy: another process writes.
            InputError: the folder holds something that is no index.
            RemoteFailed: the object store cannot be reached or refuses.
        """
        objects, folders = self._remote.top()
        layout.require_own([*objects, *folders], self.folder)
        self._lock = RemoteLock(self._remote, self.folder, self._name())
        self._lock.acquire()
        self._tag = self._remote.tag(layout.CURRENT)

    def unlock(self) -> None:
        """Let other writers in."""
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    def send(self, manifest: Manifest, before: Manifest | None) -> None:
        """Make a generation of the copy the current one of the object store.

        Files that the generation before has too are copied inside the store. A process that is
        killed on the way leaves the generation before.

        Raises:
            IndexBusy: another writer took over meanwhile.
            RemoteFailed: the object store cannot be reached or refuses.
        """
        assert self._lock is not None
        place, key = self._place(manifest.generation), _key(manifest.generation)
        known: dict[FileRecord, str] = {}
        if before is not None:
            old_key = _key(before.generation)
            known = {record: f"{old_key}/{name}" for name, record in before.files.items()}

        def send_one(entry: tuple[str, FileRecord]) -> None:
            name, record = entry
            old = known.get(record)
            if old is not None and record.size < MOST_COPIED:
                with suppress(FileNotFoundError):
                    self._remote.copy(old, f"{key}/{name}")
                    return
            self._remote.upload(place / name, f"{key}/{name}")

        with ThreadPoolExecutor(TRANSFERS) as pool:
            list(pool.map(send_one, manifest.files.items()))
        self._remote.upload(place / layout.MANIFEST, f"{key}/{layout.MANIFEST}")
        self._lock.renew()
        pointer = write_pointer(manifest.generation, layout.checksum(place / layout.MANIFEST))
        try:
            self._tag = self._remote.write(layout.CURRENT, pointer, tag=self._tag)
        except Conflict:
            raise self._lock.busy() from None

    def prune(self, keep: set[str | None]) -> None:
        """Remove generations from the object store that are not to be kept."""
        gone = [
            key for key in self._remote.find(layout.GENERATIONS) if key.split("/")[1] not in keep
        ]
        if gone:
            self._remote.remove(*gone)

    def _pointer(self) -> bytes:
        try:
            return self._remote.read(layout.CURRENT)
        except FileNotFoundError as error:
            hint = f"make one with: assistant index CATALOGUE -o {spelled(self.folder)}"
            raise IndexNotFound(self.folder, "no index here", hint) from error

    def _fetch(self, pointer: bytes) -> None:
        generation, expected = read_pointer(pointer, self.folder)
        content = self._remote.read(f"{_key(generation)}/{layout.MANIFEST}")
        if layout.checksum_bytes(content) != expected:
            reason = "the manifest does not match its checksum"
            raise IndexDamaged(self.folder, reason, rebuild(self.folder))
        place = self._place(generation)
        with suppress(OSError):
            if (place / layout.MANIFEST).read_bytes() == content:
                return
        manifest = read_manifest(content, self.folder)
        shutil.rmtree(place, ignore_errors=True)
        staging = place.with_name(f"{_FETCHING}{generation}")
        staging.mkdir(parents=True, exist_ok=True)
        with ThreadPoolExecutor(TRANSFERS) as pool:
            list(
                pool.map(
                    lambda one: self._fetch_file(manifest, staging, *one), manifest.files.items()
                )
            )
        (staging / layout.MANIFEST).write_bytes(content)
        staging.rename(place)
        self._sweep(generation, manifest.previous)

    def _fetch_file(self, manifest: Manifest, staging: Path, name: str, record: FileRecord) -> None:
        path = staging / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.is_file() and _is_whole(path, record):
            return
        if manifest.previous is not None:
            old = self._place(manifest.previous) / name
            if old.is_file() and _is_whole(old, record):
                layout.link(old, path)
                return
        self._remote.download(f"{_key(manifest.generation)}/{name}", path)
        if not _is_whole(path, record):
            reason = f"{name} does not match its checksum"
            raise IndexDamaged(self.folder, reason, rebuild(self.folder))

    def _sweep(self, generation: str, previous: str | None) -> None:
        """Remove older copies that nobody reads; newer ones are a writer's of this machine."""
        for place in (self.home / layout.GENERATIONS).iterdir():
            old = place.name.isdigit() and int(place.name) < int(generation)
            other = place.name.startswith(_FETCHING)
            if other or (old and place.name != previous and not layout.is_read(place)):
                shutil.rmtree(place, ignore_errors=True)

    def _place(self, generation: str) -> Path:
        return self.home / layout.GENERATIONS / generation

    def _name(self) -> str:
        """What this copy is called in the lock: two machines never share one."""
        path = self.home / _NAME
        with suppress(FileNotFoundError):
            return path.read_text("utf-8")
        layout.write_durably(path, uuid4().hex.encode())
        return path.read_text("utf-8")


def _key(generation: str) -> str:
    return f"{layout.GENERATIONS}/{generation}"


def _is_whole(path: Path, record: FileRecord) -> bool:
    return path.stat().st_size == record.size and layout.checksum(path) == record.blake2b
