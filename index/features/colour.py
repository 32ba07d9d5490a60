"""Colour and light of a picture."""

from __future__ import annotations

import json

import numpy as np
import numpy.typing as npt
from PIL import Image

from index.features.analysis import TextBlock, shrink
from index.features.colour_space import COLOURS, NEUTRAL, Floats, name_pixels, oklab, oklch
from index.features.feature import DRAWN, Feature, Value
from index.features.text_detector import text_mask
from index.records import Pixels

_WORKING_SIDE = 160
_PALETTE_SIDE = 64
_CLUSTERS = 8
_WARMEST_HUE = np.deg2rad(60.0)
"""Orange; the coolest hue lies opposite, at 240°, between cyan and blue."""
_COLOURLESS = 0.012
"""Mean chroma below which a picture passes for black and white."""
_HUE_BINS = 12

FEATURES = (
    Feature("brightness", "share of white", 0, 1, "share", "colour",
        "How light the picture is as a whole.", "Mean Oklab lightness.", "colour",
        checked=f"{DRAWN} black, white and half of each within 0.01."),
    Feature("contrast", "standard deviation", 0, 0.5, "number", "colour",
        "How far light and dark parts lie apart.",
        "Standard deviation of Oklab lightness (RMS contrast, Peli 1990).", "colour",
        checked=f"{DRAWN} half black, half white is 0.5 within 0.01."),
    Feature("saturation", "share of the purest", 0, 1, "share", "colour",
        "How pure and vivid the colours are, grey being 0.",
        "Summed (max − min) of the sRGB channels over their summed max.", "colour",
        checked=f"{DRAWN} grey is 0, pure red 1."),
    Feature("colourfulness", "Hasler–Süsstrunk M", 0, 250, "number", "colour",
        "How colourful people would call it: 0 none, 15 slight, 45 quite, 82 and over very.",
        "Hasler & Süsstrunk 2003, Measuring colourfulness in natural images.", "colour",
        checked=f"{DRAWN} the formula of the paper on random pictures, to 1 in 10,000."),
    Feature("warm_cool", "−1 cool … 1 warm", -1, 1, "number", "colour",
        "Whether warm colours (red to yellow) or cool ones (green to blue) rule.",
        "Chroma-weighted mean cosine of Oklab hue to orange (60°), drawn to 0 where the picture "
        "has next to no colour.", "colour",
        checked=f"{DRAWN} orange over 0.85, blue under −0.85, grey near 0."),
    Feature("hue_variety", "equally strong hues", 0, _HUE_BINS, "number", "colour",
        "How many different hues share the picture; 0 without colour.",
        "Exponential of the entropy of the chroma-weighted hue histogram of twelve bins.",
        "colour",
        checked=f"{DRAWN} two equal stripes of colour are 2 within 0.1, grey is 0."),
    Feature("high_key", "0 or 1", 0, 1, "flag", "colour",
        "Almost everything is light.",
        "At least 60 % of the pixels have Oklab lightness over 0.75, at most 15 % under 0.35.",
        "colour",
        checked=f"{DRAWN} a white picture."),
    Feature("low_key", "0 or 1", 0, 1, "flag", "colour",
        "Almost everything is dark.",
        "At least 60 % of the pixels have Oklab lightness under 0.35, at most 15 % over 0.75.",
        "colour",
        checked=f"{DRAWN} a black picture."),
    Feature("monochrome", "0 or 1", 0, 1, "flag", "colour",
        "Black and white, or shades of a single hue.",
        "Mean Oklab chroma under 0.012, or 90 % of all chroma within 50° of hue.", "colour",
        checked=f"{DRAWN} grey, and one hue in many shades, against a photograph in colour."),
    Feature("dominant_colour", "colour name", None, None, "category", "colour",
        "The colour that covers most of the picture.",
        "Pixels named by Oklab lightness, chroma and hue; the most frequent name.", "colour",
        COLOURS,
        checked=f"{DRAWN} 29 colours of the CSS list get the names that people give them."),
    Feature("background_colour", "colour name", None, None, "category", "colour",
        "The colour of the ground that the picture stands on.",
        "Most frequent name along the top and side edges, lettering left out.", "colour",
        COLOURS,
        checked=f"{DRAWN} plain grounds, with lettering left out."),
    Feature("accent_colour", "colour name", None, None, "category", "colour",
        "The strongest colour beside black, grey and white; missing without colour.",
        "The hued name with the largest sum of chroma, if it has 1 % of the picture.", "colour",
        COLOURS[3:],
        checked=f"{DRAWN} stripes of known colour; missing on grey."),
    *(
        Feature(f"{name}_share", "share of the picture", 0, 1, "share", "colour",
            f"How much of the picture is {name}.",
            "Share of the pixels of this name by Oklab lightness, chroma and hue.", "colour",
            checked=f"{DRAWN} stripes of known colour within 0.01.")
        for name in COLOURS
    ),
    Feature("palette", "colours with shares", None, None, "structure", "colour",
        "The up to six colours the picture is made of, with their shares.",
        "Maximum coverage refined by k-means, colours that look alike merged.", "colour",
        checked=f"{DRAWN} plain colours and stripes with their shares."),
)  # fmt: skip


