"""Files that are written block by block, so that what they hold need never be in memory at once."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

import numpy as np

from index.records import FloatMatrix

if TYPE_CHECKING:
    import pyarrow as pa


class MatrixFile:
    """A matrix in single precision, as `numpy.save` would write it.

    Args:
        shape: (rows, dimensions) of all blocks together.
    """

    def __init__(self, path: Path, shape: tuple[int, ...]) -> None:
        self._path, self._shape, self._rows = path, shape, 0

    def __enter__(self) -> MatrixFile:
        self._file = self._path.open("wb")
        like = {"descr": "<f4", "fortran_order": False, "shape": self._shape}
        np.lib.format.write_array_header_1_0(self._file, like)
        return self

    def append(self, rows: FloatMatrix) -> None:
        """Add the next rows."""
        np.ascontiguousarray(rows, dtype="<f4").tofile(self._file)
        self._rows += len(rows)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()
        if error is None and self._rows != self._shape[0]:
            raise ValueError(f"{self._rows} rows were added, not {self._shape[0]}")


class TableFile:
    """A Parquet file; each block becomes row groups of its own.

    Attributes:
        rows: added so far.
    """

    def __init__(self, path: Path) -> None:
        self._path, self.rows = path, 0
        self._writer: Any = None

    def __enter__(self) -> TableFile:
        return self

    def append(self, table: pa.Table) -> None:
        """Add rows, in columns like those of the first."""
        from pyarrow import parquet

        if self._writer is None:
            self._writer = parquet.ParquetWriter(
                self._path, table.schema, compression="zstd", write_page_checksum=True
            )
        self._writer.write_table(table)
        self.rows += table.num_rows

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._writer is not None:
            self._writer.close()
