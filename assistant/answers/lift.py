"""An artwork's lift with a whole audience: its slices weighed together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from index.records import ALL, Label

if TYPE_CHECKING:
    import pandas as pd

Z90 = 1.6448536269514722

_Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class AudienceLift:
    """Lift of every artwork of an index with one audience; arrays of shape (artworks,).

    Attributes:
        lift: log-odds, NaN where the artwork has no lift in any slice of the audience.
        sd: its standard deviation.
        take_fraction: weighted take fraction.
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
        from scipy.special import ndtr

        with np.errstate(invalid="ignore", divide="ignore"):
            probability: _Floats = ndtr(self.lift / self.sd)
        return probability

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
            "p_positive": round(float(self.p_positive[row]), 4),
            "take_fraction": round(float(self.take_fraction[row]), 5),
            "impressions": int(self.impressions[row]),
            "label": self.label(row).value,
        }


def slice_weights(
    tags: pd.DataFrame, clusters: Mapping[str, float], platforms: Sequence[str]
) -> dict[tuple[str, str], float]:
    """Weights of the slices (cluster, platform) of an audience among those that `tags` has.

    Args:
        tags: anything with columns cluster and platform.
        clusters: weight of each cluster; empty means all members.
        platforms: weighed alike; empty, or unknown ones, means all.
    """
    present = set(zip(tags["cluster"], tags["platform"], strict=True))
    known = [platform for platform in platforms if any(p == platform for _, p in present)]
    columns = known or [ALL]
    wanted = {
        (cluster, platform): weight / len(columns)
        for cluster, weight in (clusters or {ALL: 1.0}).items()
        for platform in columns
    }
    return {key: weight for key, weight in wanted.items() if key in present}


def audience_lift(
    tags: pd.DataFrame,
    artwork_ids: Sequence[str],
    clusters: Mapping[str, float],
    platforms: Sequence[str],
) -> AudienceLift:
    """Weigh each artwork's lifts over the clusters of an audience and the platforms asked for.

    Slices of different clusters or platforms hold different impressions, so their errors are
    taken as independent. Where an artwork lacks a slice, the others carry its weight.

    Args:
        tags: performance tags of an index.
        artwork_ids: rows of the result.
        clusters: weight of each cluster; empty means all members.
        platforms: platforms to look at, weighed alike; empty, or unknown ones, means all.
    """
    weights = slice_weights(tags, clusters, platforms)
    keys = list(zip(tags["cluster"], tags["platform"], strict=True))
    weight = np.array([weights.get(key, 0.0) for key in keys])
    lift = tags["lift"].to_numpy(dtype=np.float64, na_value=np.nan)
    chosen = (weight > 0) & ~np.isnan(lift)
    used = tags.loc[chosen, ["artwork_id", "impressions", "label", "sd", "take_fraction"]].assign(
        weight=weight[chosen],
        weighted_lift=weight[chosen] * lift[chosen],
    )
    used["weighted_variance"] = (used["weight"] * used["sd"]) ** 2
    used["weighted_take"] = used["weight"] * used["take_fraction"].fillna(0.0)
    used["informed"] = used["label"] != Label.INSUFFICIENT.value
    total = (
        used.groupby("artwork_id", sort=False)
        .agg(
            weight=("weight", "sum"),
            lift=("weighted_lift", "sum"),
            variance=("weighted_variance", "sum"),
            take=("weighted_take", "sum"),
            impressions=("impressions", "sum"),
            informed=("informed", "any"),
        )
        .reindex(list(artwork_ids))
    )
    scale = total["weight"].to_numpy(dtype=np.float64)
    return AudienceLift(
        lift=total["lift"].to_numpy(dtype=np.float64) / scale,
        sd=np.sqrt(total["variance"].to_numpy(dtype=np.float64)) / scale,
        take_fraction=total["take"].to_numpy(dtype=np.float64) / scale,
        impressions=total["impressions"].fillna(0).to_numpy(dtype=np.int64),
        informed=total["informed"].eq(True).to_numpy(dtype=bool),
    )
