"""What a generation consists of, table by table; StoreError where it cannot be written."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from index.build.attributes import carry_attributes
from index.build.audience import AudienceTables
from index.build.bridge import Lesson, learn_bridge
from index.build.collection import ENCODED, VECTOR_SPACES
from index.build.evidence import look_names, look_of, write_look, write_standing
from index.build.gather import Gathered
from index.build.perceived import write_perceived
from index.build.titles import Titles, predictor_arrays
from index.catalogue.catalogue import Catalogue
from index.catalogue.timed import counts_by_exposure, counts_by_time
from index.encoders import Encoder
from index.encoders.bridge import Bridge
from index.features.concepts.emotion import EmotionReader
from index.features.title import name_titles
from index.performance.fatigue import fatigue_by_age, fatigue_by_exposure
from index.performance.second_outcome import tag_second_outcome
from index.performance.tags import (
    Spreads,
    no_tags,
    places,
    spread_table,
    tag_by_canvas,
    tag_slices,
)
from index.query.bridge import BridgeSkill, same_bridge
from index.records import ALL, FloatMatrix, Progress
from index.store import Index, IndexWriter
from index.store.labels import ARTWORK_LABELS, artwork_labels

USUAL_SPREAD = 0.3
"""Spread of artworks inside titles, log-odds, where too few titles tell."""
AT_ONCE = 8_192
"""Pictures whose vectors and features are put together at a time, to bound memory."""


def write_pictures(
    writer: IndexWriter,
    catalogue: Catalogue,
    artworks: pd.DataFrame,
    gathered: Gathered,
    encoder: Encoder,
    faces: EmotionReader | None,
    titles: Titles,
    before: Index | None,
    named: Mapping[str, str],
    seed: int,
    progress: Progress,
) -> tuple[BridgeSkill, list[str]]:
    """Artworks with a readable picture, in the order of the catalogue, and all about them.

    Args:
        artworks: these, a row per row of what is gathered.
        gathered: what is known of their pictures.
        faces: read the faces, if anything did.
        titles: their texts, which pictures are bridged to.
        named: as `names_before` gave it.

    Returns:
        How well words find pictures, and what of the generation before was lost, as sentences.
    """
    import pyarrow as pa

    table = pa.Table.from_pandas(artworks, preserve_index=False)
    names = pa.Table.from_pandas(catalogue.titles[["title_id", "name"]], preserve_index=False)
    writer.write_table("artworks", table)
    writer.write_labels(ARTWORK_LABELS, artwork_labels(table, names))
    skipped = [(one.path, one.reason) for one in gathered.skipped]
    writer.write_table("skipped", pd.DataFrame(skipped, columns=["path", "reason"], dtype="str"))
    names_of = catalogue.titles.set_index("title_id")["name"]
    names_of_own = artworks["title_id"].map(names_of).fillna("").tolist()
    own_names = [
        None if named.get(content) == name else name
        for content, name in zip(gathered.hashes, names_of_own, strict=True)
    ]
    spaces, arrays = _write_measured(writer, artworks, own_names, gathered)
    width, height = arrays["size"].T
    images = artworks[["artwork_id"]].assign(
        content_hash=gathered.hashes, width=width, height=height
    )
    writer.write_table("images", images)
    bridge, skill = _cross_bridge(writer, artworks, spaces, titles, encoder, seed)
    encoded, spaces["shared"] = spaces["shared"], writer.vectors("shared")
    for space in spaces:
        writer.make_searchable(space, titles.vectors if space == "shared" else None)
    if "class_ids" in arrays and encoder.class_names is not None:
        classes = {name: arrays[name] for name in ("class_ids", "class_probabilities")}
        writer.write_arrays("classes", {**classes, "names": np.array(encoder.class_names, np.str_)})
    if "faces" in arrays:
        writer.write_arrays("faces", {"faces": arrays["faces"]})
    seen = {"shared": encoded, **arrays}
    write_perceived(writer, artworks, seen, encoder, faces, before, progress)
    lost = carry_attributes(writer, artworks, spaces, encoder, before, same_bridge(before, bridge))
    if before is not None:
        before.forget_tables()
    return skill, lost


def names_before(before: Index | None) -> dict[str, str]:
    """By content hash, the name of the title whose lettering was looked for in a known picture.

    Args:
        before: the generation whose features are taken over, if this program made it.
    """
    if before is None:
        return {}
    names = before.table("titles", ("title_id", "name")).to_pandas().set_index("title_id")["name"]
    own = before.table("artworks", ("title_id",)).to_pandas()["title_id"].map(names).fillna("")
    hashes = before.table("images", ("content_hash",))["content_hash"].to_pylist()
    # The first artwork with a picture is the one whose features are taken over.
    return dict(zip(reversed(hashes), reversed(own.tolist()), strict=True))


def _cross_bridge(
    writer: IndexWriter,
    artworks: pd.DataFrame,
    spaces: dict[str, FloatMatrix],
    titles: Titles,
    encoder: Encoder,
    seed: int,
) -> tuple[Bridge | None, BridgeSkill]:
    """Learn the bridge from pictures to words, and write the vectors that have crossed it."""
    rows = {title: row for row, title in enumerate(titles.texts["title_id"])}
    features = spaces.get("image", spaces["shared"])
    names = sorted({genre for genres in titles.genres for genre in genres})
    lesson = Lesson(
        features=features,
        encoded=spaces["shared"],
        title_of=artworks["title_id"].map(rows).to_numpy(np.int32),
        texts=titles.vectors,
        genres=titles.genres,
        genre_texts=dict(
            zip(names, encoder.embed_texts([name.lower() for name in names]), strict=True)
        )
        if names
        else {},
    )
    bridge, skill = learn_bridge(lesson, seed)
    arrays = skill.to_arrays()
    if bridge is None:
        writer.rename_vectors(ENCODED, "shared")
    else:
        arrays |= bridge.to_arrays()
        with writer.growing_vectors("shared", spaces["shared"].shape) as add:
            for at in range(0, len(artworks), AT_ONCE):
                own = slice(at, at + AT_ONCE)
                add(bridge.apply(features[own], spaces["shared"][own]))
    writer.write_arrays("bridge", arrays)
    return bridge, skill


def _write_measured(
    writer: IndexWriter, artworks: pd.DataFrame, names: list[str | None], gathered: Gathered
) -> tuple[dict[str, FloatMatrix], dict[str, npt.NDArray[Any]]]:
    """Vectors and features, in blocks, to limit memory.

    Returns:
        The vectors by space, mapped from their files, and the small arrays.
    """
    import pyarrow as pa

    ids = pa.array(artworks["artwork_id"].tolist(), pa.large_string())
    total, small = len(gathered.hashes), defaultdict(list)
    measured: list[str] = []
    vectors: dict[str, Callable[[FloatMatrix], None]] = {}
    with ExitStack() as files:
        add_features = files.enter_context(writer.growing_table("features"))
        for at in range(0, total, AT_ONCE):
            part = gathered.known.gather(gathered.hashes[at : at + AT_ONCE])
            features = name_titles(part.features, names[at : at + AT_ONCE])
            add_features(features.add_column(0, "artwork_id", ids.slice(at, AT_ONCE)))
            measured = features.column_names
            small["look"].append(look_of(features))
            for name, rows in part.arrays.items():
                if name not in VECTOR_SPACES:
                    small[name].append(rows)
                    continue
                if name not in vectors:
                    file = ENCODED if name == "shared" else name
                    shape = (total, rows.shape[1])
                    vectors[name] = files.enter_context(writer.growing_vectors(file, shape))
                vectors[name](rows)
    arrays = {name: np.concatenate(blocks) for name, blocks in small.items()}
    write_look(writer, look_names(measured), arrays.pop("look"))
    files_of = {"shared": ENCODED, "image": "image"}
    return {space: writer.vectors(files_of[space]) for space in vectors}, arrays


def write_titles(
    writer: IndexWriter, catalogue: Catalogue, titles: Titles, audience: AudienceTables, seed: int
) -> None:
    """Titles, their texts and vectors, and the predictor of affinities."""
    writer.write_table("titles", catalogue.titles)
    writer.write_table("texts", titles.texts)
    writer.write_vectors("titles", titles.vectors, searchable=False)
    predictor = predictor_arrays(titles, audience, seed)
    if predictor is not None:
        writer.write_arrays("predictor", predictor)


def write_audience(
    writer: IndexWriter, catalogue: Catalogue, audience: AudienceTables, artworks: pd.DataFrame
) -> pd.DataFrame | None:
    """Clusters, members, affinities, cells, and tags by slice, canvas and second outcome.

    Tags compare an artwork with all others of its title, also with those whose picture cannot be
    read; only tags of `artworks` are kept.

    Returns:
        What slices were shrunk by, as `spread_table` has it; None without performance.
    """
    tables = {
        "clusters": audience.clusters,
        "members": audience.members,
        "criterion": audience.criterion,
        "affinity": audience.affinity,
        "cells": audience.cells,
    }
    for name, table in tables.items():
        if table is not None:
            writer.write_table(name, table)
    if audience.cells is None:
        return None
    spreads = spread_table(_write_tags(writer, audience.cells, catalogue.artworks, artworks))
    more = {
        "canvas_tags": tag_by_canvas(audience.cells, catalogue.artworks),
        "watching": tag_second_outcome(audience.cells, catalogue.artworks),
    }
    for name, table in more.items():
        if table is not None:
            kept = places(table["artwork_id"], artworks["artwork_id"]) >= 0
            writer.write_table(name, table[kept].reset_index(drop=True))
    writer.write_table("spreads", spreads)
    return spreads


def _write_tags(
    writer: IndexWriter, cells: pd.DataFrame, every: pd.DataFrame, artworks: pd.DataFrame
) -> list[Spreads]:
    """Tags of `artworks` among all others, a slice at a time, and how they stand with everyone."""
    import pyarrow as pa

    spreads: list[Spreads] = []
    everyone = no_tags()
    with writer.growing_table("tags") as add:
        told = places(every["artwork_id"], artworks["artwork_id"]) >= 0
        for tags, spread in tag_slices(cells, every, told=told):
            add(pa.Table.from_pandas(tags, preserve_index=False))
            spreads.append(spread)
            if spread["cluster"] == spread["platform"] == ALL:
                everyone = tags
        if not spreads:
            add(pa.Table.from_pandas(everyone, preserve_index=False))
    write_standing(writer, everyone, artworks)
    return spreads


def write_times(
    writer: IndexWriter,
    catalogue: Catalogue,
    members: pd.DataFrame | None,
    spreads: pd.DataFrame | None,
) -> None:
    """When artworks were shown, and how they wear off, where the catalogue says when.

    Args:
        spreads: as `write_audience` gave them.

    Raises:
        InputError: dates can be read in two ways.
    """
    timed = None if spreads is None else counts_by_time(catalogue)
    if spreads is None or timed is None or timed.empty:
        return
    whole = spreads[(spreads["cluster"] == ALL) & (spreads["platform"] == ALL)]["spread"]
    spread = float(whole.iloc[0]) if len(whole) and whole.notna().all() else USUAL_SPREAD
    ends = timed["start"] + pd.to_timedelta(timed["days"], unit="D")
    shown = timed.assign(end=ends).groupby("artwork_id", as_index=False)
    writer.write_table("shown", shown.agg(first=("start", "min"), last=("end", "max")))
    told = [fatigue_by_age(timed, catalogue.artworks, spread)]
    exposed, _ = counts_by_exposure(catalogue, members)
    if exposed is not None:
        told.append(fatigue_by_exposure(exposed, catalogue.artworks, spread))
    found = [table for table in told if table is not None]
    if found:
        writer.write_table("fatigue", pd.concat(found, ignore_index=True))
