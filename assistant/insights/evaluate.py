"""How good the tool's advice is, on titles and impressions that it did not use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from assistant.insights.calibration import check_calibration, observed_lifts, thin_cells
from assistant.insights.design import family_means
from assistant.insights.effects import EffectSlice, Evidence, effect_slices
from assistant.insights.fixed_effects import Floats
from assistant.insights.looks import Looks, measure_looks
from assistant.insights.pairs import accuracy, clear_pairs, picks
from assistant.insights.prediction import predict_held_out, unit_rows
from assistant.insights.report import read_evidence
from index.errors import InputError
from index.records import ALL, Progress, silent

if TYPE_CHECKING:
    import pandas as pd

    from index.store import Index

MODEL = "features and pictures"
_BRIEFS = 300
_EXEMPLARS = 12


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What `evaluate` found.

    Attributes:
        pairs: per cluster × platform, rows of `pairs.accuracy` with the number of pairs.
        calibration: as `check_calibration`.
        exemplars: as `exemplar_uplift`.
        notes: what could not be checked.
    """

    pairs: tuple[dict[str, Any], ...]
    calibration: dict[str, Any]
    exemplars: dict[str, Any] | None
    notes: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "pairs": list(self.pairs),
            "calibration": self.calibration,
            "exemplars": self.exemplars,
            "notes": list(self.notes),
        }


def evaluate(index: Index, *, seed: int = 7, progress: Progress = silent) -> Evaluation:
    """Pick pairs on held-out titles, check calibration and the uplift of exemplars.

    Args:
        index: an open index with performance.
        seed: of folds, resamples and the split of impressions.
        progress: told how far it has come.

    Raises:
        InputError: no performance, or fewer than 10 titles with several artworks.
    """
    evidence = read_evidence(index)
    artworks = index.table("artworks").to_pandas()
    cells = index.table("cells").to_pandas()
    space = "image" if index.has_vectors("image") else "shared"
    looks = measure_looks(evidence, np.asarray(index.vectors(space)), seed=seed)
    pairs, notes = pick_pairs(
        evidence,
        looks,
        known_beforehand(evidence, artworks),
        text_likeness(index, evidence),
        seed=seed,
        progress=progress,
    )
    calibration = check_calibration(cells, artworks, seed=seed)
    return Evaluation(tuple(pairs), calibration, exemplar_uplift(index, seed=seed), tuple(notes))


def pick_pairs(
    evidence: Evidence,
    looks: Looks,
    known: Looks,
    likeness: Floats,
    *,
    seed: int = 7,
    progress: Progress = silent,
) -> tuple[list[dict[str, Any]], list[str]]:
    """How often each method picks the better of two artworks of a held-out title.

    Methods: the model of features and image components, fitted to other titles (for a cluster or
    platform it starts from its prediction for everyone); the prior alone, which is the same model
    of what is known without looking at the picture (canvas, language, rights, date); the picture
    likest to the title's text; chance; and, for comparison only, what was shown most, which is
    not known of new artwork and tells what earlier choices had learned. Only pairs whose observed
    log-odds differ by 1.645 standard errors count.

    Args:
        evidence: counts and features.
        looks: what the units look like.
        known: what is known of them without looking.
        likeness: `(units,)` likeness of picture and text.
        seed: of folds and resamples.
        progress: told how far it has come.
    """
    slices = [one for one in effect_slices(evidence) if (one.genre, one.country) == (ALL, ALL)]
    rows: list[dict[str, Any]] = []
    notes: list[str] = []
    start: Floats | None = None
    for done, where in enumerate(slices):
        progress("pairs", done, len(slices))
        try:
            held = predict_held_out(evidence, looks, where, start=start, seed=seed)
        except InputError as error:
            notes.append(f"{where.cluster} × {where.platform}: {error}")
            continue
        seen = held.seen
        if where == EffectSlice():
            start = unit_rows(held.prediction, seen, len(evidence.units.title))
        pairs = clear_pairs(seen.y, seen.v, seen.title)
        if len(np.unique(pairs.title)) < 2:
            notes.append(f"{where.cluster} × {where.platform}: no pair differs clearly")
            continue
        right = {
            MODEL: picks(pairs, held.prediction),
            "prior alone": picks(
                pairs, predict_held_out(evidence, known, where, seed=seed).prediction
            ),
            "picture likest to the text": picks(pairs, likeness[seen.unit]),
            "chance": np.full(len(pairs.title), 0.5),
            "already shown most": picks(pairs, seen.impressions),
        }
        about = {
            "cluster": where.cluster,
            "platform": where.platform,
            "pairs": len(pairs.title),
            "titles": len(np.unique(pairs.title)),
        }
        rows += [about | row for row in accuracy(pairs, right, MODEL, seed=seed)]
    progress("pairs", len(slices), len(slices))
    return rows, notes


def known_beforehand(evidence: Evidence, artworks: pd.DataFrame) -> Looks:
    """Canvas, language, rights and date of every unit as numbers, no picture looked at."""
    import pandas as pd

    named = [name for name in ("canvas", "language", "rights") if name in artworks]
    columns = pd.get_dummies(artworks[named].fillna("").astype(str), dtype=float)
    if "created_at" in artworks:
        dates = pd.to_datetime(artworks["created_at"], errors="coerce", utc=True, format="mixed")
        columns["created_at"] = (dates - dates.min()).dt.days.fillna(0.0)
    columns = columns.loc[:, columns.nunique() > 1]
    if columns.shape[1] == 0:
        return Looks(np.zeros((len(evidence.units.title), 1)))
    scaled = (columns - columns.mean()) / columns.std()
    units = evidence.units
    return Looks(
        family_means(
            [scaled[name].to_numpy(np.float64) for name in scaled],
            units.of_artwork,
            len(units.title),
        )
    )


