"""Colours as people see and name them.

Lightness, chroma and hue are those of Oklab (Ottosson 2020, "A perceptual color space for image
processing"), in which equal steps look about equally large.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from index.records import Pixels

Floats = npt.NDArray[np.float32]

COLOURS = (
    "black", "grey", "white", "brown", "red", "orange", "yellow", "green", "teal", "blue",
    "purple", "pink",
)  # fmt: skip
NEUTRAL = COLOURS[:3]
"""The first three colours: they have no hue."""

_GREY_CHROMA = 0.035


def oklch(pixels: Pixels) -> tuple[Floats, Floats, Floats]:
    """Oklab lightness (0…1), chroma (0…0.33) and hue (radians) of sRGB pixels of any shape × 3."""
    lab = oklab(pixels)
    a, b = lab[..., 1], lab[..., 2]
    return lab[..., 0], np.hypot(a, b), np.arctan2(b, a)


def oklab(pixels: Pixels) -> Floats:
    """Oklab of uint8 sRGB pixels; matrices of Ottosson 2020."""
    linear = _LINEAR[pixels]
    cone = np.cbrt(linear @ _TO_CONE.T)
    lab: Floats = (cone @ _TO_LAB.T).astype(np.float32)
    return lab


def name_pixels(lightness: Floats, chroma: Floats, hue: Floats) -> npt.NDArray[np.intp]:
    """Position in COLOURS of each pixel's name."""
    degrees = np.rad2deg(hue) % 360
    by_hue = _HUE_NAMES[np.searchsorted(_HUE_ENDS, degrees, side="right")]
    is_ = {name: by_hue == COLOURS.index(name) for name in ("red", "orange", "yellow", "pink")}
    brown = is_["orange"] & ((lightness < 0.62) | ((chroma < 0.09) & (lightness < 0.82)))
    brown |= is_["yellow"] & (lightness < 0.62)
    olive = is_["yellow"] & (lightness < 0.7) & (degrees > 100)
    plum = is_["pink"] & (lightness < 0.6) & (degrees > 300) & (degrees < 340)
    for name, where in (
        ("brown", brown),
        ("green", olive),
        ("purple", plum),
        ("pink", is_["red"] & (lightness > 0.72)),
    ):
        by_hue = np.where(where, COLOURS.index(name), by_hue)
    by_light = np.select([lightness < 0.27, lightness < 0.88], [0, 1], 2)
    hueless = (chroma < _GREY_CHROMA) | (lightness < 0.17)
    return np.where(hueless, by_light, by_hue)


_STEPS = np.arange(256) / 255
_LINEAR = np.where(_STEPS <= 0.04045, _STEPS / 12.92, ((_STEPS + 0.055) / 1.055) ** 2.4).astype(
    np.float32
)
_TO_CONE = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ],
    np.float32,
)
_TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ],
    np.float32,
)
_HUES = (
    (12, "pink"), (42, "red"), (80, "orange"), (115, "yellow"), (165, "green"), (215, "teal"),
    (278, "blue"), (325, "purple"), (360, "pink"),
)  # fmt: skip
_HUE_ENDS = np.array([end for end, _ in _HUES[:-1]])
_HUE_NAMES = np.array([COLOURS.index(name) for _, name in _HUES])
