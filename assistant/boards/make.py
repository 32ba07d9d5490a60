"""From a brief to everything its board shows."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from assistant.answers.answer import Answer, Exemplar, answer_asked, nearest_pool, read_matrix
from assistant.answers.exclusions import barred_features
from assistant.answers.exemplars import score
from assistant.answers.match import Asked, ask, read_artworks
from assistant.answers.suite import plan_suite
from assistant.boards.canvases import palette, previews
from assistant.boards.content import Board, Finding, Interval, Pair, Piece
from assistant.boards.desk import Desk
from assistant.boards.evidence import conflicts, losing, sections, theme_cards
from assistant.boards.novelty import contradictions, genre_rows, novelty_marks
from assistant.boards.sentences import capital, in_words, quoted, say
from assistant.insights.report import read_travel
from assistant.terminal.answer import interval, sentence
from assistant.wording import percent, phrase, times
from index.records import Grade

if TYPE_CHECKING:
    from assistant.answers.brief import Brief
    from assistant.insights.shared_features import SharedFeature

SHARED_SHOWN = 12
WORST_SHOWN = 6
TESTS_SHOWN = 4


def make_board(
    brief: Brief,
    path: Path,
    desk: Desk,
    *,
    k: int = 8,
    picks: Collection[str] = (),
    concepts: int = 3,
) -> Board:
    """Everything a board shows for one brief.

    Args:
        brief: checked brief.
        path: where it was read, for errors.
        desk: index, encoder and report, used for every brief of a run.
        k: exemplars at most.
        picks: artworks picked by hand.
        concepts: artworks in the suite at most.

    Raises:
        InputError: the brief names a cluster that the index does not have.
        ImageUnreadable: a reference is not a readable image.
    """
    asked = ask(brief, path, desk.index, desk.encoder, canvases=desk.canvases)
    answer = answer_asked(asked, desk.index, k=k, picks=picks)
    pairs = tuple(_pair(one, asked, answer, desk) for one in answer.exemplars)
    relevance = score(asked.relevance.value, None, np.full_like(asked.affinity, np.nan))
    barred = barred_features(brief, desk.index)
    claims = _claims(answer, desk, barred)[:SHARED_SHOWN]
    shared = tuple(_shared(one, asked, desk) for one in claims)
    return Board(
        answer=answer,
        pairs=pairs,
        shared=shared,
        sections=sections(asked, answer, desk, relevance, barred),
        themes=theme_cards(asked, answer, desk),
        conflicts=conflicts(answer, desk, barred),
        cautions=_cautions(answer, pairs),
        failed=losing(answer, desk),
        worst=_worst(asked, answer, desk),
        palette=palette(desk, pairs),
        previews=previews(desk, answer, pairs),
        suite=plan_suite(asked, answer, desk, concepts, barred),
        tests=_tests(answer, desk, barred),
        sources=_sources(answer, desk),
    )


def _pair(one: Exemplar, asked: Asked, answer: Answer, desk: Desk) -> Pair:
    base, did, counter = answer.take_fraction, one.performance, one.counter_example
    piece = desk.shown(one.artwork_id, one.title, one.path, did, base)
    parts = [("relevance", one.relevance, f"{one.relevance:.0%}")]
    if did is not None:
        least = f"{did['low']:+.2f}" if piece.change is None else percent(piece.change.low)
        parts.append(("performance", 0.5 * (1 + float(np.tanh(2 * did["low"]))), f"≥ {least}"))
    if one.affinity is not None:
        parts.append(("affinity", 0.5 * (1 + float(np.tanh(one.affinity))), times(one.affinity)))
    return Pair(
        worked=piece,
        failed=None
        if counter is None
        else desk.shown(
            counter["artwork_id"], counter["title"], counter["path"], counter["performance"], base
        ),
        relation="" if counter is None else str(counter["relation"]),
        score=one.score,
        why=say(
            "why",
            relevance=f"{one.relevance:.0%}",
            performance="" if piece.change is None else in_words(piece.change),
            seen=f"{piece.seen:,}",
            affinity="" if one.affinity is None else times(one.affinity),
        ),
        parts=tuple(parts),
        marks=contradictions(desk.index, asked.brief, asked.text, desk.row_of(one.artwork_id)),
        picked=one.picked,
    )


def _claims(answer: Answer, desk: Desk, barred: frozenset[str]) -> list[SharedFeature]:
    """Shared features that can be told; of those that are one thing by two names the surer."""
    kept: list[SharedFeature] = []
    travel = read_travel(desk.index) if answer.shared and desk.index.has("cells") else None
    for one in answer.shared:
        key, told = (one.feature, one.level), [(other.feature, other.level) for other in kept]
        if one.grade is Grade.INSUFFICIENT or (one.difference > 0 and one.feature in barred):
            continue
        if travel is None or not travel.same(key, told):
            kept.append(one)
    return kept


def _shared(one: SharedFeature, asked: Asked, desk: Desk) -> Finding:
    genres = asked.brief.genres
    rows = genre_rows(desk.index, genres)
    label = phrase(one.feature, one.level)
    named = f"{' or '.join(genres)} titles" if genres and not rows.all() else "the index"
    return Finding(
        sentence=capital(sentence(one).replace(label, quoted(label), 1)),
        figure=interval(one),
        interval=Interval(one.low, one.difference, one.high),
        scale=max(abs(one.low), abs(one.high)),
        artworks=one.artworks,
        titles=one.titles,
        grade=one.grade.value,
        marks=novelty_marks(desk.index, read_matrix(desk.index), one, rows, named),
    )


def _worst(asked: Asked, answer: Answer, desk: Desk) -> tuple[Piece, ...]:
    """Artwork of near titles that did worst, one a title, no counter-example again."""
    lift = asked.lift
    if lift is None:
        return ()
    artworks = read_artworks(desk.index)
    shown = {one.counter_example["artwork_id"] for one in answer.exemplars if one.counter_example}
    pool = nearest_pool(artworks, asked.relevance.by_title, asked.allowed)
    bad = [row for row in pool if lift.informed[row] and lift.high[row] < 0]
    found: list[int] = []
    seen: set[str] = set()
    for row in sorted(bad, key=lambda at: float(lift.high[at])):
        title = str(artworks.titles[row])
        if artworks.ids[row] in shown or title in seen:
            continue
        seen.add(title)
        found.append(int(row))
    return tuple(desk.piece(row, lift, answer.take_fraction) for row in found[:WORST_SHOWN])


def _cautions(answer: Answer, pairs: tuple[Pair, ...]) -> tuple[str, ...]:
    told = [capital(warning) for warning in answer.warnings]
    marked = sum(bool(pair.marks) for pair in pairs)
    if marked:
        told.append(
            f"{marked} of {len(pairs)} exemplars {'promises' if marked == 1 else 'promise'} "
            "something that the brief does not mention; beside each stands what."
        )
    told.append(
        "Logs are history, not an experiment: who was shown what was somebody's decision. Only "
        "what is graded tested was changed on purpose."
    )
    return tuple(told)


def _tests(answer: Answer, desk: Desk, barred: frozenset[str]) -> tuple[Any, ...]:
    if desk.report is None:
        return ()
    from assistant.experiments.plans import propose_tests

    return propose_tests(answer, desk.report, desk.index, k=TESTS_SHOWN, without=barred)


def _sources(answer: Answer, desk: Desk) -> tuple[tuple[str, str], ...]:
    from importlib.metadata import version

    made, table = desk.index.manifest, desk.index.table("artworks", ["created_at", "rights"])
    dates = sorted(str(one)[:10] for one in table["created_at"].to_pylist() if one)
    artworks = read_artworks(desk.index)
    shown = {one.artwork_id for one in answer.exemplars}
    held: dict[str, int] = {}
    for artwork, right in zip(artworks.ids, table["rights"].to_pylist(), strict=True):
        if artwork in shown:
            held[right or "not stated"] = held.get(right or "not stated", 0) + 1
    told = [
        ("index", f"generation {made.generation}, made {made.created_at[:10]}"),
        ("artwork", f"{made.counts['artworks']:,} of {made.counts['titles']:,} titles"),
        ("encoder", made.encoder),
        ("artwork dates", f"{dates[0]} to {dates[-1]}" if dates else "not stated"),
        ("rights of exemplars", ", ".join(f"{name} ({n})" for name, n in sorted(held.items()))),
        ("seeds", f"index {made.options.get('seed')}, themes {desk.seed}"),
        ("avoided, by the brief", ", ".join(answer.brief.avoid)),
        ("version", f"artwork-assistant {version('artwork-assistant')}"),
    ]
    return tuple((name, value) for name, value in told if value)
