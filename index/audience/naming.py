"""What a cluster over-watches, in the words of the catalogue."""

from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt
import pandas as pd

from index.audience.affinity import estimate_spread
from index.records import ALL

ONE_SIDED_95 = 1.6449
NAME_TERMS, TOP_GENRES, TOP_TITLES = 2, 3, 5
SHARE_OF_FIRST = 0.35


def over_watched_terms(plays: pd.DataFrame, titles: pd.DataFrame) -> pd.DataFrame:
    """Genres and tags that each cluster watches more than everyone does, surest first.

    A term's log ratio of play shares is uncertain for two reasons: few plays, and few titles
    (one odd title is not a taste). Both enter its variance, the second through the spread of
    the cluster's rates over the titles of a term; terms of a single title are left out. The
    ratios of all terms are then shrunk towards 0 by the spread they have among themselves
    (DerSimonian & Laird moments), so a rare genre wins only where it has earned it.

    Args:
        plays: title_id, cluster, plays, effective_plays as `plays_by_cluster` gives them.
        titles: title_id, and `|`-joined genres and tags where they are known.

    Returns:
        cluster, term, column, log_ratio (shrunken), low (one-sided 95% bound), kept where
        low > 0, and sorted by cluster and falling low. A word that is both genre and tag
        counts once, as the genre.
    """
    terms = _terms_of_titles(titles)
    grid = plays.pivot_table(
        index="title_id", columns="cluster", values="effective_plays", aggfunc="sum", fill_value=0
    )
    raw = plays.groupby("title_id")["plays"].sum().reindex(grid.index).to_numpy(np.float64)
    observed = grid.to_numpy(np.float64)
    expected = raw[:, None] / max(raw.sum(), 1) * observed.sum(axis=0)
    terms = terms[terms["title_id"].isin(grid.index)]
    terms = terms[terms.groupby("key")["title_id"].transform("size") > 1]
    if terms.empty:
        return pd.DataFrame(columns=["cluster", "term", "column", "log_ratio", "low"])
    rows = grid.index.get_indexer(pd.Index(terms["title_id"]))
    codes, keys = pd.factorize(terms["key"], sort=True)
    words = terms.drop_duplicates("key").set_index("key").loc[keys, ["term", "column"]]
    tables = [
        _log_ratios(observed[rows, c], expected[rows, c], codes, len(keys)).assign(
            cluster=cluster, term=words["term"].to_numpy(), column=words["column"].to_numpy()
        )
        for c, cluster in enumerate(grid.columns)
    ]
    table = pd.concat(tables, ignore_index=True)
    table = table[table["low"] > 0].sort_values(
        ["cluster", "low", "term"], ascending=[True, False, True], ignore_index=True
    )
    return table[["cluster", "term", "column", "log_ratio", "low"]]


def top_genres(terms: pd.DataFrame, clusters: list[str]) -> list[list[str]]:
    """The surest over-watched genres of each cluster, in the order of `clusters`."""
    genres = terms[terms["column"] == "genres"]
    return [genres.loc[genres["cluster"] == c, "term"].head(TOP_GENRES).tolist() for c in clusters]


def top_titles(affinity: pd.DataFrame, clusters: list[str]) -> list[list[str]]:
    """Ids of the titles each cluster surely over-watches (low > 0), strongest bound first."""
    sure = affinity[affinity["low"] > 0].sort_values(["low", "title_id"], ascending=[False, True])
    return [sure.loc[sure["cluster"] == c, "title_id"].head(TOP_TITLES).tolist() for c in clusters]


def cluster_names(terms: pd.DataFrame, clusters: list[str]) -> list[str]:
    """Names such as "Romance · Drama", all different, in the order of `clusters`.

    The second term is used when its bound is not far below the first's. Clusters that would
    share a name get further terms, then a number; one with no sure term is "Mixed tastes".
    """
    names: list[str] = []
    for cluster in clusters:
        own = terms[terms["cluster"] == cluster]
        words, lows = own["term"].tolist(), own["low"].tolist()
        wanted = sum(low >= SHARE_OF_FIRST * lows[0] for low in lows[:NAME_TERMS])
        longer = [" · ".join(words[:n]) for n in range(max(wanted, 1), len(words) + 1)]
        fresh = [name for name in longer if name not in names]
        names.append(fresh[0] if fresh else _unused((longer or ["Mixed tastes"])[0], " ", names))
    return names


def cluster_ids(names: list[str]) -> list[str]:
    """Slugs of names, all different and none of them the word for every cluster."""
    taken = [ALL]
    for name in names:
        slug = re.sub(r"[\W_]+", "-", name.casefold()).strip("-") or "cluster"
        taken.append(_unused(slug, "-", taken))
    return taken[1:]


def _unused(word: str, joint: str, taken: list[str]) -> str:
    candidates = [word, *(f"{word}{joint}{n}" for n in range(2, len(taken) + 3))]
    return next(candidate for candidate in candidates if candidate not in taken)


def _terms_of_titles(titles: pd.DataFrame) -> pd.DataFrame:
    """title_id, column, term, key (case-folded term): one row per title × different term."""
    parts = [
        pd.DataFrame(
            {
                "title_id": titles["title_id"],
                "column": column,
                "term": titles[column].fillna("").astype(str).str.split("|"),
            }
        ).explode("term")
        for column in ("genres", "tags")
        if column in titles
    ]
    if not parts:
        return pd.DataFrame(columns=["title_id", "column", "term", "key"])
    terms = pd.concat(parts, ignore_index=True)
    terms["term"] = terms["term"].str.strip()
    terms["key"] = terms["term"].str.casefold()
    return terms[terms["key"].ne("")].drop_duplicates(["title_id", "key"], ignore_index=True)


def _log_ratios(
    observed: npt.NDArray[np.float64],
    expected: npt.NDArray[np.float64],
    codes: npt.NDArray[np.intp],
    size: int,
) -> pd.DataFrame:
    """Shrunken log ratio and its bound, a row per term, from title × term rows."""
    o, e = np.bincount(codes, observed, size), np.bincount(codes, expected, size)
    squares = np.bincount(codes, expected**2, size)
    ratio = np.log((o + 0.5) / (e + 0.5))
    concentration = np.divide(squares, e**2, out=np.ones(size), where=e > 0)
    spread = estimate_spread(observed, expected * np.exp(ratio)[codes])
    spread *= len(codes) / (len(codes) - size)
    variance = 1 / (o + 0.5) + spread * concentration
    w = 1 / variance
    between = max((float((w * ratio**2).sum()) - size) / float(w.sum()), 0.0)
    kept = between / (between + variance)
    log_ratio = kept * ratio
    low = log_ratio - ONE_SIDED_95 * np.sqrt(kept * variance)
    return pd.DataFrame({"log_ratio": log_ratio, "low": low})
