"""Sentences as tokens with their noun phrases, by a table of parts of speech and closed lists.

Parts of speech come from LemmInflect's table (Jascob 2019); words.yaml holds the lists.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from index.io.yaml import read_own

if TYPE_CHECKING:
    from collections.abc import Iterator

_FUNCTION = (
    "determiners", "prepositions", "place_prepositions", "conjunctions", "pronouns",
    "subordinators", "auxiliaries",
)  # fmt: skip
_PERSON_ENDING = re.compile(r"(?:er|or|ist|ian|man|woman|ess|eer|ant|ent|crat|boy|girl|folk|fish)$")
_NOT_PERSON_ENDING = re.compile(r"(?:ment|ness|ancient|event|talent|moment|silent|instant|plant)$")
_TOKEN = re.compile(r"\w+(?:[’'.-]\w+)*\.?(?<=\b[A-Z]\.[A-Z]\.)|\w+(?:[’'-]\w+)*|[^\w\s]")
_AGED = "-year-old"
"""What ends a word for someone that no noun need follow."""
_PLURAL = frozenset(("these", "those", "both", "several", "many", "few", "all"))


@cache
def _read() -> dict[str, Any]:
    words: dict[str, Any] = read_own(resources.files("assistant.mockups") / "words.yaml")
    return words


@cache
def settings() -> dict[str, frozenset[str]]:
    """Flat ground of scenes.yaml -> words that speak of such a place."""
    return {name: frozenset(words.split()) for name, words in _read()["settings"].items()}


@cache
def listed(*names: str) -> frozenset[str]:
    """Words of some lists of words.yaml together; “function” are all function words."""
    raw = _read()
    lists = {name: frozenset(raw[name].split()) for name in raw if name != "settings"}
    lists["function"] = frozenset().union(*(lists[name] for name in _FUNCTION))
    return frozenset().union(*(lists[name] for name in names))


@lru_cache(maxsize=4096)
def lemmas(word: str) -> dict[str, str]:
    """Part of speech -> lemma of an English word; of a compound, of its last part."""
    from lemminflect import getAllLemmas

    found = getAllLemmas(word.rpartition("-")[2])
    return {part: lemmas[0] for part, lemmas in found.items()}


def participle(verb: str) -> str:
    """The form in -ing of a verb's lemma."""
    from lemminflect import getInflection

    return str(getInflection(verb, "VBG")[0])


@dataclass(frozen=True, slots=True)
class NounPhrase:
    """A noun phrase: places of its first word and behind its last, and its head's lemma.

    Of “a scientist's drive”, `owner` is where the scientist ends; else 0.
    """

    start: int
    end: int
    head: str
    plural: bool
    proper: bool
    owner: int = 0


