"""The slide that holds the whole decision."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.boards.slide_layouts import FOOT, Shown, duo, heading, tone
from assistant.boards.slides import (
    BODY,
    FAINT,
    FIGURE,
    HEADING,
    INK,
    MARGIN,
    SMALL,
    SOFT,
    TITLE,
    WIDTH,
    WORSE,
    Box,
    Line,
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


def first_slide(
    title: str,
    about: str,
    audience: Sequence[tuple[str, float, float | None]],
    cards: Sequence[tuple[str, Interval, str, Sequence[Shown], str, str]],
    beside: Sequence[tuple[str, str]],
    more: Sequence[tuple[Sequence[Shown], str]],
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
        more: pairs, each with what changed, for the room that is left under it.
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
        _beside(sheet, 4 * len(cards), beside, more)
    elif beside:
        foot = Line(beside[0][0], SMALL, bold=True)
        sheet.text(MARGIN, FOOT - 0.07, WIDTH - 2 * MARGIN, 0.27, foot)
    sheet.notes.append(notes)
    return Slide(Text(x, 0.4, width, 0.8, lines), tuple(sheet.items), "\n".join(sheet.notes))


def _beside(
    sheet: Sheet,
    first: int,
    told: Sequence[tuple[str, str]],
    more: Sequence[tuple[Sequence[Shown], str]],
) -> None:
    """Headings with their text under each other, or beside each other where all is free."""
    x, width = column(first, 12 - first)
    sheet.add(Rule(x, 1.65, x + width, 1.65, INK, 2))
    top = y = 1.72
    for number, (name, text) in enumerate(told):
        left, wide = (x, width) if first else column(4 * number, 4)
        room = 1.25 if first == 4 else 2.4
        lines = fit((Line(name, FIGURE, bold=True), Line(text, BODY)), wide, room)
        sheet.add(Text(left, y if first else top, wide, room, lines))
        bottom = height_of(lines, wide) + 0.25
        y = y + bottom if first else max(y, top + bottom)
    for number, (pair, changed) in enumerate(more):
        left, wide = column(first + 4 * number, 4)
        tall = min(2.6, FOOT - 1.07 - y)
        duo(sheet, pair, left, y, wide, tall)
        sheet.text(left, y + tall + 0.32, wide, 0.75, Line(changed, SMALL))


def _audience(sheet: Sheet, audience: Sequence[tuple[str, float, float | None]]) -> None:
    """Bars of the audience; a mark stands at the cluster's share of all viewing."""
    x, width = column(7, 5)
    names = [measure(name, SMALL) for name, _, _ in audience[:4]]
    name_width = min(3.1, max(names, default=0) + 0.05)
    bar = width - name_width - 0.7
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
    sheet.add(Text(x, 1.72, width, 0.38, heading(do, (FIGURE, 18, BODY, SMALL), width, 0.38)))
    figure = fit((Line(f"{percent(change.middle)} plays", FIGURE, True, tone(change)),), 1.9, 0.4)
    sheet.add(Text(x, 2.1, 1.9, 0.4, figure))
    sheet.text(x + 1.9, 2.21, width - 1.9, 0.25, Line(sure, SMALL, colour=SOFT))
    duo(sheet, pair, x, 2.55, width, 2.55)
    below = fit((Line(changed, SMALL),), width, 1.0)
    sheet.add(Text(x, 5.42, width, 1.0, below))
    lost = Line(costs, SMALL, True, WORSE if costs else SOFT)
    sheet.text(x, 5.45 + height_of(below, width), width, 0.5, lost)
    sheet.notes.append(f"{do}: {in_words(change)} plays, {sure}. {changed} {costs}".strip())
