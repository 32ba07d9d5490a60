"""Placing members by taste, and how many groups they fall into."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.intp]

LARGEST_DIMENSIONS = 50
SHUFFLES, HALVES = 3, 5
MOST_LEARNED_FROM = 100_000
"""Members that the dimensions are learned from; of a larger audience, so many drawn by chance."""
SAMPLE, SILHOUETTE_SAMPLE = 6_000, 2_000
STARTS, TRIAL_STARTS = 10, 3


def play_matrix(
    interactions: pd.DataFrame,
) -> tuple[npt.NDArray[Any], npt.NDArray[Any], Any]:
    """Ids (n,) of members with plays, of titles that are played, and the sparse counts of both."""
    from scipy.sparse import csr_matrix

    played = interactions[interactions["plays"] > 0]
    rows, members = pd.factorize(played["member_id"], sort=True)
    columns, titles = pd.factorize(played["title_id"], sort=True)
    values = played["plays"].to_numpy(np.float64)
    shape = (len(members), len(titles))
    counts = csr_matrix((values, (rows, columns)), shape)
    return np.asarray(members), np.asarray(titles), counts


def embed(counts: Any, seed: int, *, needed: int) -> tuple[Floats, int]:
    """Place members by taste.

    TF-IDF of 1 + log plays, truncated SVD, unit length. The dimensions kept are the one that all
    members share and those whose singular values exceed what shuffled plays reach (parallel
    analysis, Horn 1965). Dimensions are learned from at most `MOST_LEARNED_FROM` members; everyone
    is placed along them.

    Args:
        counts: (n, titles) sparse plays.
        needed: the fewest dimensions to keep, where there are so many.

    Returns:
        Unit rows (n, d), and in how many dimensions tastes differ beyond chance.
    """
    from sklearn.decomposition import TruncatedSVD
    from sklearn.feature_extraction.text import TfidfTransformer
    from sklearn.preprocessing import normalize

    weighted = TfidfTransformer(sublinear_tf=True).fit_transform(counts)
    most = min(LARGEST_DIMENSIONS, min(counts.shape) - 1)
    if most < 2:
        return np.asarray(weighted.toarray(), dtype=np.float64), 0
    some: slice | Codes = slice(None)
    if counts.shape[0] > MOST_LEARNED_FROM:
        draws = np.random.default_rng(seed)
        some = np.sort(draws.choice(counts.shape[0], MOST_LEARNED_FROM, replace=False))
    svd = TruncatedSVD(most, n_iter=7, random_state=seed).fit(weighted[some])
    noise = _shuffled_singular_value(counts[some], seed)
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


def group(points: Floats, number: int, seed: int, starts: int = STARTS) -> Codes:
    """K-means cluster (n,) of each point, the best of `starts` starts."""
    return np.asarray(_k_means(points, number, seed, starts).labels_, dtype=np.intp)


def _k_means(points: Floats, number: int, seed: int, starts: int) -> Any:
    import warnings

    from sklearn.cluster import KMeans
    from sklearn.exceptions import ConvergenceWarning

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return KMeans(number, n_init=starts, random_state=seed).fit(points)


def try_numbers(points: Floats, numbers: range, seed: int) -> pd.DataFrame:
    """Stability and silhouette of each number of clusters.

    Stability is the mean adjusted Rand index between groupings of all members learned on two
    disjoint halves (after Ben-Hur, Elisseeff & Guyon 2002), silhouette that of Rousseeuw 1987;
    their product is the score. Large audiences are sampled.

    Returns:
        clusters, stability, silhouette, score, chosen (True on the row of the best score).
    """
    from sklearn.metrics import adjusted_rand_score, silhouette_score

    draws = np.random.default_rng(seed)
    order = draws.permutation(len(points))[:SAMPLE]
    sample = points[order]
    splits = [draws.permutation(len(sample)) for _ in range(HALVES)]
    middle = len(sample) // 2
    rows = []
    for number in numbers:
        labels = group(sample, number, seed, TRIAL_STARTS)
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
