"""Whether exemplars do better than what one would have shown without measuring anything."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

import numpy as np

from assistant.answers.audience import Audience, title_audiences
from assistant.answers.brief import title_brief
from assistant.answers.exemplars import choose, score
from assistant.answers.lift import audience_lift
from assistant.answers.match import read_artworks, title_affinity
from assistant.answers.relevance import measure_relevance
from assistant.insights.estimators.calibration import observed_lifts, thin_cells
from assistant.insights.estimators.fixed_effects import Floats
from index.records import ALL, Progress, silent

if TYPE_CHECKING:
    import pandas as pd

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
        for each, briefs, lift (mean, low, high over briefs by method, log-odds) and uplift (of
        the first method over each other one); None where there is too little to choose from.
    """
    from index.performance import tag_performance

    artworks = index.table("artworks").to_pandas()
    titles = index.table("titles")["title_id"].to_pylist()
    one, two = thin_cells(index.table("cells").to_pandas(), seed=seed)
    tags = tag_performance(one, artworks).tags
    ids, families = artworks["artwork_id"].tolist(), artworks["family_id"].tolist()
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
    found: dict[str, list[float]] = defaultdict(list)
    pointed: dict[str, list[float]] = defaultdict(list)
    for done, at in enumerate(briefs):
        progress("exemplars", done, len(briefs))
        brief = title_brief(table.iloc[at])
        allowed = known.titles != titles[at]
        relevance = measure_relevance(brief, text[at : at + 1], index, None, known.title_rows)
        audience = audiences.get(titles[at], Audience(()))
        lift = audience_lift(tags, ids, audience.weights, ())
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
        _note(found, {name: _mean_known(later[of]) for name, of in rows.items()})
        counters = [c.counter_example for c in choices if c.counter_example is not None]
        away = vectors[counters].mean(axis=0) if counters else 0.0
        likeness = vectors @ (vectors[picked].mean(axis=0) - away)
        mine = ~allowed & np.isfinite(later)
        if mine.sum() > 1:
            picks = {
                LIKE_EXEMPLARS: float(later[_first(mine, likeness)]),
                LIKEST_TEXT: float(later[_first(mine, shared @ text[at])]),
                RANDOM: float(later[mine].mean()),
            }
            _note(pointed, picks)
    progress("exemplars", len(briefs), len(briefs))
    if min(len(found[EXEMPLARS]), len(pointed[LIKE_EXEMPLARS])) < 2:
        return None
    return {"exemplars": _compare(found, seed), "own_artwork": _compare(pointed, seed)}


def _note(kept: dict[str, list[float]], lifts: dict[str, float]) -> None:
    """Keep the lifts of one brief if all methods have one."""
    if np.isfinite(list(lifts.values())).all():
        for name, value in lifts.items():
            kept[name].append(value)


def _compare(lifts: dict[str, list[float]], seed: int) -> dict[str, Any]:
    first, *others = (np.array(values) for values in lifts.values())
    names = list(lifts)
    return {
        "briefs": len(first),
        "lift": {name: _mean(np.array(values), seed) for name, values in lifts.items()},
        "uplift": {
            name: _mean(first - other, seed) for name, other in zip(names[1:], others, strict=True)
        },
    }


def _first(among: np.ndarray[Any, np.dtype[np.bool_]], values: Floats) -> int:
    """The row among those chosen with the largest value."""
    rows = np.flatnonzero(among)
    return int(rows[np.argmax(values[rows])])


def _mean_known(values: Floats) -> float:
    known = values[np.isfinite(values)]
    return float(known.mean()) if known.size else float("nan")


def _weighed(lifts: pd.DataFrame, weights: dict[str, float]) -> Floats:
    """Lift of each artwork with an audience, over the clusters in which it was observed."""
    present = [cluster for cluster in weights if cluster in lifts]
    values = lifts[present].to_numpy(np.float64)
    share = np.where(np.isfinite(values), [weights[cluster] for cluster in present], 0.0)
    with np.errstate(invalid="ignore"):
        weighed: Floats = np.nansum(share * values, axis=1) / share.sum(axis=1)
    return weighed


def _mean(values: Floats, seed: int) -> dict[str, float]:
    from scipy.stats import bootstrap

    interval = bootstrap(
        (values,), np.mean, confidence_level=0.9, method="percentile", n_resamples=2000, rng=seed
    ).confidence_interval
    return {"mean": float(values.mean()), "low": float(interval.low), "high": float(interval.high)}
