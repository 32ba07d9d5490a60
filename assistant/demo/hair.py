"""Hair and hats of the drawn heads."""

from __future__ import annotations

import numpy as np

from assistant.demo.canvas import Point, oval, smooth
from assistant.demo.colours import Colour, Palette, mix, scale
from assistant.demo.portraits import Portrait
from assistant.demo.stencil import Patch, Stencil

_COVERING = {"helmet", "hood", "space", "scarf"}


def _mirrored(half: list[Point]) -> list[Point]:
    return half + [(-x, y) for x, y in half[::-1] if x]


def draw_back_hair(pen: Stencil, body: Stencil, portrait: Portrait, hair: Colour) -> None:
    """What lies behind the head and the neck."""
    dark = scale(hair, 0.72)
    style = portrait.hair
    if portrait.hat in {"hood", "space"}:
        return
    if style == "long":
        body.fill(
            smooth(
                _mirrored(
                    [
                        (0, -0.86),
                        (0.42, -0.74),
                        (0.60, -0.35),
                        (0.62, 0.25),
                        (0.66, 0.8),
                        (0.62, 1.2),
                        (0.3, 1.3),
                    ]
                )
            ),
            dark,
        )
    elif style == "waves":
        body.fill(
            smooth(
                _mirrored(
                    [
                        (0, -0.88),
                        (0.40, -0.80),
                        (0.62, -0.45),
                        (0.60, -0.10),
                        (0.70, 0.15),
                        (0.62, 0.42),
                        (0.72, 0.70),
                        (0.55, 0.98),
                        (0.3, 0.95),
                    ]
                )
            ),
            dark,
        )
    elif style == "bob":
        body.fill(
            smooth(
                _mirrored(
                    [
                        (0, -0.84),
                        (0.40, -0.75),
                        (0.58, -0.40),
                        (0.60, 0.10),
                        (0.60, 0.48),
                        (0.40, 0.60),
                        (0.2, 0.5),
                    ]
                )
            ),
            dark,
        )
    elif style == "braids":
        for side in (-1, 1):
            for place in range(6):
                body.fill(
                    oval(side * (0.50 + 0.02 * place), 0.20 + 0.16 * place, 0.11, 0.10),
                    dark if place % 2 else hair,
                )
    elif style == "ponytail":
        pen.fill(
            smooth(
                [
                    (0.1, -0.8),
                    (0.55, -0.85),
                    (0.80, -0.45),
                    (0.72, 0.2),
                    (0.60, 0.5),
                    (0.58, 0.0),
                    (0.5, -0.45),
                ]
            ),
            dark,
        )
    elif style == "bun":
        pen.fill(oval(0, -0.92, 0.24, 0.22), dark)
    elif style == "afro":
        for angle in np.linspace(0.75 * np.pi, 2.25 * np.pi, 15):
            pen.fill(oval(0.50 * np.cos(angle), -0.30 + 0.52 * np.sin(angle), 0.27, 0.27), dark)
        pen.fill(oval(0, -0.34, 0.66, 0.64), dark)
    elif style == "curls":
        for angle in np.linspace(0.95 * np.pi, 2.05 * np.pi, 11):
            pen.fill(oval(0.46 * np.cos(angle), -0.32 + 0.44 * np.sin(angle), 0.15, 0.15), dark)


