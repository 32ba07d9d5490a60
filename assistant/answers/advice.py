"""What past artwork says to do for a brief: directions, who gains by each, what to avoid."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from assistant.answers.examples import Example
from assistant.wording import Interval, amount
from index.records import Grade

CLAIMED = frozenset({Grade.SUPPORTED.value, Grade.CONFIRMED.value, Grade.TESTED.value})


@dataclass(frozen=True, slots=True)
class Part:
    """A side's effect in one member cluster or on one platform, log-odds and plays."""

    key: str
    name: str
    effect: float
    low: float
    high: float
    change: Interval
    titles: int
    grade: str


@dataclass(frozen=True, slots=True)
class Member:
    """A measured feature of a lever: its mean in the middle artwork and on the side."""

    feature: str
    label: str
    kind: str
    unit: str
    middle: float
    side: float

    @property
    def told(self) -> str:
        """ "brightness 46% → 29%"; the unit is not said where the name says it."""
        unit = "" if self.unit in self.label else self.unit
        ends = amount(self.middle, self.kind, ""), amount(self.side, self.kind, unit)
        return f"{self.label} {' → '.join(ends)}"


@dataclass(frozen=True, slots=True)
class Direction:
    """A lever turned one way for one audience.

    Attributes:
        lever, pole: the side.
        do: the advice; variant: what a designer is asked for.
        package: lever and pole of what comes with it in past artwork; `along` is what a designer
            is asked for by each.
        headline: the finding in a sentence.
        effect, low, high: log-odds of turning it as far as past artwork did (`steps`).
        change: the same in plays.
        reach: share of the audience in clusters that gain by themselves.
        by_cluster, by_platform: the effect in each.
        members: how the lever's features differ, strongest first.
        pairs: past artwork that shows it best.
        test: what an experiment said of it, or None.
    """

    lever: str
    pole: str
    do: str
    variant: str
    package: tuple[tuple[str, str], ...]
    headline: str
    effect: float
    low: float
    high: float
    steps: float
    change: Interval
    grade: str
    reason: str
    titles: int
    artworks: int
    reach: float
    by_cluster: tuple[Part, ...]
    by_platform: tuple[Part, ...]
    members: tuple[Member, ...]
    pairs: tuple[Example, ...]
    test: str | None = None
    along: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """As docs/json.md describes it."""
        plain = asdict(self)
        change = plain.pop("change")
        plain["package"] = [{"lever": lever, "pole": pole} for lever, pole in self.package]
        for part in (*plain["by_cluster"], *plain["by_platform"]):
            part |= {f"change{end}": part["change"][which] for end, which in _ENDS}
            part["change"] = part.pop("change_middle")
        plain["change"] = change["middle"]
        for pair, one in zip(plain["pairs"], self.pairs, strict=True):
            del pair["change"]
            pair |= {"changed": list(one.changed), "sentence": one.sentence}
        return plain | {"change_low": change["low"], "change_high": change["high"]}


_ENDS = (("_low", "low"), ("_middle", "middle"), ("_high", "high"))


@dataclass(frozen=True, slots=True)
class Advice:
    """What past artwork says to do for a brief.

    Attributes:
        directions: at most five, largest sure gain first.
        avoid: sides that cost plays; leave_alone: levers without an effect worth having.
        contradictions: what helps one part of the audience and costs another, as sentences.
        wishes: what the evidence says of each `must_show`, as sentences.
        unknown: what past artwork cannot tell, in one sentence; "" if nothing.
        too_thin: why no direction can be given; "" where some are.
    """

    directions: tuple[Direction, ...] = ()
    avoid: tuple[Direction, ...] = ()
    leave_alone: tuple[str, ...] = ()
    contradictions: tuple[str, ...] = ()
    wishes: tuple[str, ...] = ()
    unknown: str = ""
    too_thin: str = ""

    def to_json(self) -> dict[str, Any]:
        """As docs/json.md describes it."""
        return {
            "directions": [one.to_json() for one in self.directions],
            "avoid": [one.to_json() for one in self.avoid],
            "leave_alone": list(self.leave_alone),
            "contradictions": list(self.contradictions),
            "must_show": list(self.wishes),
            "unknown": self.unknown,
            "no_direction": self.too_thin,
        }
