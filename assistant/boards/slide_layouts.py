"""How the slides of a board are laid out on the twelve columns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from assistant.boards.slides import (
    BETTER,
    BODY,
    BOTTOM,
    FAINT,
    FIGURE,
    HEADING,
    INK,
    MARGIN,
    SMALL,
    SOFT,
    TITLE,
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
    lines = [(Line(text, size, bold=True),) for size in sizes]
    whole = (one for one in lines if height_of(fit(one, width, 99), width) <= height)
    return fit(next(whole, lines[-1]), width, height)


def first_slide(
    title: str,
    about: str,
    audience: Sequence[tuple[str, float, float | None]],
    cards: Sequence[tuple[str, Interval, str, Sequence[Shown], str, str]],
    beside: Sequence[tuple[str, str]],
    notes: str,
) -> Slide:
    """The whole decision on one slide.

    Args:
        title: of the brief.
        about: genres.
        audience: name, share of its viewing and share of all viewing of each cluster.
        cards: of up to three directions: what to do, change in plays, how sure, a pair, what
            changed, who loses.
        beside: heading and text of what stands in the place of a third direction; with three the
            first heading stands at the foot.
        notes: for whoever presents.
    """
    sheet = Sheet(title)
    x, width = column(0, 7)
    lines = heading(title, (TITLE, 32, HEADING, 20), width, 0.8)
    sheet.text(x, 1.2, width, 0.3, Line(about, SMALL, colour=SOFT))
    _audience(sheet, audience)
    for number, card in enumerate(cards[:3]):
        _card(sheet, number, *card)
    if len(cards) < 3:
        _beside(sheet, 4 * len(cards), beside)
    elif beside:
        foot = Line(beside[0][0], SMALL, bold=True)
        sheet.text(MARGIN, FOOT - 0.07, WIDTH - 2 * MARGIN, 0.27, foot)
    sheet.notes.append(notes)
    return Slide(Text(x, 0.4, width, 0.8, lines), tuple(sheet.items), "\n".join(sheet.notes))


def _beside(sheet: Sheet, first: int, told: Sequence[tuple[str, str]]) -> None:
    x, width = column(first, 12 - first)
    sheet.add(Rule(x, 1.65, x + width, 1.65, INK, 2))
    y = 1.72
    for name, text in told:
        lines = fit((Line(name, FIGURE, bold=True), Line(text, BODY)), width, 2.4)
        sheet.add(Text(x, y, width, 2.4, lines))
        y += height_of(lines, width) + 0.3


def _audience(sheet: Sheet, audience: Sequence[tuple[str, float, float | None]]) -> None:
    """Bars of the audience; a mark stands at the cluster's share of all viewing."""
    x, width = column(7, 5)
    name_width, bar = 2.6, width - 2.6 - 0.7
    for row, (name, share, base) in enumerate(audience[:4]):
        y = 0.42 + row * 0.28
        label = fit((Line(name, SMALL),), name_width, 0.25)
        sheet.add(Text(x, y, name_width, 0.25, label))
        left = x + name_width + 0.1
        sheet.add(Box(left, y + 0.08, bar, 0.1, FAINT))
        sheet.add(Box(left, y + 0.08, max(0.01, bar * share), 0.1, INK))
        if base is not None:
            sheet.add(Rule(left + bar * base, y + 0.02, left + bar * base, y + 0.24, SOFT, 2))
        figure = (Line(f"{share:.0%}", SMALL, bold=True),)
        sheet.add(Text(x + width - 0.6, y, 0.6, 0.25, figure, "right"))


def _card(
    sheet: Sheet,
    number: int,
    do: str,
    change: Interval,
    sure: str,
    pair: Sequence[Shown],
    changed: str,
    costs: str,
) -> None:
    x, width = column(number * 4, 4)
    sheet.add(Rule(x, 1.65, x + width, 1.65, INK, 2))
    sheet.add(Text(x, 1.72, width, 0.7, heading(do, (FIGURE, 18, BODY), width, 0.7)))
    figure = fit((Line(f"{percent(change.middle)} plays", FIGURE, True, tone(change)),), 1.9, 0.4)
    sheet.add(Text(x, 2.42, 1.9, 0.4, figure))
    sheet.text(x + 1.9, 2.53, width - 1.9, 0.25, Line(sure, SMALL, colour=SOFT))
    duo(sheet, pair, x, 2.88, width, 2.75)
    sheet.text(x, 5.96, width, 0.75, Line(changed, SMALL))
    sheet.text(x, 6.68, width, 0.25, Line(costs, SMALL, True, WORSE if costs else SOFT))
    sheet.notes.append(f"{do}: {in_words(change)} plays, {sure}. {changed} {costs}".strip())


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
    pairs: Sequence[tuple[Sequence[Shown], str]],
    charts: Sequence[tuple[str, Sequence[tuple[str, Interval]]]],
    measured: str,
) -> Slide:
    """One direction: further pairs at the left, who gains and who loses at the right."""
    sheet = Sheet(title)
    for number, (pair, changed) in enumerate(pairs[:2]):
        x, width = column(number * 3, 3)
        duo(sheet, pair, x, TOP + 0.1, width, 2.35)
        sheet.text(x, TOP + 2.85, width, 1.5, Line(changed, SMALL))
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
    shown = rows[: min(MOST_ROWS, max(1, int((BOTTOM - y) / _ROW)))]
    scale = max((change.scale for _, change in shown), default=0.0) or 1.0
    names, figures = 2.35, 2.25
    middle, half = x + names + (width - names - figures) / 2, (width - names - figures) / 2 * 0.92
    sheet.add(Rule(middle, y, middle, y + _ROW * len(shown), FAINT, 1))
    for name, change in shown:
        centre, colour = y + _ROW / 2, tone(change)
        sheet.text(x, y + 0.08, names - 0.1, 0.27, Line(name, SMALL))
        ends = [middle + half * max(-1.0, min(1.0, end / scale)) for end in _ends(change)]
        sheet.add(Rule(ends[0], centre, ends[2], centre, colour, 2.5))
        sheet.add(Dot(ends[1], centre, 0.06, colour))
        figure = Line(in_words(change), SMALL, True, colour)
        sheet.text(x + width - figures + 0.1, y + 0.08, figures - 0.1, 0.27, figure)
        sheet.notes.append(f"{name}: {in_words(change)}")
        y += _ROW
    return y


def _ends(change: Interval) -> tuple[float, float, float]:
    return change.low, change.middle, change.high


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
    sheet, y, given = Sheet(title), TOP + 0.1, tuple(lines)
    x, width = column(0, 11)
    larger = [tuple(replace(line, size=line.size + by) for line in given) for by in (6, 4, 2, 0)]
    taken = (one for one in larger if _tall(one, width) <= BOTTOM - y)
    for line in next(taken, given):
        room = BOTTOM - y
        fitted = fit((line,), width, min(room, 2.0))
        if not fitted:
            break
        height = height_of(fitted, width)
        sheet.add(Text(x, y, width, height, fitted))
        sheet.notes.append(line.text)
        y += height + _BETWEEN
    return sheet.done()


def _tall(lines: tuple[Line, ...], width: float) -> float:
    return height_of(lines, width) + _BETWEEN * len(lines)


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
