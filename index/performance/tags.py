"""Performance tags: one row per artwork and slice, with a label a person can act on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import ndtr, ndtri

from index.performance.exposure import lay_out
from index.performance.pooling import shrink, speaks
from index.performance.response import measure
from index.records import ALL, Label

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]
Flags = npt.NDArray[np.bool_]
Spreads = dict[str, str | float | int]

ONLY_ARTWORK = "only artwork of its title"
NOT_SHOWN = "not shown here"
TOO_FEW = "too few impressions"
REASONS = ("", ONLY_ARTWORK, NOT_SHOWN, TOO_FEW)
COUNTS = ("impressions", "plays", "effective_impressions", "effective_plays")
TAG_COLUMNS = (
    "artwork_id",
    "title_id",
    "cluster",
    "platform",
    "impressions",
    "plays",
    "take_fraction",
    "observed",
    "variance",
    "lift",
    "sd",
    "low",
    "high",
    "p_positive",
    "label",
    "reason",
)
LABELS = (Label.HIGH, Label.LOW, Label.TYPICAL, Label.INSUFFICIENT)


@dataclass(frozen=True, slots=True)
class TagTable:
    """Performance tags and the spread of artworks within titles they were shrunk by.

    Attributes:
        tags: one row per artwork × slice where its title has impressions: artwork_id, title_id,
            cluster, platform, impressions, plays, take_fraction, observed, variance, lift, sd, low,
            high, p_positive, label, reason. `observed` is the standardised log-odds before any
            shrinking, less the title's level, and `variance` its sampling variance: what mixtures
            of slices are made from. Lift, sd, low and high are log-odds; NaN where there is no
            lift.
        spreads: cluster, platform, spread (τ in log-odds, NaN where no title has two artworks),
            titles and artworks (those τ was estimated from).
    """

    tags: pd.DataFrame
    spreads: pd.DataFrame


def tag_performance(
    cells: pd.DataFrame,
    artworks: pd.DataFrame,
    *,
    level: float = 0.90,
    every_slice: bool = True,
) -> TagTable:
    """Shrunken lifts of every artwork in every slice, with intervals and labels.

    Slices are the observed cluster × platform pairs and every margin with "all". `impressions`,
    `plays` and `take_fraction` are the raw counts; lifts come from the effective counts,
    standardised. An artwork is `high` (`low`) when its whole interval lies above (below) 0. It
    is `insufficient data` when its title has no other artwork shown there, when it was not shown,
    or when its posterior sd is over 80% of the prior's while its own data do not hold its lift
    within ±0.2 log-odds either; else it is `typical`.

    Args:
        cells: as `index.catalogue.aggregate_performance` returns them; cells of artworks that
            are not listed are left out.
        artworks: artwork_id, title_id.
        level: the coverage of the intervals.
        every_slice: False for all clusters and platforms together alone.

    Raises:
        ValueError: `level` is not between 0 and 1.
    """
    found = list(tag_slices(cells, artworks, level=level, every_slice=every_slice))
    tags = [tags for tags, _ in found] or [no_tags()]
    return TagTable(pd.concat(tags, ignore_index=True), spread_table([one for _, one in found]))


def tag_slices(
    cells: pd.DataFrame,
    artworks: pd.DataFrame,
    *,
    level: float = 0.90,
    every_slice: bool = True,
    told: Flags | None = None,
) -> Iterator[tuple[pd.DataFrame, Spreads]]:
    """As `tag_performance`, a slice after the other, so that many need not be in memory at once.

    Args:
        told: `(n,)` artworks to tell of, of n; the others only count in their titles. None for all.
    """
    if not 0 < level < 1:
        raise ValueError(f"level must lie between 0 and 1, not {level}")
    title = pd.factorize(artworks["title_id"])[0]
    counts = _coded(cells, artworks["artwork_id"], title)
    own = np.ones(len(title), bool) if told is None else told
    clusters = counts["cluster"].cat.categories if every_slice else ()
    platforms = counts["platform"].cat.categories if every_slice else ()
    for cluster in (*clusters, ALL):
        for platform in (*platforms, ALL):
            inside = _within(counts["cluster"], cluster) & _within(counts["platform"], platform)
            part = counts if inside.all() else counts[inside]
            if "" not in (cluster, platform) and len(part):
                where = {"cluster": cluster, "platform": platform}
                table, spread = _tag_slice(part, title, own, level)
                yield _finish(table.assign(**where), artworks), {**where, **spread}


def no_tags() -> pd.DataFrame:
    """The table of tags where nothing was shown."""
    return pd.DataFrame({name: [] for name in TAG_COLUMNS})


def spread_table(spreads: Sequence[Spreads]) -> pd.DataFrame:
    """What slices were shrunk by, a row each."""
    return pd.DataFrame(spreads, columns=["cluster", "platform", "spread", "titles", "artworks"])


def _coded(cells: pd.DataFrame, ids: pd.Series[str], title: Ints) -> pd.DataFrame:
    """Cells that were shown, by codes, one row per artwork × place (cluster × platform) × country.

    Rows come title by title. Clusters and platforms become categories in the order of their names.
    """
    artwork = places(cells["artwork_id"], ids)
    kept = (artwork >= 0) & (cells["impressions"] > 0).to_numpy()
    if not kept.all():
        cells, artwork = cells[kept], artwork[kept]
    cluster, platform, country = (
        cells[name].astype("category").cat for name in ("cluster", "platform", "country")
    )
    place = cluster.codes.astype("int32") * len(platform.categories) + platform.codes
    counts: pd.DataFrame = cells[list(COUNTS)].assign(
        artwork=artwork, place=place, country=country.codes
    )
    keys = ["artwork", "place", "country"]
    if counts.duplicated(keys).any():
        counts = counts.groupby(keys, as_index=False).sum()
    counts = counts.assign(title=title.astype(np.int32)[counts["artwork"]])
    if not counts["title"].is_monotonic_increasing:
        counts = counts.sort_values("title", kind="stable", ignore_index=True)
    at = counts["place"] // max(len(platform.categories), 1)
    return counts.assign(
        cluster=pd.Categorical.from_codes(at, cluster.categories),
        platform=pd.Categorical.from_codes(
            counts["place"] - at * len(platform.categories), platform.categories
        ),
    )


def places(ids: pd.Series[str], known: pd.Series[str]) -> Ints:
    """Where each id is among those known, -1 for others; without an object for each."""
    import pyarrow as pa
    from pyarrow.compute import index_in

    given, held = (pa.array(one, pa.large_string()) for one in (ids, known))
    places: Ints = index_in(given, value_set=held).fill_null(-1).to_numpy(zero_copy_only=False)
    return places


def _within(values: pd.Series[Any], wanted: str) -> pd.Series[bool]:
    return values.eq(wanted) if wanted != ALL else values.notna()


def tag_by_canvas(cells: pd.DataFrame, artworks: pd.DataFrame) -> pd.DataFrame | None:
    """Tags of every artwork in the slice of its canvas, over all clusters and platforms.

    Args:
        cells: counts per artwork × cluster × platform × country.
        artworks: artwork_id, title_id, canvas.

    Returns:
        The columns of `TagTable.tags` for the slice all × all, and canvas; None where artworks
        carry fewer than two canvases.
    """
    canvases = sorted(set(artworks["canvas"].str.strip().unique()) - {""})
    if len(canvases) < 2:
        return None
    told = []
    for canvas in canvases:
        own = artworks[artworks["canvas"].str.strip() == canvas]
        tagged = tag_performance(cells, own.reset_index(drop=True), every_slice=False)
        told.append(tagged.tags.assign(canvas=canvas))
    found: pd.DataFrame = pd.concat(told, ignore_index=True)
    return found


def _tag_slice(
    part: pd.DataFrame, title: Ints, told: Flags, level: float
) -> tuple[pd.DataFrame, dict[str, float | int]]:
    """Tags of one slice by position of the artworks told of, and what they were shrunk by."""
    impressions, plays = (
        np.bincount(part["artwork"], part[name], minlength=len(title)).astype(np.int64)
        for name in ("impressions", "plays")
    )
    shown = impressions > 0
    beside = np.bincount(title[shown], minlength=int(title.max()) + 1)[title]
    several = beside[part["artwork"]] > 1
    compared = part if several.all() else part[several]
    lifts = np.full((6, len(title)), np.nan)
    spread: dict[str, float | int] = {"spread": np.nan, "titles": 0, "artworks": 0}
    if len(compared):
        response, of_title, found = measure(lay_out(compared))
        shrunk = shrink(response.log_odds, response.variance, of_title, found)
        lifts[:, compared["artwork"].unique()] = (
            shrunk.mean,
            shrunk.sd,
            shrunk.prior_sd,
            shrunk.data_sd,
            shrunk.observed,
            response.variance,
        )
        spread = {
            "spread": found.value,
            "titles": int(of_title.max()) + 1,
            "artworks": len(of_title),
        }
    rows = np.flatnonzero((beside > 0) & told)
    mean, sd, prior_sd, data_sd, observed, variance = lifts[:, rows]
    reach = ndtri(0.5 + level / 2)
    low, high = mean - reach * sd, mean + reach * sd
    nothing = np.isnan(mean)
    label = np.select([low > 0, high < 0, speaks(sd, prior_sd, data_sd, level)], [0, 1, 2], 3)
    table = pd.DataFrame(
        {
            "artwork": rows,
            "impressions": impressions[rows],
            "plays": plays[rows],
            "observed": observed,
            "variance": variance,
            "lift": mean,
            "sd": sd,
            "low": low,
            "high": high,
            "p_positive": ndtr(mean / sd),
            "label": label,
            "reason": np.select([~shown[rows], nothing, label == 3], [2, 1, 3], 0),
        }
    )
    return table, spread


def _finish(tags: pd.DataFrame, artworks: pd.DataFrame) -> pd.DataFrame:
    """A slice with ids and words in place of positions, in column order."""
    rows = tags["artwork"].to_numpy()
    ids = {name: artworks[name].astype("str").take(rows).array for name in TAG_COLUMNS[:2]}
    words = {
        name: pd.Series(list(choices), dtype="str").take(tags[name].to_numpy()).array
        for name, choices in (("label", LABELS), ("reason", REASONS))
    }
    shown = tags["impressions"].where(tags["impressions"] > 0)
    return tags.assign(**ids, **words, take_fraction=tags["plays"] / shown)[list(TAG_COLUMNS)]
