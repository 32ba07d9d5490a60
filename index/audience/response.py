"""Groups of members who answer artwork alike, whatever they watch.

Of every member and artwork, what is left of the plays once the title is taken out (both how much
the member plays the title and how much everyone plays the artwork) is factored; members are placed
along the factors that shuffled answers do not reach, and grouped there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from index.audience.clusters import MemberClusters, named_clusters
from index.audience.grouping import group, try_numbers
from index.errors import InputError

Floats = npt.NDArray[np.float64]

MOST_FACTORS, SHUFFLES = 6, 40
LARGEST_NUMBER, MEMBERS_PER_CLUSTER = 8, 25
FEWEST_MEMBERS = 50
NO_RESPONSE = "one cluster: members do not answer artwork differently beyond chance"


@dataclass(frozen=True, slots=True)
class Answers:
    """What members' answers to artwork leave once titles are taken out.

    Attributes:
        members, artworks: ids of rows and columns.
        titles: (artworks,) codes of their titles.
        left: (members, artworks) sparse: plays less those expected, over the sd of that.
    """

    members: npt.NDArray[Any]
    artworks: npt.NDArray[Any]
    titles: npt.NDArray[np.intp]
    left: Any


def learn_response_clusters(
    pairs: pd.DataFrame,
    artworks: pd.DataFrame,
    titles: pd.DataFrame,
    *,
    n_clusters: int | None = None,
    seed: int = 7,
) -> MemberClusters:
    """Group members by how they answer artwork.

    Args:
        pairs: member_id, artwork_id, impressions, plays.
        artworks: artwork_id, title_id.
        titles: title_id, genres, tags: the words that clusters are named with.
        n_clusters: the number of clusters, or None to choose it as `learn_clusters` does.
        seed: of everything random.

    Raises:
        InputError: too few members saw two artworks of one title.
    """
    answers = answers_of(pairs, artworks)
    if len(answers.members) < FEWEST_MEMBERS:
        raise InputError(
            f"only {len(answers.members)} members were shown two artworks of one title",
            hint="cluster by viewing instead",
        )
    points = _placed(answers, seed, needed=n_clusters or 0)
    number, criterion = n_clusters or 1, None
    chosen_by = f"{n_clusters} clusters by response, as asked" if n_clusters else NO_RESPONSE
    most = min(LARGEST_NUMBER, len(points) // MEMBERS_PER_CLUSTER)
    if n_clusters is None and points.shape[1] and most >= 2:
        criterion = try_numbers(points, range(2, most + 1), seed)
        best = criterion.loc[criterion["chosen"]].iloc[0]
        number = int(best["clusters"])
        chosen_by = (
            f"{number} clusters by response: the largest stability × silhouette "
            f"({best['stability']:.2f} × {best['silhouette']:.2f}) of 2 to {most}"
        )
    codes = group(points, number, seed) if points.shape[1] else np.zeros(len(points), np.intp)
    members = pd.DataFrame({"member_id": answers.members, "cluster": codes.astype(str)})
    members["cluster"] = members["cluster"].astype(object)
    title = pairs["artwork_id"].map(artworks.set_index("artwork_id")["title_id"])
    watched = pairs.assign(title_id=title).groupby(["member_id", "title_id"], as_index=False)
    played = watched[["plays"]].sum()
    return named_clusters(members, played, titles, criterion, chosen_by)


def answers_of(pairs: pd.DataFrame, artworks: pd.DataFrame) -> Answers:
    """What is left of plays once each member's title and each artwork are taken out."""
    from scipy.sparse import csr_matrix

    table = pairs.groupby(["member_id", "artwork_id"], as_index=False)[["impressions", "plays"]]
    rows = table.sum()
    rows["title"] = rows["artwork_id"].map(artworks.set_index("artwork_id")["title_id"])
    rows = rows[rows["title"].notna()]
    of_title = rows.groupby(["member_id", "title"], sort=False)
    rows = rows[of_title["artwork_id"].transform("size") > 1]
    of_title = rows.groupby(["member_id", "title"], sort=False)
    seen, played = (of_title[name].transform("sum") for name in ("impressions", "plays"))
    rate = (played + 0.5) / (seen + 1)
    left = rows["plays"] - rows["impressions"] * played / seen
    share = left.groupby(rows["artwork_id"]).transform("sum") / rows.groupby("artwork_id")[
        "impressions"
    ].transform("sum")
    left = left - rows["impressions"] * share
    sd = np.sqrt(rows["impressions"] * rate * (1 - rate) * (1 - rows["impressions"] / seen))
    member, ids = pd.factorize(rows["member_id"], sort=True)
    artwork, shown = pd.factorize(rows["artwork_id"], sort=True)
    values = left.to_numpy(np.float64) / np.maximum(np.asarray(sd, np.float64), 1e-6)
    matrix = csr_matrix((values, (member, artwork)), (len(ids), len(shown)))
    title_of = artworks.set_index("artwork_id")["title_id"]
    codes = pd.factorize(title_of.reindex(shown))[0]
    return Answers(np.asarray(ids), np.asarray(shown), codes, matrix)


