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
from index.features.title import name_titles
from index.records import FloatMatrix, Progress
from index.store import Index, IndexWriter
from index.store.labels import ARTWORK_LABELS, artwork_labels
from index.store.layout import LEARNED, table_file

if TYPE_CHECKING:
    import pandas as pd

    from index.encoders import Encoder

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
    names = artworks["title_id"].map(catalogue.titles.set_index("title_id")["name"]).fillna("")
    spaces, arrays = _write_measured(writer, artworks, names.tolist(), gathered)
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
    writer: IndexWriter, artworks: pd.DataFrame, names: list[str], gathered: Gathered
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
            features = name_titles(part.features, names[at : at + AT_ONCE])
            add_features(features.add_column(0, "artwork_id", ids.slice(at, AT_ONCE)))
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
    """Clusters, members, affinities, cells and tags.

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

        tagged = tag_performance(audience.cells, catalogue.artworks)
        kept = tagged.tags["artwork_id"].isin(artworks["artwork_id"])
        writer.write_table("tags", tagged.tags[kept].reset_index(drop=True))
        writer.write_table("spreads", tagged.spreads)


def keep_learned(writer: IndexWriter) -> None:
    """What people found out since the last build, which no catalogue holds.

    Raises:
        StoreError: the folder cannot be written.
    """
    writer.keep(table_file(name) for name in LEARNED)
