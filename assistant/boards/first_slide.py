"""The slide that holds the whole decision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from assistant.boards.slide_layouts import FOOT, Shown, duo, heading, tone, whole
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

_ASIDE = 18.0
"""Points of a heading beside the directions."""
_PICTURES, _LOWEST, _TALLEST = 2.55, 2.4, 2.85
"""Inches: where the pictures of directions begin, and their least and greatest height."""
_UNDER = FOOT - 0.1 - _PICTURES - 0.32
"""Inches for them and for what stands under their figures."""


def first_slide(
    title: str,
    about: str,
    audience: Sequence[tuple[str, float, float | None]],
    cards: Sequence[tuple[str, Interval, str, Sequence[Shown], Sequence[str], str]],
    beside: Sequence[tuple[str, str]],
    more: Sequence[tuple[Sequence[Shown], Sequence[str]]],
    notes: str,
) -> Slide:
    """The whole decision on one slide.

    Args:
        about: genres.
        audience: name, share of its viewing and share of all viewing of each cluster.
        cards: of up to three directions: what to do, change in plays, how sure, a pair, what
            changed at several lengths (the longest first), who loses.
        beside: heading and text of what stands in the place of a third direction; with three the
            first heading stands at the foot.
        more: pairs, each with what changed at several lengths, for the room that is left under it.
        notes: for whoever presents.
    """
    sheet = Sheet(title)
    x, width = column(0, 7)
    lines = heading(title, (TITLE, 32, HEADING, 20), width, 0.8)
    sheet.text(x, 1.2, width, 0.3, Line(about, SMALL, colour=SOFT))
    _audience(sheet, audience)
    below = [_below(changed, costs) for *_, changed, costs in cards[:3]]
    tall = min(
        _TALLEST, _UNDER - max((height_of(one, column(0, 4)[1]) for one in below), default=0)
    )
    for number, (card, told) in enumerate(zip(cards[:3], below, strict=True)):
        _card(sheet, number, *card, told, tall)
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
    more: Sequence[tuple[Sequence[Shown], Sequence[str]]],
) -> None:
    """Headings with their text under each other, or beside each other where all is free."""
    x, width = column(first, 12 - first)
    sheet.add(Rule(x, 1.65, x + width, 1.65, INK, 2))
    blocks = [(Line(name, _ASIDE, True), Line(text, BODY)) for name, text in told]
    if first:
        given = [
            replace(line, gap=0.22 if at and line is block[0] else 0.0)
            for at, block in enumerate(blocks)
            for line in block
        ]
        placed = [(x, width, tuple(given))]
    else:
        placed = [(*column(4 * number, 4), block) for number, block in enumerate(blocks)]
    y = 1.75
    for left, wide, lines in placed:
        fitted = fit(lines, wide, 2.4 if more else FOOT - 1.75)
        tall = height_of(fitted, wide)
        sheet.add(Text(left, 1.75, wide, tall, fitted))
        y = max(y, 1.75 + tall)
    _, wide = column(first, 4)
    below = [whole([(Line(one, SMALL),) for one in changed], wide, 1.2) for _, changed in more]
    under = max((height_of(one, wide) for one in below), default=0.0)
    top = y + 0.25
    tall = min(_TALLEST, FOOT - 0.1 - under - 0.32 - top)
    for number, ((pair, _), told_of) in enumerate(zip(more, below, strict=True)):
        left, _ = column(first + 4 * number, 4)
        duo(sheet, pair, left, top, wide, tall)
        sheet.add(Text(left, top + tall + 0.32, wide, under, told_of))


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


def _below(changed: Sequence[str], costs: str) -> tuple[Line, ...]:
    """What stands under the pictures of a direction: what changed, and who loses."""
    _, width = column(0, 4)
    lost = Line(costs or "No audience surely loses by it", SMALL, True, WORSE if costs else SOFT)
    choices = [(Line(one, SMALL), replace(lost, gap=0.05)) for one in changed]
    cut = fit((Line(changed[-1], SMALL),), width, 1.0) if changed else ()
    return whole([*choices, (*cut, lost)], width, _UNDER - _LOWEST)


def _card(
    sheet: Sheet,
    number: int,
    do: str,
    change: Interval,
    sure: str,
    pair: Sequence[Shown],
    changed: Sequence[str],
    costs: str,
    below: tuple[Line, ...],
    tall: float,
) -> None:
    x, width = column(number * 4, 4)
    sheet.add(Rule(x, 1.65, x + width, 1.65, INK, 2))
    sheet.add(Text(x, 1.72, width, 0.38, heading(do, (FIGURE, 18, BODY, SMALL), width, 0.38)))
    figure = fit((Line(f"{percent(change.middle)} plays", FIGURE, True, tone(change)),), 1.9, 0.4)
    sheet.add(Text(x, 2.1, 1.9, 0.4, figure))
    sheet.text(x + 1.9, 2.21, width - 1.9, 0.25, Line(sure, SMALL, colour=SOFT))
    duo(sheet, pair, x, _PICTURES, width, tall)
    y = _PICTURES + tall + 0.32
    sheet.add(Text(x, y, width, height_of(below, width), below))
    told = " ".join((*changed[:1], costs)).strip()
    sheet.notes.append(f"{do}: {in_words(change)} plays, {sure}. {told}".strip())
