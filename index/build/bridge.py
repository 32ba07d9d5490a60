"""Learning the bridge from pictures to words: ridge regression on the catalogue's own titles.

Targets are the text vectors of the titles, and every title counts as much as any other however
many artworks it has. Only moments of the features are needed, which add up block by block, so
memory does not grow with the catalogue. Each fold of titles has moments of its own; subtracting
them from the whole gives a regression that never saw the fold. Penalty and share are those that
do best on the titles left out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from index.encoders.bridge import Bridge, Doubles, mix
from index.processors import processors
from index.query.bridge import BridgeSkill
from index.records import FloatMatrix

T = TypeVar("T")

FOLDS = 5
PENALTIES = (10.0, 100.0)
"""In multiples of the mean variance of a feature."""
SHARES = (0.3, 0.5, 0.7, 0.85, 1.0)
MIN_TITLES = 20
MOST_TITLES = 1_000
"""Titles that are looked for in cross-validation, drawn at random where there are more."""
MOST_ARTWORKS = 4
"""Artworks of each that are looked for, the first."""
MIN_OF_GENRE = 5
BLOCK = 2_048
CERTAIN = 1.645
"""Standard errors by which words must find titles better than without the bridge."""


@dataclass(frozen=True, slots=True, eq=False)
class Lesson:
    """What a bridge is learned from; row i of the pictures is artwork i.

    Attributes:
        features: (artworks, features), of the image-only space where there is one.
        encoded: (artworks, dimensions), the encoder's own vectors.
        title_of: (artworks,), the row of each one's title.
        texts: (titles, dimensions), vectors of the titles' texts.
        genres: of each title.
        genre_texts: vectors of the genres' names, by name.
    """

    features: FloatMatrix
    encoded: FloatMatrix
    title_of: npt.NDArray[np.int32]
    texts: FloatMatrix
    genres: Sequence[Sequence[str]]
    genre_texts: Mapping[str, FloatMatrix]


def learn_bridge(lesson: Lesson, seed: int) -> tuple[Bridge | None, BridgeSkill]:
    """The bridge and its skill; None where it helps nobody: too few titles, or no gain.

    One thread does the sums of a fold, so that the same catalogue gives the same bytes.
    """
    from threadpoolctl import threadpool_limits

    shown = np.unique(lesson.title_of)
    if len(shown) < MIN_TITLES:
        return None, BridgeSkill()
    with threadpool_limits(limits=1):
        return _Learner(lesson, shown, seed).learn()


@dataclass(slots=True, eq=False)
class _Moments:
    """Weighted sums over artworks: of weights, features, targets and their products."""

    weight: float
    x: Doubles
    y: Doubles
    xx: Doubles
    xy: Doubles

    @classmethod
    def zero(cls, features: int, dimensions: int) -> _Moments:
        shapes = ((features,), (dimensions,), (features, features), (features, dimensions))
        return cls(0.0, *(np.zeros(shape) for shape in shapes))

    def add(self, x: FloatMatrix, y: FloatMatrix, weights: npt.NDArray[np.float32]) -> None:
        root = np.sqrt(weights)[:, None]
        x, y = x * root, y * root
        self.weight += float(weights.sum())
        self.x += root[:, 0] @ x
        self.y += root[:, 0] @ y
        # A matrix times itself takes half the work of a product, and single precision half again.
        self.xx += x.T @ x
        self.xy += x.T @ y

    def plus(self, other: _Moments, sign: int = 1) -> _Moments:
        return _Moments(
            self.weight + sign * other.weight,
            self.x + sign * other.x,
            self.y + sign * other.y,
            self.xx + sign * other.xx,
            self.xy + sign * other.xy,
        )

    def solve(self, penalty: float) -> tuple[Doubles, Doubles]:
        """The matrix of the ridge regression, and the mean of the features."""
        from scipy.linalg import cho_factor, cho_solve

        x, y = self.x / self.weight, self.y / self.weight
        variance = self.xx / self.weight - np.outer(x, x)
        covariance = self.xy / self.weight - np.outer(x, y)
        strength = penalty * max(float(np.trace(variance)) / len(x), 1e-12)
        variance[np.diag_indices_from(variance)] += strength
        factor = cho_factor(variance, lower=True, overwrite_a=True, check_finite=False)
        return cho_solve(factor, covariance, overwrite_b=True, check_finite=False), x


class _Learner:
    def __init__(self, lesson: Lesson, shown: npt.NDArray[np.int32], seed: int) -> None:
        self._lesson = lesson
        random = np.random.default_rng(seed)
        self._fold_of = np.full(len(lesson.texts), -1)
        self._fold_of[shown] = random.permutation(len(shown)) % FOLDS
        drawn = random.choice(shown, min(len(shown), MOST_TITLES), replace=False)
        self._titles = np.sort(drawn)
        mean = np.asarray(lesson.texts[shown], np.float64).mean(axis=0)
        self._common = mean / max(float(np.linalg.norm(mean)), 1e-12)
        # Single precision would not do for moments far from nought.
        self._origin = np.asarray(lesson.features[:BLOCK], np.float32).mean(axis=0)
        self._folds = self._sum_moments()

    def learn(self) -> tuple[Bridge | None, BridgeSkill]:
        """Try every penalty and share on titles left out, and learn from all with the best."""
        rows, owner = self._looked_for()
        features = np.asarray(self._lesson.features[rows], np.float64) - self._origin
        encoded = np.asarray(self._lesson.encoded[rows], np.float64)
        before = self._judge(encoded, owner)
        best, penalty, share = before, 0.0, 0.0
        for one in PENALTIES:
            learned = self._predict(features, self._fold_of[self._titles][owner], one)
            for part in SHARES:
                found = self._judge(mix(learned, encoded, self._common, part), owner)
                if found.value > best.value and found.beats(before):
                    best, penalty, share = found, one, part
        skill = BridgeSkill(
            len(self._titles), share, penalty, best.rank, before.rank, best.genres, before.genres
        )
        if not share:
            return None, skill
        whole = self._folds[0]
        for fold in self._folds[1:]:
            whole = whole.plus(fold)
        matrix, centre = whole.solve(penalty)
        centre += self._origin
        single = np.float32
        return Bridge(
            matrix.astype(single), centre.astype(single), self._common.astype(single), share
        ), skill

    def _sum_moments(self) -> list[_Moments]:
        lesson = self._lesson
        counts = np.bincount(lesson.title_of, minlength=len(lesson.texts))
        weights = (1 / np.maximum(counts, 1)).astype(np.float32)

        def sum_fold(number: int) -> _Moments:
            fold = _Moments.zero(lesson.features.shape[1], lesson.texts.shape[1])
            rows = np.flatnonzero(self._fold_of[lesson.title_of] == number)
            for own in np.split(rows, range(BLOCK, len(rows), BLOCK)):
                titles = lesson.title_of[own]
                fold.add(lesson.features[own] - self._origin, lesson.texts[titles], weights[titles])
            return fold

        return self._of_folds(sum_fold)

    @staticmethod
    def _of_folds(work: Callable[[int], T]) -> list[T]:
        """What `work` gives for each fold, several at a time."""
        with ThreadPoolExecutor(processors()) as pool:
            return list(pool.map(work, range(FOLDS)))

    def _looked_for(self) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
        """Rows of the artworks that are looked for, and the place of each one's title."""
        place = np.full(len(self._lesson.texts), -1)
        place[self._titles] = np.arange(len(self._titles))
        rows = np.flatnonzero(place[self._lesson.title_of] >= 0)
        owner = place[self._lesson.title_of[rows]]
        order = np.argsort(owner, kind="stable")
        starts = np.flatnonzero(np.diff(owner[order], prepend=-1))
        ranks = np.arange(len(order)) - np.repeat(starts, np.diff([*starts, len(order)]))
        kept = np.sort(order[ranks < MOST_ARTWORKS])
        return rows[kept], owner[kept]

    def _predict(self, features: Doubles, fold_of: npt.NDArray[np.intp], penalty: float) -> Doubles:
        """What regressions that left each artwork's fold out say of it."""
        whole = self._folds[0]
        for fold in self._folds[1:]:
            whole = whole.plus(fold)
        learned = np.zeros((len(features), self._lesson.texts.shape[1]))

        def predict(number: int) -> None:
            matrix, centre = whole.plus(self._folds[number], -1).solve(penalty)
            own = fold_of == number
            learned[own] = (features[own] - centre) @ matrix

        self._of_folds(predict)
        return learned

    def _judge(self, pictures: npt.NDArray[Any], owner: npt.NDArray[np.intp]) -> _Judgement:
        """How well texts find the titles that pictures belong to."""
        number = len(self._titles)
        counts = np.bincount(owner, minlength=number)[:, None]
        order = np.argsort(owner, kind="stable")
        starts = np.searchsorted(owner[order], np.arange(number))
        means = np.add.reduceat(pictures[order], starts, axis=0) / counts
        scores = means @ np.asarray(self._lesson.texts[self._titles], np.float64).T
        beaten = (np.diag(scores)[None] > scores).sum(axis=0) / max(number - 1, 1)
        aucs = []
        for genre, text in self._lesson.genre_texts.items():
            has = np.array([genre in self._lesson.genres[title] for title in self._titles])
            if MIN_OF_GENRE <= has.sum() <= number - MIN_OF_GENRE:
                from sklearn.metrics import roc_auc_score

                aucs.append(float(roc_auc_score(has, means @ text)))
        return _Judgement(beaten, float(np.mean(aucs)) if aucs else float("nan"))


@dataclass(frozen=True, slots=True, eq=False)
class _Judgement:
    """Shares of the other titles that each title beats for its own text, and AUC by genre."""

    of_titles: Doubles
    genres: float

    @property
    def value(self) -> float:
        """What is made as large as possible: the mean over both kinds of words."""
        both = [float(self.of_titles.mean()), self.genres]
        return float(np.nanmean(both))

    def beats(self, other: _Judgement) -> bool:
        """Whether titles are surely found better, and genres no worse."""
        gain = self.of_titles - other.of_titles
        error = float(gain.std(ddof=1)) / np.sqrt(len(gain))
        return float(gain.mean()) > CERTAIN * error and not self.genres < other.genres

    @property
    def rank(self) -> float:
        """Median rank among 100."""
        return 1 + 99 * (1 - float(np.median(self.of_titles)))
