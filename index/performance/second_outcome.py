"""What became of plays: whether artwork that is taken more is watched less."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import ndtr, ndtri

from index.performance.pooling import estimate_spread, shrink
from index.performance.tags import places, tag_performance
from index.records import ALL

Floats = npt.NDArray[np.float64]

COMPLETIONS, MINUTES = "completions", "minutes"
SURE = 0.9
"""Probability from which on artwork counts as taken more, and as watched less."""
LEVEL = 0.90
LEAST_VARIATION = 0.25
"""Squared coefficient of variation of minutes per play that is assumed at least; 1 where no
artwork was shown in two places that could tell."""
COLUMNS = ("artwork_id", "cluster", "platform", "outcome", "plays", "per_play", "lift", "low",
           "high", "p_positive")  # fmt: skip


def second_outcome(cells: pd.DataFrame) -> str | None:
    """Which second outcome the counts have; completions before minutes."""
    return next((name for name in (COMPLETIONS, MINUTES) if name in cells), None)


def completion_cells(cells: pd.DataFrame) -> pd.DataFrame:
    """Counts in which a play takes the place of an impression, and a completion that of a play.

    Everything that is estimated of plays can be estimated of these.
    """
    plays = cells["plays"]
    completions = cells[COMPLETIONS].clip(upper=plays).astype("int64")
    return cells.assign(
        impressions=plays,
        plays=completions,
        effective_impressions=plays.astype("float64"),
        effective_plays=completions.astype("float64"),
    )


def tag_second_outcome(cells: pd.DataFrame, artworks: pd.DataFrame) -> pd.DataFrame | None:
    """How much better each artwork's plays end than those of its title's other artworks.

    Completions are compared like plays are (`tag_performance`). Minutes per play are compared on
    the logarithm, with a sampling variance of c² / plays; c, the coefficient of variation, is
    estimated from artworks shown in several places.

    Args:
        cells: counts per artwork × cluster × platform × country with completions or minutes.
        artworks: artwork_id, title_id.

    Returns:
        artwork_id, cluster, platform ("all" for every one), outcome, plays, per_play (completions
        or minutes for each), lift with its 90% interval (log-odds of completions, log ratio of
        minutes) and p_positive; None where there is no second outcome.
    """
    outcome = second_outcome(cells)
    if outcome is None:
        return None
    if outcome == COMPLETIONS:
        tags = tag_performance(completion_cells(cells), artworks).tags
        tags = tags.assign(per_play=tags["take_fraction"], outcome=outcome, played=tags["plays"])
        tags["plays"] = tags["impressions"]
    else:
        tags = _tag_minutes(cells, artworks)
    return tags[tags["lift"].notna()][list(COLUMNS)].reset_index(drop=True)


def taken_more_watched_less(tags: pd.DataFrame, watched: pd.DataFrame) -> pd.DataFrame:
    """Artworks that surely get more plays than their title's others, and surely worse ones.

    Args:
        tags: of `tag_performance`.
        watched: of `tag_second_outcome`.

    Returns:
        artwork_id, cluster, platform, lift (of plays), watched, watched_low, watched_high (of the
        second outcome), outcome.
    """
    keys = ["artwork_id", "cluster", "platform"]
    taken = tags.loc[tags["p_positive"] >= SURE, [*keys, "lift"]]
    worse = watched[watched["p_positive"] <= 1 - SURE]
    names = {"lift": "watched", "low": "watched_low", "high": "watched_high"}
    kept = worse[[*keys, *names, "outcome"]].rename(columns=names)
    return taken.merge(kept, on=keys).sort_values(keys, ignore_index=True)


def _tag_minutes(cells: pd.DataFrame, artworks: pd.DataFrame) -> pd.DataFrame:
    known = cells[(places(cells["artwork_id"], artworks["artwork_id"]) >= 0) & (cells["plays"] > 0)]
    variation = _variation(known)
    clusters = [ALL, *sorted(set(known["cluster"].unique()) - {""})]
    platforms = [ALL, *sorted(set(known["platform"].unique()) - {""})]
    told = [
        _tag_slice(part, artworks, variation).assign(cluster=cluster, platform=platform)
        for cluster in clusters
        for platform in platforms
        if len(part := _within(_within(known, "cluster", cluster), "platform", platform))
    ]
    found: pd.DataFrame = pd.concat(told, ignore_index=True)
    return found.assign(outcome=MINUTES)


def _within(cells: pd.DataFrame, column: str, value: str) -> pd.DataFrame:
    return cells if value == ALL else cells[cells[column] == value]


def _variation(cells: pd.DataFrame) -> float:
    """Squared coefficient of variation of minutes per play."""
    place = cells["cluster"] + "\0" + cells["platform"] + "\0" + cells["country"]
    ratio = np.log(cells["minutes"].clip(lower=1e-6) / cells["plays"])
    weights = cells["plays"].astype("float64")
    left = pd.DataFrame({"y": ratio, "w": weights, "a": cells["artwork_id"], "p": place})
    if left["p"].nunique() < 2:
        return 1.0
    left["y"] -= _mean_of(left, "p")
    left["y"] -= _mean_of(left, "a")
    freedom = len(left) - left["a"].nunique() - left["p"].nunique() + 1
    if freedom < 10:
        return 1.0
    return max(float((left["w"] * left["y"] ** 2).sum()) / freedom, LEAST_VARIATION)


def _mean_of(table: pd.DataFrame, by: str) -> Any:
    weighted = (table["w"] * table["y"]).groupby(table[by]).transform("sum")
    return weighted / table["w"].groupby(table[by]).transform("sum")


def _tag_slice(part: pd.DataFrame, artworks: pd.DataFrame, variation: float) -> pd.DataFrame:
    sums = part.groupby("artwork_id", as_index=False)[["plays", "minutes"]].sum()
    table = sums.merge(artworks[["artwork_id", "title_id"]], on="artwork_id")
    table = table[table.groupby("title_id")["artwork_id"].transform("size") > 1]
    if table.empty:
        return table.assign(**{name: [] for name in COLUMNS if name not in table})
    plays = table["plays"].to_numpy(np.float64)
    y = np.log(table["minutes"].clip(lower=1e-6).to_numpy(np.float64) / plays)
    v = variation / plays
    group = pd.factorize(table["title_id"])[0]
    lifts = shrink(y, v, group, estimate_spread(y, v, group))
    reach = ndtri(0.5 + LEVEL / 2) * lifts.sd
    return table.assign(
        per_play=table["minutes"] / table["plays"],
        lift=lifts.mean,
        low=lifts.mean - reach,
        high=lifts.mean + reach,
        p_positive=ndtr(lifts.mean / lifts.sd),
    )
