"""Shrinks what was seen of artworks towards their title, by a spread learned from all titles.

On the log-odds scale, y_a = μ_title + δ_a + ε_a with ε_a ~ N(0, v_a), δ_a ~ N(0, τ²) and a flat
prior on every μ_title. τ is estimated by restricted maximum likelihood over all titles and each
δ_a shrunk by it: empirical Bayes (Morris 1983, JASA 78; DerSimonian and Laird 1986, Control. Clin.
Trials 7; Efron, Large-Scale Inference, 2010). The lift of an artwork is δ_a less the mean δ of its
title's other artworks.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]
Flags = npt.NDArray[np.bool_]

UNINFORMED = 0.8
"""A posterior sd above this share of the prior sd says that the data hardly spoke …"""
NEGLIGIBLE = 0.2
"""… unless the artwork's data alone put its lift within this many log-odds of a value."""
SPREAD_SCALE = 0.5
"""Scale, in log-odds, of the Rayleigh prior that keeps a spread off 0 and ∞ when titles are few
(Chung et al. 2013, Psychometrika 78). With a hundred titles it moves the estimate by little."""
SPREAD_GRID = np.linspace(np.log(1e-7), np.log(25.0), 14)
"""log τ² between which the restricted likelihood is searched."""
SPREAD_NEAR = 0.5
"""Step in log τ² within which a spread is looked for beside one that is nearly it."""
SPREAD_STEP = 0.1
"""Step in log τ² for derivatives."""
SPREAD_STEPS, SPREAD_CLOSE = 30, 1e-5
"""Most steps of the search, and a step in log τ² so small that it ends."""


@dataclass(frozen=True, slots=True)
class Spread:
    """τ in log-odds, and the sd of log τ²."""

    value: float
    uncertainty: float


@dataclass(frozen=True, slots=True)
class Lifts:
    """Lifts in log-odds, one per artwork: posterior mean and sd, prior sd, sd by own data alone.

    `observed` is what was seen before shrinking, less the title's level.
    """

    mean: Floats
    sd: Floats
    prior_sd: Floats
    data_sd: Floats
    observed: Floats


def estimate_spread(y: Floats, v: Floats, group: Ints, near: Spread | None = None) -> Spread:
    """The spread of δ within groups of at least two.

    The mode of the restricted likelihood times a Rayleigh prior on τ; the sd from its curvature.

    Args:
        y: (n,) log-odds.
        v: (n,) sampling variances.
        group: (n,) title of each, coded from 0 without gaps.
        near: what it was for nearly the same values, beside which it is looked for first.
    """
    precision, scratch = np.empty_like(v), np.empty_like(v)

    def loss(log_square: float) -> float:
        square = float(np.exp(log_square))
        np.add(v, square, out=precision)
        np.reciprocal(precision, out=precision)
        total = np.bincount(group, precision)
        centre = np.bincount(group, np.multiply(precision, y, out=scratch)) / total
        np.take(centre, group, out=scratch, mode="clip")
        np.square(np.subtract(y, scratch, out=scratch), out=scratch)
        misfit = np.sum(np.multiply(precision, scratch, out=scratch))
        restricted = np.sum(np.log(precision, out=scratch)) - np.sum(np.log(total)) - misfit
        return float(-0.5 * (restricted + log_square - square / SPREAD_SCALE**2))

    points = SPREAD_GRID.tolist()
    if near is not None:
        before = 2 * float(np.log(near.value))
        points = [before - SPREAD_NEAR, before, before + SPREAD_NEAR]
    heights = [loss(point) for point in points]
    if near is not None and heights[1] > min(heights):
        return estimate_spread(y, v, group)
    mode, height = _lowest(loss, points, heights)
    around = loss(mode - SPREAD_STEP) - 2 * height + loss(mode + SPREAD_STEP)
    curvature = max(around / SPREAD_STEP**2, 0.25)
    return Spread(float(np.exp(mode / 2)), float(curvature**-0.5))


