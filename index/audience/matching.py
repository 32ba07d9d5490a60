"""Which learned cluster is which of the clusters that the performance table names."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from index.audience.clusters import MemberClusters

Floats = npt.NDArray[np.float64]

PERMUTATIONS = 499
LARGEST_P_VALUE = 0.01
FEWEST_TITLES = 8


@dataclass(frozen=True, slots=True)
class Matching:
    """A one-to-one match of learned to given clusters.

    Attributes:
        mapping: cluster (learned), given, correlation, p_value; one row per pair.
        accepted: as many learned as given clusters, each pair is the other's best, and no pair's
            correlation is one that chance reaches (p ≤ 0.01, corrected for the number of pairs
            that could be chosen from).
        reason: a clause that says why, or why not.
    """

    mapping: pd.DataFrame
    accepted: bool
    reason: str


def match_clusters(
    learned: MemberClusters,
    learned_affinity: pd.DataFrame,
    given_affinity: pd.DataFrame,
    *,
    seed: int = 7,
) -> Matching:
    """Match clusters by what they watch.

    Pairs are chosen so that the correlations of their affinities over the titles known to both
    sum to the most (Kuhn 1955). The p-value of a pair is how often the best correlation of *any*
    two clusters is as large when the given table's titles are shuffled (Westfall & Young 1993,
    max-T), so trying every pairing earns nothing.

    Args:
        learned: the clusters to be matched; all of them take part.
        learned_affinity, given_affinity: title_id, cluster, affinity.
    """
    from scipy.optimize import linear_sum_assignment

    ids = [str(cluster) for cluster in learned.clusters["cluster"]]
    mine = learned_affinity.pivot_table(index="title_id", columns="cluster", values="affinity")
    theirs = given_affinity.pivot_table(index="title_id", columns="cluster", values="affinity")
    mine, theirs = mine.reindex(columns=ids).align(theirs.dropna(), join="inner", axis=0)
    names = [str(cluster) for cluster in theirs.columns]
    if len(mine) < FEWEST_TITLES:
        empty = pd.DataFrame({"cluster": [], "given": [], "correlation": [], "p_value": []}).astype(
            {"cluster": object, "given": object}
        )
        return Matching(empty, False, f"only {len(mine)} titles are known to both")
    left, right = _standardised(mine.to_numpy(np.float64)), _standardised(theirs.to_numpy())
    correlation = left.T @ right / len(mine)
    rows, columns = linear_sum_assignment(-correlation)
    draws = np.random.default_rng(seed)
    chance = np.array(
        [
            (left.T @ right[draws.permutation(len(mine))] / len(mine)).max()
            for _ in range(PERMUTATIONS)
        ]
    )
    chosen = correlation[rows, columns]
    p_values = (1 + (chance[None, :] >= chosen[:, None]).sum(axis=1)) / (1 + PERMUTATIONS)
    mapping = pd.DataFrame(
        {
            "cluster": [ids[row] for row in rows],
            "given": [names[column] for column in columns],
            "correlation": chosen,
            "p_value": p_values,
        }
    )
    mutual = (correlation.argmax(axis=1)[rows] == columns) & (
        correlation.argmax(axis=0)[columns] == rows
    )
    if len(ids) != len(names):
        reason = f"{len(ids)} learned clusters cannot be {len(names)} given ones"
    elif not mutual.all():
        reason = "some clusters resemble more than one"
    elif (p_values > LARGEST_P_VALUE).any():
        reason = "some clusters resemble each other no more than by chance"
    else:
        reason = f"what they watch correlates by {chosen.min():.2f} or more"
        return Matching(mapping, True, reason)
    return Matching(mapping, False, reason)


def rename_clusters(learned: MemberClusters, mapping: pd.DataFrame) -> MemberClusters:
    """Give learned clusters the given ids; the name keeps both: "thrill (Thriller · Horror)".

    Args:
        learned: the clusters to rename; ids that are not in the mapping stay.
        mapping: cluster (learned), given.
    """
    given = dict(zip(mapping["cluster"], mapping["given"], strict=True))
    own = learned.clusters["cluster"].map(given)
    clusters = learned.clusters.assign(
        cluster=own.fillna(learned.clusters["cluster"]),
        name=(own + " (" + learned.clusters["name"] + ")").fillna(learned.clusters["name"]),
    )
    members = learned.members.assign(
        cluster=learned.members["cluster"].map(given).fillna(learned.members["cluster"])
    )
    return replace(learned, members=members, clusters=clusters)


def _standardised(values: Floats) -> Floats:
    centred = values - values.mean(axis=0)
    sd = centred.std(axis=0)
    return np.asarray(np.divide(centred, sd, out=np.zeros_like(centred), where=sd > 0))
