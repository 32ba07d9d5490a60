"""How artwork did among the artwork of its own canvas: a vertical poster against vertical ones."""

from __future__ import annotations

import pandas as pd

from index.performance.tags import tag_performance


def tag_by_canvas(cells: pd.DataFrame, artworks: pd.DataFrame) -> pd.DataFrame | None:
    """Tags of every artwork in the slice of its canvas, over all clusters and platforms.

    Args:
        cells: counts per artwork × cluster × platform × country.
        artworks: artwork_id, title_id, canvas.

    Returns:
        The columns of `TagTable.tags` for the slice all × all, and canvas; None where artworks
        carry fewer than two canvases.
    """
    canvases = sorted(set(artworks["canvas"].str.strip()) - {""})
    if len(canvases) < 2:
        return None
    told = []
    for canvas in canvases:
        own = artworks[artworks["canvas"].str.strip() == canvas]
        tagged = tag_performance(cells, own.reset_index(drop=True), every_slice=False)
        told.append(tagged.tags.assign(canvas=canvas))
    found: pd.DataFrame = pd.concat(told, ignore_index=True)
    return found
