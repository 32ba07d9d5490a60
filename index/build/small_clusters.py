"""Member clusters too small to be spoken of: what a few people watch could point to them."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from index.audience.clusters import MemberClusters

SMALLEST = 50
"""Members that a cluster must have to be reported."""


def withhold_small(
    found: MemberClusters, smallest: int
) -> tuple[MemberClusters | None, frozenset[str]]:
    """The clusters of at least `smallest` members (None without any), and the ids of the others.

    Members of a withheld cluster have no cluster: they count in what is said of all members.
    """
    sizes = found.clusters["members"]
    large = found.clusters["cluster"][sizes.isna() | (sizes >= smallest)]
    small = frozenset(found.clusters["cluster"]) - frozenset(large)
    if not small:
        return found, small
    if large.empty:
        return None, small
    kept = {
        name: table[table["cluster"].isin(large)].reset_index(drop=True)
        for name, table in (("members", found.members), ("clusters", found.clusters))
    }
    return replace(found, members=kept["members"], clusters=kept["clusters"]), small


def without_clusters(cells: pd.DataFrame, clusters: frozenset[str]) -> pd.DataFrame:
    """Cells in which these clusters have no name: their counts stand under no cluster."""
    if not clusters & set(cells["cluster"]):
        return cells
    keys = ["artwork_id", "cluster", "platform", "country"]
    unnamed = cells.assign(cluster=cells["cluster"].where(~cells["cluster"].isin(clusters), ""))
    return unnamed.groupby(keys, as_index=False, sort=True).sum()


def say_withheld(count: int, smallest: int) -> str:
    """The sentence that tells of it; it does not name them."""
    are = "1 member cluster has" if count == 1 else f"{count} member clusters have"
    return (
        f"{are} fewer than {smallest} members and nothing is reported for such a small group alone"
    )
