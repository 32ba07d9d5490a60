"""Eyes, brows and mouth: what makes a drawn oval a face, to people and to detectors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from assistant.drawing.colours import Colour, mix, scale
from assistant.drawing.portraits import Portrait
from assistant.drawing.stencil import Patch, Stencil
from assistant.drawing.surface import Point, Points, oval, smooth

WHITE: Colour = (250, 248, 244)
_PUPIL: Colour = (12, 9, 9)
Tones = Mapping[str, Colour]


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


def draw_eye(
    pen: Stencil, face: Patch, tones: Tones, portrait: Portrait, mood: Mood, side: int, gaze: float
) -> None:
    """One eye (side -1 left, 1 right) with lids and creases; `gaze` -1 looks left, 1 right."""
    big = 1.16 if portrait.age == "child" else 1.0
    cx, cy, half = side * 0.215, -0.02, 0.108 * big
    high, low, tilt = 0.062 * mood.eyes * big, 0.044 * big, 0.008 * side

    def curve(*knots: Point, closed: bool = False) -> Points:
        return smooth([(cx + half * u, cy + v) for u, v in knots], closed=closed, steps=6)

    upper = ((-0.45, -high * 0.88), (0.15, -high), (0.65, -high * 0.62))
    white = pen.mask(
        curve((-1, tilt), *upper, (1, -tilt), (0.45, low * 0.9), (-0.3, low), closed=True)
    )
    pen.paint(white, mix(WHITE, tones["shade"], 0.14))
    ix = cx + gaze * 0.035
    for radius, colour in ((0.059, portrait.eyes), (0.031, _PUPIL)):
        ball = oval(ix, cy - 0.01, radius * big, radius * big)
        pen.paint(pen.mask(ball), colour, within=white)
    lid = [(cx - 0.2, cy - 0.1), (cx + 0.2, cy - 0.1)]
    lid += [(x, cy - high * 0.45) for x, _ in lid[::-1]]
    pen.paint(pen.mask(lid), tones["line"], 0.35, within=white)
    pen.fill(oval(ix + 0.022, cy - 0.032, 0.013, 0.014), WHITE)
    lash = curve((-1.04, 0.01), *((u, v * 1.06) for u, v in upper), (1.06, -0.004))
    pen.stroke(lash, tones["line"], 0.030 if portrait.lips else 0.022)
    crease = curve((-0.8, -high - 0.022), (0, -high - 0.042), (0.9, -high - 0.018))
    pen.paint(pen.mask(crease, width=0.012), tones["line"], 0.55, within=face)
    under = curve((-0.7, low + 0.03), (0, low + 0.042), (0.7, low + 0.028))
    pen.paint(pen.mask(under, width=0.012), tones["shade"], 0.7, within=face)


def draw_brow(pen: Stencil, tones: Tones, portrait: Portrait, mood: Mood, side: int) -> None:
    """One brow over the eye on the same side."""
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
    colour = mix(portrait.hair_colour, tones["line"], 0.5)
    pen.fill(smooth([(side * u, v) for u, v in brow], steps=5), colour)


def draw_mouth(pen: Stencil, face: Patch, tones: Tones, portrait: Portrait, mood: Mood) -> None:
    """Lips closed, or a grin with teeth when the mood is merry."""
    y = 0.435 if portrait.age != "child" else 0.40
    wide = 0.165 + 0.045 * max(0.0, mood.mouth)
    corner = -0.055 * mood.mouth
    under = pen.mask(oval(0, y + 0.125, 0.13, 0.035), blur=0.02)
    pen.paint(under, tones["shade"], 0.75, within=face)
    if mood.mouth > 0.85:
        _draw_grin(pen, tones, y, wide, corner)
    else:
        _draw_lips(pen, tones, y, wide, corner, 1.25 if portrait.lips else 0.85)
    for side in (-1, 1):
        fold = [(0.155, 0.27), (wide + 0.05, 0.36), (wide + 0.055, y + corner + 0.02)]
        crease = smooth([(side * u, v) for u, v in fold], closed=False)
        strength = 0.35 + 0.4 * max(0.0, mood.mouth)
        pen.paint(pen.mask(crease, width=0.014), tones["shade"], strength, within=face)


def _symmetric(y: float, wide: float, half: list[Point], *, closed: bool = True) -> Points:
    """An outline from its left half: u in half mouths from -1 to 0, v from the mouth's level."""
    left = [(u * wide, y + v) for u, v in half]
    return smooth([*left, *[(-u, v) for u, v in left if u][::-1]], closed=closed, steps=6)


def _draw_grin(pen: Stencil, tones: Tones, y: float, wide: float, corner: float) -> None:
    pen.fill(_symmetric(y, wide, [(0, 0), (-0.7, 0.11), (0, 0.155)][1:]), tones["lip"])
    pen.fill(_symmetric(y, wide, [(-0.7, 0.12), (-1.06, corner - 0.01), (0, -0.035)]), tones["lip"])
    inside = pen.mask(_symmetric(y, wide, [(0, 0.125), (-0.62, 0.085), (-1, corner), (0, 0)]))
    pen.paint(inside, scale(tones["line"], 0.7))
    teeth = [(-wide, y - 0.1), (wide, y - 0.1), (wide, y + 0.035), (0, y + 0.062)]
    pen.paint(pen.mask([*teeth, (-wide, y + 0.035)]), WHITE, within=inside)


def _draw_lips(
    pen: Stencil, tones: Tones, y: float, wide: float, corner: float, plump: float
) -> None:
    soft = mix(tones["lip"], tones["light"], 0.18)
    lower = [(0, 0.088 * plump), (-0.5, 0.064 * plump), (-1, corner), (-0.4, 0.005), (0, 0.012)]
    pen.fill(_symmetric(y, wide, lower), soft)
    upper = [(0, 0.014), (-0.4, 0.012), (-1, corner), (-0.45, -0.036 * plump)]
    peak = [(-0.16, -0.052 * plump), (0, -0.042 * plump)]
    pen.fill(_symmetric(y, wide, upper + peak), mix(tones["lip"], tones["line"], 0.25))
    gloss = pen.mask(oval(0.02, y + 0.05 * plump, 0.055, 0.014), blur=0.012)
    pen.paint(gloss, tones["light"], 0.6)
    seam = _symmetric(y, wide, [(-1.02, corner), (-0.4, 0.010), (0, 0.016)], closed=False)
    pen.stroke(seam, tones["line"], 0.018)
