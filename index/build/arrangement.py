"""Arranging a generation's artwork by look: in themes, and on a map."""

from __future__ import annotations

import numpy as np
import pandas as pd

from index.query.arrangement import ATLAS, THEME_GROUPS, THEMES
from index.records import Progress
from index.store import Index, IndexWriter
from index.store.layout import table_file, vectors_file
from index.vectors.atlas import place_artworks
from index.vectors.groups import group_artworks


def write_arrangement(
    writer: IndexWriter, artworks: pd.DataFrame, seed: int, progress: Progress
) -> None:
    """Keep which theme each artwork belongs to, and where it lies on the map.

    Where neither pictures nor their titles changed, both are taken over from the generation before.

    Args:
        writer: of a generation whose vectors are written.
        artworks: artwork_id, title_id; a row per row of the vectors.
    """
    from threadpoolctl import threadpool_limits

    space = "image" if writer.has_vectors("image") else "shared"
    if writer.is_unchanged(vectors_file(space)) and _same_titles(writer.current, artworks, seed):
        writer.keep(table_file(name) for name in (THEMES, THEME_GROUPS, ATLAS))
        return
    vectors = writer.vectors(space)
    progress("arranging", 0, 2)
    with threadpool_limits(1):
        groups = group_artworks(vectors, pd.factorize(artworks["title_id"])[0], seed=seed)
    progress("arranging", 1, 2)
    ids = artworks["artwork_id"].to_numpy(object)
    names = groups.names(ids)
    known = np.isfinite(groups.nearness)
    writer.write_table(
        THEMES,
        artworks[["artwork_id"]].assign(
            theme=[names[label] if label >= 0 else "" for label in groups.label],
            nearness=np.where(known, groups.nearness, np.nan).astype(np.float32),
        ),
    )
    writer.write_table(THEME_GROUPS, pd.DataFrame({"theme": names, "stability": groups.stability}))
    places = place_artworks(vectors, seed)
    writer.write_table(ATLAS, artworks[["artwork_id"]].assign(x=places[:, 0], y=places[:, 1]))
    progress("arranging", 2, 2)


def _same_titles(before: Index | None, artworks: pd.DataFrame, seed: int) -> bool:
    """Whether the generation before arranged artwork of the same titles, by the same seed."""
    columns = ["artwork_id", "title_id"]
    if before is None or before.manifest.options.get("seed") != seed or not before.has(THEMES):
        return False
    known = before.table("artworks", columns).to_pandas()
    return bool(known.astype(object).equals(artworks[columns].astype(object)))
