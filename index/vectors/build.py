"""Making an index of vectors: the same vectors and seed give the same bytes.

Inverted lists are trained once; vectors can be added in shards, anywhere, and merged in order,
which gives what adding them all at once gives.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from index.records import FloatMatrix
from index.vectors.recipe import DEFAULT_SIZES, FLAT_MOST, Kind, SearchSettings, Sizes, lists_for
from index.vectors.space import VectorSpace, blocks, exact_nearest, highest

VERSION = 1
"""Part of every fingerprint: raise it when the same vectors come to be kept differently."""

LEARNED_FROM = 64
"""Vectors for each list that the lists' centres are learned from."""

ROUNDS = 8
NEIGHBOURS = 32
BREADTH = 256
"""Of the graph over many lists: links of a centre, and centres kept in sight on the way."""

TRIED = 100
"""Queries of each sort that recall is measured with."""

WANTED_RECALL = 0.985

Shards = Callable[[Any, FloatMatrix], Any]
"""Adds all rows of a matrix to a trained, empty index and returns it."""


def train(matrix: FloatMatrix, kind: Kind, seed: int) -> Any:
    """An empty FAISS index that is ready to take the rows of a matrix.

    Args:
        matrix: (rows, dimensions), unit vectors; only a sample is read.
        kind: of index.
    """
    import faiss

    rows, dimensions = matrix.shape
    inner = faiss.METRIC_INNER_PRODUCT
    if kind is Kind.EXACT:
        return faiss.IndexFlatIP(dimensions)
    if kind is Kind.SCAN:
        return faiss.IndexScalarQuantizer(dimensions, faiss.ScalarQuantizer.QT_fp16, inner)
    lists = min(lists_for(rows), rows)
    sample = _sample(matrix, lists * LEARNED_FROM, seed)
    means = faiss.Kmeans(
        dimensions,
        lists,
        niter=ROUNDS,
        seed=seed,
        spherical=True,
        max_points_per_centroid=LEARNED_FROM,
        min_points_per_centroid=1,
    )
    means.train(sample)
    centres = np.asarray(means.centroids, np.float32)
    index = faiss.IndexIVFScalarQuantizer(
        _graph_or_list(centres), dimensions, lists, faiss.ScalarQuantizer.QT_8bit, inner, True
    )
    index.train(sample)
    return index


def fill(trained: Any, matrix: FloatMatrix, first: int = 0) -> Any:
    """A copy of a trained, empty index with the rows of a matrix, numbered from `first`."""
    import faiss

    index = faiss.clone_index(trained)
    for at, block in blocks(matrix):
        if isinstance(index, faiss.IndexIVF):
            index.add_with_ids(block, np.arange(first + at, first + at + len(block)))
        else:
            index.add(block)
    return index


def merge(shards: Iterator[Any]) -> Any:
    """One index out of shards, at least one, in the order of their rows."""
    whole = next(shards)
    for shard in shards:
        whole.merge_from(shard, 0)
    return whole