def _lowest(
    loss: Callable[[float], float], points: Sequence[float], heights: Sequence[float]
) -> tuple[float, float]:
    """Where a smooth function is lowest, by parabolas through the lowest point and its neighbours.

    Written out, as loading an optimiser would keep a brief waiting for a tenth of a second.
    """
    at = min(max(int(np.argmin(heights)), 1), len(points) - 2)
    (low, mid, high), (f_low, f_mid, f_high) = points[at - 1 : at + 2], heights[at - 1 : at + 2]
    for _ in range(SPREAD_STEPS):
        left, right = (mid - low) * (f_mid - f_high), (mid - high) * (f_mid - f_low)
        if left == right:
            break
        vertex = mid - 0.5 * ((mid - low) * left - (mid - high) * right) / (left - right)
        if not low < vertex < high or abs(vertex - mid) < SPREAD_CLOSE:
            break
        height = loss(vertex)
        if height > f_mid:
            low, f_low, high, f_high = (
                (vertex, height, high, f_high) if vertex < mid else (low, f_low, vertex, height)
            )
        else:
            low, f_low, high, f_high = (
                (low, f_low, mid, f_mid) if vertex < mid else (mid, f_mid, high, f_high)
            )
            mid, f_mid = vertex, height
    return mid, f_mid


def shrunken_log_odds(y: Floats, v: Floats, group: Ints, spread: Spread) -> Floats:
    """Posterior mean of μ + δ, the estimate of every μ put in for it."""
    precision = 1 / (v + spread.value**2)
    centre = (np.bincount(group, precision * y) / np.bincount(group, precision))[group]
    return centre + spread.value**2 * precision * (y - centre)


def shrink(y: Floats, v: Floats, group: Ints, spread: Spread) -> Lifts:
    """Posterior mean and sd of every artwork's lift, by sums within titles.

    With B = τ²/(v+τ²), s = B·v and W = Σ 1/(v+τ²), cov(δ_a, δ_b) = s_a·[a=b] + B_a·B_b/W: the
    second part is the uncertainty of the title's level. What the uncertainty of τ adds is taken
    to first order (Kass and Steffey 1989, JASA 84).
    """
    others = np.bincount(group)[group] - 1.0

    def contrast(values: Floats) -> Floats:
        return values - (np.bincount(group, values)[group] - values) / others

    def contrast_variance(values: Floats) -> Floats:
        return values + (np.bincount(group, values)[group] - values) / others**2

    def means(square: float) -> Floats:
        precision = 1 / (v + square)
        centre = np.bincount(group, precision * y) / np.bincount(group, precision)
        return contrast(square * precision * (y - centre[group]))

    square = spread.value**2
    kept = square / (v + square)
    precision = 1 / (v + square)
    total = np.bincount(group, precision)[group]
    level = np.bincount(group, precision * y)[group] / total
    variance = contrast_variance(kept * v) + contrast(kept) ** 2 / total
    step = np.exp(SPREAD_STEP)
    slope = (means(square * step) - means(square / step)) / (2 * SPREAD_STEP)
    return Lifts(
        mean=means(square),
        sd=np.sqrt(variance + (slope * spread.uncertainty) ** 2),
        prior_sd=spread.value * np.sqrt(1 + 1 / others),
        data_sd=np.sqrt(contrast_variance(v)),
        observed=y - level,
    )


def speaks(sd: Floats, prior_sd: Floats, data_sd: Floats, level: float = 0.90) -> Flags:
    """Whether an artwork's own data say more than what is known of any artwork beforehand.

    Args:
        sd, prior_sd, data_sd: `(n,)` as `Lifts` has them; NaN where there is no lift.
        level: the coverage of the intervals.
    """
    precise = NormalDist().inv_cdf(0.5 + level / 2) * data_sd <= NEGLIGIBLE
    informed: Flags = (sd <= UNINFORMED * prior_sd) | precise
    return informed
