"""Turning light, contrast, colour strength and temperature of a picture by measured steps."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from PIL import Image

from index.features.colour_space import oklab
from index.records import Pixels

if TYPE_CHECKING:
    from assistant.mockups.gauge import Gauge

TURNED = ("light", "contrast", "colour_strength", "temperature")
"""Levers of the index that a regrade turns."""
_ENDS = np.array([*np.log([4.0, 3.0, 6.0]).tolist(), 0.22, 0.8, 0.8, 0.8])
"""How far exponent, contrast and chroma (logarithms), tint, shadows, lights and vibrance may go
either way."""
_NUDGES = np.array([0.06, 0.06, 0.06, 0.012, 0.06, 0.06, 0.06])
"""Steps of the knobs at which slopes are taken: wide enough for eight bits to show them."""
_CHEAP = 0.01
"""Weight of leaving a knob alone, where two ways lead to the same measures."""
_FIRM, _HELD, _ASIDE, _FREE = 4.0, 2.5, 1.6, 0.1
"""Weights of levers that are asked for, of the others that a regrade turns, of those that it only
touches, and of those that come with what is asked for."""
_SLACK = 0.15
"""Steps by which a held lever may move at no cost."""
_SHARES = np.arange(0.2, 1.7, 0.2)
"""Of the way to what least squares found: where a flag jumps, the best place may lie before it."""
_TRIES = 200
_WARM = np.array([np.cos(np.deg2rad(60)), np.sin(np.deg2rad(60))])
_FROM_LAB = np.array(
    [[1, 0.3963377774, 0.2158037573], [1, -0.1055613458, -0.0638541728],
     [1, -0.0894841775, -1.2914855480]], np.float32,
)  # fmt: skip
_FROM_CONE = np.array(
    [[4.0767416621, -3.3077115913, 0.2309699292], [-1.2684380046, 2.6097574011, -0.3413193965],
     [-0.0041960863, -0.7034186147, 1.7076147010]], np.float32,
)  # fmt: skip

Floats = npt.NDArray[np.floating]
Knobs = npt.NDArray[np.float64]


def from_oklab(lab: Floats) -> Pixels:
    """uint8 sRGB of Oklab values (… × 3), what cannot be shown clipped; Ottosson 2020."""
    linear = np.clip(((lab @ _FROM_LAB.T) ** 3) @ _FROM_CONE.T, 0, 1)
    coded = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    pixels: Pixels = np.rint(255 * coded).astype(np.uint8)
    return pixels


def regrade(
    picture: Image.Image,
    gauge: Gauge,
    goals: Callable[[Mapping[str, float]], Mapping[str, float]],
    package: Collection[str] = (),
) -> Image.Image:
    """Bring levers of a picture where they should be, and leave the others where they are.

    An exponent and a contrast on Oklab lightness, a factor on chroma and a tint between blue and
    orange are fitted on a small copy, by least squares and then, as some features are flags, by
    the simplex of Nelder & Mead 1965; they are applied at full size.

    Args:
        picture: RGB.
        gauge: of the index whose levers are meant.
        goals: from where every lever stands to where some should, in steps.
        package: levers that may come along.
    """
    from scipy.optimize import least_squares, minimize

    sitting = gauge.sit(picture)
    before = sitting.steps(sitting.pixels)
    wanted = goals(before)
    if not wanted:
        return picture
    names = [name for name, value in before.items() if not np.isnan(value)]
    goal = np.array([wanted.get(name, before[name]) for name in names])
    weight = np.array([_weight(name, wanted, package) for name in names])
    slack = np.array([0.0 if name in wanted else _SLACK for name in names])
    small = oklab(sitting.pixels)

    def misses(knobs: Knobs) -> Knobs:
        found = sitting.steps(from_oklab(_turned(small, np.clip(knobs, -_ENDS, _ENDS))))
        away = np.nan_to_num(np.array([found[name] for name in names]) - goal)
        kept = np.sign(away) * np.maximum(np.abs(away) - slack, 0)
        return np.concatenate([weight * kept, _CHEAP * knobs / _ENDS])

    def slopes(knobs: Knobs) -> Knobs:
        here = misses(knobs)
        moved = (misses(knobs + nudge) - here for nudge in np.diag(_NUDGES))
        found: Knobs = np.column_stack(list(moved)) / _NUDGES
        return found

    fitted = least_squares(
        misses, np.zeros(len(_ENDS)), slopes, bounds=(-_ENDS, _ENDS), x_scale=10 * _NUDGES,
        max_nfev=10, xtol=1e-3, ftol=1e-3,
    )  # fmt: skip

    def cost(knobs: Knobs) -> float:
        return float((misses(knobs) ** 2).sum())

    start = min((share * fitted.x for share in _SHARES), key=cost)
    found = minimize(
        cost, start, method="Nelder-Mead",
        options={"initial_simplex": np.vstack([start, start + np.diag(4 * _NUDGES)]),
                 "maxfev": _TRIES, "xatol": 1e-3, "fatol": 1e-3},
    )  # fmt: skip
    pixels = np.asarray(picture.convert("RGB"))
    return Image.fromarray(from_oklab(_turned(oklab(pixels), np.clip(found.x, -_ENDS, _ENDS))))


def _weight(name: str, wanted: Collection[str], package: Collection[str]) -> float:
    if name in wanted:
        return _FIRM
    return _FREE if name in package else _HELD if name in TURNED else _ASIDE


def _turned(lab: Floats, knobs: Knobs) -> npt.NDArray[np.float32]:
    """Oklab values after the knobs of _ENDS."""
    exponent, contrast, chroma = np.exp(knobs[:3]).tolist()
    light = np.clip(lab[..., 0], 0, 1) ** exponent
    middle = float(light.mean())
    light = np.clip(middle + contrast * (light - middle), 0, 1)
    bend = knobs[4] * (1 - light) + knobs[5] * light
    light = np.clip(light + bend * light * (1 - light), 0, 1)
    tint = (float(knobs[3]) * 4 * light * (1 - light))[..., None] * _WARM.astype(np.float32)
    strength = np.hypot(lab[..., 1], lab[..., 2])
    factor = chroma * np.exp(knobs[6] * np.clip(strength / 0.1 - 1, -1, 1))
    colour = lab[..., 1:] * factor[..., None] + tint
    return np.concatenate([light[..., None], colour], axis=-1).astype(np.float32)
