"""Counts per artwork × cluster × platform × country, straight from the file by DuckDB."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pandas as pd

from index.catalogue.catalogue import Catalogue
from index.catalogue.counts import read_counts
from index.catalogue.impression_log import add_up_log, no_time
from index.catalogue.schemas import KEYS, MEMORY_LIMIT, OUTCOMES
from index.catalogue.tables import named_as_in
from index.io.table_file import TableFile
from index.io.table_scan import Scan


def aggregate_performance(
    catalogue: Catalogue, members: pd.DataFrame | None, *, half_life: float | None = None
) -> pd.DataFrame | None:
    """Cells of a catalogue's performance or impressions file; None when it has neither.

    A log of impressions is never held in memory: DuckDB streams it, joins each member's cluster
    and sums. Where the log gives the propensity of each impression, counts for estimation are
    self-normalised inverse-propensity weights: an effective size of (Σw)²/Σw² (Kish 1965) at the
    weighted take fraction Σwy/Σw (Hájek 1971).

    Rows that restate others, and rows of artworks that the catalogue does not have, are left out;
    the file's notes say how many.

    Args:
        members: member_id, cluster; used for a log only. A member it does not name, and every
            member when it is None, has the cluster "".
        half_life: days after which an impression weighs half as much for estimation, counted back
            from the last one; None for all alike.

    Returns:
        artwork_id, cluster, platform, country, impressions and plays (int64),
        effective_impressions and effective_plays (float64), and completions or minutes (float64)
        where the file has them; sorted by the first four.

    Raises:
        InputError: the first row with an impossible value, rows that may restate others, or ids
            of which none is known.
    """
    source = catalogue.performance or catalogue.impressions
    if source is None:
        return None
    with scanning(catalogue, source) as scan:
        if catalogue.performance is not None:
            cells = _add_up_counts(scan, catalogue, half_life)
        else:
            cells = add_up_log(scan, catalogue, members, half_life)
    return _cells(cells)


@contextmanager
def scanning(catalogue: Catalogue, source: TableFile) -> Iterator[Scan]:
    """A table of a catalogue in DuckDB, which keeps to some memory and spills the rest to disk."""
    import duckdb

    with (
        named_as_in(catalogue.folder, source.path.parent),
        tempfile.TemporaryDirectory() as spill,
        duckdb.connect() as connection,
    ):
        connection.execute(f"SET memory_limit = '{MEMORY_LIMIT}'")
        connection.execute("SET temp_directory = ?", [spill])
        yield Scan(connection, source)


def _add_up_counts(scan: Scan, catalogue: Catalogue, half_life: float | None) -> pd.DataFrame:
    counted = read_counts(scan, catalogue)
    effective, played = "sum(impressions)", "sum(plays)"
    if half_life is not None:
        if "ends" not in counted.rows("SELECT * FROM counted LIMIT 0").columns:
            raise no_time(scan.source, "period")
        weight = f"pow(0.5, date_diff('day', ends, (SELECT max(ends) FROM periods)) / {half_life})"
        size = f"pow(sum({weight} * impressions), 2) / sum({weight} * {weight} * impressions)"
        effective = f"coalesce({size}, 0)"
        rate = f"sum({weight} * plays) / sum({weight} * impressions)"
        played = f"coalesce({size} * {rate}, 0)"
    sums = ", ".join(f"sum({name}) AS {name}" for name in counted.measures)
    keys = [name if name in counted.dimensions else f"'' AS {name}" for name in KEYS]
    return counted.rows(
        f"SELECT {', '.join(keys)}, {sums}, {effective} AS effective_impressions, "
        f"{played} AS effective_plays FROM counted GROUP BY ALL"
    )


def _cells(cells: pd.DataFrame) -> pd.DataFrame:
    """Sorted, with exact types; effective counts are rounded as threads sum in any order."""
    whole = {name: cells[name].astype("int64") for name in ("impressions", "plays")}
    parts = {
        name: np.round(cells[name].astype("float64"), 6)
        for name in ("effective_impressions", "effective_plays", *OUTCOMES)
        if name in cells
    }
    return cells[list(KEYS)].assign(**whole, **parts).sort_values(list(KEYS), ignore_index=True)
