"""Faces: two detectors that fail differently, checked against each other.

The thresholds were chosen on posters labelled by eye, where they hold in either half of them.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from index.features.analysis import BodyPart, Box, Face, shrink
from index.features.bodies import FACE
from index.features.mtcnn import Detections, Mtcnn
from index.records import Pixels

ALONE = 0.75
"""MTCNN's score from which its word is enough."""
AGREED = 0.40
"""MTCNN's score from which it counts where the other detector sees a face in the same place."""
BODY_ALONE = 0.50
"""Score from which a face that only the body detector sees counts."""
_SAME_PLACE = 0.3
SMALLEST = 0.035
"""Faces of less than this share of the picture's height are left out as too small to be seen."""
_PIXELS = 300 * 448
"""Size to which larger pictures are reduced before faces are sought."""


def detect_faces(mtcnn: Mtcnn, pixels: Pixels, parts: tuple[BodyPart, ...]) -> tuple[Face, ...]:
    """Faces in a uint8 H × W × 3 sRGB picture, surest first.

    Args:
        parts: what the second detector found in it.
    """
    seconds = [part for part in parts if part.name == FACE]
    found: list[Face] = []
    for first in propose_faces(mtcnn, pixels):
        partner = max(seconds, key=lambda part: overlap(first.box, part.box), default=None)
        if partner is not None and overlap(first.box, partner.box) >= _SAME_PLACE:
            seconds.remove(partner)
            score = max(first.score, partner.score)
            found.append(replace(first, score=score, detectors=("mtcnn", "nudenet")))
        elif first.score >= ALONE:
            found.append(first)
    found += [
        Face(part.box, part.score, (), ("nudenet",)) for part in seconds if part.score >= BODY_ALONE
    ]
    large = [face for face in found if face.box.height >= SMALLEST]
    return tuple(sorted(large, key=lambda face: -face.score))


def propose_faces(mtcnn: Mtcnn, pixels: Pixels) -> list[Face]:
    """What MTCNN alone sees with a score of at least AGREED in a uint8 H × W × 3 picture."""
    height, width = pixels.shape[:2]
    side = max(height, width) * min(1.0, (_PIXELS / (height * width)) ** 0.5)
    small = _even_light(shrink(pixels, round(side)))
    return _to_faces(mtcnn.detect(small), small.shape[1], small.shape[0])


def overlap(one: Box, other: Box) -> float:
    """Shared area over united area."""
    width = min(one.right, other.right) - max(one.left, other.left)
    height = min(one.bottom, other.bottom) - max(one.top, other.top)
    shared = max(width, 0.0) * max(height, 0.0)
    united = one.area + other.area - shared
    return shared / united if united else 0.0


def _even_light(pixels: Pixels) -> Pixels:
    """The picture stretched to the full range and brought to a middle tone by gamma.

    Faces in dark or washed-out pictures are found far more often after this.
    """
    import cv2

    red, green, blue = cv2.split(pixels)
    total = red.astype(np.uint16) + green + blue
    counts = np.bincount(total.ravel(), minlength=766)
    ranks = np.array([0.01, 0.99]) * (total.size - 1)
    low, high = np.searchsorted(np.cumsum(counts), ranks, side="right") / 3
    steps = np.clip((np.arange(256) - low) / max(high - low, 30.0), 0, 1)
    mean = float(steps[np.rint(np.arange(766) / 3).astype(int)] @ counts) / total.size
    gamma = np.clip(np.log(0.42) / np.log(np.clip(mean, 1e-3, 0.999)), 0.4, 1.6)
    table = np.rint(255 * steps**gamma).astype(np.uint8)
    return np.asarray(cv2.LUT(pixels, table), np.uint8)


def _to_faces(found: Detections, width: int, height: int) -> list[Face]:
    boxes = np.clip(found.boxes / [width, height, width, height], 0, 1)
    points = found.landmarks / [width, height]
    return [
        Face(
            Box(*(float(v) for v in box)),
            float(score),
            tuple((float(x), float(y)) for x, y in marks),
            ("mtcnn",),
        )
        for box, score, marks in zip(boxes, found.scores, points, strict=True)
        if score >= AGREED
    ]
