"""Drawn heads: flat planes of light and shade, in proportions that a face detector accepts."""

from __future__ import annotations

from assistant.drawing.canvas import Canvas, Points, oval, smooth
from assistant.drawing.colours import Palette, luma, mix
from assistant.drawing.expressions import MOODS, draw_eyes, draw_mouth, draw_nose
from assistant.drawing.grooming import draw_age, draw_beard, draw_extras
from assistant.drawing.hair import draw_back_hair, draw_front_hair, draw_hat
from assistant.drawing.outfits import draw_shoulders
from assistant.drawing.portraits import Portrait
from assistant.drawing.skin import Skin, lit_skin
from assistant.drawing.stencil import Patch, Stencil

_HIDES_EARS = {"long", "bob", "waves", "locs", "windblown"}


def draw_bust(
    canvas: Canvas,
    portrait: Portrait,
    palette: Palette,
    *,
    x: float,
    y: float,
    size: float,
    mood: str,
    light: int = 1,
    drama: float = 0.4,
    angle: float = 0,
    turn: float = 0,
    gaze: float = 0,
) -> None:
    """Head and shoulders with the middle of the face at (x, y) and a head `size` pixels wide.

    Args:
        light: side the light comes from, -1 left or 1 right.
        drama: 0 is even light, 1 puts half of the face in deep shade.
        angle: tilt of the head, clockwise degrees.
        turn: of the head, -1 half left to 1 half right.
        gaze: of the eyes, -1 left, 1 right.
    """
    skin = lit_skin(portrait, palette, drama=drama)
    pen = Stencil(canvas, x, y, size, angle, turn)
    body = Stencil(canvas, x, y, size, angle * 0.25)
    night = luma(palette.sky) < 0.3
    hair = mix(portrait.hair_colour, palette.haze if night else palette.ink, 0.14)
    draw_back_hair(pen, body, portrait, palette, hair)
    _draw_neck(body, skin, portrait)
    draw_shoulders(body, portrait, palette, light)
    if portrait.hair not in _HIDES_EARS and portrait.hat not in {"hood", "space", "scarf"}:
        _draw_ears(pen, skin, portrait)
    outline = _head_outline(portrait)
    pen.fill(outline, skin.base)
    canvas.spare(pen.place(outline))
    face = pen.mask(outline)
    _shade_planes(pen, face, skin, light, drama)
    draw_eyes(pen, face, skin, portrait, MOODS[mood], gaze)
    draw_nose(pen, skin, light)
    draw_mouth(pen, face, skin, portrait, MOODS[mood])
    draw_beard(pen, face, portrait, hair)
    draw_age(pen, face, skin, portrait)
    draw_front_hair(pen, portrait, hair, light)
    draw_extras(pen, face, skin, portrait, palette)
    draw_hat(pen, portrait, palette, light)


def _head_outline(portrait: Portrait) -> Points:
    """The face from brow to chin and the skull behind it; the head is one unit wide."""
    w, jaw = portrait.width, portrait.jaw
    child = portrait.age == "child"
    chin, cheek = (0.57, 0.50) if child else (0.66, 0.47)
    half = [
        (0.0, -0.74),
        (0.25, -0.69),
        (0.43, -0.50),
        (0.495, -0.20),
        (0.49, 0.06),
        (cheek - 0.01, 0.24),
        (0.38 + 0.05 * jaw, 0.42),
        (0.22 + 0.09 * jaw, chin - 0.07),
        (0.09 + 0.05 * jaw, chin),
        (0.0, chin + 0.012),
    ]
    right = [(x * w, y) for x, y in half]
    left = [(-x, y) for x, y in right[1:-1]][::-1]
    return smooth(right + left, steps=6)


def _draw_neck(body: Stencil, skin: Skin, portrait: Portrait) -> None:
    half = 0.19 if portrait.age == "child" else 0.21 if portrait.jaw < 0.5 else 0.27
    right = [(half, 0.2), (half + 0.01, 0.68), (half + 0.16, 0.92)]
    neck = [*right, (0.0, 1.15), *[(-x, y) for x, y in right[::-1]]]
    body.fill(neck, skin.base)
    shadow = smooth([(-0.5, 0.3), (0.5, 0.3), (0.34, 0.74), (0.06, 0.90), (-0.3, 0.76)])
    body.paint(body.mask(shadow), skin.shade, 0.95, within=body.mask(neck))


def _draw_ears(pen: Stencil, skin: Skin, portrait: Portrait) -> None:
    for side in (-1, 1):
        pen.fill(
            oval(side * 0.51 * portrait.width, 0.03, 0.075, 0.15), mix(skin.base, skin.shade, 0.35)
        )
        pen.fill(oval(side * 0.515 * portrait.width, 0.03, 0.036, 0.085), skin.shade)


_SIDE = (
    (0.60, -0.8),
    (0.60, 0.75),
    (0.10, 0.72),
    (0.20, 0.48),
    (0.33, 0.24),
    (0.40, 0.02),
    (0.345, -0.14),
    (0.40, -0.32),
    (0.32, -0.55),
)


def _shade_planes(pen: Stencil, face: Patch, skin: Skin, light: int, drama: float) -> None:
    side = smooth([(-light * u, v) for u, v in _SIDE])
    pen.paint(pen.mask(side, blur=0.012), skin.shade, 0.55 + 0.35 * drama, within=face)
    for sign in (-1, 1):
        socket = oval(sign * 0.215, -0.055, 0.165, 0.10)
        pen.paint(pen.mask(socket, blur=0.035), skin.shade, 0.55, within=face)
        cheek = oval(sign * 0.28, 0.22, 0.12, 0.08)
        pen.paint(pen.mask(cheek, blur=0.05), skin.lip, 0.22, within=face)
    pen.paint(pen.mask(oval(0, 0.60, 0.20, 0.06), blur=0.04), skin.light, 0.35, within=face)
    brow_light = oval(light * 0.14, -0.36, 0.24, 0.13)
    pen.paint(pen.mask(brow_light, blur=0.08), skin.light, 0.55, within=face)
    cheek_light = oval(light * 0.31, 0.14, 0.10, 0.12)
    pen.paint(pen.mask(cheek_light, blur=0.05), skin.light, 0.55, within=face)
