"""Take fractions of artworks in a slice, freed of who happened to be shown what.

Direct standardisation within a title: every artwork is given its title's own mix of impressions
over the strata of the slice (cluster × platform × country), so that an artwork shown mostly to
keen members does not look better than it is (Rothman, Greenland and Lash, Modern Epidemiology,
2008, ch. 15; Simpson 1951, JRSS B 13).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import logit

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Rates:
    """Smoothed take fractions of titles and artworks, a row for each stratum they are shown in.

    Attributes:
        strata: title, cluster, platform, pair (the row), shown (impressions), rate, variance.
        cells: artwork, title, cluster, platform, impressions, plays, pair (the title's row);
            excess and variance are the artwork's rate and sampling variance less its title's.
    """

    strata: pd.DataFrame
    cells: pd.DataFrame


def measure_rates(cells: pd.DataFrame, artworks: pd.DataFrame, title: Ints) -> Rates:
    """Take fractions per title × stratum and per artwork × stratum, one pseudo-impression each.

    A title's pseudo-impression is at the stratum's rate, an artwork's at its title's.

    Args:
        cells: aggregated counts; those of artworks that are not listed are left out.
        artworks: artwork_id; row i is artwork i.
        title: (artworks,) the position of each artwork's title.
    """
    counts = _counts(cells, artworks, title)
    stratum = counts.groupby(["cluster", "platform", "country"], observed=True).ngroup().to_numpy()
    size = counts["effective_impressions"].to_numpy(np.float64)
    taken = counts["effective_plays"].to_numpy(np.float64)
    overall = (np.bincount(stratum, taken) + 0.5) / (np.bincount(stratum, size) + 1.0)
    pair, pairs = pd.factorize(counts["title"].to_numpy(np.int64) * len(overall) + stratum)
    first = np.unique(pair, return_index=True)[1]
    guard = overall[stratum[first]]
    pooled = (np.bincount(pair, taken) + guard) / (np.bincount(pair, size) + 1.0)
    strata = counts[["title", "cluster", "platform"]].iloc[first]
    rate = (taken + pooled[pair]) / (size + 1.0)
    return Rates(
        strata.assign(
            pair=np.arange(len(pairs)),
            shown=np.bincount(pair, counts["impressions"]),
            rate=pooled,
            variance=pooled * (1 - pooled),
        ),
        counts.assign(
            pair=pair,
            excess=rate - pooled[pair],
            variance=rate * (1 - rate) / (size + 1.0) - (pooled * (1 - pooled))[pair],
        ),
    )


def standardise(part: Rates, title: Ints, n_titles: int) -> tuple[Floats, Floats]:
    """Log-odds of every artwork's standardised take fraction, and its sampling variance.

    A stratum counts by its share of the title's impressions in the slice. Where an artwork was
    not shown its rate is its title's, with the variance of one impression. Delta method.

    Returns:
        Two arrays (artworks,); meaningless for an artwork whose title is not shown here.
    """
    of, shown = part.strata["title"].to_numpy(), part.strata["shown"].to_numpy()
    share = shown / np.bincount(of, shown, minlength=n_titles)[of]
    rate, variance = (part.strata[key].to_numpy() for key in ("rate", "variance"))
    base = np.bincount(of, share * rate, minlength=n_titles)
    base_variance = np.bincount(of, share**2 * variance, minlength=n_titles)
    shares = np.zeros(int(part.strata["pair"].max()) + 1)
    shares[part.strata["pair"]] = share
    weight = shares[part.cells["pair"]]
    artwork = part.cells["artwork"].to_numpy()
    own = np.bincount(artwork, weight * part.cells["excess"], minlength=len(title))
    own_variance = np.bincount(artwork, weight**2 * part.cells["variance"], minlength=len(title))
    taken = base[title] + own
    spoken = np.maximum(base_variance[title] + own_variance, 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        return logit(taken), spoken / (taken * (1 - taken)) ** 2


def _counts(cells: pd.DataFrame, artworks: pd.DataFrame, title: Ints) -> pd.DataFrame:
    """Cells with impressions, by artwork and title position, one row per artwork × stratum."""
    position = pd.Index(artworks["artwork_id"]).get_indexer(pd.Index(cells["artwork_id"]))
    kept = (position >= 0) & (cells["impressions"] > 0).to_numpy()
    counts: pd.DataFrame = cells.loc[kept].assign(artwork=position[kept])
    keys = ["artwork", "cluster", "platform", "country"]
    sums = ["impressions", "plays", "effective_impressions", "effective_plays"]
    if counts.duplicated(keys).any():
        counts = counts.groupby(keys, as_index=False)[sums].sum()
    else:
        counts = counts.sort_values(keys, ignore_index=True)
    return counts.assign(
        title=title[counts["artwork"]],
        cluster=counts["cluster"].astype("category"),
        platform=counts["platform"].astype("category"),
    )
