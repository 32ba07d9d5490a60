"""Who does what, and where, read from a brief's own words by a small rule.

Nothing is added to the brief's words but the ending of a verb ("share" becomes "sharing").
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.mockups.grammar import NounPhrase, Sentence, is_person, lemmas, listed, participle
from assistant.mockups.people import People, find_people, is_outcome
from assistant.mockups.wishes import count_people, stems

if TYPE_CHECKING:
    from assistant.answers.brief import Brief

_SENTENCES, _WORDS = 3, 120
"""How much of a synopsis is read: what a poster shows is said first."""
_LEAST_ENGLISH = 0.2
"""Share of function words from which a text passes for English; shorter texts are not judged."""
_LONGEST = 9
"""Words of an action."""


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
    people = [(one, whom) for one in sentences if (whom := find_people(one)) is not None]
    if people:
        found = _with_action(*min(people, key=lambda one: one[1].aside), note)
    tag = _place_tag(brief, found)
    where, when = _find_place(sentences[:1] if tag else sentences, found)
    if not found.who and sentences:
        away = listed("times", "places", "not_where", "works")
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


def _with_action(sentence: Sentence, who: People, note: str) -> Subject:
    subject = Subject(who.text, note=note)
    changes = _change(sentence, who.end)
    if changes is not None:
        verb, into = changes
        return Subject(who.text, f"{participle(verb)} {into}", f"{verb} {into}", note=note)
    main = _main_verb(sentence, who.end) if who.end else None
    if main is None:
        return Subject(who.text + _another(sentence, who.end), note=note)
    place, lemma = main
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


def _change(sentence: Sentence, end: int) -> tuple[str, str] | None:
    """What those become whom something changes: “…, turning residents into zombies”."""
    if sentence.low[end : end + 1] != ["into"]:
        return None
    before = next((one for one in sentence.phrases() if one.end == end), None)
    if before is None or not is_outcome(sentence, before.start):
        return None
    verb = lemmas(sentence.low[before.start - 1])["VERB"]
    new = sentence.phrase(end + 1)
    return (verb, sentence.words(end, new.end)) if verb in listed("changes") and new else None


def _another(sentence: Sentence, at: int) -> str:
    """Someone with whom the subject deals in a way not to be seen: “forces her young assistant”."""
    whom = sentence.phrase(at + 1)
    verb = lemmas(sentence.low[at]).get("VERB") if at < len(sentence.low) else None
    if verb not in listed("with_another") or whom is None or not is_person(whom.head):
        return ""
    return f" and {sentence.words(whom.start, whom.end)}"


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
    """Where and when, from the first phrases that say so outside of the action.

    Without a place, what happens there stands for it: “an apocalyptic flood”.
    """
    where = when = event = ""
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
            elif (
                not where
                and found.head in listed("places")
                and (before == "to" or _is_subject(sentence, found))
            ):
                where = bare
            if not event and found.head in listed("happenings"):
                event = bare
    return where or event, when


def _is_subject(sentence: Sentence, found: NounPhrase) -> bool:
    """Whether something is said of a sentence's first phrase: “a small town is …”."""
    said = sentence.low[found.end : found.end + 1]
    return found.start == 0 and bool(listed("auxiliaries").intersection(said))


_WHEN = frozenset(("in", "at", "during", "by", "on"))
_NOT_AT = frozenset(("to", "from", "against"))
_PAST = re.compile(r"\bWars?\b|\b1\d\d\d\b")


def _uncovered(things: tuple[str, ...], who: str) -> tuple[str, ...]:
    """What must be shown and the subject does not already say."""
    held = stems(who)
    left = []
    for thing in things:
        said = stems(thing) - stems("the a an")
        general = count_people(thing) is not None and len(who.split()) > 1
        if said <= held or (general and _is_general(thing)):
            continue
        left.append(thing)
    return tuple(left)


def _is_general(wish: str) -> bool:
    """Whether a wish only counts people that the synopsis names: “two leads”, “the witness”."""
    return all(word in listed("general") for word in re.findall(r"\w+", wish.casefold()))
