"""Effects of one feature with the others held, by post-double-selection."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from assistant.insights.estimators.design import Design
from assistant.insights.estimators.fixed_effects import (
    Floats,
    Ints,
    TitleSums,
    demean,
    title_starts,
    within_effects,
)

LEAST_LEFT = 0.1
"""Share of a contrast's variation that adjusting always leaves (a variance inflation of ten)."""
_SINGULAR = 1e-8


@dataclass(frozen=True, slots=True)
class AdjustedEffects:
    """Effects of `p` contrasts, each with the other features held; NaN where not asked for.

    Attributes:
        effect, se, df: as in `WithinEffects`, `(p,)`.
        left: share of the contrast's variation inside titles that the controls cannot predict,
            `(p,)`. Under `LEAST_LEFT` the controls were shrunk and the effect is adjusted in part.
    """

    effect: Floats
    se: Floats
    df: Floats
    left: Floats


def adjusted_effects(
    y: Floats,
    weights: Floats,
    title: Ints,
    values: Floats,
    controls: Floats,
    design: Design,
    wanted: npt.NDArray[np.bool_],
) -> AdjustedEffects:
    """Effect of each wanted contrast after partialling out the features that bear on it or on y.

    For every contrast a lasso picks the controls that predict the contrast, another those that
    predict y, and their union is partialled out of both before the clustered within-title
    regression (Belloni, Chernozhukov & Hansen 2014). Where the controls all but repeat the
    contrast (shares of colours add up to one; two detectors count the same faces), they are
    shrunk by a ridge until a tenth of it is left. Other columns of the same feature are never
    controls for it. The penalty is the plug-in one; the lassos run on a square root of the
    controls' cross products, which gives the same solution as the rows.

    Args:
        y, weights, title: observations, sorted by title, `(n,)`.
        values: contrasts of the rows, `(n, p)`.
        controls: controls of the rows, `(n, k)`; an unmeasured value counts as its title's mean.
        design: what the columns are.
        wanted: `(p,)` contrasts to estimate.
    """
    width = values.shape[1]
    effect, se, left = (np.full(width, np.nan) for _ in range(3))
    df = np.zeros(width)
    finite = np.isfinite(values)
    groups: dict[bytes, list[np.intp]] = {}
    for j in np.flatnonzero(wanted):
        groups.setdefault(np.packbits(finite[:, j]).tobytes(), []).append(j)
    for group in groups.values():
        rows = finite[:, group[0]]
        starts = title_starts(title[rows])
        w = weights[rows]
        sums = TitleSums(starts, len(w))
        parts = _Controls.of(demean(controls[rows], w, sums), w, design)
        x = demean(values[rows][:, group], w, sums)
        own_y = demean(y[rows, None], w, sums)[:, 0]
        for_y = parts.select(own_y)
        for at, j in enumerate(group):
            own = x[:, at]
            others = parts.owner != design.contrasts[j].feature
            chosen = others & (for_y | parts.select(own, others))
            residual_x, residual_y, left[j] = parts.take_out(own, own_y, chosen)
            fit = within_effects(residual_y, w, residual_x[:, None], starts)
            scale = (w @ residual_x**2) / (w @ (residual_x * own))
            effect[j] = (w @ (residual_x * own_y)) / (w @ (residual_x * own))
            se[j], df[j] = fit.se[0] * scale, fit.df[0]
    return AdjustedEffects(effect, se, df, left)


@dataclass(frozen=True, slots=True)
class _Controls:
    """Demeaned controls of unit length, their cross products and a square root of those."""

    z: Floats
    weights: Floats
    owner: npt.NDArray[np.object_]
    gram: Floats
    factor: Floats
    whiten: Floats

    @classmethod
    def of(cls, centred: Floats, weights: Floats, design: Design) -> _Controls:
        length = np.sqrt(weights @ centred**2)
        usable = length > 1e-9
        z = centred[:, usable] / length[usable]
        gram = z.T @ (weights[:, None] * z)
        values, vectors = np.linalg.eigh(gram)
        kept = values > _SINGULAR * max(values[-1], 1.0) if len(values) else values > 0
        root = np.sqrt(values[kept])
        owner = np.array(design.control_features, dtype=object)[usable]
        whiten = vectors[:, kept].T / root[:, None]
        return cls(z, weights, owner, gram, (vectors[:, kept] * root).T, whiten)

    def select(
        self, target: Floats, among: npt.NDArray[np.bool_] | None = None
    ) -> npt.NDArray[np.bool_]:
        """Controls that a lasso with the plug-in penalty keeps to predict `target`, `(k,)`."""
        from scipy.special import ndtri
        from sklearn.exceptions import ConvergenceWarning
        from sklearn.linear_model import lasso_path

        chosen = np.zeros(len(self.owner), dtype=np.bool_)
        at = np.flatnonzero(np.ones_like(chosen) if among is None else among)
        if len(at) == 0:
            return chosen
        rows, k = len(target), len(at)
        short = self.whiten @ (self.z.T @ (self.weights * target))
        total, explained = float(self.weights @ target**2), float(short @ short)
        spare = rows - len(short)
        noise = total / rows if rows < 3 * k else max(total - explained, 0.01 * total) / spare
        penalty = 1.1 * np.sqrt(noise) * -ndtri(0.05 / (np.log(max(rows, 3)) * k))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            slopes = lasso_path(
                np.asfortranarray(self.factor[:, at]),
                short,
                alphas=[penalty / len(short)],
                max_iter=500,
            )[1][:, 0]
        chosen[at] = np.abs(slopes) > 0
        return chosen

    def take_out(
        self, x: Floats, y: Floats, chosen: npt.NDArray[np.bool_]
    ) -> tuple[Floats, Floats, float]:
        """What the chosen controls leave of x and y, and the share of x they cannot predict."""
        if not chosen.any():
            return x, y, 1.0
        z = self.z[:, chosen]
        s, vectors = np.linalg.eigh(self.gram[np.ix_(chosen, chosen)])
        s = np.maximum(s, 0.0)
        wx, wy = self.weights * x, self.weights * y
        cx, cy = vectors.T @ (z.T @ wx), vectors.T @ (z.T @ wy)
        total = float(wx @ x)

        def left(ridge: float) -> float:
            kept = cx**2 / (s + ridge)
            return (total - 2 * float(kept.sum()) + float((kept * s / (s + ridge)).sum())) / total

        floor = _SINGULAR * float(s[-1])
        share, ridge = max(left(floor), 0.0), floor
        if share < LEAST_LEFT:
            low, high = np.log(floor), np.log(1e4 * float(s[-1]))
            for _ in range(40):
                middle = (low + high) / 2
                low, high = (middle, high) if left(np.exp(middle)) < LEAST_LEFT else (low, middle)
            ridge = float(np.exp(high))
        fitted = z @ (vectors @ np.column_stack([cx / (s + ridge), cy / (s + ridge)]))
        return x - fitted[:, 0], y - fitted[:, 1], share
