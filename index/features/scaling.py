"""Making pictures small for measures that need no detail."""

from __future__ import annotations

import numpy as np
from PIL import Image

from index.records import Pixels


def shrink(pixels: Pixels, side: int) -> Pixels:
    """The picture with its longer side at most `side`, each pixel the mean of what it covers."""
    height, width = pixels.shape[:2]
    scale = side / max(height, width)
    if scale >= 1:
        return pixels
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.asarray(Image.fromarray(pixels).resize(size, Image.Resampling.BOX))
