"""An artwork's lift with a whole audience: its slices weighed together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from assistant.insights.grading import Z90, normal_cdf
from index.records import ALL, Label

DID_WELL = 0.90
"""P(lift > 0) from which a past artwork did well."""

_Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class AudienceLift:
    """Lift of every artwork of an index with one audience; arrays of shape (artworks,).

    Attributes:
        lift: log-odds, NaN where the artwork has no lift in any slice of the audience.
        impressions: impressions in the audience's slices.
        informed: whether any slice says more than "insufficient data".
    """

    lift: _Floats
    sd: _Floats
    take_fraction: _Floats
    impressions: npt.NDArray[np.int64]
    informed: npt.NDArray[np.bool_]

    @property
    def low(self) -> _Floats:
        """Lower end of the 90% interval."""
        return self.lift - Z90 * self.sd

    @property
    def high(self) -> _Floats:
        """Upper end of the 90% interval."""
        return self.lift + Z90 * self.sd

    @property
    def p_positive(self) -> _Floats:
        """Posterior probability that the lift is above zero."""
        return self._chance(slice(None))

    @property
    def did_well(self) -> npt.NDArray[np.bool_]:
        """Whether the artwork did well: its data speak, and P(lift > 0) is at least 0.9."""
        well: npt.NDArray[np.bool_] = self.informed & (np.nan_to_num(self.p_positive) >= DID_WELL)
        return well

    @property
    def did_badly(self) -> npt.NDArray[np.bool_]:
        """Whether the artwork did badly: its data speak, and its interval lies below zero."""
        badly: npt.NDArray[np.bool_] = self.informed & (np.nan_to_num(self.high) < 0)
        return badly

    @property
    def usual_take(self) -> float | None:
        """Median take fraction, from which lifts are turned into percent; None if unknown."""
        known = self.take_fraction[~np.isnan(self.take_fraction)]
        return float(np.median(known)) if known.size else None

    def label(self, row: int) -> Label:
        """What a performance tag says of the artwork at `row`."""
        if not self.informed[row] or np.isnan(self.lift[row]):
            return Label.INSUFFICIENT
        if self.low[row] > 0:
            return Label.HIGH
        return Label.LOW if self.high[row] < 0 else Label.TYPICAL

    def performance(self, row: int) -> dict[str, Any] | None:
        """The performance part of an exemplar, as `brief --json` documents it."""
        if np.isnan(self.lift[row]):
            return None
        return {
            "lift": round(float(self.lift[row]), 4),
            "low": round(float(self.low[row]), 4),
            "high": round(float(self.high[row]), 4),
            "p_positive": round(float(self._chance(row)), 4),
            "take_fraction": round(float(self.take_fraction[row]), 5),
            "impressions": int(self.impressions[row]),
            "label": self.label(row).value,
        }

    def _chance(self, rows: int | slice) -> _Floats:
        with np.errstate(invalid="ignore", divide="ignore"):
            probability: _Floats = normal_cdf(self.lift[rows] / self.sd[rows])
        return probability


def slice_weights(
    shown: Mapping[tuple[str, str], float], clusters: Mapping[str, float], platforms: Sequence[str]
) -> dict[tuple[str, str], float]:
    """Weights of the slices (cluster, platform) of an audience among those that were shown.

    Within a cluster each platform counts by its share of the cluster's impressions, so naming all
    platforms is the same as naming none. A cluster that was shown nothing on the platforms named
    is judged over all of them.

    Args:
        shown: impressions, as `slice_impressions` gives them.
        clusters: weight of each cluster; empty means all members.
        platforms: empty, all of them, or unknown ones mean all.
    """
    seen = {platform for _, platform in shown} - {ALL}
    named = [platform for platform in dict.fromkeys(platforms) if platform in seen]
    if not named or set(named) == seen:
        named = [ALL]
    weights: dict[tuple[str, str], float] = {}
    for cluster, weight in (clusters or {ALL: 1.0}).items():
        sizes = {p: shown.get((cluster, p), 0.0) for p in named}
        total = sum(sizes.values())
        if total == 0:
            total = shown.get((cluster, ALL), 0.0)
            sizes = {ALL: total}
        weights |= {(cluster, p): weight * size / total for p, size in sizes.items() if size > 0}
    return weights


def slice_impressions(tags: pd.DataFrame) -> dict[tuple[str, str], float]:
    """Impressions of every slice (cluster, platform) that was shown anything.

    Args:
        tags: columns cluster, platform and impressions.
    """
    cluster, platform = (tags[name].astype("category").cat for name in ("cluster", "platform"))
    code = cluster.codes.to_numpy(np.int64) * len(platform.categories) + platform.codes.to_numpy()
    slices = list(product(cluster.categories, platform.categories))
    total = np.bincount(code, tags["impressions"], len(slices)).tolist()
    return {place: count for place, count in zip(slices, total, strict=True) if count > 0}


def audience_lift(
    tags: pd.DataFrame,
    artwork_ids: Sequence[str],
    clusters: Mapping[str, float],
    platforms: Sequence[str],
) -> AudienceLift:
    """Lift of each artwork with an audience: what its slices observed is weighed, then shrunk once.

    Slices of different clusters or platforms hold different impressions, so what was observed in
    them is independent. What artworks truly do is not: the spread that everything is shrunk by is
    therefore estimated for the mixture, from all its titles (see `index.performance.pooling`).
    Where an artwork lacks a slice, the others carry its weight.

    Args:
        tags: artwork_id, title_id, cluster, platform, impressions, take_fraction, observed,
            variance; quickest with categories for title_id, cluster and platform.
        artwork_ids: rows of the result.
        clusters: weight of each cluster; empty means all members.
        platforms: platforms to look at; see `slice_weights`.
    """
    from index.performance.pooling import estimate_spread, shrink, speaks

    place, size = pd.Index(artwork_ids), len(artwork_ids)
    total, observed, variance, take, taken = (np.zeros(size) for _ in range(5))
    impressions, title = (np.zeros(size, dtype=np.int64) for _ in range(2))
    tags = tags.assign(title_id=tags["title_id"].astype("category"))
    weights = slice_weights(slice_impressions(tags), clusters, platforms)
    for (cluster, platform), weight in weights.items():
        inside = (tags["cluster"] == cluster) & (tags["platform"] == platform)
        part = tags[inside & tags["observed"].notna()]
        at = place.get_indexer(pd.Index(part["artwork_id"]))
        part, at = part[at >= 0], at[at >= 0]
        total[at] += weight
        observed[at] += weight * part["observed"].to_numpy(np.float64)
        variance[at] += weight**2 * part["variance"].to_numpy(np.float64)
        shown = part["take_fraction"].notna().to_numpy()
        take[at] += weight * part["take_fraction"].fillna(0.0).to_numpy(np.float64)
        taken[at] += weight * shown
        impressions[at] += part["impressions"].to_numpy(np.int64)
        title[at] = part["title_id"].cat.codes
    partners = np.bincount(title[total > 0], minlength=int(title.max(initial=0)) + 1)
    rows = np.flatnonzero((total > 0) & (partners[title] > 1))
    lift, sd = np.full(size, np.nan), np.full(size, np.nan)
    informed = np.zeros(size, dtype=bool)
    if rows.size:
        y, v = observed[rows] / total[rows], variance[rows] / total[rows] ** 2
        group = pd.factorize(title[rows])[0]
        shrunk = shrink(y, v, group, estimate_spread(y, v, group))
        lift[rows], sd[rows] = shrunk.mean, shrunk.sd
        informed[rows] = speaks(shrunk.sd, shrunk.prior_sd, shrunk.data_sd)
    with np.errstate(invalid="ignore", divide="ignore"):
        return AudienceLift(lift, sd, take / taken, impressions, informed)
