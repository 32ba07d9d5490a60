"""What a brief's wishes speak of: how many people, and what it must not show."""

from __future__ import annotations

import re

from index.features.concepts.vocabulary import stem
from index.features.people import GROUPINGS

_COUNTS = {
    "single": ("a", "an", "one", "lone", "single", "solo"),
    "pair": ("two", "both", "pair", "couple", "duo", "lovers"),
    "group": (
        *("three", "four", "five", "six", "group", "crew", "cast", "team", "family", "families"),
        *("children", "friends", "gang", "band", "squad", "ensemble", "crowd"),
    ),
}
_PEOPLE = re.compile(
    r"\b(leads?|people|persons?|man|men|woman|women|boys?|girls?|child|children|kids?|couple|lovers?"
    r"|soldiers?|heroes|hero|heroine|witness|actors?|actress|stars?|faces?|friends?|family|families"
    r"|crew|team|cast|drivers?|keepers?|dancers?|detectives?|duo|gang|band|squad|ensemble|crowd)\b"
)
_SMALL = frozenset(
    ("a", "an", "and", "any", "as", "at", "be", "by", "for", "from", "in", "is", "it", "no", "not",
     "of", "on", "or", "the", "to", "too", "very", "with", "without")
)  # fmt: skip

_PLURAL = re.compile(r"^(?:two|three|four|five|six|seven|eight|nine|ten|both|some|many)\b", re.I)


def count_people(wish: str) -> str | None:
    """One of GROUPINGS that a wish names, or None where it does not speak of people.

    >>> count_people("two leads"), count_people("the witness"), count_people("a red balloon")
    ('pair', 'single', None)
    """
    words = wish.casefold()
    named = _PEOPLE.search(words)
    if named is None:
        return None
    for grouping in (GROUPINGS[2], GROUPINGS[3], GROUPINGS[1]):
        if any(re.search(rf"\b{word}\b", words) for word in _COUNTS[grouping]):
            return grouping
    plural = named.group().endswith("s") and not named.group().endswith("ss")
    return "group" if plural else "single"


def count_of(who: str) -> str:
    """How many people a subject names: none, single, pair or group."""
    if not who:
        return "none"
    parts = re.split(r",\s*(?:and\s+)?|\s+and\s+", who)
    if len(parts) == 2 and re.match(r"(?:an?|the) ", parts[1]) and " and " not in who:
        parts = parts[:1]  # an apposition
    counts = [count_people(part) or _number(part) for part in parts]
    if len(parts) > 2 or "group" in counts or (len(parts) == 2 and "pair" in counts):
        return "group"
    return "pair" if len(parts) == 2 or counts[0] == "pair" else "single"


def _number(who: str) -> str:
    """How many a number word in front says: one, two or more."""
    number = _PLURAL.match(who)
    if number is None:
        return "single"
    return "pair" if number[0].casefold() in _COUNTS["pair"] else "group"


def avoided(text: str, avoid: tuple[str, ...]) -> str | None:
    """The wish of `avoid` one of whose words a text holds, in the singular or the plural.

    >>> avoided("a rack of Weapons", ("no weapon",)), avoided("warm colours", ("weapons",))
    ('no weapon', None)
    """
    held = stems(text)
    for wish in avoid:
        words = [word for word in _words(wish) if word not in _SMALL] or _words(wish)
        if held & {stem(word) for word in words}:
            return wish
    return None


def stems(text: str) -> set[str]:
    """The words of a text as they are compared."""
    return {stem(word) for word in _words(text)}


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())
