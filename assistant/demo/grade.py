"""The last step of every artwork: a colour grade that lands on the planned light and colour.

A lever that is pulled must be visible in the numbers, so tone and colour are not left to the
palette alone: exposure is a power curve found by bisection, saturation a pull towards or away
from grey, warmth a shift between the red and the blue channel.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFilter

_LUMA = np.array([0.2126, 0.7152, 0.0722], dtype=np.float32)
Pixels = npt.NDArray[np.float32]
_HOLD_BACK = np.float32(0.7)
_SAMPLED = 14
"""Every how many-th row and column the grade is fitted on."""


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


@dataclass(frozen=True, slots=True)
class _Settings:
    """What is done to every pixel: gain of red (its inverse of blue), pull from grey, power."""

    gain: float = 0.0
    pull: float = 1.0
    power: float = 1.0


def apply_grade(picture: Image.Image, grade: Grade, spared: Image.Image) -> Image.Image:
    """The picture with the grade's brightness, saturation and (at least) warmth.

    Args:
        picture: RGB.
        grade: where it should land; skin tones may keep it from landing quite there.
        spared: mask of the same size in which the grade is held back (faces).
    """
    pixels: Pixels = np.asarray(picture, dtype=np.float32) / np.float32(255)
    soft = np.asarray(spared.filter(ImageFilter.BoxBlur(2)), dtype=np.float32)
    let = (1 - _HOLD_BACK / np.float32(255) * soft)[..., None]
    step = _SAMPLED
    settings = _fit(pixels[::step, ::step], let[::step, ::step], grade)
    return Image.fromarray(np.rint(_apply(pixels, let, settings) * 255).astype(np.uint8))


def _apply(pixels: Pixels, let: Pixels, settings: _Settings) -> Pixels:
    tint = np.array([1 + settings.gain, 1, 1 - settings.gain], dtype=np.float32)
    graded = pixels * tint
    grey = (graded @ _LUMA)[..., None]
    graded = np.clip(grey + np.float32(settings.pull) * (graded - grey), 0, 1)
    curve = (np.linspace(0, 1, 512) ** settings.power).astype(np.float32)
    graded = curve[(graded * np.float32(511)).astype(np.int16)]
    done: Pixels = pixels + let * (graded - pixels)
    return done


def _fit(pixels: Pixels, let: Pixels, grade: Grade) -> _Settings:
    """Settings that land a sample on the grade, one after the other in a few rounds."""
    settings = _Settings()
    for _ in range(2):
        found = _apply(pixels, let, settings)
        warmth = float(np.mean(found[..., 0]) - np.mean(found[..., 2]))
        sign = 1 if grade.warmth > 0 else -1
        missing = max(0.0, sign * (grade.warmth - warmth))
        level = max(0.08, float(np.mean(found[..., [0, 2]])))
        gain = settings.gain + sign * missing / (2 * level)
        settings = replace(settings, gain=float(np.clip(gain, -0.4, 0.4)))
        settings = _bisect(
            settings, "pull", (0.25, 2.2), grade.saturation, partial(_saturation, pixels, let)
        )
        settings = _bisect(
            settings, "power", (2.4, 0.3), grade.brightness, partial(_brightness, pixels, let)
        )
    return settings


def _bisect(
    settings: _Settings,
    name: str,
    ends: tuple[float, float],
    target: float,
    measure: Callable[[_Settings], float],
) -> _Settings:
    """The setting between the ends, the first of which measures least, that hits the target."""
    low, high = ends
    for _ in range(8):
        settings = replace(settings, **{name: (low + high) / 2})
        if measure(settings) > target:
            high = getattr(settings, name)
        else:
            low = getattr(settings, name)
    return settings


def _saturation(pixels: Pixels, let: Pixels, settings: _Settings) -> float:
    found = _apply(pixels, let, settings)
    high, low = found.max(axis=-1), found.min(axis=-1)
    return float((high - low).sum() / max(float(high.sum()), 1e-3))


def _brightness(pixels: Pixels, let: Pixels, settings: _Settings) -> float:
    return float(np.mean(_apply(pixels, let, settings) @ _LUMA))
