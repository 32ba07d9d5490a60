"""Vectors added to a search index by the workers of a Ray cluster, a shard each, and merged."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Any

import numpy as np

from index.build.ray_pipeline import connect
from index.errors import EngineFailed
from index.records import FloatMatrix
from index.vectors import fill, merge

ROWS = 131_072
"""Vectors a shard."""


class RayShards:
    """Does on a cluster what `index.vectors.fill` does here: the same bytes come of it.

    The index is trained before; every worker gets it empty with the rows of one shard, and shards
    are merged in the order of their rows. As many are on their way as the cluster has processors,
    so memory does not grow with the matrix beyond the index itself.

    Args:
        address: of a running cluster; None as for `RayPipeline`.
        rows: vectors a shard.
    """

    def __init__(self, address: str | None = None, rows: int = ROWS) -> None:
        self._address, self._rows = address, rows

    def __call__(self, trained: Any, matrix: FloatMatrix) -> Any:
        """The trained, empty index with all rows of a matrix.

        Raises:
            EngineFailed: the cluster cannot be reached, or went away.
        """
        if len(matrix) <= self._rows:
            return fill(trained, matrix)
        ray = connect(self._address)
        try:
            return merge(self._shards(ray, trained, matrix))
        except ray.exceptions.RayError as error:
            raise EngineFailed("ray", str(error).strip().splitlines()[-1]) from error

    def _shards(self, ray: Any, trained: Any, matrix: FloatMatrix) -> Iterator[Any]:
        import faiss

        empty = ray.put(faiss.serialize_index(trained))
        add = ray.remote(_add).options(num_cpus=1, max_retries=-1)
        at_once = max(1, int(ray.cluster_resources().get("CPU", 1)))
        waiting: deque[Any] = deque()
        for first in range(0, len(matrix), self._rows):
            rows = np.ascontiguousarray(matrix[first : first + self._rows], dtype=np.float32)
            waiting.append(add.remote(empty, ray.put(rows), first))
            if len(waiting) > at_once:
                yield faiss.deserialize_index(ray.get(waiting.popleft()))
        while waiting:
            yield faiss.deserialize_index(ray.get(waiting.popleft()))


def _add(empty: Any, rows: FloatMatrix, first: int) -> Any:
    import faiss

    return faiss.serialize_index(fill(faiss.deserialize_index(empty), rows, first))
