"""Lift of artwork that was never shown, from what it looks like."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from assistant.insights.estimators.appearance import Appearance
from assistant.insights.estimators.fixed_effects import Floats
from assistant.insights.estimators.learners import RIDGE, TREES, WeightedLearner
from assistant.insights.estimators.observations import Observations
from assistant.insights.estimators.pairs import accuracy, clear_pairs, picks
from assistant.insights.grading import LEVEL, MIN_TITLES
from index.errors import InputError

_FOLDS = 5
_LEAF = 30


@dataclass(frozen=True, slots=True, eq=False)
class HeldOut:
    """Predictions for titles that the model did not see.

    Attributes:
        seen: the slice.
        prediction: `(k,)` predicted log-odds against the title, for each row of `seen`.
        learner: "ridge", "trees" or "nothing", whichever erred least on held-out titles.
        skill: 1 − squared error / squared error of predicting no differences.
        spread: standard deviation of true lifts that it leaves unexplained, log-odds.
        reach: how many of those a 90% interval spans on each side (split conformal).
        carried: how much of the prediction it started from was kept, 0 to 1.
    """

    seen: Observations
    prediction: Floats
    learner: str
    skill: float
    spread: float
    reach: float
    carried: float = 0.0

    def pick_rate(self, *, seed: int = 7) -> dict[str, Any]:
        """How often the better of two is picked, with interval; says when it is mere chance.

        The interval is from resampling titles, so where fewer than 10 titles have a clear pair
        it says little and no verdict is drawn from it.
        """
        pairs = clear_pairs(self.seen.y, self.seen.v, self.seen.title)
        if len(pairs.title) == 0:
            return {"pairs": 0, "accuracy": None, "low": None, "high": None, "verdict": "no pairs"}
        row = accuracy(pairs, {"model": picks(pairs, self.prediction)}, "model", seed=seed)[0]
        verdict = "better than chance" if row["low"] > 0.5 else "no better than chance"
        if len(np.unique(pairs.title)) < MIN_TITLES:
            verdict = "too few titles"
        return {
            "pairs": len(pairs.title),
            **{name: row[name] for name in ("accuracy", "low", "high")},
            "verdict": verdict,
        }


def predict_held_out(
    seen: Observations, looks: Appearance, *, start: Floats | None = None, seed: int = 7
) -> HeldOut:
    """Predict each title's differences from models fitted to other titles.

    Looks and log-odds are taken against the title; a ridge and gradient-boosted trees are
    compared on held-out titles (GroupKFold), and the better is kept if it beats predicting
    nothing.

    Args:
        start: `(units,)` a prediction to start from (such as that of all members for one
            cluster), NaN where there is none; as much of it is taken as helps here, and the
            model learns what that leaves.

    Raises:
        InputError: fewer than 10 titles have several artworks in the slice.
    """
    if len(seen.starts) < MIN_TITLES:
        raise InputError(
            f"{len(seen.starts)} titles have several artworks here; a prediction needs "
            f"{MIN_TITLES}",
            hint="use more titles or a larger slice",
        )
    x, y = seen.inside(looks.values[seen.unit]), seen.inside(seen.y)
    base, carried = np.zeros(len(y)), 0.0
    if start is not None:
        base = seen.inside(np.nan_to_num(start[seen.unit]))
        slope = float(seen.weights @ (base * y)) / max(float(seen.weights @ base**2), 1e-12)
        carried = float(np.clip(slope, 0.0, 1.0))
        base *= carried
    learner, added = _best(x, y - base, seen, seed)
    prediction = base + added
    error, nothing = float(seen.weights @ (y - prediction) ** 2), float(seen.weights @ y**2)
    spread, reach = _conformal(y - prediction, seen)
    skill = 1 - error / nothing if nothing > 0 else 0.0
    return HeldOut(seen, prediction, learner, skill, spread, reach, carried)


@dataclass(frozen=True, slots=True, eq=False)
class LiftModel:
    """A fitted model; `predict` gives log-odds against an artwork of average looks.

    Attributes:
        model: what it learned, None for nothing.
        held_out: how it did on titles that it did not see.
        start: the model that it starts from, for a part of the audience.
    """

    model: WeightedLearner | None
    held_out: HeldOut
    start: LiftModel | None = None

    def values(self, looks: Floats) -> Floats:
        """Predictions for looks `(m, p)` on the scale of `Looks`."""
        value = np.zeros(len(looks)) if self.model is None else self.model.predict(looks)
        if self.start is not None and self.held_out.carried > 0:
            value = value + self.held_out.carried * self.start.values(looks)
        return value

    def predict(self, looks: Floats) -> tuple[Floats, Floats, Floats]:
        """Prediction, low and high (90%) for looks `(m, p)` on the scale of `Looks`."""
        value = self.values(looks)
        half = self.held_out.reach * self.held_out.spread
        return value, value - half, value + half


def fit_lift_model(
    seen: Observations, looks: Appearance, *, start: LiftModel | None = None, seed: int = 7
) -> LiftModel:
    """Fit the learner that did best on held-out titles to all of them.

    Raises:
        InputError: fewer than 10 titles in the slice.
    """
    before = None
    if start is not None:
        before = unit_rows(start.held_out.prediction, start.held_out.seen, len(looks.values))
    held_out = predict_held_out(seen, looks, start=before, seed=seed)
    if held_out.learner == "nothing":
        return LiftModel(None, held_out, start)
    x, y = seen.inside(looks.values[seen.unit]), seen.inside(seen.y)
    if start is not None:
        y = y - held_out.carried * seen.inside(start.values(looks.values[seen.unit]))
    model = WeightedLearner(held_out.learner, leaf=_LEAF, seed=seed).fit(x, y, seen.weights)
    return LiftModel(model, held_out, start)


def _best(x: Floats, y: Floats, seen: Observations, seed: int) -> tuple[str, Floats]:
    from sklearn.model_selection import GroupKFold

    folds = GroupKFold(min(_FOLDS, len(seen.starts)), shuffle=True, random_state=seed)
    best: tuple[str, Floats] = ("nothing", np.zeros(len(y)))
    least = float(seen.weights @ y**2)
    if x.shape[1] == 0:
        return best
    for name in (RIDGE, TREES):
        predicted = np.zeros(len(y))
        for train, test in folds.split(x, y, seen.title):
            learner = WeightedLearner(name, leaf=_LEAF, seed=seed)
            learner.fit(x[train], y[train], seen.weights[train])
            predicted[test] = learner.predict(x[test])
        predicted = seen.inside(predicted)
        error = float(seen.weights @ (y - predicted) ** 2)
        if error < least:
            best, least = (name, predicted), error
    return best


def _conformal(left: Floats, seen: Observations) -> tuple[float, float]:
    """Unexplained spread of true lifts, and the conformal quantile of errors in its units.

    Errors on held-out titles are scaled by √(sampling variance + spread²), so that the quantile
    (Lei et al. 2018, JASA 113) holds whatever the number of impressions.
    """
    from index.performance.pooling import estimate_spread

    sizes = np.diff(np.r_[seen.starts, len(left)])
    spread = estimate_spread(left, seen.v, np.repeat(np.arange(len(sizes)), sizes)).value
    room = np.repeat(1 - 1 / sizes, sizes)
    scores = np.sort(np.abs(left) / np.sqrt((seen.v + spread**2) * room))
    rank = min(int(np.ceil((len(scores) + 1) * LEVEL)), len(scores)) - 1
    return spread, float(scores[rank])


def unit_rows(values: Floats, seen: Observations, units: int) -> Floats:
    """Values of a slice's rows laid out by unit, `(units,)`, NaN elsewhere."""
    laid = np.full(units, np.nan)
    laid[seen.unit] = values
    return laid
