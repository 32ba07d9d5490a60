"""The colours of a comp: those that its aims ask for, in a ramp from ink to paper."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from assistant.drawing.colours import Colour, Palette
from assistant.mockups.aims import Aim, asked_level, leaning, turned
from assistant.mockups.grading import from_oklab
from assistant.mockups.regrade import TURNED

_HUES = {
    "brown": (58, 0.75), "red": (27, 1.35), "orange": (62, 1.25), "yellow": (92, 1.15),
    "green": (148, 1.0), "teal": (196, 0.95), "blue": (256, 1.15), "purple": (303, 1.15),
    "pink": (2, 1.15),
}  # fmt: skip
"""Oklab hue in degrees, and chroma against the others, of each colour name with a hue."""
_NAMED = {
    "brown": 0.45, "red": 0.56, "orange": 0.72, "yellow": 0.86, "green": 0.60, "teal": 0.62,
    "blue": 0.52, "purple": 0.50, "pink": 0.76,
}  # fmt: skip
"""Oklab lightness at which each is called by its name."""
_BY_TEMPERATURE = {1: ("orange", "brown"), -1: ("blue", "teal")}
_LIGHT_AND_WARM = ("yellow", "orange")
_VIVID = ("orange", "blue")
"""Stand-ins where colour is asked to be vivid and nothing says which."""
_CHROMA = {-1: 0.055, 0: 0.10, 1: 0.135}
_STEPS = 1.0
"""How far from the index's middle a comp is brought at least, to the side that is asked for."""
_TONES = {
    #          sky   haze  glow  far   mid   near  ink   paper
    1: (0.80, 0.91, 0.97, 0.76, 0.64, 0.48, 0.26, 0.985),
    0: (0.60, 0.78, 0.92, 0.60, 0.47, 0.33, 0.17, 0.975),
    -1: (0.22, 0.36, 0.74, 0.30, 0.24, 0.17, 0.09, 0.95),
}
"""Oklab lightness of the roles of a palette."""


@dataclass(frozen=True, slots=True)
class CompColours:
    """The palette of a comp.

    Attributes:
        palette: its roles.
        fields: flat colours that must be seen, most wanted first; empty in a grey comp.
        evidence: whether something asks for colours; else it is grey.
        targets: lever -> where the finished comp must stand at least, in steps with their sign.
        notes: what decided it, one clause each.
    """

    palette: Palette
    fields: tuple[Colour, ...]
    evidence: bool
    targets: dict[str, float]
    notes: tuple[str, ...]


def comp_colours(aims: tuple[Aim, ...]) -> CompColours:
    """The palette that aims ask for; grey where nothing says which colours work."""
    wanted = wanted_hues(aims)
    temperature = leaning(aims, "temperature")
    leading = asked_level(aims, "dominant_colour")
    tone = leaning(aims, "light") or {"black": -1, "white": 1}.get(leading, 0)
    strength = leaning(aims, "colour_strength")
    usual = _LIGHT_AND_WARM if min(tone, temperature) > 0 else _BY_TEMPERATURE.get(temperature, ())
    usual = usual or (_VIVID if strength > 0 else ())
    wanted = wanted or list(usual)
    asked = [aim for name in TURNED if (aim := turned(aims, name)) and aim.sign]
    targets = {aim.lever: aim.sign * _STEPS for aim in asked}
    said = tuple(aim.pole for aim in asked)
    if not wanted:
        grey = [(70.0, 0.010)] * 3
        targets.pop("colour_strength", None)
        return CompColours(
            _ramp(tone, grey), (), False, targets, ("no colour asked for: grey", *said)
        )
    main, second, accent = (wanted * 3)[0], (wanted * 3)[1 % len(wanted)], wanted[-1]
    chroma = _CHROMA[strength]
    hues = [(float(_HUES[name][0]), chroma * _HUES[name][1]) for name in (main, second, accent)]
    full = 1.4 * chroma
    fields = tuple(
        _colour(_NAMED[name], (_HUES[name][0], full * _HUES[name][1])) for name in wanted
    )
    named = f"colours {', '.join(wanted)}"
    if usual == _VIVID:
        named = f"vivid colours; which ones is left open, here {' and '.join(wanted)}"
    palette = _ramp(tone, hues)
    if leading in _HUES:
        palette = replace(palette, sky=fields[0], haze=fields[0], far=fields[0])
    return CompColours(palette, fields, True, targets, (named, *said))


def wanted_hues(aims: tuple[Aim, ...]) -> list[str]:
    """Names of at most three colours with a hue that are asked for, best graded first."""
    found = [aim.level for aim in aims if aim.more and aim.level in _HUES]
    return list(dict.fromkeys(found))[:3]


def _ramp(tone: int, hues: list[tuple[float, float]]) -> Palette:
    sky, haze, glow, far, mid, near, ink, paper = _TONES[tone]
    main, second, accent = hues
    return Palette(
        sky=_colour(sky, main),
        haze=_colour(haze, main, 0.7),
        glow=_colour(glow, second, 0.4),
        far=_colour(far, second),
        mid=_colour(mid, main),
        near=_colour(near, main, 0.9),
        ink=_colour(ink, main, 0.45),
        paper=_colour(paper, second, 0.1),
        accent=_colour(0.66, accent, 1.5),
    )


def _colour(lightness: float, hue: tuple[float, float], share: float = 1.0) -> Colour:
    """sRGB of an Oklab lightness and hue, the chroma no more than such a light can have."""
    angle, room = np.deg2rad(hue[0]), 1 - abs(2 * lightness - 1) ** 3
    chroma = hue[1] * share * room
    lab = np.array([lightness, chroma * np.cos(angle), chroma * np.sin(angle)], np.float32)
    red, green, blue = from_oklab(lab).tolist()
    return red, green, blue
