"""Eyes, brows, nose and mouth: what makes a drawn oval a face, to people and to detectors."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.drawing.canvas import Point, oval, smooth
from assistant.drawing.colours import Colour, mix, scale
from assistant.drawing.portraits import Portrait
from assistant.drawing.skin import Skin
from assistant.drawing.stencil import Patch, Stencil

WHITE: Colour = (250, 248, 244)
_PUPIL: Colour = (12, 9, 9)


@dataclass(frozen=True, slots=True)
class Mood:
    """An expression: mouth -1 grim to 1 beaming, brow -1 frowning to 1 raised, eyes 0.6 to 1.2."""

    mouth: float
    brow: float
    eyes: float


MOODS: dict[str, Mood] = {
    "tender": Mood(0.35, 0.2, 0.92),
    "calm": Mood(0.1, 0.0, 0.95),
    "grave": Mood(-0.3, -0.45, 0.9),
    "fear": Mood(-0.15, 0.8, 1.18),
    "bold": Mood(-0.05, -0.6, 0.85),
    "merry": Mood(1.0, 0.4, 0.95),
    "smile": Mood(0.6, 0.2, 0.95),
}


def draw_eyes(
    pen: Stencil, face: Patch, skin: Skin, portrait: Portrait, mood: Mood, gaze: float
) -> None:
    """Both eyes with lids, creases and brows; `gaze` -1 looks left, 1 right."""
    for side in (-1, 1):
        _draw_eye(pen, face, skin, portrait, mood, side, gaze)
        _draw_brow(pen, skin, portrait, mood, side)


def _draw_eye(
    pen: Stencil,
    face: Patch,
    skin: Skin,
    portrait: Portrait,
    mood: Mood,
    side: int,
    gaze: float,
) -> None:
    big = 1.16 if portrait.age == "child" else 1.0
    cx, cy, half = side * 0.215, -0.02, 0.108 * big
    high, low, tilt = 0.062 * mood.eyes * big, 0.044 * big, 0.008 * side

    def curve(*knots: Point, closed: bool = False) -> list[Point]:
        placed = [(cx + half * u, cy + v) for u, v in knots]
        return [(x, y) for x, y in smooth(placed, closed=closed, steps=6).tolist()]

    almond = curve(
        (-1, tilt),
        (-0.45, -high * 0.85),
        (0.15, -high),
        (0.65, -high * 0.6),
        (1, -tilt),
        (0.45, low * 0.9),
        (-0.3, low),
        closed=True,
    )
    white = pen.mask(almond)
    pen.paint(white, mix(WHITE, skin.shade, 0.14))
    ix = cx + gaze * 0.035
    pen.paint(pen.mask(oval(ix, cy - 0.01, 0.058 * big, 0.060 * big)), portrait.eyes, within=white)
    pen.paint(pen.mask(oval(ix, cy - 0.01, 0.030 * big, 0.032 * big)), _PUPIL, within=white)
    lid = [(cx - 0.2, cy - 0.1), (cx + 0.2, cy - 0.1), (cx + 0.2, cy - high * 0.45)]
    pen.paint(pen.mask([*lid, (cx - 0.2, cy - high * 0.45)]), skin.line, 0.35, within=white)
    pen.fill(oval(ix + 0.022, cy - 0.032, 0.013, 0.014), WHITE)
    lash = curve(
        (-1.04, 0.01),
        (-0.45, -high * 0.92),
        (0.15, -high * 1.06),
        (0.65, -high * 0.7),
        (1.06, -0.004),
    )
    pen.stroke(lash, skin.line, 0.030 if portrait.lips else 0.022)
    crease = curve((-0.8, -high - 0.022), (0, -high - 0.042), (0.9, -high - 0.018))
    pen.paint(pen.lines(crease, 0.012), skin.line, 0.55, within=face)
    under = curve((-0.7, low + 0.03), (0, low + 0.042), (0.7, low + 0.028))
    pen.paint(pen.lines(under, 0.012), skin.shade, 0.7, within=face)


def _draw_brow(pen: Stencil, skin: Skin, portrait: Portrait, mood: Mood, side: int) -> None:
    lift = -0.165 - 0.035 * mood.brow
    inner = 0.045 * -mood.brow + 0.012
    thick = 0.020 if portrait.lips else 0.030
    brow = [
        (0.085, lift + inner),
        (0.20, lift - 0.028),
        (0.315, lift - 0.018),
        (0.365, lift + 0.022),
        (0.30, lift + 0.012 + thick * 0.4),
        (0.20, lift + thick * 0.7),
        (0.09, lift + inner + thick * 1.5),
    ]
    colour = mix(portrait.hair_colour, skin.line, 0.5)
    pen.fill(smooth([(side * u, v) for u, v in brow], steps=5), colour)


_NOSE_SHADE = (
    (0.065, -0.12),
    (0.035, 0.02),
    (0.04, 0.14),
    (0.015, 0.24),
    (0.06, 0.27),
    (0.125, 0.235),
    (0.105, 0.165),
    (0.075, 0.06),
)
_NOSE_BASE = (
    (-0.115, 0.235),
    (-0.06, 0.262),
    (0.0, 0.285),
    (0.06, 0.262),
    (0.115, 0.235),
    (0.06, 0.295),
    (0.0, 0.305),
    (-0.06, 0.295),
)


def draw_nose(pen: Stencil, skin: Skin, light: int) -> None:
    """The shaded side, the lit ridge, the base and the nostrils."""
    plane = smooth([(-light * u, v) for u, v in _NOSE_SHADE], steps=5)
    pen.paint(pen.mask(plane, blur=0.006), skin.shade, 0.85)
    pen.paint(pen.mask(oval(light * 0.012, 0.10, 0.026, 0.13), blur=0.012), skin.light, 0.75)
    pen.paint(pen.mask(oval(light * 0.005, 0.205, 0.045, 0.035), blur=0.014), skin.light, 0.6)
    pen.paint(pen.mask(smooth(_NOSE_BASE, steps=5), blur=0.006), skin.shade, 0.9)
    for side in (-1, 1):
        pen.fill(oval(side * 0.056, 0.262, 0.030, 0.014), skin.line)
        wing = [(side * 0.105, 0.185), (side * 0.128, 0.232), (side * 0.10, 0.266)]
        pen.stroke(smooth(wing, closed=False), mix(skin.shade, skin.line, 0.5), 0.014)


def draw_mouth(pen: Stencil, face: Patch, skin: Skin, portrait: Portrait, mood: Mood) -> None:
    """Lips closed, or a grin with teeth when the mood is merry."""
    y = 0.435 if portrait.age != "child" else 0.40
    wide = 0.165 + 0.045 * max(0.0, mood.mouth)
    corner = -0.055 * mood.mouth
    under = oval(0, y + 0.125, 0.13, 0.035)
    pen.paint(pen.mask(under, blur=0.02), skin.shade, 0.75, within=face)
    if mood.mouth > 0.85:
        _draw_grin(pen, skin, y, wide, corner)
    else:
        _draw_lips(pen, skin, y, wide, corner, 1.25 if portrait.lips else 0.85)
    strength = 0.35 + 0.4 * max(0.0, mood.mouth)
    for side in (-1, 1):
        fold = [
            (side * 0.155, 0.27),
            (side * (wide + 0.05), 0.36),
            (side * (wide + 0.055), y + corner + 0.02),
        ]
        crease = pen.lines(smooth(fold, closed=False), 0.014)
        pen.paint(crease, skin.shade, strength, within=face)


def _symmetric(y: float, wide: float, half: list[Point], *, closed: bool = True) -> list[Point]:
    """An outline from its left half: u in half mouths from -1 to 0, v from the mouth's level."""
    left = [(u * wide, y + v) for u, v in half]
    right = [(-u, v) for u, v in left if u][::-1]
    return [(u, v) for u, v in smooth([*left, *right], closed=closed, steps=6).tolist()]


