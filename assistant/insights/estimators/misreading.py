"""Effects of a feature that is read with error, corrected by how often it is misread.

A level that is read wrong now and then seems to matter less than it does: part of what is called
"facing left" faces the viewer. How often each level is read as which other is known from labelled
pictures, and so is how much of the difference between a title's artworks is misreading.

Source: the matrix method for misclassified categories (Carroll, Ruppert, Stefanski & Crainiceanu
2006, Measurement Error in Nonlinear Models, 2nd edition, chapters 2.3 and 8; Barron 1977,
Biometrics 33:414), as moments inside titles. Errors are taken to be independent of the outcome and
of each other, given the truth.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]

_PRIOR = 0.5
"""Added to every count of the confusion table: Jeffreys' prior of a share."""
_LEAST_LEFT = 0.05
"""Share of the read variation that must be left when misreading is taken off; where less is left,
the effect could be of any size."""


@dataclass(frozen=True, slots=True)
class Corrected:
    """Effect of one level against the baseline, as it was read and corrected.

    Attributes:
        level: position of the level.
        raw, raw_low, raw_high: as if nothing was misread, log-odds.
        effect, low, high: corrected; None where misreading leaves too little to go by.
    """

    level: int
    raw: float
    raw_low: float
    raw_high: float
    effect: float | None
    low: float | None
    high: float | None


class MisreadingCorrection:
    """Effects inside titles of a feature's levels, with and without their misreading.

    Args:
        confusion: (K, K) labelled pictures by true level (row) and read level (column).
        baseline: level that the others are held against.
        draws: titles and confusion tables drawn for an interval.

    Raises:
        ValueError: the confusion table is not square, or a level has no labelled picture.
    """

    def __init__(
        self,
        confusion: npt.ArrayLike,
        *,
        baseline: int = 0,
        level: float = 0.9,
        draws: int = 1000,
        seed: int = 7,
    ) -> None:
        self.confusion = np.asarray(confusion, np.float64)
        square = self.confusion.ndim == 2 and self.confusion.shape[0] == self.confusion.shape[1]
        if not square or (self.confusion.sum(axis=1) <= 0).any():
            raise ValueError("the confusion table must be square, each true level with a picture")
        self.baseline, self.level, self.draws, self.seed = baseline, level, draws, seed

    def fit(self, read: Ints, y: Floats, weights: Floats, titles: Ints) -> MisreadingCorrection:
        """Learn `effects_`, one Corrected for each level but the baseline.

        Args:
            read: (n,) level as it was read, 0…K−1; −1 where it is missing.
            y: (n,) outcome of each artwork, log-odds.
            weights: (n,) of the outcomes, such as the inverse of their variance.
            titles: (n,) title of each artwork, 0…T−1; only differences inside a title count.
        """
        known = read >= 0
        moments = _Moments.of(
            np.eye(len(self.confusion))[read[known]], y[known], weights[known], titles[known]
        )
        random = np.random.default_rng(self.seed)
        count = moments.within.shape[0]
        drawn = random.multinomial(count, np.full(count, 1 / count), self.draws)
        alpha = self.confusion + _PRIOR
        gamma = random.standard_gamma(alpha, (self.draws, *alpha.shape))
        shares = gamma / gamma.sum(axis=2, keepdims=True)
        mean = (alpha / alpha.sum(axis=1, keepdims=True))[None]
        own, many = moments.summed(np.ones((1, count))), moments.summed(drawn)
        perfect = np.eye(len(alpha))[None]
        raw, raws = self._effects(own, perfect), self._effects(many, perfect)
        found, founds = self._effects(own, mean), self._effects(many, shares)
        tails = [(1 - self.level) / 2, (1 + self.level) / 2]
        raw_ends = np.quantile(raws, tails, axis=0)
        ends = np.quantile(founds, tails, axis=0, method="nearest")
        self.effects_ = tuple(
            Corrected(
                int(at),
                *(float(value) for value in (raw[0, at], *raw_ends[:, at])),
                *_bounded(found[0, at], *ends[:, at]),
            )
            for at in np.flatnonzero(np.arange(len(alpha)) != self.baseline)
        )
        return self

    def _effects(self, moments: _Moments, shares: Floats) -> Floats:
        """(draws, K) effects against the baseline; infinite where too little is left.

        With x the true level (one-hot), w the read one and M[i, j] = P(read j | true i), inside
        titles cov(w, w) = Mᵀ cov(x, x) M + noise and cov(w, y) = Mᵀ cov(x, y).
        """
        turn = np.linalg.pinv(shares)
        truth = np.clip(np.einsum("dji,dj->di", turn, moments.mean), 0, None)
        truth /= np.maximum(truth.sum(axis=1, keepdims=True), 1e-12)
        noise = np.einsum("di,dij->dj", truth, shares)[:, :, None] * np.eye(shares.shape[1])
        noise = noise - np.einsum("di,dij,dik->djk", truth, shares, shares)
        left = moments.within - moments.spread[:, None, None] * noise
        spread = np.einsum("dji,djk,dkl->dil", turn, left, turn)
        slopes = np.einsum("dji,dj->di", turn, moments.cross)
        others = np.flatnonzero(np.arange(shares.shape[1]) != self.baseline)
        spread, slopes = spread[:, others[:, None], others], slopes[:, others]
        own = moments.within[:, others[:, None], others]
        least = np.linalg.eigvalsh(left[:, others[:, None], others])[:, 0]
        sound = least > _LEAST_LEFT * np.linalg.eigvalsh(own)[:, 0]
        effects = np.zeros((len(spread), shares.shape[1]))
        effects[:, others] = np.einsum("dij,dj->di", np.linalg.pinv(spread), slopes)
        effects[np.ix_(~sound, others)] = np.inf * np.where(slopes[~sound] < 0, -1, 1)
        return effects


