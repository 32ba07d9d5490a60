"""Files that are written block by block, so that what they hold need never be in memory at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from index.records import FloatMatrix

if TYPE_CHECKING:
    import pyarrow as pa


@contextmanager
def growing_matrix(path: Path, shape: tuple[int, ...]) -> Iterator[Callable[[FloatMatrix], None]]:
    """A matrix in single precision as `numpy.save` writes it: gives what takes its next rows.

    Args:
        shape: (rows, dimensions) of all blocks together.
    """
    added = 0
    with path.open("wb") as file:
        like = {"descr": "<f4", "fortran_order": False, "shape": shape}
        np.lib.format.write_array_header_1_0(file, like)

        def append(rows: FloatMatrix) -> None:
            nonlocal added
            np.ascontiguousarray(rows, dtype="<f4").tofile(file)
            added += len(rows)

        yield append
    if added != shape[0]:
        raise ValueError(f"{added} rows were added, not {shape[0]}")


class GrowingTable:
    """A Parquet file; each block becomes row groups of its own.

    Attributes:
        rows: added so far.
    """

    def __init__(self, path: Path) -> None:
        self._path, self.rows = path, 0
        self._writer: Any = None

    def append(self, table: pa.Table) -> None:
        """Add rows, in columns like those of the first."""
        from pyarrow import parquet, types

        if self._writer is None:
            # Of numbers, a dictionary is nearly always as long as the column, and given up late.
            texts = [one.name for one in table.schema if types.is_large_string(one.type)]
            self._writer = parquet.ParquetWriter(
                self._path,
                table.schema,
                compression="zstd",
                use_dictionary=texts,
                write_page_checksum=True,
            )
        self._writer.write_table(table)
        self.rows += table.num_rows

    def close(self) -> None:
        """End the file."""
        if self._writer is not None:
            self._writer.close()
