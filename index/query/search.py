"""Search by words, pictures or both, without anything that starts slowly."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from index.errors import InputError
from index.query.evidence import (
    By,
    Catalogue,
    Evidence,
    Likeness,
    LookOfPicture,
    LookOfWords,
    Scores,
    Words,
)
from index.query.filters import Filters, passing
from index.query.look import Look, read_phrases
from index.query.query import Found, Hit, ImageLike, Query
from index.query.words import hash_term
from index.records import FloatMatrix
from index.store import Index
from index.store.labels import ARTWORK_LABELS, Labels
from index.vectors.space import Mask, Rows, highest

if TYPE_CHECKING:
    from index.encoders import Encoder

__all__ = ["Filters", "Found", "Hit", "Query", "Searcher"]

NEAR, NEAR_OF_SEVERAL = 160, 1_000
"""Artworks nearest to each part of a query that are compared in full, where not all are."""
NEIGHBOURHOOD = 5
"""Times as many artworks as are wanted, the nearest, that a negative weight ranks again."""
GOOD = 0.5
"""Share of the best score from which on a match is good."""
_WITHOUT = re.compile(r"\b(?:no|without|except)\s+(?:(?:an?|the|any)\s+)?(\w+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Part:
    evidence: Evidence
    weight: float


class Searcher:
    """Searches one index.

    Args:
        encoder: the one that made it; needed for words and for pictures from files.

    Raises:
        IndexMismatch: the index was made by another encoder.
    """

    def __init__(self, index: Index, encoder: Encoder | None) -> None:
        if encoder is not None:
            index.require_encoder(encoder)
        self._index, self._encoder = index, encoder
        self._catalogue = Catalogue(index)
        self._image_space = "image" if index.has_vectors("image") else "shared"

    def search(self, query: Query, *, k: int = 12, filters: Filters | None = None) -> list[Hit]:
        """The hits of `find`, any number of a title's artworks."""
        return list(self.find(query, k=k, filters=filters, variants=True).hits)

    def find(
        self,
        query: Query,
        *,
        k: int = 12,
        filters: Filters | None = None,
        variants: bool = False,
    ) -> Found:
        """The `k` artworks that match best of those that pass the filters.

        The score of words is the sum of this evidence, in standard deviations:

        - how they fit the picture, and by how much more than 1.5 the encoder alone, without what
          was learned from the catalogue, finds them there;
        - how they fit the text and the kinds of the picture's title;
        - the share of the words that the title has, rare ones counting more, and 6 for each of
          its genres, tags, people or its name that they name;
        - what they say of colour, light, layout and number of people, by what was measured, and
          half as much what scenes usually look like: a night is dark. Words that say nothing else
          go by this alone.

        All units are fixed for the index, so 0 is the average artwork for any query. The score of
        a picture is its likeness. Several texts and pictures are averaged by weight. What has a
        negative weight ranks the nearest again: its own score, where it is positive, is taken off
        theirs.

        A match is good from half of the best score on. What the query names comes first. Filters
        choose among artworks and change no score. In a large index a few of the nearest may be
        missing, as the recall in its manifest says. Of equals the earlier row comes first.

        Args:
            variants: give all artworks of a title, not only the best.

        Raises:
            InputError: nothing asked for, parts that cancel out, or a filter that cannot be.
            ImageUnreadable: a picture of the query cannot be read.
        """
        query.require_sense()
        mask = passing(self._index, filters or Filters())
        notes: list[str] = []
        like = self._look_like if query.look else self._like
        parts = self._texts(query, notes)
        parts += [_Part(like(image), weight) for image, weight in query.images]
        liked = [part for part in parts if part.weight > 0]
        disliked = [part for part in parts if part.weight < 0]
        near = max(8 * k, NEAR if len(parts) == 1 else NEAR_OF_SEVERAL)
        rows = np.unique(np.concatenate([part.evidence.candidates(near, mask) for part in liked]))
        scores = _average(liked, rows)
        if disliked:
            best = highest(scores, k * NEIGHBOURHOOD * (1 if variants else 4))
            rows, scores = rows[best], scores[best]
            scores = scores - np.maximum(_average(disliked, rows), np.float32(0))
        named = np.logical_or.reduce([part.evidence.named(rows) for part in liked])
        order = highest(scores + np.where(named, np.float32(1e6), np.float32(0)), len(rows))
        if not variants:
            _, first = np.unique(self._catalogue.title_of[rows[order]], return_index=True)
            order = order[np.sort(first)]
        order = order[:k]
        return Found(self._hits(rows[order], scores[order], named[order]), tuple(notes))

    def _texts(self, query: Query, notes: list[str]) -> list[_Part]:
        parts, plain = [], []
        for text, weight in query.texts:
            place = self._place(text.strip())
            if place is None:
                plain.append((text.strip(), weight))
            else:
                parts.append(_Part(self._named(place, query, notes), weight))
        if query.look:
            return [*parts, *(_Part(self._look_of(text), weight) for text, weight in plain)]
        if plain:
            vectors = self._needed_encoder().embed_texts([text for text, _ in plain])
            parts += [
                _Part(self._words(text, vector, query.by, notes), weight)
                for (text, weight), vector in zip(plain, vectors, strict=True)
            ]
        return parts

    def _words(self, text: str, vector: FloatMatrix, by: By, notes: list[str]) -> Evidence:
        """A text as evidence."""
        asked = read_phrases(text)
        phrases = () if by == "title" else self._known_phrases(asked.phrases)
        notes += [
            f"“{found[0]}” takes nothing away: --minus {found[1]} does"
            for found in _WITHOUT.finditer(text)
            if not any(found[0].lower() in phrase for phrase in phrases)
        ]
        if phrases and asked.only:
            return LookOfWords(self._index, self._look, phrases)
        words = None if by == "picture" else self._catalogue.postings.look_up(text)
        if words is not None and words.unknown and not words.known and not phrases:
            notes.append(
                f"no title of this index has a word of “{text}”, so it is found by its meaning "
                "alone, in English"
            )
        look = self._look if phrases else None
        return Words(self._catalogue, vector, by, words, phrases, look)

    def _named(self, place: int, query: Query, notes: list[str]) -> Evidence:
        """An artwork stands for its picture, a title for what it is about."""
        title = -1 - place
        row = place if place >= 0 else int(self._catalogue.artworks_of(np.array([title]))[0])
        artwork_id, _, path, name = self._labels.row(row)
        if place >= 0:
            notes.append(f"{artwork_id} is an artwork of this index ({path}): artworks like it")
        if query.look:
            return LookOfPicture(self._index, self._look, self._look.of_row(row))
        if place >= 0:
            return self._like(np.asarray(self._index.vectors(self._image_space)[row]))
        notes.append(f"{name} is a title of this index: titles like it follow")
        vector = np.asarray(self._index.vectors("titles")[title])
        words = None if query.by == "picture" else self._catalogue.postings.look_up(name)
        return Words(self._catalogue, vector, query.by, words, title=title)

    def _place(self, text: str) -> int | None:
        """The row of the artwork, or −1 − row of the title, that a text names exactly."""
        if not self._index.has_column("key_hashes"):
            return None
        hashes, wanted = self._index.column("key_hashes"), hash_term(text.casefold())
        at = int(np.searchsorted(hashes, wanted))
        if at == len(hashes) or hashes[at] != wanted:
            return None
        place = int(self._index.column("key_rows")[at])
        has_artwork = place >= 0 or len(self._catalogue.artworks_of(np.array([-1 - place])))
        return place if has_artwork else None

    def _like(self, image: ImageLike) -> Evidence:
        vector = image
        if isinstance(image, Path):
            from index.io.images import read_image

            embedded = self._needed_encoder().embed_images([read_image(image).pixels])
            vector = (embedded.shared if embedded.image is None else embedded.image)[0]
        assert not isinstance(vector, Path)
        return Likeness(self._index.nearest(self._image_space), vector)

    def _look_like(self, image: ImageLike) -> Evidence:
        if not isinstance(image, Path):
            raise InputError("a vector does not say how a picture looks", hint="name a file")
        from index.io.images import read_image

        return LookOfPicture(self._index, self._look, self._look.measure(read_image(image)))

    def _look_of(self, text: str) -> Evidence:
        phrases = self._known_phrases(read_phrases(text).phrases)
        if not phrases:
            hint = "write e.g. “dark red”, “minimal” or “two people”, or name a picture"
            raise InputError(f"{text!r} does not say how a picture looks", hint=hint)
        return LookOfWords(self._index, self._look, phrases)

    def _known_phrases(self, phrases: tuple[str, ...]) -> tuple[str, ...]:
        if not phrases or not self._index.has_arrays("look"):
            return ()
        return tuple(phrase for phrase in phrases if self._look.has(phrase))

    @cached_property
    def _look(self) -> Look:
        return Look(self._index)

    @cached_property
    def _labels(self) -> Labels:
        return self._index.labels(ARTWORK_LABELS)

    def _needed_encoder(self) -> Encoder:
        if self._encoder is None:
            raise InputError("this query needs the encoder that made the index")
        return self._encoder

    def _hits(self, rows: Rows, scores: Scores, named: Mask) -> tuple[Hit, ...]:
        others = scores[~named]
        line = GOOD * float(others.max(initial=0.0))
        found = []
        for row, score, own in zip(rows.tolist(), scores.tolist(), named.tolist(), strict=True):
            artwork_id, title_id, path, title = self._labels.row(row)
            good = own or score >= line > 0
            found.append(Hit(artwork_id, title_id, path, title, score, row, good, own))
        return tuple(found)


def _average(parts: Sequence[_Part], rows: Rows) -> Scores:
    """The parts' scores, averaged by the size of their weights."""
    total = sum(abs(part.weight) for part in parts)
    scores = np.zeros(len(rows), np.float32)
    for part in parts:
        scores += part.evidence.scores(rows) * np.float32(abs(part.weight) / total)
    return scores
