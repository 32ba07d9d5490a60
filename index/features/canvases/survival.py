"""Does artwork survive on a canvas: the best crop of its shape, and what that crop keeps."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from index.features.analysis import Box
from index.features.canvases.canvas import Canvas
from index.features.layout import Layout

Floats = npt.NDArray[np.float64]

SURVIVES, PARTLY, LOST = "survives", "partly", "lost"

_SCALES = np.array([1.0, 0.94, 0.88, 0.82, 0.76, 0.7, 0.64, 0.58, 0.52])
"""Sizes of the crops tried, as shares of the largest that fits."""
_PLACES = 25
"""Places tried along either side."""
FACE_KEPT = 0.8
"""Share of the face's box inside the safe area: a cut through hair or chin is no lost face."""
TITLE_KEPT, TITLE_SHOWN = 0.9, 0.97
"""Share of the title's box inside the safe area, and inside the crop: a cut letter is a lost
title, an edge of one under a rounded corner is not."""
CONTRAST = 3.0
"""Least contrast ratio of large letters (WCAG 2.2, 1.4.3)."""
_WEIGHTS = {"face": 8.0, "title": 4.0, "legible": 1.0, "parts": 1.0, "saliency": 1.0}


class FeatureTables(Protocol):
    """The part of an opened index that is needed here."""

    def has(self, name: str) -> bool:
        """Whether there is a table of this name."""

    def column_names(self, name: str) -> tuple[str, ...]:
        """Columns of a table."""

    def table(self, name: str, columns: Sequence[str] | None = None) -> Any:
        """A table, or some of its columns."""


@dataclass(frozen=True, slots=True)
class Survival:
    """What is left of a picture on a canvas; None stands for what the picture does not have.

    Attributes:
        canvas: name of the canvas.
        crop: the part of the picture that is shown, in shares of the picture.
        face_kept: the largest face is inside the safe area.
        title_kept: the title is whole inside the safe area.
        title_found: whether lettering says the title's name; None where no name is known. Where it
            does not, nothing is said of the title: the largest lettering is often a star's name.
        legible: the title is kept, its letters are tall enough and stand out from their ground.
        letters: height of the title's letters on the canvas, in pixels.
        contrast: contrast ratio of the title to its ground, where it was measured.
        saliency_kept: share of all that draws the eye which the crop shows, 0…1.
        verdict: `survives` if nothing is lost, `lost` if neither face nor title is kept,
            else `partly`.
    """

    canvas: str
    crop: Box
    face_kept: bool | None
    title_kept: bool | None
    title_found: bool | None
    legible: bool | None
    letters: float | None
    contrast: float | None
    saliency_kept: float
    verdict: str

    def to_json(self) -> dict[str, Any]:
        """As the commands print it."""
        crop = self.crop
        return {
            "canvas": self.canvas,
            "crop": [round(v, 4) for v in (crop.left, crop.top, crop.right, crop.bottom)],
            "face_kept": self.face_kept,
            "title_kept": self.title_kept,
            "title_found": self.title_found,
            "legible": self.legible,
            "letters": None if self.letters is None else round(self.letters, 1),
            "contrast": self.contrast,
            "saliency_kept": round(self.saliency_kept, 3),
            "verdict": self.verdict,
        }


