"""Lays a slice's counts out as flat arrays that point into each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import logit

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]
Numbers = TypeVar("Numbers", Floats, Ints)


@dataclass(frozen=True, slots=True)
class Exposure:
    """Counts of one slice; a place is a title in a cluster × platform, a stratum in a country too.

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


def lay_out(counts: pd.DataFrame) -> Exposure:
    """The exposure of a slice.

    Args:
        counts: artwork, title, place, country (codes from 0), impressions,
            effective_impressions, effective_plays; one row per artwork × place × country.

    Returns:
        Artworks in order of their first row.
    """
    title, artwork = (_factorised(counts[name].to_numpy()) for name in ("title", "artwork"))
    at, country = (counts[name].to_numpy(np.int64) for name in ("place", "country"))
    kind = _factorised(at * (country.max() + 1) + country)
    place = _factorised(title * (at.max() + 1) + at)
    del at, country
    stratum = _factorised(title * (kind.max() + 1) + kind)
    cell = _factorised(artwork * (place.max() + 1) + place)
    place_title, cell_place = _held(place, title), _held(cell, place)
    stratum_place = _held(stratum, place)
    shown, size, plays = (
        counts[name].to_numpy(np.float64)
        for name in ("impressions", "effective_impressions", "effective_plays")
    )
    total = sums(title, shown)
    everywhere = (sums(kind, plays) + 0.5) / (sums(kind, size) + 1.0)
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


def sums(position: Ints, values: Floats, size: int = 0) -> Floats:
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
