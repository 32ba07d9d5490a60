"""What is known of pictures by the hash of their bytes, from wherever it is known."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from index.store import Index, Part, SavedPart

VECTOR_SPACES = ("shared", "image")
ENCODED = "encoded"
"""The encoder's own vectors, where those in "shared" crossed a bridge that was learned."""


class Collection:
    """Parts put side by side; each picture is found in the first part that has it."""

    def __init__(self) -> None:
        self._parts: list[Part | SavedPart] = []
        self._places: dict[str, tuple[int, int]] = {}

    def __contains__(self, content: str) -> bool:
        return content in self._places

    def add(self, part: Part | SavedPart) -> None:
        """Make a part's pictures known."""
        number = len(self._parts)
        self._parts.append(part)
        for row, content in enumerate(part.hashes):
            self._places.setdefault(content, (number, row))

    def gather(self, hashes: Sequence[str]) -> Part:
        """What is known of some pictures, at least one, in this order.

        Parts that lie in files are read one after the other, each once a call.

        Raises:
            KeyError: a picture is not known, or a part lacks an array that another has.
            StoreError: a part's file is gone or torn.
        """
        import pyarrow as pa

        places = np.array([self._places[content] for content in hashes], dtype=np.intp)
        order = np.argsort(places[:, 0], kind="stable")
        numbers, starts = np.unique(places[order, 0], return_index=True)
        arrays: dict[str, npt.NDArray[Any]] = {}
        tables = []
        for number, own in zip(numbers, np.split(order, starts[1:]), strict=True):
            part, rows = self._parts[number].read(), places[own, 1]
            if not arrays:
                arrays = {
                    name: np.empty((len(hashes), *known.shape[1:]), known.dtype)
                    for name, known in part.arrays.items()
                }
            for name, whole in arrays.items():
                whole[own] = part.arrays[name][rows]
            tables.append(part.features.take(pa.array(rows)))
        features = pa.concat_tables(tables).take(pa.array(np.argsort(order, kind="stable")))
        return Part(tuple(hashes), arrays, features.combine_chunks())


def part_of_index(index: Index) -> Part:
    """Everything that a generation knows of its pictures; vectors stay mapped from the file."""
    images = index.table("images")
    sizes = [images[name].to_numpy() for name in ("width", "height")]
    arrays: dict[str, npt.NDArray[Any]] = {
        space: index.vectors(space) for space in VECTOR_SPACES if index.has_vectors(space)
    }
    if index.has_vectors(ENCODED):
        arrays["shared"] = index.vectors(ENCODED)
    arrays["size"] = np.column_stack(sizes).astype(np.int32)
    if index.has_arrays("classes"):
        classes = index.arrays("classes")
        arrays |= {name: classes[name] for name in ("class_ids", "class_probabilities")}
    if index.has_arrays("faces"):
        arrays |= index.arrays("faces")
    hashes = tuple(images["content_hash"].to_pylist())
    return Part(hashes, arrays, index.table("features").drop_columns("artwork_id"))
