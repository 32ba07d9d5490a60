"""What a picture is asked to have: levers turned one way, by the brief or by directions."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from assistant.insights.levers import CLEAR
from assistant.mockups.wishes import avoided, count_people
from index.features.concepts.vocabulary import load_vocabulary

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from assistant.answers.advice import Direction
    from assistant.answers.brief import Brief
    from assistant.mockups.ideas import Idea
    from index.features.feature import Value
    from index.features.levers.lever import Lever
    from index.query.levers import Levers

EVIDENCE, BRIEF = "evidence", "brief"
SEEN = ("things", "own")
"""Levers whose sides are what an encoder sees, or what users noted."""
_ONE_STEP = 1.0


@dataclass(frozen=True, slots=True)
class Aim:
    """A lever turned to one of its sides or, where `more` is false, away from it.

    Attributes:
        lever, pole: as the index names them.
        variant: what a designer would be asked for.
        feature, level: what tells a level, and the value that it has then; "" for an axis.
        sign: −1 or 1, the way an axis is turned; 0 for a level.
        steps: how far past artwork went; 0 for a level.
        source: "evidence" or "brief".
        grade: of the evidence.
        reason: one sentence with its figures.
    """

    lever: str
    pole: str
    more: bool
    variant: str = ""
    feature: str = ""
    level: str = ""
    sign: int = 0
    steps: float = 0.0
    source: str = EVIDENCE
    grade: str | None = None
    reason: str = ""

    @property
    def key(self) -> str:
        """How a template names it: `light=darker`, `cast=two people`."""
        return f"{self.lever}={self.pole}"

    @property
    def words(self) -> str:
        """For people: 'darker', 'not a group'."""
        return self.pole if self.more else f"not {self.pole}"

    def measured(self, features: Mapping[str, Value], steps: Mapping[str, float]) -> Value:
        """Where a picture stands: steps of an axis towards the side, or the feature's value."""
        if self.sign:
            value = steps.get(self.lever, math.nan)
            return None if math.isnan(value) else self.sign * value
        return features.get(self.feature)

    def met(self, features: Mapping[str, Value], steps: Mapping[str, float]) -> bool | None:
        """Whether a picture has it; None where that cannot be measured.

        On the side of an axis is what lies clearly to that side of the index's middle, as past
        artwork is sorted to its poles.
        """
        value = self.measured(features, steps)
        if value is None:
            return None
        if self.sign:
            return (float(value) >= CLEAR) == self.more
        named = value if isinstance(value, str) else f"{value:.0f}"
        return (named == self.level) == self.more

    def to_json(self) -> dict[str, Any]:
        """As `mockup --json` documents it."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Check:
    """Whether a picture has what was asked.

    Attributes:
        aim: what was asked.
        measured: steps towards the side, or the value of its feature.
        met: None where it could not be measured.
    """

    aim: Aim
    measured: Value
    met: bool | None

    def to_json(self) -> dict[str, Any]:
        """As `mockup --json` documents it."""
        return {
            **self.aim.to_json(),
            "measured": rounded(self.measured),
            "met": self.met,
            "sentence": self.sentence,
        }

    @property
    def sentence(self) -> str:
        """For people."""
        if self.met is None:
            return f"{self.aim.words}: not measured in this picture"
        found = self.measured
        shown = f"{found:+.1f} steps" if self.aim.sign and isinstance(found, float) else str(found)
        return f"asked: {self.aim.words}; {'has' if self.met else 'misses'} it ({shown})"


def check_aim(
    aim: Aim,
    features: Mapping[str, Value],
    steps: Mapping[str, float],
    not_shown: frozenset[str],
) -> Check:
    """Whether a picture has an aim; levers that it does not show are not measured."""
    if aim.lever in not_shown:
        return Check(aim, None, None)
    return Check(aim, aim.measured(features, steps), aim.met(features, steps))


def rounded(value: Value) -> Value:
    """A value for JSON."""
    if not isinstance(value, float):
        return value
    return None if math.isnan(value) else round(value, 4)


def gather_aims(brief: Brief, idea: Idea, levers: Levers) -> tuple[Aim, ...]:
    """The brief's wishes first, then a concept's directions with their packages.

    A lever is turned one way. What `avoid` names is not asked for, nor a side that nobody advises.
    """
    aims = list(_wished(brief, levers))
    for more, found in ((True, idea.directions), (False, idea.avoid)):
        for direction in found:
            for aim in _asked(direction, more, levers):
                taken = any(other.lever == aim.lever for other in aims)
                barred = more and avoided(f"{aim.pole} {aim.variant}", brief.avoid) is not None
                if not (taken or barred):
                    aims.append(aim)
    return tuple(aims)


def _asked(direction: Direction, more: bool, levers: Levers) -> Iterator[Aim]:
    """A direction as an aim, and each part of its package where it is turned to."""
    about = {"more": more, "grade": direction.grade, "reason": direction.headline}
    main = side_aim(levers, direction.lever, direction.pole, steps=direction.steps, **about)
    if main is not None:
        yield main
    for lever, pole in direction.package if more else ():
        about["reason"] = f"comes with “{direction.pole}” in past artwork. {direction.headline}"
        other = side_aim(levers, lever, pole, steps=_ONE_STEP, **about)
        if other is not None:
            yield other


def side_aim(levers: Levers, name: str, pole: str, *, steps: float, **about: Any) -> Aim | None:
    """The aim of turning a lever to a side; None for a side that is measured but never advised."""
    lever = levers.lever(name)
    if lever is None:
        return None
    for feature, level, side in lever.sides():
        if side.name == pole and side.do:
            sign = 0 if feature else 1 if level == list(lever.poles)[1] else -1
            far = steps if sign else 0.0
            level = level if feature else ""  # noqa: PLW2901
            return Aim(name, pole, variant=side.variant, feature=feature, level=level, sign=sign,
                       steps=far, **about)  # fmt: skip
    flag = _flag(lever, pole)
    return Aim(name, pole, variant=pole, feature=flag, level="1", **about) if flag else None


def _flag(lever: Lever, pole: str) -> str:
    """The flag that tells a side of a lever whose sides are flags."""
    if not lever.flags:
        return ""
    seen = (one.feature for one in load_vocabulary().values() if one.says == pole)
    return next(seen, pole.replace(" ", "_"))


def turned(aims: tuple[Aim, ...], lever: str) -> Aim | None:
    """The aim that turns a lever to a side."""
    return next((aim for aim in aims if aim.lever == lever and aim.more), None)


def leaning(aims: tuple[Aim, ...], lever: str) -> int:
    """Which way an axis is turned: −1 to its low pole, 1 to its high one, 0 neither."""
    return next((aim.sign for aim in aims if aim.lever == lever and aim.more), 0)


def asked_level(aims: tuple[Aim, ...], feature: str) -> str:
    """The value that a feature is asked to have; "" where none is."""
    return next((aim.level for aim in aims if aim.feature == feature and aim.more), "")


def shunned_levels(aims: tuple[Aim, ...], feature: str) -> frozenset[str]:
    """The values that a feature should not have."""
    return frozenset(aim.level for aim in aims if aim.feature == feature and not aim.more)


def _wished(brief: Brief, levers: Levers) -> Iterator[Aim]:
    """What `must_show` says of how many people are shown."""
    for wish in brief.must_show:
        grouping = count_people(wish)
        if grouping is None:
            continue
        for lever in levers.all:
            for feature, level, side in lever.sides():
                if (feature, level) == ("people_grouping", grouping):
                    yield Aim(
                        lever.name, side.name, True, side.variant, feature, level,
                        source=BRIEF, reason=f"the brief must show “{wish}”",
                    )  # fmt: skip
        return
