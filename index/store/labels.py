"""Texts by row, mapped from two files: a few are read at once, with nothing that loads slowly.

They repeat columns of tables for answers that need a handful of rows out of millions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import pyarrow as pa

ARTWORK_LABELS = "artworks"


@dataclass(frozen=True, slots=True, eq=False)
class Labels:
    """Some texts for every row.

    Attributes:
        content: all texts in UTF-8, row after row.
        ends: (rows, texts of a row), where in `content` each ends.
    """

    content: npt.NDArray[np.uint8]
    ends: npt.NDArray[np.int64]

    @classmethod
    def of(cls, texts: Sequence[pa.Array]) -> Labels:
        """Of columns of large strings of equal length, without missing values."""
        import pyarrow as pa
        import pyarrow.compute as pc

        joined = pc.binary_join_element_wise(*texts, pa.scalar("", pa.large_string()))
        lengths = np.stack([pc.binary_length(text).to_numpy() for text in texts], axis=1)
        ends = np.cumsum(lengths, dtype=np.int64).reshape(lengths.shape)
        size = int(ends[-1, -1]) if ends.size else 0
        buffer = joined.buffers()[2]
        content = np.frombuffer(buffer, np.uint8, size) if size else np.zeros(0, np.uint8)
        return cls(content, ends)

    @classmethod
    def open(cls, content: Path, ends: Path) -> Labels:
        """Mapped from the files that `save` wrote."""
        one, other = (np.load(path, mmap_mode="r", allow_pickle=False) for path in (content, ends))
        return cls(one, other)

    def row(self, row: int) -> tuple[str, ...]:
        """The texts of one row."""
        start = int(self.ends[row - 1, -1]) if row else 0
        texts = []
        for end in self.ends[row].tolist():
            texts.append(self.content[start:end].tobytes().decode())
            start = end
        return tuple(texts)


def artwork_labels(artworks: pa.Table, titles: pa.Table) -> list[pa.Array]:
    """What a hit shows, by artwork: its id, its title's id, its path, its title's name."""
    import pyarrow.compute as pc

    place = pc.index_in(_text(artworks["title_id"]), value_set=_text(titles["title_id"]))
    names = pc.take(_text(titles["name"]), place)
    return [*(_text(artworks[name]) for name in ("artwork_id", "title_id", "path")), names]


def _text(column: pa.ChunkedArray) -> pa.Array:
    import pyarrow as pa

    return pa.concat_arrays(
        column.cast(pa.large_string()).chunks or [pa.array([], pa.large_string())]
    )
