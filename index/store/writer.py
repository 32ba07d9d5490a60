"""Writing an index: one process at a time, a new generation beside the last, one atomic switch."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from index.errors import IndexDamaged, IndexMismatch, IndexNotFound
from index.io.atomic import STAGING, sync
from index.io.locations import is_remote
from index.store import layout
from index.store.draft import Draft
from index.store.home import Home
from index.store.manifest import FORMAT, BuildSource, Manifest, write_pointer
from index.store.opening import open_index
from index.store.reader import Index
from index.store.work import FinishedWork
from index.vectors import SearchIndexMaker

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from index.store.mirror import Mirror

Learn: TypeAlias = "Callable[[Index], Mapping[str, pd.DataFrame | pa.Table]]"
"""Works out further tables, by name, from a generation that is all but done."""


class IndexWriter(Draft):
    """Writes the next generation of an index; nothing shows until `publish`.

    A context manager: entering takes the writers' lock and sweeps what killed runs left behind,
    except finished work. Leaving without `publish` leaves the last good generation as it was.

    Args:
        folder: the index folder, made if absent; in an object store, the generation is made in
            this machine's copy and sent when it is published.
        maker: makes the indexes of vectors.

    Attributes:
        damage: why the current generation cannot be used, or None.
    """

    def __init__(self, folder: Path | str, maker: SearchIndexMaker | None = None) -> None:
        folder = Path(folder)
        self._mirror = _mirror_of(folder)
        home = Home(folder if self._mirror is None else self._mirror.home, folder)
        super().__init__(folder, home, maker or SearchIndexMaker())
        self.damage: str | None = None

    def __enter__(self) -> IndexWriter:
        """Take the lock.

        Raises:
            IndexBusy: another process writes; names its pid.
            InputError: the folder holds something that is no index.
            StoreError: the folder cannot be written.
        """
        with layout.writing(self.folder):
            self.home.take()
            try:
                if self._mirror is not None:
                    self._mirror.lock()
                self._begin()
            except BaseException:
                if self._mirror is not None:
                    self._mirror.unlock()
                self.home.give_back()
                raise
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self._summing.shutdown(cancel_futures=True)
            shutil.rmtree(self._staging, ignore_errors=True)
            if self.current is not None:
                self.current.close()
            self.home.leave()
        finally:
            if self._mirror is not None:
                self._mirror.unlock()
            self.home.give_back()

    def finished_work(self, *fingerprints: str) -> FinishedWork:
        """What earlier, unfinished runs with the same fingerprints have done."""
        key = layout.checksum_bytes("\n".join(fingerprints).encode())[:16]
        with layout.writing(self.folder):
            return FinishedWork(self.home.path / layout.WORK / key)

    def forget_work(self) -> None:
        """Remove what is finished: the current generation has it all."""
        shutil.rmtree(self.home.path / layout.WORK, ignore_errors=True)

    def publish(
        self,
        source: BuildSource,
        libraries: Mapping[str, str],
        warnings: Sequence[str] = (),
        *,
        learn: Learn | None = None,
        keep_work: bool = False,
    ) -> str:
        """Make what was added the current generation and forget the finished work.

        Where nothing differs from the current generation, that one stays.

        Args:
            source: from what, with what and how the generation was made.
            libraries: versions of the packages that made it.
            warnings: what the index cannot say.
            learn: works out what else the generation holds.
            keep_work: leave the finished work of an unfinished build to the next one.

        Returns:
            The name of the generation that is current now.

        Raises:
            StoreError: the disk is full, or the folder may not be written.
        """
        if learn is not None:
            # It is read where it lies, before it has its name.
            unnamed = replace(
                self._manifest(source, libraries, warnings), generation=self._staging.name
            )
            with Index(self.folder, unnamed, None, self.home.path) as draft:
                for name, table in learn(draft).items():
                    self.write_table(name, table)
        current = self.current.manifest if self.current is not None else None
        manifest = self._manifest(source, libraries, warnings)
        with layout.writing(self.folder):
            if current is None or current != _as_made_by(current, manifest):
                self._switch(manifest)
                if self._mirror is not None:
                    self._mirror.send(manifest, current)
                current = manifest
            if not keep_work:
                self.forget_work()
            self.home.prune({current.generation, current.previous})
            if self._mirror is not None:
                self._mirror.prune({current.generation, current.previous})
        return current.generation

    def _manifest(
        self, source: BuildSource, libraries: Mapping[str, str], warnings: Sequence[str]
    ) -> Manifest:
        return Manifest(
            **{one.name: getattr(source, one.name) for one in fields(BuildSource)},
            format=FORMAT,
            generation=f"{self.home.newest() + 1:06d}",
            previous=self.current.generation if self.current is not None else None,
            counts=self._counts,
            files={file: record() for file, record in self._files.items()},
            search=self.search,
            warnings=tuple(warnings),
            libraries=libraries,
            created_at=datetime.now(UTC).isoformat(timespec="seconds"),
        )

    def _switch(self, manifest: Manifest) -> None:
        content = manifest.to_bytes()
        (self._staging / layout.MANIFEST).write_bytes(content)
        for path in sorted(self._staging.rglob("*"), reverse=True):
            sync(path)
        sync(self._staging)
        self._staging.rename(self.home.generations / manifest.generation)
        sync(self.home.generations)
        pointer = write_pointer(manifest.generation, layout.checksum_bytes(content))
        layout.write_durably(self.home.path / layout.CURRENT, pointer)

    def _begin(self) -> None:
        self.home.sign()
        try:
            self.current = open_index(self.folder)
        except IndexNotFound:
            pass
        except (IndexDamaged, IndexMismatch) as error:
            self.damage = error.reason
        for leftover in self.home.path.glob(f"{STAGING}*"):
            leftover.unlink()
        self.home.generations.mkdir(exist_ok=True)
        shutil.rmtree(self._staging, ignore_errors=True)
        if self.current is not None:
            manifest = self.current.manifest
            self.home.prune({manifest.generation, manifest.previous})
        for folder in ("tables", "vectors", "arrays", "labels"):
            (self._staging / folder).mkdir(parents=True)


def _mirror_of(folder: Path) -> Mirror | None:
    if not is_remote(folder):
        return None
    from index.store.mirror import Mirror

    return Mirror(folder)


def _as_made_by(current: Manifest, new: Manifest) -> Manifest:
    """The new manifest under the current one's name and date: equal when all else is."""
    own = {name: getattr(current, name) for name in ("generation", "previous", "created_at")}
    return replace(new, **own)
