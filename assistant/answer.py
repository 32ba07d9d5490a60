"""Answering a brief: from words to exemplars, counter-examples and what they share."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from assistant.audience import Audience, resolve_audience
from assistant.audience_lift import AudienceLift, audience_lift
from assistant.avoid import rule_out
from assistant.brief import Brief, brief_text
from assistant.canvas_check import asked_canvases, survivals
from assistant.exemplars import Choice, choose, score, winners
from assistant.insights.experiments import mark_tested, read_experiments
from assistant.per_index import per_index
from assistant.relevance import Relevance, image_space, measure_relevance
from assistant.shared_features import SharedFeature, share_features
from index.canvases import layouts, load_canvases

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    import pandas as pd

    from index.canvases import Canvas
    from index.encoders.protocol import Encoder
    from index.features.matrix import FeatureMatrix
    from index.records import FloatMatrix
    from index.store import Index

MISSED_NAMED = 5
"""Picked artworks that are named, at most, where they cannot be exemplars."""
POOL_TITLES = 60
"""Titles nearest to the brief, whose artwork is asked what did well."""
_TAG_KEYS = ("artwork_id", "cluster", "platform", "label")


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


@dataclass(frozen=True, slots=True)
class Artworks:
    """Columns of the index's artworks as arrays, and the row of each one's title."""

    ids: list[str]
    titles: npt.NDArray[np.str_]
    families: list[str]
    paths: list[str]
    canvases: list[str]
    title_rows: npt.NDArray[np.intp]
    title_names: list[str]


@per_index
def read_artworks(index: Index) -> Artworks:
    """The artworks of an index."""
    table, titles = index.table("artworks"), index.table("titles")
    row_of = {title: row for row, title in enumerate(titles["title_id"].to_pylist())}
    own = table["title_id"].to_pylist()
    return Artworks(
        ids=table["artwork_id"].to_pylist(),
        titles=np.array(own, dtype=str),
        families=table["family_id"].to_pylist(),
        paths=table["path"].to_pylist(),
        canvases=[canvas or "" for canvas in table["canvas"].to_pylist()],
        title_rows=np.array([row_of[title] for title in own], dtype=np.intp),
        title_names=titles["name"].to_pylist(),
    )


@per_index
def read_tags(index: Index) -> pd.DataFrame:
    """The performance tags of an index."""
    tags: pd.DataFrame = index.table("tags").to_pandas()
    return tags.assign(**{name: tags[name].astype(object) for name in _TAG_KEYS})


@per_index
def read_matrix(index: Index) -> FeatureMatrix:
    """The features of an index, fit for tests."""
    from index.perceived import index_matrix

    return index_matrix(index)


def on_canvases(brief: Brief, artworks: Artworks, warnings: list[str]) -> npt.NDArray[np.bool_]:
    """Artworks on the brief's canvases; every artwork, and a warning, where there is none."""
    everything = np.ones(len(artworks.ids), dtype=bool)
    wanted = {canvas.casefold() for canvas in brief.canvases}
    if not wanted or not any(artworks.canvases):
        return everything
    fits = np.array([canvas.casefold() in wanted for canvas in artworks.canvases], dtype=bool)
    if not fits.any():
        warnings.append(
            f"no past artwork is on canvas {', '.join(brief.canvases)}: every canvas is used"
        )
        return everything
    return fits


def _title_affinity(
    index: Index, audience: Audience, artworks: Artworks
) -> npt.NDArray[np.float64]:
    """Mean log relative rate of each artwork's title over the audience's clusters."""
    unknown = np.full(len(artworks.ids), np.nan)
    if not audience.shares or not index.has("affinity"):
        return unknown
    frame = index.table("affinity").to_pandas()
    weights = {share.cluster: share.weight for share in audience.shares}
    frame["weight"] = frame["cluster"].map(weights).fillna(0.0)
    frame["part"] = frame["weight"] * frame["affinity"]
    total = frame.groupby("title_id")[["part", "weight"]].sum().reindex(artworks.titles)
    with np.errstate(invalid="ignore", divide="ignore"):
        affinity: npt.NDArray[np.float64] = (total["part"] / total["weight"]).to_numpy(np.float64)
    return affinity


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


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """A brief held against every artwork of an index; arrays of shape (artworks,).

    Attributes:
        text: embedding of the brief's words, shape (1, d).
        allowed: on the brief's canvases and not ruled out by `avoid`.
        lift: with the brief's audience, None without performance.
        affinity: of the audience with the artwork's title, log relative rate.
        canvases: that the brief asks for and whose size is known.
        warnings: what was found on the way.
    """

    brief: Brief
    text: FloatMatrix
    audience: Audience
    relevance: Relevance
    allowed: npt.NDArray[np.bool_]
    lift: AudienceLift | None
    affinity: npt.NDArray[np.float64]
    canvases: Sequence[Canvas]
    warnings: tuple[str, ...]


def ask(
    brief: Brief,
    path: Path,
    index: Index,
    encoder: Encoder,
    *,
    canvases: Mapping[str, Canvas] | None = None,
) -> Asked:
    """Hold a brief against an index.

    Raises:
        InputError: the brief names a cluster that the index does not have, or a canvas that
            neither the catalogue nor `canvases` knows.
        ImageUnreadable: a reference is not a readable image.
    """
    warnings: list[str] = list(index.manifest.warnings)
    artworks = read_artworks(index)
    sized, unsized = asked_canvases(brief, path, canvases or load_canvases(), artworks.canvases)
    if unsized:
        warnings.append(
            f"the size of canvas {', '.join(unsized)} is not known, so whether artwork survives "
            "there cannot be told: --canvases FILE gives it"
        )
    text = encoder.embed_texts([brief_text(brief)])
    audience = resolve_audience(brief, path, index, text)
    if any(share.source == "everyone alike" for share in audience.shares):
        warnings.append(
            "the audience could not be predicted from the text better than chance: "
            "every cluster is weighed by its size"
        )
    relevance = measure_relevance(brief, text, index, encoder, artworks.title_rows)
    avoided = rule_out(brief.avoid, index)
    warnings += avoided.warnings
    allowed = on_canvases(brief, artworks, warnings) & avoided.allowed
    lift: AudienceLift | None = None
    if index.has("tags"):
        tags = read_tags(index)
        unknown = [p for p in brief.platforms if p not in set(tags["platform"])]
        if unknown:
            warnings.append(f"no performance is known on platform {', '.join(unknown)}")
        clusters = {share.cluster: share.weight for share in audience.shares}
        lift = audience_lift(tags, artworks.ids, clusters, brief.platforms)
    else:
        warnings.append("this index has no performance: exemplars are chosen by relevance alone")
    affinity = _title_affinity(index, audience, artworks)
    return Asked(brief, text, audience, relevance, allowed, lift, affinity, sized, tuple(warnings))


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
