"""A board as slides: at most ten, each with its finding as its title."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from assistant.boards import slide_layouts as layouts
from assistant.boards.first_slide import first_slide
from assistant.boards.once import FIRST
from assistant.boards.pictures import written
from assistant.boards.slides import BODY, SMALL, SOFT, Line, Slide
from assistant.wording import Interval, capital, in_words, listed, percent

if TYPE_CHECKING:
    from assistant.answers.advice import Part
    from assistant.answers.examples import Example
    from assistant.answers.pieces import Piece
    from assistant.boards.content import Board, Pair, Turn
    from assistant.boards.pictures import Pictures
    from assistant.boards.slide_layouts import Shown

PICTURE_SIDE = 560
"""Pixels of a picture's longer side: sharp at the size that slides show."""
PAIRS = 3
"""Exemplars on a slide."""


def slides_of(
    board: Board, pictures: Pictures, stills: Callable[[str], bytes | None] = lambda _: None
) -> list[Slide]:
    """Everything a room is shown for one brief, in its order."""
    maker = _Maker(board, pictures)
    room = maker.room(stills)
    exemplars = maker.exemplars()[: 1 if room else 2]
    slides = [
        maker.first(),
        *room,
        *(maker.direction(turn) for turn in board.turns[:FIRST]),
        *exemplars,
        *maker.mind(),
        *maker.suite(),
        *maker.tests(),
        maker.ending(),
    ]
    return layouts.footed(slides, board.title)


