"""Whether exemplars do better than what one would have shown without measuring anything."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from assistant.answers.audience import Audience, title_audiences
from assistant.answers.brief import title_brief
from assistant.answers.exemplars import choose, score
from assistant.answers.lift import SliceTags, audience_lift
from assistant.answers.match import read_artworks, title_affinity
from assistant.answers.relevance import measure_relevance
from assistant.insights.estimators.calibration import observed_lifts, thin_cells
from assistant.insights.estimators.fixed_effects import Floats
from assistant.insights.grading import LEVEL
from index.records import ALL, Progress, silent
from index.store import Index

EXEMPLARS, RELEVANT, SHOWN_MOST = "exemplars", "most relevant", "shown most"
LIKE_EXEMPLARS, LIKEST_TEXT, RANDOM = "like the exemplars", "likest to the text", "random"
_BRIEFS = 300
_EXEMPLARS = 12


def exemplar_uplift(
    index: Index, *, seed: int = 7, progress: Progress = silent
) -> dict[str, Any] | None:
    """Lift of exemplars, and of what they point to, on impressions not used to choose them.

    Every title in turn (at most 300) is the brief, its own artwork left out. Exemplars are chosen
    from tags of one half of the impressions for the title's own audience; lifts are observed on
    the other half. Two questions:

    - `exemplars`: did those shown to the strategist do well? Against the most relevant artworks,
      chosen by the same rules without performance, and against the artwork that the exemplars'
      own titles showed most.
    - `own_artwork`: had the brief's title used its own artwork that is nearest to the exemplars
      and farthest from their counter-examples, would it have done better than its artwork likest
      to the title's text, or one at random?

    Returns:
        for each, briefs, titles (whose artwork was shown), lift (mean, low, high by method,
        log-odds) and uplift (of the first method over each other one); None where there is too
        little to choose from.
    """
    from index.performance.tags import tag_performance

    artworks = index.table("artworks").to_pandas()
    titles = index.table("titles")["title_id"].to_pylist()
    one, two = thin_cells(index.table("cells").to_pandas(), seed=seed)
    ids, families = artworks["artwork_id"].tolist(), artworks["family_id"].tolist()
    tags = SliceTags(tag_performance(one, artworks).tags, ids)
    observed = observed_lifts(two, artworks).query("platform == @ALL")
    later_by_cluster = observed.pivot(index="artwork_id", columns="cluster", values="observed")
    later_by_cluster = later_by_cluster.reindex(ids)
    shown = one.groupby("artwork_id")["impressions"].sum().reindex(ids).fillna(0).to_numpy()
    known = read_artworks(index)
    vectors, text = index.picture_vectors, index.vectors("titles")
    shared = np.asarray(index.vectors("shared"), dtype=np.float64)
    table = index.table("titles").to_pandas()
    briefs = np.random.default_rng(seed).permutation(len(titles))[:_BRIEFS]
    audiences = title_audiences(index)
    found: list[pd.DataFrame] = []
    pointed: list[pd.DataFrame] = []
    for done, at in enumerate(briefs):
        progress("exemplars", done, len(briefs))
        brief = title_brief(table.iloc[at])
        allowed = known.titles != titles[at]
        relevance = measure_relevance(brief, text[at : at + 1], index, None, known.title_rows)
        audience = audiences.get(titles[at], Audience(()))
        lift = audience_lift(tags, audience.weights, ())
        affinity = title_affinity(index, audience, known)
        scores = score(relevance.value, lift, affinity)
        choices = choose(scores, lift, allowed, vectors, known.titles, families, _EXEMPLARS)
        nearest = choose(
            relevance.value, None, allowed, vectors, known.titles, families, _EXEMPLARS
        )
        later = _weighed(later_by_cluster, audience.weights or {ALL: 1.0})
        picked = [choice.row for choice in choices]
        if not picked:
            continue
        most = [_first(known.titles == known.titles[row], shown) for row in picked]
        rows = {EXEMPLARS: picked, RELEVANT: [choice.row for choice in nearest], SHOWN_MOST: most}
        found += _lifts(titles[at], rows, later, known.titles)
        counters = [c.counter_example for c in choices if c.counter_example is not None]
        away = vectors[counters].mean(axis=0) if counters else 0.0
        likeness = vectors @ (vectors[picked].mean(axis=0) - away)
        mine = ~allowed & np.isfinite(later)
        if mine.sum() > 1:
            rows = {
                LIKE_EXEMPLARS: [_first(mine, likeness)],
                LIKEST_TEXT: [_first(mine, shared @ text[at])],
                RANDOM: np.flatnonzero(mine).tolist(),
            }
            pointed += _lifts(titles[at], rows, later, known.titles)
    progress("exemplars", len(briefs), len(briefs))
    if min(len(found), len(pointed)) < 2:
        return None
    return {"exemplars": _compare(found), "own_artwork": _compare(pointed)}


def _lifts(
    brief: str, rows: dict[str, list[int]], later: Floats, titles: npt.NDArray[np.str_]
) -> list[pd.DataFrame]:
    """The artworks of every method for one brief, if each method has one that was observed."""
    lifts = pd.concat(
        pd.DataFrame({"method": name, "title": titles[of], "lift": later[of]})
        for name, of in rows.items()
    ).dropna()
    share = 1 / lifts.groupby("method")["lift"].transform("size")
    whole = lifts["method"].nunique() == len(rows)
    return [lifts.assign(brief=brief, weight=share)] if whole else []


def _compare(parts: list[pd.DataFrame]) -> dict[str, Any]:
    """Mean lift of each method, and the first method's lead over each other one."""
    lifts = pd.concat(parts)
    first, *others = lifts["method"].unique()
    leads = {name: _mean(lifts[lifts["method"].isin([first, name])], first) for name in others}
    return {
        "briefs": lifts["brief"].nunique(),
        "titles": lifts["title"].nunique(),
        "lift": {name: _mean(rows) for name, rows in lifts.groupby("method", sort=False)},
        "uplift": leads,
    }


