"""Lays a slice's counts out as flat arrays that point into each other, some titles at a time.

Titles share nothing but the rates of a slice's places, so blocks of whole titles keep what is
worked out of a row in the processor's cache instead of holding it for all rows at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import logit

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]
Numbers = TypeVar("Numbers", Floats, Ints)

BLOCK = 1 << 18
"""Rows of a block: a few megabytes in each array."""


@dataclass(frozen=True, slots=True)
class Exposure:
    """Counts of some titles in one slice.

    A place is a title in a cluster × platform, a stratum in a country too.

    Attributes:
        artwork, stratum, cell, size, plays: (rows,) one artwork in one stratum; sizes and plays
            are effective counts.
        cell_artwork, cell_place: (cells,) one artwork in one place.
        stratum_place, stratum_share: (strata,) shares are of the title's impressions.
        place_title, place_share, place_artworks: (places,) the last counts artworks.
        title: (artworks,)
        level: (strata,) log-odds of all the title's plays, smoothed by one pseudo-impression.
    """

    artwork: Ints
    stratum: Ints
    cell: Ints
    size: Floats
    plays: Floats
    cell_artwork: Ints
    cell_place: Ints
    stratum_place: Ints
    stratum_share: Floats
    place_title: Ints
    place_share: Floats
    place_artworks: Ints
    title: Ints
    level: Floats


def lay_out(counts: pd.DataFrame) -> list[Exposure]:
    """The exposure of a slice, in blocks of whole titles.

    Args:
        counts: artwork, title, place, country (codes from 0), impressions,
            effective_impressions, effective_plays; one row per artwork × place × country, title
            by title.

    Returns:
        Artworks in order of their first row.
    """
    countries = int(counts["country"].max()) + 1
    kind = _factorised((counts["place"] * countries + counts["country"]).to_numpy())
    plays, size = (sums(kind, counts[f"effective_{name}"]) for name in ("plays", "impressions"))
    everywhere = (plays + 0.5) / (size + 1.0)
    return [
        _lay_out(counts.iloc[rows], kind[rows], everywhere)
        for rows in _blocks(counts["title"].to_numpy())
    ]


def _blocks(title: Ints) -> list[slice]:
    """Rows of whole titles, ascending: about `BLOCK` of them each, or one title of more."""
    starts = np.flatnonzero(np.diff(title, prepend=-1))
    cuts = starts[np.diff(starts // BLOCK, prepend=-1) > 0]
    return [slice(start, stop) for start, stop in pairwise([*cuts.tolist(), len(title)])]


def _lay_out(counts: pd.DataFrame, kind: Ints, everywhere: Floats) -> Exposure:
    """One block.

    Args:
        kind: place and country of each row, by code.
        everywhere: the rate of each kind in the whole slice.
    """
    title, artwork = (_factorised(counts[name].to_numpy()) for name in ("title", "artwork"))
    at = counts["place"].to_numpy(np.int64)
    shown, size, plays = (
        counts[name].to_numpy(np.float64)
        for name in ("impressions", "effective_impressions", "effective_plays")
    )
    place = _factorised(title * (at.max() + 1) + at)
    stratum = _factorised(title * len(everywhere) + kind)
    cell = _factorised(artwork * (int(place.max()) + 1) + place)
    place_title, cell_place = _held(place, title), _held(cell, place)
    stratum_place = _held(stratum, place)
    total = sums(title, shown)
    pseudo = _held(stratum, everywhere[kind])
    return Exposure(
        artwork=artwork,
        stratum=stratum,
        cell=cell,
        size=size,
        plays=plays,
        cell_artwork=_held(cell, artwork),
        cell_place=cell_place,
        stratum_place=stratum_place,
        stratum_share=sums(stratum, shown) / total[place_title[stratum_place]],
        place_title=place_title,
        place_share=sums(place, shown) / total[place_title],
        place_artworks=np.bincount(cell_place),
        title=_held(artwork, title),
        level=logit((sums(stratum, plays) + pseudo) / (sums(stratum, size) + 1.0)),
    )


def sums(position: Ints, values: npt.ArrayLike, size: int = 0) -> Floats:
    """Sums of values by position; `size` makes room for positions that do not occur."""
    found: Floats = np.bincount(position, values, minlength=size).astype(np.float64, copy=False)
    return found


def _factorised(codes: npt.NDArray[np.integer]) -> Ints:
    return pd.factorize(codes)[0]


def _held(position: Ints, values: Numbers) -> Numbers:
    """`values` by position, where all rows of one position hold the same value."""
    found = np.empty(int(position.max()) + 1, dtype=values.dtype)
    found[position] = values
    return found
