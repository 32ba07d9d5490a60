"""The suite plan of a brief: which few artworks together cover its audience."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from assistant.answers.answer import Answer, nearest_pool
from assistant.answers.lift import AudienceLift, audience_lift
from assistant.answers.match import read_artworks, read_tags
from assistant.answers.pieces import Piece, piece
from assistant.insights.evidence import read_evidence
from assistant.wording import Interval, changes
from index.records import ALL
from index.store import Index

CONCEPTS = 3
"""Concepts in a plan, at most."""
SERVES, PUTS_OFF, INCONCLUSIVE = "serves", "puts off", "inconclusive"

_Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Served:
    """A cluster that a concept serves, makes no sure difference to, or puts off."""

    cluster: str
    weight: float
    change: Interval
    verdict: str


@dataclass(frozen=True, slots=True)
class PlannedConcept:
    """One artwork of a suite: the past artwork it starts from, and whom it serves.

    Attributes:
        keep: sides of the brief's directions that it has already.
        reaches: names of the clusters that it serves and no concept before it does.
        adds: their share of the audience.
    """

    piece: Piece
    keep: tuple[str, ...]
    serves: tuple[Served, ...]
    reaches: tuple[str, ...]
    adds: float


@dataclass(frozen=True, slots=True)
class Suite:
    """Concepts that together cover the audience.

    Attributes:
        covered: share of the audience for whom at least one concept did well.
        uncovered: name and share of clusters for whom none did.
    """

    concepts: tuple[PlannedConcept, ...]
    covered: float
    uncovered: tuple[tuple[str, float], ...]


def plan_suite(answer: Answer, index: Index) -> Suite | None:
    """Concepts that together cover the audience's clusters; None without performance.

    Candidates are artworks of the titles nearest to the brief that did well with at least one
    cluster of the audience.
    """
    match, lift = answer.match, answer.match.lift
    if lift is None:
        return None
    shares, brief = answer.audience.shares, answer.brief
    weights = answer.audience.weights or {ALL: 1.0}
    names = {share.cluster: share.name for share in shares} | {ALL: "everyone"}
    artworks, tags = read_artworks(index), read_tags(index)
    lifts = {cluster: audience_lift(tags, {cluster: 1.0}, brief.platforms) for cluster in weights}
    pool = nearest_pool(artworks, match.relevance.by_title, match.allowed)
    pool = pool[np.any([one.did_well[pool] for one in lifts.values()], axis=0)]
    low = np.column_stack([np.where(one.informed, one.low, np.nan)[pool] for one in lifts.values()])
    share_of = np.array([weights[cluster] for cluster in lifts])
    made: list[PlannedConcept] = []
    reached: set[str] = set()
    for at, _ in cover(low, share_of, artworks.titles[pool].tolist(), CONCEPTS):
        row = int(pool[at])
        served = tuple(
            _served(names[cluster], weights[cluster], one, row)
            for cluster, one in lifts.items()
            if one.informed[row]
        )
        fresh = [one for one in served if one.verdict == SERVES and one.cluster not in reached]
        reached.update(one.cluster for one in fresh)
        made.append(
            PlannedConcept(
                piece(index, row, lift, answer.take_fraction),
                _keep(answer, index, row),
                served,
                tuple(one.cluster for one in fresh),
                sum(one.weight for one in fresh),
            )
        )
    by_name = {names[cluster]: weight for cluster, weight in weights.items()}
    covered, missing = coverage(reached, by_name)
    return Suite(tuple(made), covered, tuple((name, by_name[name]) for name in missing))


def cover(
    low: _Floats, weights: _Floats, groups: Sequence[str], concepts: int
) -> list[tuple[int, float]]:
    """Choose rows whose best lifts, cluster by cluster, are worth most to the audience.

    The worth of a set is Σ weight × max(0, best lower bound in the set): monotone and submodular,
    so that choosing greedily reaches at least 1 − 1/e of the best worth (Nemhauser, Wolsey &
    Fisher 1978). It stops where nothing is added.

    Args:
        low: lower bounds of lifts, candidates × clusters, NaN where unknown.
        groups: title of each candidate; each is chosen from once.

    Returns:
        row and what it adds to the worth, in the order chosen.
    """
    gains = np.nan_to_num(np.maximum(low, 0.0))
    reached = np.zeros(gains.shape[1])
    chosen: list[tuple[int, float]] = []
    left = np.ones(len(gains), dtype=bool)
    names = np.array(groups, dtype=object)
    while left.any() and len(chosen) < concepts:
        added = np.where(left, np.maximum(gains - reached, 0.0) @ weights, -1.0)
        best = int(np.argmax(added))
        if added[best] <= 1e-9:
            break
        chosen.append((best, float(added[best])))
        reached = np.maximum(reached, gains[best])
        left &= names != names[best]
    return chosen


def coverage(reached: Collection[str], weights: Mapping[str, float]) -> tuple[float, list[str]]:
    """Share of the audience in clusters that are reached, and the clusters that are not."""
    total = sum(weights.values()) or 1.0
    missing = [cluster for cluster in weights if cluster not in reached]
    return sum(w for cluster, w in weights.items() if cluster in reached) / total, missing


def _served(name: str, weight: float, lift: AudienceLift, row: int) -> Served:
    low, middle, high = (float(end[row]) for end in (lift.low, lift.lift, lift.high))
    change = changes(low, middle, high, lift.usual_take or 0.0)
    said = SERVES if low > 0 else PUTS_OFF if high < 0 else INCONCLUSIVE
    return Served(name, weight, change, said)


def _keep(answer: Answer, index: Index, row: int) -> tuple[str, ...]:
    """Sides of the directions on which the artwork is already."""
    if not answer.advice.directions:
        return ()
    evidence = read_evidence(index)
    unit = int(evidence.units.of_artwork[row])
    return tuple(
        one.pole
        for one in answer.advice.directions
        if evidence.design.values[unit, evidence.design.column(one.lever, one.pole)] > 0
    )