def text_likeness(index: Index, evidence: Evidence) -> Floats:
    """Cosine of each unit's pictures with its title's text in the shared space, `(units,)`."""
    own = index.table("artworks")["title_id"].to_pylist()
    row_of = {title: row for row, title in enumerate(index.table("titles")["title_id"].to_pylist())}
    rows = np.array([row_of[title] for title in own])
    cosine = np.einsum("nd,nd->n", index.vectors("shared"), index.vectors("titles")[rows])
    units = evidence.units
    return np.bincount(units.of_artwork, cosine, len(units.title)) / units.artworks


def exemplar_uplift(index: Index, *, seed: int = 7) -> dict[str, Any] | None:
    """Lift of the exemplars a title would have been shown, on impressions not used to choose them.

    Every title in turn (at most 300) is the brief, its own artwork left out. Exemplars are chosen
    from tags of one half of the impressions for the title's own audience, and their lift is
    observed on the other half; the most relevant artworks, chosen without performance, are the
    baseline.

    Returns:
        briefs; exemplars and relevant (mean lift, low, high over briefs, log-odds); uplift (their
        difference, low, high); None where there is too little to choose from.
    """
    from assistant.audience_lift import audience_lift
    from assistant.exemplars import choose, score
    from assistant.relevance import image_space
    from index.performance import tag_performance

    artworks = index.table("artworks").to_pandas()
    titles = index.table("titles")["title_id"].to_pylist()
    one, two = thin_cells(index.table("cells").to_pandas(), seed=seed)
    tags = tag_performance(one, artworks).tags
    ids, families = artworks["artwork_id"].tolist(), artworks["family_id"].tolist()
    observed = observed_lifts(two, artworks).query("platform == @ALL")
    later_by_cluster = observed.pivot(index="artwork_id", columns="cluster", values="observed")
    later_by_cluster = later_by_cluster.reindex(ids)
    own = artworks["title_id"].to_numpy(str)
    text = np.asarray(index.vectors("titles"), dtype=np.float64)
    row_of = {title: row for row, title in enumerate(titles)}
    title_rows = np.array([row_of[title] for title in own])
    vectors = image_space(index)
    briefs = np.random.default_rng(seed).permutation(len(titles))[:_BRIEFS]
    audiences = _audiences(index, titles)
    chosen_lift, relevant_lift = [], []
    for brief in briefs:
        allowed = own != titles[brief]
        near = (text @ text[brief])[title_rows]
        relevance = np.argsort(np.argsort(near)) / max(len(near) - 1, 1)
        weights = audiences.get(titles[brief], {})
        lift = audience_lift(tags, ids, weights, ())
        choices = choose(
            score(relevance, lift, np.full(len(ids), np.nan)),
            lift,
            allowed,
            vectors,
            own,
            families,
            _EXEMPLARS,
        )
        later = _weighed(later_by_cluster, weights or {ALL: 1.0})
        picked = [choice.row for choice in choices]
        nearest = _nearest_of_titles(near, allowed, own)
        if picked and np.isfinite(later[picked]).any() and np.isfinite(later[nearest]).any():
            chosen_lift.append(np.nanmean(later[picked]))
            relevant_lift.append(np.nanmean(later[nearest]))
    if len(chosen_lift) < 2:
        return None
    exemplars, relevant = np.array(chosen_lift), np.array(relevant_lift)
    return {
        "briefs": len(exemplars),
        "exemplars": _mean(exemplars, seed),
        "relevant": _mean(relevant, seed),
        "uplift": _mean(exemplars - relevant, seed),
    }


def _audiences(index: Index, titles: list[str]) -> dict[str, dict[str, float]]:
    """Share of each title's viewing by cluster; empty where nothing is known."""
    if not (index.has("affinity") and index.has("clusters")):
        return {}
    table: pd.DataFrame = index.table("affinity").to_pandas()
    size = index.table("clusters").to_pandas().set_index("cluster")["members"]
    table["weight"] = np.exp(table["affinity"]) * table["cluster"].map(size.fillna(1.0))
    table["weight"] /= table.groupby("title_id")["weight"].transform("sum")
    return {
        str(title): dict(zip(rows["cluster"], rows["weight"], strict=True))
        for title, rows in table.groupby("title_id")
    }


def _weighed(lifts: pd.DataFrame, weights: dict[str, float]) -> Floats:
    """Lift of each artwork with an audience, over the clusters in which it was observed."""
    present = [cluster for cluster in weights if cluster in lifts]
    values = lifts[present].to_numpy(np.float64)
    share = np.where(np.isfinite(values), [weights[cluster] for cluster in present], 0.0)
    with np.errstate(invalid="ignore"):
        weighed: Floats = np.nansum(share * values, axis=1) / share.sum(axis=1)
    return weighed


def _nearest_of_titles(
    near: Floats, allowed: npt.NDArray[np.bool_], own: npt.NDArray[np.str_]
) -> npt.NDArray[np.intp]:
    """Every artwork of the titles nearest to a brief, as many titles as exemplars are shown."""
    rows = np.flatnonzero(allowed)
    names, first = np.unique(own[rows], return_index=True)
    nearest = names[np.argsort(-near[rows[first]], kind="stable")[:_EXEMPLARS]]
    return rows[np.isin(own[rows], nearest)]


def _mean(values: Floats, seed: int) -> dict[str, float]:
    from scipy.stats import bootstrap

    interval = bootstrap(
        (values,), np.mean, confidence_level=0.9, method="percentile", n_resamples=2000, rng=seed
    ).confidence_interval
    return {"mean": float(values.mean()), "low": float(interval.low), "high": float(interval.high)}
