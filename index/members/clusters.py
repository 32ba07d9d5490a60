"""Groups of members who watch alike, learned from interactions or taken as given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from index.errors import InputError
from index.members.affinity import plays_by_cluster, title_affinity
from index.members.naming import (
    cluster_ids,
    cluster_names,
    over_watched_terms,
    top_genres,
    top_titles,
)
from index.records import ALL

if TYPE_CHECKING:
    import pandas as pd

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.intp]

LARGEST_NUMBER, MEMBERS_PER_CLUSTER, LARGEST_DIMENSIONS = 10, 10, 50
SHUFFLES, HALVES = 3, 5
SAMPLE, SILHOUETTE_SAMPLE = 6_000, 2_000
STARTS, TRIAL_STARTS = 10, 3


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

    Plays are weighted by TF-IDF (1 + log plays), reduced by truncated SVD to the dimensions
    whose singular values exceed those of shuffled plays (parallel analysis, Horn 1965), scaled to
    unit length and grouped by k-means. Where the number is not given, 2 to 10 are tried, and the
    one with the largest stability × silhouette is taken: stability is the mean adjusted Rand
    index between groupings of all members learned on two disjoint halves (after Ben-Hur,
    Elisseeff & Guyon 2002), silhouette that of Rousseeuw 1987. Members who do not differ
    beyond chance form one cluster.

    Args:
        interactions: member_id, title_id, plays; repeated rows add up, rows of no plays are
            ignored and members with no plays get no cluster.
        titles: title_id, genres, tags: the words that clusters are named with.
        n_clusters: the number of clusters, or None to choose it.
        seed: of everything random; the same input and seed give the same clusters.

    Raises:
        InputError: nobody played anything, or n_clusters cannot be had from these members.
    """
    members, titles_played, counts = _play_matrix(interactions)
    if not members.size:
        raise InputError("nobody plays anything", column="plays", mend="give plays of titles")
    if n_clusters is not None and not 1 <= n_clusters <= members.size:
        raise InputError(
            f"{n_clusters} clusters cannot be made of {members.size} members with plays",
            mend=f"ask for 1 to {members.size}",
        )
    points, dimensions = _embed(counts, seed, needed=n_clusters or 0)
    most = min(LARGEST_NUMBER, members.size // MEMBERS_PER_CLUSTER)
    if n_clusters is not None:
        number, criterion = n_clusters, _no_criterion()
        chosen_by = f"{n_clusters} clusters, as asked"
    elif dimensions == 0 or most < 2:
        number, criterion = 1, _no_criterion()
        why = "tastes do not differ beyond chance" if most >= 2 else "too few members to part"
        chosen_by = f"one cluster: {why}"
    else:
        criterion = _criterion(points, range(2, most + 1), seed)
        number = int(criterion.loc[criterion["chosen"], "clusters"].iloc[0])
        best = criterion.loc[criterion["chosen"]].iloc[0]
        chosen_by = (
            f"{number} clusters: the largest stability × silhouette "
            f"({best['stability']:.2f} × {best['silhouette']:.2f}) of 2 to {most}"
        )
    codes = _group(points, number, seed, STARTS)
    if np.unique(codes).size < number:
        raise InputError(
            f"{number} clusters cannot be made: "
            f"members show only {np.unique(codes).size} different tastes",
            mend=f"ask for at most {np.unique(codes).size}",
        )
    return _named(members, codes, interactions, titles, criterion, chosen_by)


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
            mend="give it another name",
        )
    ids = _by_size(table["cluster"])
    clusters = _describe(table, ids, ids, interactions, titles)
    return MemberClusters(table, clusters, _no_criterion(), f"{len(ids)} clusters, as given")


def _play_matrix(interactions: pd.DataFrame) -> tuple[npt.NDArray[Any], npt.NDArray[Any], Any]:
    """Ids of members (n,) and of titles (m,) with plays, and the (n, m) sparse counts."""
    import pandas as pd
    from scipy.sparse import csr_matrix

    played = interactions[interactions["plays"] > 0]
    rows, members = pd.factorize(played["member_id"], sort=True)
    columns, titles = pd.factorize(played["title_id"], sort=True)
    values = played["plays"].to_numpy(np.float64)
    shape = (len(members), len(titles))
    return np.asarray(members), np.asarray(titles), csr_matrix((values, (rows, columns)), shape)


def _embed(counts: Any, seed: int, *, needed: int) -> tuple[Floats, int]:
    """Unit rows (n, d), and in how many dimensions tastes differ beyond chance."""
    from sklearn.decomposition import TruncatedSVD
    from sklearn.feature_extraction.text import TfidfTransformer
    from sklearn.preprocessing import normalize

    weighted = TfidfTransformer(sublinear_tf=True).fit_transform(counts)
    most = min(LARGEST_DIMENSIONS, min(counts.shape) - 1)
    if most < 2:
        return np.asarray(weighted.toarray(), dtype=np.float64), 0
    svd = TruncatedSVD(most, n_iter=7, random_state=seed).fit(weighted)
    noise = _shuffled_singular_value(counts, seed)
    dimensions = int((svd.singular_values_[1:] > noise).sum())
    kept = svd.components_[: min(most, max(dimensions + 1, needed, 2))]
    return np.asarray(normalize(weighted @ kept.T), dtype=np.float64), dimensions


