"""Whom a sentence speaks of: the first people of its main clause, who are not an aside."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.mockups.grammar import NounPhrase, Sentence, is_person, lemmas, listed

if TYPE_CHECKING:
    from collections.abc import Iterator

_OF = 4
"""Words of what people are of, at most."""
_NEAR_START = 6
"""Words of a sentence among which “the life of Mason” speaks of its subject."""


@dataclass(frozen=True, slots=True)
class People:
    """Whom a sentence speaks of.

    Attributes:
        text: as a noun phrase.
        end: where their verb may stand; 0 where what they own is the sentence's subject.
        named: whether it is a name.
        aside: whether they are somebody's, or those by whom, to whom or among whom something is
            done: “his son”, “run by gangsters”, “turning residents into …”, “where the police …”.
            A sentence is seldom about them.
    """

    text: str
    end: int
    named: bool
    aside: bool


def find_people(sentence: Sentence) -> People | None:
    """The first people that a sentence speaks of, of its main clause rather than “When a …”."""
    found = list(_people(sentence))
    first = min(found, key=lambda one: one[1].aside, default=None)
    if first is None or sentence.low[0] not in listed("openers") or first[1].named:
        return first and first[1]
    main = (one for start, one in found if sentence.tokens[start - 1] == "," and not one.aside)
    return next(main, first[1])


def _people(sentence: Sentence) -> Iterator[tuple[int, People]]:
    """Where people begin, and who they are, from left to right."""
    passed, behind_aside = 0, False
    for found in sentence.phrases():
        if found.start < passed:
            continue
        aside = _is_aside(sentence, found) or (behind_aside and _goes_on(sentence, passed, found))
        if found.owner and not is_person(found.head) and _is_owner(sentence, found):
            start, end, owns = found.start, found.owner, True
            aside = aside or start > 0
        elif _is_someone(sentence, found):
            start, end, owns = _joined(sentence, found)
        else:
            continue
        passed, behind_aside = end if owns else _with_of(sentence, end), aside
        text = re.sub(r"[’']s$", "", sentence.words(start, passed))
        if not owns:
            text += _second(sentence, passed)
        yield start, People(text, 0 if owns else passed, found.proper, aside)


def _is_aside(sentence: Sentence, found: NounPhrase) -> bool:
    before = sentence.low[found.start - 1] if found.start else ""
    done_to = found.proper and before.endswith("s") and "VERB" in lemmas(before)
    return (
        (found.start > 1 and before in listed("not_doers"))
        or (done_to and before not in listed("function"))
        or sentence.low[found.start] in listed("possessives")
        or is_outcome(sentence, found.start)
    )


def _goes_on(sentence: Sentence, end: int, found: NounPhrase) -> bool:
    """Whether nothing parts a phrase from the one before but a list's commas."""
    between = set(sentence.low[end : found.start])
    if not {",", ";"} & between:
        return True
    bare = not found.proper and sentence.low[found.start] not in listed("determiners")
    return bare and ";" not in between and not between & (listed("function") - {"and"})


def is_outcome(sentence: Sentence, at: int) -> bool:
    """Whether a noun is what a last clause does something to: “…, turning residents into …”."""
    if at < 2 or sentence.tokens[at - 2] != ",":
        return False
    return sentence.low[at - 1].endswith("ing") and "VERB" in lemmas(sentence.low[at - 1])


def _is_owner(sentence: Sentence, found: NounPhrase) -> bool:
    """Whether a phrase speaks of somebody's something."""
    word = re.sub(r"[’']s$", "", sentence.low[found.owner - 1])
    named = sentence.is_proper(found.owner - 1) and found.owner - 1 > 0
    return is_person(lemmas(word).get("NOUN", word)) or (named and found.start == 0)


def _is_someone(sentence: Sentence, found: NounPhrase) -> bool:
    low, start = sentence.low, found.start
    before = low[start - 1] if start else ""
    words = low[start : found.end]
    if words[0] in ("no", "another", "any"):
        return False
    if found.proper:
        far = before in ("of", "by") and start > _NEAR_START
        away = before in listed("place_prepositions") or before == "during"
        return not (far or away or words[0][0].isdigit()) and _is_called(sentence, found)
    if not is_person(found.head) and not _acts(sentence, found):
        return False
    if start > 1 and low[start - 2] == "to" and "VERB" in lemmas(before):
        return False
    return "VERB" not in lemmas(before) or "NOUN" in lemmas(before) or before in listed("function")


