"""Searching one space: candidates by its index, scores by its matrix."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from functools import cached_property
from io import FileIO
from mmap import mmap
from typing import Any

import numpy as np
import numpy.typing as npt

from index.records import FloatMatrix
from index.vectors.recipe import Kind, SearchSettings

Rows = npt.NDArray[np.intp]
Mask = npt.NDArray[np.bool_]

SPARE = 40
"""Candidates beyond those asked for, as their order is not exact yet."""

ROOM = 4
"""Times as many rows as are asked for that the lists looked into hold at least."""

ENOUGH = 16_384
"""Rows that the mean and spread of scores are taken from, evenly spaced."""

READ_MOST = 2_000
"""Rows that are read one by one rather than through the mapped file."""

FEW = 20_000
"""Rows that pass a filter and are scored one and all."""

BLOCK = 65_536
"""Vectors read, added and compared at a time, which bounds memory."""

KEPT_BLOCK = 8_192
"""Vectors of an index that are spelled out in single precision at a time."""


class VectorSpace:
    """One space of an index.

    Args:
        matrix: (rows, dimensions), unit vectors, usually mapped from a file.
        nearest: how to search.
        opener: opens the FAISS index when it is first needed.
    """

    def __init__(
        self, matrix: FloatMatrix, nearest: SearchSettings, opener: Callable[[], Any]
    ) -> None:
        self.matrix, self._nearest, self._opener = matrix, nearest, opener

    @property
    def is_exact(self) -> bool:
        """Whether every search reads the whole matrix."""
        return self._nearest.kind is Kind.EXACT

    def candidates(self, query: FloatMatrix, k: int, mask: Mask | None = None) -> Rows:
        """Rows among which the `k` nearest are, or nearly always are, in ascending order.

        All rows that pass where the index is exact or few of them do.

        Args:
            query: (dimensions,), of length one.
            k: how many nearest are wanted.
            mask: a flag per row; rows without it never come back.
        """
        passing = None if mask is None else np.flatnonzero(mask)
        if passing is not None and (self.is_exact or len(passing) <= FEW):
            return passing
        if self.is_exact:
            return np.arange(len(self.matrix))
        share = 1.0 if passing is None else len(passing) / len(self.matrix)
        return self._search(query[None], k, mask, share)[0]

    def candidates_of_each(self, queries: FloatMatrix, k: int) -> list[Rows]:
        """What `candidates` gives for each of (queries, dimensions), sooner than one by one."""
        if self.is_exact:
            return [np.arange(len(self.matrix))] * len(queries)
        if self._nearest.kind is Kind.SCAN:
            return list(np.sort(_nearest(self._kept(), queries, None, k + SPARE), axis=1))
        return self._search(queries, k, None, 1.0)

    def _search(self, queries: FloatMatrix, k: int, mask: Mask | None, share: float) -> list[Rows]:
        most = min(k + SPARE, len(self.matrix))
        asked = np.ascontiguousarray(queries, dtype=np.float32)
        found = self._index.search(asked, most, params=self._parameters(mask, share, most))[1]
        return [np.sort(rows[rows >= 0]) for rows in found]

    def _kept(self) -> Iterator[tuple[int, FloatMatrix]]:
        """Rows as the index holds them, a block at a time, with the number of the first."""
        for at in range(0, self._index.ntotal, KEPT_BLOCK):
            yield at, self._index.reconstruct_n(at, min(KEPT_BLOCK, self._index.ntotal - at))

    def scores(self, query: FloatMatrix, rows: Rows) -> npt.NDArray[np.float32]:
        """Exact inner products of a query with some rows."""
        everything = len(rows) == len(self.matrix)
        vectors = self.matrix if everything else self._vectors(rows)
        scores: npt.NDArray[np.float32] = np.asarray(vectors, np.float32) @ query
        return scores

    def moments(self, query: FloatMatrix) -> tuple[float, float]:
        """Mean and standard deviation of a query's scores over rows that stand for all."""
        every = max(1, len(self.matrix) // ENOUGH)
        scores = np.asarray(self.matrix[::every], np.float32) @ query
        return float(scores.mean()), float(scores.std())

    def _vectors(self, rows: Rows) -> npt.NDArray[Any]:
        """Some rows; a few of a large file are read one by one.

        Each touch of a mapped file makes the pages around it count as memory of this process.
        """
        if self._nearest.kind is not Kind.LISTS or len(rows) > READ_MOST or self._file is None:
            few: npt.NDArray[Any] = self.matrix[rows]
            return few
        file, start = self._file
        size = self.matrix.strides[0]
        content = b"".join(
            os.pread(file.fileno(), size, start + row * size) for row in rows.tolist()
        )
        return np.frombuffer(content, self.matrix.dtype).reshape(len(rows), -1)

    @cached_property
    def _file(self) -> tuple[FileIO, int] | None:
        """The file that the matrix is mapped from, row after row, and where it begins there."""
        matrix: Any = self.matrix
        # A view of a part has the file's mapping, but not as its own base.
        if not isinstance(matrix.base, mmap) or not matrix.flags.c_contiguous:
            return None
        return FileIO(matrix.filename), matrix.offset

    @cached_property
    def _index(self) -> Any:
        index = self._opener()
        if self._nearest.kind is Kind.LISTS:
            import faiss

            # One query at a time: its lists are shared out among threads, and no more threads
            # are started to read ahead in files that are mapped.
            index.parallel_mode = 1
            lists = faiss.downcast_InvertedLists(index.invlists)
            if isinstance(lists, faiss.OnDiskInvertedLists):
                lists.prefetch_nthread = 0
        return index

    def _parameters(self, mask: Mask | None, share: float, most: int) -> Any:
        """Search parameters; the fewer rows pass, the more lists are looked into."""
        import faiss

        # FAISS's own typing knows the C++ signatures only.
        library: Any = faiss
        selector = None
        if mask is not None:
            selector = library.IDSelectorBitmap(np.packbits(mask, bitorder="little"))
        if self._nearest.kind is Kind.SCAN:
            return library.SearchParameters(sel=selector)
        lists = self._nearest.lists
        filled = ROOM * lists * most / len(self.matrix)
        probes = min(lists, round(max(self._nearest.probes, filled) / share))
        return library.SearchParametersIVF(sel=selector, nprobe=probes)


def highest(scores: npt.NDArray[np.float32], k: int) -> Rows:
    """Places of the k highest scores, best first; ties go to the earlier place."""
    if k < len(scores):
        bar = np.partition(scores, -k)[-k] if k > 0 else np.inf
        places = np.flatnonzero(scores >= bar)
    else:
        places = np.arange(len(scores))
    return places[np.argsort(-scores[places], kind="stable")][:k]


def exact_nearest(
    matrix: FloatMatrix, queries: FloatMatrix, own: npt.NDArray[np.intp] | None = None, k: int = 10
) -> npt.NDArray[np.intp]:
    """(queries, k) rows that score highest, in no order; `own` rows do not count."""
    return _nearest(blocks(matrix), queries, own, k)


def blocks(matrix: FloatMatrix) -> Iterator[tuple[int, FloatMatrix]]:
    """Consecutive rows in single precision, with the number of the first."""
    for at in range(0, len(matrix), BLOCK):
        yield at, np.ascontiguousarray(matrix[at : at + BLOCK], dtype=np.float32)


def _nearest(
    some: Iterator[tuple[int, FloatMatrix]],
    queries: FloatMatrix,
    own: npt.NDArray[np.intp] | None,
    k: int,
) -> npt.NDArray[np.intp]:
    scores, rows = [], []
    for at, block in some:
        found = queries @ block.T
        if own is not None:
            here = np.flatnonzero((own >= at) & (own < at + len(block)))
            found[here, own[here] - at] = -np.inf
        best = _best(found, k)
        scores.append(np.take_along_axis(found, best, axis=1))
        rows.append(at + best)
    best = _best(np.hstack(scores), k)
    return np.take_along_axis(np.hstack(rows), best, axis=1)


def _best(scores: npt.NDArray[np.float32], k: int) -> npt.NDArray[np.intp]:
    """Places of the k highest of every row, or of all where there are fewer, in no order."""
    return np.argpartition(scores, -min(k, scores.shape[1]), axis=1)[:, -k:]
