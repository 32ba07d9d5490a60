"""Groups of members who watch alike, learned from interactions or taken as given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from index.audience.affinity import plays_by_cluster, title_affinity
from index.audience.grouping import embed, group, play_matrix, try_numbers
from index.audience.naming import (
    cluster_ids,
    cluster_names,
    over_watched_terms,
    top_genres,
    top_titles,
)
from index.errors import InputError
from index.records import ALL

LARGEST_NUMBER, MEMBERS_PER_CLUSTER = 10, 10


@dataclass(frozen=True, slots=True)
class MemberClusters:
    """Who belongs to which cluster and what the clusters are.

    Attributes:
        members: member_id, cluster; one row per member that has a cluster.
        clusters: cluster, name, members (Int64), top_genres, top_titles; largest first.
        criterion: the numbers of clusters tried: clusters, stability, silhouette, score,
            chosen; empty where nothing had to be chosen.
        chosen_by: one sentence that says how the number came about.
    """

    members: pd.DataFrame
    clusters: pd.DataFrame
    criterion: pd.DataFrame
    chosen_by: str


def learn_clusters(
    interactions: pd.DataFrame,
    titles: pd.DataFrame,
    *,
    n_clusters: int | None = None,
    seed: int = 7,
) -> MemberClusters:
    """Group members by what they play.

    Plays are weighted by TF-IDF, reduced by truncated SVD (see `embed`) and grouped by k-means.
    Where the number is not given, 2 to 10 are tried, and the one with the largest stability ×
    silhouette is taken (see `try_numbers`). Members who do not differ beyond chance form one
    cluster.

    Args:
        interactions: member_id, title_id, plays; repeated rows add up, rows of no plays are
            ignored and members with no plays get no cluster.
        titles: title_id, genres, tags: the words that clusters are named with.
        n_clusters: the number of clusters, or None to choose it.
        seed: of everything random; the same input and seed give the same clusters.

    Raises:
        InputError: nobody played anything, or n_clusters cannot be had from these members.
    """
    member_ids, _, counts = play_matrix(interactions)
    if not member_ids.size:
        raise InputError("nobody plays anything", column="plays", hint="give plays of titles")
    if n_clusters is not None and not 1 <= n_clusters <= member_ids.size:
        raise InputError(
            f"{n_clusters} clusters cannot be made of {member_ids.size} members with plays",
            hint=f"ask for 1 to {member_ids.size}",
        )
    points, dimensions = embed(counts, seed, needed=n_clusters or 0)
    most = min(LARGEST_NUMBER, member_ids.size // MEMBERS_PER_CLUSTER)
    if n_clusters is not None:
        number, criterion = n_clusters, _no_criterion()
        chosen_by = f"{n_clusters} clusters, as asked"
    elif dimensions == 0 or most < 2:
        number, criterion = 1, _no_criterion()
        why = "tastes do not differ beyond chance" if most >= 2 else "too few members to part"
        chosen_by = f"one cluster: {why}"
    else:
        criterion = try_numbers(points, range(2, most + 1), seed)
        number = int(criterion.loc[criterion["chosen"], "clusters"].iloc[0])
        best = criterion.loc[criterion["chosen"]].iloc[0]
        chosen_by = (
            f"{number} clusters: the largest stability × silhouette "
            f"({best['stability']:.2f} × {best['silhouette']:.2f}) of 2 to {most}"
        )
    codes = group(points, number, seed)
    found = np.unique(codes).size
    if found < number:
        raise InputError(
            f"{number} clusters cannot be made: members show only {found} different tastes",
            hint=f"ask for at most {found}",
        )
    members = pd.DataFrame({"member_id": member_ids, "cluster": codes.astype(str)})
    members["cluster"] = members["cluster"].astype(object)
    return named_clusters(members, interactions, titles, criterion, chosen_by)


def named_clusters(
    members: pd.DataFrame,
    interactions: pd.DataFrame,
    titles: pd.DataFrame,
    criterion: pd.DataFrame | None,
    chosen_by: str,
) -> MemberClusters:
    """Clusters under the words for what they over-watch, in place of numbers.

    Args:
        members: member_id, cluster.
        interactions: member_id, title_id, plays.
        titles: title_id, genres, tags.
        criterion: the numbers of clusters that were tried, if several were.
        chosen_by: how the number came about.
    """
    ordered = _by_size(members["cluster"])
    terms, *tops = _profile(plays_by_cluster(interactions, members), titles, ordered)
    names = cluster_names(terms, ordered) if len(ordered) > 1 else ["All members"]
    ids = cluster_ids(names)
    named = members.assign(cluster=members["cluster"].map(dict(zip(ordered, ids, strict=True))))
    tried = _no_criterion() if criterion is None else criterion
    return MemberClusters(named, _table(named, ids, names, *tops), tried, chosen_by)


def given_clusters(
    members: pd.DataFrame, interactions: pd.DataFrame | None, titles: pd.DataFrame
) -> MemberClusters:
    """Take clusters as the user gave them; a cluster's name is its id.

    Args:
        members: member_id, cluster; members with no cluster ("" or missing) are left out.
        interactions: member_id, title_id, plays, from which over-watched genres and titles are
            found; without them these are empty.
        titles: title_id, genres, tags.

    Raises:
        InputError: no member has a cluster, or a cluster bears the word for every cluster.
    """
    labels = members["cluster"].astype("string").fillna("").str.strip().astype(object)
    table = members[["member_id"]].assign(cluster=labels)
    table = table[table["cluster"].ne("")].reset_index(drop=True)
    if table.empty:
        raise InputError("no member has a cluster", column="cluster")
    if table["cluster"].eq(ALL).any():
        raise InputError(
            f"a cluster is called {ALL!r}, which stands for every cluster",
            column="cluster",
            hint="give it another name",
        )
    ids = _by_size(table["cluster"])
    tops: list[list[list[str]]] = [[[] for _ in ids], [[] for _ in ids]]
    if interactions is not None:
        _, *tops = _profile(plays_by_cluster(interactions, table), titles, ids)
    clusters = _table(table, ids, ids, *tops)
    return MemberClusters(table, clusters, _no_criterion(), f"{len(ids)} clusters, as given")


def _no_criterion() -> pd.DataFrame:
    kinds = {"clusters": int, "stability": float, "silhouette": float, "score": float}
    return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in kinds.items()}).assign(
        chosen=pd.Series(dtype=bool)
    )


def _by_size(labels: pd.Series[Any]) -> list[Any]:
    sizes = labels.value_counts().rename_axis("label").reset_index(name="size")
    ordered = sizes.sort_values(["size", "label"], ascending=[False, True])
    return list(ordered["label"])


def _profile(
    plays: pd.DataFrame, titles: pd.DataFrame, ids: list[str]
) -> tuple[pd.DataFrame, list[list[str]], list[list[str]]]:
    """Over-watched terms, and the top genres and top titles of each cluster of `ids`."""
    terms, known = over_watched_terms(plays, titles), title_affinity(plays)
    known = known[known["title_id"].isin(titles["title_id"])]
    return terms, top_genres(terms, ids), top_titles(known, ids)


def _table(
    members: pd.DataFrame,
    ids: list[str],
    names: list[str],
    genres: list[list[str]],
    favourites: list[list[str]],
) -> pd.DataFrame:
    sizes = members["cluster"].value_counts().reindex(ids).astype("Int64")
    columns = {"name": names, "members": sizes.array, "top_genres": genres}
    return pd.DataFrame({"cluster": ids, **columns, "top_titles": favourites})