_FRONTS: dict[str, list[Point]] = {
    "crop": [
        (-0.52, -0.10),
        (-0.53, -0.50),
        (-0.36, -0.80),
        (0, -0.90),
        (0.36, -0.80),
        (0.53, -0.50),
        (0.52, -0.10),
        (0.455, -0.28),
        (0.38, -0.46),
        (0.12, -0.50),
        (-0.16, -0.48),
        (-0.40, -0.45),
        (-0.46, -0.28),
    ],
    "side": [
        (-0.52, -0.05),
        (-0.55, -0.45),
        (-0.40, -0.82),
        (0.02, -0.95),
        (0.42, -0.86),
        (0.56, -0.50),
        (0.52, -0.05),
        (0.455, -0.26),
        (0.40, -0.40),
        (0.10, -0.42),
        (-0.18, -0.56),
        (-0.30, -0.50),
        (-0.42, -0.42),
        (-0.465, -0.25),
    ],
    "quiff": [
        (-0.51, -0.08),
        (-0.53, -0.45),
        (-0.44, -0.78),
        (-0.22, -1.02),
        (0.20, -1.08),
        (0.50, -0.88),
        (0.55, -0.50),
        (0.51, -0.08),
        (0.455, -0.30),
        (0.40, -0.48),
        (0.10, -0.58),
        (-0.20, -0.56),
        (-0.41, -0.46),
        (-0.46, -0.28),
    ],
    "buzz": [
        (-0.505, -0.12),
        (-0.50, -0.48),
        (-0.34, -0.72),
        (0, -0.79),
        (0.34, -0.72),
        (0.50, -0.48),
        (0.505, -0.12),
        (0.46, -0.28),
        (0.40, -0.44),
        (0.20, -0.50),
        (0, -0.51),
        (-0.20, -0.50),
        (-0.40, -0.44),
        (-0.46, -0.28),
    ],
    "long": [
        (-0.56, 0.60),
        (-0.60, 0.0),
        (-0.58, -0.48),
        (-0.36, -0.82),
        (0, -0.91),
        (0.36, -0.82),
        (0.58, -0.48),
        (0.60, 0.0),
        (0.56, 0.60),
        (0.47, 0.25),
        (0.465, -0.12),
        (0.38, -0.38),
        (0.08, -0.62),
        (0.04, -0.66),
        (-0.02, -0.60),
        (-0.36, -0.36),
        (-0.465, -0.12),
        (-0.47, 0.25),
    ],
    "waves": [
        (-0.60, 0.45),
        (-0.56, 0.15),
        (-0.63, -0.15),
        (-0.56, -0.52),
        (-0.34, -0.86),
        (0.06, -0.95),
        (0.42, -0.82),
        (0.60, -0.45),
        (0.56, -0.10),
        (0.63, 0.18),
        (0.56, 0.45),
        (0.46, 0.15),
        (0.47, -0.15),
        (0.36, -0.36),
        (0.04, -0.48),
        (-0.20, -0.64),
        (-0.36, -0.44),
        (-0.47, -0.15),
        (-0.46, 0.15),
    ],
    "bob": [
        (-0.58, 0.45),
        (-0.60, -0.05),
        (-0.56, -0.50),
        (-0.36, -0.80),
        (0, -0.89),
        (0.36, -0.80),
        (0.56, -0.50),
        (0.60, -0.05),
        (0.58, 0.45),
        (0.46, 0.30),
        (0.455, -0.05),
        (0.44, -0.28),
        (0.22, -0.31),
        (0, -0.30),
        (-0.22, -0.31),
        (-0.44, -0.28),
        (-0.455, -0.05),
        (-0.46, 0.30),
    ],
    "bun": [
        (-0.51, 0.0),
        (-0.53, -0.45),
        (-0.36, -0.78),
        (0, -0.86),
        (0.36, -0.78),
        (0.53, -0.45),
        (0.51, 0.0),
        (0.46, -0.22),
        (0.38, -0.42),
        (0.10, -0.56),
        (-0.10, -0.56),
        (-0.38, -0.42),
        (-0.46, -0.22),
    ],
    "ponytail": [
        (-0.51, -0.02),
        (-0.54, -0.45),
        (-0.38, -0.80),
        (0, -0.89),
        (0.38, -0.80),
        (0.54, -0.45),
        (0.51, -0.02),
        (0.46, -0.24),
        (0.36, -0.40),
        (0.0, -0.44),
        (-0.28, -0.54),
        (-0.40, -0.38),
        (-0.46, -0.20),
    ],
    "braids": [
        (-0.54, 0.20),
        (-0.55, -0.42),
        (-0.36, -0.80),
        (0, -0.89),
        (0.36, -0.80),
        (0.55, -0.42),
        (0.54, 0.20),
        (0.465, -0.10),
        (0.40, -0.36),
        (0.06, -0.60),
        (0, -0.66),
        (-0.06, -0.60),
        (-0.40, -0.36),
        (-0.465, -0.10),
    ],
}


