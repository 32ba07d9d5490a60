"""Drawn faces: flat planes of light and shade, in proportions that a face detector accepts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from assistant.demo.canvas import Canvas, Points, oval, smooth
from assistant.demo.colours import Colour, Palette, mix, scale
from assistant.demo.hair import draw_back_hair, draw_front_hair, draw_hat
from assistant.demo.outfits import draw_shoulders
from assistant.demo.portraits import SKINS, Portrait
from assistant.demo.stencil import Patch, Stencil

WHITE: Colour = (250, 248, 244)


@dataclass(frozen=True, slots=True)
class Mood:
    """An expression: mouth -1 grim to 1 beaming, brow -1 frowning to 1 raised, eyes 0.6 to 1.2."""

    mouth: float
    brow: float
    eyes: float


MOODS: dict[str, Mood] = {
    "tender": Mood(0.35, 0.2, 0.95),
    "calm": Mood(0.1, 0.0, 0.95),
    "grave": Mood(-0.3, -0.45, 0.9),
    "fear": Mood(-0.15, 0.8, 1.18),
    "bold": Mood(-0.05, -0.6, 0.85),
    "merry": Mood(1.0, 0.4, 0.95),
    "smile": Mood(0.6, 0.2, 0.95),
}


@dataclass(frozen=True, slots=True)
class Skin:
    """A skin under the picture's light."""

    base: Colour
    shade: Colour
    light: Colour
    lip: Colour
    line: Colour


def lit_skin(portrait: Portrait, palette: Palette, *, drama: float) -> Skin:
    """The portrait's skin, tinted by the palette's light; `drama` deepens the shadows."""
    base, shade, light, lip = SKINS[portrait.skin]
    return Skin(
        base=mix(base, palette.glow, 0.06),
        shade=mix(shade, palette.near, 0.12 + 0.25 * drama),
        light=mix(light, palette.glow, 0.25),
        lip=lip if portrait.lips else mix(lip, base, 0.45),
        line=mix(scale(shade, 0.42), palette.ink, 0.35),
    )


def head_outline(portrait: Portrait) -> Points:
    """The face from brow to chin and the skull behind it; the head is one unit wide."""
    w, jaw = portrait.width, portrait.jaw
    chin = 0.66 if portrait.age != "child" else 0.57
    cheek = 0.47 if portrait.age != "child" else 0.50
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
    gaze: float = 0.0,
) -> None:
    """Head and shoulders with the middle of the face at (x, y) and a head `size` pixels wide.

    Args:
        light: side the light comes from, -1 left or 1 right.
        drama: 0 is even light, 1 puts half of the face in deep shade.
        angle: tilt of the head, clockwise degrees.
        gaze: -1 looks left, 1 right.
    """
    skin = lit_skin(portrait, palette, drama=drama)
    pen = Stencil(canvas, x, y, size, angle)
    body = Stencil(canvas, x, y, size, angle * 0.25)
    hair = mix(portrait.hair_colour, palette.ink, 0.12)
    draw_back_hair(pen, body, portrait, hair)
    _draw_neck(body, skin, portrait)
    draw_shoulders(body, portrait, palette, light)
    outline = head_outline(portrait)
    if portrait.hair not in {"long", "bob", "waves"} and portrait.hat not in {"hood", "space"}:
        _draw_ears(pen, skin, portrait)
    pen.fill(outline, skin.base)
    face = pen.mask(outline)
    _shade_planes(pen, face, skin, light, drama)
    _draw_eyes(pen, face, skin, portrait, MOODS[mood], gaze)
    _draw_nose(pen, skin, light)
    _draw_mouth(pen, face, skin, portrait, MOODS[mood])
    _draw_beard(pen, face, portrait, hair)
    _draw_age(pen, face, skin, portrait)
    draw_front_hair(pen, face, portrait, hair, light)
    _draw_extras(pen, face, skin, portrait, palette)
    draw_hat(pen, portrait, palette, light)


def _draw_neck(body: Stencil, skin: Skin, portrait: Portrait) -> None:
    half = 0.21 if portrait.jaw < 0.5 else 0.27
    if portrait.age == "child":
        half = 0.19
    neck = [
        (-half, 0.2),
        (-half - 0.01, 0.68),
        (-half - 0.16, 0.92),
        (0, 1.15),
        (half + 0.16, 0.92),
        (half + 0.01, 0.68),
        (half, 0.2),
    ]
    body.fill(neck, skin.base)
    clip = body.mask(neck)
    shadow = smooth([(-0.5, 0.3), (0.5, 0.3), (0.34, 0.74), (0.06, 0.90), (-0.3, 0.76)])
    body.paint(body.mask(shadow), skin.shade, 0.95, within=clip)


