"""How good the tool's advice is, on titles and impressions that it did not use."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd

from assistant.answers.exemplar_uplift import exemplar_uplift
from assistant.insights.effects import EVERYWHERE, Evidence, effect_slices, slice_observations
from assistant.insights.estimators.appearance import Appearance, measure_appearance
from assistant.insights.estimators.calibration import check_calibration
from assistant.insights.estimators.design import family_means
from assistant.insights.estimators.fixed_effects import Floats
from assistant.insights.estimators.pairs import accuracy, clear_pairs, picks
from assistant.insights.estimators.prediction import predict_held_out, unit_rows
from assistant.insights.estimators.shares import created_dates
from assistant.insights.estimators.threads import enough_threads
from assistant.insights.evidence import read_evidence, take_fraction
from assistant.insights.members import read_features
from index.errors import InputError
from index.records import ALL, Progress, silent
from index.store import Index

MODEL = "features and pictures"
CHANCE = "chance"
LIKEST = "picture likest to the text"
REFERENCE = "already shown most"


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What `evaluate` found.

    Attributes:
        pairs: per cluster × platform, rows of `pairs.accuracy` with the number of pairs.
        take_fraction: of the catalogue, from which lifts are turned into plays.
        notes: what could not be checked.
    """

    pairs: tuple[dict[str, Any], ...]
    calibration: dict[str, Any]
    exemplars: dict[str, Any] | None
    take_fraction: float
    notes: tuple[str, ...]

    @property
    def sceptic(self) -> str:
        """How often the tool was right where it could be checked, beside what costs nothing."""
        overall = {
            row["method"]: row
            for row in self.pairs
            if (row["cluster"], row["platform"]) == (ALL, ALL)
        }
        if not overall:
            return "Past artwork is too little to check how often this advice is right."
        own = overall[MODEL]
        rivals = ((CHANCE, "chance"), (LIKEST, "the picture most like the title's text"),
                  (REFERENCE, "the one shown most (known only afterwards)"))  # fmt: skip
        said = (
            f"Of two artworks of one title, the tool picks the better in {own['accuracy']:.0%} "
            f"({own['low']:.0%} to {own['high']:.0%}) of {own['pairs']:,} pairs from "
            f"{own['titles']:,} titles that it had not learned from; "
            + ", ".join(f"{words} in {overall[name]['accuracy']:.0%}" for name, words in rivals)
            + "."
        )
        if overall[CHANCE]["margin_low"] > 0:
            return said
        return f"{said} It is not shown to be better than chance: take its advice as ideas."

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return {"sceptic": self.sceptic, **asdict(self)}


def evaluate(index: Index, *, seed: int = 7, progress: Progress = silent) -> Evaluation:
    """Pick pairs on held-out titles, check calibration and the uplift of exemplars.

    Raises:
        InputError: no performance, or no title with two artworks that were shown.
    """
    evidence = read_evidence(index)
    artworks = index.table("artworks").to_pandas()
    cells = index.table("cells").to_pandas()
    features, vectors = read_features(index), np.asarray(index.picture_vectors)
    looks = measure_appearance(features, evidence.units, vectors, seed=seed)
    with enough_threads(len(evidence.units.title)):
        pairs, notes = pick_pairs(
            evidence,
            looks,
            known_beforehand(evidence, artworks),
            text_likeness(index, evidence),
            seed=seed,
            progress=progress,
        )
        calibration = check_calibration(cells, artworks, seed=seed)
        exemplars = exemplar_uplift(index, seed=seed, progress=progress)
    base = take_fraction(evidence)
    return Evaluation(tuple(pairs), calibration, exemplars, base, tuple(notes))


def pick_pairs(
    evidence: Evidence,
    looks: Appearance,
    known: Appearance,
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
        known: what is known of them without looking.
        likeness: `(units,)` likeness of picture and text.
    """
    slices = [one for one in effect_slices(evidence) if (one.genre, one.country) == (ALL, ALL)]
    rows: list[dict[str, Any]] = []
    notes: list[str] = []
    start: Floats | None = None
    for done, where in enumerate(slices):
        progress("pairs", done, len(slices))
        try:
            seen = slice_observations(evidence, where)
            held = predict_held_out(seen, looks, start=start, seed=seed)
        except InputError as error:
            notes.append(f"{where.cluster} × {where.platform}: {error}")
            continue
        if where == EVERYWHERE:
            start = unit_rows(held.prediction, seen, len(evidence.units.title))
        pairs = clear_pairs(seen.y, seen.v, seen.title)
        if len(np.unique(pairs.title)) < 2:
            notes.append(f"{where.cluster} × {where.platform}: no pair differs clearly")
            continue
        right = {
            MODEL: picks(pairs, held.prediction),
            "prior alone": picks(pairs, predict_held_out(seen, known, seed=seed).prediction),
            LIKEST: picks(pairs, likeness[seen.unit]),
            CHANCE: np.full(len(pairs.title), 0.5),
            REFERENCE: picks(pairs, seen.impressions),
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


def known_beforehand(evidence: Evidence, artworks: pd.DataFrame) -> Appearance:
    """Canvas, language, rights and date of every unit as numbers, no picture looked at."""
    named = [name for name in ("canvas", "language", "rights") if name in artworks]
    columns = pd.get_dummies(artworks[named].fillna("").astype(str), dtype=float)
    dates = created_dates(artworks)
    if dates is not None:
        columns["created_at"] = (dates - dates.min()).dt.days.fillna(0.0)
    columns = columns.loc[:, columns.nunique() > 1]
    if columns.shape[1] == 0:
        return Appearance(np.zeros((len(evidence.units.title), 1)))
    scaled = (columns - columns.mean()) / columns.std()
    units = evidence.units
    return Appearance(
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
