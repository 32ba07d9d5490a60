"""Shoulders and clothes under the drawn heads."""

from __future__ import annotations

from assistant.demo.canvas import Point, oval, smooth
from assistant.demo.colours import Colour, Palette, mix, scale
from assistant.demo.portraits import Portrait
from assistant.demo.stencil import Stencil


def _cloth(portrait: Portrait, palette: Palette) -> Colour:
    return (palette.near, palette.mid, palette.accent, mix(palette.ink, palette.near, 0.45))[
        portrait.cloth
    ]


def draw_shoulders(body: Stencil, portrait: Portrait, palette: Palette, light: int) -> None:
    """The torso down to well below the picture's edge, its folds and its collar."""
    cloth = _cloth(portrait, palette)
    dark, pale = scale(cloth, 0.68), mix(cloth, palette.paper, 0.8)
    wide = {"child": 0.74, "elder": 0.98}.get(portrait.age, 1.0 if portrait.lips else 1.12)
    drop = 0.82
    torso: list[Point] = [
        (0.17, drop - 0.04),
        (0.30, drop - 0.02),
        (0.62 * wide, drop + 0.14),
        (0.92 * wide, drop + 0.34),
        (1.06 * wide, drop + 0.75),
        (1.10 * wide, 2.2),
        (1.12 * wide, 5.0),
    ]
    shape = [*smooth(torso, closed=False, steps=6).tolist()]
    outline = shape + [[-x, y] for x, y in shape[::-1]]
    neck = {"dress": 0.30, "tank": 0.26, "tee": 0.12, "stripes": 0.12}.get(portrait.outfit, 0.02)
    opening = smooth(
        [
            (-0.34, drop - 0.10),
            (0.34, drop - 0.10),
            (0.20, drop + neck * 0.8),
            (0, drop + 0.06 + neck),
            (-0.20, drop + neck * 0.8),
        ]
    )
    area = body.mask([(x, y) for x, y in outline])
    if portrait.outfit not in {"turtleneck", "spacesuit"}:
        area = area.without(body.mask(opening))
    body.paint(area, cloth)
    gloom = [
        (-light * 0.28, drop),
        (-light * 0.5, 1.8),
        (-light * 0.42, 5.0),
        (-light * 2.2, 5.0),
        (-light * 2.2, drop),
    ]
    body.paint(body.mask(gloom), dark, 0.8, within=area)
    for side in (-1, 1):
        seam = body.lines(
            smooth(
                [
                    (side * 0.62 * wide, drop + 0.62),
                    (side * 0.66 * wide, 1.9),
                    (side * 0.62 * wide, 2.6),
                ],
                closed=False,
            ),
            0.025,
        )
        body.paint(seam, scale(cloth, 0.5), 0.7, within=area)
    edge = body.lines(
        smooth(
            [
                (light * 0.32, drop),
                (light * 0.64 * wide, drop + 0.16),
                (light * 0.94 * wide, drop + 0.38),
                (light * 1.07 * wide, drop + 0.8),
            ],
            closed=False,
        ),
        0.05,
    )
    body.paint(edge, pale, 0.55, within=area)
    _draw_collar(body, portrait, palette, cloth, drop)


