"""Colour arithmetic, and the palettes that drawn artwork is made in (see palettes.yaml)."""

from __future__ import annotations

import colorsys
from dataclasses import asdict, dataclass
from functools import cache
from importlib import resources
from typing import Any

import numpy as np

from index.io.yaml import read_own

Colour = tuple[int, int, int]


def rgb(code: str) -> Colour:
    """`rgb("#ff8800")` -> (255, 136, 0)."""
    return int(code[1:3], 16), int(code[3:5], 16), int(code[5:7], 16)


def mix(a: Colour, b: Colour, share: float) -> Colour:
    """`share` of b in a, from 0 (all a) to 1 (all b)."""
    red, green, blue = (round(p + (q - p) * share) for p, q in zip(a, b, strict=True))
    return red, green, blue


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

    @property
    def night(self) -> bool:
        """Whether its sky is dark."""
        return luma(self.sky) < 0.3

    def roles(self) -> dict[str, Colour]:
        """Colours by the names of their roles."""
        return asdict(self)

    def colour(self, words: str) -> Colour:
        """A colour in a scene's words: `far`, `near*.8` (darker), `far+haze*.5` (half of haze)."""
        first, _, second = words.partition("+")
        role, _, factor = first.partition("*")
        found: Colour = getattr(self, role)
        if factor:
            found = scale(found, float(factor))
        if second:
            other, _, share = second.partition("*")
            found = mix(found, getattr(self, other), float(share))
        return found


@cache
def read_data(name: str) -> Any:
    """A YAML file of this package."""
    return read_own(resources.files("assistant.drawing") / f"{name}.yaml")


def choose_palette(
    temperature: str, tone: str, rng: np.random.Generator, *, favourite: int
) -> Palette:
    """A title's own palette of a temperature (warm, cool) and tone (bright, dark).

    `favourite` keeps a title's palettes related over its artworks. All hues but those of the glow,
    the paper and the accent are turned a little.
    """
    choices = read_data("palettes")[f"{temperature} {tone}"]
    palette = Palette(*(rgb(code) for code in choices[favourite % len(choices)].split()))
    degrees = float(rng.uniform(-7, 7))
    kept = {"glow", "paper", "accent"}
    return Palette(
        **{
            name: own if name in kept else turn(own, degrees)
            for name, own in asdict(palette).items()
        }
    )
