"""Drawn heads: flat planes of light and shade, in proportions that a face detector accepts."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from assistant.drawing.colours import Colour, Palette, luma, mix, scale
from assistant.drawing.expressions import MOODS, draw_brow, draw_eye, draw_mouth
from assistant.drawing.outlines import draw_layers, load_outlines, points
from assistant.drawing.portraits import SKINS, Portrait
from assistant.drawing.stencil import Patch, Stencil
from assistant.drawing.surface import Points, Surface, oval, smooth

_HIDES_EARS = {"long", "bob", "waves", "locs", "windblown"}
_COVERS = {"hood", "space", "scarf"}
"""Head-gear that leaves only the face to be seen."""
_CURLS = {"afro": (0.66, 0.17), "curls": (0.0, 0.135)}
"""Radius of the cloud behind the head, and of a curl."""
_TURNS_ALONG = {"bun", "topknot", "ponytail", "windblown"}
"""Hair behind the head that turns with it and does not lie on the shoulders."""
_DROP = 0.82
"""Where the neck meets the collar, in head widths under the middle of the face."""
_NECKLINES = {"dress": 0.30, "tank": 0.26, "tee": 0.12, "stripes": 0.12, "dungarees": 0.12}
_WIDTHS = {"child": 0.74, "elder": 0.98}
_SIDE = points(
    "-.60,-.8 -.60,.75 -.10,.72 -.20,.48 -.33,.24 -.40,.02 -.345,-.14 -.40,-.32 -.32,-.55"
)
_SHINE = points("-.1,-.74 .12,-.80 .34,-.72 .48,-.46 .38,-.58 .14,-.71")
_GLOOM = points("-.7,-1.1 -.25,-1 -.36,-.55 -.44,0 -.7,.6")
_FOLD = points("-.95,-.9 -.2,-.9 -.52,-.2 -.5,.5 -.1,1.2 -.95,1.2")

Tones = Mapping[str, Colour]


def draw_bust(
    surface: Surface,
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
    tones = _tones(portrait, palette, drama)
    pen = Stencil(surface, x, y, size, angle, turn)
    body = Stencil(surface, x, y, size, angle * 0.25)
    _draw_back_hair(pen, body, portrait, tones)
    _draw_neck(body, tones, portrait)
    _draw_shoulders(body, portrait, tones, light)
    if portrait.hair not in _HIDES_EARS and portrait.hat not in _COVERS:
        draw_layers(pen, "face", "ears", tones)
    outline = _head_outline(portrait)
    pen.fill(outline, tones["base"])
    surface.spare(pen.place(outline))
    face = pen.mask(outline)
    side = pen.mask(smooth(_SIDE * [light, 1]), blur=0.012)
    pen.paint(side, tones["shade"], 0.55 + 0.35 * drama, within=face)
    draw_layers(pen, "face", "planes", tones, within=face, light=light)
    for eye in (-1, 1):
        draw_eye(pen, face, tones, portrait, MOODS[mood], eye, gaze)
        draw_brow(pen, tones, portrait, MOODS[mood], eye)
    draw_layers(pen, "face", "nose", tones, light=light)
    draw_layers(pen, "beard", portrait.beard, tones, within=face)
    draw_mouth(pen, face, tones, portrait, MOODS[mood])
    draw_layers(pen, "face", portrait.age, tones, within=face)
    _draw_front_hair(pen, portrait, tones["hair"], light)
    draw_layers(pen, "extra", portrait.extra, tones, within=face)
    if portrait.hat in _COVERS:
        _draw_cover(pen, portrait.hat, tones, light)
    else:
        draw_layers(pen, "hats", portrait.hat, tones)


def _tones(portrait: Portrait, palette: Palette, drama: float) -> Tones:
    """The palette's roles with the portrait's skin, hair and cloth under the palette's light."""
    base, shade, light, lip = SKINS[portrait.skin]
    night = palette.night
    base = mix(base, palette.glow, 0.10 if night else 0.05)
    shade = mix(shade, palette.mid if night else palette.near, 0.10 + 0.22 * drama)
    line = mix(scale(shade, 0.42), palette.ink, 0.35)
    dark = mix(palette.ink, palette.near, 0.45)
    cloths = palette.near, palette.mid, palette.accent, mix(dark, palette.mid, 0.25)
    cloth = cloths[portrait.cloth]
    return {
        **palette.roles(),
        "base": base,
        "shade": shade,
        "light": mix(light, palette.glow, 0.25),
        "lip": lip if portrait.lips else mix(lip, base, 0.45),
        "line": line,
        "crease": mix(shade, line, 0.5),
        "ear": mix(base, shade, 0.35),
        "freckle": mix(base, shade, 0.75),
        "hair": mix(portrait.hair_colour, palette.haze if night else palette.ink, 0.14),
        "cloth": mix(cloth, palette.haze, 0.12) if luma(cloth) < 0.1 else cloth,
    }