def _draw_ears(pen: Stencil, skin: Skin, portrait: Portrait) -> None:
    for side in (-1, 1):
        ear = oval(side * 0.51 * portrait.width, 0.03, 0.075, 0.15)
        pen.fill(ear, mix(skin.base, skin.shade, 0.35))
        pen.fill(oval(side * 0.515 * portrait.width, 0.03, 0.036, 0.085), skin.shade)


def _shade_planes(pen: Stencil, face: Patch, skin: Skin, light: int, drama: float) -> None:
    dark = -light
    side = smooth(
        [
            (dark * u, v)
            for u, v in (
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
        ]
    )
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


def _draw_eyes(
    pen: Stencil, face: Patch, skin: Skin, portrait: Portrait, mood: Mood, gaze: float
) -> None:
    big = 1.16 if portrait.age == "child" else 1.0
    for side in (-1, 1):
        cx, cy, half = side * 0.215, -0.02, 0.108 * big
        high, low = 0.062 * mood.eyes * big, 0.044 * big
        almond = smooth(
            [
                (cx - half, cy + 0.008 * (1 if side > 0 else -1)),
                (cx - half * 0.45, cy - high * 0.85),
                (cx + half * 0.15, cy - high),
                (cx + half * 0.65, cy - high * 0.6),
                (cx + half, cy - 0.008 * (1 if side > 0 else -1)),
                (cx + half * 0.45, cy + low * 0.9),
                (cx - half * 0.3, cy + low),
            ],
            steps=6,
        )
        white = pen.mask(almond)
        pen.paint(white, mix(WHITE, skin.shade, 0.14))
        ix = cx + gaze * 0.035
        pen.paint(
            pen.mask(oval(ix, cy - 0.01, 0.058 * big, 0.060 * big)), portrait.eyes, within=white
        )
        pen.paint(pen.mask(oval(ix, cy - 0.01, 0.030 * big, 0.032 * big)), (12, 9, 9), within=white)
        lid_shadow = [
            (cx - 0.2, cy - 0.1),
            (cx + 0.2, cy - 0.1),
            (cx + 0.2, cy - high * 0.45),
            (cx - 0.2, cy - high * 0.45),
        ]
        pen.paint(pen.mask(lid_shadow), skin.line, 0.35, within=white)
        pen.fill(oval(ix + 0.022, cy - 0.032, 0.013, 0.014), WHITE)
        lash = 0.030 if portrait.lips else 0.022
        pen.stroke(
            smooth(
                [
                    (cx - half * 1.04, cy + 0.01),
                    (cx - half * 0.45, cy - high * 0.92),
                    (cx + half * 0.15, cy - high * 1.06),
                    (cx + half * 0.65, cy - high * 0.7),
                    (cx + half * 1.06, cy - 0.004),
                ],
                closed=False,
            ),
            skin.line,
            lash,
        )
        crease = smooth(
            [
                (cx - half * 0.8, cy - high - 0.022),
                (cx, cy - high - 0.042),
                (cx + half * 0.9, cy - high - 0.018),
            ],
            closed=False,
        )
        pen.paint(pen.lines(crease, 0.012), skin.line, 0.55, within=face)
        under = smooth(
            [
                (cx - half * 0.7, cy + low + 0.03),
                (cx, cy + low + 0.042),
                (cx + half * 0.7, cy + low + 0.028),
            ],
            closed=False,
        )
        pen.paint(pen.lines(under, 0.012), skin.shade, 0.7, within=face)
        _draw_brow(pen, skin, portrait, mood, side)


def _draw_brow(pen: Stencil, skin: Skin, portrait: Portrait, mood: Mood, side: int) -> None:
    lift = -0.165 - 0.035 * mood.brow
    inner = 0.045 * -mood.brow
    thick = 0.020 if portrait.lips else 0.030
    brow = [
        (0.085, lift + inner + 0.012),
        (0.20, lift - 0.028),
        (0.315, lift - 0.018),
        (0.365, lift + 0.022),
        (0.30, lift + 0.012 + thick * 0.4),
        (0.20, lift + thick * 0.7),
        (0.09, lift + inner + 0.012 + thick * 1.5),
    ]
    colour = mix(portrait.hair_colour, skin.line, 0.5)
    pen.fill(smooth([(side * u, v) for u, v in brow], steps=5), colour)


def _draw_nose(pen: Stencil, skin: Skin, light: int) -> None:
    dark = -light
    plane = smooth(
        [
            (dark * u, v)
            for u, v in (
                (0.065, -0.12),
                (0.035, 0.02),
                (0.04, 0.14),
                (0.015, 0.24),
                (0.06, 0.27),
                (0.125, 0.235),
                (0.105, 0.165),
                (0.075, 0.06),
            )
        ],
        steps=5,
    )
    pen.paint(pen.mask(plane, blur=0.006), skin.shade, 0.85)
    pen.paint(pen.mask(oval(light * 0.012, 0.10, 0.026, 0.13), blur=0.012), skin.light, 0.75)
    pen.paint(pen.mask(oval(light * 0.005, 0.205, 0.045, 0.035), blur=0.014), skin.light, 0.6)
    base = smooth(
        [
            (-0.115, 0.235),
            (-0.06, 0.262),
            (0, 0.285),
            (0.06, 0.262),
            (0.115, 0.235),
            (0.06, 0.295),
            (0, 0.305),
            (-0.06, 0.295),
        ],
        steps=5,
    )
    pen.paint(pen.mask(base, blur=0.006), skin.shade, 0.9)
    for side in (-1, 1):
        pen.fill(oval(side * 0.056, 0.262, 0.030, 0.014), skin.line)
        wing = smooth(
            [(side * 0.105, 0.185), (side * 0.128, 0.232), (side * 0.10, 0.266)], closed=False
        )
        pen.stroke(wing, mix(skin.shade, skin.line, 0.5), 0.014)


def _draw_mouth(pen: Stencil, face: Patch, skin: Skin, portrait: Portrait, mood: Mood) -> None:
    y = 0.435 if portrait.age != "child" else 0.40
    wide = 0.165 + 0.045 * max(0.0, mood.mouth)
    rise = 0.055 * mood.mouth
    plump = 1.25 if portrait.lips else 0.85
    corner_y = y - rise
    pen.paint(pen.mask(oval(0, y + 0.125, 0.13, 0.035), blur=0.02), skin.shade, 0.75, within=face)
    upper = smooth(
        [
            (-wide, corner_y),
            (-wide * 0.45, y - 0.036 * plump),
            (-0.03, y - 0.052 * plump),
            (0, y - 0.042 * plump),
            (0.03, y - 0.052 * plump),
            (wide * 0.45, y - 0.036 * plump),
            (wide, corner_y),
            (wide * 0.4, y + 0.012),
            (0, y + 0.018),
            (-wide * 0.4, y + 0.012),
        ],
        steps=5,
    )
    lower = smooth(
        [
            (-wide, corner_y),
            (-wide * 0.4, y + 0.005),
            (0, y + 0.012),
            (wide * 0.4, y + 0.005),
            (wide, corner_y),
            (wide * 0.5, y + 0.062 * plump),
            (0, y + 0.088 * plump),
            (-wide * 0.5, y + 0.062 * plump),
        ],
        steps=5,
    )
    if mood.mouth > 0.85:
        grin = smooth(
            [
                (-wide, corner_y),
                (0, y + 0.0),
                (wide, corner_y),
                (wide * 0.62, y + 0.085),
                (0, y + 0.125),
                (-wide * 0.62, y + 0.085),
            ],
            steps=6,
        )
        pen.fill(
            smooth(
                [
                    (-wide * 1.06, corner_y - 0.01),
                    (0, y - 0.035),
                    (wide * 1.06, corner_y - 0.01),
                    (wide * 0.7, y + 0.11),
                    (0, y + 0.155),
                    (-wide * 0.7, y + 0.11),
                ],
                steps=6,
            ),
            skin.lip,
        )
        inside = pen.mask(grin)
        pen.paint(inside, scale(skin.line, 0.7))
        teeth = [
            (-wide, y - 0.1),
            (wide, y - 0.1),
            (wide, y + 0.035),
            (0, y + 0.062),
            (-wide, y + 0.035),
        ]
        pen.paint(pen.mask(teeth), WHITE, within=inside)
    else:
        pen.fill(lower, mix(skin.lip, skin.light, 0.18))
        pen.fill(upper, mix(skin.lip, skin.line, 0.25))
        pen.paint(pen.mask(oval(0.02, y + 0.05 * plump, 0.055, 0.014), blur=0.012), skin.light, 0.6)
        seam = smooth(
            [
                (-wide * 1.02, corner_y),
                (-wide * 0.4, y + 0.010),
                (0, y + 0.016),
                (wide * 0.4, y + 0.010),
                (wide * 1.02, corner_y),
            ],
            closed=False,
        )
        pen.stroke(seam, skin.line, 0.018)
    for side in (-1, 1):
        fold = smooth(
            [
                (side * 0.155, 0.27),
                (side * (wide + 0.05), 0.36),
                (side * (wide + 0.055), corner_y + 0.02),
            ],
            closed=False,
        )
        pen.paint(
            pen.lines(fold, 0.014), skin.shade, 0.35 + 0.4 * max(0.0, mood.mouth), within=face
        )


def _draw_beard(pen: Stencil, face: Patch, portrait: Portrait, hair: Colour) -> None:
    if not portrait.beard:
        return
    frame = smooth(
        [
            (-0.50, 0.05),
            (-0.44, 0.22),
            (-0.30, 0.29),
            (-0.19, 0.33),
            (0, 0.335),
            (0.19, 0.33),
            (0.30, 0.29),
            (0.44, 0.22),
            (0.50, 0.05),
            (0.56, 0.7),
            (0, 0.85),
            (-0.56, 0.7),
        ]
    )
    mouth = smooth(
        [(-0.20, 0.43), (0, 0.375), (0.20, 0.43), (0.12, 0.53), (0, 0.545), (-0.12, 0.53)]
    )
    moustache = smooth(
        [
            (-0.21, 0.43),
            (-0.10, 0.325),
            (0, 0.335),
            (0.10, 0.325),
            (0.21, 0.43),
            (0.10, 0.395),
            (0, 0.385),
            (-0.10, 0.395),
        ]
    )
    chin = smooth([(-0.15, 0.55), (0, 0.53), (0.15, 0.55), (0.11, 0.71), (0, 0.76), (-0.11, 0.71)])
    if portrait.beard == "moustache":
        pen.fill(moustache, hair)
        return
    if portrait.beard == "goatee":
        pen.fill(chin, hair)
        pen.fill(moustache, hair)
        return
    area = pen.mask(frame, blur=0.012)
    area = area.without(pen.mask(mouth, blur=0.01))
    pen.paint(area, hair, 0.32 if portrait.beard == "stubble" else 0.94, within=face)
    if portrait.beard == "full":
        pen.fill(moustache, hair)


def _draw_age(pen: Stencil, face: Patch, skin: Skin, portrait: Portrait) -> None:
    if portrait.extra == "freckles":
        for side in (-1, 1):
            for u, v in ((0.14, 0.13), (0.20, 0.17), (0.26, 0.13), (0.30, 0.19), (0.22, 0.225)):
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


def _draw_extras(
    pen: Stencil, face: Patch, skin: Skin, portrait: Portrait, palette: Palette
) -> None:
    if portrait.extra in {"glasses", "round-glasses"}:
        for side in (-1, 1):
            if portrait.extra == "glasses":
                rim = [
                    (side * 0.075, -0.105),
                    (side * 0.375, -0.115),
                    (side * 0.36, 0.075),
                    (side * 0.10, 0.08),
                    (side * 0.075, -0.105),
                ]
            else:
                rim = np.vstack(
                    [ring := oval(side * 0.222, -0.015, 0.142, 0.125), ring[:1]]
                ).tolist()
            pen.stroke(rim, palette.ink, 0.022)
            pen.stroke([(side * 0.365, -0.06), (side * 0.5, -0.05)], palette.ink, 0.02)
        pen.stroke([(-0.078, -0.05), (0, -0.075), (0.078, -0.05)], palette.ink, 0.022)
    elif portrait.extra == "earrings":
        for side in (-1, 1):
            pen.fill(oval(side * 0.535, 0.25, 0.04, 0.06), palette.accent)
    elif portrait.extra == "scar":
        scar = pen.lines([(0.26, 0.08), (0.33, 0.30)], 0.022)
        pen.paint(scar, skin.lip, 0.8, within=face)
