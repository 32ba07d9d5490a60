"""Shoulders and clothes under the drawn heads."""

from __future__ import annotations

import numpy as np

from assistant.drawing.canvas import Points, smooth
from assistant.drawing.colours import Colour, Palette, luma, mix, scale
from assistant.drawing.outlines import draw_layers
from assistant.drawing.portraits import Portrait
from assistant.drawing.stencil import Patch, Stencil

_DROP = 0.82
"""Where the neck meets the collar, in head widths under the middle of the face."""

_NECKLINES = {"dress": 0.30, "tank": 0.26, "tee": 0.12, "stripes": 0.12, "dungarees": 0.12}
_ALL_OVER = {"stripes", "dungarees", "knit"}
"""Patterns that reach the sleeves and must stay inside the torso."""

_WIDTHS = {"child": 0.74, "elder": 0.98}


def _cloth(portrait: Portrait, palette: Palette) -> Colour:
    dark = mix(palette.ink, palette.near, 0.45)
    colour = (palette.near, palette.mid, palette.accent, mix(dark, palette.mid, 0.25))[
        portrait.cloth
    ]
    return mix(colour, palette.haze, 0.12) if luma(colour) < 0.1 else colour


def draw_shoulders(body: Stencil, portrait: Portrait, palette: Palette, light: int) -> None:
    """The torso down to well below the picture's edge, its folds, its collar and its rim light."""
    cloth = _cloth(portrait, palette)
    wide = _WIDTHS.get(portrait.age, 1.0 if portrait.lips else 1.12)
    torso = body.mask(_torso_outline(wide))
    area = torso.without(_neckline(body, portrait))
    body.paint(area, cloth)
    gloom = [(-light * u, v) for u, v in ((0.28, 0.8), (0.5, 1.8), (0.42, 7), (2.2, 7), (2.2, 0.8))]
    body.paint(body.mask(gloom), scale(cloth, 0.7), 0.8, within=area)
    for side in (-1, 1):
        sleeve = [(side * u * wide, v) for u, v in ((0.62, 1.44), (0.66, 1.9), (0.62, 2.6))]
        seam = body.lines(smooth(sleeve, closed=False), 0.025)
        body.paint(seam, scale(cloth, 0.5), 0.7, within=area)
    clip = torso if portrait.outfit in _ALL_OVER else None
    draw_layers(body, "garments", portrait.outfit, palette, {"cloth": cloth}, within=clip)
    shoulder = ((0.56, 0.94), (0.66, 0.99), (0.94, 1.20), (1.06, 1.62), (1.10, 3.0))
    edge = smooth([(light * u * wide, v) for u, v in shoulder], closed=False)
    body.paint(body.lines(edge, 0.075), mix(cloth, palette.glow, 0.6), 0.6, within=area)


def _torso_outline(wide: float) -> Points:
    half = smooth(
        [
            (0.17, _DROP - 0.04),
            (0.30, _DROP - 0.02),
            (0.62 * wide, _DROP + 0.14),
            (0.92 * wide, _DROP + 0.34),
            (1.06 * wide, _DROP + 0.75),
            (1.10 * wide, 2.2),
            (1.12 * wide, 6.0),
        ],
        closed=False,
        steps=6,
    )
    return np.vstack([half, half[::-1] * [-1, 1]])


def _neckline(body: Stencil, portrait: Portrait) -> Patch:
    if portrait.outfit in {"turtleneck", "spacesuit"}:
        return body.mask([(0, 0), (0.01, 0), (0, 0.01)])
    deep = _NECKLINES.get(portrait.outfit, 0.02)
    opening = [
        (-0.34, _DROP - 0.10),
        (0.34, _DROP - 0.10),
        (0.20, _DROP + deep * 0.8),
        (0, _DROP + 0.06 + deep),
        (-0.20, _DROP + deep * 0.8),
    ]
    return body.mask(smooth(opening))