def _draw_grin(pen: Stencil, skin: Skin, y: float, wide: float, corner: float) -> None:
    rim = [(-0.7, 0.11), (-1.06, corner - 0.01), (0.0, -0.035)]
    lips = _symmetric(y, wide, rim)
    low = smooth([(-0.7 * wide, y + 0.11), (0, y + 0.155), (0.7 * wide, y + 0.11), (0, y)], steps=6)
    pen.fill(low, skin.lip)
    pen.fill(lips, skin.lip)
    grin = smooth(
        [
            (-wide, y + corner),
            (0, y),
            (wide, y + corner),
            (wide * 0.62, y + 0.085),
            (0, y + 0.125),
            (-wide * 0.62, y + 0.085),
        ],
        steps=6,
    )
    inside = pen.mask(grin)
    pen.paint(inside, scale(skin.line, 0.7))
    teeth = [(-wide, y - 0.1), (wide, y - 0.1), (wide, y + 0.035), (0, y + 0.062)]
    pen.paint(pen.mask([*teeth, (-wide, y + 0.035)]), WHITE, within=inside)


def _draw_lips(
    pen: Stencil, skin: Skin, y: float, wide: float, corner: float, plump: float
) -> None:
    upper = [(-0.4, 0.012), (-1, corner), (-0.45, -0.036 * plump), (-0.16, -0.052 * plump)]
    lower = [(-0.5, 0.062 * plump), (-1, corner), (-0.4, 0.005), (0.0, 0.012)]
    pen.fill([*_symmetric(y, wide, lower), (0, y + 0.088 * plump)], mix(skin.lip, skin.light, 0.18))
    swell = [
        (-0.5 * wide, y + 0.06 * plump),
        (0, y + 0.088 * plump),
        (0.5 * wide, y + 0.06 * plump),
        (0, y),
    ]
    pen.fill(smooth(swell, steps=6), mix(skin.lip, skin.light, 0.18))
    pen.fill(
        _symmetric(y, wide, [*upper, (0.0, -0.042 * plump)]),
        mix(skin.lip, skin.line, 0.25),
    )
    gloss = oval(0.02, y + 0.05 * plump, 0.055, 0.014)
    pen.paint(pen.mask(gloss, blur=0.012), skin.light, 0.6)
    seam = _symmetric(y, wide, [(-1.02, corner), (-0.4, 0.010), (0.0, 0.016)], closed=False)
    pen.stroke(seam, skin.line, 0.018)