def _placed(answers: Answers, seed: int, *, needed: int) -> Floats:
    """Members (n, factors) along the factors that answers shuffled among members do not reach."""
    from sklearn.decomposition import TruncatedSVD

    most = min(MOST_FACTORS, min(answers.left.shape) - 1)
    if most < 1:
        return np.zeros((len(answers.members), 0))
    svd = TruncatedSVD(most, n_iter=7, random_state=seed).fit(answers.left)
    noise = _shuffled(answers, seed)
    factors = int((svd.singular_values_ > noise).sum())
    kept = svd.components_[: min(most, max(factors, 1 if needed > 1 else 0))]
    answered = np.sqrt(np.maximum(np.diff(answers.left.indptr), 1))
    placed: Floats = np.asarray(answers.left @ kept.T, np.float64) / answered[:, None]
    return placed


def _shuffled(answers: Answers, seed: int) -> float:
    """Largest singular value when a member's answers to each title are turned round by chance.

    What binds answers inside a title stays (they add up to nothing there); what binds a member's
    answers to different titles goes.
    """
    from scipy.sparse import csr_matrix
    from sklearn.decomposition import TruncatedSVD

    entries, draws, largest = answers.left.tocoo(), np.random.default_rng(seed), 0.0
    titles = int(answers.titles.max()) + 1
    _, block = np.unique(
        entries.row.astype(np.int64) * titles + answers.titles[entries.col], return_inverse=True
    )
    for number in range(SHUFFLES):
        turned = entries.data * draws.choice([-1.0, 1.0], int(block.max()) + 1)[block]
        shuffled = csr_matrix((turned, (entries.row, entries.col)), entries.shape)
        svd = TruncatedSVD(1, n_iter=4, random_state=seed + number).fit(shuffled)
        largest = max(largest, float(svd.singular_values_[0]))
    return largest


def repeatability(pairs: pd.DataFrame, artworks: pd.DataFrame, members: pd.DataFrame) -> float:
    """How alike a grouping's answers to artwork are in two halves of the impressions.

    The correlation, over clusters and artworks and weighted by impressions, of what the cluster's
    answers leave once titles and artworks are taken out: 0 where clusters answer alike.

    Args:
        pairs: member_id, artwork_id, half, impressions, plays.
        artworks: artwork_id, title_id.
        members: member_id, cluster.
    """
    cluster = pairs["member_id"].map(members.set_index("member_id")["cluster"])
    rows = pairs.assign(cluster=cluster)[cluster.notna()]
    halves = []
    for half in (0, 1):
        own = rows[rows["half"] == half].groupby(["cluster", "artwork_id"], as_index=False)
        cells = own[["impressions", "plays"]].sum().rename(columns={"cluster": "member_id"})
        names = answers_of(cells, artworks)
        found = names.left.tocoo()
        halves.append(
            pd.Series(
                found.data,
                index=pd.MultiIndex.from_arrays(
                    [names.members[found.row], names.artworks[found.col]]
                ),
            )
        )
    both = pd.concat(halves, axis=1, join="inner").to_numpy()
    if len(both) < 10 or (both.std(axis=0) == 0).any():
        return 0.0
    return float(np.corrcoef(both.T)[0, 1])
