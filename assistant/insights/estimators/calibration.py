"""Whether performance tags are as sure as they say, checked on impressions they did not see."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from assistant.insights.estimators.fixed_effects import Floats, Ints
from assistant.insights.estimators.observations import (
    collapse_families,
    in_slice,
    observe,
    unit_cells,
)
from assistant.insights.grading import Z90
from index.errors import InputError
from index.records import ALL

if TYPE_CHECKING:
    import pandas as pd

_EDGES = np.array([0.0, 0.05, 0.2, 0.4, 0.6, 0.8, 0.95, 1.0])


def thin_cells(cells: pd.DataFrame, *, seed: int = 7) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Deal every impression to one of two halves, which are then independent samples.

    Impressions are split binomially and plays hypergeometrically; effective counts keep the share
    of the impressions and plays that fell to the half.
    """
    rng = np.random.default_rng(seed)
    shown = cells["impressions"].to_numpy(np.int64)
    played = np.minimum(cells["plays"].to_numpy(np.int64), shown)
    first = rng.binomial(shown, 0.5)
    taken = rng.hypergeometric(played, shown - played, first)
    whole = cells["effective_impressions"] / np.maximum(shown, 1)
    rate = np.where(played > 0, cells["effective_plays"] / np.maximum(played, 1), 0.0)
    halves = []
    for seen, plays in ((first, taken), (shown - first, played - taken)):
        half = cells.assign(
            impressions=seen,
            plays=plays,
            effective_impressions=whole * seen,
            effective_plays=np.minimum(rate * plays, whole * seen),
        )
        halves.append(half[half["impressions"] > 0].reset_index(drop=True))
    return halves[0], halves[1]


def observed_lifts(cells: pd.DataFrame, artworks: pd.DataFrame) -> pd.DataFrame:
    """Unshrunken lift of every artwork against its title's others, in every slice.

    Returns:
        artwork_id, cluster, platform, observed (log-odds), variance.

    Raises:
        InputError: no title has two artworks that were shown.
    """
    import pandas as pd

    alone = artworks.assign(family_id=artworks["artwork_id"])
    units = collapse_families(alone)
    ids = np.empty(len(units.title), dtype=object)
    ids[units.of_artwork] = artworks["artwork_id"].to_numpy(object)
    counted = unit_cells(cells, alone, units)
    clusters, platforms = (
        [ALL, *sorted(set(given) - {""})] for given in (counted.cluster, counted.platform)
    )
    tables = []
    for cluster in clusters:
        for platform in platforms:
            seen = observe(counted, in_slice(counted, cluster, platform), units)
            if len(seen.y) == 0:
                continue
            tables.append(
                pd.DataFrame(
                    {
                        "artwork_id": ids[seen.unit],
                        "cluster": cluster,
                        "platform": platform,
                        "observed": seen.y - _beside(seen.y, seen.starts, 1),
                        "variance": seen.v + _beside(seen.v, seen.starts, 2),
                    }
                )
            )
    if not tables:
        raise _nothing_to_compare()
    return pd.concat(tables, ignore_index=True)


def check_calibration(
    cells: pd.DataFrame, artworks: pd.DataFrame, *, seed: int = 7
) -> dict[str, Any]:
    """Tags from one half of the impressions, held against the other half.

    A tag says what the other half's observed lift should be: Normal(lift, sd² + its sampling
    variance).

    Returns:
        coverage of the 90% intervals with its own interval over titles; and per class of
        predicted probability that the other half's lift is positive: how many, the mean predicted
        and the share that was positive; and the mean absolute gap between the two.

    Raises:
        InputError: no title has two artworks that were shown in both halves.
    """
    from scipy.special import ndtr

    from index.performance.tags import tag_performance

    one, two = thin_cells(cells, seed=seed)
    tags = tag_performance(one, artworks).tags
    seen = observed_lifts(two, artworks)
    place = ["artwork_id", "cluster", "platform"]
    said = tags.loc[tags["lift"].notna(), [*place, "title_id", "lift", "sd"]]
    both = said.merge(seen, on=place)
    if both.empty:
        raise _nothing_to_compare()
    sd = np.sqrt(both["sd"].to_numpy(np.float64) ** 2 + both["variance"].to_numpy())
    z = (both["observed"].to_numpy() - both["lift"].to_numpy(np.float64)) / sd
    inside = np.abs(z) <= Z90
    low, high = _over_titles(inside.astype(np.float64), both["title_id"], seed)
    chance = ndtr(both["lift"].to_numpy(np.float64) / sd)
    positive = both["observed"].to_numpy() > 0
    at = np.clip(np.digitize(chance, _EDGES) - 1, 0, len(_EDGES) - 2)
    classes = [
        {
            "from": float(_EDGES[k]),
            "to": float(_EDGES[k + 1]),
            "tags": int((at == k).sum()),
            "predicted": float(chance[at == k].mean()),
            "observed": float(positive[at == k].mean()),
        }
        for k in range(len(_EDGES) - 1)
        if (at == k).any()
    ]
    gap = sum(one["tags"] * abs(one["predicted"] - one["observed"]) for one in classes)
    return {
        "tags": len(both),
        "coverage": float(inside.mean()),
        "low": low,
        "high": high,
        "p_positive": classes,
        "mean_gap": gap / len(both),
    }


def _nothing_to_compare() -> InputError:
    return InputError(
        "no title has two artworks that were shown, so no advice can be checked",
        hint="use a catalogue whose titles have several artworks with performance",
    )


def _beside(values: Floats, starts: Ints, power: int) -> Floats:
    """Sum over a title's other rows, divided by their number to a power."""
    sizes = np.diff(np.r_[starts, len(values)])
    others = np.repeat(np.add.reduceat(values, starts), sizes) - values
    divided: Floats = others / np.repeat(sizes - 1, sizes) ** power
    return divided


def _over_titles(values: Floats, title: pd.Series, seed: int) -> tuple[float, float]:
    """90% interval of a mean, from resampling titles."""
    import pandas as pd

    at, names = pd.factorize(title)
    sums, counts = np.bincount(at, values), np.bincount(at)
    draws = np.random.default_rng(seed).multinomial(
        len(names), np.full(len(names), 1 / len(names)), 2000
    )
    low, high = np.quantile((draws @ sums) / (draws @ counts), [0.05, 0.95])
    return float(low), float(high)
