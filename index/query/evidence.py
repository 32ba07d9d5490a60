"""The evidence that one part of a query gives for artworks, each sort in a scale of its own."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal, Protocol

import numpy as np
import numpy.typing as npt

from index.query.look import Look
from index.query.words import Postings, TitleWords
from index.records import FloatMatrix
from index.vectors.space import Mask, Rows, VectorSpace, highest

if TYPE_CHECKING:
    from index.store import Index

Scores = npt.NDArray[np.float32]
By = Literal["both", "picture", "title"]

TITLES = 4
"""Candidates by picture for each of the nearest titles whose artworks are candidates too."""
LOOK, LOOK_ALONE = 1.5, 2.0
"""What a standard deviation of how a picture looks is worth beside other evidence, and alone; one
in the wrong direction counts twice beside other evidence."""
SURPRISE = 1.5
"""Standard deviations by which the encoder alone must find words in a picture to count as well:
it knows things better than a catalogue can teach."""
SAME = 0.9995
"""Cosine from which on two pictures are the same."""


class Evidence(Protocol):
    """What one text or picture of a query says of artworks."""

    def scores(self, rows: Rows) -> Scores:
        """How well artworks match; 0 is the average artwork of the index."""

    def candidates(self, k: int, mask: Mask | None) -> Rows:
        """Rows, ascending, among which the `k` best of those that pass are, or nearly always."""

    def named(self, rows: Rows) -> Mask:
        """Artworks that the query names, or whose very picture it has."""


class Catalogue:
    """What an index knows of its titles, mapped from its files when it is first needed."""

    def __init__(self, index: Index) -> None:
        self.index = index

    @cached_property
    def title_of(self) -> npt.NDArray[np.int32]:
        """(artworks,), the row of each one's title."""
        return self.index.column("title_of")

    @cached_property
    def postings(self) -> Postings:
        """The words of titles."""
        return Postings(self.index)

    @cached_property
    def pictures(self) -> VectorSpace:
        """The space that pictures share with words."""
        return self.index.nearest("shared")

    @cached_property
    def topics(self) -> VectorSpace:
        """What titles are about; an inner product with a text is in standard deviations."""
        return self.index.nearest("topics")

    @cached_property
    def encoded(self) -> VectorSpace | None:
        """The encoder's own vectors of pictures, where those of `pictures` are others."""
        if not self.index.has_vectors("encoded"):
            return None
        settings = self.index.manifest.search["shared"]
        return VectorSpace(self.index.vectors("encoded"), settings, lambda: None)

    def fit(self, space: VectorSpace, vector: FloatMatrix, rows: Rows, name: str) -> Scores:
        """How words fit pictures, in standard deviations of what a word gives in the index."""
        mean, spread = (self.index.column(f"{name}_{part}") for part in ("mean", "spread"))
        scores: Scores = (space.scores(vector, rows) - np.float32(vector @ mean)) / spread[0]
        return scores

    def artworks_of(self, titles: Rows) -> Rows:
        """Rows of all artworks of some titles, ascending."""
        ends, order = self.index.column("artwork_ends"), self.index.column("artworks_by_title")
        parts = [order[(ends[row - 1] if row else 0) : ends[row]] for row in titles.tolist()]
        return np.sort(np.concatenate([np.zeros(0, np.intp), *parts]).astype(np.intp))

    def titles_of(self, mask: Mask) -> Mask:
        """Titles that have an artwork that passes."""
        found = np.zeros(self.index.manifest.counts["titles"], dtype=bool)
        found[self.title_of[mask]] = True
        return found


