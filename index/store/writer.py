"""Writing an index: one process at a time, a new generation beside the last, one atomic switch."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from index.errors import IndexDamaged, IndexMismatch, IndexNotFound
from index.io.atomic import STAGING, sync
from index.io.locations import is_remote
from index.records import FloatMatrix
from index.store import layout
from index.store.growing import GrowingTable, growing_matrix
from index.store.home import Home
from index.store.labels import Labels
from index.store.manifest import FORMAT, BuildSource, FileRecord, Manifest, write_pointer
from index.store.opening import open_index
from index.store.reader import Index
from index.store.work import FinishedWork
from index.vectors import SearchIndexMaker, SearchSettings

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from index.store.mirror import Mirror


class IndexWriter:
    """Writes the next generation of an index; nothing shows until `publish`.

    A context manager: entering takes the writers' lock and sweeps what killed runs left behind,
    except finished work. Leaving without `publish` leaves the last good generation as it was.

    Args:
        folder: the index folder, made if absent; in an object store, the generation is made in
            this machine's copy and sent when it is published.
        maker: makes the indexes of vectors.

    Attributes:
        folder: as given.
        home: where the generation is made: in the folder, or in this machine's copy.
        current: the last good generation, or None.
        damage: why the current generation cannot be used, or None.
        search: how the vectors written so far are searched, by space.
    """

    def __init__(self, folder: Path | str, maker: SearchIndexMaker | None = None) -> None:
        self.folder = Path(folder)
        self._maker = maker or SearchIndexMaker()
        self._mirror = _mirror_of(self.folder)
        self.home = Home(self.folder if self._mirror is None else self._mirror.home, self.folder)
        self.current: Index | None = None
        self.damage: str | None = None
        self._files: dict[str, FileRecord] = {}
        self._counts: dict[str, int] = {}
        self.search: dict[str, SearchSettings] = {}

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

    def keep(self, files: Iterable[str]) -> None:
        """Take files of the current generation over as they are, where it has them.

        Args:
            files: as `layout.table_file` and its like name them.

        Raises:
            StoreError: the folder cannot be written.
        """
        if self.current is None:
            return
        manifest = self.current.manifest
        for file in files:
            if file not in manifest.files or file in self._files:
                continue
            with layout.writing(self.folder):
                layout.link(self.current.generation_folder / file, self._staging / file)
            self._files[file] = manifest.files[file]
            if file in map(layout.faiss_file, manifest.search):
                space = Path(file).stem
                self.search[space] = manifest.search[space]
            table = Path(file).stem
            if file == layout.table_file(table):
                self._counts[table] = manifest.counts[table]

    def write_table(self, name: str, table: pd.DataFrame | pa.Table) -> None:
        """Add a table; the same rows give the same bytes."""
        import pyarrow as pa

        arrow: Any = table
        if not isinstance(table, pa.Table):
            arrow = pa.Table.from_pandas(table, preserve_index=False)
        with self.growing_table(name) as add:
            add(arrow)

    @contextmanager
    def growing_table(self, name: str) -> Iterator[Callable[[pa.Table], None]]:
        """Add a table block by block: gives what takes the blocks, at least one, all alike.

        The same rows in the same blocks give the same bytes.
        """
        with self._adding(layout.table_file(name)) as path, closing(GrowingTable(path)) as file:
            yield file.append
        self._counts[name] = file.rows

    def table(self, name: str, columns: Sequence[str]) -> pa.Table:
        """Those of these columns that a table which was added has."""
        from pyarrow import parquet

        path = self._staging / layout.table_file(name)
        held = parquet.read_schema(path).names
        return parquet.read_table(path, columns=[one for one in columns if one in held])

    def write_vectors(
        self,
        space: str,
        matrix: FloatMatrix,
        *,
        searchable: bool = True,
        words: FloatMatrix | None = None,
    ) -> None:
        """Add a (rows, dimensions) matrix and, if searchable, its FAISS index.

        Args:
            matrix: unit vectors.
            searchable: whether nearest vectors will be looked for.
            words: (texts, dimensions) of texts like those users search for, to measure recall.
        """
        with self.growing_vectors(space, matrix.shape) as add:
            add(matrix)
        if searchable:
            self.make_searchable(space, words)

    @contextmanager
    def growing_vectors(
        self, space: str, shape: tuple[int, ...]
    ) -> Iterator[Callable[[FloatMatrix], None]]:
        """Add a (rows, dimensions) matrix block by block: gives what takes the blocks."""
        with self._adding(layout.vectors_file(space)) as path, growing_matrix(path, shape) as add:
            yield add

    def vectors(self, space: str) -> FloatMatrix:
        """The matrix that was added, mapped from its file."""
        path = self._staging / layout.vectors_file(space)
        mapped: FloatMatrix = np.load(path, mmap_mode="r", allow_pickle=False)
        return mapped

    def has_vectors(self, space: str) -> bool:
        """Whether a matrix of this name was added."""
        return layout.vectors_file(space) in self._files

    def rename_vectors(self, space: str, name: str) -> None:
        """Give a matrix that was added another name."""
        old, new = layout.vectors_file(space), layout.vectors_file(name)
        with layout.writing(self.folder):
            (self._staging / old).rename(self._staging / new)
        self._files[new] = self._files.pop(old)

    def make_searchable(self, space: str, words: FloatMatrix | None = None) -> None:
        """Add the FAISS index of a matrix that was added.

        Args:
            words: (texts, dimensions) of texts like those users search for, to measure recall.
        """
        import faiss

        rows = self.vectors(space)
        faiss_file, made_by = layout.faiss_file(space), self._maker.fingerprint(len(rows))
        if self.current is not None and self._is_made(self.current, space, made_by):
            index = self.current.faiss(space)
            self.keep([faiss_file])
        else:
            index = self._maker.make(rows)
            with self._adding(faiss_file) as path:
                faiss.write_index(index, str(path))
        self.search[space] = self._maker.measure(index, rows, words)

    def _is_made(self, current: Index, space: str, made_by: str) -> bool:
        """Whether the current generation holds the index of the vectors just written."""
        before, file = current.manifest, layout.vectors_file(space)
        same = space in before.search and before.search[space].made_by == made_by
        return same and before.files.get(file) == self._files[file]

    def write_labels(self, name: str, texts: Sequence[pa.Array]) -> None:
        """Add texts by row, from columns as `Labels.of` takes them."""
        labels = Labels.of(texts)
        content, ends = layout.label_files(name)
        with self._adding(content) as path:
            np.save(path, labels.content, allow_pickle=False)
        with self._adding(ends) as path:
            np.save(path, labels.ends, allow_pickle=False)

    def write_arrays(self, name: str, arrays: Mapping[str, npt.NDArray[Any]]) -> None:
        """Add a set of named arrays."""
        with self._adding(layout.arrays_file(name)) as path:
            np.savez(path, allow_pickle=False, **dict(arrays))

    def write_column(self, name: str, values: npt.NDArray[Any]) -> None:
        """Add an array that readers map."""
        with self._adding(layout.column_file(name)) as path:
            np.save(path, values, allow_pickle=False)

    def publish(
        self,
        source: BuildSource,
        libraries: Mapping[str, str],
        warnings: Sequence[str] = (),
        *,
        keep_work: bool = False,
    ) -> str:
        """Make what was added the current generation and forget the finished work.

        Where nothing differs from the current generation, that one stays.

        Args:
            source: from what, with what and how the generation was made.
            libraries: versions of the packages that made it.
            warnings: what the index cannot say.
            keep_work: leave the finished work of an unfinished build to the next one.

        Returns:
            The name of the generation that is current now.

        Raises:
            StoreError: the disk is full, or the folder may not be written.
        """
        current = self.current.manifest if self.current is not None else None
        manifest = Manifest(
            **{one.name: getattr(source, one.name) for one in fields(BuildSource)},
            format=FORMAT,
            generation=f"{self.home.newest() + 1:06d}",
            previous=current.generation if current else None,
            counts=self._counts,
            files=self._files,
            search=self.search,
            warnings=tuple(warnings),
            libraries=libraries,
            created_at=datetime.now(UTC).isoformat(timespec="seconds"),
        )
        with layout.writing(self.folder):
            own = ("generation", "previous", "created_at")  # may differ where nothing else does
            if current is None or current != replace(
                manifest, **{name: getattr(current, name) for name in own}
            ):
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

    @property
    def _staging(self) -> Path:
        return self.home.generations / f"{STAGING}generation"

    @contextmanager
    def _adding(self, file: str) -> Iterator[Path]:
        path = self._staging / file
        with layout.writing(self.folder):
            yield path
            self._files[file] = FileRecord(path.stat().st_size, layout.checksum(path))

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
