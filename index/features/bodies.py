"""Faces and visible body parts by NudeNet (YOLOv8 nano; github.com/notAI-tech/NudeNet), and what of
them may be unfit for some audiences.

The model also guesses gender; that guess is dropped here and known nowhere else.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from index.features.analysis import BodyPart, Box, suppress
from index.features.feature import Feature, Value
from index.features.runtime import open_model
from index.records import Pixels

Floats = npt.NDArray[np.float32]

FACE = "face"
_CLASSES = (
    "genitalia covered", FACE, "buttocks exposed", "breast exposed", "genitalia exposed",
    "chest exposed", "anus exposed", "feet exposed", "belly covered", "feet covered",
    "armpits covered", "armpits exposed", FACE, "belly exposed", "genitalia exposed",
    "anus covered", "breast covered", "buttocks covered",
)  # fmt: skip
_SIDE, _STEP = 320, 32
_LEAST_SCORE, _OVERLAP = 0.2, 0.45

_NUDE = frozenset({"genitalia exposed", "breast exposed", "buttocks exposed", "anus exposed"})
_BARE = frozenset({"chest exposed", "belly exposed"})
_SURE = 0.6
"""At 0.5 one of 240 posters of clothed people was flagged for a face; at 0.6 none."""

FEATURES = (
    Feature("nudity", "0 or 1", 0, 1, "flag", "maturity",
        "Intimate parts of a body seem to be exposed: look at the picture.",
        "NudeNet finds exposed breasts, buttocks or genitalia with a score of at least 0.6.",
        "people",
        checked="On 317 posters it flagged one, rightly. What it misses is not known. A flag is a "
        "reason to look, and no flag is no clearance."),
    Feature("bare_torso", "0 or 1", 0, 1, "flag", "maturity",
        "A bare chest or belly seems to be shown: look at the picture.",
        "NudeNet finds an exposed chest or belly with a score of at least 0.6.", "people",
        checked="On 317 posters it flagged one, rightly, and missed at least three bare chests or "
        "bellies: no flag is no clearance."),
)  # fmt: skip


class BodyDetector:
    """Finds faces and body parts; safe to share between threads."""

    def __init__(self) -> None:
        self._net = open_model("nudenet", "320n.onnx")

    def detect(self, pixels: Pixels) -> tuple[BodyPart, ...]:
        """Parts of score 0.2 and more in a uint8 H × W × 3 sRGB picture, surest first."""
        batch, width, height = _prepare(pixels)
        rows: Floats = self._net.run(None, {self._net.get_inputs()[0].name: batch})[0][0].T
        best = rows[:, 4:].argmax(axis=1)
        scores = rows[np.arange(len(rows)), 4 + best]
        sure = scores >= _LEAST_SCORE
        middle, size, best, scores = rows[sure, :2], rows[sure, 2:4], best[sure], scores[sure]
        boxes = np.concatenate([middle - size / 2, middle + size / 2], axis=1)
        boxes = np.clip(boxes / [width, height, width, height], 0, 1).astype(np.float32)
        return tuple(
            BodyPart(
                _CLASSES[best[i]], Box(*(float(v) for v in boxes[i])), min(1.0, float(scores[i]))
            )
            for i in suppress(boxes, scores, _OVERLAP)
        )


def _prepare(pixels: Pixels) -> tuple[Floats, int, int]:
    """(1, 3, h, w) in 0…1 padded with black to whole steps, and the size of the picture in it."""
    import cv2

    scale = _SIDE / max(pixels.shape[:2])
    width = max(1, round(pixels.shape[1] * scale))
    height = max(1, round(pixels.shape[0] * scale))
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    small = cv2.resize(pixels, (width, height), interpolation=method)
    padded = np.zeros((-(-height // _STEP) * _STEP, -(-width // _STEP) * _STEP, 3), np.float32)
    padded[:height, :width] = small
    return np.ascontiguousarray(padded.transpose(2, 0, 1)[None] / 255), width, height


def measure_maturity(parts: tuple[BodyPart, ...]) -> dict[str, Value]:
    """Maturity flags by name."""
    sure = {part.name for part in parts if part.score >= _SURE}
    return {"nudity": float(bool(sure & _NUDE)), "bare_torso": float(bool(sure & _BARE))}
