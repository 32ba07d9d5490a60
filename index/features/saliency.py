"""What draws the eye: the spectral residual of Hou & Zhang 2007 (Saliency detection: a spectral
residual approach), summed over the three channels of Oklab so that colour counts as well."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from index.features.analysis import shrink
from index.features.colour_space import oklab
from index.records import Pixels

Floats = npt.NDArray[np.float32]

SIDE = 64
"""Longer side of the map in cells, the size the paper found to match how people look."""
_FLAT = 0.004
_BLUR = 2.0


def saliency_map(pixels: Pixels) -> Floats:
    """How much each place stands out, float32 h × w in 0…1; all 0 for an even picture.

    Args:
        pixels: uint8 H × W × 3 sRGB.
    """
    import cv2

    lab = oklab(shrink(pixels, SIDE))
    channels = [lab[..., i] for i in range(3) if lab[..., i].std() > _FLAT]
    if not channels:
        return np.zeros(lab.shape[:2], np.float32)
    total = np.sum([_residual(one) for one in channels], axis=0).astype(np.float32)
    smooth = cv2.GaussianBlur(total, (0, 0), _BLUR, borderType=cv2.BORDER_REFLECT)
    span = float(np.ptp(smooth))
    if not span:
        return np.zeros_like(total)
    return np.asarray((smooth - smooth.min()) / span, np.float32)


def _residual(channel: Floats) -> Floats:
    import cv2

    spectrum = np.fft.fft2(channel)
    amplitude = np.log(np.abs(spectrum) + 1e-6)
    wrapped = np.pad(amplitude, 1, mode="wrap")
    mean = cv2.blur(wrapped, (3, 3))[1:-1, 1:-1]
    rebuilt = np.fft.ifft2(np.exp(amplitude - mean + 1j * np.angle(spectrum)))
    return np.square(np.abs(rebuilt)).astype(np.float32)