def layouts(index: FeatureTables, artworks: Collection[str] | None = None) -> dict[str, Layout]:
    """The layout of each of the artworks that has one, by artwork id.

    Args:
        index: an opened index; one made before layouts were measured gives none.
        artworks: ids of those wanted; all of them by default.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    if not index.has("features") or "layout" not in index.column_names("features"):
        return {}
    texts = index.table("features", ("layout",))["layout"]
    ids = index.table("artworks", ("artwork_id",))["artwork_id"]
    wanted = pc.is_valid(texts)
    if artworks is not None:
        wanted = pc.and_(wanted, pc.is_in(ids, value_set=pa.array(list(artworks), ids.type)))
    found = zip(ids.filter(wanted).to_pylist(), texts.filter(wanted).to_pylist(), strict=True)
    return {artwork: Layout.from_text(text) for artwork, text in found}


def survive(layout: Layout, canvas: Canvas) -> Survival:
    """The best crop of a picture for a canvas, and what it keeps.

    Of crops of the canvas's shape in nine sizes at up to 25 × 25 places, the one is taken that
    keeps the main face, then the title, then legible letters, and of those the most of what draws
    the eye.
    """
    shown = layout.title if layout.title_found is not False else None
    crops = _crops(layout.aspect, canvas.aspect)
    safe = _safe_parts(crops, canvas.safe_area)
    face = _kept(layout.faces[0], safe) if layout.faces else None
    title = _kept(shown, safe) if shown is not None else None
    whole = _whole(shown, crops, safe)
    letters = layout.letters * canvas.size[1] / (crops[:, 3] - crops[:, 1])
    tall = letters >= canvas.letters
    saliency = _saliency(layout.saliency, crops)
    score = _WEIGHTS["saliency"] * saliency
    if face is not None:
        score = score + _WEIGHTS["face"] * (face >= FACE_KEPT) + _WEIGHTS["parts"] * face
    if title is not None:
        score = score + _WEIGHTS["title"] * whole + _WEIGHTS["parts"] * title
        score = score + _WEIGHTS["legible"] * (whole & tall)
    best = int(np.argmax(score))
    face_kept = None if face is None else bool(face[best] >= FACE_KEPT)
    title_kept = None if title is None else bool(whole[best])
    clear = layout.contrast is None or layout.contrast >= CONTRAST
    legible = None if title_kept is None else bool(title_kept and tall[best] and clear)
    return Survival(
        canvas=canvas.name,
        crop=Box(*(float(v) for v in crops[best])),
        face_kept=face_kept,
        title_kept=title_kept,
        title_found=layout.title_found,
        legible=legible,
        letters=None if title is None else float(letters[best]),
        contrast=None if title is None else layout.contrast,
        saliency_kept=float(saliency[best]),
        verdict=_verdict(face_kept, title_kept, legible),
    )


def _verdict(face: bool | None, title: bool | None, legible: bool | None) -> str:
    if all(kept is not False for kept in (face, title, legible)):
        return SURVIVES
    return PARTLY if face or title else LOST


def _crops(aspect: float, shape: float) -> Floats:
    """(n, 4) left, top, right, bottom of crops of width over height `shape`, largest first."""
    width, height = min(1.0, shape / aspect), min(1.0, aspect / shape)
    steps = np.linspace(0, 1, _PLACES)
    found = []
    for scale in _SCALES:
        wide, high = width * scale, height * scale
        left = (1 - wide) * steps if wide < 1 else np.zeros(1)
        top = (1 - high) * steps if high < 1 else np.zeros(1)
        x, y = (axis.ravel() for axis in np.meshgrid(left, top))
        found.append(np.column_stack([x, y, x + wide, y + high]))
    return np.concatenate(found)


def _safe_parts(crops: Floats, safe: Box) -> Floats:
    """The safe area of each crop, in shares of the picture."""
    width, height = crops[:, 2] - crops[:, 0], crops[:, 3] - crops[:, 1]
    return np.column_stack(
        [
            crops[:, 0] + safe.left * width,
            crops[:, 1] + safe.top * height,
            crops[:, 0] + safe.right * width,
            crops[:, 1] + safe.bottom * height,
        ]
    )


def _kept(box: Box, areas: Floats) -> Floats:
    """Share of a box that lies in each of the areas."""
    width = np.minimum(box.right, areas[:, 2]) - np.maximum(box.left, areas[:, 0])
    height = np.minimum(box.bottom, areas[:, 3]) - np.maximum(box.top, areas[:, 1])
    shared: Floats = np.clip(width, 0, None) * np.clip(height, 0, None) / max(box.area, 1e-9)
    return shared


def _whole(title: Box | None, crops: Floats, safe: Floats) -> npt.NDArray[np.bool_]:
    if title is None:
        return np.zeros(len(crops), bool)
    kept = _kept(title, safe) >= TITLE_KEPT
    return np.asarray(kept & (_kept(title, crops) >= TITLE_SHOWN), bool)


def _saliency(grid: Floats, crops: Floats) -> Floats:
    """Share of the summed saliency inside each crop; the share of the area for an even picture."""
    cells = grid if grid.any() else np.ones_like(grid)
    rows, columns = cells.shape
    table = np.zeros((rows + 1, columns + 1))
    table[1:, 1:] = cells.cumsum(axis=0).cumsum(axis=1)

    def up_to(x: Floats, y: Floats) -> Floats:
        """Sum left of x and above y, linear within cells."""
        across, down = np.clip(x, 0, 1) * columns, np.clip(y, 0, 1) * rows
        i = np.minimum(across.astype(int), columns - 1)
        j = np.minimum(down.astype(int), rows - 1)
        u, v = across - i, down - j
        upper = table[j, i] * (1 - u) + table[j, i + 1] * u
        lower = table[j + 1, i] * (1 - u) + table[j + 1, i + 1] * u
        total: Floats = upper * (1 - v) + lower * v
        return total

    left, top, right, bottom = crops.T
    inside = up_to(right, bottom) - up_to(left, bottom) - up_to(right, top) + up_to(left, top)
    share: Floats = inside / table[-1, -1]
    return share
