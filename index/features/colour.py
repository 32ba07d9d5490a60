"""Colour and light of a picture, measured on its pixels.

Lightness, chroma and hue are those of Oklab (Ottosson 2020, "A perceptual color space for image
processing"), in which equal steps look about equally large.
"""

from __future__ import annotations

import json

import numpy as np
import numpy.typing as npt
from PIL import Image

from index.features.feature import Feature, Value
from index.records import Pixels

Floats = npt.NDArray[np.float32]

COLOURS = (
    "black", "grey", "white", "brown", "red", "orange", "yellow", "green", "teal", "blue",
    "purple", "pink",
)  # fmt: skip
NEUTRAL = COLOURS[:3]
"""The first three colours: they have no hue."""

_WORKING_SIDE = 160
_GREY_CHROMA = 0.035
_WARMEST_HUE = np.deg2rad(60.0)
"""Orange; the coolest hue lies opposite, at 240°, between cyan and blue."""

FEATURES = (
    Feature("brightness", "share of white", 0, 1, "share", "colour",
        "How light the picture is as a whole.", "Mean Oklab lightness.", "colour"),
    Feature("contrast", "standard deviation", 0, 0.5, "number", "colour",
        "How far light and dark parts lie apart.",
        "Standard deviation of Oklab lightness (RMS contrast, Peli 1990).", "colour"),
    Feature("saturation", "share of the purest", 0, 1, "share", "colour",
        "How pure and vivid the colours are, grey being 0.",
        "Summed (max − min) of the sRGB channels over their summed max.", "colour"),
    Feature("colourfulness", "Hasler–Süsstrunk M", 0, 250, "number", "colour",
        "How colourful people would call it: 0 none, 15 slight, 45 quite, 82 and over very.",
        "Hasler & Süsstrunk 2003, Measuring colourfulness in natural images.", "colour"),
    Feature("warm_cool", "−1 cool … 1 warm", -1, 1, "number", "colour",
        "Whether warm colours (red to yellow) or cool ones (green to blue) rule.",
        "Chroma-weighted mean cosine of Oklab hue to orange (60°), drawn to 0 where the picture "
        "has next to no colour.", "colour"),
    Feature("dominant_colour", "colour name", None, None, "category", "colour",
        "The colour that covers most of the picture.",
        "Pixels named by Oklab lightness, chroma and hue; the most frequent name.", "colour",
        COLOURS),
    Feature("accent_colour", "colour name", None, None, "category", "colour",
        "The strongest colour beside black, grey and white; missing without colour.",
        "The hued name with the largest sum of chroma, if it has 1 % of the picture.", "colour",
        COLOURS[3:]),
    Feature("palette", "colours with shares", None, None, "structure", "colour",
        "The up to six colours the picture is made of, with their shares.",
        "Median cut refined by k-means (Pillow), colours that look alike merged.", "colour"),
)  # fmt: skip


def measure_colour(pixels: Pixels) -> dict[str, Value]:
    """Colour features of a uint8 H × W × 3 sRGB picture, by name."""
    small = _shrink(pixels)
    lightness, chroma, hue = oklch(small)
    names = name_pixels(lightness, chroma, hue)
    shares = np.bincount(names.ravel(), minlength=len(COLOURS)) / names.size
    strength = np.zeros(len(COLOURS))
    np.add.at(strength, names.ravel(), chroma.ravel())
    return {
        "brightness": float(lightness.mean()),
        "contrast": float(lightness.std()),
        "saturation": _saturation(small),
        "colourfulness": _colourfulness(small),
        "warm_cool": _warm_cool(chroma, hue),
        "dominant_colour": COLOURS[int(shares.argmax())],
        "accent_colour": _accent(shares, strength),
        "palette": json.dumps(_palette(small)),
    }


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


def _shrink(pixels: Pixels) -> Pixels:
    side = max(pixels.shape[:2])
    if side <= _WORKING_SIDE:
        return pixels
    scale = _WORKING_SIDE / side
    size = (max(1, round(pixels.shape[1] * scale)), max(1, round(pixels.shape[0] * scale)))
    return np.asarray(Image.fromarray(pixels).resize(size, Image.Resampling.BOX))


def _saturation(pixels: Pixels) -> float:
    top = pixels.max(axis=-1).astype(np.float64)
    bottom = pixels.min(axis=-1)
    total = float(top.sum())
    return float((top - bottom).sum()) / total if total else 0.0


def _colourfulness(pixels: Pixels) -> float:
    red, green, blue = np.moveaxis(pixels.astype(np.float32), -1, 0)
    red_green, yellow_blue = red - green, 0.5 * (red + green) - blue
    spread = np.hypot(red_green.std(), yellow_blue.std())
    mean = np.hypot(red_green.mean(), yellow_blue.mean())
    return float(spread + 0.3 * mean)


def _warm_cool(chroma: Floats, hue: Floats) -> float:
    warm = float((chroma * np.cos(hue - _WARMEST_HUE)).sum())
    return warm / (float(chroma.sum()) + 0.01 * chroma.size)


def _accent(shares: npt.NDArray[np.float64], strength: npt.NDArray[np.float64]) -> str | None:
    hued = np.where(shares >= 0.01, strength, 0.0)
    hued[: len(NEUTRAL)] = 0.0
    return COLOURS[int(hued.argmax())] if hued.any() else None


def _palette(pixels: Pixels) -> list[dict[str, float | str]]:
    """Colours as {"name", "hex", "share"}, largest first; shares sum to 1 but for rounding."""
    reduced = Image.fromarray(pixels).quantize(8, method=Image.Quantize.MEDIANCUT, kmeans=8)
    used = np.bincount(np.asarray(reduced).ravel(), minlength=256)
    table = np.asarray(reduced.getpalette("RGB"), np.uint8).reshape(-1, 3)
    order = [int(i) for i in np.argsort(-used, kind="stable") if used[i]]
    colours, shares = table[order], used[order] / used.sum()
    lab = oklab(colours)
    kept: list[int] = []
    total = np.zeros(len(order))
    for i in range(len(order)):
        near = [k for k in kept if np.linalg.norm(lab[i] - lab[k]) < 0.07]
        home = near[0] if near else i
        total[home] += shares[i]
        kept += [] if near else [i]
    kept = sorted(kept, key=lambda i: -total[i])[:6]
    names = name_pixels(*oklch(colours))
    return [
        {
            "name": COLOURS[int(names[i])],
            "hex": "#{:02x}{:02x}{:02x}".format(*(int(v) for v in colours[i])),
            "share": round(float(total[i]), 4),
        }
        for i in kept
    ]


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
