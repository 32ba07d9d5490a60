"""The colours of a comp: those that the evidence asks for, in a ramp from ink to paper."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from assistant.drawing.colours import Colour, Palette
from assistant.mockups.aims import Aim, asked_level, asked_value
from index.records import Grade

_HUES = {
    "brown": (58, 0.75), "red": (27, 1.35), "orange": (57, 1.25), "yellow": (92, 1.15),
    "green": (148, 1.0), "teal": (196, 0.95), "blue": (256, 1.15), "purple": (303, 1.15),
    "pink": (2, 1.15),
}  # fmt: skip
"""Oklab hue in degrees, and chroma against the others, of each colour name with a hue."""

_TRUST = {Grade.SUGGESTIVE: 0.5, Grade.SUPPORTED: 0.8, Grade.CONFIRMED: 1.0, Grade.TESTED: 1.0}
_CHROMA = 0.105
_TONES = {
    #          sky   haze  glow  far   mid   near  ink   paper
    "bright": (0.78, 0.90, 0.96, 0.74, 0.60, 0.42, 0.22, 0.985),
    "middle": (0.62, 0.82, 0.93, 0.62, 0.48, 0.33, 0.17, 0.975),
    "dark": (0.27, 0.50, 0.84, 0.37, 0.28, 0.19, 0.10, 0.95),
}
"""Oklab lightness of the roles of a palette."""
_BRIGHT, _DARK = 0.55, 0.42
"""Mean brightness of what worked from which a comp is bright, and up to which it is dark."""


@dataclass(frozen=True, slots=True)
class CompColours:
    """The palette of a comp.

    Attributes:
        palette: its roles.
        tone: bright, middle or dark.
        evidence: whether graded evidence on colour stands behind it; else it is grey.
        notes: what decided it, one clause each.
    """

    palette: Palette
    tone: str
    evidence: bool
    notes: tuple[str, ...]


def comp_colours(aims: tuple[Aim, ...]) -> CompColours:
    """The palette that aims ask for; grey where no evidence says which colours work."""
    wanted = _wanted(aims)
    warmth = asked_value(aims, "warm_cool")
    if not wanted and warmth is not None:
        wanted = ["orange", "brown"] if (warmth.value or 0) > 0 else ["blue", "teal"]
    tone = _tone(aims)
    strength = _CHROMA * _vividness(aims)
    if not wanted:
        return CompColours(
            _ramp(tone, [(70, 0.012)] * 3, (70, 0.012)),
            tone,
            False,
            ("no evidence on colour: grey",),
        )
    background = asked_level(aims, "background_colour")
    accent = asked_level(aims, "accent_colour")
    main = wanted[0]
    second = wanted[1] if len(wanted) > 1 else main
    ground = background if background in _HUES else second
    accent = accent if accent in _HUES else wanted[2] if len(wanted) > 2 else second
    hues = [_hue(name, strength) for name in (ground, second, main)]
    palette = _ramp(tone, hues, _hue(accent, max(0.13, strength * 1.5)))
    notes = (f"colours {', '.join(wanted[:3])}", f"ground {ground}", f"accent {accent}", tone)
    return CompColours(palette, tone, True, notes)


def _wanted(aims: tuple[Aim, ...]) -> list[str]:
    """Names of colours with a hue that did well, most first."""
    weight = dict.fromkeys(_HUES, 0.0)
    for aim in aims:
        name = aim.level or aim.feature.removesuffix("_share")
        coloured = aim.feature.endswith("_colour") or aim.feature.endswith("_share")
        if coloured and name in weight and aim.grade and aim.value is not None:
            trust = _TRUST[Grade(aim.grade)]
            gain = aim.value - (aim.baseline or 0)
            weight[name] += trust * gain * (1 if aim.level else 3)
    return [name for name in sorted(weight, key=lambda n: -weight[n]) if weight[name] > 0.02]


def _tone(aims: tuple[Aim, ...]) -> str:
    high, low = asked_value(aims, "high_key"), asked_value(aims, "low_key")
    if low is not None and low.more:
        return "dark"
    if high is not None and high.more:
        return "bright"
    brightness = asked_value(aims, "brightness")
    if brightness is None or brightness.value is None:
        return "middle"
    if brightness.value >= _BRIGHT:
        return "bright"
    return "dark" if brightness.value <= _DARK else "middle"


def _vividness(aims: tuple[Aim, ...]) -> float:
    saturation = asked_value(aims, "saturation") or asked_value(aims, "colourfulness")
    if saturation is None:
        return 1.0
    return 1.3 if saturation.more else 0.6


def _hue(name: str, strength: float) -> tuple[float, float]:
    degrees, chroma = _HUES[name]
    return degrees, strength * chroma


def _ramp(tone: str, hues: list[tuple[float, float]], accent: tuple[float, float]) -> Palette:
    sky, haze, glow, far, mid, near, ink, paper = _TONES[tone]
    ground, second, main = hues
    return Palette(
        sky=_colour(sky, ground),
        haze=_colour(haze, ground, 0.75),
        glow=_colour(glow, second, 0.45),
        far=_colour(far, second),
        mid=_colour(mid, main),
        near=_colour(near, main, 0.9),
        ink=_colour(ink, main, 0.45),
        paper=_colour(paper, second, 0.12),
        accent=_colour(0.64 if tone != "dark" else 0.68, accent, 1.15),
    )


def _colour(lightness: float, hue: tuple[float, float], share: float = 1.0) -> Colour:
    """sRGB of Oklab coordinates, the chroma lowered until the colour can be shown."""
    degrees, chroma = hue[0], hue[1] * share
    angle = np.deg2rad(degrees)
    for _ in range(40):
        linear = _linear(np.array([lightness, chroma * np.cos(angle), chroma * np.sin(angle)]))
        if linear.min() >= -1e-3 and linear.max() <= 1.001:
            break
        chroma *= 0.93
    value = np.clip(linear, 0, 1)
    coded = np.where(value <= 0.0031308, 12.92 * value, 1.055 * value ** (1 / 2.4) - 0.055)
    red, green, blue = (int(channel) for channel in np.rint(255 * coded))
    return red, green, blue


def _linear(lab: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Linear sRGB of Oklab (Ottosson 2020)."""
    cone = np.array(
        [[1, 0.3963377774, 0.2158037573], [1, -0.1055613458, -0.0638541728],
         [1, -0.0894841775, -1.2914855480]]
    )  # fmt: skip
    back = np.array(
        [[4.0767416621, -3.3077115913, 0.2309699292], [-1.2684380046, 2.6097574011, -0.3413193965],
         [-0.0041960863, -0.7034186147, 1.7076147010]]
    )  # fmt: skip
    linear: npt.NDArray[np.float64] = back @ (cone @ lab) ** 3
    return linear
