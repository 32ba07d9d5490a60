"""What was found in a picture and where: the ground on which features are computed and drawn.

All places are shares of the picture's width (x) and height (y), from the top left corner.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image

from index.records import Pixels

Points = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle, in shares of the picture."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        """Share of the picture's width."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """Share of the picture's height."""
        return self.bottom - self.top

    @property
    def area(self) -> float:
        """Share of the picture's area."""
        return self.width * self.height

    @property
    def centre(self) -> tuple[float, float]:
        """x and y of the middle."""
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2


@dataclass(frozen=True, slots=True)
class Look:
    """How a face is turned, and whether it smiles.

    Attributes:
        yaw: degrees to the picture's left (negative) or right.
        pitch: degrees down (negative) or up.
        roll: degrees by which the eyes' line is turned, clockwise.
        presence: how surely the mesh lies on a face, 0…1; profiles are often below 0.3.
        smile: how surely it smiles, 0…1.
    """

    yaw: float
    pitch: float
    roll: float
    presence: float
    smile: float


@dataclass(frozen=True, slots=True)
class Face:
    """A face.

    Attributes:
        box: from forehead to chin.
        score: how sure the surest detector is, 0…1.
        landmarks: the eye at the picture's left, the eye at its right, nose, left and right
            corner of the mouth; empty where only a box is known.
        detectors: which of "mtcnn" and "nudenet" found it.
        look: pose and smile; None for all but the largest faces.
    """

    box: Box
    score: float
    landmarks: Points
    detectors: tuple[str, ...]
    look: Look | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """A person, as much of one as can be seen, and how sure the detector is, 0…1."""

    box: Box
    score: float


@dataclass(frozen=True, slots=True)
class BodyPart:
    """A visible part of a body as the nudity model names it, without its guess of gender."""

    name: str
    box: Box
    score: float


@dataclass(frozen=True, slots=True)
class TextBlock:
    """A line of lettering.

    Attributes:
        corners: clockwise from the top left.
        score: how surely it is lettering, 0…1.
        text: what it says; None where it was not read.
        contrast: WCAG 2.2 contrast ratio of its letters to their ground, 1…21; None where it was
            not measured.
    """

    corners: Points
    score: float
    text: str | None = None
    contrast: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Analysis:
    """All that was found in one picture; None stands for a part that was not asked or failed.

    Attributes:
        faces: surest first.
        persons: people with or without a visible face, surest first.
        parts: visible body parts.
        text: lines from top to bottom.
        saliency: how much each place draws the eye, 0…1, at most 64 × 64.
    """

    faces: tuple[Face, ...] | None = None
    persons: tuple[Person, ...] | None = None
    parts: tuple[BodyPart, ...] | None = None
    text: tuple[TextBlock, ...] | None = None
    saliency: npt.NDArray[np.float32] | None = None


def shrink(pixels: Pixels, side: int) -> Pixels:
    """The picture with its longer side at most `side`, each pixel the mean of what it covers."""
    height, width = pixels.shape[:2]
    scale = side / max(height, width)
    if scale >= 1:
        return pixels
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.asarray(Image.fromarray(pixels).resize(size, Image.Resampling.BOX))


def suppress(
    boxes: npt.NDArray[np.float32],
    scores: npt.NDArray[np.float32],
    overlap: float,
    *,
    of_smaller: bool = False,
) -> npt.NDArray[np.intp]:
    """Positions of the boxes left by non-maximum suppression, best first.

    Overlap is shared area over united area, or over the smaller box's area.
    """
    order: npt.NDArray[np.intp] = np.argsort(-scores, kind="stable")
    left, top, right, bottom = boxes[order, :4].T
    area = (right - left) * (bottom - top)
    shared = np.minimum.outer(right, right) - np.maximum.outer(left, left)
    shared = np.maximum(shared, 0, out=shared)
    down = np.minimum.outer(bottom, bottom) - np.maximum.outer(top, top)
    shared *= np.maximum(down, 0, out=down)
    whole = np.minimum.outer(area, area) if of_smaller else np.add.outer(area, area) - shared
    clash = shared > overlap * whole
    free = np.ones(len(order), bool)
    kept = []
    for place in range(len(order)):
        if free[place]:
            kept.append(place)
            free &= ~clash[place]
    return order[np.array(kept, np.intp)]