@dataclass(frozen=True)
class SearchIndexMaker:
    """Makes the index of a space and finds out how to search it.

    Attributes:
        seed: of everything random.
        sizes: from how many vectors on each kind is used.
        shards: adds all rows of a matrix to the trained index.
    """

    seed: int = 7
    sizes: Sizes = DEFAULT_SIZES
    shards: Shards = fill

    def fingerprint(self, rows: int) -> str:
        """Of everything but the vectors that decides which index they get."""
        import faiss

        kind = self.sizes.kind(rows)
        seed = f"-seed{self.seed}" if kind is Kind.LISTS else ""
        return f"{kind}-{VERSION}-faiss{faiss.__version__}{seed}"

    def make(self, matrix: FloatMatrix) -> Any:
        """The FAISS index of (rows, dimensions) unit vectors."""
        return self.shards(train(matrix, self.sizes.kind(len(matrix)), self.seed), matrix)

    def measure(self, index: Any, matrix: FloatMatrix, words: FloatMatrix | None) -> SearchSettings:
        """How to search an index that was made of `matrix`.

        Probes rise until the ten nearest are found as often as wanted: for vectors of the matrix
        (themselves left out) and for those of texts, which lie elsewhere and are found less
        easily.

        Args:
            index: what `make` gave.
            matrix: (rows, dimensions), unit vectors.
            words: (texts, dimensions) of texts like those that users will search for.
        """
        kind, made_by = self.sizes.kind(len(matrix)), self.fingerprint(len(matrix))
        if kind is Kind.EXACT:
            return SearchSettings(kind, made_by)
        rng = np.random.default_rng(self.seed)
        own = np.sort(rng.choice(len(matrix), min(TRIED, len(matrix)), replace=False))
        trials = {"recall": Trial.of(matrix, np.asarray(matrix[own], np.float32), own)}
        if words is not None and len(words):
            trials["recall_of_words"] = Trial.of(matrix, _sample(words, TRIED, self.seed), None)
        lists = index.nlist if kind is Kind.LISTS else 0
        for probes in _probes(lists):
            settings = SearchSettings(kind, made_by, lists, probes)
            searched = VectorSpace(matrix, settings, lambda: index)
            recalls = {name: trial.recall(searched) for name, trial in trials.items()}
            if min(recalls.values()) >= WANTED_RECALL:
                break
        return replace(
            settings, recall=recalls["recall"], recall_of_words=recalls.get("recall_of_words")
        )


@dataclass(frozen=True, eq=False)
class Trial:
    """Queries whose exact nearest are known.

    Attributes:
        queries: (queries, dimensions).
        own: the row that each is, which does not count; None where they are none.
        nearest: (queries, 10) rows.
    """

    queries: FloatMatrix
    own: npt.NDArray[np.intp] | None
    nearest: npt.NDArray[np.intp]

    @classmethod
    def of(
        cls, matrix: FloatMatrix, queries: FloatMatrix, own: npt.NDArray[np.intp] | None
    ) -> Trial:
        """The trial with these queries, by brute force."""
        return cls(queries, own, exact_nearest(matrix, queries, own))

    def recall(self, searched: VectorSpace) -> float:
        """Share of the nearest that a search finds."""
        k = self.nearest.shape[1]
        found = 0
        tried = searched.candidates_of_each(self.queries, k + 1)
        each = zip(self.queries, self.nearest, tried, strict=True)
        for at, (query, nearest, candidates) in enumerate(each):
            rows = candidates if self.own is None else candidates[candidates != self.own[at]]
            best = rows[highest(searched.scores(query, rows), k)]
            found += len(np.intersect1d(best, nearest))
        return found / self.nearest.size


def _sample(matrix: FloatMatrix, most: int, seed: int) -> FloatMatrix:
    if len(matrix) > most:
        matrix = matrix[np.sort(np.random.default_rng(seed).choice(len(matrix), most, False))]
    return np.ascontiguousarray(matrix, dtype=np.float32)


def _graph_or_list(centres: FloatMatrix) -> Any:
    import faiss

    dimensions = centres.shape[1]
    if len(centres) < FLAT_MOST:
        flat = faiss.IndexFlatIP(dimensions)
        flat.add(centres)
        return flat
    graph = faiss.IndexHNSWFlat(dimensions, NEIGHBOURS, faiss.METRIC_INNER_PRODUCT)
    graph.hnsw.efSearch = BREADTH
    # Several threads would link the centres in a random order.
    threads = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(1)
    graph.add(centres)
    faiss.omp_set_num_threads(threads)
    return graph


def _probes(lists: int) -> list[int]:
    """8, 12, 16, 24 … up to all lists; one value where there are none."""
    steps = sorted({step << power for power in range(20) for step in (8, 12)})
    return [*(step for step in steps if step < lists), lists]