def draw_front_hair(
    pen: Stencil, face: Patch, portrait: Portrait, hair: Colour, light: int
) -> None:
    """Fringe, hairline and temples, with one highlight."""
    if portrait.hair == "bald" or portrait.hat in _COVERING:
        return
    if portrait.hair in {"afro", "curls"}:
        size = 0.17 if portrait.hair == "afro" else 0.135
        lift = 0.0 if portrait.hair == "curls" else 0.03
        for angle in np.linspace(0.98 * np.pi, 2.02 * np.pi, 12):
            pen.fill(
                oval(0.45 * np.cos(angle), -0.26 - lift + 0.38 * np.sin(angle), size, size), hair
            )
        for x in (-0.3, -0.1, 0.1, 0.3):
            pen.fill(oval(x, -0.64 - lift, 0.16, 0.13), hair)
        return
    shape = smooth(_FRONTS[portrait.hair], steps=6)
    area = pen.mask(shape)
    pen.paint(area, hair)
    shine = smooth(
        [
            (light * 0.10, -0.80),
            (light * 0.34, -0.70),
            (light * 0.46, -0.46),
            (light * 0.36, -0.58),
            (light * 0.14, -0.70),
        ]
    )
    pen.paint(
        pen.mask(shine, blur=0.01), mix(scale(hair, 1.5), (255, 255, 255), 0.10), 0.75, within=area
    )
    gloom = smooth(
        [
            (-light * 0.7, -1.1),
            (-light * 0.25, -1.0),
            (-light * 0.36, -0.55),
            (-light * 0.44, 0.0),
            (-light * 0.7, 0.6),
        ]
    )
    pen.paint(pen.mask(gloom), scale(hair, 0.68), 0.8, within=area)


