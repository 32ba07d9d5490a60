"""Effects of one feature with the others held, by post-double-selection."""

from __future__ import annotations

import warnings

import numpy as np
import numpy.typing as npt

from assistant.insights.design import Design
from assistant.insights.fixed_effects import (
    Floats,
    Ints,
    TitleSums,
    WithinEffects,
    demean,
    title_starts,
    within_effects,
)

_COLLINEAR = 1e-3
"""A contrast with less than this share of its variance left after the controls has no answer."""


def adjusted_effects(
    y: Floats,
    weights: Floats,
    title: Ints,
    values: Floats,
    controls: Floats,
    design: Design,
    wanted: npt.NDArray[np.bool_],
) -> WithinEffects:
    """Effect of each wanted contrast after partialling out the features that bear on it or on y.

    For every contrast a lasso picks the controls that predict the contrast, another those that
    predict y, and their union is partialled out of both before the clustered within-title
    regression (Belloni, Chernozhukov & Hansen 2014): collinear controls are dropped where they
    carry nothing, and kept, with the wide interval they cost, where leaving them out would bias.
    The penalty is the plug-in one; the lassos run on the Cholesky factor of the controls' cross
    products, which gives the same solution as the rows. Other columns of the same feature are
    never controls for it.

    Args:
        y, weights, title: observations, sorted by title, `(n,)`.
        values: contrasts of the rows, `(n, p)`.
        controls: controls of the rows, `(n, k)`; an unmeasured value counts as its title's mean.
        design: what the columns are.
        wanted: `(p,)` contrasts to estimate; the others are NaN.

    Returns:
        as `within_effects`, `(p,)`.
    """
    width = values.shape[1]
    result = WithinEffects(
        np.full(width, np.nan),
        np.full(width, np.nan),
        np.zeros(width),
        np.zeros(width, dtype=np.int64),
        np.zeros(width, dtype=np.int64),
        np.zeros((0, width), dtype=np.bool_),
    )
    owner = np.array(design.control_features, dtype=object)
    finite = np.isfinite(values)
    complete = finite.all(axis=0)
    groups = [np.flatnonzero(wanted & complete)]
    groups += [np.array([j]) for j in np.flatnonzero(wanted & ~complete)]
    for group in groups:
        if len(group) == 0:
            continue
        rows = finite[:, group[0]]
        starts = title_starts(title[rows])
        w = weights[rows]
        sums = TitleSums(starts, len(w))
        z = demean(controls[rows], w, sums)
        x = demean(values[np.ix_(rows, group)], w, sums)
        own_y = demean(y[rows, None], w, sums)[:, 0]
        for j, residual_x, residual_y in _partial_out(x, own_y, z, w, group, owner, design):
            fit = within_effects(residual_y, w, residual_x[:, None], starts)
            result.effect[j], result.se[j], result.df[j] = fit.effect[0], fit.se[0], fit.df[0]
            result.titles[j], result.rows[j] = fit.titles[0], fit.rows[0]
    return result


def _partial_out(
    x: Floats,
    y: Floats,
    z: Floats,
    w: Floats,
    group: Ints,
    owner: npt.NDArray[np.object_],
    design: Design,
) -> list[tuple[int, Floats, Floats]]:
    root = np.sqrt(w)[:, None]
    rz, rx, ry = root * z, root * x, root[:, 0] * y
    length = np.sqrt((rz**2).sum(axis=0))
    usable = length > 1e-9
    z, rz, owner = z[:, usable] / length[usable], rz[:, usable] / length[usable], owner[usable]
    gram, zx, zy = rz.T @ rz, rz.T @ rx, rz.T @ ry
    left = []
    for at, j in enumerate(group):
        others = np.flatnonzero(owner != design.contrasts[j].feature)
        sub = gram[np.ix_(others, others)]
        rows = len(y)
        picked = _select(sub, zy[others], float(ry @ ry), rows)
        picked |= _select(sub, zx[others, at], float(rx[:, at] @ rx[:, at]), rows)
        chosen = others[picked]
        residual_x, residual_y = x[:, at], y
        if len(chosen):
            both = np.column_stack([zx[chosen, at], zy[chosen]])
            slopes = np.linalg.lstsq(gram[np.ix_(chosen, chosen)], both, rcond=1e-8)[0]
            fitted = z[:, chosen] @ slopes
            residual_x, residual_y = residual_x - fitted[:, 0], residual_y - fitted[:, 1]
        before, after = np.sum(w * x[:, at] ** 2), np.sum(w * residual_x**2)
        if after > _COLLINEAR * before:
            left.append((int(j), residual_x, residual_y))
    return left


def _select(gram: Floats, cross: Floats, total: float, rows: int) -> npt.NDArray[np.bool_]:
    """Controls (unit length) that a plug-in lasso keeps, `(k,)`."""
    from scipy.stats import norm
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import Lasso

    k = len(cross)
    if k == 0:
        return np.zeros(0, dtype=np.bool_)
    values, vectors = np.linalg.eigh(gram)
    kept = values > 1e-8 * values[-1]
    factor = (vectors[:, kept] * np.sqrt(values[kept])).T
    target = (vectors[:, kept].T @ cross) / np.sqrt(values[kept])
    explained = float(target @ target)
    noise = max(total - explained, 1e-12 * total) / max(rows - int(kept.sum()), 1)
    if rows < 3 * k:
        noise = total / rows
    penalty = 1.1 * np.sqrt(noise) * norm.isf(0.05 / (np.log(max(rows, 3)) * k))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        lasso = Lasso(alpha=penalty / len(factor), fit_intercept=False, max_iter=2000, tol=1e-4)
        slopes = lasso.fit(factor, target).coef_
    chosen: npt.NDArray[np.bool_] = np.abs(slopes) > 0
    return chosen
