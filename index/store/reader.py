"""Reading an index: one generation, opened in milliseconds, the same until it is closed."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from index.errors import IndexMismatch, InputError
from index.records import FloatMatrix
from index.store import layout
from index.store.labels import Labels
from index.store.manifest import Manifest, damaged, rebuild
from index.vectors.recipe import Kind
from index.vectors.space import VectorSpace

if TYPE_CHECKING:
    import pyarrow as pa

    from index.encoders import Encoder


class Index:
    """One generation of an index. Row i of "shared", "image" and features is row i of artworks.

    While it is open (until `close`, the end of a `with` block or the end of the process) no writer
    removes its generation. What reads raises InputError where the index was made without what is
    asked for, and IndexDamaged where that cannot be read.

    Attributes:
        folder: the index folder, as it was named.
        manifest: what it says about itself.
    """

    def __init__(self, folder: Path, manifest: Manifest, lease: int | None, home: Path) -> None:
        self.folder = folder
        self._home = home
        self.manifest = manifest
        self._lease = lease
        self._tables: dict[tuple[str, tuple[str, ...] | None], pa.Table] = {}
        self._names: dict[str, tuple[str, ...]] = {}
        self._spaces: dict[str, VectorSpace] = {}
        self._columns: dict[str, npt.NDArray[Any]] = {}

    def __enter__(self) -> Index:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __del__(self) -> None:
        self.close()

    def close(self) -> None:
        """Let writers remove this generation; what was already read stays usable."""
        if self._lease is not None:
            os.close(self._lease)
            self._lease = None

    @property
    def generation(self) -> str:
        """Name of the generation."""
        return self.manifest.generation

    @property
    def generation_folder(self) -> Path:
        """Where the files of this generation lie."""
        return self._home / layout.GENERATIONS / self.manifest.generation

    @property
    def catalogue_folder(self) -> Path:
        """Where the artworks' paths begin."""
        return Path(self.manifest.catalogue)

    @property
    def picture_roots(self) -> tuple[Path, ...]:
        """Folders outside the catalogue to which links to its pictures may lead."""
        return tuple(map(Path, str(self.manifest.options.get("allow_root") or "").splitlines()))

    @property
    def artworks(self) -> int:
        """How many artworks are indexed."""
        return self.manifest.counts["artworks"]

    def has(self, name: str) -> bool:
        """Whether there is a table of this name."""
        return layout.table_file(name) in self.manifest.files

    def table_path(self, name: str) -> Path:
        """The Parquet file of a table."""
        return self._path(layout.table_file(name), f"table {name!r}")

    def column_names(self, name: str) -> tuple[str, ...]:
        """Columns of a table, read from its footer."""
        if name not in self._names:
            with self._parquet(name) as file:
                self._names[name] = tuple(file.schema_arrow.names)
        return self._names[name]

    def has_vectors(self, space: str) -> bool:
        """Whether there is a matrix of this name."""
        return layout.vectors_file(space) in self.manifest.files

    def has_arrays(self, name: str) -> bool:
        """Whether there is a set of arrays of this name."""
        return layout.arrays_file(name) in self.manifest.files

    def has_column(self, name: str) -> bool:
        """Whether there is a mapped array of this name."""
        return layout.column_file(name) in self.manifest.files

    def table(self, name: str, columns: Sequence[str] | None = None) -> pa.Table:
        """A table, or some of its columns; read once."""
        key, wanted = (name, None if columns is None else tuple(columns)), {*(columns or ())}
        if key not in self._tables:
            read = (one for (other, _), one in self._tables.items() if other == name)
            whole = next((one for one in read if not wanted - {*one.column_names}), None)
            if whole is not None and columns is not None:
                return whole.select(list(columns))
            with self._parquet(name) as file:
                self._tables[key] = file.read(columns=columns)
        return self._tables[key]

    def forget_tables(self) -> None:
        """Drop the tables that were read; they are read again when they are asked for."""
        self._tables.clear()

    def vectors(self, space: str) -> FloatMatrix:
        """The (rows, dimensions) float32 matrix of a space, mapped from the file, read-only."""
        path = self._path(layout.vectors_file(space), f"vectors {space!r}")
        with self._damage(path):
            matrix: FloatMatrix = np.load(path, mmap_mode="r", allow_pickle=False)
        return matrix

    @property
    def picture_vectors(self) -> FloatMatrix:
        """The vectors that compare pictures: the image-only space where there is one."""
        return self.vectors("image" if self.has_vectors("image") else "shared")

    def faiss(self, space: str) -> Any:
        """The FAISS index of a space (inner product), mapped from the file."""
        import faiss

        path = self._path(layout.faiss_file(space), f"FAISS index {space!r}")
        with self._damage(path):
            lists = self.manifest.search[space].kind is Kind.LISTS
            flags = faiss.IO_FLAG_MMAP if lists else faiss.IO_FLAG_MMAP_IFC
            return faiss.read_index(str(path), flags)

    def nearest(self, space: str) -> VectorSpace:
        """What finds the nearest vectors of a space."""
        if space not in self._spaces:
            matrix, settings = self.vectors(space), self.manifest.search[space]
            self._spaces[space] = VectorSpace(matrix, settings, lambda: self.faiss(space))
        return self._spaces[space]

    def labels(self, name: str) -> Labels:
        """A set of texts by row, mapped from the files."""
        content, ends = (self._path(one, f"labels {name!r}") for one in layout.label_files(name))
        with self._damage(content):
            return Labels.open(content, ends)

    def arrays(self, name: str) -> dict[str, npt.NDArray[Any]]:
        """A set of named arrays."""
        path = self._path(layout.arrays_file(name), f"arrays {name!r}")
        with self._damage(path), np.load(path, allow_pickle=False) as archive:
            return dict(archive.items())

    def column(self, name: str) -> npt.NDArray[Any]:
        """An array that is mapped from its file, read-only."""
        if name not in self._columns:
            path = self._path(layout.column_file(name), f"column {name!r}")
            with self._damage(path):
                self._columns[name] = np.load(path, mmap_mode="r", allow_pickle=False)
        return self._columns[name]

    def require_encoder(self, encoder: Encoder) -> None:
        """Make sure that vectors of `encoder` can be compared with this index.

        Raises:
            IndexMismatch: it was made with another encoder, or another version of it.
        """
        source = self.manifest
        if source.encoder_fingerprint == encoder.fingerprint:
            return
        if source.encoder == encoder.id:
            reason = f"made with other weights of the encoder {encoder.id}"
        else:
            reason = f"made with the encoder {source.encoder}, not {encoder.id}"
        hint = rebuild(self.folder, source.catalogue, encoder.id)
        raise IndexMismatch(self.folder, reason, hint)

    @contextmanager
    def _parquet(self, name: str) -> Iterator[Any]:
        path = self.table_path(name)
        # ParquetFile, as pyarrow.parquet.read_table imports pandas.
        from pyarrow.parquet import ParquetFile

        with (
            self._damage(path),
            ParquetFile(path, memory_map=True, page_checksum_verification=True) as file,
        ):
            yield file

    def _path(self, file: str, what: str) -> Path:
        if file not in self.manifest.files:
            hint = "add what it is made from to the catalogue and run assistant index again"
            raise InputError(f"the index has no {what}", path=self.folder, hint=hint)
        return self.generation_folder / file

    @contextmanager
    def _damage(self, path: Path) -> Iterator[None]:
        try:
            yield
        # pyarrow, numpy, zipfile and FAISS each report a broken file in their own way.
        except (OSError, ValueError, RuntimeError, KeyError, EOFError, zipfile.BadZipFile) as error:
            name = path.relative_to(self.generation_folder)
            reason = f"{name} cannot be read"
            raise damaged(self.folder, self.manifest, reason) from error
