"""Directions: levers turned one way for a brief's audience, graded, with who gains and loses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from assistant.answers.advice import CLAIMED, Advice, Direction, Member, Part
from assistant.answers.examples import example_pairs
from assistant.answers.exclusions import barred_sides
from assistant.answers.lift import slice_weights
from assistant.answers.match import Match, read_tags
from assistant.insights.conflicts import find_conflicts
from assistant.insights.effects import (
    EffectSlice,
    Evidence,
    audience_observations,
    effects_in,
    grade_effects,
)
from assistant.insights.estimators.adjusted import adjusted_effects
from assistant.insights.estimators.observations import Observations
from assistant.insights.evidence import read_effects, read_evidence
from assistant.insights.grading import MIN_TITLES, NEGLIGIBLE, NO_EFFECT, TOO_FEW, Z90
from assistant.insights.index_cache import index_cache
from assistant.insights.levers import LeverDesign, side_means
from assistant.insights.members import read_matrix
from assistant.insights.outcomes import (
    apply_experiments,
    audience_experiments,
    read_experiments,
)
from assistant.wording import Interval, change_of, in_words, listed, percent, phrase
from index.features.levers.lever import Side
from index.records import ALL, Grade
from index.store import Index

MOST = 5
"""Directions at most."""
BESIDE = 2
"""What to avoid or leave alone, and contradictions, at most."""
AUDIENCE = "this audience"
"""Stands for the brief's audience where a cluster is named."""
NAMED = "the brief's platforms"
"""Stands for the platforms that a brief names, where those are not all."""
LEAST_REACH = 0.5
"""Share of the audience that must gain by itself for a side to be a direction for it."""
LEAST_SHARE = 0.02
"""Share of the audience from which a cluster is spoken of."""


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
    tags, weights = read_tags(index), match.audience.weights
    seen = audience_observations(evidence, slice_weights(tags, weights, match.brief.platforms))
    effects = _audience_effects(match, index, evidence, seen)
    return _Maker(match, index, evidence, base, seen, effects).advice()


@index_cache
def _read_conflicts(index: Index) -> pd.DataFrame:
    return find_conflicts(read_effects(index))