class Sentence:
    """One sentence as tokens."""

    def __init__(self, text: str) -> None:
        self.tokens = _TOKEN.findall(text)
        self.low = [token.casefold() for token in self.tokens]

    def words(self, start: int, end: int) -> str:
        """Tokens as they were written, from start up to end."""
        tokens = list(self.tokens[start:end])
        if start == 0 and tokens and not self.is_proper(0):
            tokens[0] = tokens[0][0].lower() + tokens[0][1:]
        text = " ".join(tokens)
        return re.sub(r"\s+([,.;:!?’'])", r"\1", text)

    def is_word(self, at: int) -> bool:
        """Whether there is a word at a place, and no punctuation."""
        return at < len(self.tokens) and bool(re.match(r"\w", self.tokens[at]))

    def is_proper(self, at: int) -> bool:
        """Whether a word is a name: capital inside a sentence, or a word that English lacks."""
        token = self.tokens[at]
        if not token[0].isupper() or self.low[at] in listed("function", "numbers"):
            return False
        parts = lemmas(self.low[at])
        if at > 0 or not parts:
            return True
        behind = [one for one in self.tokens[1:3] if one != ","]
        named = "NOUN" in parts and bool(behind) and behind[0][0].isupper()
        return named or (is_person(token) and self._is_done_by_one(1))

    def _is_done_by_one(self, at: int) -> bool:
        """Whether a word is what one does: “reappears”, which no noun can be."""
        word = self.low[at] if at < len(self.low) else ""
        return word.endswith("s") and set(lemmas(word)) == {"VERB"}

    def is_verb(self, at: int, *, plural: bool, single: bool = False) -> bool:
        """Whether a word behind a finished noun phrase is its verb.

        A phrase that “a” opens (`single`) cannot end with a plural: “a photographer spies on …”.
        """
        word, parts = self.low[at], lemmas(self.low[at])
        following = self.low[at + 1] if at + 1 < len(self.low) else "."
        if "VERB" not in parts or self.is_proper(at) or "-" in word or self._is_gerund(at):
            return word in listed("auxiliaries")
        if word in listed("auxiliaries") or not {"NOUN", "ADJ"} & set(parts):
            return True
        many = single and word != parts.get("NOUN", word) and word.endswith("s")
        if not many and is_person(parts.get("NOUN", "")) and following not in listed("determiners"):
            return False
        third = word.endswith("s") and parts["VERB"] != word
        named = self.is_word(at + 1) and self.is_proper(at + 1)
        opens = following in listed("function", "numbers", "adverbs") or not self.is_word(at + 1)
        opens = opens or following.endswith("ly") or (named and (third or plural))
        if word.endswith(("ed", "ing")) or third:
            return not plural or opens
        return plural and opens

    def _is_gerund(self, at: int) -> bool:
        """Whether a word in -ing is a thing: “boxing is …”."""
        following = self.low[at + 1] if at + 1 < len(self.low) else ""
        return self.low[at].endswith("ing") and following in listed("auxiliaries")

    def phrase(self, at: int, *, plural: bool = False) -> NounPhrase | None:
        """The noun phrase that begins at a word; `plural` if others came before it with “and”."""
        place, head, proper, owned = at, "", False, 0
        single = self.low[at : at + 1] in (["a"], ["an"])
        if place < len(self.low) and self.low[place] in listed("determiners"):
            plural = plural or self.low[place] in _PLURAL
            place += 1
        while place < len(self.low) and (
            self.low[place] in listed("numbers") or self.tokens[place].isdigit()
        ):
            plural = plural or self.low[place] != "one"
            place += 1
        end, bare = place, place == at
        while self.is_word(place):
            word = self.low[place]
            owner = re.fullmatch(r"(.+)[’']s", self.tokens[place])
            if word in listed("function") or word in listed("numbers"):
                break
            parts = lemmas(word)
            adverb = word in listed("adverbs") or ("ADV" in parts and word.endswith("ly"))
            if adverb and (head or not self._describes(place + 1)):
                break
            if bare and place == at and self._is_bare_verb(at):
                break
            if head and not owner and self.is_verb(place, plural=plural, single=single):
                break
            place += 1
            if owner:
                head, owned = "", place
            if owner or adverb:
                continue
            name = self.is_proper(place - 1)
            noun = not parts or "NOUN" in parts or self._is_gerund(place - 1)
            if name or noun or word.endswith(_AGED):
                lemma = word if word.endswith(_AGED) else parts.get("NOUN", word)
                head, end, proper = lemma, place, name
                plural = plural or (not name and word != lemma and word.endswith(("s", "n", "e")))
        if not head or end <= at:
            return None
        return NounPhrase(at, end, head, plural, proper, owned if owned < end else 0)

    def _is_bare_verb(self, at: int) -> bool:
        """Whether a word that nothing introduces is a verb: “turning residents into zombies”."""
        parts = lemmas(self.low[at])
        if "VERB" not in parts or self.is_proper(at):
            return False
        base = parts["VERB"] == self.low[at] and "ADJ" not in parts
        if base and at and self.low[at - 1] == "to":
            return self.is_word(at + 1) and self.low[at + 1] not in listed("prepositions")
        following = self.low[at + 1] if at + 1 < len(self.low) else "."
        first = at == 0 and following not in listed("function")
        describes = first or self.low[at].endswith("ed")
        return self.low[at].endswith("ing") or (set(parts) == {"VERB"} and not describes)

    def _describes(self, at: int) -> bool:
        return (
            self.is_word(at)
            and (not (parts := lemmas(self.low[at])) or bool({"ADJ", "VERB", "NOUN"} & set(parts)))
            and self.low[at] not in listed("function")
        )

    def phrases(self) -> Iterator[NounPhrase]:
        """Every noun phrase, from left to right."""
        at = 0
        while at < len(self.tokens):
            found = self.phrase(at) if self.is_word(at) else None
            if found is None:
                at += 1
                continue
            yield found
            at = found.end
            if self.is_word(at) and self.is_verb(at, plural=found.plural):
                at += 1


def is_person(head: str) -> bool:
    """Whether a noun names someone: by words.yaml, or by its ending."""
    word = head.casefold().rpartition("-")[2]
    if head.endswith(_AGED) or word in listed("people") or head.casefold() in listed("people"):
        return True
    if word in listed("not_people") or word in listed("places") or word in listed("times"):
        return False
    ending = _PERSON_ENDING.search(word) and not _NOT_PERSON_ENDING.search(word)
    return bool(ending) and len(word) > 4
