"""Fitting the levers of a generation to its catalogue."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from index.features.levers.fit import fit_levers, levers_table
from index.features.levers.lever import Lever
from index.query.levers import LEVERS, VALUES
from index.store import IndexWriter


def write_levers(writer: IndexWriter, artworks: pd.DataFrame, levers: Sequence[Lever]) -> None:
    """Keep the levers' definitions, how this catalogue turns them, and every artwork's values.

    Args:
        writer: of a generation whose features are written.
        artworks: artwork_id, title_id; a row per row of the features.
    """
    wanted = sorted({name for lever in levers for name in lever.members})
    table = writer.table("features", wanted)
    features = {
        name: table[name].cast("float64").to_numpy(zero_copy_only=False).astype(np.float64)
        for name in table.column_names
    }
    fitted = fit_levers(levers, features, artworks["title_id"].to_numpy())
    values = artworks[["artwork_id"]].copy()
    for one in fitted:
        features[one.lever.name] = one.values(features)
        values[one.lever.name] = features[one.lever.name].astype(np.float32)
    writer.write_table(LEVERS, levers_table(levers, fitted))
    writer.write_table(VALUES, values)