def _shuffled_singular_value(counts: Any, seed: int) -> float:
    """Largest second singular value when members and titles keep their plays but not who what."""
    from scipy.sparse import csr_matrix
    from sklearn.decomposition import TruncatedSVD
    from sklearn.feature_extraction.text import TfidfTransformer

    pairs = counts.tocoo()
    draws = np.random.default_rng(seed)
    values = []
    for _ in range(SHUFFLES):
        shuffled = csr_matrix(
            (pairs.data, (pairs.row, draws.permutation(pairs.col))), shape=counts.shape
        )
        weighted = TfidfTransformer(sublinear_tf=True).fit_transform(shuffled)
        svd = TruncatedSVD(2, n_iter=7, random_state=seed).fit(weighted)
        values.append(float(svd.singular_values_[1]))
    return max(values)


def _group(points: Floats, number: int, seed: int, starts: int) -> Codes:
    return np.asarray(_k_means(points, number, seed, starts).labels_, dtype=np.intp)


def _k_means(points: Floats, number: int, seed: int, starts: int) -> Any:
    import warnings

    from sklearn.cluster import KMeans
    from sklearn.exceptions import ConvergenceWarning

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return KMeans(number, n_init=starts, random_state=seed).fit(points)


def _criterion(points: Floats, numbers: range, seed: int) -> pd.DataFrame:
    import pandas as pd
    from sklearn.metrics import adjusted_rand_score, silhouette_score

    draws = np.random.default_rng(seed)
    order = draws.permutation(len(points))[:SAMPLE]
    sample = points[order]
    splits = [draws.permutation(len(sample)) for _ in range(HALVES)]
    middle = len(sample) // 2
    rows = []
    for number in numbers:
        labels = _group(sample, number, seed, TRIAL_STARTS)
        agreements = [
            adjusted_rand_score(
                *(
                    _k_means(sample[half], number, seed, TRIAL_STARTS).predict(sample)
                    for half in (split[:middle], split[middle:])
                )
            )
            for split in splits
        ]
        shown = slice(SILHOUETTE_SAMPLE)
        parted = np.unique(labels[shown]).size > 1
        silhouette = float(silhouette_score(sample[shown], labels[shown])) if parted else 0.0
        rows.append((number, float(np.mean(agreements)), silhouette))
    table = pd.DataFrame(rows, columns=["clusters", "stability", "silhouette"])
    table["score"] = table["stability"].clip(lower=0) * table["silhouette"].clip(lower=0)
    table["chosen"] = table.index == table["score"].idxmax()
    return table


def _no_criterion() -> pd.DataFrame:
    import pandas as pd

    kinds = {"clusters": int, "stability": float, "silhouette": float, "score": float}
    return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in kinds.items()}).assign(
        chosen=pd.Series(dtype=bool)
    )


def _by_size(labels: pd.Series[Any]) -> list[Any]:
    sizes = labels.value_counts().rename_axis("label").reset_index(name="size")
    ordered = sizes.sort_values(["size", "label"], ascending=[False, True])
    return list(ordered["label"])


def _named(
    member_ids: npt.NDArray[Any],
    codes: Codes,
    interactions: pd.DataFrame,
    titles: pd.DataFrame,
    criterion: pd.DataFrame,
    chosen_by: str,
) -> MemberClusters:
    import pandas as pd

    labels = pd.Series(codes).astype(str)
    members = pd.DataFrame({"member_id": member_ids, "cluster": labels})
    ordered = _by_size(labels)
    if len(ordered) == 1:
        names = ["All members"]
    else:
        terms = over_watched_terms(plays_by_cluster(interactions, members), titles)
        names = cluster_names(terms, ordered)
    ids = cluster_ids(names)
    members["cluster"] = members["cluster"].map(dict(zip(ordered, ids, strict=True)))
    clusters = _describe(members, ids, names, interactions, titles)
    return MemberClusters(members, clusters, criterion, chosen_by)


def _describe(
    members: pd.DataFrame,
    ids: list[str],
    names: list[str],
    interactions: pd.DataFrame | None,
    titles: pd.DataFrame,
) -> pd.DataFrame:
    import pandas as pd

    genres: list[list[str]] = [[] for _ in ids]
    favourites: list[list[str]] = [[] for _ in ids]
    if interactions is not None:
        plays = plays_by_cluster(interactions, members)
        known = title_affinity(plays)
        genres = top_genres(over_watched_terms(plays, titles), ids)
        favourites = top_titles(known[known["title_id"].isin(titles["title_id"])], ids)
    sizes = members["cluster"].value_counts().reindex(ids).astype("Int64")
    return pd.DataFrame(
        {
            "cluster": ids,
            "name": names,
            "members": sizes.to_numpy(),
            "top_genres": genres,
            "top_titles": favourites,
        }
    )
