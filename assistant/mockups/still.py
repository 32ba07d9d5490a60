"""Comps made from a still of the user's: cropped, regraded and titled as the aims say."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from assistant.drawing.surface import Surface
from assistant.mockups.aims import leaning
from assistant.mockups.comp_copy import set_copy
from assistant.mockups.comp_type import quieten, set_marks, set_name
from assistant.mockups.composed import Composition
from assistant.mockups.composition import compose
from assistant.mockups.layout import LEAST_MARK, WORKING, reach_targets, style_of
from assistant.mockups.marks import COMPOSITE
from assistant.mockups.palette import comp_colours
from assistant.mockups.records import Job, Painting
from assistant.mockups.subject import read_subject
from assistant.mockups.tokens import CLIP_LIMIT
from index.errors import InputError
from index.io.images import Picture, read_image

if TYPE_CHECKING:
    from pathlib import Path

    from index.features.analysis import Box
    from index.features.canvases import Canvas
    from index.features.extract import FeatureExtractor
    from index.records import Progress

NAME = "still"
_LEAST = 256
"""Shorter side in pixels under which a still is too small to judge a comp by."""
_MOST = 3000
_FACE_TALL = {1: 0.36, -1: 0.09}
"""Height of the face that a crop aims at, as a share of the canvas's height."""
_TIGHTEST = 0.30
"""Smallest share of a still's height that a crop keeps."""
_COPYRIGHT = 0x8298
"""EXIF tag of the copyright notice."""


@dataclass(frozen=True, slots=True, eq=False)
class Still:
    """A still with what was found in it.

    Attributes:
        faces: boxes in shares of the still, largest first.
        centre: where the eye goes, in shares, when there are no faces.
        notice: its own copyright notice; "" where it carries none.
    """

    path: Path
    picture: Image.Image
    faces: tuple[Box, ...]
    centre: tuple[float, float]
    notice: str


class StillPainter:
    """Makes comps from stills, which take turns; needs no weights and no torch.

    Args:
        paths: picture files.
        mark: whether to show the word “inspiration” and the safe area's corners.

    Raises:
        InputError: a still cannot be read, or is too small.
    """

    name = NAME
    kind = "tags"
    token_limit = CLIP_LIMIT
    every_canvas = True

    def __init__(self, paths: Sequence[Path], *, mark: bool = True) -> None:
        from index.features.extract import FeatureExtractor

        self._mark = mark
        extractor = FeatureExtractor()
        self._stills = [load_still(path, extractor) for path in paths]

    @cached_property
    def model(self) -> Mapping[str, str]:
        """The stills that comps are made of."""
        digest = hashlib.blake2b(digest_size=16)
        for still in self._stills:
            digest.update(still.path.read_bytes())
        return {"id": NAME, "hash": digest.hexdigest()}

    def paint(self, job: Job, progress: Progress) -> Painting:
        """Make one comp from the next still; the prompt is not used."""
        still = self._stills[job.turn % len(self._stills)]
        marked, clean, plan, box, notes = _compose(still, job, mark=self._mark)
        progress(job.name, 1, 1)
        shown: dict[str, Any] = {
            "size": list(job.canvas.size),
            "still": still.path.name,
            "crop": [round(edge) for edge in box],
            "palette": list(comp_colours(job.aims).notes),
            "layout": [
                {"part": part, "what": what, "why": why}
                for part, what, why in plan.reasons
                if part == "title"
            ],
        }
        facts = {"title_position": plan.place}
        return Painting(marked, clean, shown, notes, COMPOSITE, facts)


def load_still(path: Path, extractor: FeatureExtractor) -> Still:
    """Read a still and find its faces.

    Raises:
        InputError: it cannot be read, or is too small.
    """
    read = read_image(path, max_side=_MOST)
    if min(read.width, read.height) < _LEAST:
        raise InputError(
            f"is {read.width}×{read.height} pixels, too small for a comp",
            path=path,
            hint=f"give a still of at least {_LEAST} pixels on its shorter side",
        )
    picture = Image.fromarray(read.pixels)
    small = picture.copy()
    small.thumbnail((640, 640))
    found = extractor.analyse(Picture(np.asarray(small), read.width, read.height))
    faces = sorted((face.box for face in found.faces or ()), key=lambda box: -box.area)
    centre = 0.5, 0.45
    if found.saliency is not None and found.saliency.sum() > 0:
        rows, columns = np.indices(found.saliency.shape)
        weight = found.saliency / found.saliency.sum()
        height, width = found.saliency.shape
        centre = (
            float((columns * weight).sum()) / max(1, width - 1),
            float((rows * weight).sum()) / max(1, height - 1),
        )
    return Still(path, picture, tuple(faces), centre, _notice(path))