@dataclass(frozen=True, slots=True, eq=False)
class Words:
    """A text: how it fits pictures, and how it fits what titles are about.

    Attributes:
        by: what it is compared with.
        words: what it asks of titles' words; None where titles do not count.
        phrases: of it that say how pictures look.
        look: tells these; None where there are none.
        title: row of the title that it names, or −1.
    """

    catalogue: Catalogue
    vector: FloatMatrix
    by: By
    words: TitleWords | None
    phrases: tuple[str, ...] = ()
    look: Look | None = None
    title: int = -1

    def scores(self, rows: Rows) -> Scores:
        """The sum of all evidence."""
        found = np.zeros(len(rows), np.float32)
        if self.by != "title":
            found += self.catalogue.fit(self.catalogue.pictures, self.vector, rows, "picture")
            if (own := self.catalogue.encoded) is not None:
                seen = self.catalogue.fit(own, self.vector, rows, "encoded")
                found += np.maximum(seen - SURPRISE, np.float32(0))
        if self.words is not None:
            titles, place = np.unique(self.catalogue.title_of[rows], return_inverse=True)
            found += self._of_titles(titles.astype(np.intp))[place]
        if self.look is not None and self.phrases:
            looks = np.array([self.look.by_phrase(one, rows) for one in self.phrases])
            found += LOOK * (looks + np.minimum(looks, 0)).sum(axis=0)
        return found

    def candidates(self, k: int, mask: Mask | None) -> Rows:
        """The nearest by picture, and the artworks of the nearest titles."""
        if self.catalogue.pictures.is_exact:
            return _all(self.catalogue.index, mask)
        found = [np.zeros(0, np.intp)]
        if self.by != "title":
            found.append(self.catalogue.pictures.candidates(self.vector, k, mask))
        if self.words is not None:
            rows = self.catalogue.artworks_of(self._titles(k // TITLES, mask))
            found.append(rows if mask is None else rows[mask[rows]])
        return np.unique(np.concatenate(found))

    def named(self, rows: Rows) -> Mask:
        """Artworks of the title that is named."""
        if self.title < 0:
            return np.zeros(len(rows), dtype=bool)
        return np.asarray(self.catalogue.title_of[rows] == self.title)

    def _of_titles(self, titles: Rows) -> Scores:
        assert self.words is not None
        found = self.catalogue.topics.scores(self.vector, titles)
        return found + self.words.by_title[titles]

    def _titles(self, k: int, mask: Mask | None) -> Rows:
        """The nearest titles by what they are about, and among those that have most words."""
        assert self.words is not None
        passing = None if mask is None else self.catalogue.titles_of(mask)
        topics, own = self.catalogue.topics, self.words.by_title
        if passing is not None:
            own = np.where(passing, own, np.float32(-1))
        most = min(max(k, 1), len(own))
        worded = own >= max(float(np.partition(own, -most)[-most]), 1e-6)
        found = [
            topics.candidates(self.vector, most, chosen)
            for chosen in (passing, worded)
            if chosen is None or chosen.any()
        ]
        rows = np.unique(np.concatenate([np.zeros(0, np.intp), *found]))
        return rows[highest(self._of_titles(rows), most)]


@dataclass(frozen=True, slots=True, eq=False)
class Likeness:
    """A picture, compared with pictures by what they show."""

    space: VectorSpace
    vector: FloatMatrix

    def scores(self, rows: Rows) -> Scores:
        """Cosines in standard deviations from their mean over the index."""
        mean, spread = self.space.moments(self.vector)
        cosines = self.space.scores(self.vector, rows)
        return (cosines - np.float32(mean)) / np.float32(spread or 1.0)

    def candidates(self, k: int, mask: Mask | None) -> Rows:
        """The nearest."""
        return self.space.candidates(self.vector, k, mask)

    def named(self, rows: Rows) -> Mask:
        """Artworks with this very picture."""
        return np.asarray(self.space.scores(self.vector, rows) >= SAME)


@dataclass(frozen=True, slots=True, eq=False)
class LookOfWords:
    """Phrases that say how a picture looks, and nothing else."""

    index: Index
    look: Look
    phrases: tuple[str, ...]

    def scores(self, rows: Rows) -> Scores:
        """The mean over phrases, as much as they are worth beside other evidence."""
        found = [self.look.by_phrase(one, rows) for one in self.phrases]
        scores: Scores = (LOOK_ALONE * np.mean(found, axis=0)).astype(np.float32)
        return scores

    def candidates(self, k: int, mask: Mask | None) -> Rows:
        """All that pass."""
        return _all(self.index, mask)

    def named(self, rows: Rows) -> Mask:
        """None."""
        return np.zeros(len(rows), dtype=bool)


@dataclass(frozen=True, slots=True, eq=False)
class LookOfPicture:
    """A picture, compared by colour, light and layout."""

    index: Index
    look: Look
    wanted: FloatMatrix

    def scores(self, rows: Rows) -> Scores:
        """Correlations of the features, as multiples of what chance gives."""
        found = self.look.by_picture(self.wanted, rows)
        return found * np.float32(np.sqrt(len(self.wanted)))

    def candidates(self, k: int, mask: Mask | None) -> Rows:
        """All that pass."""
        return _all(self.index, mask)

    def named(self, rows: Rows) -> Mask:
        """Artworks that look the very same."""
        return np.asarray(self.look.by_picture(self.wanted, rows) >= SAME)


def _all(index: Index, mask: Mask | None) -> Rows:
    return np.arange(index.artworks) if mask is None else np.flatnonzero(mask)
