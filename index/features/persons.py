"""People, with or without a visible face, by NanoDet (github.com/RangiLyu/nanodet).

It was trained on COCO. Of its eighty classes only people are kept: on posters, most of its other
finds are wrong. It is held in 8 bits by `tools/quantise.py`.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from index.features.analysis import Box, Person, suppress
from index.features.runtime import open_carried
from index.records import Pixels

Floats = npt.NDArray[np.float32]

_SIDE, _STEP = 352, 32
"""Longer side at which people are sought, and what both sides are multiples of.

Side and least score were chosen on all labels of benchmarks/accuracy.py, held-back ones too; other
sides differ little.
"""
_CELLS = (8, 16, 32)
"""Pixels a side of the cells of the network's three grids."""
_LEAST_SCORE, _OVERLAP = 0.35, 0.5
_MEAN = np.array([103.53, 116.28, 123.675], np.float32)
_SPREAD = np.array([57.375, 57.12, 58.395], np.float32)
"""Of the channels blue, green and red in the network's training."""


class PersonDetector:
    """Finds people; safe to share between threads."""

    def __init__(self) -> None:
        self._net = open_carried("persons.onnx")

    def detect(self, pixels: Pixels) -> tuple[Person, ...]:
        """People in a uint8 H × W × 3 sRGB picture, surest first."""
        batch, (width, height) = person_input(pixels)
        scores, distances = self._net.run(None, {"picture": batch})
        sure = np.flatnonzero(scores[0] >= _LEAST_SCORE)
        middles, sizes = _grid(height, width)
        reach = _expected(distances[0, sure]) * sizes[sure, None]
        boxes = np.concatenate([middles[sure] - reach[:, :2], middles[sure] + reach[:, 2:]], axis=1)
        boxes = np.clip(boxes / [width, height, width, height], 0, 1).astype(np.float32)
        return tuple(
            Person(Box(*boxes[at].tolist()), float(scores[0, sure[at]]))
            for at in suppress(boxes, scores[0, sure], _OVERLAP)
        )


def person_input(pixels: Pixels) -> tuple[Floats, tuple[int, int]]:
    """A uint8 H × W × 3 sRGB picture as the network takes it, and its width and height there."""
    import cv2

    scale = _SIDE / max(pixels.shape[:2])
    height, width = (max(_STEP, round(n * scale / _STEP) * _STEP) for n in pixels.shape[:2])
    small = cv2.resize(pixels, (width, height), interpolation=cv2.INTER_AREA)
    batch = ((small[..., ::-1] - _MEAN) / _SPREAD).transpose(2, 0, 1)[None]
    return np.ascontiguousarray(batch), (width, height)


def _grid(height: int, width: int) -> tuple[Floats, Floats]:
    """Middles (cells, 2) of all cells, finest grid first, and how large they are (cells,)."""
    middles, sizes = [], []
    for side in _CELLS:
        y, x = np.mgrid[: height // side, : width // side]
        middles.append(np.stack([x.ravel(), y.ravel()], axis=1) * side + side / 2)
        sizes.append(np.full(x.size, side))
    return np.concatenate(middles).astype(np.float32), np.concatenate(sizes).astype(np.float32)


def _expected(logits: Floats) -> Floats:
    """(n, 4) distances to the box's sides in cells: means of the distributions that are learned.

    Source: Li et al. 2020, Generalized focal loss.
    """
    from scipy.special import softmax

    steps = logits.shape[1] // 4
    shares = softmax(logits.reshape(-1, 4, steps), axis=2)
    means: Floats = shares @ np.arange(steps, dtype=np.float32)
    return means
