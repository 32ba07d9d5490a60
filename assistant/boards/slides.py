"""Slides as plain records, in inches: what presentations and printed pages are both drawn from."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import cache
from typing import TYPE_CHECKING

from assistant.boards.typefaces import typeface
from index.io.safe_text import sanitise

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont

WIDTH, HEIGHT = 13.333, 7.5
MARGIN = 0.6
GUTTER = 0.2
COLUMNS = 12
TOP = 1.4
"""Where the content of a slide begins, under its title."""
BOTTOM = 6.9
"""Where it ends, above the footer."""

INK, SOFT, FAINT, PAPER = "16181B", "5A5F66", "DCDCD7", "FFFFFF"
BETTER, WORSE, UNSURE = "0B57A8", "A8420B", "6B7078"
"""Colour says better or worse and nothing else."""

TITLE, HEADING, FIGURE, BODY, SMALL = 40.0, 26.0, 22.0, 16.0, 14.0
"""The type scale, points; nothing is smaller."""

_LEADING = 1.2
_WIDER = 1.16
"""Sans-serifs that stand in for ours are wider by up to as much."""
_NARROWEST = 0.1
"""Ems that a character takes at least: more text than would fit then is never measured."""
_INCH = 72


@dataclass(frozen=True, slots=True)
class Line:
    """One paragraph; long ones wrap. `gap` is left free above it, in inches."""

    text: str
    size: float = BODY
    bold: bool = False
    colour: str = INK
    gap: float = 0.0


@dataclass(frozen=True, slots=True)
class Text:
    """Paragraphs in a box from its upper edge; `align` is left, centre or right."""

    x: float
    y: float
    width: float
    height: float
    lines: tuple[Line, ...]
    align: str = "left"


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture fitted into a box, on the middle of its lower edge; `content` is JPEG or PNG."""

    x: float
    y: float
    width: float
    height: float
    content: bytes
    alt: str


@dataclass(frozen=True, slots=True)
class Box:
    """A filled rectangle."""

    x: float
    y: float
    width: float
    height: float
    fill: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A straight line; `weight` in points."""

    x1: float
    y1: float
    x2: float
    y2: float
    colour: str = FAINT
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Dot:
    """A filled circle."""

    x: float
    y: float
    radius: float
    colour: str


Item = Text | Picture | Box | Rule | Dot


@dataclass(frozen=True, slots=True)
class Slide:
    """One slide: title, what is on it from back to front, and the speaker's notes."""

    title: Text
    items: tuple[Item, ...] = ()
    notes: str = ""
    ground: str = PAPER


@dataclass(slots=True)
class Sheet:
    """A slide that is being laid out."""

    title: str
    items: list[Item] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def add(self, *items: Item) -> None:
        """Lay things on top of what is there."""
        self.items.extend(items)

    def text(
        self, x: float, y: float, width: float, height: float, *lines: Line, align: str = "left"
    ) -> float:
        """Lay paragraphs into a box, cut where they would leave it.

        Returns:
            their height.
        """
        fitted = fit(lines, width, height)
        self.items.append(Text(x, y, width, height, fitted, align))
        return height_of(fitted, width)

    def done(self) -> Slide:
        """The slide."""
        heading = fit((Line(self.title, HEADING, bold=True),), WIDTH - 2 * MARGIN, 0.75)
        title = Text(MARGIN, 0.45, WIDTH - 2 * MARGIN, 0.75, heading)
        return Slide(title, tuple(self.items), "\n".join(self.notes))


def column(number: int, span: int = 1) -> tuple[float, float]:
    """Left edge and width of a span of the twelve columns, the first being 0."""
    one = (WIDTH - 2 * MARGIN - (COLUMNS - 1) * GUTTER) / COLUMNS
    return MARGIN + number * (one + GUTTER), span * one + (span - 1) * GUTTER


def height_of(lines: tuple[Line, ...], width: float) -> float:
    """Height of paragraphs in a box of a width, on the safe side."""
    return sum(
        line.gap + len(wrap(line.text, line.size, width, bold=line.bold)) * row_height(line)
        for line in lines
    )


def row_height(line: Line) -> float:
    """Height of one row of a paragraph."""
    return line.size * _LEADING / _INCH


def fit(lines: tuple[Line, ...], width: float, height: float) -> tuple[Line, ...]:
    """Paragraphs made plain and cut, with an ellipsis, to what a box has room for."""
    kept: list[Line] = []
    left = height + 1e-6
    for line in lines:
        step = row_height(line)
        room = int((left - line.gap) / step)
        if room <= 0:
            break
        most = int((room + 1) * width * _INCH / (line.size * _NARROWEST)) + 1
        rows = wrap(sanitise(line.text)[:most], line.size, width, bold=line.bold)
        text = "".join(rows) if len(rows) <= room else _cut(rows[:room], line, width)
        kept.append(replace(line, text=text))
        left -= line.gap + min(len(rows), room) * step
    return tuple(kept)


def _cut(rows: list[str], line: Line, width: float) -> str:
    last = rows[-1]
    while last and measure(f"{last.rstrip()}…", line.size, bold=line.bold) > width:
        last = last[:-1]
    return f"{''.join([*rows[:-1], last]).rstrip()}…"


def wrap(text: str, size: float, width: float, *, bold: bool = False) -> list[str]:
    """Text broken into rows no wider than `width`; words that are too long are broken.

    Returns:
        rows that make up the text again when joined; spaces at a row's end take no room.
    """
    rows = [""]
    for word in re.findall(r" *[^ ]+ *|^ *$", text):
        if measure((rows[-1] + word).rstrip(" "), size, bold=bold) <= width:
            rows[-1] += word
            continue
        if rows[-1]:
            rows.append("")
        while measure(word.rstrip(" "), size, bold=bold) > width and len(word) > 1:
            fits = _longest(word, size, width, bold=bold)
            rows[-1] = word[:fits]
            rows.append("")
            word = word[fits:]  # noqa: PLW2901
        rows[-1] = word
    return rows


def _longest(word: str, size: float, width: float, *, bold: bool) -> int:
    fewest, most = 1, len(word)
    while fewest < most:
        middle = (fewest + most + 1) // 2
        if measure(word[:middle], size, bold=bold) <= width:
            fewest = middle
        else:
            most = middle - 1
    return fewest


def measure(text: str, size: float, *, bold: bool = False) -> float:
    """Width of text in inches, on the safe side."""
    known = _font(bold).getlength(text) / 100
    # What our typeface lacks comes from another, up to an em wide.
    foreign = sum(ord(character) > 0x24FF for character in text) * 0.5
    return float(known + foreign) * size / _INCH * _WIDER


@cache
def _font(bold: bool) -> FreeTypeFont:
    from PIL import ImageFont

    return ImageFont.truetype(typeface(bold=bold), 100, layout_engine=ImageFont.Layout.BASIC)
