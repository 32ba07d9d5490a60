"""The suite plan of a brief."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from assistant.answers.answer import Answer, nearest_pool, read_matrix
from assistant.answers.cover import cover, coverage, verdict
from assistant.answers.exclusions import barred_features
from assistant.answers.exemplars import DID_WELL
from assistant.answers.lift import AudienceLift
from assistant.answers.match import Asked, ask, read_artworks
from assistant.boards.content import Concept, Interval, Served, Suite
from assistant.boards.desk import Desk, usual_take
from assistant.boards.sentences import quoted
from assistant.wording import phrase, relative_change
from index.features.canvases import load_canvases
from index.records import ALL, Grade

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from index.encoders.protocol import Encoder
    from index.features.canvases import Canvas
    from index.store import Index

KEPT = 4
"""Shared features named for a concept."""


def plan_suite(
    asked: Asked, answer: Answer, desk: Desk, concepts: int, barred: frozenset[str]
) -> Suite | None:
    """Concepts that together cover the audience's clusters; None without performance.

    Candidates are artworks of the titles nearest to the brief that did well with at least one
    cluster of the audience.
    """
    if asked.lift is None:
        return None
    shares = answer.audience.shares
    weights = {share.cluster: share.weight for share in shares} or {ALL: 1.0}
    names = {share.cluster: share.name for share in shares} | {ALL: "everyone"}
    lifts = {
        cluster: lift
        for cluster in weights
        if (lift := desk.lift({cluster: 1.0}, answer.brief.platforms)) is not None
    }
    artworks = read_artworks(desk.index)
    pool = nearest_pool(artworks, asked.relevance.by_title, asked.allowed)
    well = np.any([_did_well(lift)[pool] for lift in lifts.values()], axis=0)
    pool = pool[well]
    low = np.column_stack(
        [np.where(lift.informed, lift.low, np.nan)[pool] for lift in lifts.values()]
    )
    share_of = np.array([weights[cluster] for cluster in lifts])
    chosen = cover(low, share_of, artworks.titles[pool].tolist(), concepts)
    made: list[Concept] = []
    reached: set[str] = set()
    for at, _ in chosen:
        row = int(pool[at])
        served = tuple(
            _served(names[cluster], weights[cluster], lift, row)
            for cluster, lift in lifts.items()
            if not np.isnan(lift.lift[row]) and lift.informed[row]
        )
        piece = desk.piece(row, asked.lift, answer.take_fraction)
        fresh = [one for one in served if one.verdict == "serves" and one.cluster not in reached]
        names_reached = tuple(one.cluster for one in fresh)
        reached.update(names_reached)
        adds = sum(one.weight for one in fresh)
        kept = _keep(answer, desk, row, barred)
        made.append(Concept(piece, kept, served, names_reached, adds))
    by_name = {names[cluster]: weight for cluster, weight in weights.items()}
    covered, missing = coverage([sorted(reached)], by_name)
    return Suite(tuple(made), covered, tuple((name, by_name[name]) for name in missing))


def suite_of(
    answer: Answer,
    path: Path,
    index: Index,
    encoder: Encoder,
    concepts: int,
    canvases: Mapping[str, Canvas] | None = None,
) -> Suite | None:
    """The suite plan of a brief that was answered from this index; see `plan_suite`."""
    known = canvases or load_canvases()
    asked = ask(answer.brief, path, index, encoder, canvases=known)
    desk = Desk(index, encoder, None, canvases=known)
    return plan_suite(asked, answer, desk, concepts, barred_features(answer.brief, index))


def _did_well(lift: AudienceLift) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    with np.errstate(invalid="ignore"):
        well: np.ndarray[tuple[int, ...], np.dtype[np.bool_]] = lift.informed & (
            np.nan_to_num(lift.p_positive) >= DID_WELL
        )
    return well


def _served(name: str, weight: float, lift: AudienceLift, row: int) -> Served:
    low, middle, high = (float(end[row]) for end in (lift.low, lift.lift, lift.high))
    base = usual_take(lift) or 0.0
    change = Interval(*(relative_change(end, base) for end in (low, middle, high)))
    return Served(name, weight, change, verdict(low, high))


def _keep(answer: Answer, desk: Desk, row: int, barred: frozenset[str]) -> tuple[str, ...]:
    """What the artwork has of the features that exemplars share, best graded first."""
    matrix = read_matrix(desk.index)
    place = {(one.feature, one.level): at for at, one in enumerate(matrix.columns)}
    kept: list[str] = []
    seen: set[str] = set()
    for one in answer.shared:
        if one.grade is Grade.INSUFFICIENT or one.feature in barred or one.feature in seen:
            continue
        value = matrix.values[row, place[one.feature, one.level]]
        middle = 0.5 if one.kind == "flag" else (one.exemplar_mean + one.baseline_mean) / 2
        if np.isnan(value) or (value > middle) != (one.difference > 0):
            continue
        if one.kind == "flag" and one.difference < 0:
            continue
        seen.add(one.feature)
        label = quoted(phrase(one.feature, one.level))
        more = "" if one.kind == "flag" else "more " if one.difference > 0 else "less "
        kept.append(f"{more}{label}")
    return tuple(kept[:KEPT])