def _draw_collar(
    body: Stencil, portrait: Portrait, palette: Palette, cloth: Colour, drop: float
) -> None:
    dark, white = scale(cloth, 0.55), mix(palette.paper, cloth, 0.08)
    style = portrait.outfit
    if style in {"suit", "coat", "shirt", "jacket", "uniform"}:
        shirt = white if style in {"suit", "coat"} else mix(cloth, palette.paper, 0.45)
        body.fill(
            [
                (-0.30, drop - 0.06),
                (0.30, drop - 0.06),
                (0.20, drop + 0.6),
                (0, 2.2),
                (-0.20, drop + 0.6),
            ],
            shirt,
        )
        for side in (-1, 1):
            body.fill(
                [
                    (side * 0.25, drop - 0.16),
                    (side * 0.03, drop + 0.16),
                    (side * 0.24, drop + 0.36),
                    (side * 0.37, drop - 0.02),
                ],
                scale(shirt, 0.92),
            )
            if style != "shirt":
                body.fill(
                    [
                        (side * 0.35, drop - 0.10),
                        (side * 0.56, drop + 0.28),
                        (side * 0.40, drop + 0.36),
                        (side * 0.46, drop + 0.48),
                        (side * 0.02, 2.3),
                        (side * 0.10, drop + 0.55),
                    ],
                    dark,
                )
        if style == "suit":
            body.fill(
                [
                    (-0.07, drop + 0.16),
                    (0.07, drop + 0.16),
                    (0.05, drop + 0.30),
                    (0.10, 1.9),
                    (0, 2.1),
                    (-0.10, 1.9),
                    (-0.05, drop + 0.30),
                ],
                palette.accent,
            )
        if style == "uniform":
            for row in range(2):
                for column in range(3):
                    left = 0.42 + 0.15 * column
                    body.fill(
                        [
                            (left, drop + 0.55 + 0.1 * row),
                            (left + 0.13, drop + 0.55 + 0.1 * row),
                            (left + 0.13, drop + 0.62 + 0.1 * row),
                            (left, drop + 0.62 + 0.1 * row),
                        ],
                        (palette.accent, palette.glow, palette.paper)[(row + column) % 3],
                    )
    elif style in {"turtleneck", "knit"}:
        body.fill(
            smooth(
                [
                    (-0.31, drop - 0.24),
                    (0, drop - 0.16),
                    (0.31, drop - 0.24),
                    (0.38, drop + 0.06),
                    (0, drop + 0.16),
                    (-0.38, drop + 0.06),
                ]
            ),
            scale(cloth, 0.82),
        )
        for x in (-0.2, -0.07, 0.07, 0.2):
            body.stroke([(x, drop - 0.15), (x * 1.15, drop + 0.06)], dark, 0.018)
    elif style in {"tee", "stripes"}:
        if style == "stripes":
            for row in range(7):
                level = drop + 0.34 + 0.2 * row
                body.stroke(
                    smooth([(-1.05, level + 0.06), (0, level), (1.05, level + 0.06)], closed=False),
                    white,
                    0.075,
                )
        body.stroke(
            smooth(
                [
                    (-0.33, drop - 0.02),
                    (-0.18, drop + 0.12),
                    (0, drop + 0.19),
                    (0.18, drop + 0.12),
                    (0.33, drop - 0.02),
                ],
                closed=False,
            ),
            dark,
            0.05,
        )
    elif style == "dungarees":
        for side in (-1, 1):
            body.fill(
                [
                    (side * 0.28, drop + 0.02),
                    (side * 0.44, drop + 0.06),
                    (side * 0.40, drop + 0.6),
                    (side * 0.26, drop + 0.6),
                ],
                palette.near,
            )
            body.fill(oval(side * 0.33, drop + 0.56, 0.07, 0.07), palette.glow)
        body.fill(
            [(-0.46, drop + 0.55), (0.46, drop + 0.55), (0.52, 4.0), (-0.52, 4.0)], palette.near
        )
    elif style in {"armour", "tank"}:
        for side in (-1, 1):
            body.fill(
                smooth(
                    [
                        (side * 0.55, drop + 0.08),
                        (side * 0.98, drop + 0.20),
                        (side * 1.22, drop + 0.62),
                        (side * 0.90, drop + 0.66),
                        (side * 0.60, drop + 0.40),
                    ]
                ),
                scale(cloth, 0.8 if style == "armour" else 1.0),
            )
            body.stroke([(side * 0.30, drop + 0.05), (side * 0.18, 2.2)], dark, 0.06)
        if style == "armour":
            body.fill(
                [
                    (-0.16, drop + 0.42),
                    (0.16, drop + 0.42),
                    (0.10, drop + 0.62),
                    (0, drop + 0.7),
                    (-0.10, drop + 0.62),
                ],
                palette.accent,
            )
    elif style == "spacesuit":
        body.fill(
            smooth(
                [
                    (-0.52, drop - 0.12),
                    (0, drop + 0.0),
                    (0.52, drop - 0.12),
                    (0.58, drop + 0.12),
                    (0, drop + 0.28),
                    (-0.58, drop + 0.12),
                ]
            ),
            mix(palette.paper, palette.mid, 0.25),
        )
        body.fill(
            [(-0.3, drop + 0.55), (0.3, drop + 0.55), (0.3, drop + 0.9), (-0.3, drop + 0.9)],
            mix(palette.paper, palette.mid, 0.4),
        )
        for x, colour in ((-0.18, palette.accent), (0, palette.glow), (0.18, palette.near)):
            body.fill(oval(x, drop + 0.72, 0.06, 0.06), colour)
    elif style == "dress":
        for side in (-1, 1):
            body.stroke([(side * 0.33, drop), (side * 0.20, drop + 0.3)], dark, 0.03)
