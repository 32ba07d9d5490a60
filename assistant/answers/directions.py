"""Directions: levers turned one way for a brief's audience, graded, with who gains and loses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from assistant.answers.advice import CLAIMED, Advice, Direction, Member, Part
from assistant.answers.audience_effects import AUDIENCE, NAMED, audience_effects
from assistant.answers.choosing import BESIDE, Choosing
from assistant.answers.examples import example_pairs
from assistant.answers.exclusions import barred_sides
from assistant.answers.lift import slice_weights
from assistant.answers.match import Match, read_tags
from assistant.insights.conflicts import find_conflicts
from assistant.insights.effects import Evidence, audience_observations
from assistant.insights.estimators.observations import Observations
from assistant.insights.evidence import read_effects, read_evidence
from assistant.insights.grading import MIN_TITLES, NEGLIGIBLE, NO_EFFECT, TOO_FEW
from assistant.insights.index_cache import index_cache, lookup
from assistant.insights.json_values import row_dicts
from assistant.insights.levers import lever_sides, side_means
from assistant.insights.members import member_columns
from assistant.wording import Interval, change_of, in_words, listed, percent, phrase
from index.features.levers.lever import Side
from index.records import ALL, Grade
from index.store import Index

LEAST_SHARE = 0.02
"""Share of the audience from which a cluster is spoken of."""
_TOLD = ["name", "side", "effect", "low", "high", "grade", "reason", "titles", "artworks",
         "experiments"]  # fmt: skip


def find_advice(match: Match, index: Index, base: float | None) -> Advice:
    """Directions for the audience of a brief.

    The effect of every side is estimated on lifts weighed over the audience, and graded together
    with the effects of every cluster and platform, so that a brief and `insights` agree.

    Args:
        base: take fraction from which effects are turned into plays.
    """
    if match.lift is None or base is None or not index.has("cells"):
        return Advice(too_thin="no direction can be given: the index knows no performance")
    evidence = read_evidence(index)
    shown, weights = read_tags(index).shown, match.audience.weights
    seen = audience_observations(evidence, slice_weights(shown, weights, match.brief.platforms))
    effects = audience_effects(match, index, evidence, seen)
    return _Maker(match, index, evidence, base, seen, effects).advice()


@index_cache
def _read_conflicts(index: Index) -> pd.DataFrame:
    return find_conflicts(read_effects(index))


class _Maker:
    """Puts advice together from graded effects."""

    def __init__(
        self,
        match: Match,
        index: Index,
        evidence: Evidence,
        base: float,
        seen: Observations,
        effects: pd.DataFrame,
    ) -> None:
        design = lever_sides(evidence)
        self.match, self.index, self.evidence, self.base = match, index, evidence, base
        self.design, self.effects = design, effects
        mine = effects[(effects["cluster"] == AUDIENCE) & (effects["platform"] == ALL)]
        self.mine = {
            design.column(row["name"], row["side"]): row for row in mine[_TOLD].to_dict("records")
        }
        self.rows = {what: self._rows(what) for what in ("cluster", "platform")}
        self.names = {share.cluster: share.name for share in match.audience.shares}
        self.choosing = Choosing(
            design, self.mine, seen, barred_sides(match.brief, index), self._reach
        )

    def advice(self) -> Advice:
        """All of it."""
        chosen = self.choosing.advised()
        directions = tuple(self._direction(at) for at in chosen)
        avoid = self.choosing.avoided(chosen)
        room = BESIDE - len(avoid)
        return Advice(
            directions=directions,
            avoid=tuple(self._direction(at, pairs=False) for at in avoid),
            leave_alone=self._leave_alone([*chosen, *avoid])[:room] if room > 0 else (),
            contradictions=self._contradictions(chosen),
            wishes=tuple(self._wish(wish) for wish in self.match.brief.must_show),
            unknown=self._unknown(),
            too_thin="" if directions else self._too_thin(),
        )

    def _reach(self, at: int) -> float:
        """Share of the audience in clusters that surely gain something worth having."""
        weights = self.match.audience.weights
        if not weights:
            return 1.0
        gains = {part.key for part in self._parts(at, "cluster") if part.low >= NEGLIGIBLE}
        return sum(weight for cluster, weight in weights.items() if cluster in gains)

    def _leave_alone(self, told: Sequence[int]) -> tuple[str, ...]:
        """Levers of which every side surely has no effect worth having, but for those told of."""
        by_lever: dict[str, list[str]] = {}
        for at, row in self.mine.items():
            by_lever.setdefault(self.design.contrasts[at].name, []).append(row["reason"])
        for name in self.choosing.levers_told(told):
            by_lever.pop(name, None)
        return tuple(
            self._label(name)
            for name, reasons in by_lever.items()
            if reasons and all(reason == NO_EFFECT for reason in reasons)
        )

    def _direction(self, at: int, *, pairs: bool = True) -> Direction:
        row, one, side = self.mine[at], self.design.contrasts[at], self.design.sides[at]
        ends = {name: float(row[name]) * one.change for name in ("effect", "low", "high")}
        change = change_of(row, "effect", self.base, steps=one.change)
        assert change is not None
        clusters = self._parts(at, "cluster")
        others = [
            j
            for j in self.design.package(at)
            if j in self.mine and self.mine[j]["effect"] * row["effect"] > 0
        ]
        package = tuple(
            (self.design.contrasts[j].name, self.design.contrasts[j].side or "") for j in others
        )
        along = tuple(self.design.sides[j].variant for j in others)
        best = self._package_row(at, package)
        return Direction(
            lever=one.name,
            pole=one.side or "",
            do=side.do,
            variant=side.variant,
            package=package,
            along=along,
            headline=self._headline(side, row | {"grade": best["grade"]}, change, along, clusters),
            **ends,
            steps=one.change,
            change=change,
            grade=str(best["grade"]),
            reason=str(best["reason"]),
            titles=int(row["titles"]),
            artworks=int(row["artworks"]),
            reach=self._reach(at),
            by_cluster=clusters,
            by_platform=self._parts(at, "platform"),
            members=self._members(at),
            pairs=example_pairs(self.match, self.index, self.evidence, at) if pairs else (),
            test=str(row["reason"]) if row["experiments"] else None,
        )

    def _package_row(self, at: int, package: Sequence[tuple[str, str]]) -> Mapping[Any, Any]:
        """The surest row of a package: what it shows is shown for all of it."""
        sides = (at, *(self.design.column(*one) for one in package))
        return self.mine[max(sides, key=self.choosing.rank)]

    def _headline(
        self,
        side: Side,
        row: Mapping[Any, Any],
        change: Interval,
        along: tuple[str, ...],
        clusters: Sequence[Part],
    ) -> str:
        shares = self.match.audience.shares
        who = shares[0].name if len(shares) == 1 else AUDIENCE if shares else "everyone"
        do = side.do if row["effect"] > 0 else f"Avoid {side.variant}"
        also = f" (with {listed(along)})" if along else ""
        said = (
            f"{do}{also}: {in_words(change).replace(' (', ' plays (')} with {who}, "
            f"{row['titles']} titles, {row['grade']}."
        )
        losers = [part for part in clusters if part.high < 0 and part.grade in CLAIMED]
        if row["effect"] > 0 and losers:
            worst = min(losers, key=lambda part: part.effect)
            said += f" Costs {percent(-worst.change.middle).lstrip('+')} with {worst.name}."
        return said

    def _rows(self, what: str) -> dict[tuple[str, str], list[Mapping[Any, Any]]]:
        """Effects by cluster (of the index, on the brief's platforms) or by platform (with the
        audience), by side."""
        rows = self.effects
        if what == "cluster":
            here = NAMED if (rows["platform"] == NAMED).any() else ALL
            rows = rows[(rows["platform"] == here) & ~rows["cluster"].isin([ALL, AUDIENCE])]
        else:
            rows = rows[(rows["cluster"] == AUDIENCE) & (rows["platform"] != ALL)]
        found: dict[tuple[str, str], list[Mapping[Any, Any]]] = {}
        columns = ("name", "side", what, "effect", "low", "high", "titles", "grade")
        for row in row_dicts(rows, columns):
            found.setdefault((row["name"], row["side"]), []).append(row)
        return found

    def _parts(self, at: int, what: str) -> tuple[Part, ...]:
        """The side's effect by cluster or by platform."""
        one = self.design.contrasts[at]
        weights = self.match.audience.weights
        found = []
        for row in self.rows[what].get((one.name, one.side or ""), ()):
            change = change_of(row, "effect", self.base, steps=one.change)
            if change is None:
                continue
            ends = {name: float(row[name]) * one.change for name in ("effect", "low", "high")}
            key = str(row[what])
            found.append(
                Part(key, self._cluster_name(key) if what == "cluster" else key, **ends,
                     change=change, titles=int(row["titles"]), grade=str(row["grade"]))
            )  # fmt: skip
        return tuple(sorted(found, key=lambda part: -weights.get(part.key, 0.0)))

    def _cluster_name(self, cluster: str) -> str:
        if cluster not in self.names:
            self.names = lookup(self.index, "clusters", "cluster", "name") | self.names
        return self.names.get(cluster, cluster)

    def _members(self, at: int) -> tuple[Member, ...]:
        found = []
        for one, values in member_columns(self.index, self.evidence, at).items():
            shift = side_means(self.design.values[:, at], values, self.evidence.units.title)
            if shift is not None:
                found.append(Member(one.feature, phrase(one.feature), one.kind, one.unit, *shift))
        return tuple(found)

    def _contradictions(self, chosen: Sequence[int]) -> tuple[str, ...]:
        """Where one part of the audience gains and another loses, chosen levers first."""
        weights = self.match.audience.weights
        table = _read_conflicts(self.index)
        known = {ALL, *(c for c, weight in weights.items() if weight >= LEAST_SHARE)}
        if not len(table) or not weights:
            return ()
        keep = table["helps_cluster"].isin(known) & table["hurts_cluster"].isin(known)
        keep &= table["grade"].isin(list(CLAIMED))
        levers = [self.design.contrasts[at].name for at in chosen]
        found = table[keep].assign(mine=lambda one: ~one["lever"].isin(levers))
        found = found.sort_values("mine", kind="stable").drop_duplicates("lever")
        return tuple(self._conflict(row) for row in found.head(BESIDE).to_dict("records"))

    def _conflict(self, row: Mapping[Any, Any]) -> str:
        change = self.design.contrasts[self.design.column(row["lever"], row["pole"])].change

        def side(which: str) -> str:
            told = change_of(row, "effect", self.base, steps=change, part=f"{which}_")
            cluster, platform = row[f"{which}_cluster"], row[f"{which}_platform"]
            who = "everyone" if cluster == ALL else self._cluster_name(cluster)
            where = "" if platform == ALL else f" on {platform}"
            return f"{'' if told is None else percent(told.middle)} with {who}{where}"

        pole = str(row["pole"])
        return f"{pole[:1].upper()}{pole[1:]}: {side('helps')}, but {side('hurts')}."

    def _wish(self, wish: str) -> str:
        """What the evidence says of something that the brief must show."""
        at = next((at for at in self.mine if _names(self.design.sides[at], wish)), None)
        if at is None:
            return f"“{wish}”: it is not measured, so past artwork says nothing for or against it."
        row, one = self.mine[at], self.design.contrasts[at]
        change = change_of(row, "effect", self.base, steps=one.change)
        if row["grade"] == Grade.INSUFFICIENT or change is None:
            return f"“{wish}” ({one.side}): insufficient data, {row['titles']} titles vary in it."
        verdict = "speaks for it" if row["effect"] > 0 else "speaks against it"
        return (
            f"“{wish}” ({one.side}): past artwork {verdict}, {in_words(change)} plays, "
            f"{row['titles']} titles, {row['grade']}."
        )

    def _unknown(self) -> str:
        unseen: dict[str, bool] = {}
        for at, row in self.mine.items():
            name = self.design.contrasts[at].name
            unseen[name] = unseen.get(name, True) and row["reason"] == TOO_FEW
        names = [self._label(name) for name, unknown in unseen.items() if unknown]
        if not names:
            return ""
        return f"Past artwork cannot tell about {listed(names)}: too few titles vary in it."

    def _too_thin(self) -> str:
        units = self.evidence.units
        several = int((np.bincount(units.title, minlength=len(units.title_ids)) > 1).sum())
        if several < MIN_TITLES:
            return (
                f"no direction can be given yet: {MIN_TITLES - several} more titles with two or "
                "more artworks are needed"
            )
        return (
            "no direction can be given: nothing that past artwork was turned to made a difference "
            "with this audience that can be told from chance"
        )

    def _label(self, name: str) -> str:
        lever = self.design.levers.lever(name)
        return name if lever is None else lever.label


def _names(side: Side, wish: str) -> bool:
    """Whether a wish names a side, by its name or one of its other words."""
    said = f" {wish.casefold()} "
    return any(f" {word.casefold()} " in said for word in (side.name, *side.words))
