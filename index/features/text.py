"""Lettering: how much, where, and how well it stands out."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from index.features.analysis import TextBlock
from index.features.feature import DRAWN, EYE, Feature, Value
from index.features.text_detector import text_mask
from index.records import Pixels

Role = Literal["title", "tagline or names", "credits", "logo"]
POSITIONS = ("none", "top", "middle", "bottom")
_MASK_SIDE = 256
_EDGE, _LOGO = 0.08, 0.2
"""How near to two edges a logo is, and how wide it is at most, as shares of the picture."""
_CREDITS = 0.022
"""Letter height of credits at most, as a share of the picture's height."""
_TALLEST = 0.85
"""Shorter side of a line as a share of the picture's, from which it is no line of text: smooth
pictures without lettering are sometimes taken for one huge letter."""

_TITLE = (
    "the lines whose words match the title's name, else the block that weighs most by area and "
    "letter height"
)

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
        "How much of the picture the title takes.",
        f"Area of the title's lines: {_TITLE}; 0 without text.", "text",
        checked=f"{DRAWN} of drawn lettering the lines that say the title are taken."),
    Feature("title_position", "third of the height", None, None, "category", "text",
        "Whether the title stands in the top, middle or bottom third.",
        f"Middle of the title's lines: {_TITLE}.", "text", POSITIONS,
        checked=EYE),
    Feature("title_found", "0 or 1", 0, 1, "flag", "text",
        "Whether lettering says the title's name.",
        "The three lines that look most like a title are read by PP-OCR and compared with the "
        "name letter by letter; missing where no name is known or its script is not known to "
        "PP-OCR.", "text",
        checked=f"{EYE} {DRAWN} a drawn name is found, another one is not."),
    Feature("legibility", "contrast ratio 1…21", 1, 21, "number", "text",
        "How clearly the title stands out from its ground: under 3 is hard to read.",
        "WCAG 2.2 contrast ratio between letters and ground of the title's largest line, separated "
        "by Otsu's threshold; missing without text.", "text",
        checked=f"{DRAWN} known letters on a known ground within a tenth."),
)  # fmt: skip


def measure_text(pixels: Pixels, lines: tuple[TextBlock, ...]) -> dict[str, Value]:
    """Text features by name; `lines` are those of the uint8 H × W × 3 sRGB picture.

    The title is guessed; `index.features.title` knows better where the title's name is known.
    """
    aspect = pixels.shape[0] / pixels.shape[1]
    title = guess_title(lines, aspect)
    heaviest = heaviest_line(title, aspect)
    if heaviest is not None and heaviest.contrast is None:
        heaviest = replace(heaviest, contrast=line_contrast(pixels, heaviest))
    return {
        "text_coverage": coverage(lines),
        "text_blocks": float(len(group_lines(lines, aspect))),
        "title_found": None,
        **describe_title(title, heaviest),
    }


