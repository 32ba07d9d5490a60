"""Which past titles are like a brief: by text, genres and tags, and from where on one is not."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from assistant.answers.brief import Brief
from assistant.insights.index_cache import index_cache
from index.catalogue.words import split_words
from index.io.nearest_name import name_hint, nearest_name
from index.records import FloatMatrix
from index.store import Index

_Floats = npt.NDArray[np.float64]

KINDS = 3.0
"""What a standard deviation of shared genres is worth beside one of the text."""
STRANGERS = 0.95
"""Share of the titles that have no genre in common which must lie below the line of what fits."""
SAMPLED = 200
"""Titles that are taken for briefs, at most, to learn that line."""
SHOWN = 6
"""Nearest titles that are named."""
_COMMON = 0.3
"""What sharing any genre is worth, so that even one that most titles have counts."""


@dataclass(frozen=True, slots=True, eq=False)
class Kinds:
    """Genres and tags of an index's titles, by folded word.

    Attributes:
        names: `(kinds,)` as the catalogue spells them, by folded word.
        weight: `(kinds,)` −log of the share of titles that have it, and what any is worth.
        kind: `(m,)` place in `names` of each kind of each title.
        title: `(m,)` row of the title, ascending.
        titles: number of titles.
    """

    names: Mapping[str, str]
    weight: _Floats
    kind: npt.NDArray[np.int64]
    title: npt.NDArray[np.int64]
    titles: int

    def nearest(self, word: str) -> str | None:
        """The folded word that is meant; None for a word that is not known."""
        folded = word.casefold().strip()
        return folded if folded in self.names else nearest_name(folded, self.names)

    def among(self, wanted: Collection[str]) -> npt.NDArray[np.bool_]:
        """Which kinds are wanted, `(kinds,)`."""
        return np.array([name in wanted for name in self.names], dtype=bool)

    def of_title(self, row: int) -> npt.NDArray[np.bool_]:
        """Which kinds a title has, `(kinds,)`."""
        has = np.zeros(len(self.names), dtype=bool)
        has[self.kind[slice(*np.searchsorted(self.title, (row, row + 1)))]] = True
        return has

    def likeness(self, wanted: npt.NDArray[np.bool_]) -> _Floats:
        """Weighted Jaccard similarity with each title's kinds, rare ones counting more."""
        shared = self._total(self.weight * wanted)
        either = self.weight[wanted].sum() + self._total(self.weight) - shared
        like: _Floats = shared / np.maximum(either, 1e-9)
        return like

    def _total(self, weight: _Floats) -> _Floats:
        summed: _Floats = np.bincount(self.title, weight[self.kind], self.titles).astype(np.float64)
        return summed


@index_cache
def read_kinds(index: Index) -> Kinds:
    """Genres and tags of an index's titles."""
    table = index.table("titles")
    columns = [table[name].to_pylist() for name in ("genres", "tags") if name in table.column_names]
    names: dict[str, str] = {}
    of_title = []
    for row in zip(*columns, strict=True):
        words = {word.casefold(): word for text in row for word in split_words(text)}
        names |= words
        of_title.append(words)
    code = {name: at for at, name in enumerate(names)}
    kind = np.array([code[word] for words in of_title for word in words], dtype=np.int64)
    title = np.array([row for row, words in enumerate(of_title) for _ in words], dtype=np.int64)
    share = np.bincount(kind, minlength=len(names)) / max(table.num_rows, 1)
    return Kinds(names, _COMMON - np.log(share), kind, title, table.num_rows)


def spell_genres(genres: Sequence[str], index: Index) -> tuple[tuple[str, ...], list[str]]:
    """Genres in the catalogue's spelling, and sentences about slips that were forgiven.

    Those that it does not have stay as they are.
    """
    kinds = read_kinds(index)
    spelled, said = [], []
    for genre in genres:
        near = kinds.nearest(genre)
        spelled.append(genre if near is None else kinds.names[near])
        if near not in (None, genre.casefold().strip()):
            said.append(f"genre {genre!r} is read as {spelled[-1]!r}")
    return tuple(spelled), said


