"""What clusters will watch of a title nobody has seen yet, from its text and genres."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from index.audience.ridge import WeightedRidge
from index.processors import processors

Floats = npt.NDArray[np.float64]

FEWEST_TITLES = 20
FEWEST_OF_A_GENRE = 2
RESAMPLES, LEVEL = 1000, 0.90
BALANCES = (0.1, 0.3, 1.0, 3.0)
"""Weights of the text block against the genres that are tried."""


@dataclass(frozen=True, slots=True)
class Skill:
    """Share of the squared error of "everyone alike" that the prediction saves on unseen titles.

    1 is perfect, 0 no better than saying that every cluster watches the title as everyone does,
    below 0 worse, in cross-validation over `titles`. `low` and `high` are the 90% interval; all
    three are nan where there were too few titles to tell.
    """

    value: float
    low: float
    high: float
    titles: int


class AffinityPredictor:
    """Ridge regression of cluster affinities on text embeddings and genres.

    Text vectors and genre indicators are centred and scaled to a total variance of 1 a block.
    The intercept of the regression is left out of predictions: a title whose words say nothing
    is predicted "as everyone", so skill is earned by the words alone. The penalty and the
    weight of text against genres are chosen per cluster by leave-one-out cross-validation
    inside the titles trained on (Hoerl & Kennard 1970; Golub, Heath & Wahba 1979). A title
    weighs w / (1 + v·w) with w its plays and v the variance of affinities: a blockbuster is
    known better, but is one title still.

    Where skill over all clusters is not above 0 with 95% confidence, or a cluster's own is not
    positive, its affinity is predicted as 0, "as everyone".

    Args:
        alphas: penalties to choose from, per unit of mean title weight.
        folds: of the cross-validation that skill is measured by.

    Attributes after `fit`:
        clusters_: names of the columns of affinity.
        skill_: a Skill per cluster; `overall_skill_` over all.
        residual_sd_: (clusters,) typical error of the prediction on unseen titles; 0.9 of the
            truth lies within ±1.645 of it.
        titles_: number of titles with a known affinity.
    """

    def __init__(
        self,
        alphas: Sequence[float] = (0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0, 300.0, 1000.0),
        folds: int = 5,
        seed: int = 7,
    ) -> None:
        self.alphas, self.folds, self.seed = tuple(alphas), folds, seed

    def fit(
        self,
        text_vectors: npt.ArrayLike,
        genres: Sequence[Sequence[str]],
        affinity: npt.ArrayLike,
        weights: npt.ArrayLike,
        *,
        clusters: Sequence[str] | None = None,
    ) -> AffinityPredictor:
        """Learn from titles with known affinity.

        Args:
            text_vectors: (n, d) text embeddings.
            genres: n sequences of genres; those of at least two titles are used.
            affinity: (n, clusters) log relative rates; nan is not known.
            weights: (n, clusters) plays behind each affinity.
            clusters: names of the columns; "0", "1", … where not given.

        Raises:
            ValueError: shapes that do not fit, or vectors that are not finite.
        """
        text, known = np.asarray(text_vectors, np.float64), np.asarray(affinity, np.float64)
        plays = np.asarray(weights, np.float64)
        if text.ndim != 2 or known.ndim != 2 or known.shape != plays.shape:
            raise ValueError("text_vectors, affinity and weights are tables, the last two alike")
        if not len(text) == len(genres) == len(known):
            raise ValueError("text_vectors, genres and affinity have a row per title")
        if not np.isfinite(text).all():
            raise ValueError("text_vectors must be finite")
        names = [str(c) for c in range(known.shape[1])] if clusters is None else list(clusters)
        if len(names) != known.shape[1]:
            raise ValueError("clusters must name every column of affinity")
        self.clusters_ = tuple(names)
        seen = np.isfinite(known) & (plays > 0)
        target, trust = np.where(seen, known, 0.0), _trust(known, np.where(seen, plays, 0.0))
        self._learn_inputs(text, genres)
        inputs = self._inputs(text, genres)
        self.titles_ = int(seen.any(axis=1).sum())
        if self.titles_ < FEWEST_TITLES:
            unknown = Skill(np.nan, np.nan, np.nan, self.titles_)
            self.overall_skill_, self.skill_ = unknown, (unknown,) * len(names)
            self._coefficients = np.zeros((inputs.shape[1], len(names)))
            self.residual_sd_ = _weighted_sd(target, trust)
            return self
        guessed = self._cross_validated(inputs, target, trust)
        *own, self.overall_skill_ = _skills(target, guessed, trust, self.titles_, self.seed)
        self.skill_ = tuple(own)
        useful = np.array([self.overall_skill_.low > 0 and skill.value > 0 for skill in own])
        self._coefficients = self._ridge(inputs, target, trust * useful)
        self.residual_sd_ = _weighted_sd(target - guessed * useful, trust)
        return self

    def predict(self, text_vectors: npt.ArrayLike, genres: Sequence[Sequence[str]]) -> Floats:
        """Affinities (m, clusters) of m titles; genres never seen say nothing.

        Raises:
            ValueError: vectors of other dimensions than those learned from, or not m of them.
        """
        text = np.asarray(text_vectors, np.float64)
        if text.ndim != 2 or text.shape[1] != len(self._text_mean) or len(text) != len(genres):
            raise ValueError(
                f"expected {len(genres)} text vectors of {len(self._text_mean)} dimensions"
            )
        return np.asarray(self._inputs(text, genres) @ self._coefficients)

    def to_arrays(self) -> dict[str, npt.NDArray[Any]]:
        """Everything learned, as plain arrays that `numpy.savez` keeps without pickle."""
        skills = [(s.value, s.low, s.high) for s in (*self.skill_, self.overall_skill_)]
        return {
            "clusters": np.array(self.clusters_, dtype=np.str_),
            "genres": np.array(self._genres, dtype=np.str_),
            "text_mean": self._text_mean,
            "genre_mean": self._genre_mean,
            "scales": np.array([self._text_scale, self._genre_scale]),
            "coefficients": self._coefficients,
            "residual_sd": self.residual_sd_,
            "skill": np.array(skills, dtype=np.float64),
            "titles": np.array(self.titles_),
            "alphas": np.array(self.alphas),
            "folds_seed": np.array([self.folds, self.seed]),
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, npt.NDArray[Any]]) -> AffinityPredictor:
        """The predictor that `to_arrays` was called on."""
        folds, seed = (int(value) for value in arrays["folds_seed"])
        self = cls(tuple(float(alpha) for alpha in arrays["alphas"]), folds, seed)
        self.clusters_ = tuple(str(name) for name in arrays["clusters"])
        self._genres = tuple(str(name) for name in arrays["genres"])
        self._text_mean, self._genre_mean = arrays["text_mean"], arrays["genre_mean"]
        self._text_scale, self._genre_scale = (float(scale) for scale in arrays["scales"])
        self._coefficients, self.residual_sd_ = arrays["coefficients"], arrays["residual_sd"]
        self.titles_ = int(arrays["titles"])
        *own, self.overall_skill_ = _skill_records(arrays["skill"], self.titles_)
        self.skill_ = tuple(own)
        return self

    def _learn_inputs(self, text: Floats, genres: Sequence[Sequence[str]]) -> None:
        counts = Counter(genre for own in genres for genre in set(own))
        self._genres = tuple(sorted(g for g, n in counts.items() if n >= FEWEST_OF_A_GENRE))
        self._text_mean = text.mean(axis=0) if len(text) else np.zeros(text.shape[1])
        shown = self._indicators(genres)
        self._genre_mean = shown.mean(axis=0) if len(shown) else np.zeros(len(self._genres))
        self._text_scale, self._genre_scale = _scale(text), _scale(shown)

    def _indicators(self, genres: Sequence[Sequence[str]]) -> Floats:
        column = {genre: position for position, genre in enumerate(self._genres)}
        cells = [(r, column[g]) for r, own in enumerate(genres) for g in own if g in column]
        shown = np.zeros((len(genres), len(column)))
        if cells:
            shown[tuple(np.array(cells).T)] = 1.0
        return shown

    def _inputs(self, text: Floats, genres: Sequence[Sequence[str]]) -> Floats:
        return np.hstack(
            [
                (text - self._text_mean) / self._text_scale,
                (self._indicators(genres) - self._genre_mean) / self._genre_scale,
            ]
        )

    def _cross_validated(self, inputs: Floats, target: Floats, trust: Floats) -> Floats:
        order = np.random.default_rng(self.seed).permutation(len(inputs))
        fold = np.empty(len(inputs), dtype=np.intp)
        fold[order] = np.arange(len(inputs)) % self.folds
        guessed = np.zeros_like(target)
        for held_out in range(self.folds):
            out = fold == held_out
            guessed[out] = inputs[out] @ self._ridge(inputs[~out], target[~out], trust[~out])
        return guessed

    def _ridge(self, inputs: Floats, target: Floats, trust: Floats) -> Floats:
        """Coefficients (p, clusters), penalty and balance chosen per cluster."""
        from threadpoolctl import threadpool_limits

        coefficients = np.zeros((inputs.shape[1], target.shape[1]))
        balances = np.ones((len(BALANCES), inputs.shape[1]))
        balances[:, : len(self._text_mean)] = np.array(BALANCES)[:, None]

        def prepared(column: int) -> WeightedRidge:
            known = trust[:, column] > 0
            return WeightedRidge.of(inputs[known], target[known, column], trust[known, column])

        columns = np.flatnonzero((trust > 0).sum(axis=0) >= 2).tolist()
        alphas = np.array(self.alphas)
        pool = ThreadPoolExecutor(processors())
        try:
            with threadpool_limits(1):
                fits = {
                    own: [pool.submit(ridge.choose, one, alphas) for one in balances]
                    for own, ridge in ((own, prepared(own)) for own in columns)
                }
                for column, tried in fits.items():
                    errors, found = zip(*(one.result() for one in tried), strict=True)
                    coefficients[:, column] = found[int(np.argmin(errors))]
        finally:
            pool.shutdown(cancel_futures=True)
        return coefficients


def audience_weights(affinity: npt.ArrayLike, cluster_sizes: npt.ArrayLike) -> Floats:
    """Expected share of a title's viewing per cluster, summing to 1.

    Args:
        affinity: (..., clusters) log relative rates.
        cluster_sizes: (clusters,) each cluster's amount of viewing; members where plays are not
            known. None below 0, not all 0.
    """
    with np.errstate(divide="ignore"):
        logs = np.asarray(affinity, np.float64) + np.log(np.asarray(cluster_sizes, np.float64))
    shares = np.exp(logs - logs.max(axis=-1, keepdims=True))
    return np.asarray(shares / shares.sum(axis=-1, keepdims=True))


def _scale(block: Floats) -> float:
    total = float(block.var(axis=0).sum()) if block.size else 0.0
    return float(np.sqrt(total)) or 1.0


def _trust(known: Floats, plays: Floats) -> Floats:
    """Saturating weights (n, clusters) with mean 1 over the titles known to each cluster."""
    variance = _weighted_sd(np.where(plays > 0, known, 0.0), plays) ** 2
    weights = plays / (1 + variance * plays)
    sums, counts = weights.sum(axis=0), (weights > 0).sum(axis=0)
    scaled = np.divide(weights * counts, sums, out=np.zeros_like(weights), where=sums > 0)
    return np.asarray(scaled)


def _weighted_sd(values: Floats, weights: Floats) -> Floats:
    """Root mean square (clusters,) of values (n, clusters)."""
    sums = weights.sum(axis=0)
    squares = (weights * values**2).sum(axis=0)
    return np.asarray(np.sqrt(np.divide(squares, sums, out=np.zeros_like(sums), where=sums > 0)))


def _skills(target: Floats, guessed: Floats, trust: Floats, titles: int, seed: int) -> list[Skill]:
    """A Skill per cluster and, last, over all; intervals by resampling titles."""
    left, alike = trust * (target - guessed) ** 2, trust * target**2
    left = np.column_stack([left, left.sum(axis=1)])
    alike = np.column_stack([alike, alike.sum(axis=1)])
    draws = np.random.default_rng(seed)
    even = np.full(len(target), 1 / len(target))
    saved = np.array(
        [
            _saved(times @ left, times @ alike)
            for times in (draws.multinomial(len(even), even) for _ in range(RESAMPLES))
        ]
    )
    tail = (1 - LEVEL) / 2
    low, high = np.quantile(saved, [tail, 1 - tail], axis=0)
    value = _saved(left.sum(axis=0), alike.sum(axis=0))
    return _skill_records(np.column_stack([value, low, high]), titles)


def _skill_records(rows: Floats, titles: int) -> list[Skill]:
    return [Skill(float(value), float(low), float(high), titles) for value, low, high in rows]


def _saved(left: Floats, alike: Floats) -> Floats:
    return np.asarray(1 - np.divide(left, alike, out=np.ones_like(left), where=alike > 0))
