"""Running exported graphs: pictures resized to the model's input, sessions opened on first use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from index.processors import multiplies_integers_exactly
from index.records import Pixels


@dataclass(frozen=True, slots=True)
class Preprocessing:
    """How a model wants its images.

    Attributes:
        size: (height, width) of the model's input in pixels.
        resize_to: (height, width) that mode `shortest` covers before it crops; larger than
            `size` where the model was trained on centre crops.
        mode: `shortest` covers and crops the centre, `longest` fits inside and pads, `squash`
            ignores the aspect ratio.
        interpolation: `bicubic` or `bilinear`, both antialiased.
        fill: value 0–255 of the padding.
        mean: per channel, of values scaled to 0–1; subtracted inside the exported graph.
        std: per channel; divided by inside the exported graph.
    """

    size: tuple[int, int]
    resize_to: tuple[int, int]
    mode: Literal["shortest", "longest", "squash"]
    interpolation: Literal["bicubic", "bilinear"]
    fill: int
    mean: tuple[float, float, float]
    std: tuple[float, float, float]

    def as_record(self) -> dict[str, Any]:
        """The fields as JSON-able values."""
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in asdict(self).items()
        }

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Preprocessing:
        """What `as_record` wrote."""
        fields: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in record.items()
        }
        return cls(**fields)

    def apply(self, pixels: Pixels) -> Pixels:
        """Resize, then crop or pad, one image to (size[0], size[1], 3)."""
        if self.mode == "squash":
            return self._window(pixels, self.size, (0, 0), self.size)
        height, width = pixels.shape[:2]
        if self.mode == "longest":
            ratio = max(height / self.size[0], width / self.size[1])
            inner = (_at_least_one(height / ratio), _at_least_one(width / ratio))
            drawn = self._window(pixels, inner, (0, 0), inner)
            canvas = np.full((*self.size, 3), self.fill, dtype=np.uint8)
            top, left = ((outer - own) // 2 for outer, own in zip(self.size, inner, strict=True))
            canvas[top : top + inner[0], left : left + inner[1]] = drawn
            return canvas
        rows, columns = self.resize_to
        if height * columns <= width * rows:
            resized = (rows, rows * width // height)
        else:
            resized = (columns * height // width, columns)
        offset = (
            round((resized[0] - self.size[0]) / 2),
            round((resized[1] - self.size[1]) / 2),
        )
        return self._window(pixels, resized, offset, self.size)

    def _window(
        self,
        pixels: Pixels,
        resized: tuple[int, int],
        offset: tuple[int, int],
        size: tuple[int, int],
    ) -> Pixels:
        """The window at `offset` of the image as if all of it had been resized to `resized`.

        Only the window is computed, so a picture a thousand times as wide as high costs no more
        than a square one. Pillow still reads past the box where the filter reaches past it.
        """
        down, along = (own / other for own, other in zip(pixels.shape[:2], resized, strict=True))
        box = (
            offset[1] * along,
            offset[0] * down,
            min((offset[1] + size[1]) * along, pixels.shape[1]),
            min((offset[0] + size[0]) * down, pixels.shape[0]),
        )
        from PIL import Image

        kernel = Image.Resampling[self.interpolation.upper()]
        image = Image.fromarray(pixels).resize((size[1], size[0]), kernel, box)
        window: npt.NDArray[np.uint8] = np.asarray(image)
        return window


def _at_least_one(value: float) -> int:
    return max(1, round(value))


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
            share one read of the weights.
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
