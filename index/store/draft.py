"""The files of a generation that is being made, beside those that readers see."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from index.io.atomic import STAGING
from index.records import FloatMatrix
from index.store import layout
from index.store.growing import GrowingTable, growing_matrix
from index.store.home import Home
from index.store.labels import Labels
from index.store.manifest import FileRecord
from index.store.reader import Index
from index.vectors import SearchIndexMaker, SearchSettings

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa


class Draft:
    """Takes tables, vectors and arrays, and works out the checksum of each while more come.

    Args:
        folder: the index folder, as it is named to the user.
        home: where the generation is made.
        maker: makes the indexes of vectors.

    Attributes:
        current: the last good generation, or None.
        search: how the vectors written so far are searched, by space.
    """

    def __init__(self, folder: Path, home: Home, maker: SearchIndexMaker) -> None:
        self.folder = folder
        self.home = home
        self.current: Index | None = None
        self.search: dict[str, SearchSettings] = {}
        self._maker = maker
        self._files: dict[str, Callable[[], FileRecord]] = {}
        self._summing = ThreadPoolExecutor(1, thread_name_prefix="checksums")
        self._counts: dict[str, int] = {}

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
            self._files[file] = partial(manifest.files.__getitem__, file)
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
        self._files[old]()
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
        return same and before.files.get(file) == self._files[file]()

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

    @property
    def _staging(self) -> Path:
        return self.home.generations / f"{STAGING}generation"

    @contextmanager
    def _adding(self, file: str) -> Iterator[Path]:
        path = self._staging / file
        with layout.writing(self.folder):
            yield path
        self._files[file] = self._summing.submit(self._record, path).result

    def _record(self, path: Path) -> FileRecord:
        with layout.writing(self.folder):
            return FileRecord(path.stat().st_size, layout.checksum(path))
