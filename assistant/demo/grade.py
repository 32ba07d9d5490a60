"""The last step of every artwork: a colour grade that lands on the planned light and colour.

A lever that is pulled must be visible in the numbers, so tone and colour are not left to the
palette alone: exposure is a power curve found by bisection, saturation a pull towards or away
from grey, warmth a shift between the red and the blue channel.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFilter

_LUMA = np.array([0.2126, 0.7152, 0.0722], dtype=np.float32)
Pixels = npt.NDArray[np.float32]
_HOLD_BACK = np.float32(0.7)


@dataclass(frozen=True, slots=True)
class Grade:
    """Where a picture should land.

    Args:
        brightness: mean luma, 0 to 1.
        saturation: summed (max - min) of the channels over their summed max, 0 to 1.
        warmth: mean red minus mean blue, -1 to 1; the least that is wanted, on its side of 0.
    """

    brightness: float
    saturation: float
    warmth: float


def _saturation(pixels: Pixels) -> float:
    high, low = pixels.max(axis=-1), pixels.min(axis=-1)
    return float((high - low).sum() / max(float(high.sum()), 1e-3))


def apply_grade(picture: Image.Image, grade: Grade, spared: Image.Image) -> Image.Image:
    """The picture with the grade's brightness, saturation and (at least) warmth.

    Args:
        picture: RGB.
        grade: where it should land; skin tones may keep it from landing quite there.
        spared: mask of the same size in which the grade is held back (faces).
    """
    pixels: Pixels = np.asarray(picture, dtype=np.float32) / np.float32(255)
    soft = spared.filter(ImageFilter.BoxBlur(2))
    held = _HOLD_BACK * np.asarray(soft, dtype=np.float32)[..., None] / np.float32(255)
    for _ in range(2):
        graded = _warm(pixels, grade.warmth)
        graded = _saturate(graded, grade.saturation)
        graded = _expose(graded, grade.brightness)
        pixels = graded + held * (pixels - graded)
    return Image.fromarray(np.rint(pixels * 255).astype(np.uint8))


def _expose(pixels: Pixels, target: float) -> Pixels:
    sample = pixels[::10, ::10]
    low, high = 0.3, 2.4
    for _ in range(14):
        power = (low * high) ** 0.5
        if float(np.mean(sample**power @ _LUMA)) > target:
            low = power
        else:
            high = power
    table = ((np.arange(256) / 255) ** power).astype(np.float32)
    exposed: Pixels = table[np.rint(pixels * 255).astype(np.uint8)]
    return exposed


def _saturate(pixels: Pixels, target: float) -> Pixels:
    sample = pixels[::10, ::10]
    grey = (sample @ _LUMA)[..., None]
    low, high = 0.25, 2.2
    for _ in range(12):
        pull = (low + high) / 2
        if _saturation(np.clip(grey + pull * (sample - grey), 0, 1)) > target:
            high = pull
        else:
            low = pull
    whole = (pixels @ _LUMA)[..., None]
    pulled: Pixels = np.clip(whole + pull * (pixels - whole), 0, 1)
    return pulled


def _warm(pixels: Pixels, least: float) -> Pixels:
    found = float(np.mean(pixels[::10, ::10, 0]) - np.mean(pixels[::10, ::10, 2]))
    missing = max(0.0, least - found) if least > 0 else min(0.0, least - found)
    if missing == 0:
        return pixels
    level = max(0.08, float(np.mean(pixels[::10, ::10, [0, 2]])))
    gain = 1 + np.clip(missing / (2 * level), -0.4, 0.4) * np.array([1, 0, -1], dtype=np.float32)
    warmed: Pixels = np.clip(pixels * gain, 0, 1).astype(np.float32)
    return warmed
