"""Answering a brief: from words to exemplars, counter-examples and what they share."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from assistant.answers.advice import Advice
from assistant.answers.audience import Audience
from assistant.answers.brief import Brief
from assistant.answers.canvases import survivals
from assistant.answers.directions import find_advice
from assistant.answers.exemplars import Choice, choose, score
from assistant.answers.match import Artworks, Match, match_brief, read_artworks
from assistant.answers.nearness import NearTitle, nearest_titles
from assistant.answers.pieces import what_changed
from assistant.insights.estimators.threads import enough_threads
from assistant.insights.json_values import json_value
from assistant.insights.members import read_matrix
from index.encoders.protocol import Encoder
from index.features.canvases import Canvas, Layout, layouts
from index.query.levers import read_levers
from index.store import Index

MISSED_NAMED = 5
"""Picked artworks that are named, at most, where they cannot be exemplars."""
POOL_TITLES = 60
"""Titles nearest to the brief, whose artwork is asked what did well."""


@dataclass(frozen=True, slots=True)
class Exemplar:
    """A past artwork shown for a brief, with the parts of its score apart."""

    artwork_id: str
    title_id: str
    title: str
    path: str
    score: float
    relevance: float
    affinity: float | None
    performance: dict[str, Any] | None
    counter_example: dict[str, Any] | None
    canvases: list[dict[str, Any]]
    picked: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """Everything a board or a terminal shows for one brief.

    Attributes:
        match: the brief held against the index, from which all else was made.
        exemplars: past artwork that worked, each with its counter-example.
        advice: what to do, what to avoid, what cannot be told.
        take_fraction: median take fraction with the audience, from which lifts become percent.
        warnings: what was found on the way.
        nearest: past titles most like the brief.
    """

    match: Match
    exemplars: tuple[Exemplar, ...]
    advice: Advice
    take_fraction: float | None
    warnings: tuple[str, ...]
    nearest: tuple[NearTitle, ...] = ()

    @property
    def brief(self) -> Brief:
        """The brief."""
        return self.match.brief

    @property
    def audience(self) -> Audience:
        """Who the title will have."""
        return self.match.audience

    def to_json(self, index: Index) -> dict[str, Any]:
        """The document of `brief --json`; docs/json.md describes it."""
        skill = self.audience.skill
        return {
            "title": self.brief.title,
            "audience": json_value([asdict(share) for share in self.audience.shares], 4),
            "skill": None if skill is None else json_value(asdict(skill), 4),
            "nearest_titles": [asdict(one) for one in self.nearest],
            "exemplars": [asdict(one) for one in self.exemplars],
            **json_value(self.advice.to_json()),
            "shared_features": self._shared_features(index),
            "warnings": list(self.warnings),
        }

    def _shared_features(self, index: Index) -> list[dict[str, Any]]:
        """How the features of what did well near the brief differ from their own titles' others."""
        from assistant.insights.shared_features import share_features

        lift = self.match.lift
        if lift is None:
            return []
        artworks = read_artworks(index)
        pool = nearest_pool(artworks, self.match.relevance.by_title, self.match.allowed)
        known = pool[~np.isnan(lift.lift[pool])]
        winners = known[lift.did_well[known]]
        return share_features(
            read_matrix(index),
            pd.Series(artworks.titles),
            winners,
            known,
            read_levers(index).owner,
        )


def nearest_pool(
    artworks: Artworks, by_title: npt.NDArray[np.float64], allowed: npt.NDArray[np.bool_]
) -> npt.NDArray[np.intp]:
    """Allowed rows of the titles nearest to the brief."""
    rows = np.flatnonzero(allowed)
    _, first = np.unique(artworks.title_rows[rows], return_index=True)
    nearest = np.argsort(-by_title[rows[first]], kind="stable")[:POOL_TITLES]
    chosen = artworks.title_rows[rows[first[nearest]]]
    return rows[np.isin(artworks.title_rows[rows], chosen)]


