"""Who does what, and where, read from a brief's own words by a small rule.

Nothing is added to the brief's words but the ending of a verb ("share" becomes "sharing").
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.mockups.grammar import NounPhrase, Sentence, is_person, lemmas, listed, participle
from assistant.mockups.wishes import count_people, stem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assistant.answers.brief import Brief

_SENTENCES, _WORDS = 3, 120
"""How much of a synopsis is read: what a poster shows is said first."""
_LEAST_ENGLISH = 0.2
"""Share of function words from which a text passes for English; shorter texts are not judged."""
_LONGEST = 9
"""Words of an action."""
_OF = 4
"""Words of what people are of, at most."""
_NEAR_START = 5
"""Words of a sentence among which “the life of Mason” speaks of its subject."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What a picture of a brief shows; blanks where the brief does not say.

    Attributes:
        who: the subject as a noun phrase.
        doing: its action with the verb as a participle: "sharing one winter".
        does: the same as the brief has it: "share one winter".
        where: where, with its preposition: "on an island".
        when: "at night", "during World War II".
        things: what else the brief must show.
        source, place_source: fields of the brief that `who` and `where` come from.
        note: why the synopsis was not read; else "".
    """

    who: str = ""
    doing: str = ""
    does: str = ""
    where: str = ""
    when: str = ""
    things: tuple[str, ...] = ()
    source: str = "synopsis"
    place_source: str = "synopsis"
    note: str = ""


def read_subject(brief: Brief) -> Subject:
    """What a picture of this brief shows, in the brief's own words."""
    things = tuple(" ".join(wish.split()) for wish in brief.must_show)
    sentences, note = _sentences(brief.synopsis)
    found = Subject(note=note)
    people = [(one, whom) for one in sentences if (whom := _find_who(one)) is not None]
    if people:
        found = _with_action(*min(people, key=lambda one: one[1].aside), note)
    tag = _place_tag(brief, found)
    where, when = _find_place(sentences[:1] if tag else sentences, found)
    if not found.who and sentences:
        away = listed("times") | listed("places") | listed("not_where")
        named = (one for one in sentences[0].phrases() if one.head not in away)
        first = next(named, None)
        if first is not None:
            found = Subject(sentences[0].words(first.start, first.end), note=note)
    left = _uncovered(things, found.who)
    who, source = found.who, "synopsis"
    if not who and left:
        who, left, source = left[0], left[1:], "must_show"
    by_tag = not where and bool(tag)
    place_source = "tags" if by_tag else "synopsis"
    where = tag if by_tag else where
    return Subject(who, found.doing, found.does, where, when, left, source, place_source, note)


def _place_tag(brief: Brief, found: Subject) -> str:
    """A tag that names a place which the subject does not name yet."""
    said = set(re.findall(r"\w+", f"{found.who} {found.doing}".casefold()))
    places = (tag for tag in brief.tags if tag.casefold() in listed("places"))
    return next((tag for tag in places if tag.casefold() not in said), "")


def _sentences(text: str) -> tuple[list[Sentence], str]:
    """The first sentences of an English synopsis, and else why it is not read."""
    words = re.findall(r"[\w’'-]+", text)
    if not words:
        return [], ""
    known = sum(word.casefold() in listed("function") for word in words[:_WORDS])
    if len(words) >= 5 and known < _LEAST_ENGLISH * min(len(words), _WORDS):
        return [], "the synopsis is not in English, so the subject comes from must_show and tags"
    text = " ".join(text.split())
    parts = re.split(r"(?<=[a-z0-9)”\"’'][.!?])\s+(?=[A-Z“\"(0-9])", text)
    kept: list[Sentence] = []
    used = 0
    for part in parts[:_SENTENCES]:
        used += len(part.split())
        if used > _WORDS and kept:
            break
        kept.append(Sentence(" ".join(part.split()[:_WORDS])))
    return kept, ""


@dataclass(frozen=True, slots=True)
class _People:
    """Whom a sentence speaks of.

    Attributes:
        text: as a noun phrase.
        end: where their verb may stand; 0 where what they own is the sentence's subject.
        named: whether it is a name.
        aside: whether they are somebody's, or those by whom something is done: “his son”, “run by
            gangsters”. A sentence is seldom about them.
    """

    text: str
    end: int
    named: bool
    aside: bool


def _find_who(sentence: Sentence) -> _People | None:
    """The first people that a sentence speaks of, of its main clause rather than “When a …”."""
    found = list(_people(sentence))
    first = min(found, key=lambda one: one[1].aside, default=None)
    if first is None or sentence.low[0] not in listed("openers") or first[1].named:
        return first and first[1]
    main = (one for start, one in found if sentence.tokens[start - 1] == "," and not one.aside)
    return next(main, first[1])