def describe_title(title: tuple[TextBlock, ...], heaviest: TextBlock | None) -> dict[str, Value]:
    """The features of a title in these lines, of which `heaviest` has its contrast."""
    return {
        "title_share": coverage(title),
        "title_position": _position(title),
        "legibility": None if heaviest is None else heaviest.contrast,
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


def guess_title(lines: tuple[TextBlock, ...], aspect: float) -> tuple[TextBlock, ...]:
    """The block that weighs most, of the lines that were read or, without any, of all lines.

    A block weighs its area times the cube of the height of its tallest letters.
    """

    def weight(block: tuple[TextBlock, ...]) -> float:
        corners = np.array([line.corners for line in block]) * [1.0, aspect]
        return float(letter_heights(corners).max() ** 3) * coverage(block)

    read = tuple(line for line in lines if line.text is not None)
    return max(group_lines(read or lines, aspect), key=weight, default=())


def heaviest_line(lines: tuple[TextBlock, ...], aspect: float) -> TextBlock | None:
    """The line that looks most like a title, or None of none."""
    return lines[int(line_weights(lines, aspect).argmax())] if lines else None


def lettering_roles(
    lines: tuple[TextBlock, ...], aspect: float
) -> dict[Role, tuple[TextBlock, ...]]:
    """What each line is, by size and place alone: a guess that was not measured.

    Credits are small letters in the lower third, a logo is a short line near a corner, and the
    largest other letters beside the title are its tagline or names.
    """
    title = guess_title(lines, aspect)
    found: dict[Role, list[TextBlock]] = {"title": list(title)}
    for line in lines:
        if line in title:
            continue
        corners = np.array(line.corners)
        (left, top), (right, bottom) = corners.min(axis=0), corners.max(axis=0)
        height = float(letter_heights(corners[None] * [1.0, aspect])[0]) / aspect
        beside = min(left, 1 - right) < _EDGE and min(top, 1 - bottom) < _EDGE
        if beside and right - left < _LOGO:
            role: Role = "logo"
        elif height < _CREDITS and bottom > 2 / 3:
            role = "credits"
        else:
            role = "tagline or names"
        found.setdefault(role, []).append(line)
    return {role: tuple(own) for role, own in found.items() if own}


def line_weights(lines: tuple[TextBlock, ...], aspect: float) -> npt.NDArray[np.float64]:
    """(n,) area times the cube of the letters' height: how much each line looks like a title.

    The power was chosen on posters labelled by eye: with a lower one, wide credits win.

    Args:
        aspect: height over width of the picture.
    """
    if not lines:
        return np.zeros(0)
    heights = letter_heights(np.array([line.corners for line in lines]) * [1.0, aspect])
    areas = np.array([coverage((line,)) for line in lines])
    weights: npt.NDArray[np.float64] = heights**3 * areas
    return weights


def letter_heights(corners: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Shorter side of each of the (n, 4, 2) quadrilaterals."""
    across = np.linalg.norm(corners[:, 1] - corners[:, 0], axis=1)
    down = np.linalg.norm(corners[:, 3] - corners[:, 0], axis=1)
    shorter: npt.NDArray[np.float64] = np.minimum(across, down) + 1e-9
    return shorter


def coverage(lines: tuple[TextBlock, ...]) -> float:
    """Share of the picture that lines take, overlaps counted once."""
    if not lines:
        return 0.0
    return np.count_nonzero(text_mask(lines, _MASK_SIDE, _MASK_SIDE)) / _MASK_SIDE**2


def _position(title: tuple[TextBlock, ...]) -> str:
    """One of POSITIONS."""
    if not title:
        return "none"
    corners = np.concatenate([line.corners for line in title])
    middle = float(corners[:, 1].min() + corners[:, 1].max()) / 2
    return POSITIONS[1 + min(2, max(0, int(middle * 3)))]


def line_contrast(pixels: Pixels, line: TextBlock) -> float | None:
    """Contrast ratio of a line's letters to their ground, 1…21; None if it is a few pixels."""
    import cv2

    height, width = pixels.shape[:2]
    corners = np.clip(np.array(line.corners), 0, 1) * [width, height]
    left, top = np.floor(corners.min(axis=0)).astype(int)
    right, bottom = np.ceil(corners.max(axis=0)).astype(int)
    part = np.ascontiguousarray(pixels[top:bottom, left:right])
    if not part.size:
        return None
    places = (corners - [left, top]) / [right - left, bottom - top]
    own = TextBlock(tuple((float(x), float(y)) for x, y in places), line.score)
    inside = text_mask((own,), part.shape[1], part.shape[0])
    if inside.sum() < 16:
        return None
    grey = cv2.cvtColor(part, cv2.COLOR_RGB2GRAY)[inside]
    threshold, _ = cv2.threshold(grey[None], 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    upper = grey > threshold
    if upper.all() or not upper.any():
        return 1.0
    colours = part[inside]
    light, dark = (_luminance(np.median(colours[side], axis=0)) for side in (upper, ~upper))
    return (max(light, dark) + 0.05) / (min(light, dark) + 0.05)


def _luminance(colour: npt.NDArray[np.float64]) -> float:
    """Relative luminance of an sRGB colour as WCAG 2.2 defines it."""
    share = colour / 255
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])
