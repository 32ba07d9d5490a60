"""Running exported graphs: ONNX Runtime sessions that load on first use."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

EXPORT_VERSION = 1
"""Part of every fingerprint: raise it when exported files change in form or give other numbers."""

CHUNK = 32
"""Items run at once, which bounds memory whatever a caller hands over."""


def default_threads() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


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
        options.intra_op_num_threads = self._threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        return onnxruntime.InferenceSession(
            str(self._path), options, providers=["CPUExecutionProvider"]
        )


class Workers:
    """A thread pool that starts on first use."""

    def __init__(self, threads: int) -> None:
        self._threads = threads

    @cached_property
    def pool(self) -> ThreadPoolExecutor:
        """The pool itself; its threads end with the interpreter."""
        return ThreadPoolExecutor(self._threads, thread_name_prefix="preprocess")
