"""A board as slides: which there are and what is on them."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

from assistant.boards import slide_kinds as kinds
from assistant.boards.sentences import capital
from assistant.boards.slides import BODY, Line
from assistant.wording import percent

if TYPE_CHECKING:
    from assistant.boards.content import Board, Concept, Finding, Pair, Piece, Section, ThemeCard
    from assistant.boards.slides import Slide
    from assistant.experiments.plans import TestPlan
    from index.records import Pixels

CLUSTERS, SECTIONS, THEMES = 3, 4, 2
"""Slides of member clusters, of these and platforms together, and of themes, at most."""
MARKS = 2
"""Contradictions that stand among the cautions; more have a slide of their own."""
LEADS = 0.1
"""Share of the audience from which a cluster has a slide; the page tells of the others."""
PICTURE_SIDE = 480
"""Pixels of a thumbnail's longer side: sharp at the size that slides show."""

Pictures = Mapping[str, bytes]
"""JPEG or PNG by artwork id; artworks without one say so."""

_INSIDE = "Plays an impression against the title's other artworks; intervals are 90%."
_NOT_CAUSES = "What went together, not what caused what."


def slides_of(board: Board, pictures: Pictures) -> list[Slide]:
    """Everything a room is shown for one brief, in its order."""
    slides = [_cover(board, pictures), *_pairs(board, pictures)]
    note = f"Against the same titles' other artworks; lines are 90% intervals. {_NOT_CAUSES}"
    shared = board.shared[: kinds.ROWS]
    slides += _findings("What worked shares", shared, note, "difference (90% interval)")
    if board.suite is not None and board.suite.concepts:
        slides += _suite(board, pictures)
    for section in leading_sections(board.sections):
        slides += _section(section, pictures)
    slides += [_theme(theme, pictures) for theme in board.themes[:THEMES]]
    if board.failed:
        slides += _findings("What failed", board.failed, note, "difference (90% interval)")
    if board.conflicts:
        told = f"The odds of a play where it helps against where it hurts. {_NOT_CAUSES}"
        slides += _findings("What pulls both ways", board.conflicts, told, "odds (90% interval)")
    if board.palette:
        colours = [(one.name, one.hex, one.share, one.failed_share) for one in board.palette]
        slides.append(kinds.palette_slide("Colours of what worked", colours))
    if board.tests:
        slides += kinds.list_slides("What to test next", _tests(board.tests))
    sources = " · ".join(f"{name}: {value}" for name, value in board.sources)
    marks = _marks(board)
    few = marks if len(marks) <= MARKS else []
    ending = [*_lines((*few, *board.cautions)), Line(f"Made from: {sources}", kinds.CAPTION)]
    slides += kinds.list_slides("Cautions and sources", ending)
    return kinds.footed(slides, board.title)


def leading_sections(sections: tuple[Section, ...]) -> list[Section]:
    """The clusters that most of the audience is in, then platforms, as many as a room follows."""
    clusters = [one for one in sections if one.weight is not None]
    leading = [one for one in clusters if (one.weight or 0.0) >= LEADS] or clusters[:1]
    platforms = [one for one in sections if one.weight is None]
    return [*leading[:CLUSTERS], *platforms][:SECTIONS]


def pictured(board: Board) -> dict[str, str]:
    """Paths of the artworks that the slides show, by id."""
    pieces: list[Piece | None] = []
    for pair in board.pairs:
        pieces += [pair.worked, pair.failed]
    for section in leading_sections(board.sections):
        pieces += section.pieces
    for theme in board.themes[:THEMES]:
        pieces += theme.pieces
    if board.suite is not None:
        pieces += [concept.piece for concept in board.suite.concepts]
    return {one.artwork_id: one.path for one in pieces if one is not None}


def jpegs(board: Board, pixels: Callable[[str], Pixels | None]) -> dict[str, bytes]:
    """Thumbnails of what the slides show.

    Args:
        board: whose artworks.
        pixels: RGB of the picture at a path of the catalogue, None where it cannot be read.
    """
    from PIL import Image

    made = {}
    for artwork_id, path in pictured(board).items():
        found = pixels(path)
        if found is not None:
            image, written = Image.fromarray(found), io.BytesIO()
            image.thumbnail((PICTURE_SIDE, PICTURE_SIDE), Image.Resampling.LANCZOS)
            image.save(written, "JPEG", quality=85)
            made[artwork_id] = written.getvalue()
    return made


def _lines(texts: Iterable[str]) -> list[Line]:
    return [Line(text, BODY) for text in texts]


def _cover(board: Board, pictures: Pictures) -> Slide:
    brief, audience = board.answer.brief, board.answer.audience
    about = ". ".join(part for part in (" · ".join(brief.genres), brief.synopsis) if part)
    skill = audience.skill
    remark = (
        ""
        if skill is None
        else f"Audience predicted from the text: {skill.value:.0%} better than “everyone alike” "
        f"on {skill.titles} known titles (90% interval {skill.low:.0%} to {skill.high:.0%})."
    )
    shares = [(share.name, share.weight, share.source) for share in audience.shares]
    best = [_shown(pair.worked, pictures) for pair in board.pairs[:4]]
    notes = "\n".join([brief.synopsis, *(f"{name}: {w:.0%}, {how}" for name, w, how in shares)])
    return kinds.cover(board.title, about, shares, remark, best, notes)