def _exemplar(
    choice: Choice, match: Match, index: Index, picks: Collection[str], layout: Layout | None
) -> Exemplar:
    artworks, lift, affinity = read_artworks(index), match.lift, match.affinity
    row, counter = choice.row, choice.counter_example

    def called(at: int) -> dict[str, str]:
        return {
            "artwork_id": artworks.ids[at],
            "title_id": str(artworks.titles[at]),
            "title": artworks.title_names[artworks.title_rows[at]],
            "path": artworks.paths[at],
        }

    return Exemplar(
        **called(row),
        score=round(choice.score, 4),
        relevance=round(float(match.relevance.value[row]), 4),
        affinity=None if np.isnan(affinity[row]) else round(float(affinity[row]), 4),
        performance=lift.performance(row) if lift else None,
        counter_example=None
        if counter is None or lift is None
        else called(counter)
        | {
            "relation": "same title",
            "performance": lift.performance(counter),
            "changed": what_changed(index, counter, row).sentence,
        },
        canvases=survivals(layout, match.canvases),
        picked=artworks.ids[row] in picks,
    )


def answer_brief(
    brief: Brief,
    path: Path,
    index: Index,
    encoder: Encoder,
    *,
    k: int = 12,
    picks: Collection[str] = (),
    canvases: Mapping[str, Canvas] | None = None,
) -> Answer:
    """Answer one brief from an index.

    Args:
        index: opened index made by `encoder`.
        encoder: embeds the brief's words and references.
        k: exemplars to show at most.
        picks: artwork ids picked by hand, that come first where they did well with the audience.
        canvases: those with a size, by name; the built-in ones by default.

    Raises:
        InputError: the brief names a cluster that the index does not have, or a canvas that
            neither the catalogue nor `canvases` knows.
        ImageUnreadable: a reference is not a readable image.
    """
    with enough_threads(index.artworks, learners=False):
        match = match_brief(brief, path, index, encoder, canvases=canvases)
        return answer_match(match, index, k=k, picks=picks)


def answer_match(match: Match, index: Index, *, k: int = 12, picks: Collection[str] = ()) -> Answer:
    """The answer to a brief that was held against the same index; see `answer_brief`."""
    artworks, lift, allowed = read_artworks(index), match.lift, match.allowed
    relevance, warnings = match.relevance, list(match.warnings)
    choices = choose(
        score(relevance.value, lift, match.affinity),
        lift,
        allowed & relevance.fits,
        index.picture_vectors,
        artworks.titles,
        artworks.families,
        k,
        [row for row, artwork_id in enumerate(artworks.ids) if artwork_id in picks],
    )
    shown = {artworks.ids[choice.row] for choice in choices}
    missed = [artwork_id for artwork_id in picks if artwork_id not in shown]
    if missed:
        more = f" and {len(missed) - MISSED_NAMED} more" if len(missed) > MISSED_NAMED else ""
        warnings.append(
            f"picked but no exemplar here: {', '.join(missed[:MISSED_NAMED])}{more}; did not do "
            "well enough with this audience, on another canvas, to be avoided, no room among those "
            "asked for, or no longer in the index"
        )
    if len(choices) < k:
        fitting = len(set(artworks.titles[allowed & relevance.fits]))
        enough = "" if lift is None else " and did well enough with this audience"
        of_it = "" if len(choices) == fitting else f", of {len(choices)} it"
        warnings.append(
            f"{len(choices)} of {k} exemplars asked for: artwork of {fitting} titles fits the "
            f"brief{of_it}{enough}"
        )
    take_fraction = None if lift is None else lift.usual_take
    found = (
        layouts(index, [artworks.ids[choice.row] for choice in choices]) if match.canvases else {}
    )
    if match.canvases and choices and not found:
        warnings.append(
            "this index has no layouts, so whether artwork survives on a canvas is not known: "
            "run `assistant index` again"
        )
    return Answer(
        match=match,
        exemplars=tuple(
            _exemplar(choice, match, index, picks, found.get(artworks.ids[choice.row]))
            for choice in choices
        ),
        advice=find_advice(match, index, take_fraction),
        take_fraction=take_fraction,
        warnings=tuple(warnings),
        nearest=nearest_titles(relevance.nearness, index),
    )
