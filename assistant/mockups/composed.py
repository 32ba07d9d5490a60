"""What a comp is before it is drawn: records that layouts are made of."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from index.features.people import CLOSE_UP, MEDIUM

if TYPE_CHECKING:
    from index.features.feature import Value

Box = tuple[float, float, float, float]
"""Left, top, right, bottom."""

FACE = 1.3
"""Height of a grey head in head widths."""


@dataclass(frozen=True, slots=True)
class Mannequin:
    """A grey figure: middle and width of its head in pixels, turned −1 left to 1 right.

    Attributes:
        full: drawn from head to foot, else head and shoulders.
        depth: 0 in front; further back figures are paler.
    """

    x: float
    y: float
    size: float
    turn: float = 0.0
    full: bool = False
    depth: float = 0.0

    @property
    def face(self) -> Box:
        """The box from chin to hairline."""
        half, tall = self.size / 2, self.size * FACE / 2
        return self.x - half, self.y - tall, self.x + half, self.y + tall

    @property
    def outline(self) -> Box:
        """The box of a figure drawn in full, and of the head of another."""
        left, top, right, bottom = self.face
        return left, top, right, self.feet if self.full else bottom

    @property
    def feet(self) -> float:
        """Where a figure drawn in full stands."""
        return self.y + 6.1 * self.size


def keep_inside(
    people: tuple[Mannequin, ...], width: float, height: float
) -> tuple[Mannequin, ...]:
    """People moved so that the middle of every face lies well inside the canvas."""
    found = []
    for person in people:
        pad = min(0.35 * person.size, 0.3 * width)
        x = float(np.clip(person.x, pad, width - pad))
        y = float(np.clip(person.y, 0.5 * FACE * person.size, height - 0.5 * person.size))
        found.append(replace(person, x=x, y=y if FACE * person.size < height else person.y))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Guidance:
    """What past artwork of a concept says of a layout, and which artwork it is.

    Attributes:
        face_x, face_y: middle of the largest face in shares, where there is one.
        title: top, middle or bottom; "" where it has no title.
    """

    artwork_id: str
    face_x: float | None
    face_y: float | None
    title: str


@dataclass(frozen=True, slots=True)
class Composition:
    """A comp before it is drawn; all lengths in pixels of the canvas.

    Attributes:
        kind: one of KINDS.
        shot: none, long, medium or close-up.
        people: from the back to the front, the lead last.
        symbol: where a thing stands instead of people, or beside them.
        split: share of the width at which the ground changes; None where it is one.
        focus: where the light falls.
        title: the block that the title may fill.
        align: of the title's lines: left or centre.
        place: of the title: top, middle or bottom.
        reasons: what decided each part: part, what, why.
    """

    width: int
    height: int
    kind: str
    shot: str
    people: tuple[Mannequin, ...]
    symbol: Box | None
    split: float | None
    focus: tuple[float, float]
    title: Box
    align: str
    place: str
    reasons: tuple[tuple[str, str, str], ...]

    @property
    def facts(self) -> dict[str, Value]:
        """What features of people and of the title's place would measure, by construction."""
        count = len(self.people)
        found: dict[str, Value] = {
            "people_grouping": ("none", "single", "pair", "group")[min(count, 3)],
            "face_count": float(count),
            "person_count": float(count),
            "title_position": self.place,
            "shot_type": "none",
            "largest_face_share": 0.0,
            "facing_each_other": 0.0,
        }
        if not count:
            return found
        lead = max(self.people, key=lambda person: person.size)
        tall = lead.size * FACE / self.height
        found["shot_type"] = (
            "close-up" if tall >= CLOSE_UP else "medium" if tall >= MEDIUM else "long"
        )
        found["largest_face_share"] = lead.size**2 * FACE / (self.width * self.height)
        found["face_x"], found["face_y"] = lead.x / self.width, lead.y / self.height
        found["facing"] = "viewer" if abs(lead.turn) < 0.3 else "left" if lead.turn < 0 else "right"
        if count == 2:
            left, right = sorted(self.people, key=lambda person: person.x)
            found["facing_each_other"] = float(left.turn > 0.3 and right.turn < -0.3)
        return found
