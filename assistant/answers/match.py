"""A brief held against every artwork of an index: relevance, lift and affinity."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from assistant.answers.audience import Audience, resolve_audience
from assistant.answers.brief import Brief, brief_text
from assistant.answers.canvases import asked_canvases
from assistant.answers.exclusions import rule_out
from assistant.answers.lift import AudienceLift, SliceTags, audience_lift
from assistant.answers.nearness import spell_genres
from assistant.answers.relevance import Relevance, measure_relevance
from assistant.insights.index_cache import index_cache
from index.encoders.protocol import Encoder
from index.features.canvases import Canvas, load_canvases
from index.records import FloatMatrix
from index.store import Index

_TAGS = ("artwork_id", "impressions", "take_fraction", "observed", "variance")
_TAG_KEYS = ("title_id", "cluster", "platform")


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


@index_cache
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


@index_cache
def read_tags(index: Index) -> SliceTags:
    """What was observed of every artwork of an index in every slice."""
    tags = index.table("tags", [*_TAGS, *_TAG_KEYS]).to_pandas(categories=_TAG_KEYS)
    return SliceTags(tags, read_artworks(index).ids)


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


def title_affinity(index: Index, audience: Audience, artworks: Artworks) -> npt.NDArray[np.float64]:
    """Mean log relative rate of each artwork's title over the audience's clusters."""
    unknown = np.full(len(artworks.ids), np.nan)
    if not audience.shares or not index.has("affinity"):
        return unknown
    clusters, rates = _read_affinity(index)
    weights = np.array([audience.weights.get(cluster, 0.0) for cluster in clusters])
    with np.errstate(invalid="ignore", divide="ignore"):
        of_title = np.nansum(rates * weights, axis=1) / (np.isfinite(rates) @ weights)
    affinity: npt.NDArray[np.float64] = of_title[artworks.title_rows]
    return affinity


@index_cache
def _read_affinity(index: Index) -> tuple[list[str], npt.NDArray[np.float64]]:
    """Clusters, and the log relative rate of each title with each, `(titles, clusters)`."""
    table = index.table("affinity").to_pandas()
    rates = table.pivot(index="title_id", columns="cluster", values="affinity")
    titles = index.table("titles", ["title_id"])["title_id"].to_pylist()
    return rates.columns.tolist(), rates.reindex(titles).to_numpy(np.float64)


@dataclass(frozen=True, slots=True, eq=False)
class Match:
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


def match_brief(
    brief: Brief,
    path: Path,
    index: Index,
    encoder: Encoder,
    *,
    canvases: Mapping[str, Canvas] | None = None,
) -> Match:
    """Hold a brief against an index.

    Raises:
        InputError: the brief names a cluster that the index does not have, or a canvas that
            neither the catalogue nor `canvases` knows.
        ImageUnreadable: a reference is not a readable image.
    """
    genres, slips = spell_genres(brief.genres, index)
    brief = brief.model_copy(update={"genres": genres})
    warnings: list[str] = [*index.manifest.warnings, *slips]
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
    warnings += relevance.nearness.warnings
    avoided = rule_out(brief.avoid, index)
    warnings += avoided.warnings
    allowed = on_canvases(brief, artworks, warnings) & avoided.allowed
    lift: AudienceLift | None = None
    if index.has("tags"):
        tags = read_tags(index)
        seen = {platform for _, platform in tags.shown}
        unknown = [platform for platform in brief.platforms if platform not in seen]
        if unknown:
            warnings.append(f"no performance is known on platform {', '.join(unknown)}")
        lift = audience_lift(tags, audience.weights, brief.platforms)
    else:
        warnings.append("this index has no performance: exemplars are chosen by relevance alone")
    affinity = title_affinity(index, audience, artworks)
    return Match(brief, text, audience, relevance, allowed, lift, affinity, sized, tuple(warnings))
