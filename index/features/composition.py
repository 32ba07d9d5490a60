"""How a picture is laid out: balance, empty space, sharpness and how the subject is set off."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from index.features.analysis import Face, TextBlock, shrink
from index.features.colour_space import oklab
from index.features.feature import DRAWN, Feature, Value
from index.features.text_detector import text_mask
from index.records import Pixels

Floats = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]

_SIDE = 256
_SYMMETRY_SIDE = 48
_EMPTY = 0.02
"""Standard deviation of Oklab lightness around a place up to which the place counts as empty."""
_SUBJECT = 0.2
"""Share of the picture, the most salient, that stands for the subject where there is no face."""
_POWER_POINTS = np.array([[1 / 3, 1 / 3], [2 / 3, 1 / 3], [1 / 3, 2 / 3], [2 / 3, 2 / 3]])
_FARTHEST = float(np.hypot(1 / 3, 1 / 3))

FEATURES = (
    Feature("negative_space", "share of the picture", 0, 1, "share", "composition",
        "How much of the picture is left empty.",
        "Share of places whose surroundings (5 % of the side) vary in Oklab lightness by less "
        "than 0.02 and that hold no lettering.", "composition",
        checked=f"{DRAWN} a picture two thirds empty within 0.04."),
    Feature("visual_centre_x", "share of the width", 0, 1, "share", "composition",
        "Where the eye is drawn from left (0) to right (1); missing for an even picture.",
        "Centre of the saliency map (Hou & Zhang 2007).", "composition",
        checked=f"{DRAWN} a single dot within 0.12 of where it was drawn."),
    Feature("visual_centre_y", "share of the height", 0, 1, "share", "composition",
        "Where the eye is drawn from top (0) to bottom (1); missing for an even picture.",
        "Centre of the saliency map (Hou & Zhang 2007).", "composition",
        checked=f"{DRAWN} a single dot within 0.12 of where it was drawn."),
    Feature("rule_of_thirds", "1 on a crossing, 0 farthest", 0, 1, "number", "composition",
        "How near the subject stands to a crossing of the thirds.",
        "Distance of the largest face, else of the most salient place, to the nearest crossing.",
        "composition",
        checked=f"{DRAWN} a dot and a face on a crossing and in a corner."),
    Feature("symmetry", "correlation", -1, 1, "number", "composition",
        "How alike the left half and the mirrored right half are: 1 the same, 0 nothing in common, "
        "−1 opposite; missing for an even picture.",
        "Correlation of the small Oklab picture with its mirror image.",
        "composition",
        checked=f"{DRAWN} a mirrored photograph is 1, opposite halves −1, within 0.01."),
    Feature("clutter", "share of edge pixels", 0, 1, "share", "composition",
        "How busy the picture is.",
        "Density of Canny edges at 256 pixels, a measure of clutter (Mack & Oliva 2004).",
        "composition",
        checked=f"{DRAWN} a fine grid against a coarse one, an even picture is 0."),
    Feature("sharpness", "1 − perceived blur", 0, 1, "number", "composition",
        "How crisp the picture is as a whole; missing where there is nothing to be sharp.",
        "No-reference blur metric of Crete et al. 2007, The blur effect.", "composition",
        checked=f"{DRAWN} falls with every step of blur that is laid on a photograph."),
    Feature("background_blur", "−1 subject softer … 1 ground softer", -1, 1, "number",
        "composition",
        "How much softer the surroundings are than the subject, as with a shallow depth of field.",
        "(s − g) / (s + g) of the mean fine detail of subject and ground, lettering left out; "
        "after the depth-of-field indicator of Datta et al. 2006.", "composition",
        checked=f"{DRAWN} a sharp figure on a blurred ground and the reverse."),
    Feature("figure_ground_contrast", "Oklab distance", 0, 1, "number", "composition",
        "How clearly the subject stands out from what surrounds it, in colour and light.",
        "Distance of the median Oklab colours of subject and ground, lettering left out.",
        "composition",
        checked=f"{DRAWN} figures of known colour on a known ground."),
)  # fmt: skip


def measure_composition(
    pixels: Pixels, saliency: Floats, faces: tuple[Face, ...], text: tuple[TextBlock, ...]
) -> dict[str, Value]:
    """Composition features by name.

    Args:
        pixels: uint8 H × W × 3 sRGB.
        saliency: of the same picture, 0…1.
        faces, text: what was found in it; they set subject and lettering apart.
    """
    small = shrink(pixels, _SIDE)
    lab = oklab(small)
    lettering = text_mask(text, small.shape[1], small.shape[0])
    subject = _subject(saliency, faces, lettering)
    ground = ~subject & ~lettering
    x, y = _centre(saliency)
    return {
        "negative_space": _negative_space(lab[..., 0], lettering),
        "visual_centre_x": x,
        "visual_centre_y": y,
        "rule_of_thirds": _thirds(saliency, faces),
        "symmetry": _symmetry(pixels),
        "clutter": _clutter(small),
        "sharpness": _sharpness(pixels),
        "background_blur": _background_blur(pixels, subject & ~lettering, ground),
        "figure_ground_contrast": _figure_ground(lab, subject & ~lettering, ground),
    }


def _subject(saliency: Floats, faces: tuple[Face, ...], lettering: Mask) -> Mask:
    """Heads and shoulders where there are faces, else the most salient places."""
    import cv2

    height, width = lettering.shape
    mask = np.zeros((height, width), bool)
    tallest = max((face.box.height for face in faces), default=0.0)
    for face in faces:
        if face.box.height < tallest / 2:
            continue
        x, _ = face.box.centre
        left, right = x - 1.1 * face.box.width, x + 1.1 * face.box.width
        top, bottom = face.box.top - 0.3 * face.box.height, face.box.bottom + face.box.height
        rows = slice(max(0, round(top * height)), max(0, round(bottom * height)))
        mask[rows, max(0, round(left * width)) : max(0, round(right * width))] = True
    if faces or not saliency.any():
        return mask
    large = cv2.resize(saliency, (width, height), interpolation=cv2.INTER_LINEAR)
    free = large[~lettering] if not lettering.all() else large.ravel()
    return np.asarray(large >= np.quantile(free, 1 - _SUBJECT), bool)


def _negative_space(lightness: Floats, lettering: Mask) -> float:
    import cv2

    side = max(3, round(0.05 * max(lightness.shape)) | 1)
    mean = cv2.blur(lightness, (side, side), borderType=cv2.BORDER_REFLECT)
    square = cv2.blur(lightness * lightness, (side, side), borderType=cv2.BORDER_REFLECT)
    varied = np.sqrt(np.maximum(square - mean * mean, 0)) >= _EMPTY
    return float((~varied & ~lettering).mean())


def _centre(saliency: Floats) -> tuple[float | None, float | None]:
    total = float(saliency.sum())
    if not total:
        return None, None
    height, width = saliency.shape
    x = float(saliency.sum(axis=0) @ (np.arange(width) + 0.5)) / total / width
    y = float(saliency.sum(axis=1) @ (np.arange(height) + 0.5)) / total / height
    return x, y


def _thirds(saliency: Floats, faces: tuple[Face, ...]) -> float | None:
    if faces:
        place = max(faces, key=lambda face: face.box.area).box.centre
    elif saliency.any():
        row, column = divmod(int(saliency.argmax()), saliency.shape[1])
        place = (column + 0.5) / saliency.shape[1], (row + 0.5) / saliency.shape[0]
    else:
        return None
    nearest = float(np.linalg.norm(_POWER_POINTS - place, axis=1).min())
    return max(0.0, 1 - nearest / _FARTHEST)


def _symmetry(pixels: Pixels) -> float | None:
    lab = oklab(shrink(pixels, _SYMMETRY_SIDE)).astype(np.float64)
    lab -= lab.mean(axis=(0, 1))
    power = float((lab * lab).sum())
    if power < 1e-6 * lab.size:
        return None
    return float(np.clip((lab * lab[:, ::-1]).sum() / power, -1, 1))


def _clutter(small: Pixels) -> float:
    import cv2

    grey = cv2.cvtColor(np.ascontiguousarray(small), cv2.COLOR_RGB2GRAY)
    return float((cv2.Canny(grey, 80, 160) > 0).mean())


def _sharpness(pixels: Pixels) -> float | None:
    import cv2

    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY).astype(np.float32)
    blurs = []
    for axis, kernel in ((0, (1, 9)), (1, (9, 1))):
        if grey.shape[axis] < 9:
            continue
        before = np.abs(np.diff(grey, axis=axis))
        after = np.abs(np.diff(cv2.blur(grey, kernel), axis=axis))
        total = float(before.sum(dtype=np.float64))
        if total < before.size * 0.01:
            continue
        lost = float(np.maximum(before - after, 0).sum(dtype=np.float64))
        blurs.append((total - lost) / total)
    return 1 - max(blurs) if blurs else None


def _background_blur(pixels: Pixels, subject: Mask, ground: Mask) -> float | None:
    import cv2

    if not subject.any() or not ground.any():
        return None
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    detail = np.abs(cv2.Laplacian(grey, cv2.CV_32F))
    detail = cv2.resize(detail, subject.shape[::-1], interpolation=cv2.INTER_AREA)
    inside, outside = float(detail[subject].mean()), float(detail[ground].mean())
    return (inside - outside) / (inside + outside) if inside + outside > 0.1 else None


def _figure_ground(lab: Floats, subject: Mask, ground: Mask) -> float | None:
    if not subject.any() or not ground.any():
        return None
    gap = np.median(lab[subject], axis=0) - np.median(lab[ground], axis=0)
    return min(1.0, float(np.linalg.norm(gap)))