def known_kinds(brief: Brief, index: Index) -> tuple[frozenset[str], tuple[str, ...]]:
    """The brief's genres and tags in the catalogue's words, and sentences about those not known.

    Case and a slip of spelling are forgiven; lists in one string were split when it was read.
    """
    kinds = read_kinds(index)
    found: set[str] = set()
    said = []
    for what, words in (("genre", brief.genres), ("tag", brief.tags)):
        for word in words:
            near = kinds.nearest(word)
            if near is not None:
                found.add(near)
                if near != word.casefold().strip():
                    said.append(f"{what} {word!r} is read as {kinds.names[near]!r}")
            elif what == "genre" and kinds.names:
                names = sorted(kinds.names.values())
                said.append(f"no title has the genre {word!r}; {name_hint(word, names)}")
    return frozenset(found), tuple(said)


@dataclass(frozen=True, slots=True, eq=False)
class Nearness:
    """How near every title is to a brief.

    Attributes:
        score: `(titles,)` standard deviations of text and of kinds, summed.
        line: score from which a title is of the brief's kind.
        value: `(titles,)` 0 at the line and below it, 1 for the nearest title.
        warnings: genres and tags that met nothing.
    """

    score: _Floats
    line: float
    value: _Floats
    warnings: tuple[str, ...] = ()

    @property
    def fits(self) -> npt.NDArray[np.bool_]:
        """Titles of the brief's kind, `(titles,)`."""
        found: npt.NDArray[np.bool_] = self.score >= self.line
        return found


@dataclass(frozen=True, slots=True)
class NearTitle:
    """A past title and how near it is: 0 at the line of what fits, 1 for the nearest."""

    title_id: str
    name: str
    nearness: float


def nearest_titles(nearness: Nearness, index: Index) -> tuple[NearTitle, ...]:
    """The nearest titles that fit, at most six."""
    table = index.table("titles", ["title_id", "name"])
    ids, names = table["title_id"].to_pylist(), table["name"].to_pylist()
    order = np.argsort(-nearness.score, kind="stable")[:SHOWN]
    return tuple(
        NearTitle(ids[row], names[row], round(float(nearness.value[row]), 4))
        for row in order
        if nearness.fits[row]
    )


def measure_nearness(brief: Brief, text: FloatMatrix, index: Index) -> Nearness:
    """Nearness of every title: what its text is about, and its genres and tags where given.

    The line of what fits is learned from the catalogue: its own titles are taken for briefs, and
    95% of the titles that share no genre with them must lie below it. Where the catalogue has too
    few genres to learn it, the nearest quarter fits; of fewer than 24 titles, all.

    Args:
        text: its text embedding, shape (1, d).
    """
    wanted, warnings = known_kinds(brief, index)
    kinds, topics = read_kinds(index), index.vectors("topics") @ text[0]
    score = _score(topics, kinds, kinds.among(wanted))
    line = _learned_lines(index)[bool(wanted)]
    if np.isnan(line):
        line = float(np.quantile(score, 0.75 if len(score) >= 4 * SHOWN else 0.0, method="lower"))
    best = float(score.max())
    value = np.clip((score - line) / (best - line), 0.0, 1.0) if best > line else score >= line
    return Nearness(score, line, value.astype(np.float64), warnings)


def _score(topics: npt.NDArray[np.float32], kinds: Kinds, wanted: npt.NDArray[np.bool_]) -> _Floats:
    score: _Floats = topics.astype(np.float64)
    return score + KINDS * _standardised(kinds.likeness(wanted)) if wanted.any() else score


def _standardised(values: _Floats) -> _Floats:
    spread = float(values.std())
    centred: _Floats = values - values.mean()
    return centred / spread if spread > 0 else centred


@index_cache
def _learned_lines(index: Index) -> tuple[float, float]:
    """The line of what fits, without and with kinds in the brief; NaN where nothing is learned."""
    kinds = read_kinds(index)
    known = np.bincount(kinds.title, minlength=kinds.titles) > 0
    rows = np.flatnonzero(known)
    sample = rows[np.linspace(0, len(rows) - 1, min(SAMPLED, len(rows)), dtype=int)]
    texts, topics = (np.asarray(index.vectors(name)) for name in ("titles", "topics"))
    none: _Floats = np.zeros(0)
    strangers = [none], [none]
    for row in sample:
        own, about = kinds.of_title(row), topics @ texts[row]
        apart = known & (kinds.likeness(own) == 0)
        for wanted, scores in zip((np.zeros_like(own), own), strangers, strict=True):
            scores.append(_score(about, kinds, wanted)[apart])
    found = [np.concatenate(scores) for scores in strangers]
    if min(len(scores) for scores in found) < SAMPLED:
        return float("nan"), float("nan")
    low, high = (float(np.quantile(scores, STRANGERS)) for scores in found)
    return low, high
