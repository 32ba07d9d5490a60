"""Where the letters go: the name huge or small, the tag line, the credits."""

from __future__ import annotations

import numpy as np

from assistant.drawing.colours import Colour, Palette, luma, mix
from assistant.drawing.house_styles import HouseStyle
from assistant.drawing.lettering import Block, Style, break_lines, set_line, set_title
from assistant.drawing.surface import Surface

Rng = np.random.Generator
_FINE = Style("condensed", tracking=0.16)
_TAG = {"serif": Style("serif-italic", upper=False), "plain": Style("condensed", tracking=0.3)}
_NAMES = (
    *("Ada Okoye", "Lior Brandt", "Mei Tanaka", "Rafael Sosa", "Ingrid Moe", "Tomas Vale"),
    *("Priya Nair", "Jonah Weiss", "Samira Haddad", "Owen Clarke", "Noor Aziz", "Elena Petrova"),
    *("Kofi Mensah", "Greta Lund", "Diego Paz", "Hana Kim", "Luca Ferri", "Maya Iyer"),
)
_JUSTIFIED = {"action", "war", "noir", "documentary", "comedy", "space"}
_CLEAR = 0.33
"""Difference in luma at which letters stand out."""
_BLOCKS = {
    ("wide", "huge", "low"): (0, 0.12, 0.52, 0.80),
    ("wide", "small", "low"): (0, 0.62, 0.36, 0.82),
    ("tall", "huge", "high"): (0, 0.07, 1, 0.40),
    ("tall", "huge", "low"): (0, 0.60, 1, 0.90),
    ("tall", "small", "high"): (0.24, 0.09, 0.76, 0.155),
    ("tall", "small", "low"): (0.24, 0.80, 0.76, 0.875),
}
"""Shares of the surface that a title may fill; 0 and 1 across stand for the margins."""


def _readable(colours: list[Colour], ground: Colour) -> Colour:
    """The first colour that stands out from a ground, else the one that does so most."""
    for colour in colours:
        if abs(luma(colour) - luma(ground)) > _CLEAR:
            return colour
    return max(colours, key=lambda colour: abs(luma(colour) - luma(ground)))


def _scrim(surface: Surface, colour: Colour, block: Block, strength: float) -> None:
    """A soft ground under letters that sit on a busy picture, open towards the nearer edge."""
    top, bottom = block.top / surface.height, block.bottom / surface.height
    if top + bottom > 1:
        surface.fade(colour, [(max(0.0, top - 0.16), 0), (top + 0.02, strength), (1, strength)])
    else:
        surface.fade(colour, [(0, strength), (bottom, strength), (min(1.0, bottom + 0.14), 0)])


def set_name(
    surface: Surface,
    palette: Palette,
    look: HouseStyle,
    name: str,
    tagline: str,
    rng: Rng,
    *,
    huge: bool,
    busts: bool,
) -> None:
    """The title and its tag line; with busts in the picture they stand below."""
    w, h = surface.width, surface.height
    wide, margin = w > h, max(look.border + 10, w * 0.06)
    style = look.letters[int(rng.integers(len(look.letters)))]
    high = bool(rng.random() < 0.5) and not busts and not wide
    size = "huge" if huge else "small"
    left, top, right, bottom = _BLOCKS["wide" if wide else "tall", size, "high" if high else "low"]
    block = Block(max(margin, left * w), top * h, min(w - margin, right * w), bottom * h)
    align = "left" if wide or look.name == "documentary" else "centre"
    if align == "left" and not huge and not wide:
        block = Block(margin, block.top, margin + w * 0.5, block.bottom)
    ground = surface.average(block.left, block.top, block.right, block.bottom)
    if not wide or busts:
        shade = palette.ink if luma(ground) < 0.5 else palette.haze
        _scrim(surface, shade, block, 0.75 if busts else 0.4)
        ground = surface.average(block.left, block.top, block.right, block.bottom)
    wanted = [palette.colour(role) for role in look.colours]
    colours = [colour for colour in wanted if abs(luma(colour) - luma(ground)) > _CLEAR]
    colours = colours or [_readable([palette.paper, palette.ink, palette.near], ground)]
    shade = palette.ink if luma(colours[0]) > 0.5 else palette.paper
    covered = set_title(
        surface,
        break_lines(name, most=(4 if wide else 3) if huge else 2),
        style,
        block,
        colours,
        align=align,
        anchor="top" if high else "bottom",
        justify=huge and look.name in _JUSTIFIED,
        leading=0.16 if huge else 0.25,
        stretch=1.5 if huge and style.face == "condensed" else 1.15,
        shadow=(shade, 3.0 if huge else 1.2) if look.shadow else None,
    )
    set_line(
        surface,
        tagline,
        _TAG["serif" if style.face.startswith(("serif", "hand")) else "plain"],
        x=covered.left if align == "left" else w / 2,
        y=covered.bottom + h * 0.016 if high else covered.top - h * 0.034,
        height=h * (0.03 if wide else 0.019),
        colour=_readable([palette.paper, palette.ink], ground),
        align=align,
        widest=w * (0.42 if wide else 0.84),
    )


def set_credits(surface: Surface, palette: Palette, look: HouseStyle, rng: Rng) -> None:
    """Two lines of invented names, fine print as on any poster."""
    w, h = surface.width, surface.height
    wide = w > h
    names = [_NAMES[place] for place in rng.choice(len(_NAMES), 6, replace=False)]
    lines = "   ".join(names[:4]), f"Written by {names[4]}   Directed by {names[5]}"
    bottom = h - max(look.border + 6, h * 0.022)
    ground = surface.average(0, bottom - h * 0.05, w, bottom)
    colour = mix(_readable([palette.paper, palette.ink], ground), ground, 0.25)
    height = h * (0.02 if wide else 0.0125)
    left = max(look.border + 10, w * 0.06)
    for row, line in enumerate(lines):
        set_line(
            surface,
            line,
            _FINE,
            x=left if wide else w / 2,
            y=bottom - height * (3.4 - 1.9 * row),
            height=height,
            colour=colour,
            align="left" if wide else "centre",
            widest=w * (0.42 if wide else 0.86),
        )