def _head_outline(portrait: Portrait) -> Points:
    """The face from brow to chin and the skull behind it; the head is one unit wide."""
    jaw = portrait.jaw
    chin, cheek = (0.57, 0.50) if portrait.age == "child" else (0.66, 0.47)
    half = np.array(
        [
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
    ) * (portrait.width, 1)
    return smooth(np.vstack([half, half[-2:0:-1] * (-1, 1)]), steps=6)


def _draw_neck(body: Stencil, tones: Tones, portrait: Portrait) -> None:
    half = 0.19 if portrait.age == "child" else 0.21 if portrait.jaw < 0.5 else 0.27
    right = np.array([(half, 0.2), (half + 0.01, 0.68), (half + 0.16, 0.92), (0, 1.15)])
    neck = np.vstack([right, right[-2::-1] * (-1, 1)])
    body.fill(neck, tones["base"])
    shadow = smooth(points("-.5,.3 .5,.3 .34,.74 .06,.90 -.3,.76"))
    body.paint(body.mask(shadow), tones["shade"], 0.95, within=body.mask(neck))


def _draw_shoulders(body: Stencil, portrait: Portrait, tones: Tones, light: int) -> None:
    """The torso down to well below the picture's edge, its folds, its collar and its rim light."""
    cloth = tones["cloth"]
    wide = _WIDTHS.get(portrait.age, 1.0 if portrait.lips else 1.12)
    stretch = np.array([wide, 1.0])
    half = smooth(
        np.vstack(
            [
                points(f".17,{_DROP - 0.04} .30,{_DROP - 0.02}"),
                points(f".62,{_DROP + 0.14} .92,{_DROP + 0.34}") * stretch,
                points(f"1.06,{_DROP + 0.75} 1.10,2.2 1.12,6") * stretch,
            ]
        ),
        closed=False,
        steps=6,
    )
    torso = body.mask(np.vstack([half, half[::-1] * (-1, 1)]))
    area = torso
    if portrait.outfit not in {"turtleneck", "spacesuit"}:
        deep = _NECKLINES.get(portrait.outfit, 0.02)
        rim = [(-0.34, _DROP - 0.1), (0.34, _DROP - 0.1), (0.2, _DROP + 0.8 * deep)]
        opening = smooth([*rim, (0, _DROP + 0.06 + deep), (-0.2, _DROP + 0.8 * deep)])
        area = torso.without(body.mask(opening))
    body.paint(area, cloth)
    gloom = points("-.28,.8 -.5,1.8 -.42,7 -2.2,7 -2.2,.8") * (light, 1)
    body.paint(body.mask(gloom), scale(cloth, 0.7), 0.8, within=area)
    for side in (-1, 1):
        sleeve = smooth(points(".62,1.44 .66,1.9 .62,2.6") * (side * wide, 1), closed=False)
        body.paint(body.mask(sleeve, width=0.025), scale(cloth, 0.5), 0.7, within=area)
    draw_layers(body, "garments", portrait.outfit, tones, within=torso)
    edge = points(".56,.94 .66,.99 .94,1.20 1.06,1.62 1.10,3") * (light * wide, 1)
    rim_light = body.mask(smooth(edge, closed=False), width=0.075)
    body.paint(rim_light, mix(cloth, tones["glow"], 0.6), 0.6, within=area)


def _draw_back_hair(pen: Stencil, body: Stencil, portrait: Portrait, tones: Tones) -> None:
    """What lies behind the head and the neck."""
    if portrait.hat in _COVERS:
        return
    if portrait.hair not in _CURLS:
        frame = pen if portrait.hair in _TURNS_ALONG else body
        draw_layers(frame, "hair_back", portrait.hair, tones)
        return
    cloud, curl = _CURLS[portrait.hair]
    dark = scale(tones["hair"], 0.72)
    if cloud:
        pen.fill(oval(0, -0.34, cloud, cloud * 0.97), dark)
    _curl(pen, -0.32, (cloud - 0.16 if cloud else 0.46,) * 2, 1.5 * curl, dark, 0.2, 17)


def _curl(
    pen: Stencil,
    y: float,
    reach: tuple[float, float],
    size: float,
    colour: Colour,
    low: float,
    count: int,
) -> None:
    """Curls along an arch over the head whose ends lie `low` half turns under its middle."""
    for angle in np.linspace((1 - low) * np.pi, (2 + low) * np.pi, count):
        pen.fill(oval(reach[0] * np.cos(angle), y + reach[1] * np.sin(angle), size, size), colour)


def _draw_front_hair(pen: Stencil, portrait: Portrait, hair: Colour, light: int) -> None:
    """Fringe, hairline and temples, with one highlight."""
    if portrait.hair == "bald" or portrait.hat in _COVERS or portrait.hat == "helmet":
        return
    if portrait.hair in _CURLS:
        size = _CURLS[portrait.hair][1]
        _curl(pen, -0.28, (0.45, 0.38), size, hair, 0.02, 12)
        for x in (-0.3, -0.1, 0.1, 0.3):
            pen.fill(oval(x, -0.66, size, size * 0.85), hair)
        pen.fill(oval(light * 0.20, -0.70, size * 0.8, size * 0.5), scale(hair, 1.35))
        return
    area = pen.mask(load_outlines()["hair_front"][portrait.hair][0].outlines[0])
    pen.paint(area, hair)
    shine = pen.mask(smooth(_SHINE * (light, 1), steps=6), blur=0.02)
    pen.paint(shine, mix(scale(hair, 1.45), (255, 255, 255), 0.04), 0.6, within=area)
    gloom = pen.mask(smooth(_GLOOM * (light, 1)))
    pen.paint(gloom, scale(hair, 0.68), 0.8, within=area)


def _draw_cover(pen: Stencil, kind: str, tones: Tones, light: int) -> None:
    """A hood, a scarf or a helmet around the face: shell, opening and lining of outlines.yaml."""
    layers = load_outlines()["cover"][kind]
    shell, opening, lining = (pen.mask(layer.outlines[0]) for layer in layers)
    cloth = tones[layers[0].fill]
    area: Patch = shell.without(opening)
    pen.paint(area, cloth)
    pen.paint(lining, scale(cloth, layers[2].brightness), within=area)
    fold = pen.mask(smooth(_FOLD * (light, 1)))
    pen.paint(fold, scale(cloth, 0.72), 0.7, within=area)
