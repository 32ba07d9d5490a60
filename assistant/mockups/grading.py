"""A picture's light, colours, fine detail and letters turned by a few knobs, as a grade does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from index.features.colour_space import oklab
from index.features.text_detector import text_mask
from index.records import Pixels

if TYPE_CHECKING:
    from index.features.analysis import Analysis, TextBlock

ENDS = np.array([*np.log([4.0, 3.0, 6.0]).tolist(), 0.22, 0.8, 0.8, 0.8, 1.2, 0.6, 0.6, 0.5])
"""How far exponent, contrast and chroma (logarithms), tint, shadows, lights, vibrance, detail that
is kept, more detail, more of it where the eye goes, and letters may go either way."""
TONES = 7
"""How many of these knobs, the first, turn light and colour alone."""
_DETAIL, _FEATHER = 0.01, 0.004
"""Blurs that part fine detail from tone, and soften the edge of lettering; shares of the longer
side."""
_DRAWN = (0.6, 0.9)
"""Quantiles of saliency between which a place turns from ground to what draws the eye."""
_LEAST_LETTERS, _LEAST_APART = 16, 0.02
"""Pixels of a line, and lightness between letters and ground, under which it is left alone."""
_SHADE = 0.35
"""How much the ground right behind letters gives way while they move one."""
_WARM = np.array([np.cos(np.deg2rad(60)), np.sin(np.deg2rad(60))], np.float32)
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


@dataclass(frozen=True, slots=True, eq=False)
class Negative:
    """A picture ready to be graded.

    Attributes:
        lab: in Oklab, H × W × 3.
        soft: its lightness without fine detail.
        eye: −1 for ground … 1 for what draws the eye.
        letters: how much of each place is letters, negative where these are dark on light.
    """

    lab: Floats
    soft: Floats
    eye: Floats
    letters: Floats

    @classmethod
    def of(cls, pixels: Pixels, found: Analysis) -> Negative:
        """From uint8 sRGB, and what was found in it."""
        import cv2

        lab = oklab(pixels)
        light = np.ascontiguousarray(np.clip(lab[..., 0], 0, 1))
        soft = np.asarray(cv2.GaussianBlur(light, (0, 0), _DETAIL * max(light.shape)), np.float32)
        return cls(lab, soft, _eye(found, light.shape), _letters(light, found.text or ()))

    def graded(self, knobs: Knobs) -> Pixels:
        """The picture after the knobs of ENDS, or the first of them.

        A tone curve flattens detail where it is flat; `kept` gives back what it took (a base and a
        detail layer, after Durand & Dorsey 2002). Letters move away from their ground or to it.
        """
        knobs = np.pad(knobs, (0, len(ENDS) - len(knobs)))
        exponent, contrast, chroma = np.exp(knobs[:3]).tolist()
        tint, shadows, lights, vibrance, kept, more, drawn, letters = knobs[3:].tolist()
        start = np.clip(self.lab[..., 0], 0, 1)
        middle = float((start**exponent).mean())

        def curve(light: Floats) -> Floats:
            light = np.clip(middle + contrast * (light**exponent - middle), 0, 1)
            bend = shadows * (1 - light) + lights * light
            curved: Floats = np.clip(light + bend * light * (1 - light), 0, 1)
            return curved

        light, detail = curve(start), start - self.soft
        light = light + kept * (detail - light + curve(self.soft))
        light = light + (more + drawn * self.eye) * detail + letters * self.letters
        light = np.clip(light, 0, 1)
        strength = np.hypot(self.lab[..., 1], self.lab[..., 2])
        factor = chroma * np.exp(vibrance * np.clip(strength / 0.1 - 1, -1, 1))
        warmth = (tint * 4 * light * (1 - light))[..., None] * _WARM
        colour = self.lab[..., 1:] * factor[..., None] + warmth
        return from_oklab(np.dstack([light, colour]).astype(np.float32))


def _eye(found: Analysis, shape: tuple[int, ...]) -> Floats:
    import cv2

    rows, columns = np.indices(shape, np.float32)
    eye = np.zeros(shape, np.float32)
    for box in (face.box for face in found.faces or ()):
        x, y = box.centre
        across = (columns / shape[1] - x) / box.width
        down = (rows / shape[0] - y) / box.height - 0.3
        eye = np.maximum(eye, np.exp(-(across**2 + down**2) / 1.5))
    if found.faces or found.saliency is None or not found.saliency.any():
        return 2 * eye - 1
    large = cv2.resize(found.saliency, shape[::-1], interpolation=cv2.INTER_LINEAR)
    drawn: Floats = np.interp(large, np.quantile(large, _DRAWN), (-1, 1)).astype(np.float32)
    return drawn


def _letters(light: Floats, lines: tuple[TextBlock, ...]) -> Floats:
    """Letters by the two tones of every line; the rarer one is theirs."""
    import cv2

    height, width = light.shape
    found = np.zeros_like(light)
    tones = np.rint(255 * light).astype(np.uint8)
    for line in lines:
        inside = text_mask((line,), width, height)
        if inside.sum() < _LEAST_LETTERS:
            continue
        cut, _ = cv2.threshold(tones[inside][None], 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
        upper = tones[inside] > cut
        if upper.all() or not upper.any():
            continue
        letters = upper if upper.mean() < 0.5 else ~upper
        ink, ground = (float(np.median(light[inside][one])) for one in (letters, ~letters))
        if abs(ink - ground) < _LEAST_APART:
            continue
        share = np.clip((light - ground) / (ink - ground), 0, 1) * (1 + _SHADE) - _SHADE
        edge = cv2.GaussianBlur(inside.astype(np.float32), (0, 0), _FEATHER * max(height, width))
        own = share * edge * np.sign(ink - ground)
        found = np.where(np.abs(own) > np.abs(found), own, found)
    return found
