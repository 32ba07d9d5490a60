"""Turning light, contrast, colour strength and temperature of a picture by measured steps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from index.features.scaling import shrink
from PIL import Image

from assistant.mockups.aims import load_levers
from index.features.colour import measure_tones
from index.features.colour_space import oklab
from index.records import Pixels

STEPS = {"light": 0.08, "contrast": 0.025, "colour strength": 0.12, "temperature": 0.22}
"""One step of a lever in its feature's own unit: about half the standard deviation among real film
posters (`python benchmarks/variants.py` prints it)."""
_SIDE = 160
"""Longer side at which levers are measured and knobs fitted."""
_ENDS = np.log([4.0, 3.0, 6.0]).tolist()
"""How far the exponent, the contrast and the chroma may go either way, as logarithms."""
_MOST_TINT = 0.22
_CHEAP = np.array([0.01, 0.01, 0.01, 0.01])
"""Weight of leaving a knob alone, where two ways lead to the same measures."""
_NUDGES = np.array([0.04, 0.04, 0.04, 0.008])
"""Steps of the knobs at which slopes are taken: wide enough for eight bits to show them."""
_FIRM = 2.0
"""How much more a lever that is asked for weighs than one that is held."""
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


def from_oklab(lab: Floats) -> Pixels:
    """uint8 sRGB of Oklab values (… × 3), what cannot be shown clipped; Ottosson 2020."""
    linear = np.clip(((lab @ _FROM_LAB.T) ** 3) @ _FROM_CONE.T, 0, 1)
    coded = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    pixels: Pixels = np.rint(255 * coded).astype(np.uint8)
    return pixels


@dataclass(frozen=True, slots=True)
class Regrade:
    """A picture before and after.

    Attributes:
        picture: the regraded picture.
        before, after: the measured value of each lever in STEPS.
        asked: the value each should have come to.
    """

    picture: Image.Image
    before: Mapping[str, float]
    after: Mapping[str, float]
    asked: Mapping[str, float]

    def moved(self, lever: str) -> float:
        """How far a lever moved, in steps."""
        return (self.after[lever] - self.before[lever]) / STEPS[lever]


def measure_levers(pixels: Pixels) -> dict[str, float]:
    """Where the levers in STEPS stand in a picture (H × W × 3)."""
    found, levers = measure_tones(shrink(pixels, _SIDE)), load_levers()
    return {name: found[levers[name].feature] for name in STEPS}


def regrade(picture: Image.Image, targets: Mapping[str, float]) -> Regrade:
    """Bring levers of a picture to measured values, and leave the other levers where they are.

    An exponent and a contrast on Oklab lightness, a factor on chroma and a tint between blue and
    orange are fitted by least squares on a small copy, then applied at full size.

    Args:
        picture: RGB.
        targets: lever of STEPS -> value of its feature.
    """
    from scipy.optimize import least_squares

    pixels = np.asarray(picture.convert("RGB"))
    small = oklab(shrink(pixels, _SIDE))
    before = measure_levers(pixels)
    wanted = np.array([targets.get(name, before[name]) for name in STEPS])
    scale = np.array([step / (_FIRM if name in targets else 1) for name, step in STEPS.items()])

    def misses(knobs: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        found = measure_levers(from_oklab(_turned(small, knobs)))
        return np.concatenate([(np.array(list(found.values())) - wanted) / scale, _CHEAP * knobs])

    def slopes(knobs: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        here = misses(knobs)
        moved = (misses(knobs + nudge) - here for nudge in np.diag(_NUDGES))
        found: npt.NDArray[np.float64] = np.column_stack(list(moved)) / _NUDGES
        return found

    ends = np.array([*_ENDS, _MOST_TINT])
    fitted = least_squares(
        misses, np.zeros(4), slopes, bounds=(-ends, ends), x_scale=10 * _NUDGES,
        max_nfev=12, xtol=1e-3, ftol=1e-3,
    )  # fmt: skip
    done = Image.fromarray(from_oklab(_turned(oklab(pixels), fitted.x)))
    after = measure_levers(np.asarray(done))
    return Regrade(done, before, after, dict(zip(STEPS, wanted.tolist(), strict=True)))


def _turned(lab: Floats, knobs: npt.NDArray[np.float64]) -> npt.NDArray[np.float32]:
    """Oklab values after the four knobs: exponent, contrast, chroma (logarithms) and tint."""
    exponent, contrast, chroma = np.exp(knobs[:3]).tolist()
    light = np.clip(lab[..., 0], 0, 1) ** exponent
    middle = float(light.mean())
    light = np.clip(middle + contrast * (light - middle), 0, 1)
    tint = float(knobs[3]) * 4 * light * (1 - light)
    colour = lab[..., 1:] * chroma + tint[..., None] * _WARM.astype(np.float32)
    return np.concatenate([light[..., None], colour], axis=-1).astype(np.float32)