def _first(among: np.ndarray[Any, np.dtype[np.bool_]], values: Floats) -> int:
    """The row among those chosen with the largest value."""
    rows = np.flatnonzero(among)
    return int(rows[np.argmax(values[rows])])


def _weighed(lifts: pd.DataFrame, weights: dict[str, float]) -> Floats:
    """Lift of each artwork with an audience, over the clusters in which it was observed."""
    present = [cluster for cluster in weights if cluster in lifts]
    values = lifts[present].to_numpy(np.float64)
    share = np.where(np.isfinite(values), [weights[cluster] for cluster in present], 0.0)
    with np.errstate(invalid="ignore"):
        weighed: Floats = np.nansum(share * values, axis=1) / share.sum(axis=1)
    return weighed


def _mean(lifts: pd.DataFrame, first: str | None = None) -> dict[str, float]:
    """Mean of lifts, or of one method's over another's, each brief counting once.

    A title that is good for one brief is shown for many, so lifts are clustered by brief and by
    the title whose artwork it is (two-way clusters: Cameron, Gelbach & Miller 2011; by brief alone
    where too few titles leave that without a variance). 90% interval.
    """
    from statsmodels.regression.linear_model import WLS

    design = np.ones((len(lifts), 1))
    if first is not None:
        design = np.column_stack([lifts["method"] == first, design])
    groups = np.column_stack([lifts[name].factorize()[0] for name in ("brief", "title")])
    model = WLS(lifts["lift"].to_numpy(), design, weights=lifts["weight"].to_numpy())
    for clusters in (groups, groups[:, 0]):
        with np.errstate(divide="ignore", invalid="ignore"):
            fit = model.fit(cov_type="cluster", cov_kwds={"groups": clusters}, use_t=True)
            low, high = fit.conf_int(alpha=1 - LEVEL)[0]
        if np.isfinite(low):
            break
    return {"mean": float(fit.params[0]), "low": float(low), "high": float(high)}
