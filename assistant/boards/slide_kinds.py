"""The kinds of slide a board is told in, each laid out on the twelve columns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from assistant.boards.slides import (
    ACCENT,
    BAD,
    BODY,
    BOTTOM,
    COLUMNS,
    FAINT,
    FINE,
    GOLD,
    GOOD,
    GUTTER,
    HEADING,
    INK,
    MARGIN,
    NIGHT,
    PAPER,
    SHEET,
    SMALL,
    SOFT,
    TITLE,
    TOP,
    WIDTH,
    Box,
    Dot,
    Line,
    Picture,
    Rule,
    Sheet,
    Slide,
    Text,
    column,
    fit,
    height_of,
)
from index.io.safe_text import sanitise

_T = TypeVar("_T")
_ROW, _STRIP_ROW = 0.64, 0.45
_PAIRS = 4
_CONCEPTS = 3
_CARD = 4.95
"""Height of a pair's card in inches."""
ROWS = 8
"""Findings on a slide."""
_STRIP_ROWS = 5
CAPTION = SMALL
"""Points of the lines under a concept."""


@dataclass(frozen=True, slots=True)
class Shown:
    """An artwork on a slide: its picture (None where it cannot be read), a figure and lines.

    Attributes:
        bars: name, length 0…1 and figure of each small bar.
        did_well: how the figure is coloured; None leaves it plain.
    """

    picture: bytes | None
    alt: str
    name: str
    figure: str = ""
    details: tuple[str, ...] = ()
    bars: tuple[tuple[str, float, str], ...] = ()
    did_well: bool | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A row of an interval chart; `scale` is the value at the end of its line."""

    label: str
    low: float
    middle: float
    high: float
    scale: float
    figure: str
    count: str
    grade: str


def footed(slides: Sequence[Slide], source: str) -> list[Slide]:
    """Slides with their source and number at the foot of each but the first."""
    done = [slides[0]]
    y, width = 7.08, WIDTH - 2 * MARGIN
    for number, slide in enumerate(slides[1:], start=2):
        left = fit((Line(source, FINE, colour=SOFT),), width - 1, 0.2)
        foot = (
            Rule(MARGIN, y - 0.06, WIDTH - MARGIN, y - 0.06, weight=0.75),
            Text(MARGIN, y, width - 1, 0.2, left),
            Text(WIDTH - MARGIN - 1, y, 1, 0.2, (Line(str(number), FINE, colour=SOFT),), "right"),
        )
        done.append(Slide(slide.title, (*slide.items, *foot), slide.notes, slide.ground))
    return done


def _grouped(items: Sequence[_T], size: int) -> Iterator[Sequence[_T]]:
    return (items[start : start + size] for start in range(0, len(items), size))


def _largest(
    text: str, sizes: Sequence[float], width: float, height: float, colour: str
) -> tuple[Line, ...]:
    """Bold text in the largest of the sizes in which a box takes it whole, else cut."""
    lines = [(Line(sanitise(text), size, bold=True, colour=colour),) for size in sizes]
    whole = (line for line in lines if height_of(line, width) <= height)
    return fit(next(whole, lines[-1]), width, height)


def cover(
    title: str,
    about: str,
    audience: Sequence[tuple[str, float, str]],
    remark: str,
    pictures: Sequence[Shown],
    notes: str,
) -> Slide:
    """The first slide: the title, who it is for (name, share, source) and what worked for them."""
    x, width = column(0, 7)
    heading = _largest(title, (TITLE, 32, HEADING, 20), width, 1.4, PAPER)
    y = 1.0 + height_of(heading, width) + 0.15
    items: list[Box | Text | Picture | Rule] = [Box(MARGIN, 0.72, 0.9, 0.07, GOLD)]
    told = fit((Line(about, BODY, colour=FAINT),), width, 1.5)
    items.append(Text(x, y, width, 1.5, told))
    y += height_of(told, width) + 0.3
    if audience:
        items.append(Text(x, y, width, 0.3, (Line("Audience", SMALL, bold=True, colour=GOLD),)))
        y += 0.34
    name_width, bar_width = column(0, 3)[1], column(0, 3)[1]
    for name, share, source in audience[:6]:
        label = fit((Line(name, SMALL, colour=PAPER),), name_width, 0.25)
        items.append(Text(x, y, name_width, 0.25, label))
        at = x + name_width + GUTTER
        items.append(Box(at, y + 0.05, bar_width, 0.13, "2B3A4E"))
        if share > 0:
            items.append(Box(at, y + 0.05, bar_width * min(share, 1), 0.13, GOLD))
        words = fit((Line(f"{share:.0%}", SMALL, bold=True, colour=PAPER),), 0.7, 0.25)
        items.append(Text(at + bar_width + 0.1, y, 0.7, 0.25, words))
        source_line = fit((Line(source, FINE, colour=FAINT),), 1.0, 0.25)
        items.append(Text(at + bar_width + 0.65, y + 0.02, 1.0, 0.25, source_line))
        y += 0.31
    if remark:
        lines = fit((Line(remark, FINE, colour=FAINT),), width, 0.6)
        items.append(Text(x, min(y + 0.12, 6.5), width, 0.6, lines))
    for number, shown in enumerate([one for one in pictures if one.picture][:4]):
        left, wide = column(8 + 2 * (number % 2), 2)
        top = 0.72 + (number // 2) * (wide * 1.5 + GUTTER)
        items.append(Picture(left, top, wide, wide * 1.5, shown.picture or b"", shown.alt))
    return Slide(Text(x, 0.95, width, 1.4, heading), tuple(items), notes, NIGHT)


def pair_slides(title: str, pairs: Sequence[tuple[Shown, Shown | None]], note: str) -> list[Slide]:
    """What worked beside what did not, four pairs a slide."""
    made = []
    for group in _grouped(pairs, _PAIRS):
        sheet = Sheet(title)
        sheet.text(MARGIN, 1.02, WIDTH - 2 * MARGIN, 0.25, Line(note, SMALL, colour=SOFT))
        for number, pair in enumerate(group):
            x, width = column(number * 3, 3)
            sheet.add(Box(x, TOP + 0.05, width, _CARD, SHEET))
            half = (width - 0.36) / 2
            for place, shown in enumerate(pair):
                if shown is not None:
                    _artwork(sheet, shown, x + 0.12 + place * (half + 0.12), TOP + 0.17, half)
                    sheet.notes.append(f"{shown.name}: {shown.figure}; {'; '.join(shown.details)}")
        made.append(sheet.done())
    return made


def _artwork(sheet: Sheet, shown: Shown, x: float, y: float, width: float) -> None:
    height = width * 1.5
    _picture(sheet, shown, x, y, width, height)
    y += height + 0.08
    colour = {None: INK, True: GOOD, False: BAD}[shown.did_well]
    y += sheet.text(x, y, width, 0.4, Line(shown.figure, 22, bold=True, colour=colour)) + 0.03
    y += sheet.text(x, y, width, 0.5, Line(shown.name, 13, bold=True)) + 0.04
    details = [Line(text, FINE + 1, colour=SOFT) for text in shown.details]
    y += sheet.text(x, y, width, 0.95, *details) + 0.1
    for name, length, figure in shown.bars:
        if y + 0.2 > BOTTOM:
            break
        sheet.text(x, y - 0.04, width * 0.8, 0.2, Line(name, FINE + 1, colour=SOFT))
        track = width * 0.6
        sheet.add(Box(x + width * 0.82, y + 0.02, track, 0.1, FAINT))
        if length > 0:
            sheet.add(Box(x + width * 0.82, y + 0.02, track * min(length, 1), 0.1, ACCENT))
        sheet.text(x + width * 1.48, y - 0.04, width * 0.6, 0.2, Line(figure, FINE + 1))
        y += 0.23


def _picture(sheet: Sheet, shown: Shown, x: float, y: float, width: float, height: float) -> None:
    sheet.add(Box(x, y, width, height, FAINT))
    if shown.picture is None:
        sheet.text(x + 0.1, y + height / 2 - 0.1, width - 0.2, 0.5, Line("no picture", FINE))
    else:
        sheet.add(Picture(x, y, width, height, shown.picture, shown.alt))


def interval_slides(title: str, rows: Sequence[Row], note: str, head: str) -> list[Slide]:
    """Differences with their intervals as a chart of native shapes, eight a slide."""
    made = []
    for group in _grouped(rows, ROWS):
        sheet = Sheet(title)
        sheet.text(MARGIN, 1.02, WIDTH - 2 * MARGIN, 0.25, Line(note, SMALL, colour=SOFT))
        _intervals(sheet, group, TOP + 0.1, head, _ROW, SMALL)
        made.append(sheet.done())
    return made


def _intervals(
    sheet: Sheet, rows: Sequence[Row], y: float, head: str, step: float, size: float
) -> None:
    (label_x, label_width), (chart_x, chart_width) = column(0, 5), column(5, 3)
    (figure_x, figure_width), (grade_x, grade_width) = column(8, 2), column(10, 2)
    middle = chart_x + chart_width / 2
    for x, width, words in (
        (label_x, label_width, "finding"),
        (figure_x, figure_width, head),
        (grade_x, grade_width, "grade · artworks · titles"),
    ):
        sheet.text(x, y, width, 0.2, Line(words, FINE, colour=SOFT))
    y += 0.28
    sheet.add(Rule(middle, y, middle, y + step * len(rows), SOFT, 0.75))
    for row in rows:
        sheet.add(Rule(MARGIN, y, WIDTH - MARGIN, y, weight=0.5))
        label = fit((Line(row.label, size),), label_width, step - 0.04)
        tall = height_of(label, label_width)
        sheet.add(Text(label_x, y + (step - tall) / 2, label_width, tall, label))
        centre = y + step / 2
        ends = [_at(value, row.scale, middle, chart_width) for value in (row.low, row.high)]
        colour = GOOD if row.middle > 0 else BAD
        sheet.add(
            Rule(ends[0], centre, ends[1], centre, colour, 2.25),
            Dot(_at(row.middle, row.scale, middle, chart_width), centre, 0.065, colour),
        )
        figure = fit((Line(row.figure, FINE + 0.5, bold=True),), figure_width, step - 0.04)
        tall = height_of(figure, figure_width)
        sheet.add(Text(figure_x, y + (step - tall) / 2, figure_width, tall, figure))
        top = y + (step - 0.42) / 2
        sheet.text(grade_x, top + 0.04, grade_width, 0.2, Line(row.grade, FINE + 1, bold=True))
        sheet.text(grade_x, top + 0.21, grade_width, 0.2, Line(row.count, FINE, colour=SOFT))
        sheet.notes.append("; ".join((f"{row.label}: {row.figure}", row.grade, row.count)))
        y += step


def _at(value: float, scale: float, middle: float, width: float) -> float:
    share = max(-1.0, min(1.0, value / scale)) if scale > 0 else 0.0
    return middle + share * width / 2 * 0.95


def list_slides(title: str, lines: Iterable[Line], note: str = "") -> list[Slide]:
    """Sentences, as many on a slide as it has room for."""
    return [sheet.done() for sheet in _listed(title, lines, note)]


def _listed(title: str, lines: Iterable[Line], note: str) -> Iterator[Sheet]:
    x, width = column(0, 11)
    sheet, y = Sheet(title), TOP + 0.1
    if note:
        sheet.text(MARGIN, 1.02, WIDTH - 2 * MARGIN, 0.25, Line(note, SMALL, colour=SOFT))
    for line in lines:
        fitted = fit((line,), width - 0.3, 2.4)
        height = height_of(fitted, width - 0.3)
        if y + height > BOTTOM and sheet.items:
            yield sheet
            sheet, y = Sheet(title), TOP + 0.1
        sheet.add(Box(x, y + 0.07, 0.07, line.size / 72 * 0.75, GOLD))
        sheet.add(Text(x + 0.3, y, width - 0.3, height, fitted))
        sheet.notes.append(line.text)
        y += height + 0.16
    yield sheet


def strip_slide(
    title: str, about: str, pictures: Sequence[Shown], rows: Sequence[Row], head: str
) -> Slide:
    """Six pictures in a row over an interval chart of five."""
    sheet = Sheet(title)
    x, width = column(0, 12)
    sheet.text(x, 1.02, width, 0.5, Line(about, SMALL, colour=SOFT))
    for number, shown in enumerate(pictures[:6]):
        left, wide = column(number * 2, 2)
        _picture(sheet, shown, left, 1.6, wide, 2.1)
        colour = {None: INK, True: GOOD, False: BAD}[shown.did_well]
        figure = Line(" ".join((shown.figure, *shown.details[1:2])), FINE, True, colour)
        sheet.text(left, 3.73, wide, 0.4, figure, Line(shown.name, FINE))
    if rows:
        at = 4.22 if pictures else 1.7
        _intervals(sheet, rows[:_STRIP_ROWS], at, head, _STRIP_ROW, FINE + 1)
    sheet.notes.append(about)
    return sheet.done()


def concept_slides(
    title: str, concepts: Sequence[tuple[Shown, Sequence[Line]]], note: str
) -> list[Slide]:
    """Concepts beside each other, three a slide: picture, whom it serves, what to keep."""
    made = []
    for group in _grouped(concepts, _CONCEPTS):
        sheet = Sheet(title)
        sheet.text(MARGIN, 1.02, WIDTH - 2 * MARGIN, 0.25, Line(note, SMALL, colour=SOFT))
        for number, (shown, lines) in enumerate(group):
            x, width = column(number * 4, 4)
            sheet.add(Box(x, TOP + 0.05, width, BOTTOM - TOP - 0.05, SHEET))
            _picture(sheet, shown, x + 0.12, TOP + 0.17, 1.5, 2.25)
            beside = width - 1.5 - 0.36
            sheet.text(
                x + 1.74,
                TOP + 0.17,
                beside,
                2.25,
                Line(shown.name, BODY, bold=True),
                *(Line(text, FINE + 1, colour=SOFT) for text in shown.details),
            )
            sheet.text(x + 0.12, TOP + 2.55, width - 0.24, BOTTOM - TOP - 2.65, *lines)
            sheet.notes += [shown.name, *(line.text for line in lines)]
        made.append(sheet.done())
    return made


def palette_slide(title: str, colours: Sequence[tuple[str, str, float, float]]) -> Slide:
    """Colours (name, hex, share of what worked, share of what failed) as columns."""
    sheet = Sheet(title)
    note = "Share of the picture's area, in what worked and in what did not."
    sheet.text(MARGIN, 1.02, WIDTH - 2 * MARGIN, 0.25, Line(note, SMALL, colour=SOFT))
    shown = colours[:COLUMNS]
    step = (WIDTH - 2 * MARGIN + GUTTER) / max(len(shown), 6)
    highest = max((max(one[2:]) for one in shown), default=0.0)
    for number, (name, code, share, failed) in enumerate(shown):
        x, width = MARGIN + number * step, step - GUTTER
        sheet.add(Box(x, TOP + 0.1, width, 1.2, _hex(code)))
        for place, (value, colour) in enumerate(((share, GOOD), (failed, BAD))):
            tall = 3.0 * value / highest if highest > 0 else 0.0
            at = x + place * width / 2
            if tall > 0:
                sheet.add(Box(at + 0.04, 6.1 - tall, width / 2 - 0.08, tall, colour))
            figure = Line(f"{value:.0%}", FINE)
            sheet.text(at, 6.1 - tall - 0.22, width / 2, 0.2, figure, align="centre")
        sheet.text(x, 6.15, width, 0.4, Line(name, FINE + 1, bold=True), align="centre")
        sheet.notes.append(f"{name}: {share:.0%} of what worked, {failed:.0%} of what did not")
    return sheet.done()


def _hex(code: str) -> str:
    plain_code = code.lstrip("#").upper()
    return plain_code if re.fullmatch("[0-9A-F]{6}", plain_code) else FAINT
