"""What a slice's counts say of each artwork, freed of who happened to be shown what.

Two kinds of mix are taken out. Between places (cluster × platform) by direct standardisation:
every artwork is given its title's own mix of impressions, so that one shown mostly to keen members
does not look better than it is (Simpson 1951, JRSS B 13; Rothman, Greenland and Lash, Modern
Epidemiology, 2008, ch. 15). Inside a place, between countries, by comparing artworks country by
country, so that one made for a country is compared with what ran beside it there (Mantel and
Haenszel 1959, JNCI 22).

Counts may be small, so nothing is read off the logarithm of an artwork's own counts: log-odds are
worked out around a fit that is itself shrunk, round after round (penalised quasi-likelihood:
Breslow and Clayton 1993, JASA 88).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import expit, logit

from index.performance.exposure import Exposure, sums
from index.performance.pooling import Spread, estimate_spread, shrunken_log_odds

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]

ROUNDS = 8
SETTLED = 2e-3
"""Rounds end once the spread changes by less than this share."""
LONGEST_STEP = 2.0
"""Log-odds that a fit may move in one round."""
TINY = 1e-12


@dataclass(frozen=True, slots=True)
class Response:
    """Standardised log-odds of every artwork.

    Attributes:
        log_odds: (artworks,) the fit, corrected by what the counts say beyond it.
        variance: (artworks,) its sampling variance, as if the fit were true.
        fitted: (artworks,) log-odds of the fit alone.
        gain: (artworks,) change of `fitted` per log-odds of shift in every stratum.
    """

    log_odds: Floats
    variance: Floats
    fitted: Floats
    gain: Floats


def measure(exposures: Sequence[Exposure]) -> tuple[Response, Ints, Spread]:
    """Responses of the artworks of all blocks, their titles, and the spread they were fitted with.

    Titles are coded from 0, `(artworks,)`; the spread is that of artworks within titles.
    """
    title = _joined_titles(exposures)
    ends = np.cumsum([len(one.title) for one in exposures])[:-1]
    levels, shifts = [one.level for one in exposures], [_first_shift(one) for one in exposures]
    response = _respond_all(exposures, levels, shifts)
    spread = estimate_spread(response.log_odds, response.variance, title)
    for _ in range(ROUNDS):
        goal = shrunken_log_odds(response.log_odds, response.variance, title, spread)
        step = (goal - response.fitted) / response.gain
        steps = np.split(np.clip(step, -LONGEST_STEP, LONGEST_STEP), ends)
        for at, one in enumerate(exposures):
            shifts[at] = _centred(one, shifts[at] + steps[at])
            levels[at] = _refit(one, levels[at], shifts[at])
        response = _respond_all(exposures, levels, shifts)
        before = spread
        spread = estimate_spread(response.log_odds, response.variance, title, near=before)
        if abs(spread.value - before.value) <= SETTLED * before.value:
            break
    return response, title, spread


def _joined_titles(exposures: Sequence[Exposure]) -> Ints:
    counts = [0, *(int(one.title.max()) + 1 for one in exposures)]
    starts = np.cumsum(counts)
    return np.concatenate([one.title + at for one, at in zip(exposures, starts, strict=False)])


def _respond_all(
    exposures: Sequence[Exposure], levels: Sequence[Floats], shifts: Sequence[Floats]
) -> Response:
    parts = [_respond(*block) for block in zip(exposures, levels, shifts, strict=True)]
    return Response(*(np.concatenate(ones) for ones in zip(*map(astuple, parts), strict=True)))


def _first_shift(e: Exposure) -> Floats:
    """Roughly by how many log-odds each artwork beats its title: plays against those expected."""
    expected = sums(e.artwork, e.size * expit(e.level)[e.stratum])
    plays, size = sums(e.artwork, e.plays), sums(e.artwork, e.size)
    odds = (plays + 1) / (np.maximum(size - plays, 0) + 1)
    shift: Floats = np.log(odds * (np.maximum(size - expected, 0) + 1) / (expected + 1))
    return shift


def _centred(e: Exposure, shift: Floats) -> Floats:
    """Shifts less their mean within titles, which belongs to the levels."""
    size = sums(e.artwork, e.size)
    mean = sums(e.title, size * shift) / sums(e.title, size)
    return shift - mean[e.title]


def _refit(e: Exposure, level: Floats, shift: Floats) -> Floats:
    """One Newton step of every stratum's level towards its plays and one pseudo-impression."""
    rate, pseudo = expit(level[e.stratum] + shift[e.artwork]), expit(e.level)
    miss = sums(e.stratum, e.plays - e.size * rate) + pseudo - expit(level)
    weight = sums(e.stratum, e.size * rate * (1 - rate)) + pseudo * (1 - pseudo)
    moved: Floats = level + np.clip(miss / weight, -LONGEST_STEP, LONGEST_STEP)
    return moved


