"""Answering a brief: from words to exemplars, counter-examples and what they share."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from assistant.answers.audience import Audience
from assistant.answers.brief import Brief
from assistant.answers.canvases import survivals
from assistant.answers.exemplars import Choice, choose, score, winners
from assistant.answers.lift import AudienceLift
from assistant.answers.match import Artworks, Asked, ask, read_artworks
from assistant.answers.relevance import image_space
from assistant.insights.index_cache import index_cache
from assistant.insights.outcomes import mark_tested, read_experiments
from assistant.insights.shared_features import SharedFeature, share_features
from index.features.canvases import layouts

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from index.encoders.protocol import Encoder
    from index.features.canvases import Canvas
    from index.features.matrix import FeatureMatrix
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

    def to_json(self) -> dict[str, Any]:
        """As `brief --json` documents it."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Answer:
    """Everything a board or a terminal shows for one brief."""

    brief: Brief
    audience: Audience
    exemplars: tuple[Exemplar, ...]
    shared: tuple[SharedFeature, ...]
    take_fraction: float | None
    warnings: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """The document of `brief --json`; docs/json.md describes it."""
        skill = self.audience.skill
        return {
            "title": self.brief.title,
            "audience": [
                {
                    "cluster": share.cluster,
                    "name": share.name,
                    "weight": round(share.weight, 4),
                    "source": share.source,
                    "affinity": None if share.affinity is None else round(share.affinity, 4),
                }
                for share in self.audience.shares
            ],
            "skill": None
            if skill is None
            else {
                "value": round(skill.value, 4),
                "low": round(skill.low, 4),
                "high": round(skill.high, 4),
                "titles": skill.titles,
            },
            "exemplars": [exemplar.to_json() for exemplar in self.exemplars],
            "shared_features": [
                {
                    "feature": one.feature,
                    "level": one.level,
                    "label": one.label,
                    "kind": one.kind,
                    "unit": one.unit,
                    "exemplar_mean": round(one.exemplar_mean, 5),
                    "baseline_mean": round(one.baseline_mean, 5),
                    "difference": round(one.difference, 5),
                    "low": round(one.low, 5),
                    "high": round(one.high, 5),
                    "p": round(one.p, 6),
                    "q": round(one.q, 6),
                    "artworks": one.artworks,
                    "titles": one.titles,
                    "grade": one.grade.value,
                    "test": one.test,
                }
                for one in self.shared
            ],
            "warnings": list(self.warnings),
        }


@index_cache
def read_matrix(index: Index) -> FeatureMatrix:
    """The features of an index, fit for tests."""
    from index.query.features import index_matrix

    return index_matrix(index)


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
    choice: Choice,
    artworks: Artworks,
    lift: AudienceLift | None,
    relevance: npt.NDArray[np.float64],
    affinity: npt.NDArray[np.float64],
    picks: Collection[str],
    canvases: list[dict[str, Any]],
) -> Exemplar:
    row, counter = choice.row, choice.counter_example
    return Exemplar(
        artwork_id=artworks.ids[row],
        title_id=str(artworks.titles[row]),
        title=artworks.title_names[artworks.title_rows[row]],
        path=artworks.paths[row],
        score=round(choice.score, 4),
        relevance=round(float(relevance[row]), 4),
        affinity=None if np.isnan(affinity[row]) else round(float(affinity[row]), 4),
        performance=lift.performance(row) if lift else None,
        counter_example=None
        if counter is None or lift is None
        else {
            "artwork_id": artworks.ids[counter],
            "title_id": str(artworks.titles[counter]),
            "title": artworks.title_names[artworks.title_rows[counter]],
            "path": artworks.paths[counter],
            "relation": choice.relation,
            "performance": lift.performance(counter),
        },
        canvases=canvases,
        picked=artworks.ids[row] in picks,
    )


def _shared(
    index: Index, lift: AudienceLift, artworks: Artworks, pool: npt.NDArray[np.intp]
) -> tuple[SharedFeature, ...]:
    import pandas as pd

    known = pool[~np.isnan(lift.lift[pool])]
    return tuple(
        share_features(
            read_matrix(index),
            pd.Series(artworks.titles),
            winners(lift, known),
            known,
        )
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
        brief: checked brief.
        path: where it was read, for errors.
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
    return answer_asked(
        ask(brief, path, index, encoder, canvases=canvases), index, k=k, picks=picks
    )


def answer_asked(asked: Asked, index: Index, *, k: int = 12, picks: Collection[str] = ()) -> Answer:
    """The answer to a brief that was held against the same index; see `answer_brief`."""
    artworks, lift, allowed = read_artworks(index), asked.lift, asked.allowed
    relevance, affinity, audience = asked.relevance, asked.affinity, asked.audience
    warnings = list(asked.warnings)
    choices = choose(
        score(relevance.value, lift, affinity),
        lift,
        allowed,
        image_space(index),
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
    if lift is not None and len(choices) < k:
        warnings.append(
            f"only {len(choices)} of {k} exemplars asked for did well enough to be shown"
        )
    shared: tuple[SharedFeature, ...] = ()
    take_fraction: float | None = None
    if lift is not None:
        pool = nearest_pool(artworks, relevance.by_title, allowed)
        shared = mark_tested(
            _shared(index, lift, artworks, pool),
            read_experiments(index),
            {share.cluster: share.weight for share in audience.shares},
        )
        known = lift.take_fraction[~np.isnan(lift.take_fraction)]
        take_fraction = float(np.median(known)) if known.size else None
    found = (
        layouts(index, [artworks.ids[choice.row] for choice in choices]) if asked.canvases else {}
    )
    if asked.canvases and choices and not found:
        warnings.append(
            "this index has no layouts, so whether artwork survives on a canvas is not told: "
            "run `assistant index` again"
        )
    return Answer(
        brief=asked.brief,
        audience=audience,
        exemplars=tuple(
            _exemplar(
                choice,
                artworks,
                lift,
                relevance.value,
                affinity,
                picks,
                survivals(found.get(artworks.ids[choice.row]), asked.canvases),
            )
            for choice in choices
        ),
        shared=shared,
        take_fraction=take_fraction,
        warnings=tuple(warnings),
    )
