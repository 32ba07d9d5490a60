"""Which sides of levers are advised for an audience, and which it should avoid."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from assistant.answers.advice import CLAIMED
from assistant.insights.estimators.adjusted import adjusted_effects
from assistant.insights.estimators.observations import Observations
from assistant.insights.grading import Z90
from assistant.insights.levers import LeverDesign
from index.records import Grade

MOST = 5
"""Directions at most."""
BESIDE = 2
"""What to avoid or leave alone, and contradictions, at most."""
LEAST_REACH = 0.5
"""Share of the audience that must gain by itself for a side to be a direction for it."""


@dataclass(frozen=True, slots=True, eq=False)
class Choosing:
    """Chooses among graded effects, all of one audience.

    Attributes:
        design: the sides.
        mine: the graded effect of each, by its place in the design.
        seen: lifts with the audience.
        barred: names of sides that the brief avoids.
        reach: share of the audience that gains by a side by itself.
    """

    design: LeverDesign
    mine: Mapping[int, Mapping[Any, Any]]
    seen: Observations
    barred: Collection[str]
    reach: Callable[[int], float]

    def advised(self) -> list[int]:
        """Sides to advise: one a lever and a package, none that another explains.

        Of two of which one turns a lever, and the other comes with its opposite, the one with the
        lower grade is left out.
        """
        able = [at for at in self._ranked(helps=True) if self.reach(at) >= LEAST_REACH]
        chosen: list[int] = []
        for found in able:
            at = self._lead(found)
            if found in self._with_packages(chosen):
                continue
            if self._levers([at]) & self.levers_told(chosen):
                continue
            surer = [one for one in able if self.rank(one) > self.rank(at)]
            if any(self._opposed(one, at) for one in (*surer, *chosen)):
                continue
            if self._is_proxy(at, chosen):
                continue
            chosen.append(at)
            if len(chosen) == MOST:
                break
        for at in sorted(chosen, key=lambda one: int(self.mine[one]["titles"])):
            if self._is_proxy(at, [one for one in chosen if one != at]):
                chosen.remove(at)
        return self._ordered(chosen, helps=True)

    def levers_told(self, chosen: Sequence[int]) -> set[str]:
        """The levers of some sides and of all that travels with them."""
        return self._levers(self._with_packages(chosen))

    def _levers(self, sides: Collection[int]) -> set[str]:
        return {self.design.contrasts[one].name for one in sides}

    def _opposed(self, one: int, at: int) -> bool:
        """Whether one of two sides turns a lever, and the other comes with another side of it."""
        return any(
            lead not in sides and bool(self._levers([lead]) & self._levers(sides))
            for lead, sides in (
                (one, self._with_packages([at])),
                (at, self._with_packages([one])),
            )
        )

    def rank(self, at: int) -> int:
        """How far a side's claim is to be trusted, from 0 up."""
        return list(Grade).index(Grade(self.mine[at]["grade"]))

    def _with_packages(self, chosen: Sequence[int]) -> set[int]:
        """Sides and all that travel with them."""
        return {j for one in chosen for j in (one, *self.design.package(one))}

    def _lead(self, at: int) -> int:
        """Of a package, the side that stands first among the levers and points the same way.

        A level must be claimed by itself; a pole is carried by the package.
        """
        sign = np.sign(self.mine[at]["effect"])
        bound = "low" if sign > 0 else "high"
        same = [
            j
            for j in (at, *self.design.package(at))
            if j in self.mine and self.mine[j][bound] * sign > 0
        ]
        able = [
            j
            for j in same
            if self.design.contrasts[j].kind == "pole" or self.mine[j]["grade"] in CLAIMED
        ]
        return min(able, default=at)

    def _is_proxy(self, at: int, chosen: Sequence[int]) -> bool:
        """Whether nothing of a side's effect is sure once what is advised already is held."""
        if not chosen:
            return False
        told = self._with_packages(chosen)
        levers = self._levers(told) - self._levers([at])
        sides = [j for j, one in enumerate(self.design.contrasts) if one.name in levers]
        axes = [values for name, values in self.design.apart.items() if name in levers]
        columns = np.column_stack([self.design.values[:, [at, *sides]], *axes])
        held = np.zeros((columns.shape[1],) * 2, dtype=bool)
        held[0, 1:] = True
        seen = self.seen
        found = adjusted_effects(seen.y, seen.weights, seen.starts, columns[seen.unit], held)
        sign = float(np.sign(self.mine[at]["effect"]))
        return not sign * float(found.effect[0]) > Z90 * float(found.se[0])

    def _ranked(self, *, helps: bool) -> list[int]:
        """Sides that are claimed, by plays won (or lost) at the interval's end nearest zero."""
        found = []
        for at, row in self.mine.items():
            side = self.design.sides[at]
            barred = not side.do or side.name in self.barred
            if row["grade"] in CLAIMED and self._least(at, helps=helps) > 0 and not barred:
                found.append(at)
        return self._ordered(found, helps=helps)

    def _ordered(self, sides: Sequence[int], *, helps: bool) -> list[int]:
        return sorted(sides, key=lambda at: -self._least(at, helps=helps))

    def _least(self, at: int, *, helps: bool) -> float:
        """Log-odds that a side surely wins, or costs."""
        row = self.mine[at]
        end = row["low"] if helps else -row["high"]
        return float(end * self.design.contrasts[at].change)

    def avoided(self, chosen: Sequence[int]) -> list[int]:
        """Sides that cost plays, but for the opposites of what is advised already."""
        told = self.levers_told(chosen)
        found: list[int] = []
        for ranked in self._ranked(helps=False):
            at = self._lead(ranked)
            covered = {j for one in found for j in self.design.package(one)}
            fresh = self.design.contrasts[at].name not in told and not {at, ranked} & covered
            if fresh and not self._is_proxy(at, [*chosen, *found]):
                told.add(self.design.contrasts[at].name)
                found.append(at)
        return self._ordered(found[:BESIDE], helps=False)
