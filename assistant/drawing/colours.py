"""Colour arithmetic and the palettes that the demo artwork is drawn in."""

from __future__ import annotations

import colorsys
from dataclasses import dataclass, replace

import numpy as np

Colour = tuple[int, int, int]


def rgb(code: str) -> Colour:
    """`rgb("#ff8800")` -> (255, 136, 0)."""
    return int(code[1:3], 16), int(code[3:5], 16), int(code[5:7], 16)


def mix(a: Colour, b: Colour, share: float) -> Colour:
    """`share` of b in a, from 0 (all a) to 1 (all b)."""
    return (
        round(a[0] + (b[0] - a[0]) * share),
        round(a[1] + (b[1] - a[1]) * share),
        round(a[2] + (b[2] - a[2]) * share),
    )


def scale(colour: Colour, factor: float) -> Colour:
    """Lighter (factor > 1) or darker, per channel, clipped."""
    red, green, blue = (min(255, max(0, round(channel * factor))) for channel in colour)
    return red, green, blue


def luma(colour: Colour) -> float:
    """Perceived lightness from 0 to 1 (Rec. 709 weights on sRGB values)."""
    return (0.2126 * colour[0] + 0.7152 * colour[1] + 0.0722 * colour[2]) / 255


def turn(colour: Colour, degrees: float) -> Colour:
    """The colour with its hue turned."""
    hue, light, chroma = colorsys.rgb_to_hls(*(channel / 255 for channel in colour))
    red, green, blue = colorsys.hls_to_rgb((hue + degrees / 360) % 1, light, chroma)
    return round(red * 255), round(green * 255), round(blue * 255)


@dataclass(frozen=True, slots=True)
class Palette:
    """Nine named roles: every scene, figure and letter takes its colour from one of them."""

    sky: Colour
    haze: Colour
    glow: Colour
    far: Colour
    mid: Colour
    near: Colour
    ink: Colour
    paper: Colour
    accent: Colour

    def turned(self, degrees: float) -> Palette:
        """A sister palette: all hues but the paper's and the accent's turned a little."""
        return replace(
            self,
            sky=turn(self.sky, degrees),
            haze=turn(self.haze, degrees),
            far=turn(self.far, degrees),
            mid=turn(self.mid, degrees),
            near=turn(self.near, degrees),
            ink=turn(self.ink, degrees),
        )


def _palette(codes: str) -> Palette:
    return Palette(*(rgb(code) for code in codes.split()))


# sky, haze, glow, far, mid, near, ink, paper, accent
_PALETTES: dict[tuple[str, str], tuple[str, ...]] = {
    ("warm", "bright"): (
        "#f49a6a #ffe0ac #fff4d8 #f3b57c #e27a58 #b3473a #481a24 #fff8ea #d7263d",
        "#f4b3a6 #fde6d0 #fffaf0 #eda398 #d66f68 #a63c4a #4a1430 #fff7ef #f2a541",
        "#f2c14e #fbe7a2 #fffbe6 #eaa645 #d97828 #9a3b17 #3c190f #fff9e6 #c8102e",
        "#ff875c #ffd19c #fff0cc #ff6c57 #dd4459 #9b2858 #44103d #fff6e8 #ffc145",
        "#e9b48a #f8e4cb #fffdf6 #d99670 #bf6b4c #84402f #3a1c1a #fffaf2 #2a9d8f",
        "#f7b733 #ffe9b0 #ffffff #f59a3c #ea5f3c #b02e3f #3f1130 #fffaf0 #1f7a8c",
    ),
    ("warm", "dark"): (
        "#1b0908 #7c2013 #ff7d30 #5b1811 #39110d #200908 #0d0404 #ffe3c4 #ff4d20",
        "#1f1009 #8b4c1b #f4b24c #5c3113 #3b200f #231309 #0f0805 #fbe7c6 #e2711d",
        "#18040b #7e1229 #f45e56 #5a0f20 #360a16 #1e060d #0c0306 #ffe6dc #ff9f1c",
        "#210a1c #8c2f39 #ffb35c #5e1d30 #3b1226 #230a18 #10050b #ffecd1 #ffd166",
        "#150d08 #6b4a2b #ffd891 #4b3320 #302116 #1c130d #0b0704 #f6ead6 #d62828",
    ),
    ("cool", "bright"): (
        "#63bce4 #d6f0f7 #ffffff #97d0df #4a9fb6 #1f657d #0d2d42 #f7fdff #ff5a5f",
        "#84d0bb #e2f5e9 #ffffff #9cd6c0 #52a58e #23695c #0d332f #f6fffa #ff7f50",
        "#9fabed #e5e8fd #ffffff #b2b7ee #7278c9 #40429a #1c1b52 #fafaff #f25f8a",
        "#8fb8d9 #e3eef6 #ffffff #a9c4dc #6590b5 #345f88 #14304f #fbfdff #f4a300",
        "#4cc9c0 #c8f4ee #fffff4 #74d6cd #2a9aa3 #17607b #0b2a47 #f5fffd #ffd23f",
        "#8cc4ff #dcefff #ffffff #7fb0f2 #4d7fd6 #2a4aa0 #121f57 #fafcff #ff6b35",
    ),
    ("cool", "dark"): (
        "#050b1f #18406c #bcdcf4 #163154 #0e2141 #08142b #040914 #ebf5ff #3ab8ff",
        "#04141a #125463 #a8eee4 #103e4a #0a2a34 #061b22 #030c10 #e6fffb #21d6c0",
        "#0c0824 #3c2a7a #cdbcff #2c2060 #1c1542 #110c2a #080514 #f2edff #b86bff",
        "#08120f #27594a #c8f2d0 #1c4238 #122c26 #0b1c18 #050d0b #ecfff1 #8bd450",
        "#0a0e14 #34495e #dfeaf2 #2a3a4b #1b2733 #111922 #080c11 #f3f8fb #e63946",
    ),
}


def choose_palette(
    temperature: str, tone: str, rng: np.random.Generator, *, favourite: int
) -> Palette:
    """A title's own palette of a temperature (warm, cool) and tone (bright, dark).

    `favourite` keeps a title's palettes related over its artworks; the hue is turned a little.
    """
    choices = _PALETTES[temperature, tone]
    return _palette(choices[favourite % len(choices)]).turned(float(rng.uniform(-7, 7)))
