"""What a brief's `avoid` rules out: artwork that has a feature of that name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from assistant.wording import phrase

if TYPE_CHECKING:
    from assistant.answers.brief import Brief
    from index.features.feature import Feature
    from index.store import Index

MEASURED_WORDS = {
    "nudity": ("nude", "naked", "nakedness", "exposed body"),
    "bare_torso": ("bare chest", "shirtless", "bare torso"),
}
"""What people call the flags that are measured from pictures."""


@dataclass(frozen=True, slots=True, eq=False)
class Avoided:
    """What a brief's `avoid` comes to.

    Attributes:
        allowed: a flag per artwork, False where it is ruled out.
        warnings: what was left out and what could not be, one sentence a word.
    """

    allowed: npt.NDArray[np.bool_]
    warnings: tuple[str, ...]


def rule_out(avoid: Sequence[str], index: Index) -> Avoided:
    """Rule out every artwork that has a concept, a flag or an attribute that `avoid` names.

    A word names a feature by its name or by what the vocabulary calls it, in singular or plural;
    a concept stands for its narrower ones too, and an attribute of the user's matches if the word,
    or another word for the same concept, is part of its name. A word that names nothing rules
    nothing out.
    """
    from index.query.features import index_features

    allowed = np.ones(index.artworks, dtype=bool)
    if not avoid:
        return Avoided(allowed, ())
    held = {one.name: one for one in index_features(index) if one.kind == "flag"}
    warnings = []
    for word in avoid:
        wanted = named_features(word, held)
        seen = [name for name in wanted if name in held]
        shows = _any_flag(index, seen)
        allowed &= ~shows
        warnings.append(_said(word, wanted, seen, shows, index))
    return Avoided(allowed, tuple(warnings))


def named_features(word: str, held: dict[str, Feature]) -> list[str]:
    """Names of the features that a word names, whether the index has them or not."""
    from index.features.concepts.vocabulary import find_concepts, stem, with_narrower

    wanted = stem(word)
    concepts = [one for found in find_concepts(word) for one in with_narrower(found.name)]
    named = [name for name in held if stem(name) == wanted]
    named += [name for name, words in MEASURED_WORDS.items() if wanted in map(stem, words)]
    named += [one.feature for one in concepts]
    called = {wanted}.union(*(one.stems for one in concepts))
    named += [
        name
        for name, one in held.items()
        if one.group == "attributes" and any(_within(phrase, name) for phrase in called)
    ]
    return list(dict.fromkeys(named))


def barred_features(brief: Brief, index: Index) -> frozenset[str]:
    """Features that the brief's `avoid` names: nothing may recommend them."""
    from index.query.features import index_features

    held = {one.name: one for one in index_features(index) if one.kind == "flag"}
    return frozenset(name for word in brief.avoid for name in named_features(word, held))


def barred_sides(brief: Brief, index: Index) -> frozenset[str]:
    """Names of the sides of levers that the brief's `avoid` names."""
    from assistant.insights.levers import flag_words
    from index.query.features import index_features

    held = {one.name: one for one in index_features(index)}
    barred = barred_features(brief, index)
    return frozenset(flag_words(name, held[name]) for name in barred if name in held)


def _within(phrase: str, name: str) -> bool:
    """Whether a phrase stands in the name of an attribute: "weapon" in "holding_a_weapon"."""
    from index.features.concepts.vocabulary import stem

    return f" {phrase} " in f" {stem(name)} "


def _any_flag(index: Index, names: Sequence[str]) -> npt.NDArray[np.bool_]:
    from index.query.features import feature_column

    shows = np.zeros(index.artworks, dtype=bool)
    for name in names:
        shows |= feature_column(index, name).to_numpy(zero_copy_only=False) == 1
    return shows


def _said(
    word: str,
    wanted: Sequence[str],
    seen: Sequence[str],
    shows: npt.NDArray[np.bool_],
    index: Index,
) -> str:
    by_text = "similar pictures are only ranked lower"
    if not wanted:
        return f"avoid {word!r}: nothing that is measured goes by that name; {by_text}"
    encoder = index.manifest.encoder.partition(":")[0]
    if not seen:
        return f"avoid {word!r}: {encoder} cannot see it, so nothing is ruled out; {by_text}"
    titles = index.table("artworks")["title_id"].to_numpy(zero_copy_only=False)
    number, of = int(shows.sum()), len(set(titles[shows]))
    told = ", ".join(dict.fromkeys(phrase(name) for name in seen))
    found = f"{number} artworks of {of} titles are left out, for"
    left_out = found if number else "no past artwork is left out; looked for"
    unseen = [phrase(name) for name in wanted if name not in seen]
    blind = f"; {encoder} cannot see {', '.join(unseen)}" if unseen else ""
    return f"avoid {word!r}: {left_out} {told}{blind}"
