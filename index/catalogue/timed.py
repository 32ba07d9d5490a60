"""When artwork was shown: counts by day or period, and by how often a member had seen it."""

from __future__ import annotations

import pandas as pd

from index.catalogue.aggregate import scanning
from index.catalogue.catalogue import Catalogue
from index.catalogue.counts import read_counts
from index.catalogue.faults import of_known_artworks
from index.catalogue.impression_log import flag_sql
from index.catalogue.periods import periods_of
from index.io.date_words import day_sql
from index.io.table_file import TableFile
from index.io.table_scan import Scan, as_text

WEEK = 7
EXPOSURE_ROWS = 5_000_000
"""Impressions of which the order is looked at; of a longer log, those of some members."""
PAIR_ROWS = 20_000_000
"""Impressions that members are grouped by."""
MOST_EXPOSURES = 12
STOPS = 0.5
"""Members are no longer shown a title that they played where another impression follows a play
less often than this share of how often one follows any other impression."""


def counts_by_time(catalogue: Catalogue) -> pd.DataFrame | None:
    """Counts of every artwork by period, or by week of a log.

    Returns:
        artwork_id, start (first day), days (length), impressions, plays; None where the catalogue
        says nothing of time.
    """
    source = catalogue.performance or catalogue.impressions
    column = "period" if catalogue.performance is not None else "shown_at"
    if source is None or column not in source.columns:
        return None
    with scanning(catalogue, source) as scan:
        if catalogue.performance is not None:
            return _by_period(scan, catalogue)
        return _by_week(scan, catalogue)


def _by_period(scan: Scan, catalogue: Catalogue) -> pd.DataFrame | None:
    counted = read_counts(scan, catalogue)
    rows = counted.rows(
        "SELECT artwork_id, period, sum(impressions) AS impressions, sum(plays) AS plays "
        "FROM counted WHERE period <> '' GROUP BY ALL ORDER BY ALL"
    )
    periods = periods_of(rows["period"].unique().tolist(), scan.source)
    if not periods:
        return None
    starts = {value: pd.Timestamp(one.start) for value, one in periods.items()}
    days = {value: one.days for value, one in periods.items()}
    timed = rows.assign(start=rows["period"].map(starts), days=rows["period"].map(days))
    return timed[["artwork_id", "start", "days", "impressions", "plays"]]


def _by_week(scan: Scan, catalogue: Catalogue) -> pd.DataFrame | None:
    day = day_sql(scan, "shown_at")
    if day is None:
        scan.source.notes.append("shown_at is no date, so nothing is said of time")
        return None
    played = played_sql(scan.source)
    rows = scan.rows(
        f"SELECT {as_text(scan.source, 'artwork_id')} AS artwork_id, "
        f"date_trunc('week', {day}) AS start, count(*) AS impressions, sum({played}) AS plays "
        f"FROM {{source}} WHERE {day} IS NOT NULL GROUP BY ALL ORDER BY ALL"
    )
    rows = of_known_artworks(rows, scan.source, catalogue)
    rows["start"] = pd.to_datetime(rows["start"])
    return rows.assign(days=WEEK)[["artwork_id", "start", "days", "impressions", "plays"]]


def counts_by_exposure(
    catalogue: Catalogue, members: pd.DataFrame | None
) -> tuple[pd.DataFrame | None, str]:
    """Counts of every artwork by how often the member had been shown it, and its title, before.

    Args:
        members: member_id, cluster; others have the cluster "".

    Returns:
        artwork_id, cluster, title_shown and shown (1 at the first time), impressions, plays; or
        None and why there are none, "" where the catalogue has no log with times.
    """
    source = catalogue.impressions
    if source is None or "shown_at" not in source.columns:
        return None, ""
    with scanning(catalogue, source) as scan:
        when = day_sql(scan, "shown_at", time=True)
        if when is None:
            return None, ""
        every = _one_in(scan, EXPOSURE_ROWS)
        scan.connection.register("titles_of", catalogue.artworks[["artwork_id", "title_id"]])
        held = pd.DataFrame({"member_id": [], "cluster": []}) if members is None else members
        scan.connection.register("clusters_of", held.astype("str"))
        member = as_text(source, "member_id")
        scan.rows(
            f"CREATE TEMP TABLE ordered AS SELECT artwork_id, title_id, played, "
            f"coalesce(cluster, '') AS cluster, "
            f"row_number() OVER (PARTITION BY member_id, title_id ORDER BY moment, place) "
            f"AS title_shown, row_number() OVER (PARTITION BY member_id, artwork_id "
            f"ORDER BY moment, place) AS shown, lead(1) OVER (PARTITION BY member_id, title_id "
            f"ORDER BY moment, place) AS again FROM (SELECT {member} AS member_id, "
            f"{as_text(source, 'artwork_id')} AS artwork_id, {played_sql(source)} AS played, "
            f"{when} AS moment, row_number() OVER () AS place FROM {{source}} "
            f"WHERE hash({member}) % {every} = 0) JOIN titles_of USING (artwork_id) "
            "LEFT JOIN clusters_of USING (member_id)"
        )
        after = scan.one(
            "SELECT avg(coalesce(again, 0)) FILTER (played = 1), "
            "avg(coalesce(again, 0)) FILTER (played = 0) FROM ordered"
        )
        if after[0] is not None and after[1] and after[0] < STOPS * after[1]:
            return None, "members are hardly shown a title again after they played it"
        rows = scan.rows(
            f"SELECT artwork_id, cluster, title_shown, shown, count(*) AS impressions, "
            f"sum(played) AS plays FROM ordered WHERE title_shown <= {MOST_EXPOSURES} "
            "GROUP BY ALL ORDER BY ALL"
        )
        return rows, ""


def pairs_of_members(catalogue: Catalogue) -> pd.DataFrame | None:
    """How members answered artworks, in two halves of their impressions drawn by chance.

    Of a long log, the impressions of some members.

    Returns:
        member_id, artwork_id, half (0 or 1), impressions, plays; None without a log.
    """
    source = catalogue.impressions
    if source is None:
        return None
    with scanning(catalogue, source) as scan:
        every = _one_in(scan, PAIR_ROWS)
        member, artwork = as_text(source, "member_id"), as_text(source, "artwork_id")
        rows = scan.rows(
            f"SELECT member_id, artwork_id, half, count(*) AS impressions, sum(played) AS plays "
            f"FROM (SELECT {member} AS member_id, {artwork} AS artwork_id, "
            f"{played_sql(source)} AS played, hash({member}, {artwork}, row_number() OVER ()) % 2 "
            f"AS half FROM {{source}} WHERE hash({member}) % {every} = 0) "
            f"GROUP BY ALL ORDER BY member_id, artwork_id, half"
        )
    return of_known_artworks(rows, source, catalogue)


def _one_in(scan: Scan, most: int) -> int:
    """One member in so many is looked at, for no more than `most` impressions."""
    total = int(scan.rows("SELECT count(*) AS n FROM {source}")["n"].iloc[0])
    return max(1, -(-total // most))


def played_sql(source: TableFile) -> str:
    """SQL of whether an impression was played, as 0 or 1."""
    return f"coalesce({flag_sql(source, 'played')}, 0)"
