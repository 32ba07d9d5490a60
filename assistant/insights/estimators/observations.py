"""From counts to one lift per asset family and slice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from assistant.insights.estimators.fixed_effects import (
    Floats,
    Ints,
    TitleSums,
    demean,
    title_starts,
)
from index.records import ALL

if TYPE_CHECKING:
    import pandas as pd

MIN_EXPECTED_PLAYS = 2.0
"""A family with fewer expected plays in a slice is left out of it: below this the log-odds of a
count, with half a play added, is biased upwards by more than a few hundredths."""

_SCALINGS = 8
_TINY = 1e-12


@dataclass(frozen=True, slots=True)
class Units:
    """Asset families, the units that are compared; sorted by title.

    Attributes:
        title_ids: `(t,)` ids of the titles, sorted.
        title: `(u,)` position in `title_ids` of each unit, ascending.
        of_artwork: `(n,)` unit of each artwork row.
        artworks: `(u,)` artworks in each unit.
    """

    title_ids: npt.NDArray[np.object_]
    title: Ints
    of_artwork: Ints
    artworks: Ints


@dataclass(frozen=True, slots=True)
class Cells:
    """Counts by unit and stratum, all `(m,)`; `stratum` codes cluster × platform × country.

    `impressions` and `plays` are the effective ones, `shown` counts every impression.
    """

    unit: Ints
    cluster: pd.Categorical
    platform: pd.Categorical
    country: pd.Categorical
    stratum: Ints
    impressions: Floats
    plays: Floats
    shown: Floats

    def named(self, part: str) -> list[str]:
        """The clusters, platforms or countries that have counts, sorted; "" is none."""
        return [one for one in getattr(self, part).categories if one]


@dataclass(frozen=True, slots=True)
class Observations:
    """One row per unit of a slice whose title has at least two units there; sorted by title.

    Attributes:
        unit: `(k,)` unit.
        title: `(k,)` title code, ascending.
        y: `(k,)` log-odds of a play against what the title's audience there would give.
        v: `(k,)` sampling variance of y.
        weights: `(k,)` 1 / (v + spread of true lifts inside titles).
        impressions: `(k,)`.
        starts: first row of each title.
        spread: standard deviation of true lifts inside titles, log-odds.
    """

    unit: Ints
    title: Ints
    y: Floats
    v: Floats
    weights: Floats
    impressions: Floats
    starts: Ints
    spread: float

    def inside(self, values: Floats) -> Floats:
        """Values of the rows, `(k,)` or `(k, p)`, less their title's weighted mean; missing: 0."""
        return demean(values, self.weights, TitleSums(self.starts, len(self.y)))


def collapse_families(artworks: pd.DataFrame) -> Units:
    """Group artworks (title_id, family_id) into units; a family never spans two titles."""
    import pandas as pd

    title, title_ids = pd.factorize(artworks["title_id"].to_numpy(dtype=object), sort=True)
    family, families = pd.factorize(artworks["family_id"].to_numpy(dtype=object))
    key = title.astype(np.int64) * max(len(families), 1) + family
    keys, of_artwork, sizes = np.unique(key, return_inverse=True, return_counts=True)
    return Units(
        np.asarray(title_ids, dtype=object),
        keys // max(len(families), 1),
        of_artwork.astype(np.int64),
        sizes.astype(np.int64),
    )


def unit_cells(cells: pd.DataFrame, artworks: pd.DataFrame, units: Units) -> Cells:
    """Counts of the `cells` table summed by unit, cluster, platform and country."""
    import pandas as pd

    row = pd.Index(artworks["artwork_id"]).get_indexer(pd.Index(cells["artwork_id"]))
    kept = cells if (row >= 0).all() else cells[row >= 0]
    places = {
        name: pd.Categorical(kept[name] if name in kept else np.full(len(kept), ""))
        for name in ("cluster", "platform", "country")
    }
    places = {name: one.remove_unused_categories() for name, one in places.items()}
    stratum = np.zeros(len(kept), np.int64)
    for one in places.values():
        stratum = stratum * len(one.categories) + one.codes
    frame = pd.DataFrame(
        {
            "unit": units.of_artwork[row[row >= 0]],
            "stratum": stratum,
            **places,
            "impressions": kept["effective_impressions"].to_numpy(np.float64),
            "plays": kept["effective_plays"].to_numpy(np.float64),
            "shown": kept["impressions"].to_numpy(np.float64),
        }
    )
    if (frame["unit"] * (stratum.max(initial=0) + 1) + stratum).duplicated().any():
        keys = ["unit", "stratum", *places]
        frame = frame.groupby(keys, sort=False, as_index=False, observed=True).sum()
    cluster, platform, country = (frame[name].array for name in places)
    impressions, plays, shown = (
        frame[name].to_numpy(np.float64) for name in ("impressions", "plays", "shown")
    )
    coded = pd.factorize(frame["stratum"])[0].astype(np.int64)
    unit = frame["unit"].to_numpy(np.int64)
    return Cells(unit, cluster, platform, country, coded, impressions, plays, shown)


