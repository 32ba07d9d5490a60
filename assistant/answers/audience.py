"""Who a title will have: taken from the brief or predicted from its text."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from assistant.insights.index_cache import lookup
from index.errors import InputError
from index.io.nearest_name import name_hint

if TYPE_CHECKING:
    from assistant.answers.brief import Brief
    from index.audience.predict import Skill
    from index.records import FloatMatrix
    from index.store import Index


@dataclass(frozen=True, slots=True)
class AudienceShare:
    """One member cluster's part in a title's audience.

    Attributes:
        weight: share of the title's viewing, summing to 1 over the audience.
        source: "brief", "predicted", or "everyone alike" where nothing could be predicted.
        affinity: log relative rate of watching against all members; None where not predicted.
        base: the cluster's share of all viewing; None where that is not known.
    """

    cluster: str
    name: str
    weight: float
    source: str
    affinity: float | None = None
    base: float | None = None


@dataclass(frozen=True, slots=True)
class Audience:
    """The shares, strongest first, and the skill behind a prediction (None where none was made)."""

    shares: tuple[AudienceShare, ...]
    skill: Skill | None = None

    @property
    def weights(self) -> dict[str, float]:
        """Weight of each cluster; empty where all members count alike."""
        return {share.cluster: share.weight for share in self.shares}

    def part(self, names: Collection[str]) -> Audience:
        """The shares of some clusters by name, summing to 1 again."""
        kept = [share for share in self.shares if share.name in names]
        total = sum(share.weight for share in kept)
        return Audience(tuple(replace(share, weight=share.weight / total) for share in kept))


def _cluster_named(word: str, names: dict[str, str], path: Path) -> str:
    by_word = {cluster.casefold(): cluster for cluster in names}
    by_word.update({name.casefold(): cluster for cluster, name in names.items()})
    if word.casefold() in by_word:
        return by_word[word.casefold()]
    part = [
        cluster
        for cluster, name in names.items()
        if word.casefold() in re.split(r"\W+", f"{cluster} {name}".casefold())
    ]
    if len(part) == 1:
        return part.pop()
    hint = (
        name_hint(word, sorted({*names, *names.values()}), always_list=True)
        if names
        else "this index has no member clusters: leave `audience` out"
    )
    raise InputError(f"unknown cluster {word!r}", path=path, column="audience", hint=hint)


def _given(brief: Brief, names: dict[str, str], path: Path, base: dict[str, float]) -> Audience:
    weights: dict[str, float] = {}
    for word, share in (brief.audience or {}).items():
        cluster = _cluster_named(word, names, path)
        weights[cluster] = weights.get(cluster, 0.0) + share
    total = sum(weights.values())
    shares = [
        AudienceShare(cluster, names[cluster], weight / total, "brief", base=base.get(cluster))
        for cluster, weight in weights.items()
    ]
    return Audience(tuple(sorted(shares, key=lambda share: -share.weight)))


def viewing_shares(index: Index) -> dict[str, float]:
    """Each cluster's share of all viewing; empty where no viewing is known."""
    if not index.has("affinity"):
        return {}
    viewing = index.table("affinity").group_by("cluster").aggregate([("plays", "sum")])
    plays = np.array(viewing["plays_sum"].to_pylist(), dtype=np.float64)
    shares = plays / max(float(plays.sum()), 1e-9)
    return dict(zip(viewing["cluster"].to_pylist(), shares.tolist(), strict=True))


def _predicted(brief: Brief, names: dict[str, str], index: Index, text: FloatMatrix) -> Audience:
    from index.audience.predict import AffinityPredictor, audience_weights

    arrays = index.arrays("predictor")
    predictor = AffinityPredictor.from_arrays(arrays)
    affinity = predictor.predict(text, [tuple(brief.genres)])[0]
    size = viewing_shares(index)
    clusters = [str(cluster) for cluster in predictor.clusters_]
    sizes = np.array([size[cluster] for cluster in clusters], dtype=np.float64)
    weights = audience_weights(affinity, sizes)
    skill = predictor.overall_skill_
    shares = [
        AudienceShare(
            cluster,
            names.get(cluster, cluster),
            float(weight),
            "predicted" if affinity.any() else "everyone alike",
            float(log_rate),
            size[cluster],
        )
        for cluster, weight, log_rate in zip(clusters, weights, affinity, strict=True)
    ]
    return Audience(
        tuple(sorted(shares, key=lambda share: -share.weight)),
        None if np.isnan(skill.value) else skill,
    )


def resolve_audience(brief: Brief, path: Path, index: Index, text: FloatMatrix) -> Audience:
    """The audience of a brief.

    Args:
        text: the brief's text embedding, shape (1, d).

    Raises:
        InputError: the brief names a cluster that the index does not have.
    """
    names = lookup(index, "clusters", "cluster", "name")
    if brief.audience:
        return _given(brief, names, path, viewing_shares(index))
    if names and index.has_arrays("predictor"):
        return _predicted(brief, names, index, text)
    return Audience(())


def title_audiences(index: Index) -> dict[str, Audience]:
    """The audience that each title of an index has had; empty where nothing is known."""
    from index.audience.predict import audience_weights

    if not index.has("affinity"):
        return {}
    table = index.table("affinity").to_pandas()
    plays = table.groupby("cluster")["plays"].sum()
    found = {}
    for title, rows in table.groupby("title_id"):
        clusters = rows["cluster"].tolist()
        affinity = rows["affinity"].to_numpy(np.float64)
        weights = audience_weights(affinity, plays[clusters].to_numpy(np.float64))
        found[str(title)] = Audience(
            tuple(
                AudienceShare(cluster, cluster, float(weight), "known", float(rate))
                for cluster, weight, rate in zip(clusters, weights, affinity, strict=True)
            )
        )
    return found
