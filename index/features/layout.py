"""Where the things are that a crop must not lose: kept so that no crop needs the picture again."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from index.features.analysis import Box, Face, Points, TextBlock
from index.features.feature import DRAWN, Feature
from index.features.text import guess_title, letter_heights

Floats = npt.NDArray[np.float64]

GRID = 16
"""Cells along either side of the coarse saliency."""
_STEPS = 9

FEATURES = (
    Feature("layout", "boxes in shares of the picture", None, None, "structure", "composition",
        "Where faces, title and salient places are: what crops for a canvas are chosen by.",
        "Face boxes, the title's box, letter height and contrast, the lines that were read, and "
        "the saliency map on 16 × 16 cells, as found for the other features.", "layout",
        checked=f"{DRAWN} a face and lettering come back where they were drawn, within 3 %."),
)  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """What is where in one picture.

    Attributes:
        aspect: width over height of the picture.
        faces: boxes, the largest first.
        title: box of the title block, or None without lettering.
        letters: height of the title's letters as a share of the picture's height; 0 without.
        contrast: contrast ratio of the title to its ground, 1…21, or None if not measured.
        saliency: (16, 16), rows from the top, 0…1.
        lines: of lettering that were read, from top to bottom.
        title_found: whether lettering says the title's name; None where no name is known.
    """

    aspect: float
    faces: tuple[Box, ...]
    title: Box | None
    letters: float
    contrast: float | None
    saliency: Floats
    lines: tuple[TextBlock, ...] = ()
    title_found: bool | None = None

    def with_title(
        self, title: tuple[TextBlock, ...], contrast: float | None, *, found: bool | None
    ) -> Layout:
        """This layout with its title in these lines, and whether they say its name."""
        box, letters = _around(title), _letters(title, self.aspect)
        return replace(self, title=box, letters=letters, contrast=contrast, title_found=found)

    def to_text(self) -> str:
        """As one line of JSON, places rounded to 1/10,000."""
        digits = (np.rint(self.saliency * _STEPS).astype(np.uint8) + ord("0")).tobytes().decode()
        return json.dumps(
            {
                "aspect": round(self.aspect, 5),
                "faces": [_rounded(face) for face in self.faces],
                "title": None if self.title is None else _rounded(self.title),
                "letters": round(self.letters, 4),
                "contrast": _ratio(self.contrast),
                "title_found": self.title_found,
                "lines": [_line(one) for one in self.lines],
                "saliency": [digits[at : at + GRID] for at in range(0, GRID**2, GRID)],
            }
        )

    @classmethod
    def from_text(cls, text: str) -> Layout:
        """The layout that `to_text` wrote."""
        found = json.loads(text)
        digits = np.frombuffer("".join(found["saliency"]).encode(), np.uint8)
        return cls(
            found["aspect"],
            tuple(Box(*face) for face in found["faces"]),
            None if found["title"] is None else Box(*found["title"]),
            found["letters"],
            found["contrast"],
            (digits.reshape(GRID, GRID) - ord("0")) / _STEPS,
            tuple(
                TextBlock(_pairs(line["corners"]), 1.0, line["text"], line["contrast"])
                for line in found["lines"]
            ),
            found["title_found"],
        )


def find_layout(
    aspect: float,
    faces: tuple[Face, ...],
    lines: tuple[TextBlock, ...],
    saliency: npt.NDArray[np.float32],
    contrast: float | None,
) -> Layout:
    """The layout of a picture in which these things were found.

    Args:
        aspect: width over height of the picture.
        faces, lines, saliency: of the picture.
        contrast: of the title to its ground.
    """
    import cv2

    title = guess_title(lines, 1 / aspect)
    coarse = cv2.resize(saliency, (GRID, GRID), interpolation=cv2.INTER_AREA)
    return Layout(
        aspect,
        tuple(sorted((face.box for face in faces), key=lambda box: -box.area)),
        _around(title),
        _letters(title, aspect),
        contrast,
        np.clip(coarse, 0, 1).astype(np.float64),
        tuple(line for line in lines if line.text is not None),
    )


def _around(title: tuple[TextBlock, ...]) -> Box | None:
    if not title:
        return None
    corners = np.clip(np.concatenate([line.corners for line in title]), 0, 1)
    left, top = corners.min(axis=0)
    right, bottom = corners.max(axis=0)
    return Box(float(left), float(top), float(right), float(bottom))


def _letters(title: tuple[TextBlock, ...], aspect: float) -> float:
    if not title:
        return 0.0
    corners = np.array([line.corners for line in title]) * [aspect, 1.0]
    return float(np.median(letter_heights(corners)))


def _rounded(box: Box) -> list[float]:
    return [round(side, 4) for side in (box.left, box.top, box.right, box.bottom)]


def _line(line: TextBlock) -> dict[str, Any]:
    corners = [round(side, 4) for corner in line.corners for side in corner]
    return {"text": line.text, "contrast": _ratio(line.contrast), "corners": corners}


def _ratio(contrast: float | None) -> float | None:
    return None if contrast is None else round(contrast, 2)


def _pairs(sides: list[float]) -> Points:
    return tuple(zip(sides[::2], sides[1::2], strict=True))
