"""What helps with one audience and hurts with another."""

from __future__ import annotations

import numpy as np
import pandas as pd

from assistant.insights.grading import FALSE_DISCOVERY_RATE, Z90, false_discovery_rates, normal_cdf
from index.records import ALL, Grade

_SIDE = ("cluster", "platform", "effect", "low", "high", "grade")
_ORDER = [Grade.SUGGESTIVE.value, Grade.SUPPORTED.value, Grade.CONFIRMED.value, Grade.TESTED.value]


def find_conflicts(effects: pd.DataFrame) -> pd.DataFrame:
    """Pairs of clusters, or of platforms, in which one contrast has opposite signs.

    Both 90% intervals must lie off zero. The two slices are of different members or screens, so
    their estimates are taken as independent for the difference. A pair is graded as its weaker
    side, and not above suggestive unless the difference holds at a false discovery rate of 10%
    among all pairs that were compared.

    Returns:
        lever, pole, step, differs ("cluster" or "platform"), helps_* and hurts_* (cluster,
        platform, effect, low, high, grade), difference, low, high, p, q, grade; strongest grade
        first, then the largest difference.
    """
    overall = effects[(effects["genre"] == ALL) & (effects["country"] == ALL)]
    overall = overall.assign(key=overall["side"].fillna(""))
    cluster, platform = overall["cluster"] != ALL, overall["platform"] != ALL
    compared = [
        _pairs(overall[cluster & ~platform], "cluster", []),
        _pairs(overall[~cluster & platform], "platform", []),
        _pairs(overall[cluster & platform], "platform", ["cluster"]),
        _pairs(overall[cluster & platform], "cluster", ["platform"]),
    ]
    pairs = pd.concat(compared)
    pairs = pairs[np.isfinite(pairs["helps_se"]) & np.isfinite(pairs["hurts_se"])]
    difference = pairs["helps_effect"] - pairs["hurts_effect"]
    se = np.hypot(pairs["helps_se"], pairs["hurts_se"])
    half = Z90 * se
    pairs = pairs.assign(
        difference=difference,
        low=difference - half,
        high=difference + half,
        p=2 * normal_cdf(-np.abs(difference / se)),
    )
    pairs["q"] = false_discovery_rates(pairs["p"].to_numpy(np.float64))
    opposed = pairs[
        (pairs["helps_low"] > 0)
        & (pairs["hurts_high"] < 0)
        & (pairs["helps_grade"] != Grade.INSUFFICIENT)
        & (pairs["hurts_grade"] != Grade.INSUFFICIENT)
    ]
    rank = np.minimum(
        *(opposed[f"{side}_grade"].map(_ORDER.index).to_numpy(int) for side in ("helps", "hurts"))
    )
    rank = np.where(opposed["q"] <= FALSE_DISCOVERY_RATE, rank, 0)
    opposed = opposed.assign(
        grade=np.array(_ORDER, dtype=object)[rank], rank=rank, size=opposed["difference"].round(9)
    )
    ranked = opposed.sort_values(["rank", "size"], ascending=False, kind="stable")
    listed: pd.DataFrame = ranked.drop(columns=["rank", "size", "helps_se", "hurts_se"])
    return listed.reset_index(drop=True)


def _pairs(rows: pd.DataFrame, differs: str, same: list[str]) -> pd.DataFrame:
    """Every pair of rows of one contrast in two slices, the larger effect as the helping one."""
    keys = rows.groupby(["name", "key", *same], sort=False).ngroup()
    places = pd.DataFrame({"key": keys.to_numpy(), "at": np.arange(len(rows))})
    both = places.merge(places, on="key", suffixes=("_one", "_two"))
    one, two = both[both["at_one"] < both["at_two"]][["at_one", "at_two"]].to_numpy().T
    effect = rows["effect"].to_numpy()
    swap = effect[one] < effect[two]
    helps, hurts = np.where(swap, two, one), np.where(swap, one, two)
    own = {"lever": "name", "pole": "side", "step": "step"}
    table = {new: rows[name].to_numpy()[one] for new, name in own.items()} | {"differs": differs}
    for name in (*_SIDE, "se"):
        values = rows[name].to_numpy()
        table |= {f"helps_{name}": values[helps], f"hurts_{name}": values[hurts]}
    return pd.DataFrame(table)