def _notice(path: Path) -> str:
    try:
        with Image.open(path) as image:
            said = str(image.getexif().get(_COPYRIGHT, ""))
            return " ".join(said.replace("\0", " ").split())[:80]
    except (OSError, ValueError, SyntaxError):
        return ""


def _compose(
    still: Still, job: Job, *, mark: bool
) -> tuple[Image.Image, Image.Image, Composition, tuple[float, ...], tuple[str, ...]]:
    """The comp with and without its marks, its layout, the crop, and what to know of it."""
    shape = job.canvas
    choices = job.turn, job.seed, job.guidance, read_subject(job.brief).who
    plan = compose(job.aims, shape, *choices)
    box = crop_box(still, shape, plan, leaning(job.aims, "framing"))
    cut = still.picture.resize(shape.size, Image.Resampling.LANCZOS, box=box)
    colours = comp_colours(job.aims)
    grow = max(1.0, WORKING / min(shape.size))
    large = shape.model_copy(update={"size": tuple(round(side * grow) for side in shape.size)})
    plan = _beside_face(compose(job.aims, large, *choices), still, box)
    surface = Surface(*large.size, colours.palette.ink)
    graded = cut if job.gauge is None else reach_targets(cut, colours.targets, job.gauge)
    surface.image.paste(graded.resize(surface.image.size, Image.Resampling.LANCZOS))
    quieten(surface, colours.palette, plan, plain=leaning(job.aims, "legibility") > 0)
    name = set_name(surface, colours.palette, style_of(job.brief), job.brief.title, plan)
    copy = set_copy(surface, colours.palette, plan, large, name, job.aims, grow)
    clean = surface.image.resize(shape.size, Image.Resampling.LANCZOS, reducing_gap=3.0)
    notes = []
    if box[2] - box[0] < 0.6 * shape.size[0]:
        notes.append(f"the crop is {box[2] - box[0]:.0f} pixels wide for {shape.size[0]}: soft")
    if still.notice:
        notes.append(f"the still says “{still.notice}”: clear its rights before it is shown")
    if not mark:
        return clean, clean, plan, box, tuple(notes)
    set_marks(surface, colours.palette, plan, large, copy, least=LEAST_MARK * grow)
    marked = surface.image.resize(shape.size, Image.Resampling.LANCZOS, reducing_gap=3.0)
    return marked, clean, plan, box, tuple(notes)


def _beside_face(
    plan: Composition, still: Still, box: tuple[float, float, float, float]
) -> Composition:
    """The layout with its title on the side of a wide canvas where the face is not."""
    left, top, right, bottom = plan.title
    if not still.faces or plan.align != "left":
        return plan
    face = still.faces[0]
    middle = (face.left + face.right) / 2 * still.picture.width
    x = (middle - box[0]) / (box[2] - box[0]) * plan.width
    if (x < plan.width / 2) == (left < plan.width / 2):
        return replace(plan, title=(plan.width - right, top, plan.width - left, bottom))
    return plan


def crop_box(
    still: Still, shape: Canvas, plan: Composition, framing: int
) -> tuple[float, float, float, float]:
    """The part of a still that a canvas shows: left, top, right, bottom in pixels.

    The largest part of the canvas's shape, or, where the framing is asked for and there is a face,
    so much that the face comes out as near as asked; the face stands where the layout has its lead.
    """
    width, height = still.picture.size
    most = min(height, width / shape.aspect)
    tall, (x, y) = most, still.centre
    if still.faces:
        face = still.faces[0]
        x, y = (face.left + face.right) / 2, (face.top + face.bottom) / 2
        if framing in _FACE_TALL:
            tall = (face.bottom - face.top) * height / _FACE_TALL[framing]
    elif framing > 0:
        tall = 0.65 * most
    tall = float(np.clip(tall, min(most, _TIGHTEST * height), most))
    wide = tall * shape.aspect
    at_x, at_y = plan.focus[0] / plan.width, min(plan.focus[1] / plan.height, 0.6)
    left = float(np.clip(x * width - at_x * wide, 0, width - wide))
    top = float(np.clip(y * height - at_y * tall, 0, height - tall))
    return left, top, left + wide, top + tall
