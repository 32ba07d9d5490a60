"""Where exemplars contradict the brief, and what everybody does already or ever less."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from assistant.answers.match import read_artworks
from assistant.insights.estimators.shares import FEW, created_dates, trend_of
from assistant.insights.evidence import read_evidence
from assistant.insights.index_cache import index_cache
from assistant.insights.levers import lever_sides
from assistant.wording import listed, points, say
from index.catalogue.words import split_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from assistant.answers.advice import Direction
    from assistant.answers.brief import Brief
    from index.records import FloatMatrix
    from index.store import Index

NEIGHBOURS = 20
"""Pictures most like an exemplar, of other titles, whose genres it is read by."""
PROMISED = 0.5
"""Share of the neighbours from which a genre is promised."""
TWICE = 2.0
"""And how many times as often as in all artwork."""
CHANCE = 0.01
"""And how improbable by chance (binomial)."""
NEAR_TITLES = 10
BACKED = 3
"""Of the titles nearest by text, how many with a genre make it part of what the brief says."""
OVERUSED = 0.5
"""Share of a genre's artwork from which a feature is nothing new."""
RARE = 0.25
"""A concept that more of all artwork shows than this contradicts no text."""

_Flags = npt.NDArray[np.bool_]


@index_cache
def title_genres(index: Index) -> list[frozenset[str]]:
    """Genres of each title."""
    texts = index.table("titles", ["genres"])["genres"].to_pylist()
    return [frozenset(split_words(text)) for text in texts]


@index_cache
def _genre_titles(index: Index) -> tuple[list[str], _Flags, npt.NDArray[np.float64]]:
    """Genres, the titles that have each, `(titles, genres)`, and its share of all artwork."""
    genres = title_genres(index)
    names = sorted(set().union(*genres))
    has = np.array([[name in own for name in names] for own in genres], dtype=bool)
    return names, has, has[read_artworks(index).title_rows].mean(axis=0)


@index_cache
def _dates(index: Index) -> pd.Series | None:
    return created_dates(index.table("artworks", ["created_at"]).to_pandas())


@index_cache
def _concepts(index: Index) -> tuple[tuple[str, str, str, _Flags], ...]:
    """Feature, name and words of each concept the encoder sees, and the artworks that show it."""
    from index.features.concepts.vocabulary import load_vocabulary
    from index.query.features import feature_column, feature_names

    held = set(feature_names(index))
    found = []
    for concept in load_vocabulary().values():
        if concept.kind not in {"object", "creature"} or concept.feature not in held:
            continue
        shows = feature_column(index, concept.feature).to_numpy(zero_copy_only=False) == 1
        if 0 < shows.mean() <= RARE:
            found.append((concept.feature, concept.name, concept.says, shows))
    return tuple(found)


def genre_rows(index: Index, genres: Sequence[str]) -> _Flags:
    """Artworks whose title has one of the genres; all where no title has."""
    wanted = {genre.casefold() for genre in genres}
    of_title = np.array(
        [bool(wanted & {one.casefold() for one in own}) for own in title_genres(index)], dtype=bool
    )
    rows: _Flags = of_title[read_artworks(index).title_rows]
    return rows if rows.any() else np.ones(len(rows), dtype=bool)


