"""The comparison everybody makes first: mean take fraction with a feature against without."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tests.worlds import World


def naive_difference(world: World, has: npt.NDArray[np.bool_]) -> float:
    """Log-odds of pooled plays with the feature less without, over everything."""
    counts = world.cells.groupby("artwork_id")[["impressions", "plays"]].sum()
    counts = counts.reindex(world.artworks["artwork_id"]).fillna(0).to_numpy()

    def log_odds(rows: npt.NDArray[np.bool_]) -> float:
        shown, played = counts[rows].sum(axis=0)
        return float(np.log(played / (shown - played)))

    return log_odds(has) - log_odds(~has)


def naive_within_title(world: World, has: npt.NDArray[np.bool_]) -> float:
    """As `naive_difference`, inside each title and averaged, whoever the artwork was shown to."""
    counts = world.cells.groupby("artwork_id")[["impressions", "plays"]].sum()
    frame = world.artworks.assign(has=has).join(counts, on="artwork_id")
    pooled = frame.groupby(["title_id", "has"])[["impressions", "plays"]].sum()
    log_odds = np.log((pooled["plays"] + 0.5) / (pooled["impressions"] - pooled["plays"] + 0.5))
    both = log_odds.unstack().dropna()
    return float((both[True] - both[False]).mean())
