"""Hair, hats and hoods of the drawn heads."""

from __future__ import annotations

import numpy as np

from assistant.drawing.canvas import oval, smooth
from assistant.drawing.colours import Colour, Palette, mix, scale
from assistant.drawing.outlines import draw_layers, load_outlines
from assistant.drawing.portraits import Portrait
from assistant.drawing.stencil import Stencil

_CURLS = {"afro": (0.66, 0.17), "curls": (0.0, 0.135)}
"""Radius of the cloud behind the head, and of a curl."""

_COVERING = {"helmet", "hood", "space", "scarf"}


def draw_back_hair(
    pen: Stencil, body: Stencil, portrait: Portrait, palette: Palette, hair: Colour
) -> None:
    """What lies behind the head and the neck."""
    if portrait.hat in {"hood", "space", "scarf"}:
        return
    if portrait.hair in _CURLS:
        cloud, curl = _CURLS[portrait.hair]
        dark = scale(hair, 0.72)
        if cloud:
            pen.fill(oval(0, -0.34, cloud, cloud * 0.97), dark)
        reach = cloud - 0.16 if cloud else 0.46
        for angle in np.linspace(0.80 * np.pi, 2.20 * np.pi, 17):
            pen.fill(
                oval(reach * np.cos(angle), -0.32 + reach * np.sin(angle), curl * 1.5, curl * 1.5),
                dark,
            )
        return
    frame = pen if portrait.hair in {"bun", "topknot", "ponytail", "windblown"} else body
    draw_layers(frame, "hair_back", portrait.hair, palette, {"hair": hair})


def draw_front_hair(pen: Stencil, portrait: Portrait, hair: Colour, light: int) -> None:
    """Fringe, hairline and temples, with one highlight."""
    if portrait.hair == "bald" or portrait.hat in _COVERING:
        return
    if portrait.hair in _CURLS:
        size = _CURLS[portrait.hair][1]
        for angle in np.linspace(0.98 * np.pi, 2.02 * np.pi, 12):
            pen.fill(oval(0.45 * np.cos(angle), -0.28 + 0.38 * np.sin(angle), size, size), hair)
        for x in (-0.3, -0.1, 0.1, 0.3):
            pen.fill(oval(x, -0.66, size, size * 0.85), hair)
        pen.fill(oval(light * 0.20, -0.70, size * 0.8, size * 0.5), scale(hair, 1.35))
        return
    area = pen.mask(load_outlines()["hair_front"][portrait.hair][0].outlines[0])
    pen.paint(area, hair)
    shine = smooth([(light * u, v) for u, v in _SHINE], steps=6)
    pen.paint(
        pen.mask(shine, blur=0.02), mix(scale(hair, 1.45), (255, 255, 255), 0.04), 0.6, within=area
    )
    gloom = smooth([(-light * u, v) for u, v in _GLOOM])
    pen.paint(pen.mask(gloom), scale(hair, 0.68), 0.8, within=area)


_SHINE = ((-0.1, -0.74), (0.12, -0.80), (0.34, -0.72), (0.48, -0.46), (0.38, -0.58), (0.14, -0.71))
_GLOOM = ((0.7, -1.1), (0.25, -1.0), (0.36, -0.55), (0.44, 0.0), (0.7, 0.6))


def draw_hat(pen: Stencil, portrait: Portrait, palette: Palette, light: int) -> None:
    """The hat, if any, over the hair."""
    if portrait.hat in {"hood", "scarf"}:
        _draw_hood(pen, portrait.hat, palette, light)
    elif portrait.hat == "space":
        _draw_visor(pen, palette, light)
    elif portrait.hat:
        draw_layers(pen, "hats", portrait.hat, palette, {})


def _draw_hood(pen: Stencil, kind: str, palette: Palette, light: int) -> None:
    layers = load_outlines()[kind]
    shell, opening, lining = (
        pen.mask(layers[part][0].outlines[0]) for part in ("shell", "opening", "lining")
    )
    cloth = palette.near if kind == "hood" else palette.accent
    area = shell.without(opening)
    pen.paint(area, cloth)
    pen.paint(lining, scale(cloth, 0.55), within=area)
    fold = smooth([(-light * u, v) for u, v in _FOLD])
    pen.paint(pen.mask(fold), scale(cloth, 0.66), 0.85, within=area)


_FOLD = ((0.7, -0.9), (0.2, -0.9), (0.45, -0.2), (0.4, 0.5), (0.1, 1.2), (0.8, 1.2))


def _draw_visor(pen: Stencil, palette: Palette, light: int) -> None:
    shell = pen.mask(oval(0, -0.02, 0.86, 0.92))
    area = shell.without(pen.mask(oval(0, 0.0, 0.70, 0.76)))
    pen.paint(area, palette.paper)
    shade = smooth([(-light * u, v) for u, v in _VISOR_SHADE])
    pen.paint(pen.mask(shade), mix(palette.paper, palette.mid, 0.5), within=area)
    glint = smooth(
        [(light * 0.60, -0.35), (light * 0.665, 0.05), (light * 0.56, 0.4)], closed=False
    )
    pen.paint(pen.lines(glint, 0.05), palette.glow, 0.8)


_VISOR_SHADE = ((0.95, -0.5), (0.74, -0.2), (0.72, 0.3), (0.5, 0.75), (0.95, 0.6))
