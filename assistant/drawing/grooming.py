"""Beards, wrinkles, freckles, glasses and jewellery."""

from __future__ import annotations

import numpy as np

from assistant.drawing.canvas import oval, points, smooth
from assistant.drawing.colours import Colour, Palette, mix
from assistant.drawing.portraits import Portrait
from assistant.drawing.skin import Skin
from assistant.drawing.stencil import Patch, Stencil

_CHEEKS = points(
    "-0.5,0.05 -0.44,0.22 -0.3,0.29 -0.19,0.33 0,0.335 0.19,0.33 0.3,0.29 0.44,0.22 0.5,0.05 "
    "0.56,0.7 0,0.85 -0.56,0.7"
)
_MOUTH = points("-0.2,0.43 0,0.375 0.2,0.43 0.12,0.53 0,0.545 -0.12,0.53")
_MOUSTACHE = points(
    "-0.21,0.43 -0.1,0.325 0,0.335 0.1,0.325 0.21,0.43 0.1,0.395 0,0.385 -0.1,0.395"
)
_CHIN = points("-0.15,0.55 0,0.53 0.15,0.55 0.11,0.71 0,0.76 -0.11,0.71")
_BUSH = points("-0.47,0.24 0,0.40 0.47,0.24 0.46,0.62 0.28,0.86 0,0.94 -0.28,0.86 -0.46,0.62")
_FRECKLES = points("0.14,0.13 0.2,0.17 0.26,0.13 0.3,0.19 0.22,0.225")


def draw_beard(pen: Stencil, face: Patch, portrait: Portrait, hair: Colour) -> None:
    """Stubble, a moustache, a goatee or a full beard."""
    kind = portrait.beard
    if kind in {"stubble", "full"}:
        area = pen.mask(smooth(_CHEEKS), blur=0.012).without(pen.mask(smooth(_MOUTH), blur=0.01))
        pen.paint(area, hair, 0.32 if kind == "stubble" else 0.94, within=face)
    if kind == "full":
        bush = pen.mask(smooth(_BUSH)).without(pen.mask(smooth(_MOUTH)))
        pen.paint(bush.without(pen.mask(oval(0, 0.25, 0.30, 0.16))), hair, 0.94)
    if kind == "goatee":
        pen.fill(smooth(_CHIN), hair)
    if kind in {"goatee", "full", "moustache"}:
        pen.fill(smooth(_MOUSTACHE), hair)


def draw_age(pen: Stencil, face: Patch, skin: Skin, portrait: Portrait) -> None:
    """Freckles and the lines of age."""
    if portrait.extra == "freckles":
        for side in (-1, 1):
            for u, v in _FRECKLES:
                pen.fill(oval(side * u, v, 0.012, 0.011), mix(skin.base, skin.shade, 0.75))
    if portrait.age != "elder":
        return
    for level in (-0.40, -0.33):
        crease = smooth([(-0.22, level + 0.02), (0, level), (0.22, level + 0.02)], closed=False)
        pen.paint(pen.lines(crease, 0.011), skin.shade, 0.8, within=face)
    for side in (-1, 1):
        for turn in (-0.03, 0.0, 0.03):
            crow = [(side * 0.345, -0.02 + turn * 0.6), (side * 0.405, -0.03 + turn * 1.9)]
            pen.paint(pen.lines(crow, 0.010), skin.shade, 0.9, within=face)


def draw_extras(
    pen: Stencil, face: Patch, skin: Skin, portrait: Portrait, palette: Palette
) -> None:
    """Glasses, earrings or a scar."""
    if portrait.extra in {"glasses", "round-glasses"}:
        for side in (-1, 1):
            rim = oval(side * 0.222, -0.015, 0.142, 0.125)
            if portrait.extra == "glasses":
                corners = ((0.075, -0.105), (0.375, -0.115), (0.36, 0.075), (0.10, 0.08))
                rim = np.array([(side * u, v) for u, v in corners])
            pen.stroke(np.vstack([rim, rim[:1]]), palette.ink, 0.022)
            pen.stroke([(side * 0.365, -0.06), (side * 0.5, -0.05)], palette.ink, 0.02)
        pen.stroke([(-0.078, -0.05), (0, -0.075), (0.078, -0.05)], palette.ink, 0.022)
    elif portrait.extra == "earrings":
        for side in (-1, 1):
            pen.fill(oval(side * 0.535, 0.25, 0.04, 0.06), palette.accent)
    elif portrait.extra == "scar":
        scar = pen.lines([(0.26, 0.08), (0.33, 0.30)], 0.022)
        pen.paint(scar, skin.lip, 0.8, within=face)