def _shown(piece: Piece, pictures: Pictures, pair: Pair | None = None) -> kinds.Shown:
    change = piece.change
    details = [" · ".join(part for part in (piece.artwork_id, piece.label) if part)]
    if change is not None:
        details.append(f"{percent(change.low)} to {percent(change.high)}")
    if piece.seen:
        details.append(f"{piece.seen:,} impressions")
    star = "★ " if pair is not None and pair.picked else ""
    return kinds.Shown(
        picture=pictures.get(piece.artwork_id),
        alt=piece.alt,
        name=f"{star}{piece.title}",
        figure="" if change is None else percent(change.middle),
        details=tuple(details),
        bars=() if pair is None else pair.parts,
        did_well=None if change is None else change.middle > 0,
    )


def _pairs(board: Board, pictures: Pictures) -> list[Slide]:
    if not board.pairs:
        told = "No past artwork did well enough to be shown: insufficient data."
        return kinds.list_slides("What worked", [Line(told)])
    pairs = [
        (
            _shown(pair.worked, pictures, pair),
            None if pair.failed is None else _shown(pair.failed, pictures),
        )
        for pair in board.pairs
    ]
    slides = kinds.pair_slides("What worked, each beside what did not", pairs, _INSIDE)
    marks = _marks(board)
    crowded = len(marks) > MARKS
    return slides + (kinds.list_slides("At odds with the brief", _lines(marks)) if crowded else [])


def _marks(board: Board) -> list[str]:
    return [f"{pair.worked.title}: {mark}" for pair in board.pairs for mark in pair.marks]


def _row(one: Finding) -> kinds.Row:
    marked = ". ".join(part.rstrip(".") for part in (one.sentence, *one.marks))
    return kinds.Row(
        label=marked,
        low=one.interval.low,
        middle=one.interval.middle,
        high=one.interval.high,
        scale=one.scale,
        figure=one.figure,
        count=f"{one.artworks:,} artworks · {one.titles:,} titles" if one.artworks else "",
        grade=one.grade,
    )


def _findings(title: str, found: tuple[Finding, ...], note: str, head: str) -> list[Slide]:
    if not found:
        told = "Nothing that can be told from chance: insufficient data."
        return kinds.list_slides(title, [Line(told)])
    return kinds.interval_slides(title, [_row(one) for one in found], note, head)


def _section(section: Section, pictures: Pictures) -> list[Slide]:
    """One slide for a member cluster or a platform: its best artwork and what goes with it."""
    share = f"{section.name}: {section.weight or 0.0:.0%} of the audience"
    title = f"On {section.name}" if section.weight is None else share
    if not section.findings and not section.pieces:
        told = "Nothing that can be told from chance here: insufficient data."
        return [*kinds.list_slides(title, [Line(told)])]
    about = f"Best artwork with this {section.kind} alone, and what goes with it. {_NOT_CAUSES}"
    shown = [_shown(piece, pictures) for piece in section.pieces]
    rows = [_row(one) for one in section.findings]
    return [kinds.strip_slide(title, about, shown, rows, "difference (90% interval)")]


def _theme(theme: ThemeCard, pictures: Pictures) -> Slide:
    about = " ".join(part for part in (theme.description, theme.drift) if part)
    shown = [_shown(piece, pictures) for piece in theme.pieces]
    rows = [_row(one) for one in theme.findings]
    return kinds.strip_slide(f"Theme: {theme.name}", about, shown, rows, "lift (90% interval)")


def _suite(board: Board, pictures: Pictures) -> list[Slide]:
    suite = board.suite
    assert suite is not None
    uncovered = ", ".join(f"{name} ({share:.0%})" for name, share in suite.uncovered)
    note = f"Together they did well with {suite.covered:.0%} of the audience."
    note += f" Nothing did well yet with {uncovered}." if uncovered else ""
    concepts = [_concept(one, pictures) for one in suite.concepts]
    return kinds.concept_slides("A suite that covers the audience", concepts, note)


def _concept(concept: Concept, pictures: Pictures) -> tuple[kinds.Shown, list[Line]]:
    added = f"Adds {concept.adds:.0%} of the audience" if concept.adds >= 0.005 else ""
    lines = [Line(added or "Serves no other cluster, but does better with some", bold=True)]
    lines += [
        Line(
            f"{one.cluster} ({one.weight:.0%}): {one.verdict}, {percent(one.change.middle)} "
            f"({percent(one.change.low)} to {percent(one.change.high)})",
            kinds.CAPTION,
        )
        for one in concept.serves
    ]
    if concept.keep:
        lines.append(Line(f"Shares with what worked: {', '.join(concept.keep)}", kinds.CAPTION))
    return _shown(concept.piece, pictures), lines


def _tests(tests: tuple[TestPlan, ...]) -> list[Line]:
    lines = []
    for test in tests:
        size = f"{test.impressions_per_arm:,} impressions an arm"
        days = "" if test.days is None else f", about {test.days:,.0f} days"
        lines.append(
            Line(
                f"{test.question} {capital(test.change.rstrip('.'))}. {size}{days} to see "
                f"{percent(test.smallest_change)}. Grade so far: {test.grade}; {test.why}.",
                BODY,
            )
        )
    return lines