def _is_called(sentence: Sentence, found: NounPhrase) -> bool:
    """Whether a name is someone's: not “the Louvre”, but “the timid Ann” and “the Ortegas”."""
    words = sentence.low[found.start : found.end]
    if words[0] not in listed("determiners") or any(word in listed("people") for word in words):
        return True
    described = len(words) > 2 and not sentence.is_proper(found.start + 1)
    return found.start == 0 and (described or words[-1].endswith(("s", "men")))


def _acts(sentence: Sentence, found: NounPhrase) -> bool:
    """Whether a sentence's first phrase does what only someone does: “a socialite who …”."""
    word, then = (*sentence.low[found.end : found.end + 2], "", "")[:2]
    willing = lemmas(word).get("VERB") in listed("to_action") and then in ("to", "must")
    return found.start == 0 and (word in ("who", "whose") or willing)


def _joined(sentence: Sentence, found: NounPhrase) -> tuple[int, int, bool]:
    """Start and end of a phrase with what belongs to it: “a group of …”, an apposition, “and …”;
    and whether something of the last one is the sentence's subject."""
    start, end = found.start, found.end
    low, tokens = sentence.low, sentence.tokens
    if start >= 2 and low[start - 1] == "of":
        before = [one for one in sentence.phrases() if one.end == start - 1]
        if before and is_person(before[0].head):
            start = before[0].start
    while end + 1 < len(tokens):
        comma = tokens[end] == ","
        step = 2 if comma and low[end + 1] == "and" else 1
        of_people = low[end] == "of" and found.head in listed("groups")
        if not (comma or low[end] == "and" or of_people):
            step = _behind_detail(sentence, end) - end + 1
            comma = step > 1
            if not comma:
                break
        following = sentence.phrase(end + step, plural=low[end + step - 1] == "and")
        if following is None:
            break
        owner = following.owner
        if (
            owner
            and low[end] == "and"
            and not is_person(following.head)
            and (sentence.is_proper(owner - 1) or _is_owner(sentence, following))
        ):
            return start, following.owner, True
        if not (is_person(following.head) or following.proper):
            break
        behind, then = (*low[following.end : following.end + 2], "", "")[:2]
        if comma and behind == "," and then in listed("pronouns"):
            break
        apposition = step == 1 and (
            low[end + step] in listed("determiners") if found.proper
            else following.proper and behind in ("", ".")
        )  # fmt: skip
        if comma and step != 2 and not apposition and behind not in (",", "and"):
            break
        found, end = following, following.end
    return start, end, False


def _behind_detail(sentence: Sentence, at: int) -> int:
    """The comma behind “with a plan” in “a pig with a plan, three children and …”."""
    if sentence.low[at] in ("with", "from", "of") and sentence.is_word(at + 1):
        detail = sentence.phrase(at + 1)
        if detail is not None and sentence.tokens[detail.end : detail.end + 1] == [","]:
            return detail.end
    return at


def _with_of(sentence: Sentence, end: int) -> int:
    """The end of people with whom or what they are of: “the crew of a spaceship”."""
    if sentence.low[end : end + 1] != ["of"] or not sentence.is_word(end + 1):
        return end
    whole = sentence.phrase(end + 1)
    return whole.end if whole and whole.end - whole.start <= _OF and not whole.owner else end


def _second(sentence: Sentence, at: int) -> str:
    """“ and the man” behind “a woman who does this”, where “, and the man who …” follows."""
    low = sentence.low
    if low[at : at + 1] != ["who"]:
        return ""
    for place in range(at, len(low) - 2):
        if low[place : place + 2] == [",", "and"]:
            other = sentence.phrase(place + 2)
            if other and is_person(other.head) and low[other.end : other.end + 1] == ["who"]:
                return f" and {sentence.words(other.start, other.end)}"
    return ""