def draw_hat(pen: Stencil, portrait: Portrait, palette: Palette, light: int) -> None:
    """The hat, if any, over the hair."""
    main, band, trim = palette.near, palette.ink, palette.accent
    dark = scale(main, 0.7)
    if portrait.hat == "fedora":
        pen.fill(
            smooth(
                [
                    (-0.48, -0.46),
                    (-0.44, -0.98),
                    (-0.14, -1.12),
                    (0, -1.04),
                    (0.14, -1.12),
                    (0.44, -0.98),
                    (0.48, -0.46),
                ]
            ),
            main,
        )
        pen.fill([(-0.485, -0.62), (0.485, -0.62), (0.49, -0.47), (-0.49, -0.47)], band)
        pen.fill(
            smooth(
                [
                    (-0.92, -0.50),
                    (-0.4, -0.54),
                    (0.4, -0.54),
                    (0.92, -0.50),
                    (0.45, -0.38),
                    (0, -0.35),
                    (-0.45, -0.38),
                ]
            ),
            dark,
        )
    elif portrait.hat == "stetson":
        pen.fill(
            smooth(
                [
                    (-0.42, -0.46),
                    (-0.40, -1.05),
                    (-0.16, -1.16),
                    (0, -1.06),
                    (0.16, -1.16),
                    (0.40, -1.05),
                    (0.42, -0.46),
                ]
            ),
            main,
        )
        pen.fill([(-0.43, -0.60), (0.43, -0.60), (0.44, -0.48), (-0.44, -0.48)], trim)
        pen.fill(
            smooth(
                [
                    (-1.05, -0.66),
                    (-0.7, -0.52),
                    (0, -0.50),
                    (0.7, -0.52),
                    (1.05, -0.66),
                    (0.75, -0.40),
                    (0, -0.34),
                    (-0.75, -0.40),
                ]
            ),
            dark,
        )
    elif portrait.hat in {"cap", "beret"}:
        crown = [(-0.53, -0.38), (-0.50, -0.74), (0, -0.96), (0.50, -0.74), (0.53, -0.38)]
        if portrait.hat == "beret":
            crown = [(-0.54, -0.42), (-0.66, -0.72), (-0.1, -0.98), (0.52, -0.82), (0.54, -0.42)]
        pen.fill(smooth(crown, steps=6), trim if portrait.hat == "cap" else main)
        if portrait.hat == "cap":
            pen.fill(
                smooth(
                    [
                        (-0.50, -0.44),
                        (0, -0.52),
                        (0.50, -0.44),
                        (0.42, -0.30),
                        (0, -0.26),
                        (-0.42, -0.30),
                    ]
                ),
                band,
            )
        else:
            pen.fill([(-0.53, -0.50), (0.53, -0.50), (0.53, -0.38), (-0.53, -0.38)], dark)
            pen.fill(oval(light * 0.3, -0.58, 0.06, 0.06), trim)
    elif portrait.hat in {"beanie", "party", "crown"}:
        if portrait.hat == "beanie":
            pen.fill(
                smooth([(-0.53, -0.36), (-0.50, -0.80), (0, -1.04), (0.50, -0.80), (0.53, -0.36)]),
                trim,
            )
            pen.fill(oval(0, -1.06, 0.13, 0.12), palette.paper)
            pen.fill(
                smooth(
                    [
                        (-0.55, -0.34),
                        (-0.55, -0.54),
                        (0, -0.60),
                        (0.55, -0.54),
                        (0.55, -0.34),
                        (0, -0.40),
                    ]
                ),
                palette.paper,
            )
        elif portrait.hat == "party":
            pen.fill([(-0.30, -0.70), (0.30, -0.70), (0.04, -1.45)], trim)
            pen.fill([(-0.22, -0.90), (0.23, -0.90), (0.18, -1.04), (-0.16, -1.04)], palette.paper)
            pen.fill(oval(0.04, -1.45, 0.10, 0.10), palette.paper)
        else:
            gold = (250, 200, 70)
            pen.fill(
                [
                    (-0.40, -0.62),
                    (-0.46, -1.02),
                    (-0.22, -0.84),
                    (0, -1.10),
                    (0.22, -0.84),
                    (0.46, -1.02),
                    (0.40, -0.62),
                ],
                gold,
            )
            pen.fill(oval(0, -0.74, 0.06, 0.06), trim)
    elif portrait.hat == "helmet":
        pen.fill(
            smooth(
                [
                    (-0.62, -0.28),
                    (-0.60, -0.62),
                    (-0.36, -0.95),
                    (0, -1.03),
                    (0.36, -0.95),
                    (0.60, -0.62),
                    (0.62, -0.28),
                    (0.4, -0.36),
                    (0, -0.38),
                    (-0.4, -0.36),
                ]
            ),
            main,
        )
        pen.fill(
            smooth(
                [(-0.66, -0.26), (0, -0.40), (0.66, -0.26), (0.4, -0.27), (0, -0.31), (-0.4, -0.27)]
            ),
            dark,
        )
        for side in (-1, 1):
            pen.stroke([(side * 0.50, -0.25), (side * 0.47, 0.30), (side * 0.2, 0.66)], band, 0.035)
    elif portrait.hat == "hood":
        area = pen.mask(
            smooth(
                _mirrored(
                    [
                        (0, -1.08),
                        (0.50, -0.92),
                        (0.72, -0.30),
                        (0.70, 0.45),
                        (0.85, 1.0),
                        (0.4, 1.05),
                    ]
                )
            )
        )
        area = area.without(
            pen.mask(
                smooth(
                    _mirrored(
                        [
                            (0, -0.66),
                            (0.34, -0.58),
                            (0.47, -0.2),
                            (0.46, 0.25),
                            (0.30, 0.62),
                            (0, 0.78),
                        ]
                    )
                )
            )
        )
        pen.paint(area, main)
        inner = pen.mask(
            smooth(
                _mirrored(
                    [(0, -0.78), (0.40, -0.68), (0.54, -0.2), (0.52, 0.35), (0.34, 0.78), (0, 0.9)]
                )
            )
        )
        pen.paint(inner, scale(main, 0.5), within=area)
    elif portrait.hat == "scarf":
        area = pen.mask(
            smooth(
                _mirrored(
                    [
                        (0, -0.92),
                        (0.42, -0.82),
                        (0.60, -0.35),
                        (0.58, 0.35),
                        (0.70, 0.95),
                        (0.3, 1.15),
                    ]
                )
            )
        )
        area = area.without(
            pen.mask(
                smooth(
                    _mirrored(
                        [
                            (0, -0.54),
                            (0.32, -0.48),
                            (0.45, -0.15),
                            (0.44, 0.22),
                            (0.30, 0.56),
                            (0, 0.70),
                        ]
                    )
                )
            )
        )
        pen.paint(area, trim)
        fold = smooth(
            [
                (-light * 0.7, -0.9),
                (-light * 0.2, -0.9),
                (-light * 0.45, -0.2),
                (-light * 0.4, 0.5),
                (-light * 0.1, 1.2),
                (-light * 0.8, 1.2),
            ]
        )
        pen.paint(pen.mask(fold), scale(trim, 0.66), 0.85, within=area)
    elif portrait.hat == "space":
        area = pen.mask(oval(0, -0.02, 0.86, 0.92))
        area = area.without(pen.mask(oval(0, 0.0, 0.70, 0.76)))
        pen.paint(area, palette.paper)
        arc = pen.lines(
            smooth(
                [(light * 0.66, -0.35), (light * 0.72, 0.05), (light * 0.60, 0.4)], closed=False
            ),
            0.05,
        )
        pen.paint(arc, palette.glow, 0.8)
        pen.paint(
            pen.mask(
                smooth(
                    [
                        (-light * 0.95, -0.5),
                        (-light * 0.74, -0.2),
                        (-light * 0.72, 0.3),
                        (-light * 0.5, 0.75),
                        (-light * 0.95, 0.6),
                    ]
                )
            ),
            mix(palette.paper, palette.mid, 0.5),
            within=area,
        )
