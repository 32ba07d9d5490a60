"""How much more, or less, a cluster watches a title than all members do.

A cell's plays are taken as Poisson around what it would be if every cluster watched alike, times
a relative rate that varies from title to title by a gamma distribution. The gamma's spread is
estimated per cluster by maximum likelihood, so titles with few plays are drawn to "as everyone"
(Clayton & Kaldor 1987, Biometrics 43:671, empirical Bayes estimates of relative rates).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from index.audience.grouping import play_matrix

Floats = npt.NDArray[np.float64]

COLUMNS = ("title_id", "cluster", "affinity", "low", "high", "plays")
LEVEL = 0.90
SMALLEST_SPREAD, LARGEST_SPREAD = 1e-5, 10.0
SWEEPS, TOLERANCE = 200, 1e-10


def plays_by_cluster(interactions: pd.DataFrame, members: pd.DataFrame) -> pd.DataFrame:
    """Count what each cluster played.

    Args:
        interactions: member_id, title_id, plays; repeated rows add up.
        members: member_id, cluster. Members with no cluster ("" or absent) are left out.

    Returns:
        title_id, cluster, plays, effective_plays: every title that was played × every cluster,
        zeros included. Effective plays are plays over the cluster's mean plays of a play,
        Σw²/Σw over members × titles: a member's fifty episodes of one title are not fifty
        people, and count as fewer independent plays.
    """
    from scipy.sparse import csr_matrix

    known = members.loc[members["cluster"].fillna("").ne(""), ["member_id", "cluster"]]
    codes, clusters = pd.factorize(known["cluster"], sort=True)
    ids, titles, counts = play_matrix(interactions)
    at = pd.Index(known["member_id"]).get_indexer(pd.Index(ids))
    own = np.flatnonzero(at >= 0)
    belongs = csr_matrix(
        (np.ones(len(own)), (codes[at[own]], own)), shape=(len(clusters), len(ids))
    )
    plays = np.asarray((belongs @ counts).toarray())
    squared = np.asarray(belongs @ counts.power(2).sum(axis=1)).ravel()
    total = plays.sum(axis=1)
    per_play = np.divide(squared, total, out=np.ones(len(clusters)), where=total > 0)
    played = plays.any(axis=0)
    grid = pd.MultiIndex.from_product([titles[played], clusters], names=["title_id", "cluster"])
    whole = plays[:, played].T.astype(np.int64)
    table = pd.DataFrame(
        {"plays": whole.ravel(), "effective_plays": (whole / per_play).ravel()}, index=grid
    ).reset_index()
    return table


def title_affinity(plays: pd.DataFrame) -> pd.DataFrame:
    """Affinity of each cluster to each title from what was watched.

    The plays expected of a cluster on a title are the title's plays times the cluster's share of
    all plays, so affinity is the log of the cluster's share of viewing that the title has over
    the share it has with everyone.

    Args:
        plays: title_id, cluster, plays and, where known, effective_plays (see
            `plays_by_cluster`); a missing title × cluster is no plays.

    Returns:
        title_id, cluster, affinity, low, high (log relative rate; 0 is "as everyone"), plays;
        sorted by title and cluster.
    """
    effective = plays["effective_plays"] if "effective_plays" in plays else plays["plays"]
    counts = plays.assign(effective_plays=effective)
    counts = counts.groupby(["title_id", "cluster"])[["plays", "effective_plays"]].sum()
    grid = pd.MultiIndex.from_product(
        [np.sort(plays[name].unique()) for name in ("title_id", "cluster")],
        names=["title_id", "cluster"],
    )
    counts = counts.reindex(grid, fill_value=0)
    shape = tuple(len(values) for values in grid.levels)
    raw = counts["plays"].to_numpy(np.float64).reshape(shape)
    observed = counts["effective_plays"].to_numpy(np.float64).reshape(shape)
    total = raw.sum()
    per_effective = observed.sum(axis=0) / np.maximum(raw.sum(axis=0), 1)
    shares = raw.sum(axis=0) / total if total else np.zeros(shape[1])
    expected = raw.sum(axis=1, keepdims=True) * shares * per_effective
    return _affinities(grid, raw, observed, expected)


def affinity_from_performance(cells: pd.DataFrame, artworks: pd.DataFrame) -> pd.DataFrame:
    """Affinity of each cluster to each title from impressions and plays of artworks.

    Who was shown a title was decided by the service, not by the member, so only the answer to
    an impression counts. The plays expected are impressions × a rate of the title × a rate of
    the cluster × a rate of the platform, the rates fitted so that each title's, cluster's and
    platform's plays come out exactly (iterative proportional fitting, Deming & Stephan 1940).
    What is left over in a title × cluster is its affinity.

    Args:
        cells: artwork_id, cluster, platform, impressions, plays, effective_impressions,
            effective_plays; cells with no cluster ("") are left out.
        artworks: artwork_id, title_id.

    Returns:
        As `title_affinity`; a title that was never shown to a cluster has affinity 0 there with
        the full spread of the cluster's titles as its interval.
    """
    shown = cells[cells["cluster"].ne("") & (cells["effective_impressions"] > 0)].merge(
        artworks[["artwork_id", "title_id"]], on="artwork_id", how="inner"
    )
    keys = ["title_id", "cluster", "platform"]
    amounts = ["effective_impressions", "effective_plays", "plays"]
    slices = shown.groupby(keys, as_index=False)[amounts].sum()
    codes = [pd.factorize(slices[key], sort=True) for key in keys]
    played = slices["effective_plays"].to_numpy(np.float64)
    slices["expected"] = _main_effects(
        slices["effective_impressions"].to_numpy(np.float64), played, [code for code, _ in codes]
    )
    grid = pd.MultiIndex.from_product([codes[0][1], codes[1][1]], names=keys[:2])
    wanted = ["plays", "effective_plays", "expected"]
    sums = slices.groupby(keys[:2])[wanted].sum().reindex(grid, fill_value=0)
    shape = tuple(len(values) for values in grid.levels)
    raw, observed, expected = (sums[name].to_numpy(np.float64).reshape(shape) for name in wanted)
    return _affinities(grid, raw, observed, expected)


def estimate_spread(observed: Floats, expected: Floats) -> float:
    """Variance of the relative rates around 1, by maximum likelihood of the gamma-Poisson.

    Args:
        observed: (n,) counts, not necessarily whole.
        expected: (n,) counts under "as everyone".
    """
    from scipy.optimize import minimize_scalar
    from scipy.special import gammaln

    known = expected > 0
    o, e = observed[known], expected[known]
    if len(o) < 2:
        return SMALLEST_SPREAD

    def loss(log_spread: float) -> float:
        shape = np.exp(-log_spread)
        terms = (
            gammaln(o + shape)
            - gammaln(shape)
            + shape * np.log(shape)
            - (o + shape) * np.log(shape + e)
            + o * np.log(e)
        )
        return -float(terms.sum())

    bounds = (np.log(SMALLEST_SPREAD), np.log(LARGEST_SPREAD))
    return float(np.exp(minimize_scalar(loss, bounds=bounds, method="bounded").x))


def _affinities(
    grid: pd.MultiIndex, raw: Floats, observed: Floats, expected: Floats
) -> pd.DataFrame:
    from scipy.special import gammaincinv

    spreads = [estimate_spread(o, e) for o, e in zip(observed.T, expected.T, strict=True)]
    prior = 1 / np.array(spreads)
    shape, rate = prior + observed, prior + expected
    tail = (1 - LEVEL) / 2
    values = {
        "affinity": np.log(shape / rate),
        "low": np.log(np.maximum(gammaincinv(shape, tail) / rate, np.finfo(float).tiny)),
        "high": np.log(gammaincinv(shape, 1 - tail) / rate),
        "plays": np.rint(raw).astype(np.int64),
    }
    table = pd.DataFrame({name: value.ravel() for name, value in values.items()}, index=grid)
    return table.reset_index()[list(COLUMNS)]


def _main_effects(offset: Floats, observed: Floats, factors: list[npt.NDArray[np.intp]]) -> Floats:
    """Expected counts (n,) with every factor's margins equal to the observed ones."""
    sizes = [int(codes.max(initial=-1)) + 1 for codes in factors]
    margins = [
        np.bincount(codes, observed, size) for codes, size in zip(factors, sizes, strict=True)
    ]
    expected = offset.copy()
    for _ in range(SWEEPS):
        worst = 0.0
        for codes, size, margin in zip(factors, sizes, margins, strict=True):
            fitted = np.bincount(codes, expected, size)
            ratio = np.divide(margin, fitted, out=np.zeros(size), where=fitted > 0)
            expected *= ratio[codes]
            worst = max(worst, float(np.abs(ratio[margin > 0] - 1).max(initial=0.0)))
        if worst < TOLERANCE:
            break
    return expected