def in_slice(
    cells: Cells, cluster: str = ALL, platform: str = ALL, country: str = ALL
) -> npt.NDArray[np.bool_]:
    """Which cells belong to a slice, `(m,)`."""
    mask = np.ones(len(cells.unit), dtype=np.bool_)
    for wanted, given in (
        (cluster, cells.cluster),
        (platform, cells.platform),
        (country, cells.country),
    ):
        if wanted != ALL:
            mask &= given == wanted
    return mask


def observe(cells: Cells, mask: npt.NDArray[np.bool_], units: Units) -> Observations:
    """Log-odds of each unit over the chosen cells, freed of the mix of audiences it was shown to.

    Artwork is rarely shown to everyone alike: one that a keen cluster saw most looks better than
    it is. Where several cluster × platform × country strata are pooled, each title's strata and
    units get multiplicative effects by iterative proportional fitting (Deming & Stephan 1940; the
    maximum-likelihood Poisson main effects), and a unit's log-odds is taken against the rate that
    its own mix would give: steadier in thin strata than the direct standardisation by which
    performance tags say how one artwork did. The variance is computed from the expected rate, so
    that a lucky count does not also weigh more.
    """
    unit, n, plays = cells.unit[mask], cells.impressions[mask], cells.plays[mask]
    count = len(units.title)
    expected = _expected_plays(unit, units.title, cells.stratum[mask], n, plays, count)
    seen = _tally(unit, n, count)
    taken = _tally(unit, plays, count)
    shown = _tally(unit, cells.shown[mask], count)
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = expected / seen
        keep = (expected >= MIN_EXPECTED_PLAYS) & (seen - expected >= MIN_EXPECTED_PLAYS)
    partners = np.bincount(units.title[keep], minlength=len(units.title_ids))
    rows = np.flatnonzero(keep & (partners[units.title] > 1))
    o, m, r = taken[rows], seen[rows], rate[rows]
    y: Floats = np.log((o + 0.5) / (m - o + 0.5)) - np.log(r / (1 - r))
    v: Floats = 1.0 / (m * r * (1 - r))
    return _observations(rows, units, y, v, shown[rows])


def weigh(parts: Sequence[tuple[float, Observations]], units: Units) -> Observations:
    """Observations of a mixture of slices, whose errors are independent.

    Where a unit lacks a slice, the others carry its weight.

    Args:
        parts: weight and observations of each slice.
    """
    count = len(units.title)
    total, y, v, shown = (np.zeros(count) for _ in range(4))
    for weight, seen in parts:
        total[seen.unit] += weight
        y[seen.unit] += weight * seen.inside(seen.y)
        v[seen.unit] += weight**2 * seen.v
        shown[seen.unit] += seen.impressions
    partners = np.bincount(units.title[total > 0], minlength=len(units.title_ids))
    rows = np.flatnonzero((total > 0) & (partners[units.title] > 1))
    return _observations(
        rows, units, y[rows] / total[rows], v[rows] / total[rows] ** 2, shown[rows]
    )


def _observations(
    rows: npt.NDArray[np.intp], units: Units, y: Floats, v: Floats, shown: Floats
) -> Observations:
    title = units.title[rows]
    starts = title_starts(title)
    spread = _spread(y, v, starts)
    precision = 1.0 / (v + spread**2)
    return Observations(rows.astype(np.int64), title, y, v, precision, shown, starts, spread)


def _spread(y: Floats, v: Floats, starts: Ints) -> float:
    from index.performance.pooling import estimate_spread

    if len(y) <= len(starts):
        return 0.0
    sizes = np.diff(np.r_[starts, len(y)])
    return estimate_spread(y, v, np.repeat(np.arange(len(starts)), sizes)).value


def _tally(index: Ints, amounts: Floats, size: int) -> Floats:
    tallied: Floats = np.bincount(index, amounts, size).astype(np.float64, copy=False)
    return tallied


def _expected_plays(
    unit: Ints, title_of_unit: Ints, stratum: Ints, n: Floats, plays: Floats, count: int
) -> Floats:
    """Plays that a title's audience would give each unit for its mix of strata, `(count,)`."""
    titles = int(title_of_unit.max()) + 1 if count else 0
    title = title_of_unit[unit]
    taken = _tally(title, plays, titles)
    overall = taken / np.maximum(_tally(title, n, titles), _TINY)
    if len(stratum) == 0 or stratum.min() == stratum.max():
        return _tally(unit, n * overall[title], count)
    _, first, cell = np.unique(
        title * (int(stratum.max()) + 1) + stratum, return_index=True, return_inverse=True
    )
    prior, cells = overall[title[first]], len(first)
    taken_cell, taken_unit = _tally(cell, plays, cells), _tally(unit, plays, count)
    factor, rate = np.ones(count), prior
    for _ in range(_SCALINGS):
        rate = (taken_cell + prior) / (_tally(cell, n * factor[unit], cells) + 1.0)
        factor = (taken_unit + 0.5) / (_tally(unit, n * rate[cell], count) + 0.5)
    expected = _tally(unit, n * rate[cell], count)
    level = taken / np.maximum(_tally(title_of_unit, expected, titles), _TINY)
    scaled: Floats = expected * level[title_of_unit]
    return scaled
