"""Words as search compares them, and the postings of titles that have them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from index.store import Index

LONGEST_KIND = 4
"""Words of the longest genre, tag, person or name that is looked for inside a query."""
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
FILLERS = frozenset({
    "a", "about", "after", "all", "am", "an", "and", "any", "are", "art", "artwork", "as", "at",
    "be", "been", "before", "being", "but", "by", "can", "could", "did", "do", "does", "doing",
    "during", "each", "few", "film", "for", "from", "further", "had", "has", "have", "having",
    "he", "her", "here", "hers", "him", "his", "how", "i", "if", "image", "in", "into", "is",
    "it", "its", "itself", "me", "more", "most", "movie", "my", "no", "nor", "not", "of",
    "off", "on", "once", "only", "or", "other", "our", "out", "over", "own", "picture", "poster",
    "same", "series", "she", "should", "show", "so", "some", "such", "than", "that", "the",
    "their", "them", "then", "there", "these", "they", "this", "those", "through", "to", "too",
    "under", "until", "up", "very", "was", "we", "were", "what", "when", "where", "which",
    "while", "who", "whom", "why", "will", "with", "without", "you", "your"
})  # fmt: skip
"""Words that say nothing of what is looked for, and those that name the medium."""

Floats = npt.NDArray[np.float32]


def split_text(text: str) -> list[str]:
    """Words of a text, lower case, without fillers and English endings (Porter)."""
    plain = text.lower().replace("-", "").replace("’", "'")
    found = [word.removesuffix("'s") for word in _WORD.findall(plain)]
    kept = [word for word in found if word not in FILLERS]
    stems: list[str] = _stemmer().stemWords(kept)
    return [stem for stem in stems if stem not in FILLERS]


def hash_terms(terms: Iterable[str]) -> npt.NDArray[np.uint64]:
    """Terms as they are kept: 64 bits of the BLAKE2b of each."""
    coded = (term.encode(errors="replace") for term in terms)
    found = b"".join(hashlib.blake2b(one, digest_size=8).digest() for one in coded)
    return np.frombuffer(found, "<u8").astype(np.uint64, copy=False)


def hash_term(term: str) -> np.uint64:
    """One term as `hash_terms` has it."""
    return np.uint64(hash_terms([term])[0])


def kind_term(name: str) -> str:
    """The term of a genre, a tag, a person or a title's name; empty where it has no words."""
    words = split_text(name)
    return f"={' '.join(words)}" if words else ""


@dataclass(frozen=True, slots=True, eq=False)
class TitleWords:
    """What a text asks of titles' words.

    Attributes:
        by_title: (titles,), the share of the text's known words that a title has, a rare word
            counting more, plus `index.build.evidence.KIND` for each kind named that it is of.
        known: words that some title has.
        unknown: words that no title has.
    """

    by_title: Floats
    known: tuple[str, ...]
    unknown: tuple[str, ...]


class Postings:
    """The words and kinds of an index's titles, mapped from its files."""

    def __init__(self, index: Index) -> None:
        columns = ("term_hashes", "term_ends", "term_titles", "term_weights", "term_rarity")
        self._hashes, self._ends, self._titles, self._weights, self._rarity = map(
            index.column, columns
        )
        self._number = index.manifest.counts["titles"]

    def look_up(self, text: str) -> TitleWords:
        """What a text asks of the titles."""
        words = list(dict.fromkeys(split_text(text)))
        scores = np.zeros(self._number, np.float32)
        places = {word: self._place(word) for word in words}
        known = {word: place for word, place in places.items() if place is not None}
        total = sum(float(self._rarity[place]) for place in known.values())
        for place in known.values():
            self._add(scores, place, 1 / max(total, 1e-6))
        for start in range(len(words)):
            for end in range(start + 1, min(start + LONGEST_KIND, len(words)) + 1):
                kind = self._place(f"={' '.join(words[start:end])}")
                if kind is not None:
                    self._add(scores, kind, 1.0)
        unknown = tuple(word for word in words if word not in known)
        return TitleWords(scores, tuple(known), unknown)

    def _place(self, term: str) -> int | None:
        wanted = hash_term(term)
        place = int(np.searchsorted(self._hashes, wanted))
        return place if place < len(self._hashes) and self._hashes[place] == wanted else None

    def _add(self, scores: Floats, place: int, weight: float) -> None:
        start, end = int(self._ends[place - 1]) if place else 0, int(self._ends[place])
        scores[self._titles[start:end]] += np.float32(weight) * self._weights[start:end]


def index_terms(documents: Sequence[dict[str, float]]) -> dict[str, npt.NDArray[Any]]:
    """The columns that `Postings` reads, of titles as weights by term.

    The weight of a kind (see `kind_term`) is kept as it is; that of a word becomes its rarity
    times a count that saturates (Okapi BM25 with k₁ = 1, b = 0; Robertson & Zaragoza 2009).
    """
    by_term: dict[str, list[tuple[int, float]]] = {}
    for title, terms in enumerate(documents):
        for term, weight in terms.items():
            by_term.setdefault(term, []).append((title, weight))
    hashed = sorted((hash_term(term), term) for term in by_term)
    titles, weights, rarities, ends = [], [], [], []
    for _, term in hashed:
        found = by_term[term]
        titles += [title for title, _ in found]
        count = np.array([weight for _, weight in found])
        rarity = float(np.log1p((len(documents) - len(found) + 0.5) / (len(found) + 0.5)))
        weights.append(count if term.startswith("=") else rarity * 2 * count / (count + 1))
        rarities.append(rarity)
        ends.append(len(titles))
    return {
        "term_hashes": np.array([value for value, _ in hashed], np.uint64),
        "term_ends": np.array(ends, np.int64),
        "term_titles": np.array(titles, np.int32),
        "term_weights": np.concatenate([np.zeros(0), *weights]).astype(np.float32),
        "term_rarity": np.array(rarities, np.float32),
    }


@cache
def _stemmer() -> Any:
    import Stemmer

    return Stemmer.Stemmer("english")
