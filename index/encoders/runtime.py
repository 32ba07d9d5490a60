"""Running exported graphs: ONNX Runtime sessions that load on first use."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
import numpy.typing as npt

from index.encoders.preprocessing import Preprocessing
from index.processors import multiplies_integers_exactly
from index.records import Pixels

EXPORT_VERSION = 2
"""Part of every fingerprint: raise it when exported files change in form or give other numbers."""

CHUNK = 32
"""Texts run at once, which bounds memory whatever a caller hands over."""


class Graph:
    """One exported graph; its session opens when it is first run.

    Args:
        path: an ONNX file that `export.write_graph` wrote, so already optimised.
        threads: processors to use.
        lay_out: choose the memory layout for this processor when opening. It makes convolutions
            several times faster and is not in the file, which must work on other processors.
    """

    def __init__(self, path: Path, threads: int, *, lay_out: bool = False) -> None:
        self._path, self._threads, self._lay_out = path, threads, lay_out

    def open(self) -> None:
        """Open the session now, not when it is first run."""
        _ = self._session

    def run(self, **inputs: npt.NDArray[Any]) -> list[npt.NDArray[np.float32]]:
        """Run on arrays by input name; gives the outputs in their order."""
        outputs: list[npt.NDArray[np.float32]] = self._session.run(None, inputs)
        return outputs

    @cached_property
    def _session(self) -> Any:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        levels = onnxruntime.GraphOptimizationLevel
        options.graph_optimization_level = (
            levels.ORT_ENABLE_ALL if self._lay_out else levels.ORT_DISABLE_ALL
        )
        options.add_session_config_entry(
            "session.disable_prepacking", "0" if self._lay_out else "1"
        )
        if not multiplies_integers_exactly():
            options.add_session_config_entry("session.disable_quant_qdq", "1")
        options.intra_op_num_threads = self._threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        return onnxruntime.InferenceSession(
            str(self._path), options, providers=["CPUExecutionProvider"]
        )


class ImageTower:
    """An image graph that works on several pieces of a batch at a time.

    Each piece is preprocessed and run by one thread. That takes a third less processor time than
    one session on several threads, which wait for each other in loops, and the result does not
    depend on how many threads there are.

    Args:
        path: the graph; it takes `pixels` and gives a row a picture.
        preprocessing: how pictures are brought to its input.
        threads: pieces at a time.
        piece: pictures that one thread preprocesses and runs at once. Convolutions are fastest
            on one, whose activations stay in the processor's cache; transformers on a few, which
            share the reading of the weights.
    """

    def __init__(self, path: Path, preprocessing: Preprocessing, threads: int, piece: int) -> None:
        self._graph = Graph(path, 1, lay_out=True)
        self._preprocessing, self._threads, self._piece = preprocessing, threads, piece
        self._opening = Lock()

    def run(self, pixels: Sequence[Pixels]) -> list[npt.NDArray[np.float32]]:
        """The graph's outputs, each with a row for every one of n ≥ 1 pictures."""
        with self._opening:
            self._graph.open()
        starts = range(0, len(pixels), self._piece)
        pieces = [pixels[start : start + self._piece] for start in starts]
        done = list(self._pool.map(self._run_piece, pieces))
        return [np.concatenate(parts) for parts in zip(*done, strict=True)]

    def _run_piece(self, pixels: Sequence[Pixels]) -> list[npt.NDArray[np.float32]]:
        batch = np.stack([self._preprocessing.apply(one) for one in pixels])
        return self._graph.run(pixels=batch)

    @cached_property
    def _pool(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(self._threads, thread_name_prefix="embed")
