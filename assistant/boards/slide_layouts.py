"""How the slides of a board are laid out on the twelve columns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass, replace

from assistant.boards.slides import (
    BETTER,
    BODY,
    BOTTOM,
    FAINT,
    MARGIN,
    SMALL,
    SOFT,
    TOP,
    UNSURE,
    WIDTH,
    WORSE,
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
    measure,
)
from assistant.wording import Interval, in_words, percent

FOOT = 7.05
_ROW = 0.42
MOST_ROWS = 6
_BETWEEN = 0.16


@dataclass(frozen=True, slots=True)
class Shown:
    """An artwork on a slide: its picture, None where it cannot be read, and its change in plays."""

    picture: bytes | None
    alt: str
    change: Interval | None


def tone(change: Interval | None) -> str:
    """Colour of a figure: better, worse, or neither for sure."""
    if change is None or change.low <= 0 <= change.high:
        return UNSURE
    return BETTER if change.middle > 0 else WORSE


def footed(slides: Sequence[Slide], source: str) -> list[Slide]:
    """Slides with their source and number at the foot of each but the first."""
    done = [slides[0]]
    for number, slide in enumerate(slides[1:], start=2):
        left = fit((Line(source, SMALL, colour=SOFT),), WIDTH - 2 * MARGIN - 1, 0.25)
        right = (Line(str(number), SMALL, colour=SOFT),)
        foot = (
            Text(MARGIN, FOOT, WIDTH - 2 * MARGIN - 1, 0.25, left),
            Text(WIDTH - MARGIN - 1, FOOT, 1, 0.25, right, "right"),
        )
        done.append(Slide(slide.title, (*slide.items, *foot), slide.notes, slide.ground))
    return done


def heading(text: str, sizes: Sequence[float], width: float, height: float) -> tuple[Line, ...]:
    """Bold text in the largest of the sizes in which a box takes it whole, else cut."""
    return whole([(Line(text, size, bold=True),) for size in sizes], width, height)


def whole(choices: Sequence[tuple[Line, ...]], width: float, height: float) -> tuple[Line, ...]:
    """The first of some choices that a box takes whole, else the last one cut."""
    taken = (one for one in choices if height_of(fit(one, width, 99), width) <= height)
    return fit(next(taken, choices[-1]), width, height)


def duo(
    sheet: Sheet, pair: Sequence[Shown], x: float, y: float, width: float, height: float
) -> None:
    """Pictures of equal size beside each other, each with its change in plays."""
    gap, each = 0.12, (width - 0.12) / 2
    for side, shown in enumerate(pair[:2]):
        left = x + side * (each + gap)
        if shown.picture is None:
            sheet.add(Box(left, y, each, height, FAINT))
            sheet.text(left + 0.1, y + 0.2, each - 0.2, 0.8, Line("no picture", SMALL, colour=SOFT))
        else:
            sheet.add(Picture(left, y, each, height, shown.picture, shown.alt))
        if shown.change is not None:
            figure = Line(percent(shown.change.middle), BODY, True, tone(shown.change))
            sheet.text(left, y + height + 0.02, each, 0.28, figure, align="centre")


def direction_slide(
    title: str,
    pairs: Sequence[tuple[Sequence[Shown], Sequence[str]]],
    charts: Sequence[tuple[str, Sequence[tuple[str, Interval]]]],
    measured: str,
) -> Slide:
    """One direction: further pairs at the left, who gains and who loses at the right.

    What changed in a pair is given at several lengths, the longest first.
    """
    sheet = Sheet(title)
    span, tall = (3, 2.1) if len(pairs) > 1 else (5, 3.4)
    for number, (pair, changed) in enumerate(pairs[:2]):
        x, width = column(number * 3, span)
        duo(sheet, pair, x, TOP + 0.1, width, tall)
        top, told = TOP + tall + 0.5, [(Line(one, SMALL),) for one in changed]
        sheet.add(Text(x, top, width, BOTTOM - top, whole(told, width, BOTTOM - top)))
    x, width = column(6 if pairs else 0, 6 if pairs else 12)
    y = TOP + 0.05
    for caption, rows in charts:
        if not rows or y + 0.9 > BOTTOM:
            continue
        sheet.text(x, y, width, 0.3, Line(caption, BODY, bold=True))
        y = _chart(sheet, rows, x, y + 0.36, width) + 0.2
    if measured and y + 0.6 < BOTTOM:
        sheet.text(x, y, width, BOTTOM - y, Line(measured, SMALL, colour=SOFT))
    return sheet.done()


def _chart(
    sheet: Sheet, rows: Sequence[tuple[str, Interval]], x: float, y: float, width: float
) -> float:
    """Intervals as native shapes; gives where the chart ends."""
    longest = max((measure(name, SMALL) for name, _ in rows), default=0.0)
    names, figures = min(2.95, longest + 0.15), 2.25
    labels = [fit((Line(name, SMALL),), names - 0.1, 0.5) for name, _ in rows]
    one = SMALL * 1.3 / 72
    row = _ROW if all(height_of(label, names - 0.1) <= one for label in labels) else 0.54
    shown = rows[: min(MOST_ROWS, max(1, int((BOTTOM - y) / row)))]
    scale = max((change.scale for _, change in shown), default=0.0) or 1.0
    middle, half = x + names + (width - names - figures) / 2, (width - names - figures) / 2 * 0.92
    sheet.add(Rule(middle, y, middle, y + row * len(shown), FAINT, 1))
    for label, (name, change) in zip(labels, shown, strict=False):
        centre, colour = y + row / 2, tone(change)
        high = height_of(label, names - 0.1)
        sheet.add(Text(x, centre - high / 2, names - 0.1, high, label))
        ends = [middle + half * max(-1.0, min(1.0, end / scale)) for end in astuple(change)]
        sheet.add(Rule(ends[0], centre, ends[2], centre, colour, 2.5))
        sheet.add(Dot(ends[1], centre, 0.06, colour))
        figure = Line(in_words(change), SMALL, True, colour)
        sheet.text(x + width - figures + 0.1, centre - 0.13, figures - 0.1, 0.27, figure)
        sheet.notes.append(f"{name}: {in_words(change)}")
        y += row
    return y


def pairs_slide(title: str, pairs: Sequence[tuple[Sequence[Shown], str, str]]) -> Slide:
    """Up to three exemplars, each beside its counter-example: pictures, title, what changed."""
    sheet = Sheet(title)
    for number, (pair, name, changed) in enumerate(pairs[:3]):
        x, width = column(number * 4, 4)
        duo(sheet, pair, x, TOP + 0.1, width, 3.2)
        sheet.text(
            x, TOP + 3.7, width, BOTTOM - TOP - 3.7,
            Line(name, BODY, bold=True), Line(changed, SMALL),
        )  # fmt: skip
        sheet.notes.append(f"{name}. {changed}")
    return sheet.done()


def concepts_slide(
    title: str, concepts: Sequence[tuple[Shown | None, str, Sequence[Line]]]
) -> Slide:
    """Concepts of a suite beside each other: picture where nothing showed it, whom it serves."""
    sheet = Sheet(title)
    for number, (shown, name, lines) in enumerate(concepts[:3]):
        x, width = column(number * 4, 4)
        y = TOP + 0.1
        if shown is not None and shown.picture is not None:
            sheet.add(Picture(x, y, 2.0, 2.8, shown.picture, shown.alt))
            y += 2.95
        sheet.text(x, y, width, BOTTOM - y, Line(name, BODY, bold=True), *lines)
        sheet.notes += [name, *(line.text for line in lines)]
    return sheet.done()


def list_slide(title: str, lines: Iterable[Line]) -> Slide:
    """Sentences, as many as one slide has room for, as large as lets it take them all."""
    sheet, y = Sheet(title), TOP + 0.1
    given = tuple(
        replace(line, gap=(line.gap or _BETWEEN) if at else 0.0) for at, line in enumerate(lines)
    )
    x, width = column(0, 11)
    larger = [tuple(replace(line, size=line.size + by) for line in given) for by in (6, 4, 2, 0)]
    taken = (one for one in larger if height_of(one, width) <= BOTTOM - y)
    shown: tuple[Line, ...] = ()
    for line in next(taken, given):
        room = BOTTOM - y - height_of(shown, width)
        fitted = fit((line,), width, min(room, 2.0))
        if not fitted:
            break
        shown += fitted
    sheet.add(Text(x, y, width, BOTTOM - y, shown))
    sheet.notes += [line.text for line in given[: len(shown)]]
    return sheet.done()


def room_slide(title: str, lines: Sequence[Line], stills: Sequence[Shown]) -> Slide:
    """What people decided and wrote, beside the stills they pinned."""
    sheet = Sheet(title)
    x, width = column(0, 6 if stills else 11)
    sheet.text(x, TOP + 0.1, width, BOTTOM - TOP - 0.1, *lines)
    for number, shown in enumerate(stills[:4]):
        left, wide = column(6 + 3 * (number % 2), 3)
        if shown.picture is not None:
            top = TOP + 0.1 + 2.75 * (number // 2)
            sheet.add(Picture(left, top, wide, 2.6, shown.picture, shown.alt))
    sheet.notes += [line.text for line in lines]
    return sheet.done()
