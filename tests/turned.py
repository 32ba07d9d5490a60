"""Directions, aims and concepts for tests, of the built-in levers."""

from __future__ import annotations

from typing import Any

from assistant.answers.directions import Direction, Part
from assistant.mockups.aims import Aim, side_aim
from assistant.mockups.ideas import Idea
from assistant.wording import Interval
from index.features.levers.lever import load_levers
from index.query.levers import Levers

LEVERS = Levers(load_levers(), ())
SIDES = sorted(
    (lever.name, side.name) for lever in LEVERS.all for _, _, side in lever.sides() if side.do
)
"""Lever and name of every side that is ever advised."""


def direction(lever: str, pole: str, grade: str = "supported", **changed: Any) -> Direction:
    """A lever turned to a side, by evidence of a grade."""
    fields: dict[str, Any] = {
        "lever": lever, "pole": pole, "do": f"Go {pole}", "variant": f"a {pole} grade",
        "package": (), "headline": f"Go {pole}: +16% plays with this audience, 34 titles, {grade}.",
        "effect": 0.2, "low": 0.1, "high": 0.3, "steps": 1.5, "change": Interval(0.1, 0.2, 0.3),
        "grade": grade, "reason": "", "titles": 34, "artworks": 90, "reach": 1.0,
        "by_cluster": (), "by_platform": (), "members": (), "pairs": (),
    }  # fmt: skip
    return Direction(**(fields | changed))


def part(cluster: str, low: float, high: float, grade: str = "supported") -> Part:
    """The effect of a side in a cluster."""
    change = Interval(low, (low + high) / 2, high)
    return Part(cluster, cluster, (low + high) / 2, low, high, change, 30, grade)


def idea(*directions: Direction, avoid: tuple[Direction, ...] = ()) -> Idea:
    """A concept for everybody."""
    return Idea("all", "whole audience", {}, directions, avoid)


def aim(lever: str, pole: str, *, more: bool = True, steps: float = 1.5) -> Aim:
    """A lever turned to a side by evidence, or away from it."""
    found = side_aim(LEVERS, lever, pole, steps=steps, more=more, grade="supported", reason="")
    assert found is not None, (lever, pole)
    return found