def _tones(pixels: Pixels, lightness: Floats, chroma: Floats, hue: Floats) -> dict[str, float]:
    return {
        "brightness": float(np.clip(lightness.mean(), 0, 1)),
        "contrast": float(lightness.std()),
        "saturation": _saturation(pixels),
        "warm_cool": _warm_cool(chroma, hue),
    }


def measure_colour(pixels: Pixels, text: tuple[TextBlock, ...] = ()) -> dict[str, Value]:
    """Colour features by name of a uint8 H × W × 3 sRGB picture with lettering at `text`."""
    small = shrink(pixels, _WORKING_SIDE)
    lightness, chroma, hue = oklch(small)
    names = name_pixels(lightness, chroma, hue)
    shares = np.bincount(names.ravel(), minlength=len(COLOURS)) / names.size
    strength = np.bincount(names.ravel(), chroma.ravel(), len(COLOURS)).astype(np.float64)
    light, dark = float((lightness > 0.75).mean()), float((lightness < 0.35).mean())
    wheel = _hue_wheel(chroma, hue)
    return {
        **_tones(small, lightness, chroma, hue),
        "colourfulness": _colourfulness(small),
        "hue_variety": _hue_variety(chroma, wheel),
        "high_key": float(light >= 0.6 and dark <= 0.15),
        "low_key": float(dark >= 0.6 and light <= 0.15),
        "monochrome": float(_is_monochrome(chroma, wheel)),
        "dominant_colour": COLOURS[int(shares.argmax())],
        "background_colour": COLOURS[_background(names, text)],
        "accent_colour": _accent(shares, strength),
        **{f"{name}_share": float(share) for name, share in zip(COLOURS, shares, strict=True)},
        "palette": json.dumps(_palette(shrink(small, _PALETTE_SIDE))),
    }


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


def _hue_wheel(chroma: Floats, hue: Floats) -> npt.NDArray[np.float64]:
    """Chroma in each ten degrees of hue, of pixels that have a hue at all."""
    tens = np.floor(np.rad2deg(hue) / 10).astype(int) % 36
    seen = np.where(chroma > _COLOURLESS, chroma, 0)
    return np.bincount(tens.ravel(), seen.ravel(), 36).astype(np.float64)


def _hue_variety(chroma: Floats, wheel: npt.NDArray[np.float64]) -> float:
    bins = wheel.reshape(_HUE_BINS, -1).sum(axis=1)
    if chroma.mean() < _COLOURLESS or not bins.any():
        return 0.0
    shares = bins[bins > 0] / bins.sum()
    return float(np.exp(-(shares * np.log(shares)).sum()))


def _is_monochrome(chroma: Floats, wheel: npt.NDArray[np.float64]) -> bool:
    if chroma.mean() < _COLOURLESS or not wheel.any():
        return True
    windows = sum(np.roll(wheel, shift) for shift in range(5))
    return bool(np.max(windows) >= 0.9 * wheel.sum())


def _background(names: npt.NDArray[np.intp], text: tuple[TextBlock, ...]) -> int:
    height, width = names.shape
    rim = np.zeros(names.shape, bool)
    side, top = max(1, width // 12), max(1, height // 12)
    rim[:top] = rim[:, :side] = rim[:, width - side :] = True
    free = rim & ~text_mask(text, width, height)
    return int(np.bincount(names[free if free.any() else rim]).argmax())


def _accent(shares: npt.NDArray[np.float64], strength: npt.NDArray[np.float64]) -> str | None:
    hued = np.where(shares >= 0.01, strength, 0.0)
    hued[: len(NEUTRAL)] = 0.0
    return COLOURS[int(hued.argmax())] if hued.any() else None


def _palette(pixels: Pixels) -> list[dict[str, float | str]]:
    """Colours as {"name", "hex", "share"}, largest first."""
    import cv2

    if pixels.shape[:2] == (1, 1):  # a single row of data is several points to OpenCV
        pixels = np.repeat(pixels, 2, axis=0)
    cut = Image.fromarray(pixels).quantize(_CLUSTERS, method=Image.Quantize.MAXCOVERAGE)
    values = pixels.reshape(-1, 3).astype(np.float32)
    start = np.asarray(cut, np.int32).reshape(-1, 1)
    stop = (cv2.TERM_CRITERIA_COUNT | cv2.TERM_CRITERIA_EPS, 20, 0.5)
    flags = cv2.KMEANS_USE_INITIAL_LABELS
    clusters = min(_CLUSTERS, int(start.max()) + 1)
    _, labels, means = cv2.kmeans(values, clusters, start, stop, 1, flags)
    used = np.bincount(labels.ravel(), minlength=clusters)
    table = np.rint(means).astype(np.uint8)
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
