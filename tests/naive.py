"""The comparison everybody makes first: mean take fraction with a feature against without."""

from __future__ import annotations

import numpy as np
from worlds import World


def naive_difference(world: World, feature: str) -> float:
    """Log-odds of pooled plays with the feature less without, over everything."""
    names = [column.feature for column in world.matrix.columns]
    has = world.matrix.values[:, names.index(feature)] > 0
    counts = world.cells.groupby("artwork_id")[["impressions", "plays"]].sum()
    counts = counts.reindex(world.artworks["artwork_id"]).fillna(0).to_numpy()

    def log_odds(rows: np.ndarray) -> float:
        shown, played = counts[rows].sum(axis=0)
        return float(np.log(played / (shown - played)))

    return log_odds(has) - log_odds(~has)


def naive_within_title(world: World, feature: str) -> float:
    """As `naive_difference`, inside each title and averaged, whoever the artwork was shown to."""
    names = [column.feature for column in world.matrix.columns]
    frame = world.artworks.assign(has=world.matrix.values[:, names.index(feature)] > 0)
    counts = world.cells.groupby("artwork_id")[["impressions", "plays"]].sum()
    frame = frame.join(counts, on="artwork_id")
    pooled = frame.groupby(["title_id", "has"])[["impressions", "plays"]].sum()
    log_odds = np.log((pooled["plays"] + 0.5) / (pooled["impressions"] - pooled["plays"] + 0.5))
    both = log_odds.unstack().dropna()
    return float((both[True] - both[False]).mean())
