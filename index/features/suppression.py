"""Of boxes that lie upon each other only the surest is kept."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]


def suppress(
    boxes: Floats, scores: Floats, overlap: float, *, of_smaller: bool = False
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