def _bounded(effect: float, low: float, high: float) -> tuple[float | None, ...]:
    """The three, or None for each where one has no bound."""
    bounded = bool(np.isfinite([effect, low, high]).all())
    return tuple(float(one) if bounded else None for one in (effect, low, high))


@dataclass(frozen=True, slots=True)
class _Moments:
    """Weighted moments inside titles: one row a title, or a row a draw of titles.

    Attributes:
        within: (rows, K, K) of the read levels.
        cross: (rows, K) of read levels and outcome.
        mean: (rows, K) shares of the read levels.
        spread: (rows,) what independent noise of variance one adds to `within`.
    """

    within: Floats
    cross: Floats
    mean: Floats
    spread: Floats

    @classmethod
    def of(cls, read: Floats, y: Floats, weights: Floats, titles: Ints) -> _Moments:
        """Moments of each title."""
        _, title = np.unique(titles, return_inverse=True)
        total = np.bincount(title, weights)
        share = weights / total[title]

        def centred(values: Floats) -> Floats:
            means = np.zeros((len(total), values.shape[1]))
            np.add.at(means, title, values * share[:, None])
            return values - means[title]

        levels, outcome = centred(read), centred(y[:, None])[:, 0]
        count, size = len(total), read.shape[1]
        within, cross = np.zeros((count, size, size)), np.zeros((count, size))
        np.add.at(within, title, np.einsum("n,ni,nj->nij", weights, levels, levels))
        np.add.at(cross, title, levels * (weights * outcome)[:, None])
        free = weights * (1 - share)
        mean = np.zeros((count, size))
        np.add.at(mean, title, read * free[:, None])
        return cls(within, cross, mean, np.bincount(title, free).astype(np.float64))

    def summed(self, times: npt.ArrayLike) -> _Moments:
        """Moments of draws of titles: `times` (draws, titles) says how often each was drawn."""
        often = np.asarray(times, np.float64)
        spread: Floats = often @ self.spread
        mean = (often @ self.mean) / np.maximum(spread[:, None], 1e-12)
        within = np.tensordot(often, self.within, axes=1)
        return _Moments(within, often @ self.cross, mean, spread)
