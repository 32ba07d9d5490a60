"""What a picture is asked to have: the brief's wishes and graded evidence, each with its reason."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from assistant.wording import phrase
from index.features.people import GROUPINGS
from index.records import Grade

if TYPE_CHECKING:
    from assistant.answers.brief import Brief
    from assistant.insights.shared_features import SharedFeature
    from assistant.mockups.concept import Concept

EVIDENCE, BRIEF = "evidence", "brief"

_NEVER = frozenset({"nudity", "bare_torso"})
"""Measured to warn of, never asked for."""

_COUNTS = {
    "single": ("a", "an", "one", "lone", "single", "solo"),
    "pair": ("two", "both", "pair", "couple", "duo", "lovers"),
    "group": (
        *("three", "four", "five", "six", "group", "crew", "cast", "team", "family", "families"),
        *("children", "friends", "gang", "band", "squad", "ensemble", "crowd"),
    ),
}
_SMALL = frozenset(
    ("a", "an", "and", "any", "as", "at", "be", "by", "for", "from", "in", "is", "it", "no", "not",
     "of", "on", "or", "the", "to", "too", "very", "with", "without")
)  # fmt: skip
_PEOPLE = re.compile(
    r"\b(leads?|people|persons?|man|men|woman|women|boys?|girls?|child|children|kids?|couple|lovers?"
    r"|soldiers?|heroes|hero|heroine|witness|actors?|actress|stars?|faces?|friends?|family|families"
    r"|crew|team|cast|drivers?|keepers?|dancers?|detectives?|duo|gang|band|squad|ensemble|crowd)\b"
)


@dataclass(frozen=True, slots=True)
class Aim:
    """One thing that a picture is asked to have, or (`more` false) not to have.

    Attributes:
        feature: name of the feature that can tell whether it does.
        level: of a category, else None.
        more: towards it or away from it.
        value: mean of what worked (a share for levels), None for a wish of the brief.
        baseline: mean of the same titles' other artworks.
        source: "evidence" or "brief".
        grade: of the evidence.
        reason: one sentence with its figures.
        kind: of the feature.
    """

    feature: str
    level: str | None
    more: bool
    value: float | None
    baseline: float | None
    source: str
    grade: str | None
    reason: str
    kind: str

    @property
    def key(self) -> str:
        """How a template names it: `shot_type:close-up`, `warm_cool`."""
        return self.feature if self.level is None else f"{self.feature}:{self.level}"

    def to_json(self) -> dict[str, Any]:
        """As `mockup --json` documents it."""
        return {name: getattr(self, name) for name in self.__slots__}


def gather_aims(brief: Brief, concept: Concept) -> tuple[Aim, ...]:
    """The brief's wishes first, then evidence from the best graded; never `insufficient`.

    Of several levels of one category only the best graded one is asked for. A wish of the brief
    stands before evidence that says otherwise. What `avoid` names is not asked for.
    """
    wished = _wished(brief)
    taken = {aim.feature for aim in wished}
    if "people_grouping" in taken:
        taken |= {"face_count", "person_count"}
    aims = list(wished)
    asked: set[str] = set()
    for one in concept.features:
        if one.grade is Grade.INSUFFICIENT or one.feature in _NEVER or one.feature in taken:
            continue
        more = one.difference > 0
        if more and avoided(phrase(one.feature, one.level), brief.avoid) is not None:
            continue
        if one.level is not None and more:
            if one.feature in asked:
                continue
            asked.add(one.feature)
        aims.append(_from_evidence(one, more))
    return tuple(aims)


def asked_level(aims: tuple[Aim, ...], feature: str) -> str | None:
    """The level of a category that is asked for."""
    return next((aim.level for aim in aims if aim.feature == feature and aim.more), None)


def asked_value(aims: tuple[Aim, ...], feature: str) -> Aim | None:
    """The aim for a number, share or flag."""
    return next((aim for aim in aims if aim.feature == feature and aim.level is None), None)


def _from_evidence(one: SharedFeature, more: bool) -> Aim:
    from assistant.terminal.answer import interval, sentence

    reason = (
        f"{sentence(one)}; difference {interval(one)}, {one.artworks} artworks of {one.titles} "
        f"titles, {one.grade.value}"
    )
    return Aim(
        feature=one.feature,
        level=one.level,
        more=more,
        value=one.exemplar_mean,
        baseline=one.baseline_mean,
        source=EVIDENCE,
        grade=one.grade.value,
        reason=reason,
        kind=one.kind,
    )


def _wished(brief: Brief) -> list[Aim]:
    """What `must_show` says of how many people are shown."""
    for wish in brief.must_show:
        grouping = count_people(wish)
        if grouping is not None:
            reason = f"the brief must show “{wish}”"
            return [Aim("people_grouping", grouping, True, None, None, BRIEF, None, reason, "flag")]
    return []


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


def avoided(text: str, avoid: tuple[str, ...]) -> str | None:
    """The wish of `avoid` one of whose words a text holds, in the singular or the plural.

    >>> avoided("a rack of Weapons", ("no weapon",)), avoided("warm colours", ("weapons",))
    ('no weapon', None)
    """
    held = {_stem(word) for word in _words(text)}
    for wish in avoid:
        words = [word for word in _words(wish) if word not in _SMALL] or _words(wish)
        if held & {_stem(word) for word in words}:
            return wish
    return None


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def _stem(word: str) -> str:
    for ending, instead in (("ies", "y"), ("sses", "ss"), ("es", ""), ("s", "")):
        if word.endswith(ending) and len(word) > len(ending) + 2 and not word.endswith("ss"):
            return (word[: -len(ending)] + instead).rstrip("e")
    return word.rstrip("e") if len(word) > 3 else word