class _Maker:
    """Makes the slides of one board.

    Attributes:
        beside: pairs of an only direction that the first slide has room for.
        opening: exemplars that it shows where there is no direction.
    """

    def __init__(self, board: Board, pictures: Pictures) -> None:
        self.board, self.pictures = board, pictures
        alone = len(board.turns) == 1
        self.beside = board.turns[0].more[: FIRST - 1] if alone else ()
        self.opening = () if board.turns else board.pairs[:FIRST]

    def first(self) -> Slide:
        """The decision on one slide."""
        board, brief = self.board, self.board.answer.brief
        cards = [self._card(turn) for turn in board.turns[:FIRST]]
        beside = [
            (one.question if one.result else f"Test next: {one.question}", one.change)
            for one in board.tests[:1]
        ]
        if board.avoided:
            beside = [board.avoided, *beside]
        if not cards:
            why = capital(board.answer.advice.too_thin or "no direction was chosen")
            beside = [("No direction", f"{why}."), *beside]
        beside.append(("For a sceptic", board.sceptic))
        return first_slide(
            board.title,
            " · ".join(brief.genres),
            [(one.name, one.weight, one.base) for one in board.answer.audience.shares],
            cards,
            beside,
            [*map(self._told, self.opening), *map(self._example, self.beside)],
            "\n".join([brief.synopsis, board.sceptic]),
        )

    def _card(self, turn: Turn) -> tuple[str, Interval, str, list[Shown], list[str], str]:
        way = turn.direction
        pair, changed = ([], []) if turn.pair is None else self._example(turn.pair)
        return (
            way.do,
            way.change,
            f"{way.titles} titles, {way.grade}",
            pair,
            changed,
            _costs(turn, 1),
        )

    def direction(self, turn: Turn) -> Slide:
        """What a direction rests on."""
        way = turn.direction
        title = f"{way.do}: {percent(way.change.middle)} plays"
        loss = _costs(turn, 1)
        measured = ", ".join(one.told for one in way.members[:3])
        return layouts.direction_slide(
            f"{title}; {loss[:1].lower()}{loss[1:]}" if loss else title,
            [self._example(pair) for pair in turn.more if pair not in self.beside],
            [("By audience", _rows(way.by_cluster)), ("By platform", _rows(way.by_platform))],
            f"Measured as {measured}" if measured else "",
        )

    def exemplars(self) -> list[Slide]:
        """Exemplars beside their counter-examples."""
        pairs = self.board.pairs[len(self.opening) :]
        count = len(self.board.pairs) + len(self.board.above)
        title = f"{count} past artworks fit this brief and did well with its audience"
        made = [(self._pair(pair), pair.worked.title, pair.changed) for pair in pairs]
        groups = [made[start : start + PAIRS] for start in range(0, len(made), PAIRS)]
        return [
            layouts.pairs_slide(title if not at else "More that worked, beside what did not", group)
            for at, group in enumerate(groups)
        ]

    def mind(self) -> list[Slide]:
        """What costs plays, pulls both ways or cannot be told."""
        told = [*(one.headline for one in self.board.avoid), *self.board.mind]
        if not told:
            return []
        return [
            layouts.list_slide(
                "What costs plays, and what past artwork cannot say", map(Line, told)
            )
        ]

    def suite(self) -> list[Slide]:
        """Concepts that serve the audience together."""
        board, suite = self.board, self.board.suite
        if suite is None or not board.concepts:
            return []
        title = f"{len(board.concepts)} artworks together reach {suite.covered:.0%} of the audience"
        concepts = []
        for one in board.concepts:
            shown = self._shown(one.piece) if one.piece.artwork_id in board.pictured else None
            lines = [
                Line(f"{percent(who.change.middle)} {who.cluster}", SMALL,
                     colour=layouts.tone(who.change))
                for who in one.serves
                if who.verdict != "inconclusive"
            ]  # fmt: skip
            if shown is None:
                lines.append(Line("Shown before", SMALL, colour=SOFT))
            if one.keep:
                lines.append(Line(f"As advised: {listed(one.keep)}", SMALL, colour=SOFT))
            concepts.append((shown, one.piece.title, lines))
        return [layouts.concepts_slide(title, concepts)]

    def tests(self) -> list[Slide]:
        """What to test next."""
        if not self.board.tests:
            return []
        lines = []
        for one in self.board.tests:
            lines.append(Line(one.question, BODY, bold=True))
            past = f"Past artwork: {in_words(one.past)} plays, {one.grade}."
            told = " ".join((one.change, f"{one.size}.", past, one.result)).strip()
            lines.append(Line(told, gap=0.03))
        return [layouts.list_slide("An experiment would settle it", lines)]

    def room(self, stills: Callable[[str], bytes | None]) -> list[Slide]:
        """What people decided, wrote and pinned."""
        board = self.board
        if not (board.decision or board.notes or board.stills):
            return []
        kept = board.decision
        title = "Notes" if kept is None else f"Decided: {kept.what}"
        signed = [] if kept is None else [Line(f"{kept.by}, {kept.on}", BODY, colour=SOFT)]
        notes = [Line(one) for one in board.notes.splitlines() if one.strip()]
        pinned = [(stills(one.file), one.note) for one in board.stills]
        shown = [
            layouts.Shown(_jpeg(content), note or "A pinned still", None)
            for content, note in pinned
            if content is not None
        ]
        return [layouts.room_slide(title, [*signed, *notes], shown)]

    def ending(self) -> Slide:
        """What must be known before any of this is used."""
        board = self.board
        sources = " · ".join(f"{name}: {value}" for name, value in board.sources)
        lines = [Line(board.sceptic, BODY, bold=True), *(Line(one) for one in board.cautions)]
        return layouts.list_slide(
            "Before you use this", [*lines, Line(f"Made from: {sources}", SMALL, colour=SOFT)]
        )

    def _example(self, pair: Example) -> tuple[list[Shown], list[str]]:
        shown = [self._shown(pair.worked), self._shown(pair.failed)]
        return shown, [f"{pair.worked.title}. {one}." for one in pair.change.sentences]

    def _told(self, pair: Pair) -> tuple[list[Shown], list[str]]:
        return self._pair(pair), [f"{pair.worked.title}. {pair.changed}".strip()]

    def _pair(self, pair: Pair) -> list[Shown]:
        found = [self._shown(pair.worked)]
        return found if pair.failed is None else [*found, self._shown(pair.failed)]

    def _shown(self, piece: Piece) -> Shown:
        return layouts.Shown(self.pictures.jpeg(piece.path, PICTURE_SIDE), piece.alt, piece.change)


def _costs(turn: Turn, most: int = 2) -> str:
    """Who loses by a direction: "Costs 13% with Thriller"."""
    losses = [f"{-change:.0%} with {name}" for name, change in turn.costs[:most]]
    return f"Costs {listed(tuple(losses))}" if losses else ""


def _rows(parts: Sequence[Part]) -> list[tuple[str, Interval]]:
    return [(part.name, part.change) for part in parts]


def _jpeg(content: bytes) -> bytes:
    from PIL import Image

    with Image.open(io.BytesIO(content)) as image:
        return written(image.convert("RGB"), "JPEG", quality=85)
