"""What a generation consists of, table by table."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from index.build.attributes import carry_attributes
from index.build.audience import Audience
from index.build.collection import VECTOR_SPACES
from index.build.gather import Gathered
from index.build.perceived import write_perceived
from index.build.titles import Titles, predictor_arrays
from index.catalogue import Catalogue
from index.features.concepts.emotion import EmotionReader
from index.records import ALL, FloatMatrix, Progress
from index.store import Index, IndexWriter
from index.store.labels import ARTWORK_LABELS, artwork_labels
from index.store.layout import LEARNED, table_file

if TYPE_CHECKING:
    import pandas as pd

    from index.encoders import Encoder

USUAL_SPREAD = 0.3
"""Spread of artworks inside titles, log-odds, where too few titles tell."""
AT_ONCE = 32_768
"""Pictures whose vectors and features are put together at a time, to bound memory."""


def write_pictures(
    writer: IndexWriter,
    catalogue: Catalogue,
    gathered: Gathered,
    encoder: Encoder,
    faces: EmotionReader | None,
    words: FloatMatrix,
    before: Index | None,
    progress: Progress,
) -> tuple[pd.DataFrame, list[str]]:
    """Artworks with a readable picture, in the order of the catalogue, and all about them.

    Args:
        writer: of the generation.
        catalogue: names the artworks.
        gathered: what is known of their pictures.
        encoder: embedded them.
        faces: read the faces, if anything did.
        words: (texts, dimensions) of texts such as will be looked for.
        before: the generation before.
        progress: told how many of the encoder's texts are done.

    Returns:
        The artworks written, and what of the generation before was lost, as sentences.

    Raises:
        StoreError: the folder cannot be written.
    """
    import pandas as pd
    import pyarrow as pa

    artworks = catalogue.artworks.iloc[gathered.rows].reset_index(drop=True)
    table = pa.Table.from_pandas(artworks, preserve_index=False)
    titles = pa.Table.from_pandas(catalogue.titles[["title_id", "name"]], preserve_index=False)
    writer.write_table("artworks", table)
    writer.write_labels(ARTWORK_LABELS, artwork_labels(table, titles))
    skipped = [(one.path, one.reason) for one in gathered.skipped]
    writer.write_table("skipped", pd.DataFrame(skipped, columns=["path", "reason"], dtype="str"))
    spaces, arrays = _write_measured(writer, artworks, gathered)
    width, height = arrays["size"].T
    images = artworks[["artwork_id"]].assign(
        content_hash=gathered.hashes, width=width, height=height
    )
    writer.write_table("images", images)
    for space in spaces:
        writer.make_searchable(space, words if space == "shared" else None)
    if "class_ids" in arrays and encoder.class_names is not None:
        classes = {name: arrays[name] for name in ("class_ids", "class_probabilities")}
        writer.write_arrays("classes", {**classes, "names": np.array(encoder.class_names, np.str_)})
    if "faces" in arrays:
        writer.write_arrays("faces", {"faces": arrays["faces"]})
    write_perceived(writer, artworks, {**spaces, **arrays}, encoder, faces, before, progress)
    return artworks, carry_attributes(writer, artworks, spaces, encoder, before)


def _write_measured(
    writer: IndexWriter, artworks: pd.DataFrame, gathered: Gathered
) -> tuple[dict[str, FloatMatrix], dict[str, npt.NDArray[Any]]]:
    """Vectors and features, so many pictures at a time that memory holds no more.

    Returns:
        The vectors by space, mapped from their files, and the small arrays.
    """
    import pyarrow as pa

    ids = pa.array(artworks["artwork_id"].tolist(), pa.large_string())
    total, small = len(gathered.hashes), defaultdict(list)
    vectors: dict[str, Callable[[FloatMatrix], None]] = {}
    with ExitStack() as files:
        add_features = files.enter_context(writer.growing_table("features"))
        for at in range(0, total, AT_ONCE):
            part = gathered.known.gather(gathered.hashes[at : at + AT_ONCE])
            add_features(part.features.add_column(0, "artwork_id", ids.slice(at, AT_ONCE)))
            for name, rows in part.arrays.items():
                if name not in VECTOR_SPACES:
                    small[name].append(rows)
                    continue
                if name not in vectors:
                    shape = (total, rows.shape[1])
                    vectors[name] = files.enter_context(writer.growing_vectors(name, shape))
                vectors[name](rows)
    arrays = {name: np.concatenate(blocks) for name, blocks in small.items()}
    return {space: writer.vectors(space) for space in VECTOR_SPACES if space in vectors}, arrays


def write_titles(
    writer: IndexWriter, catalogue: Catalogue, titles: Titles, audience: Audience, seed: int
) -> None:
    """Titles, their texts and vectors, and the predictor of affinities.

    Raises:
        StoreError: the folder cannot be written.
    """
    writer.write_table("titles", catalogue.titles)
    writer.write_table("texts", titles.texts)
    writer.write_vectors("titles", titles.vectors, searchable=False)
    predictor = predictor_arrays(titles, audience, seed)
    if predictor is not None:
        writer.write_arrays("predictor", predictor)


def write_audience(
    writer: IndexWriter, catalogue: Catalogue, audience: Audience, artworks: pd.DataFrame
) -> None:
    """Clusters, members, affinities, cells, and tags by slice, canvas and second outcome.

    Tags compare an artwork with all others of its title, also with those whose picture cannot be
    read; only tags of `artworks` are kept.

    Raises:
        StoreError: the folder cannot be written.
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
    if audience.cells is not None:
        from index.performance import tag_performance
        from index.performance.canvas_slices import tag_by_canvas
        from index.performance.second_outcome import tag_second_outcome

        tagged = tag_performance(audience.cells, catalogue.artworks)
        more = {
            "tags": tagged.tags,
            "canvas_tags": tag_by_canvas(audience.cells, catalogue.artworks),
            "watching": tag_second_outcome(audience.cells, catalogue.artworks),
        }
        for name, table in more.items():
            if table is not None:
                kept = table["artwork_id"].isin(artworks["artwork_id"])
                writer.write_table(name, table[kept].reset_index(drop=True))
        writer.write_table("spreads", tagged.spreads)
        write_times(writer, catalogue, audience.members, tagged.spreads)


def write_times(
    writer: IndexWriter,
    catalogue: Catalogue,
    members: pd.DataFrame | None,
    spreads: pd.DataFrame,
) -> None:
    """When artworks were shown, and how they wear off, where the catalogue says when.

    Raises:
        InputError: dates can be read in two ways.
        StoreError: the folder cannot be written.
    """
    import pandas as pd

    from index.catalogue.timed import counts_by_exposure, counts_by_time
    from index.performance.fatigue import fatigue_by_age, fatigue_by_exposure

    timed = counts_by_time(catalogue)
    if timed is None or timed.empty:
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


def keep_learned(writer: IndexWriter) -> None:
    """What people found out since the last build, which no catalogue holds.

    Raises:
        StoreError: the folder cannot be written.
    """
    writer.keep(table_file(name) for name in LEARNED)