def _people(sentence: Sentence) -> Iterator[tuple[int, _People]]:
    """Where people begin, and who they are, from left to right."""
    passed = 0
    for found in sentence.phrases():
        if found.start < passed:
            continue
        before = sentence.low[found.start - 1] if found.start else ""
        aside = before == "by" or sentence.low[found.start] in listed("possessives")
        if found.owner and not is_person(found.head) and _is_owner(sentence, found):
            start, end, owns = found.start, found.owner, True
            aside = aside or start > 0
        elif _is_someone(sentence, found):
            start, end, owns = _joined(sentence, found)
        else:
            continue
        passed = end if owns else _with_of(sentence, end)
        text = re.sub(r"[’']s$", "", sentence.words(start, passed))
        if not owns:
            text += _second(sentence, passed)
        yield start, _People(text, 0 if owns else passed, found.proper, aside)


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
        if (
            far
            or before in listed("place_prepositions")
            or before == "during"
            or words[0][0].isdigit()
        ):
            return False
        return words[0] not in listed("determiners") or any(
            word in listed("people") for word in words
        )
    if not is_person(found.head) and not _acts(sentence, found):
        return False
    if start > 1 and low[start - 2] == "to" and "VERB" in lemmas(before):
        return False
    return "VERB" not in lemmas(before) or "NOUN" in lemmas(before) or before in listed("function")


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
        behind = low[following.end] if following.end < len(low) else ""
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


def _with_action(sentence: Sentence, who: _People, note: str) -> Subject:
    subject = Subject(who.text, note=note)
    verb = _main_verb(sentence, who.end) if who.end else None
    if verb is None:
        return subject
    place, lemma = verb
    relative = sentence.low[who.end] in ("who", "that") and sentence.low[place - 1] != "must"
    stop = place + 1
    while sentence.is_word(stop) and stop - place < _LONGEST:
        word = sentence.low[stop]
        if word in listed("subordinators", "stops", "be") or (
            word in listed("conjunctions") and not _joins(sentence, stop)
        ):
            break
        if relative and sentence.is_verb(stop, plural=False):
            return subject  # the main verb, behind “who can cook”
        stop += 1
    while stop > place and sentence.low[stop - 1] in listed("function", "numbers"):
        stop -= 1
    if stop - place < 2 or any(sentence.low[at] in listed("pronouns") for at in range(place, stop)):
        return subject
    rest = sentence.words(place + 1, stop)
    doing = participle(lemma)
    return Subject(subject.who, f"{doing} {rest}", f"{sentence.tokens[place]} {rest}", note=note)


def _joins(sentence: Sentence, at: int) -> bool:
    """Whether a conjunction joins two things and not two clauses."""
    following = sentence.phrase(at + 1)
    return following is not None and not sentence.is_verb(at + 1, plural=True)


def _main_verb(sentence: Sentence, at: int) -> tuple[int, str] | None:
    """Place and lemma of what the subject is seen doing; None for what cannot be seen."""
    low = sentence.low

    def word(place: int) -> str:
        return low[place] if place < len(low) else ""

    if word(at) == ",":
        at += 1
    if word(at) in ("who", "that"):
        modal = [place for place in range(at + 2, min(at + 9, len(low))) if low[place] == "must"]
        at = modal[0] if modal else at + 1
    while word(at) in listed("adverbs") or word(at).endswith("ly"):
        at += 1
    if word(at) in listed("modals") or (word(at) in listed("be") and word(at + 1).endswith("ing")):
        at += 1
    elif lemmas(word(at)).get("VERB") in listed("to_action"):
        to = next((place for place in (at + 1, at + 2) if word(place) == "to"), None)
        at = at if to is None else to + 1
    if not word(at) or word(at) in listed("auxiliaries"):
        return None
    lemma = lemmas(word(at)).get("VERB", "")
    present = word(at) == lemma or word(at).endswith(("s", "ing"))
    if not lemma or lemma in listed("dull_verbs") or not present:
        return None
    return at, lemma


def _find_place(sentences: list[Sentence], subject: Subject) -> tuple[str, str]:
    """Where and when, from the first phrases that say so outside of the action."""
    where = when = ""
    for sentence in sentences:
        for found in sentence.phrases():
            before = sentence.low[found.start - 1] if found.start else ""
            text = sentence.words(max(0, found.start - 1), found.end)
            bare = sentence.words(found.start, found.end)
            if text in subject.does or bare in subject.who:
                continue
            timely = found.head in listed("times") or bool(_PAST.search(text))
            short = found.end - found.start < 4
            if timely:
                if not when and short and before in _WHEN:
                    when = text[0].lower() + text[1:]
            elif not where and before in listed("place_prepositions") - _NOT_AT:
                if found.head in listed("places") or (found.proper and not is_person(found.head)):
                    where = text[0].lower() + text[1:]
            elif not where and before == "to" and found.head in listed("places"):
                where = bare
    return where, when


_WHEN = frozenset(("in", "at", "during", "by", "on"))
_NOT_AT = frozenset(("to", "from", "against"))
_PAST = re.compile(r"\bWars?\b|\b1\d\d\d\b")


def _uncovered(things: tuple[str, ...], who: str) -> tuple[str, ...]:
    """What must be shown and the subject does not already say."""
    held = {stem(word) for word in re.findall(r"\w+", who.casefold())}
    left = []
    for thing in things:
        said = {stem(word) for word in re.findall(r"\w+", thing.casefold())} - {"the", "a", "an"}
        general = count_people(thing) is not None and len(who.split()) > 1
        if said <= held or (general and _is_general(thing)):
            continue
        left.append(thing)
    return tuple(left)


def _is_general(wish: str) -> bool:
    """Whether a wish only counts people that the synopsis names: “two leads”, “the witness”."""
    return all(word in listed("general") for word in re.findall(r"\w+", wish.casefold()))