def contradictions(
    index: Index, brief: Brief, text: FloatMatrix, rows: Sequence[int]
) -> list[tuple[str, ...]]:
    """What each of the pictures at `rows` promises that the brief does not say, with the figures.

    A genre is promised if at least half of the 20 nearest pictures of other titles are of titles
    that have it, twice as often as all artwork and more than chance allows (binomial, 1%). It is
    in the brief if the brief lists it, its words name it, or 3 of the 10 titles nearest by text
    have it. A thing that is seen is a contradiction if the brief's words do not name it.
    """
    from scipy.stats import binom

    title_rows, vectors = read_artworks(index).title_rows, np.asarray(index.picture_vectors)
    genres, has, bases = _genre_titles(index)
    near_text = np.argsort(-(index.vectors("titles") @ text[0]), kind="stable")[:NEAR_TITLES]
    said = _words_of(brief)
    unsaid = np.array([name.casefold() not in said for name in genres], dtype=bool)
    unsaid &= has[near_text].sum(axis=0) < BACKED
    told = [list[str]() for _ in rows]
    alike = vectors[rows] @ vectors.T
    for row, likeness, own in zip(rows, alike, told, strict=True):
        likeness[title_rows == title_rows[row]] = -np.inf
        near = title_rows[np.argsort(-likeness, kind="stable")[:NEIGHBOURS]]
        counts = has[near].sum(axis=0)
        promised = unsaid & (counts >= len(near) * np.maximum(PROMISED, TWICE * bases))
        for at in np.flatnonzero(promised):
            count, base = int(counts[at]), float(bases[at])
            if float(binom.sf(count - 1, len(near), base)) < CHANCE:
                facts = {"near": count, "of": len(near), "base": f"{base:.0%}"}
                own.append(say("promise", genre=genres[at], **facts))
    unmentioned = _unmentioned(index, said, rows)
    return [(*own, *things) for own, things in zip(told, unmentioned, strict=True)]


def _words_of(brief: Brief) -> str:
    parts = (brief.title, brief.synopsis, *brief.genres, *brief.tags, *brief.must_show)
    return " ".join(parts).casefold()


def _unmentioned(index: Index, said: str, rows: Sequence[int]) -> list[list[str]]:
    from index.features.concepts.vocabulary import find_concepts

    mentioned = {one.name for word in set(said.split()) for one in find_concepts(word)}
    new = [one for one in _concepts(index) if one[1] not in mentioned]
    return [
        [
            say("shows", concept=says, base=_share(float(shows.mean())))
            for _, _, says, shows in new
            if shows[row]
        ]
        for row in rows
    ]


def _share(share: float) -> str:
    return f"{share:.0%}" if share >= 0.005 else "under 1%"


def novelty_marks(index: Index, direction: Direction, genres: Sequence[str]) -> tuple[str, ...]:
    """That a direction is widely used or fading in the brief's genres.

    An artwork has a pole if it lies as far to that side as artwork that was turned to it does on
    average. Widely used: half of the genre's artwork or more. Fading: its share since the middle
    date is lower than before, with the 90% interval (Newcombe 1998) off zero.

    Args:
        genres: of the brief; without titles of them, all artwork counts.
    """
    rows = genre_rows(index, genres)
    genre = f"{listed(tuple(genres), 'or')} titles" if genres and not rows.all() else "the index"
    has, known = _having(index, direction)
    known = known & rows
    if known.sum() < FEW:
        return ()
    share = float(has[known].mean())
    marks = []
    if share >= OVERUSED:
        marks.append(
            say("overused", share=f"{share:.0%}", artworks=f"{known.sum():,}", genre=genre)
        )
    return (*marks, *_fading(index, has, known, genre))


def _having(index: Index, direction: Direction) -> tuple[_Flags, _Flags]:
    """Artworks that have a side of a lever, and those of which that is known."""
    from index.query.levers import lever_values

    evidence = read_evidence(index)
    design = lever_sides(evidence)
    at = design.column(direction.lever, direction.pole)
    turned = design.values[evidence.units.of_artwork, at]
    lever = design.levers.lever(direction.lever)
    if design.contrasts[at].kind != "pole" or lever is None:
        return turned >= 0.5, np.isfinite(turned)
    first = next(iter(lever.poles.items()))
    sign = -1.0 if direction.pole in {first[0], first[1].name} else 1.0
    leaning = sign * lever_values(index)[direction.lever]
    there = leaning[(turned > 0) & np.isfinite(leaning)]
    if not len(there):
        return np.zeros(len(leaning), bool), np.zeros(len(leaning), bool)
    return leaning >= there.mean(), np.isfinite(leaning)


def _fading(index: Index, has: _Flags, known: _Flags, genre: str) -> list[str]:
    dates = _dates(index)
    found = None if dates is None else trend_of(has, dates, known)
    if found is None or found.high >= 0:
        return []
    return [
        say(
            "fading",
            before=f"{found.before:.0%}",
            after=f"{found.after:.0%}",
            since=found.since,
            genre=genre,
            interval=points(found.low, found.after - found.before, found.high),
        )
    ]
