"""Skin under the light of a picture."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.drawing.colours import Colour, Palette, luma, mix, scale
from assistant.drawing.portraits import SKINS, Portrait


@dataclass(frozen=True, slots=True)
class Skin:
    """The tones a face is painted in."""

    base: Colour
    shade: Colour
    light: Colour
    lip: Colour
    line: Colour


def lit_skin(portrait: Portrait, palette: Palette, *, drama: float) -> Skin:
    """The portrait's skin, tinted by the palette's light; `drama` deepens the shadows."""
    base, shade, light, lip = SKINS[portrait.skin]
    night = 1.0 if luma(palette.sky) < 0.3 else 0.0
    return Skin(
        base=mix(base, palette.glow, 0.05 + 0.05 * night),
        shade=mix(shade, palette.mid if night else palette.near, 0.10 + 0.22 * drama),
        light=mix(light, palette.glow, 0.25),
        lip=lip if portrait.lips else mix(lip, base, 0.45),
        line=mix(scale(shade, 0.42), palette.ink, 0.35),
    )
