"""Everything that an index says about its artwork, in one report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from assistant.insights.conflicts import find_conflicts
from assistant.insights.confounders import find_confounders
from assistant.insights.effects import EffectSlice, Evidence, estimate_effects, gather_evidence
from assistant.insights.experiments import apply_experiments, contrary_notes, read_experiments
from assistant.insights.grading import SMALLEST_EFFECT, assign_part
from assistant.insights.hypotheses import judge_beliefs, load_beliefs
from assistant.insights.plain import plain_rows
from assistant.insights.themes import Theme, index_themes
from assistant.insights.threads import enough_threads
from assistant.per_index import per_index
from index.errors import InputError
from index.records import Grade, Progress, silent

if TYPE_CHECKING:
    import pandas as pd

    from index.store import Index

_KEYS = (
    "feature",
    "level",
    "step",
    "cluster",
    "platform",
    "genre",
    "country",
    "effect",
    "low",
    "high",
    "p",
    "q",
    "adjusted_effect",
    "adjusted_low",
    "adjusted_high",
    "confirm_effect",
    "confirm_low",
    "confirm_high",
    "artworks",
    "titles",
    "impressions",
    "grade",
    "reason",
    "titles_needed",
    "observed_effect",
    "observed_low",
    "observed_high",
    "experiments",
)


@dataclass(frozen=True, slots=True)
class InsightReport:
    """Graded claims of one index.

    Attributes:
        effects: table of `estimate_effects`, strongest grade first.
        conflicts: table of `find_conflicts`.
        confounders: table of `find_confounders`.
        themes: kinds of picture, largest first.
        beliefs: verdicts of `judge_beliefs`, where beliefs were given.
        notes: what cannot be said and why, as sentences.
    """

    effects: pd.DataFrame
    conflicts: pd.DataFrame
    confounders: pd.DataFrame
    themes: tuple[Theme, ...]
    beliefs: tuple[dict[str, Any], ...]
    notes: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """A document of plain values; what is unknown is None."""
        return {
            "effects": plain_rows(self.effects[list(_KEYS)]),
            "conflicts": plain_rows(self.conflicts),
            "confounders": plain_rows(self.confounders),
            "themes": [theme.to_json() for theme in self.themes],
            "hypotheses": list(self.beliefs),
            "notes": list(self.notes),
        }


@per_index
def read_evidence(index: Index) -> Evidence:
    """Counts, features and genres of an index, lined up.

    Raises:
        InputError: the index was built from a catalogue without performance.
    """
    from index.perceived import index_matrix

    if not index.has("cells"):
        raise InputError(
            "this index knows no performance, so nothing can be said about what works",
            path=index.folder,
            mend="add performance or impressions to the catalogue and build it again",
        )
    titles, artworks, cells = (
        index.table(name).to_pandas() for name in ("titles", "artworks", "cells")
    )
    return gather_evidence(titles, artworks, cells, index_matrix(index))


def insights(
    index: Index,
    *,
    slices: Sequence[EffectSlice] | None = None,
    beliefs: Path | None = None,
    genre: str | None = None,
    seed: int = 7,
    progress: Progress = silent,
) -> InsightReport:
    """Effects, conflicts, confounders, themes and verdicts of an index.

    Args:
        index: an open index with performance.
        slices: where to look; everywhere by default. The false discovery rate is held over
            everything in the report.
        beliefs: a `hypotheses.yaml` to be judged.
        genre: look for themes among the titles of one genre.
        seed: of the grouping into themes.
        progress: told how far the effects have come.

    Raises:
        InputError: no performance, an unknown genre, or a mistake in `beliefs`.
    """
    evidence = read_evidence(index)
    registered = load_beliefs(beliefs, evidence) if beliefs is not None else ()
    with enough_threads(len(evidence.units.title)):
        effects = apply_experiments(
            estimate_effects(evidence, slices, progress=progress), read_experiments(index)
        )
        return InsightReport(
            _strongest_first(effects),
            find_conflicts(effects),
            find_confounders(evidence, effects),
            index_themes(index, evidence, genre=genre, seed=seed),
            tuple(judge_beliefs(registered, evidence)),
            (*contrary_notes(effects), *_notes(evidence, effects)),
        )


def _strongest_first(effects: pd.DataFrame) -> pd.DataFrame:
    order = [grade.value for grade in reversed(Grade)]
    return (
        effects.assign(rank=effects["grade"].map(order.index), size=-effects["effect"].abs())
        .sort_values(["rank", "q", "size"], kind="stable")
        .drop(columns=["rank", "size"])
        .reset_index(drop=True)
    )


def _notes(evidence: Evidence, effects: pd.DataFrame) -> tuple[str, ...]:
    notes = [
        "Effects are differences in log-odds inside titles for the step named; intervals are 90%. "
        "q holds the share of false discoveries at 10% over everything in this report.",
    ]
    units = evidence.units
    alone = int((np.bincount(units.title, minlength=len(units.title_ids)) < 2).sum())
    if alone:
        notes.append(f"{alone} titles have one artwork (or one asset family) and say nothing.")
    if not any(evidence.genres):
        notes.append("Titles have no genres, so nothing is said by genre.")
    for name, given in (("cluster", evidence.cells.cluster), ("platform", evidence.cells.platform)):
        if not set(given) - {""}:
            notes.append(f"Performance has no {name}, so nothing is said by {name}.")
    kept = sum(assign_part(str(title)) == "confirm" for title in units.title_ids)
    notes.append(
        f"{kept} of {len(units.title_ids)} titles are kept aside; a claim is confirmed only when "
        "it holds on them."
    )
    short = effects[
        (effects["grade"] == Grade.INSUFFICIENT) & (effects["titles_needed"] > effects["titles"])
    ]
    if len(short):
        notes.append(
            f"{len(short)} comparisons have too few titles that vary in the feature to see "
            f"{SMALLEST_EFFECT} log-odds; half of them would need "
            f"{short['titles_needed'].median():.0f} or more."
        )
    return tuple(notes)
