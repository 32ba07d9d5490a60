"""What a picture is asked to have: levers turned one way, by the brief or by graded evidence."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

import yaml

from assistant.wording import phrase
from index.features.colour_space import COLOURS
from index.features.people import GROUPINGS
from index.records import Grade

if TYPE_CHECKING:
    from collections.abc import Mapping

    from assistant.answers.brief import Brief
    from assistant.insights.shared_features import SharedFeature
    from assistant.mockups.ideas import Idea
    from index.features.feature import Value

EVIDENCE, BRIEF = "evidence", "brief"
HUE, SHOWS = "hue", "shows"
_MOST_HUES = 3
_EVIDENT = 0.5
"""A flag that is over this counts as had."""
_SEEN = ("shows_", "mood_", "theme_", "style_")
"""How the names of features begin that an encoder sees."""

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


@dataclass(frozen=True, slots=True)
class Pole:
    """One end of a lever: its name, and how a prompt asks for it as a tag and as a sentence."""

    name: str
    tag: str
    sentence: str


@dataclass(frozen=True, slots=True)
class LeverPoles:
    """What an art director can turn; see levers.yaml.

    Attributes:
        feature: the measured feature that tells how it stands.
        middle: between the poles; None for a choice.
        members: features that speak of it, with the sign of how they move with it.
        poles: low and high, or one a level of the feature.
    """

    name: str
    feature: str
    middle: float | None
    members: dict[str, int]
    poles: dict[str, Pole]


@dataclass(frozen=True, slots=True)
class Aim:
    """A lever turned one way, or (`more` false) a pole that is turned down.

    Attributes:
        lever, pole: names in levers.yaml; hue and a colour, shows and what is seen.
        more: towards the pole or away from it.
        feature, level: what measures it, and which level of a category it should have.
        low, high: the measured values that count as had, for numbers; None is open.
        source: "evidence" or "brief".
        grade: of the evidence.
        reason: one sentence with its figures.
    """

    lever: str
    pole: str
    more: bool
    feature: str
    level: str | None
    low: float | None
    high: float | None
    source: str
    grade: str | None
    reason: str

    @property
    def key(self) -> str:
        """How a template names it: `light=darker`, `cast=pair`."""
        return f"{self.lever}={self.pole}"

    @property
    def words(self) -> str:
        """For people: 'light: darker', 'not cast: group'."""
        return f"{'' if self.more else 'not '}{self.lever}: {self.pole}"

    def is_of(self, levers: frozenset[str]) -> bool:
        """Whether its lever, or its key, is among names."""
        return self.lever in levers or self.key in levers

    def met(self, features: Mapping[str, Value]) -> bool | None:
        """Whether measured features have it; None where they do not tell."""
        value = features.get(self.feature)
        if value is None:
            return None
        if self.level is not None:
            return (value == self.level) == self.more
        assert not isinstance(value, str)
        low = self.low is None or value >= self.low
        return (low and (self.high is None or value <= self.high)) == self.more

    def to_json(self) -> dict[str, Any]:
        """As `mockup --json` documents it."""
        return asdict(self)


@cache
def load_levers() -> dict[str, LeverPoles]:
    """The levers that this program can turn, by name."""
    text = (resources.files("assistant.mockups") / "levers.yaml").read_text(encoding="utf-8")
    return {name: _lever(name, raw) for name, raw in yaml.safe_load(text).items()}


def _lever(name: str, raw: dict[str, Any]) -> LeverPoles:
    if "choice" in raw:
        poles = {pole: Pole(pole, **words) for pole, words in raw["choice"].items()}
        return LeverPoles(name, raw["feature"], None, {}, poles)
    members = {one.lstrip("-"): -1 if one.startswith("-") else 1 for one in raw["members"]}
    low, high = (
        Pole(end["pole"], end["tag"], end["sentence"]) for end in (raw["low"], raw["high"])
    )
    poles = {low.name: low, high.name: high}
    return LeverPoles(
        name, raw["feature"], float(raw["middle"]), {raw["feature"]: 1, **members}, poles
    )


def gather_aims(brief: Brief, idea: Idea) -> tuple[Aim, ...]:
    """The brief's wishes first, then evidence from the best graded; never `insufficient`.

    A lever is turned one way: by the brief where it says so, else by its best graded evidence.
    What `avoid` names is not asked for.
    """
    aims = _wished(brief)
    middles = _middles(idea.features)
    for one in idea.features:
        if one.grade is Grade.INSUFFICIENT:
            continue
        aim = _from_evidence(one, middles)
        if aim is None or (aim.more and avoided(_spoken(aim), brief.avoid) is not None):
            continue
        same = [other for other in aims if other.lever == aim.lever]
        if aim.lever == SHOWS or (aim.lever == HUE and len(same) < _MOST_HUES):
            taken = any(other.pole == aim.pole for other in same)
        else:
            taken = any(other.more for other in same) or (bool(same) and aim.more is False)
        if not taken:
            aims.append(aim)
    return tuple(aims)


def _spoken(aim: Aim) -> str:
    return f"{phrase(aim.feature, aim.level)} {aim.pole}"


def _middles(findings: tuple[SharedFeature, ...]) -> dict[str, float]:
    """Between what worked and what did not, of the feature that tells how each lever stands."""
    leading = {one.feature: one for one in findings if one.level is None}
    found = {}
    for lever in load_levers().values():
        if lever.middle is not None:
            one = leading.get(lever.feature)
            known = one is not None and one.kind != "flag"
            found[lever.name] = (
                (one.exemplar_mean + one.baseline_mean) / 2 if one and known else lever.middle
            )
    return found


def _from_evidence(one: SharedFeature, middles: dict[str, float]) -> Aim | None:
    """What a finding asks for, as a lever; None for features that nobody turns."""
    found = _lever_of(one)
    if found is None:
        return None
    lever, pole, more = found
    feature, low, high = one.feature, None, None
    if lever in middles:
        known, middle = load_levers()[lever], middles[lever]
        feature = known.feature
        low, high = (None, middle) if pole == next(iter(known.poles)) else (middle, None)
    elif lever == "cast" and one.level is None:
        return Aim(
            lever, pole, more, "people_grouping", pole, None, None, EVIDENCE, one.grade.value,
            _why(one),
        )  # fmt: skip
    elif lever == SHOWS:
        low = _EVIDENT
    elif one.level is None:
        low = (one.exemplar_mean + one.baseline_mean) / 2
    return Aim(
        lever, pole, more, feature, one.level, low, high, EVIDENCE, one.grade.value, _why(one)
    )


def _lever_of(one: SharedFeature) -> tuple[str, str, bool] | None:
    """Lever, pole and whether towards it."""
    up = one.difference > 0
    if one.feature.startswith(_SEEN):
        return SHOWS, phrase(one.feature, one.level), up
    if one.level is not None:
        return _choice_of(one.feature, one.level, up)
    if one.feature in ("face_count", "person_count"):
        return "cast", GROUPINGS[max(0, min(3, round(one.exemplar_mean)))], True
    for lever in load_levers().values():
        if one.feature in lever.members:
            low, high = lever.poles
            return lever.name, high if up == (lever.members[one.feature] > 0) else low, True
    colour = one.feature.removesuffix("_share")
    return (HUE, colour, up) if colour in COLOURS and colour != one.feature else None


def _choice_of(feature: str, level: str, up: bool) -> tuple[str, str, bool] | None:
    if feature.endswith("_colour"):
        return HUE, level, up
    for lever in load_levers().values():
        if lever.feature == feature and level in lever.poles:
            return lever.name, level, up
    return None


def _why(one: SharedFeature) -> str:
    from assistant.terminal.answer import interval, sentence

    return (
        f"{sentence(one)}; difference {interval(one)}, {one.artworks} artworks of {one.titles} "
        f"titles, {one.grade.value}"
    )


def turned(aims: tuple[Aim, ...], lever: str) -> Aim | None:
    """The aim that turns a lever towards a pole."""
    return next((aim for aim in aims if aim.lever == lever and aim.more), None)


def pole_of(aims: tuple[Aim, ...], lever: str, otherwise: str = "") -> str:
    """The pole that a lever is turned to."""
    aim = turned(aims, lever)
    return otherwise if aim is None else aim.pole


def _wished(brief: Brief) -> list[Aim]:
    """What `must_show` says of how many people are shown."""
    for wish in brief.must_show:
        grouping = count_people(wish)
        if grouping is not None:
            reason = f"the brief must show “{wish}”"
            return [
                Aim(
                    "cast", grouping, True, "people_grouping", grouping, None, None, BRIEF, None,
                    reason,
                )
            ]  # fmt: skip
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
    held = {stem(word) for word in _words(text)}
    for wish in avoid:
        words = [word for word in _words(wish) if word not in _SMALL] or _words(wish)
        if held & {stem(word) for word in words}:
            return wish
    return None


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def stem(word: str) -> str:
    """A word without its plural ending, good enough to compare."""
    for ending, instead in (("ies", "y"), ("sses", "ss"), ("es", ""), ("s", "")):
        if word.endswith(ending) and len(word) > len(ending) + 2 and not word.endswith("ss"):
            return (word[: -len(ending)] + instead).rstrip("e")
    return word.rstrip("e") if len(word) > 2 else word
