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
_Ints = npt.NDArray[np.intp]
_COLUMNS = {"title_id": np.intp, "impressions": np.int64, "take_fraction": np.float64,
            "observed": np.float64, "variance": np.float64}  # fmt: skip


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
        shown: impressions, as `SliceTags` has them.
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


@dataclass(frozen=True, slots=True)
class _Slice:
    """What one slice observed; all of shape (tags,). NaN: a take fraction that is not known."""

    rows: _Ints
    titles: _Ints
    impressions: npt.NDArray[np.int64]
    take_fraction: _Floats
    observed: _Floats
    variance: _Floats


class SliceTags:
    """What was observed of every artwork, by slice.

    Args:
        tags: artwork_id, title_id, cluster, platform, impressions, take_fraction, observed,
            variance; quickest with categories for title_id, cluster and platform.
        artwork_ids: rows of a lift.

    Attributes:
        artworks: how many.
        shown: impressions of every slice (cluster, platform) that was shown anything.
    """

    def __init__(self, tags: pd.DataFrame, artwork_ids: Sequence[str]) -> None:
        cluster, platform = (tags[name].astype("category").cat for name in ("cluster", "platform"))
        width = len(platform.categories)
        code = cluster.codes.to_numpy(np.int64) * width + platform.codes.to_numpy()
        slices = list(product(cluster.categories, platform.categories))
        total = np.bincount(code, tags["impressions"], len(slices)).tolist()
        self.artworks = len(artwork_ids)
        self.shown = {place: n for place, n in zip(slices, total, strict=True) if n > 0}
        self._tags = tags.assign(title_id=tags["title_id"].astype("category").cat.codes)
        self._place, self._kept = pd.Index(artwork_ids), dict[tuple[str, str], _Slice]()
        ends = np.cumsum(np.bincount(code, minlength=len(slices)))
        order = np.argsort(code, kind="stable")
        self._rows = dict(zip(slices, np.split(order, ends[:-1]), strict=True)) if slices else {}

    def of(self, cluster: str, platform: str) -> _Slice:
        """The tags of a slice that have an observed lift."""
        if (cluster, platform) not in self._kept:
            part = self._tags.iloc[self._rows.get((cluster, platform), [])]
            at = self._place.get_indexer(pd.Index(part["artwork_id"]))
            known = part["observed"].notna().to_numpy() & (at >= 0)
            self._kept[cluster, platform] = _Slice(
                at[known],
                *(part[name].to_numpy(kind)[known] for name, kind in _COLUMNS.items()),
            )
        return self._kept[cluster, platform]


def audience_lift(
    tags: SliceTags, clusters: Mapping[str, float], platforms: Sequence[str]
) -> AudienceLift:
    """Lift of each artwork with an audience: what its slices observed is weighed, then shrunk once.

    Slices of different clusters or platforms hold different impressions, so what was observed in
    them is independent. What artworks truly do is not: the spread that everything is shrunk by is
    therefore estimated for the mixture, from all its titles (see `index.performance.pooling`).
    Where an artwork lacks a slice, the others carry its weight.

    Args:
        clusters: weight of each cluster; empty means all members.
        platforms: platforms to look at; see `slice_weights`.
    """
    from index.performance.pooling import estimate_spread, shrink, speaks

    size = tags.artworks
    total, observed, variance, take, taken = (np.zeros(size) for _ in range(5))
    impressions, title = (np.zeros(size, dtype=np.int64) for _ in range(2))
    for (cluster, platform), weight in slice_weights(tags.shown, clusters, platforms).items():
        part = tags.of(cluster, platform)
        at = part.rows
        total[at] += weight
        observed[at] += weight * part.observed
        variance[at] += weight**2 * part.variance
        take[at] += weight * np.nan_to_num(part.take_fraction)
        taken[at] += weight * ~np.isnan(part.take_fraction)
        impressions[at] += part.impressions
        title[at] = part.titles
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
