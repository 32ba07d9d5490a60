"""Where people, a thing and the title go on one canvas, composition by composition."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from assistant.mockups.aims import Aim, asked_level, leaning, shunned_levels
from assistant.mockups.composed import FACE, Box, Composition, Guidance, Mannequin, keep_inside
from assistant.mockups.title_place import is_wide, title_box
from index.features.people import CLOSE_UP, MEDIUM

if TYPE_CHECKING:
    from index.features.canvases import Canvas

_HEADS = {"close-up": 0.36, "medium": 0.19, "long": 0.050}
"""Width of one head as a share of `unit`, by shot."""
_CROWD = {1: 1.0, 2: 0.86, 3: 0.72, 4: 0.64, 5: 0.58}
"""How much smaller heads are where several share the picture."""
_STAGE = 0.56
"""Share of a wide canvas that people and things take; the title has the rest."""
_NEAR = 0.15
"""Share of the canvas that the lead's face takes where the framing should be closer."""
_STRAIGHT = 0.3
"""How far a head that looks at the viewer may be turned."""
TOGETHER = "facing_each_other"
_GAZE = {"left": -0.8, "right": 0.8, "viewer": 0.0}


@dataclass(frozen=True, slots=True)
class _Laid:
    """What one composition decides."""

    people: tuple[Mannequin, ...]
    symbol: Box | None = None
    split: float | None = None
    focus: tuple[float, float] | None = None


