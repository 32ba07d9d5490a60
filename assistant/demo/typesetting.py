"""Where the letters go: the name huge or small, the tag line, the credits."""

from __future__ import annotations

import numpy as np

from assistant.drawing.canvas import Canvas
from assistant.drawing.colours import Colour, Palette, luma, mix
from assistant.drawing.house_styles import Look
from assistant.drawing.lettering import Block, Style, break_lines, set_line, set_title
from assistant.drawing.prints import average_colour

Rng = np.random.Generator
_FINE = Style("condensed", tracking=0.16)
_TAG = {"serif": Style("serif-italic", upper=False), "plain": Style("condensed", tracking=0.3)}
_NAMES = (
    "Ada Okoye",
    "Lior Brandt",
    "Mei Tanaka",
    "Rafael Sosa",
    "Ingrid Moe",
    "Tomas Vale",
    "Priya Nair",
    "Jonah Weiss",
    "Samira Haddad",
    "Owen Clarke",
    "Noor Aziz",
    "Elena Petrova",
    "Kofi Mensah",
    "Greta Lund",
    "Diego Paz",
    "Hana Kim",
    "Luca Ferri",
    "Maya Iyer",
)


def _readable(colours: list[Colour], ground: Colour) -> list[Colour]:
    """The colours that stand out from a ground, best first; never none."""
    ranked = sorted(colours, key=lambda colour: -abs(luma(colour) - luma(ground)))
    clear = [colour for colour in ranked if abs(luma(colour) - luma(ground)) > 0.33]
    return clear or ranked[:1]


def _scrim(canvas: Canvas, colour: Colour, block: Block, strength: float) -> None:
    """A soft ground under letters that sit on a busy picture, open towards the nearer edge."""
    h = canvas.height
    top, bottom = block.top / h, block.bottom / h
    if (top + bottom) / 2 > 0.5:
        canvas.fade(colour, [(max(0.0, top - 0.16), 0), (top + 0.02, strength), (1, strength)])
    else:
        canvas.fade(colour, [(0, strength), (bottom, strength), (min(1.0, bottom + 0.14), 0)])


def set_name(
    canvas: Canvas,
    palette: Palette,
    look: Look,
    name: str,
    tagline: str,
    huge: bool,
    people: str,
    rng: Rng,
) -> Block:
    """The title and its tag line; returns where the title is."""
    w, h = canvas.width, canvas.height
    wide = w > h
    margin = max(look.border + 10, w * 0.06)
    style = look.letters[int(rng.integers(len(look.letters)))]
    high = bool(rng.random() < 0.5) and people in {"none", "long"} and not wide
    if wide:
        block = (
            Block(margin, h * 0.12, w * 0.52, h * 0.80)
            if huge
            else Block(margin, h * 0.62, w * 0.36, h * 0.82)
        )
    elif huge:
        block = (
            Block(margin, h * 0.07, w - margin, h * 0.40)
            if high
            else Block(margin, h * 0.60, w - margin, h * 0.90)
        )
    else:
        block = (
            Block(w * 0.24, h * 0.09, w * 0.76, h * 0.155)
            if high
            else Block(w * 0.24, h * 0.80, w * 0.76, h * 0.875)
        )
    align = "left" if wide or look.wardrobe == "documentary" else "centre"
    if align == "left" and not huge and not wide:
        block = Block(margin, block.top, margin + w * 0.5, block.bottom)
    ground = average_colour(canvas, block.left, block.top, block.right, block.bottom)
    dark = luma(ground) < 0.5
    if not wide or people not in {"none", "long"}:
        _scrim(
            canvas,
            palette.ink if dark else palette.haze,
            block,
            0.75 if people not in {"none", "long"} else 0.4,
        )
        ground = average_colour(canvas, block.left, block.top, block.right, block.bottom)
    roles = {"paper": palette.paper, "accent": palette.accent, "glow": palette.glow}
    wanted = [roles[role] for role in look.colours]
    colours = [colour for colour in wanted if abs(luma(colour) - luma(ground)) > 0.33]
    if not colours:
        colours = _readable([palette.paper, palette.ink, palette.near], ground)[:1]
    shade = palette.ink if luma(colours[0]) > 0.5 else palette.paper
    lines = break_lines(name, most=(4 if wide else 3) if huge else 2)
    covered = set_title(
        canvas,
        lines,
        style,
        block,
        colours,
        align=align,
        anchor="top" if high else "bottom",
        justify=huge
        and look.wardrobe in {"action", "war", "noir", "documentary", "comedy", "space"},
        leading=0.16 if huge else 0.25,
        stretch=1.5 if huge and style.face == "condensed" else 1.15,
        shadow=(shade, 3.0 if huge else 1.2) if look.shadow else None,
    )
    tag = _TAG["serif" if style.face.startswith(("serif", "hand")) else "plain"]
    tone = _readable([palette.paper, palette.ink], ground)[0]
    x = covered.left if align == "left" else w / 2
    y = covered.bottom + h * 0.016 if high else covered.top - h * 0.034
    set_line(
        canvas,
        tagline,
        tag,
        x=x,
        y=y,
        height=h * (0.019 if not wide else 0.03),
        colour=tone,
        align=align,
        widest=w * 0.84 if not wide else w * 0.42,
    )
    return covered


def set_credits(canvas: Canvas, palette: Palette, look: Look, rng: Rng) -> None:
    """Two lines of invented names, fine print as on any poster."""
    w, h = canvas.width, canvas.height
    wide = w > h
    names = list(rng.choice(np.array(_NAMES), 6, replace=False))
    lines = (
        f"{names[0]}   {names[1]}   {names[2]}   {names[3]}",
        f"Written by {names[4]}   Directed by {names[5]}",
    )
    bottom = h - max(look.border + 6, h * 0.022)
    ground = average_colour(canvas, 0, bottom - h * 0.05, w, bottom)
    colour = mix(_readable([palette.paper, palette.ink], ground)[0], ground, 0.25)
    height = h * (0.0125 if not wide else 0.02)
    left = max(look.border + 10, w * 0.06)
    for row, line in enumerate(lines):
        set_line(
            canvas,
            line,
            _FINE,
            x=left if wide else w / 2,
            y=bottom - height * (3.4 - 1.9 * row),
            height=height,
            colour=colour,
            align="left" if wide else "centre",
            widest=w * 0.86 if not wide else w * 0.42,
        )
