"""Ways of searching generated vectors: ours, and those of others."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
import numpy.typing as npt

from index.vectors import VectorSpace
from index.vectors.recipe import SearchSettings

Matrix = npt.NDArray[Any]

K = 10
"""Nearest vectors that are asked for."""


@dataclass(frozen=True)
class Place:
    """Files of one size."""

    folder: Path

    @property
    def matrix(self) -> Matrix:
        """The generated vectors, mapped."""
        mapped: Matrix = np.load(self.folder / "matrix.npy", mmap_mode="r")
        return mapped

    def queries(self, sort: str) -> tuple[Matrix, Matrix]:
        """Queries of a sort, and their exact nearest."""
        return np.load(self.folder / f"{sort}.npy"), np.load(self.folder / f"{sort}.truth.npy")


def ours(place: Place) -> tuple[float, Callable[[Matrix], Matrix], Callable[[Matrix], Matrix]]:
    """Seconds to open, the search, and the search through a filter that a tenth passes."""
    import faiss

    settings = SearchSettings.from_document(json.loads((place.folder / "nearest.json").read_text()))
    began = perf_counter()
    opened = faiss.read_index(str(place.folder / "nearest.faiss"), faiss.IO_FLAG_MMAP)
    seconds = perf_counter() - began
    searched = VectorSpace(place.matrix, settings, lambda: opened)
    mask = np.random.default_rng(7).random(len(place.matrix)) < 0.1

    def search(query: Matrix, mask: Matrix | None = None) -> Matrix:
        rows = searched.candidates(query, K, mask)
        return rows[np.argsort(-searched.scores(query, rows), kind="stable")[:K]]

    return seconds, search, lambda query: search(query, mask)


def flat_numpy(place: Place) -> Callable[[Matrix], Matrix]:
    """Brute force with numpy, everything in memory."""
    matrix = np.array(place.matrix, np.float32)

    def search(query: Matrix) -> Matrix:
        scores = matrix @ query
        return np.argpartition(-scores, K)[:K]

    return search


def flat_faiss(place: Place) -> Callable[[Matrix], Matrix]:
    """FAISS's exact index, everything in memory."""
    import faiss

    index = faiss.IndexFlatIP(place.matrix.shape[1])
    index.add(np.array(place.matrix, np.float32))
    return lambda query: index.search(query[None], K)[1][0]


def build_autofaiss(folder: Path) -> None:
    """Make and keep the index that autofaiss chooses for 2 GB and 3 ms a query.

    For 0.8 GB it chooses OPQ and PQ, which autofaiss 2.18 cannot make with FAISS 1.15.
    """
    import faiss
    from autofaiss import build_index

    # It cannot write its findings itself: numpy's floats are no JSON to it.
    built, chosen = build_index(
        np.array(Place(folder).matrix, np.float32),
        save_on_disk=False,
        max_index_query_time_ms=3,
        max_index_memory_usage="2GB",
        metric_type="ip",
        nb_cores=2,
    )
    faiss.write_index(built, str(folder / "autofaiss.index"))
    kept = {name: chosen[name] for name in ("index_key", "index_param")}
    (folder / "autofaiss.json").write_text(json.dumps(kept))


def autofaiss(place: Place) -> Callable[[Matrix], Matrix]:
    """The index and settings that autofaiss chose, everything in memory."""
    import faiss

    index = faiss.read_index(str(place.folder / "autofaiss.index"))
    infos = json.loads((place.folder / "autofaiss.json").read_text())
    faiss.ParameterSpace().set_index_parameters(index, infos["index_param"])
    return lambda query: index.search(query[None], K)[1][0]
