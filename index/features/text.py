"""Lettering: how much, where, and how well it stands out."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from index.features.analysis import TextBlock
from index.features.feature import DRAWN, EYE, Feature, Value
from index.features.text_detector import text_mask
from index.records import Pixels

POSITIONS = ("none", "top", "middle", "bottom")
_MASK_SIDE = 256
_TALLEST = 0.85
"""Shorter side of a line as a share of the picture's, from which it is no line of text: smooth
pictures without lettering are sometimes taken for one huge letter."""

FEATURES = (
    Feature("text_coverage", "share of the picture", 0, 1, "share", "text",
        "How much of the picture lettering takes.",
        "Area of the text lines found by PP-OCR's detector, overlaps counted once.", "text",
        checked=f"{EYE} {DRAWN} drawn lettering within a quarter of its area."),
    Feature("text_blocks", "blocks", 0, None, "count", "text",
        "How many separate pieces of lettering there are.",
        "Found lines, those of like height right under each other joined to one block.", "text",
        checked=f"{DRAWN} drawn blocks are counted."),
    Feature("title_share", "share of the picture", 0, 1, "share", "text",
        "How much of the picture the largest piece of lettering takes, mostly the title.",
        "Area of the block with the tallest letters; 0 without text.", "text",
        checked=f"{DRAWN} of drawn lettering the largest block is taken."),
    Feature("title_position", "third of the height", None, None, "category", "text",
        "Whether the title stands in the top, middle or bottom third.",
        "Middle of the block with the largest area times cube of letter height.", "text", POSITIONS,
        checked=EYE),
    Feature("legibility", "contrast ratio 1…21", 1, 21, "number", "text",
        "How clearly the title stands out from its ground: under 3 is hard to read.",
        "WCAG 2.2 contrast ratio between letters and ground, parted by Otsu's threshold inside "
        "the title's lines; missing without text.", "text",
        checked=f"{DRAWN} known letters on a known ground within a tenth."),
)  # fmt: skip


def measure_text(pixels: Pixels, lines: tuple[TextBlock, ...]) -> dict[str, Value]:
    """Text features by name; `lines` are those of the uint8 H × W × 3 sRGB picture."""
    blocks = group_lines(lines, pixels.shape[0] / pixels.shape[1])
    title = find_title(blocks)
    return {
        "text_coverage": _coverage(lines),
        "text_blocks": float(len(blocks)),
        "title_share": _coverage(title),
        "title_position": _position(title),
        "legibility": _legibility(pixels, title),
    }


def plausible_lines(lines: tuple[TextBlock, ...], aspect: float) -> tuple[TextBlock, ...]:
    """The lines that are not as tall as the picture; `aspect` is its height over its width."""
    if not lines:
        return ()
    tall = letter_heights(np.array([line.corners for line in lines]) * [1.0, aspect])
    return tuple(
        line for line, own in zip(lines, tall, strict=True) if own <= _TALLEST * min(1.0, aspect)
    )


def group_lines(
    lines: tuple[TextBlock, ...], aspect: float = 1.0
) -> tuple[tuple[TextBlock, ...], ...]:
    """Lines of like height that stand right under or beside each other, joined to blocks.

    Args:
        lines: lines of text of one picture.
        aspect: height over width of the picture.
    """
    if not lines:
        return ()
    corners = np.array([line.corners for line in lines]) * [1.0, aspect]
    low, high = corners.min(axis=1), corners.max(axis=1)
    tall = letter_heights(corners)
    ratio = np.minimum.outer(tall, tall) / np.maximum.outer(tall, tall)
    gap = np.maximum.outer(low[:, 0], low[:, 0]) - np.minimum.outer(high[:, 0], high[:, 0])
    drop = np.maximum.outer(low[:, 1], low[:, 1]) - np.minimum.outer(high[:, 1], high[:, 1])
    near = np.minimum.outer(tall, tall)
    joined = (ratio > 0.6) & (gap < 0.8 * near) & (drop < 0.5 * near)
    labels = np.arange(len(lines))
    for _ in lines:
        spread = np.where(joined, labels[None, :], len(lines)).min(axis=1)
        if (spread == labels).all():
            break
        labels = spread
    return tuple(
        tuple(line for line, own in zip(lines, labels, strict=True) if own == label)
        for label in dict.fromkeys(labels.tolist())
    )


def find_title(blocks: tuple[tuple[TextBlock, ...], ...]) -> tuple[TextBlock, ...]:
    """The lines of the block that weighs most: area times the cube of its letters' height.

    The power was chosen on posters labelled by eye: with a lower one, wide credits win.
    """

    def weight(block: tuple[TextBlock, ...]) -> float:
        corners = np.array([line.corners for line in block])
        return float(letter_heights(corners).max() ** 3) * _coverage(block)

    return max(blocks, key=weight, default=())


def letter_heights(corners: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Shorter side of each of the (n, 4, 2) quadrilaterals."""
    across = np.linalg.norm(corners[:, 1] - corners[:, 0], axis=1)
    down = np.linalg.norm(corners[:, 3] - corners[:, 0], axis=1)
    shorter: npt.NDArray[np.float64] = np.minimum(across, down) + 1e-9
    return shorter


def _coverage(lines: tuple[TextBlock, ...]) -> float:
    return float(text_mask(lines, _MASK_SIDE, _MASK_SIDE).mean())


def _position(title: tuple[TextBlock, ...]) -> str:
    if not title:
        return "none"
    corners = np.concatenate([line.corners for line in title])
    middle = float(corners[:, 1].min() + corners[:, 1].max()) / 2
    return POSITIONS[1 + min(2, max(0, int(middle * 3)))]


def _legibility(pixels: Pixels, title: tuple[TextBlock, ...]) -> float | None:
    import cv2

    inside = text_mask(title, pixels.shape[1], pixels.shape[0])
    if inside.sum() < 16:
        return None
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)[inside]
    threshold, _ = cv2.threshold(grey[None], 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    upper = grey > threshold
    if upper.all() or not upper.any():
        return 1.0
    light, dark = (_luminance(np.median(pixels[inside][part], axis=0)) for part in (upper, ~upper))
    return (max(light, dark) + 0.05) / (min(light, dark) + 0.05)


def _luminance(colour: npt.NDArray[np.float64]) -> float:
    """Relative luminance of an sRGB colour as WCAG 2.2 defines it."""
    share = colour / 255
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])