def _respond(e: Exposure, level: Floats, shift: Floats) -> Response:
    base, rate = expit(level), expit(level[e.stratum] + shift[e.artwork])
    share = e.place_share[e.cell_place]
    in_place = e.stratum_share / e.place_share[e.stratum_place]
    place_rate = sums(e.stratum_place, in_place * base)
    one_impression = place_rate * (1 - place_rate)
    score: Floats = sums(e.cell, e.plays - e.size * rate)
    weight, information = _information(e, e.size * rate * (1 - rate))
    _, slope = _mixed(
        e.cell,
        in_place[e.stratum],
        rate,
        base[e.stratum],
        whole=place_rate[e.cell_place],
        shift=shift[e.cell_artwork],
    )
    residual = sums(e.cell_artwork, share * slope * score / np.maximum(weight, TINY))
    spoken = np.minimum(slope**2 / np.maximum(information, TINY), one_impression[e.cell_place])
    silent = sums(e.place_title, e.place_share**2 * one_impression)[e.title]
    silent -= sums(e.cell_artwork, share**2 * one_impression[e.cell_place])
    variance = sums(e.cell_artwork, share**2 * spoken) + np.maximum(silent, 0)
    mean, gain = _mixed(
        e.artwork,
        e.stratum_share[e.stratum],
        rate,
        base[e.stratum],
        whole=sums(e.place_title, e.place_share * place_rate)[e.title],
        shift=shift,
    )
    scale = mean * (1 - mean)
    fitted: Floats = logit(mean)
    return Response(fitted + residual / scale, variance / scale**2, fitted, gain / scale)


def _information(e: Exposure, weight: Floats) -> tuple[Floats, Floats]:
    """Σ weights of every cell, and how much of it bears on the comparison with other artworks.

    An artwork that shares no country of a place with another is not compared there; with one
    country, or with the same mix for all artworks, all of the weight counts.
    """
    total = sums(e.cell, weight)
    stratum = sums(e.stratum, weight)
    others = 1 - weight / np.maximum(stratum[e.stratum], TINY)
    beside = 1 - total / np.maximum(sums(e.stratum_place, stratum)[e.cell_place], TINY)
    compared = sums(e.cell, weight * others) / np.maximum(beside, TINY)
    return total, np.where(e.place_artworks[e.cell_place] > 1, compared, total)


def _mixed(
    owner: Ints, share: Floats, rate: Floats, base: Floats, *, whole: Floats, shift: Floats
) -> tuple[Floats, Floats]:
    """Σ share·rate and Σ share·rate·(1 − rate) of every owner.

    The share it was not shown in counts as one stratum: what is left of its title's rate `whole`,
    shifted.
    """
    size = len(shift)
    left = 1 - sums(owner, share, size)
    left = np.where(left > 1e-9, left, 0.0)
    unseen = (whole - sums(owner, share * base, size)) / np.maximum(left, TINY)
    guess = expit(logit(np.clip(unseen, TINY, 1 - TINY)) + shift)
    mean = sums(owner, share * rate, size) + left * guess
    slope = sums(owner, share * rate * (1 - rate), size)
    slope += left * guess * (1 - guess)
    return np.clip(mean, TINY, 1 - TINY), np.maximum(slope, TINY)
