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
        """Sides to advise: one a lever and a package, none that another explains."""
        chosen: list[int] = []
        for found in self._ranked(helps=True):
            at = self._lead(found)
            covered = self._with_packages(chosen)
            levers = {self.design.contrasts[one].name for one in chosen}
            if at in covered or found in covered or self.design.contrasts[at].name in levers:
                continue
            if self.reach(at) >= LEAST_REACH and not self._is_proxy(at, chosen):
                chosen.append(at)
            if len(chosen) == MOST:
                break
        for at in sorted(chosen, key=lambda one: int(self.mine[one]["titles"])):
            if self._is_proxy(at, [one for one in chosen if one != at]):
                chosen.remove(at)
        return chosen

    def _with_packages(self, chosen: Sequence[int]) -> set[int]:
        """Sides and all that travel with them."""
        return {j for one in chosen for j in (one, *self.design.package(one))}

    def _lead(self, at: int) -> int:
        """Of a package, the axis that stands first among the levers and points the same way."""
        sign = np.sign(self.mine[at]["effect"])
        bound = "low" if sign > 0 else "high"
        same = [
            j
            for j in (at, *self.design.package(at))
            if j in self.mine and self.mine[j][bound] * sign > 0
        ]
        poles = [j for j in same if self.design.contrasts[j].kind == "pole"]
        return min(poles, default=at)

    def _is_proxy(self, at: int, chosen: Sequence[int]) -> bool:
        """Whether nothing of a side's effect is sure once what is advised already is held."""
        if not chosen:
            return False
        told = self._with_packages(chosen)
        levers = {self.design.contrasts[j].name for j in told} - {self.design.contrasts[at].name}
        sides = [j for j, one in enumerate(self.design.contrasts) if one.name in levers]
        axes = [values for name, values in self.design.apart.items() if name in levers]
        columns = np.column_stack([self.design.values[:, [at, *sides]], *axes])
        held = ~np.eye(columns.shape[1], dtype=bool)
        seen = self.seen
        found = adjusted_effects(seen.y, seen.weights, seen.starts, columns[seen.unit], held)
        sign = float(np.sign(self.mine[at]["effect"]))
        return not sign * float(found.effect[0]) > Z90 * float(found.se[0])

    def _ranked(self, *, helps: bool) -> list[int]:
        """Sides that are claimed, by plays won (or lost) at the interval's end nearest zero."""
        found = []
        for at, row in self.mine.items():
            change = self.design.contrasts[at].change
            least = row["low"] if helps else -row["high"]
            side = self.design.sides[at]
            barred = not side.do or side.name in self.barred
            if row["grade"] in CLAIMED and least > 0 and not barred:
                found.append((least * change, at))
        return [at for _, at in sorted(found, key=lambda one: -one[0])]

    def avoided(self, chosen: Sequence[int]) -> list[int]:
        """Sides that cost plays, but for the opposites of what is advised already."""
        told = {self.design.contrasts[one].name for one in self._with_packages(chosen)}
        found: list[int] = []
        for ranked in self._ranked(helps=False):
            at = self._lead(ranked)
            covered = {j for one in found for j in self.design.package(one)}
            fresh = self.design.contrasts[at].name not in told and not {at, ranked} & covered
            if fresh and not self._is_proxy(at, [*chosen, *found]):
                told.add(self.design.contrasts[at].name)
                found.append(at)
        return found[:BESIDE]
