"""The layout painter behind the painters' protocol."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.mockups.layout import draw_comp
from assistant.mockups.records import Job, Painting
from assistant.mockups.tokens import LIMIT

if TYPE_CHECKING:
    from index.records import Progress

NAME = "layout"


class LayoutPainter:
    """Draws composition comps; needs no weights and no torch.

    Args:
        mark: whether to show the word “inspiration” and the safe area's corners.
    """

    name = NAME
    token_limit = LIMIT
    every_canvas = True

    def __init__(self, *, mark: bool = True) -> None:
        self._mark = mark

    @cached_property
    def model(self) -> Mapping[str, str]:
        """The drawing code, which is all the model there is."""
        digest = hashlib.blake2b(digest_size=16)
        here = Path(__file__).parent
        for file in sorted([*here.glob("*.py"), *(here.parent / "drawing").glob("*.[py]*")]):
            digest.update(file.name.encode() + file.read_bytes())
        return {"id": NAME, "hash": digest.hexdigest()}

    def paint(self, job: Job, progress: Progress) -> Painting:
        """Draw one comp; the prompt is not used."""
        comp = draw_comp(job.brief, job.aims, job.canvas, seed=job.seed, mark=self._mark)
        progress(job.name, 1, 1)
        settings = {
            "size": list(job.canvas.size),
            "palette": list(comp.colours.notes),
            "layout": [
                {"part": part, "what": what, "why": why} for part, what, why in comp.plan.reasons
            ],
        }
        notes = () if comp.colours.evidence else ("no evidence on colour: drawn in grey",)
        return Painting(comp.picture, comp.clean, settings, notes)
