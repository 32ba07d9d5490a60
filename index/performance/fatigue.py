"""Whether artwork does worse the longer it has been shown, and the more often a member saw it.

Artworks of one title are compared in the same period, so that what befalls the title befalls both
(a stratum is a title in a period; or, for exposures, the same number of times that a member was
shown the title at all). With η the log-odds of a play,

    η = stratum + artwork + β·x,    artwork ~ N(0, τ²),

strata have a flat prior, and x is the logarithm of age or exposures. Plays enter as working
responses, linear in them, around the rate of their stratum: around a fit of each artwork, noise of
young artworks would look like fatigue. β and its interval are generalised least squares with a
variance that is robust to what goes on inside titles (Liang and Zeger 1986, Biometrika 73). It is
assumed that how good an artwork is has nothing to do with when it was launched.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import expit, logit, stdtrit

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]

FEWEST_TITLES = 8
"""Titles with artworks of different ages side by side without which nothing is said."""
MOST_TITLES, MOST_ROWS = 500, 1000
"""Titles that are looked at, those with the most impressions, and the most rows of one."""
FLAT = 100.0
"""Prior variance of a stratum, in squared log-odds."""
LEVEL = 0.90
AGES = ((0, 7), (7, 28), (28, 91), (91, 182), (182, 100_000))
"""Days since an artwork was first shown."""
EXPOSURES = ((1, 2), (2, 3), (3, 5), (5, 9), (9, 100_000))
"""Times that a member was shown an artwork, with this one."""
COLUMNS = ("by", "low_edge", "high_edge", "effect", "low", "high", "titles", "artworks",
           "impressions")  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Cells:
    """Counts of one title, or of one cluster on it: rows of artwork × stratum, and their x."""

    artwork: Ints
    stratum: Ints
    size: Floats
    plays: Floats
    x: Floats
    title: int
    names: frozenset[int]


def fatigue_by_age(
    timed: pd.DataFrame, artworks: pd.DataFrame, spread: float
) -> pd.DataFrame | None:
    """How log-odds change with an artwork's age.

    Args:
        timed: artwork_id, start, days, impressions, plays, as `counts_by_time` gives them.
        artworks: artwork_id, title_id.
        spread: sd of artworks inside titles, log-odds.

    Returns:
        by ("age"), low_edge and high_edge (days; NaN on the row of the slope), effect with its
        90% interval (log-odds against the first week; of the slope, for every doubling of the
        weeks since then, log2(1 + days / 7)), titles, artworks and impressions compared; None
        where too few titles have artworks of different ages side by side.
    """
    rows = timed[timed["impressions"] > 0]
    middle = rows["start"] + pd.to_timedelta(rows["days"] / 2, unit="D")
    first = rows.groupby("artwork_id")["start"].transform("min")
    age = np.asarray((middle - first).dt.total_seconds() / 86_400, np.float64)
    doublings = np.asarray(np.log2(1 + age / 7), np.float64)
    table = rows.assign(stratum=pd.factorize(rows["start"])[0])
    return _estimate("age", table, artworks, doublings, age, AGES, spread)


def fatigue_by_exposure(
    exposed: pd.DataFrame, artworks: pd.DataFrame, spread: float
) -> pd.DataFrame | None:
    """How log-odds change with how often a member had been shown the artwork.

    Args:
        exposed: artwork_id, cluster, title_shown, shown, impressions, plays, as
            `counts_by_exposure` gives them; members of one cluster are compared.
        artworks: artwork_id, title_id.
        spread: sd of artworks inside titles, log-odds.

    Returns:
        As `fatigue_by_age`, by "exposure": edges are times shown, the slope is for every doubling.
    """
    times = exposed["shown"].to_numpy(np.float64)
    table = exposed.assign(stratum=exposed["title_shown"])
    return _estimate("exposure", table, artworks, np.log2(times), times, EXPOSURES, spread)


def _estimate(
    by: str,
    table: pd.DataFrame,
    artworks: pd.DataFrame,
    doublings: Floats,
    amount: Floats,
    edges: Sequence[tuple[int, int]],
    spread: float,
) -> pd.DataFrame | None:
    bins = np.digitize(amount, [low for low, _ in edges[1:]])
    indicators = (bins[:, None] == np.arange(1, len(edges))).astype(np.float64)
    title = table["artwork_id"].map(artworks.set_index("artwork_id")["title_id"])
    kept = title.notna().to_numpy()
    block = title[kept] + "\0" + table["cluster"][kept] if "cluster" in table else title[kept]
    codes = pd.factorize(block)[0]
    named = pd.factorize(title[kept])[0]
    artwork = pd.factorize(table["artwork_id"][kept])[0]
    stratum = pd.factorize(
        pd.Series(codes).astype(str) + ":" + table["stratum"][kept].astype(str).to_numpy()
    )[0]
    size, plays = (table[name].to_numpy(np.float64)[kept] for name in ("impressions", "plays"))
    order = np.argsort(codes, kind="stable")
    pieces = np.split(order, np.flatnonzero(np.diff(codes[order])) + 1)
    told = []
    for columns, places in ((doublings[:, None], [None]), (indicators, list(edges[1:]))):
        x = columns[kept]
        cells = [
            _Cells(
                pd.factorize(artwork[rows])[0],
                pd.factorize(stratum[rows])[0],
                size[rows],
                plays[rows],
                x[rows],
                int(named[rows[0]]),
                frozenset(artwork[rows].tolist()),
            )
            for rows in pieces
        ]
        cells = [one for one in cells if len(one.x) <= MOST_ROWS and _varies(one)]
        cells = sorted(cells, key=lambda one: -float(one.size.sum()))[:MOST_TITLES]
        titles = len({one.title for one in cells})
        if titles < FEWEST_TITLES:
            return None
        effect, sd = _fit(cells, spread)
        reach = stdtrit(titles - 1, 0.5 + LEVEL / 2) * sd
        seen = sum(float(one.size.sum()) for one in cells)
        number = len({(one.title, name) for one in cells for name in one.names})
        for at, edge in enumerate(places):
            if np.isfinite(sd[at]):
                low, high = edge if edge is not None else (np.nan, np.nan)
                told.append(
                    (by, low, high, effect[at], effect[at] - reach[at], effect[at] + reach[at],
                     titles, number, int(seen))
                )  # fmt: skip
    return pd.DataFrame(told, columns=list(COLUMNS))


def _varies(cells: _Cells) -> bool:
    """Whether artworks of different x stand side by side in some stratum."""
    lowest = np.full(cells.stratum.max() + 1, np.inf)
    highest = np.full(cells.stratum.max() + 1, -np.inf)
    first = cells.x[:, 0] if cells.x.shape[1] == 1 else cells.x @ np.arange(1, cells.x.shape[1] + 1)
    np.minimum.at(lowest, cells.stratum, first)
    np.maximum.at(highest, cells.stratum, first)
    return bool((highest - lowest > 1e-9).any())


def _fit(titles: Sequence[_Cells], spread: float) -> tuple[Floats, Floats]:
    """β (k,) and its robust sd (k,); NaN where nothing is learned of one."""
    width = titles[0].x.shape[1]
    normal, right, parts = np.zeros((width, width)), np.zeros(width), []
    for one in titles:
        rate = expit(_level(one))
        variance = 1 / np.maximum(one.size * rate * (1 - rate), 1e-9)
        response = (one.plays - one.size * rate) * variance
        shared = spread**2 * (one.artwork[:, None] == one.artwork)
        shared = shared + FLAT * (one.stratum[:, None] == one.stratum)
        weighted = np.linalg.solve(shared + np.diag(variance), np.column_stack([one.x, response]))
        normal += one.x.T @ weighted[:, :-1]
        right += one.x.T @ weighted[:, -1]
        parts.append((one.x, weighted))
    known = np.diag(normal) > 1e-6
    bread = np.linalg.inv(normal[np.ix_(known, known)])
    beta, sd = np.zeros(width), np.full(width, np.nan)
    beta[known] = bread @ right[known]
    scores = np.array([x.T @ (own[:, -1] - own[:, :-1] @ beta) for x, own in parts])[:, known]
    of_title = pd.factorize(np.array([one.title for one in titles]))[0]
    summed = np.stack([np.bincount(of_title, score) for score in scores.T], axis=1)
    meat = summed.T @ summed * len(summed) / (len(summed) - 1)
    robust = np.sqrt(np.diag(bread @ meat @ bread))
    sd[known] = np.maximum(robust, np.sqrt(np.diag(bread)))
    return beta, sd


def _level(one: _Cells) -> Floats:
    """Log-odds of every row's stratum, smoothed by one pseudo-impression of the title's rate."""
    rate = (one.plays.sum() + 0.5) / (one.size.sum() + 1)
    plays, size = np.bincount(one.stratum, one.plays), np.bincount(one.stratum, one.size)
    level: Floats = logit((plays + rate) / (size + 1))[one.stratum]
    return level