class Arrangement:
    """Puts people, a thing and the title on one canvas."""

    def __init__(
        self,
        shape: Canvas,
        aims: tuple[Aim, ...],
        shot: str,
        place: str,
        count: int,
        side: int,
        guidance: Guidance | None,
        rng: np.random.Generator,
    ) -> None:
        self.shape = shape
        self.full, self.height = shape.size
        self.wide = is_wide(self.full, self.height)
        share = _STAGE if self.wide else 1.0
        self.width = self.full * share
        self.left = self.full - self.width if side > 0 else 0.0
        self.unit = (self.width * self.height / 1.5) ** 0.5
        self.safe, self.aims, self.shot, self.place = shape.safe, aims, shot, place
        self.count, self.side, self.guidance, self.rng = count, side, guidance, rng
        self.taken: list[tuple[str, str]] = []
        self.turns = rng.choice([-0.6, 0.0, 0.6], size=5)
        self.jitter = rng.uniform(-1, 1, size=(5, 2))

    def lay_out(self, kind: str) -> Composition:
        """One composition of KINDS, on this canvas."""
        layouts: Mapping[str, Callable[[], _Laid]] = {
            "centre": self._centre, "edge": self._edge, "split": self._split, "scale": self._scale,
            "diagonal": self._diagonal, "ensemble": self._ensemble, "row": self._row,
            "landscape": self._row, "symbol": self._symbol, "detail": self._detail,
            "type": self._type,
        }  # fmt: skip
        laid = layouts[kind]()
        people = keep_inside(self._turned(laid.people), self.width, self.height)
        focus = laid.focus or self._focus(people, laid.symbol)
        people = tuple(replace(person, x=person.x + self.left) for person in people)
        symbol = laid.symbol
        if symbol is not None:
            symbol = symbol[0] + self.left, symbol[1], symbol[2] + self.left, symbol[3]
        split = None if laid.split is None else (self.left + laid.split * self.width) / self.full
        align = "left" if self.wide else "centre"
        return Composition(
            self.full, self.height, kind, self.shot, people, symbol, split,
            (focus[0] + self.left, focus[1]),
            title_box(self.shape, self.aims, kind, self.place, self.side), align, self.place, (),
        )  # fmt: skip

    def _head(self, factor: float = 1.0) -> float:
        """Width of a head in pixels, tall enough for the shot that is asked for."""
        crowd = _CROWD[max(1, self.count)] if self.shot != "long" else 1.0
        size = _HEADS[self.shot] * self.unit * crowd * factor
        least = {"close-up": CLOSE_UP, "medium": MEDIUM}.get(self.shot, 0.0)
        most = {"medium": CLOSE_UP, "long": MEDIUM}.get(self.shot, 9.0)
        near = leaning(self.aims, "framing") > 0
        least = (
            max(1.15 * least, (_NEAR * FACE * self.full / self.height) ** 0.5)
            if near
            else 1.04 * least
        )
        tall = float(np.clip(size * FACE / self.height, least, max(least, most * 0.94)))
        return tall * self.height / FACE

    def _middle(self) -> tuple[float, float]:
        """Where the lead's face goes when nothing else is in its way, in shares."""
        x, y = 0.5, 0.40
        seen = self.guidance
        if seen is not None and seen.face_y is not None:
            y = float(np.clip(seen.face_y, 0.30, 0.58))
            self.taken.append(("face", f"{y:.0%} from the top"))
        if self.place == "top":
            y = max(y, 0.56)
        if self.wide:
            x, y = 0.5, max(y, 0.46)
        return x, y

    def _centre(self) -> _Laid:
        x, y = self._middle()
        size = self._head()
        if self.count < 2:
            return _Laid((self._person(x, y, size),))
        step = 0.62 * size / self.width
        return _Laid(
            (
                self._person(x + step * self.side, y - 0.10 * size / self.height, 0.96 * size, 0.3),
                self._person(x - step * self.side, y + 0.06 * size / self.height, size),
            )
        )

    def _edge(self) -> _Laid:
        """One head at the edge, everything else empty."""
        size = self._head(1.15)
        reach = max(0.12, min(0.30, 0.5 - 0.34 * size / self.width))
        return _Laid((self._person(0.5 + self.side * reach, self._middle()[1], size),))

    def _split(self) -> _Laid:
        """The picture parted in halves, people or a thing on either side."""
        y = self._middle()[1]
        if self.count == 1:
            half = 0.17 * min(self.width, self.height)
            cx, cy = (0.5 + self.side * 0.26) * self.width, y * self.height
            symbol = cx - half, cy - half, cx + half, cy + half
            x = 0.5 - self.side * 0.25
            return _Laid((self._person(x, y, self._head(0.86)),), symbol=symbol, split=0.5)
        size = self._at_least(min(self._head(), 0.40 * self.width))
        near = (self.count + 1) // 2
        people = []
        for place in range(self.count):
            left = place < near
            many, row = (near, place) if left else (self.count - near, place - near)
            away = row - (many - 1) / 2
            shrink = 1.0 if many == 1 else 0.80
            x = (0.26 if left else 0.74) + 0.20 * away
            down = y + 0.05 * abs(away) * (1 if row % 2 else -1)
            lead = row == 0 and left == (self.side < 0)
            own = self._at_least(1.06 * shrink * size) if lead else shrink * size
            people.append(self._person(x, down, own, 0.15 * row))
        return _Laid(tuple(people[::-1]), split=0.5)

    def _scale(self) -> _Laid:
        """One huge head behind, small figures in full before it.

        Alone it is a small figure before a huge thing, or a huge head above a small thing.
        """
        x, y = self._middle()
        foot = 0.90 if self.place == "top" or self.wide else 0.63
        if self.count == 1 and self.shot == "long":
            half = 0.34 * min(self.width, self.height)
            cx, cy = x * self.width, 0.42 * self.height
            person = self._standing(x, foot - 0.04, self._head())
            return _Laid((person,), symbol=(cx - half, cy - half, cx + half, cy + half))
        big = self._head(1.3) if self.shot != "long" else self._head()
        huge = self._person(x + 0.10 * self.side, y - 0.05, big, 0.35)
        if self.count == 1:
            half = 0.085 * self.unit
            cx, cy = (0.5 - self.side * 0.34) * self.width, (foot - 0.06) * self.height
            return _Laid((huge,), symbol=(cx - half, cy - half, cx + half, cy + half))
        small = self.unit * 0.036 if self.shot != "long" else 0.6 * big
        return _Laid((huge, *self._line(0.5 - self.side * 0.26, foot, small, self.count - 1)))

    def _diagonal(self) -> _Laid:
        """Heads from an upper corner down to the other side, each nearer than the one before."""
        y = self._middle()[1]
        size = self._at_least(min(self._head(), 0.95 * self.width / (1 + 0.6 * self.count)))
        people = []
        for place in range(self.count):
            way = place / (self.count - 1) - 0.5
            people.append(
                self._person(
                    0.5 + self.side * way * 0.56,
                    y + 0.02 + way * (0.22 if not self.wide else 0.16),
                    size * (0.94 + 0.12 * (way + 0.5)),
                    0.35 * (0.5 - way),
                )
            )
        return _Laid(tuple(people))

    def _ensemble(self) -> _Laid:
        """A group around its lead."""
        x, y = self._middle()
        size = self._head()
        room = 0.9 * self.width
        step = min(size * 1.05, (room - size) / max(2, self.count // 2 * 2))
        people = []
        for place in range(self.count - 1, 0, -1):
            away = (place + 1) // 2 * (1 if place % 2 else -1)
            rise = (0.40 if place % 2 else 0.28) * size - 0.10 * size * (abs(away) - 1)
            people.append(
                self._person(
                    x + away * step / self.width, y - rise / self.height,
                    0.9 * size, 0.25 * abs(away),
                )
            )  # fmt: skip
        return _Laid((*people, self._person(x, y + 0.16 * size / self.height, 1.06 * size)))

    def _row(self) -> _Laid:
        """Small figures in full in a wide landscape; nobody where nobody is shown."""
        x = 0.5 + self.side * (0.16 if self.count < 3 and not self.wide else 0.0)
        foot = 0.86 if self.place == "top" or self.wide else 0.63
        people = self._line(x, foot, _HEADS["long"] * self.unit, self.count)
        return _Laid(people, focus=None if people else (x * self.width, 0.36 * self.height))

    def _symbol(self) -> _Laid:
        """A thing that stands for the title, in the middle."""
        return self._thing((0.5, 0.60 if self.place == "top" else 0.42), 0.24)

    def _detail(self) -> _Laid:
        """The same thing so near that the picture cuts it."""
        return self._thing((0.5 + self.side * 0.30, 0.66 if self.place == "top" else 0.34), 0.52)

    def _type(self) -> _Laid:
        """Letters fill the picture, a small thing among them."""
        high = 0.5 if self.wide else 0.84 if self.place == "top" else 0.17
        return self._thing((0.5, high), 0.09 if not self.wide else 0.16)

    def _thing(self, at: tuple[float, float], size: float) -> _Laid:
        half = size * min(self.width, self.height)
        cx, cy = at[0] * self.width, at[1] * self.height
        return _Laid((), symbol=(cx - half, cy - half, cx + half, cy + half))

    def _at_least(self, size: float) -> float:
        """A head that is still tall enough for the shot."""
        least = {"close-up": CLOSE_UP, "medium": MEDIUM}.get(self.shot, 0.0)
        return max(size, 1.04 * least * self.height / FACE)

    def _person(self, x: float, y: float, size: float, depth: float = 0.0) -> Mannequin:
        full = self.shot == "long"
        return Mannequin(x * self.width, y * self.height, size, 0.0, full, depth)

    def _standing(self, x: float, foot: float, size: float, depth: float = 0.0) -> Mannequin:
        person = Mannequin(x * self.width, 0.0, size, 0.0, True, depth)
        return replace(person, y=foot * self.height - person.feet)

    def _line(self, x: float, foot: float, size: float, count: int) -> tuple[Mannequin, ...]:
        """Figures in full, side by side, the lead last and in the middle."""
        people = []
        for place in range(count - 1, -1, -1):
            away = place - 0.5 if count == 2 else (place + 1) // 2 * (1.0 if place % 2 else -1.0)
            small = size * (1 - 0.04 * abs(away) + 0.02 * self.jitter[place, 0])
            people.append(self._standing(x + away * 2.5 * size / self.width, foot, small))
        return tuple(people)

    def _turned(self, people: tuple[Mannequin, ...]) -> tuple[Mannequin, ...]:
        """Heads turned as asked; two face each other unless something else is said."""
        if not people:
            return ()
        gaze, together = asked_level(self.aims, "facing"), asked_level(self.aims, TOGETHER)
        away = shunned_levels(self.aims, "facing")
        middle = float(np.mean([person.x for person in people]))
        lead = int(np.argmax([person.size for person in people]))
        found = []
        for place, person in enumerate(people):
            turn = float(self.turns[place % 5])
            inward = -0.7 if person.x > middle else 0.7
            if together:
                turn = inward
            elif gaze and place == lead:
                turn = _GAZE[gaze]
            elif len(people) == 2:
                turn = inward
            elif "viewer" in away and abs(turn) < _STRAIGHT:
                turn = inward if len(people) > 1 else 0.6 * self.side
            found.append(replace(person, turn=turn))
        return tuple(found)

    def _focus(self, people: tuple[Mannequin, ...], symbol: Box | None) -> tuple[float, float]:
        if people:
            return people[-1].x, people[-1].y
        if symbol is None:
            return self.width / 2, 0.4 * self.height
        return (symbol[0] + symbol[2]) / 2, (symbol[1] + symbol[3]) / 2
