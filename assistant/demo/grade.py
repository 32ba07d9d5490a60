"""The last step of every artwork: a colour grade that lands on the planned light and colour.

A lever that is pulled must be visible in the numbers, so tone and colour are not left to the
palette alone: exposure is a power curve that is solved for, saturation a pull towards or away
from grey, warmth a shift between the red and the blue channel.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from PIL import Image, ImageFilter, ImageStat

_LUMA = np.array([0.2126, 0.7152, 0.0722])
_HOLD_BACK = 0.7
_SAMPLED = 18
"""Every how many-th row and column the grade is fitted on."""


@dataclass(frozen=True, slots=True)
class ColourGrade:
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


def apply_grade(picture: Image.Image, grade: ColourGrade, spared: Image.Image) -> Image.Image:
    """The picture with the grade's brightness, saturation and (at least) warmth.

    Args:
        picture: RGB.
        grade: where it should land; skin tones may keep it from landing quite there.
        spared: mask of the same size in which the grade is held back (faces).
    """
    soft = spared.filter(ImageFilter.BoxBlur(2))
    let = soft.point([round(255 - _HOLD_BACK * value) for value in range(256)])
    small = picture.width // _SAMPLED, picture.height // _SAMPLED
    sample, share = (one.resize(small, Image.Resampling.NEAREST) for one in (picture, let))
    return _apply(picture, let, _fit(sample, share, grade))


def _apply(picture: Image.Image, let: Image.Image, settings: _Settings) -> Image.Image:
    """Gain, pull and power on a picture, as far as `let` lets them."""
    tint = np.array([1 + settings.gain, 1, 1 - settings.gain])
    mixed = (1 - settings.pull) * np.outer(np.ones(3), _LUMA * tint) + settings.pull * np.diag(tint)
    rows = np.column_stack([mixed, np.zeros(3)]).ravel().tolist()
    curve = np.rint(255 * np.linspace(0, 1, 256) ** settings.power).astype(int).tolist()
    graded = picture.convert("RGB", rows).point(curve * 3)
    return Image.composite(graded, picture, let)


def _fit(sample: Image.Image, let: Image.Image, grade: ColourGrade) -> _Settings:
    """Settings that land a sample on the grade, one after the other in two rounds."""
    settings = _Settings()
    for _ in range(2):
        red, _, blue = ImageStat.Stat(_apply(sample, let, settings)).mean
        sign = 1 if grade.warmth > 0 else -1
        missing = max(0.0, sign * (grade.warmth - (red - blue) / 255))
        gain = settings.gain + sign * missing / max(0.16, (red + blue) / 255)
        settings = replace(settings, gain=float(np.clip(gain, -0.4, 0.4)))
        pull = partial(_saturation, sample, let, settings)
        settings = replace(settings, pull=_solve(pull, (0.25, 2.2), grade.saturation))
        power = partial(_brightness, sample, let, settings)
        settings = replace(settings, power=_solve(power, (2.4, 0.3), grade.brightness))
    return settings


def _saturation(sample: Image.Image, let: Image.Image, settings: _Settings, pull: float) -> float:
    found = np.asarray(_apply(sample, let, replace(settings, pull=pull)), dtype=np.float64)
    high = found.max(axis=-1)
    return float((high - found.min(axis=-1)).sum() / max(float(high.sum()), 1e-3))


def _brightness(sample: Image.Image, let: Image.Image, settings: _Settings, power: float) -> float:
    red, green, blue = ImageStat.Stat(_apply(sample, let, replace(settings, power=power))).mean
    return float(np.array([red, green, blue]) @ _LUMA) / 255


def _solve(measure: Callable[[float], float], ends: tuple[float, float], target: float) -> float:
    """The setting between the ends, the first of which measures least, that hits the target."""
    from scipy.optimize import brentq

    first, last = (measure(end) - target for end in ends)
    if first >= 0 or last <= 0:
        return ends[0] if first >= 0 else ends[1]
    return float(brentq(lambda value: measure(value) - target, *ends, xtol=0.01, rtol=1e-2))
