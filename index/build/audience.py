"""Who watches and how artwork did with them: clusters, affinities, cells and tags."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

import pandas as pd

from index.audience.affinity import affinity_from_performance, plays_by_cluster, title_affinity
from index.audience.clusters import MemberClusters, given_clusters, learn_clusters
from index.audience.matching import match_clusters, rename_clusters
from index.audience.naming import over_watched_terms, top_genres, top_titles
from index.audience.response import learn_response_clusters, repeatability
from index.build.small_clusters import SMALLEST, say_withheld, withhold_small, without_clusters
from index.catalogue.aggregate import aggregate_performance
from index.catalogue.catalogue import Catalogue
from index.catalogue.timed import pairs_of_members
from index.errors import InputError

NO_PERFORMANCE = "the catalogue has no performance, so no artwork can be called better or worse"
NO_CLUSTERS = "the catalogue says nothing of members, so all of them count as one audience"


@dataclass(frozen=True, slots=True)
class AudienceTables:
    """Tables about members and performance; None where the catalogue does not provide the data.

    Attributes:
        clusters: cluster, name, members, top_genres, top_titles.
        members: member_id, cluster.
        criterion: the numbers of clusters that were tried.
        affinity: title_id, cluster, affinity, low, high, plays.
        cells: counts per artwork × cluster × platform × country.
        warnings: what cannot be said, and what was decided.
    """

    clusters: pd.DataFrame | None = None
    members: pd.DataFrame | None = None
    criterion: pd.DataFrame | None = None
    affinity: pd.DataFrame | None = None
    cells: pd.DataFrame | None = None
    warnings: tuple[str, ...] = ()


def find_audience(
    catalogue: Catalogue,
    clusters: int | None,
    seed: int,
    smallest: int = SMALLEST,
    *,
    by_response: bool = False,
    half_life: float | None = None,
) -> AudienceTables:
    """Clusters as given, learned, or named by the performance table, and what each watches.

    Args:
        clusters: how many to learn; None to choose.
        smallest: clusters of fewer members are not reported.
        by_response: learn clusters from how members answer artwork, not from what they watch.
        half_life: days after which an impression counts half; None for all alike.

    Clusters that are learned while the performance table names its own take the names of those
    that they watch alike; where that match could be chance, the performance's clusters are used.
    Clusters of fewer than `smallest` members are not reported.

    Raises:
        InputError: a row of the performance table is wrong, or the clusters cannot be found.
    """
    compared: list[str] = []
    found = _grouped(catalogue, clusters, seed)
    if by_response:
        found, compared = _by_response(catalogue, found, clusters, seed)
    withheld: frozenset[str] = frozenset()
    if found is not None:
        found, withheld = withhold_small(found, smallest)
    members = None if found is None else found.members
    cells = aggregate_performance(catalogue, members, half_life=half_life)
    warnings = compared if cells is not None else [NO_PERFORMANCE]
    if withheld:
        warnings.append(say_withheld(len(withheld), smallest))
        cells = None if cells is None else without_clusters(cells, withheld)
    named = set() if cells is None else set(cells["cluster"].unique()) - {""}
    if found is not None and named - set(found.clusters["cluster"]):
        assert cells is not None
        found, reason = _reconciled(catalogue, found, cells, clusters, seed)
        if found is None:
            warnings.append(f"the performance table's own clusters are used: {reason}")
        else:
            found, withheld = withhold_small(found, smallest)
            if withheld:
                warnings.append(say_withheld(len(withheld), smallest))
                cells = without_clusters(cells, withheld)
                named -= withheld
    if found is not None:
        return _of_members(catalogue, found, cells, warnings)
    if cells is None or not named:
        return AudienceTables(cells=cells, warnings=(*warnings, NO_CLUSTERS))
    return _of_performance(catalogue, cells, warnings)


def _grouped(catalogue: Catalogue, clusters: int | None, seed: int) -> MemberClusters | None:
    if catalogue.members is not None:
        return given_clusters(catalogue.members, catalogue.interactions, catalogue.titles)
    if catalogue.interactions is None:
        return None
    return learn_clusters(catalogue.interactions, catalogue.titles, n_clusters=clusters, seed=seed)


def _by_response(
    catalogue: Catalogue, viewing: MemberClusters | None, clusters: int | None, seed: int
) -> tuple[MemberClusters, list[str]]:
    """Clusters by response, and how they compare with those by viewing, as sentences.

    Raises:
        InputError: there is no log, or too few members saw two artworks of one title.
    """
    pairs = pairs_of_members(catalogue)
    if pairs is None:
        raise InputError(
            "clusters by response need a log of impressions by member",
            path=catalogue.folder,
            hint="add impressions, or leave --clusters-by viewing",
        )
    learn = partial(learn_response_clusters, n_clusters=clusters, seed=seed)
    found = learn(pairs, catalogue.artworks, catalogue.titles)
    half = learn(pairs[pairs["half"] == 0], catalogue.artworks, catalogue.titles)
    own = repeatability(pairs, catalogue.artworks, half.members)
    told = [f"{found.chosen_by}; in impressions that they were not learned from, their answers to "
            f"artwork repeat with a correlation of {own:.2f}"]  # fmt: skip
    if viewing is not None:
        from sklearn.metrics import adjusted_rand_score

        both = found.members.merge(viewing.members, on="member_id")
        alike = float(adjusted_rand_score(both["cluster_x"], both["cluster_y"]))
        other = repeatability(pairs, catalogue.artworks, viewing.members)
        told.append(
            f"answers of the {len(viewing.clusters)} clusters by viewing repeat with {other:.2f}; "
            f"both groupings agree by {alike:.2f} (adjusted Rand index, 1 for the same groups)"
        )
    return found, told


def _reconciled(
    catalogue: Catalogue,
    found: MemberClusters,
    cells: pd.DataFrame,
    clusters: int | None,
    seed: int,
) -> tuple[MemberClusters | None, str]:
    """The members' clusters under the performance table's names, or None and why not."""
    if catalogue.members is not None:
        return None, "it names clusters that the members table does not"
    assert catalogue.interactions is not None
    theirs = affinity_from_performance(cells, catalogue.artworks)
    number = theirs["cluster"].nunique()
    if clusters is None and number != len(found.clusters):
        found = learn_clusters(
            catalogue.interactions, catalogue.titles, n_clusters=number, seed=seed
        )
    matching = match_clusters(found, _watched(catalogue, found), theirs, seed=seed)
    if not matching.accepted:
        return None, f"those learned from interactions are others ({matching.reason})"
    return rename_clusters(found, matching.mapping), matching.reason


def _watched(catalogue: Catalogue, found: MemberClusters) -> pd.DataFrame:
    assert catalogue.interactions is not None
    return title_affinity(plays_by_cluster(catalogue.interactions, found.members))


def _of_members(
    catalogue: Catalogue, found: MemberClusters, cells: pd.DataFrame | None, warnings: list[str]
) -> AudienceTables:
    audience = AudienceTables(
        clusters=found.clusters,
        members=found.members,
        criterion=found.criterion if len(found.criterion) else None,
        cells=cells,
        warnings=tuple(warnings),
    )
    if catalogue.interactions is not None:
        return replace(audience, affinity=_watched(catalogue, found))
    if cells is not None and cells["cluster"].ne("").any():
        return replace(audience, affinity=affinity_from_performance(cells, catalogue.artworks))
    reason = "without interactions or performance nothing is known of what the clusters watch"
    return replace(audience, warnings=(*warnings, reason))


def _of_performance(
    catalogue: Catalogue, cells: pd.DataFrame, warnings: list[str]
) -> AudienceTables:
    """Clusters known by nothing but their names and what they played."""
    affinity = affinity_from_performance(cells, catalogue.artworks)
    ids = sorted(affinity["cluster"].unique())
    terms = over_watched_terms(
        affinity[["title_id", "cluster", "plays"]].assign(effective_plays=affinity["plays"]),
        catalogue.titles,
    )
    clusters = pd.DataFrame(
        {
            "cluster": ids,
            "name": ids,
            "members": pd.array([None] * len(ids), dtype="Int64"),
            "top_genres": top_genres(terms, ids),
            "top_titles": top_titles(affinity, ids),
        }
    )
    return AudienceTables(
        clusters=clusters, affinity=affinity, cells=cells, warnings=tuple(warnings)
    )
