"""What is known of pictures by the hash of their bytes, from wherever it is known."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from index.store import Index, Part

if TYPE_CHECKING:
    import pyarrow as pa

VECTOR_SPACES = ("shared", "image")


class Collection:
    """Parts put side by side; each picture is found in the first part that has it."""

    def __init__(self) -> None:
        self._parts: list[Part] = []
        self._places: dict[str, tuple[int, int]] = {}

    def __contains__(self, content: str) -> bool:
        return content in self._places

    def add(self, part: Part) -> None:
        """Make a part's pictures known."""
        number = len(self._parts)
        self._parts.append(part)
        for row, content in enumerate(part.hashes):
            self._places.setdefault(content, (number, row))

    def arrays(self, hashes: Sequence[str]) -> dict[str, npt.NDArray[Any]]:
        """Every named array with a row per hash, in this order.

        Raises:
            KeyError: a picture is not known.
        """
        numbers, rows = self._locate(hashes)
        gathered: dict[str, npt.NDArray[Any]] = {}
        for name, sample in self._parts[numbers[0]].arrays.items():
            whole = np.empty((len(rows), *sample.shape[1:]), sample.dtype)
            for number in np.unique(numbers):
                wanted = numbers == number
                whole[wanted] = self._parts[number].arrays[name][rows[wanted]]
            gathered[name] = whole
        return gathered

    def features(self, hashes: Sequence[str]) -> pa.Table:
        """Features with a row per hash, in this order.

        Raises:
            KeyError: a picture is not known.
        """
        import pyarrow as pa

        numbers, rows = self._locate(hashes)
        used = np.unique(numbers)
        tables = [self._parts[number].features for number in used]
        starts = np.cumsum([0, *(table.num_rows for table in tables)])[:-1]
        places = starts[np.searchsorted(used, numbers)] + rows
        return pa.concat_tables(tables).take(pa.array(places)).combine_chunks()

    def _locate(self, hashes: Sequence[str]) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
        places = np.array([self._places[content] for content in hashes], dtype=np.intp)
        return places[:, 0], places[:, 1]


def part_of_index(index: Index) -> Part:
    """Everything that a generation knows of its pictures; vectors stay mapped from the file."""
    images = index.table("images")
    sizes = [images[name].to_numpy() for name in ("width", "height")]
    arrays: dict[str, npt.NDArray[Any]] = {
        space: index.vectors(space) for space in VECTOR_SPACES if index.has_vectors(space)
    }
    arrays["size"] = np.column_stack(sizes).astype(np.int32)
    if index.has_arrays("classes"):
        classes = index.arrays("classes")
        arrays |= {name: classes[name] for name in ("class_ids", "class_probabilities")}
    if index.has_arrays("faces"):
        arrays |= index.arrays("faces")
    hashes = tuple(images["content_hash"].to_pylist())
    return Part(hashes, arrays, index.table("features").drop_columns("artwork_id"))