def _audience_effects(
    match: Match, index: Index, evidence: Evidence, seen: Observations
) -> pd.DataFrame:
    """Graded effects with the audience, and on each platform, below those of every slice.

    Where the brief names some platforms, also those of each cluster there.
    """
    known, tags = read_effects(index), read_tags(index)
    tables = [known, effects_in(evidence, seen, EffectSlice(AUDIENCE))]
    for platform in sorted(set(tags["platform"].unique()) - {ALL, ""}):
        weights = slice_weights(tags, match.audience.weights, (platform,))
        part = audience_observations(evidence, weights)
        tables.append(effects_in(evidence, part, EffectSlice(AUDIENCE, platform)))
    for cluster in sorted(set(tags["cluster"].unique()) - {ALL, ""}):
        weights = slice_weights(tags, {cluster: 1.0}, match.brief.platforms)
        if any(platform != ALL for _, platform in weights):
            part = audience_observations(evidence, weights)
            tables.append(effects_in(evidence, part, EffectSlice(cluster, NAMED)))
    graded = grade_effects(pd.concat(tables, ignore_index=True))
    own = graded[(graded["cluster"] == AUDIENCE) | (graded["platform"] == NAMED)]
    about = audience_experiments(read_experiments(index), match.audience.weights)
    if about is not None:
        about = about.assign(cluster=AUDIENCE, platform=ALL)
    own = apply_experiments(own, about)
    return pd.concat([known, own], ignore_index=True)


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
        design = evidence.design
        assert isinstance(design, LeverDesign)
        self.match, self.index, self.evidence, self.base = match, index, evidence, base
        self.design, self.seen, self.effects = design, seen, effects
        mine = effects[(effects["cluster"] == AUDIENCE) & (effects["platform"] == ALL)]
        self.mine = {
            design.column(row["name"], row["side"]): row for row in mine.to_dict("records")
        }
        self.names = {share.cluster: share.name for share in match.audience.shares}
        self.barred = barred_sides(match.brief, index)

    def advice(self) -> Advice:
        """All of it."""
        chosen = self._choose()
        directions = tuple(self._direction(at) for at in chosen)
        avoid = self._avoid(chosen)
        room = BESIDE - len(avoid)
        return Advice(
            directions=directions,
            avoid=tuple(self._direction(at, pairs=False) for at in avoid),
            leave_alone=self._leave_alone()[:room] if room > 0 else (),
            contradictions=self._contradictions(chosen),
            wishes=tuple(self._wish(wish) for wish in self.match.brief.must_show),
            unknown=self._unknown(),
            too_thin="" if directions else self._too_thin(),
        )

    def _choose(self) -> list[int]:
        """Sides to advise: one a lever and a package, none that another explains."""
        chosen: list[int] = []
        for found in self._ranked(helps=True):
            at = self._lead(found)
            covered = {j for one in chosen for j in (one, *self.design.package(one))}
            levers = {self.design.contrasts[one].name for one in chosen}
            if at in covered or found in covered or self.design.contrasts[at].name in levers:
                continue
            if self._reach(at) >= LEAST_REACH and not self._is_proxy(at, chosen):
                chosen.append(at)
            if len(chosen) == MOST:
                break
        for at in sorted(chosen, key=lambda one: int(self.mine[one]["titles"])):
            if self._is_proxy(at, [one for one in chosen if one != at]):
                chosen.remove(at)
        return chosen

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
        told = {j for one in chosen for j in (one, *self.design.package(one))}
        levers = {self.design.contrasts[j].name for j in told} - {self.design.contrasts[at].name}
        sides = [j for j, one in enumerate(self.design.contrasts) if one.name in levers]
        axes = [values for name, values in self.design.apart.items() if name in levers]
        columns = np.column_stack([self.design.values[:, [at, *sides]], *axes])
        held = ~np.eye(columns.shape[1], dtype=bool)
        seen = self.seen
        found = adjusted_effects(seen.y, seen.weights, seen.starts, columns[seen.unit], held)
        sign = float(np.sign(self.mine[at]["effect"]))
        return not sign * float(found.effect[0]) > Z90 * float(found.se[0])

    def _reach(self, at: int) -> float:
        """Share of the audience in clusters that surely gain something worth having."""
        weights = self.match.audience.weights
        if not weights:
            return 1.0
        gains = {part.key for part in self._parts(at, "cluster") if part.low >= NEGLIGIBLE}
        return sum(weight for cluster, weight in weights.items() if cluster in gains)

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
        return [at for _, at in sorted(found, key=lambda one: (-one[0], one[1]))]

    def _avoid(self, chosen: Sequence[int]) -> list[int]:
        """Sides that cost plays, but for the opposites of what is advised already."""
        told = {self.design.contrasts[one].name for at in chosen
                for one in (at, *self.design.package(at))}  # fmt: skip
        found: list[int] = []
        for ranked in self._ranked(helps=False):
            at = self._lead(ranked)
            covered = {j for one in found for j in self.design.package(one)}
            fresh = self.design.contrasts[at].name not in told and not {at, ranked} & covered
            if fresh and not self._is_proxy(at, [*chosen, *found]):
                told.add(self.design.contrasts[at].name)
                found.append(at)
        return found[:BESIDE]

    def _leave_alone(self) -> tuple[str, ...]:
        """Levers of which every side surely has no effect worth having."""
        by_lever: dict[str, list[str]] = {}
        for at, row in self.mine.items():
            by_lever.setdefault(self.design.contrasts[at].name, []).append(row["reason"])
        return tuple(
            self._label(name)
            for name, reasons in by_lever.items()
            if reasons and all(reason == NO_EFFECT for reason in reasons)
        )

    def _direction(self, at: int, *, pairs: bool = True) -> Direction:
        row, one, side = self.mine[at], self.design.contrasts[at], self.design.sides[at]
        ends = {name: float(row[name]) * one.change for name in ("effect", "low", "high")}
        change = change_of(ends, "effect", self.base)
        assert change is not None
        clusters = self._parts(at, "cluster")
        package = tuple(
            (self.design.contrasts[j].name, self.design.contrasts[j].side or "")
            for j in self.design.package(at)
            if j in self.mine and self.mine[j]["effect"] * row["effect"] > 0
        )
        best = self._package_row(at, package)
        return Direction(
            lever=one.name,
            pole=one.side or "",
            do=side.do,
            variant=side.variant,
            package=package,
            headline=self._headline(
                side, row | {"grade": best["grade"]}, change, package, clusters
            ),
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
            test=str(row["reason"]) if row.get("experiments", 0) else None,
        )

    def _package_row(self, at: int, package: Sequence[tuple[str, str]]) -> Mapping[Any, Any]:
        """The surest row of a package: what it shows is shown for all of it."""
        rows = [self.mine[self.design.column(*one)] for one in package]
        order = [grade.value for grade in Grade]
        return max((self.mine[at], *rows), key=lambda row: order.index(str(row["grade"])))

    def _headline(
        self,
        side: Side,
        row: Mapping[Any, Any],
        change: Interval,
        package: Sequence[tuple[str, str]],
        clusters: Sequence[Part],
    ) -> str:
        shares = self.match.audience.shares
        who = shares[0].name if len(shares) == 1 else AUDIENCE if shares else "everyone"
        do = side.do if row["effect"] > 0 else f"Avoid {side.variant}"
        also = f" ({listed([pole for _, pole in package])} with it)" if package else ""
        said = (
            f"{do}{also}: {in_words(change).replace(' (', ' plays (', 1)} with {who}, "
            f"{row['titles']} titles, {row['grade']}."
        )
        losers = [part for part in clusters if part.high < 0 and part.grade in CLAIMED]
        if row["effect"] > 0 and losers:
            worst = min(losers, key=lambda part: part.effect)
            said += f" Costs {percent(-worst.change.middle).lstrip('+')} with {worst.name}."
        return said

    def _parts(self, at: int, what: str) -> tuple[Part, ...]:
        """The side's effect by cluster (of the index, on the brief's platforms) or by platform
        (with the audience)."""
        one, table = self.design.contrasts[at], self.effects
        rows = table[(table["name"] == one.name) & (table["side"] == one.side)]
        rows = rows[(rows["genre"] == ALL) & (rows["country"] == ALL)]
        if what == "cluster":
            here = NAMED if (rows["platform"] == NAMED).any() else ALL
            rows = rows[(rows["platform"] == here) & ~rows["cluster"].isin([ALL, AUDIENCE])]
        else:
            rows = rows[(rows["cluster"] == AUDIENCE) & (rows["platform"] != ALL)]
        weights = self.match.audience.weights
        found = []
        for row in rows.to_dict("records"):
            ends = {name: float(row[name]) * one.change for name in ("effect", "low", "high")}
            change = change_of(ends, "effect", self.base)
            if change is None or not np.isfinite([*ends.values()]).all():
                continue
            key = str(row[what])
            found.append(
                Part(key, self._cluster_name(key) if what == "cluster" else key, **ends,
                     change=change, titles=int(row["titles"]), grade=str(row["grade"]))
            )  # fmt: skip
        return tuple(sorted(found, key=lambda part: -weights.get(part.key, 0.0)))

    def _cluster_name(self, cluster: str) -> str:
        if cluster not in self.names and self.index.has("clusters"):
            table = self.index.table("clusters")
            pairs = zip(table["cluster"].to_pylist(), table["name"].to_pylist(), strict=True)
            self.names = dict(pairs) | self.names
        return self.names.get(cluster, cluster)

    def _members(self, at: int) -> tuple[Member, ...]:
        one = self.design.contrasts[at]
        fit = self.design.levers.fit(one.name)
        if fit is None or one.kind != "pole":
            return ()
        matrix, units = read_matrix(self.index), self.evidence.units
        found = []
        for name in fit.members:
            column = next((j for j, c in enumerate(matrix.columns) if c.feature == name), None)
            if column is None:
                continue
            values = np.full(len(units.title), np.nan)
            values[units.of_artwork] = matrix.values[:, column]
            shift = side_means(self.design.values[:, at], values, units.title)
            if shift is not None:
                kind, unit = matrix.columns[column].kind, matrix.columns[column].unit
                found.append(Member(name, phrase(name), kind, unit, *shift))
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
            ends = {name: row[f"{which}_{name}"] * change for name in ("low", "effect", "high")}
            told = change_of(ends, "effect", self.base)
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
        ends = {name: float(row[name]) * one.change for name in ("effect", "low", "high")}
        change = change_of(ends, "effect", self.base)
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
