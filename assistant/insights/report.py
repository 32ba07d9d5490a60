"""Everything that an index says about its artwork, in one report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from assistant.insights.beliefs import judge_beliefs, load_beliefs
from assistant.insights.conflicts import find_conflicts
from assistant.insights.confounders import Travel, find_confounders, travel_of
from assistant.insights.effects import (
    EffectSlice,
    Evidence,
    effect_slices,
    estimate_effects,
    gather_evidence,
)
from assistant.insights.estimators.threads import enough_threads
from assistant.insights.grading import SMALLEST_EFFECT, assign_part
from assistant.insights.index_cache import index_cache
from assistant.insights.json_values import json_rows
from assistant.insights.outcomes import apply_experiments, contrary_notes, read_experiments
from assistant.insights.themes.themes import Theme, index_themes
from index.errors import InputError
from index.records import ALL, Grade, Progress, silent

if TYPE_CHECKING:
    import pandas as pd

    from index.records import FloatMatrix
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
class Focus:
    """What a reader asks about; None is everything."""

    feature: str | None = None
    cluster: str | None = None
    platform: str | None = None
    genre: str | None = None

    def slices(self, evidence: Evidence) -> list[EffectSlice]:
        """All slices of the evidence, and the one asked about if it is none of them."""
        found = effect_slices(evidence)
        asked = EffectSlice(self.cluster or ALL, self.platform or ALL, self.genre or ALL)
        cells = evidence.cells
        known = (
            asked.cluster in {ALL, *cells.cluster}
            and asked.platform in {ALL, *cells.platform}
            and any(asked.genre in {ALL, *names} for names in evidence.genres)
        )
        return [*found, asked] if known and asked not in found else found


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

    def narrowed(self, focus: Focus) -> InsightReport:
        """The part of the report that is about one feature, cluster, platform or genre.

        Grades stay as they are over the whole report. A conflict stays if either side is meant;
        the genre of themes is chosen when they are looked for.

        Raises:
            InputError: nothing in the report is called so; names the nearest.
        """
        effects = self.effects
        for column in ("feature", "cluster", "platform", "genre"):
            asked = getattr(focus, column)
            if asked is not None:
                _known(asked, column, self.effects[column])
                effects = effects[effects[column] == asked]
        conflicts, confounders = self.conflicts, self.confounders
        if focus.feature is not None:
            conflicts = conflicts[conflicts["feature"] == focus.feature]
            confounders = confounders[confounders["feature"] == focus.feature]
        themes = self.themes
        for column in ("cluster", "platform"):
            asked = getattr(focus, column)
            if asked is not None:
                sides = [conflicts[f"{side}_{column}"] == asked for side in ("helps", "hurts")]
                conflicts = conflicts[sides[0] | sides[1]]
                themes = tuple(
                    replace(
                        theme,
                        performance=tuple(row for row in theme.performance if row[column] == asked),
                    )
                    for theme in themes
                )
        return replace(
            self, effects=effects, conflicts=conflicts, confounders=confounders, themes=themes
        )

    def to_json(self) -> dict[str, Any]:
        """A document of plain values; what is unknown is None."""
        return {
            "effects": json_rows(self.effects[list(_KEYS)]),
            "conflicts": json_rows(self.conflicts),
            "confounders": json_rows(self.confounders),
            "themes": [theme.to_json() for theme in self.themes],
            "hypotheses": list(self.beliefs),
            "notes": list(self.notes),
        }


@index_cache
def read_evidence(index: Index) -> Evidence:
    """Counts, features and genres of an index, lined up.

    Raises:
        InputError: the index was built from a catalogue without performance.
    """
    from index.query.features import index_matrix

    if not index.has("cells"):
        raise InputError(
            "this index knows no performance, so nothing can be said about what works",
            path=index.folder,
            hint="add performance or impressions to the catalogue and build it again",
        )
    titles, artworks, cells = (
        index.table(name).to_pandas() for name in ("titles", "artworks", "cells")
    )
    return gather_evidence(titles, artworks, cells, index_matrix(index))


@index_cache
def read_travel(index: Index) -> Travel:
    """Which features of an index travel together.

    Raises:
        InputError: the index was built from a catalogue without performance.
    """
    return travel_of(read_evidence(index))


def insights(
    index: Index,
    *,
    slices: Sequence[EffectSlice] | None = None,
    focus: Focus = Focus(),
    beliefs: Path | None = None,
    genre: str | None = None,
    text: FloatMatrix | None = None,
    seed: int = 7,
    progress: Progress = silent,
) -> InsightReport:
    """Effects, conflicts, confounders, themes and verdicts of an index.

    Args:
        index: an open index with performance.
        slices: where to look; everywhere by default. All is graded together.
        focus: what is asked about: its cluster, platform and genre together are looked at too.
            `InsightReport.narrowed` then picks it.
        beliefs: a `hypotheses.yaml` to be judged.
        genre: look for themes among the titles of one genre.
        text: `(1, d)` embedding of a brief: look for themes among the titles most like it.
        seed: of the grouping into themes.
        progress: told how far the effects have come.

    Raises:
        InputError: no performance, an unknown genre, or a mistake in `beliefs`.
    """
    evidence = read_evidence(index)
    slices = focus.slices(evidence) if slices is None else slices
    registered = load_beliefs(beliefs, evidence) if beliefs is not None else ()
    with enough_threads(len(evidence.units.title)):
        effects = apply_experiments(
            estimate_effects(evidence, slices, progress=progress), read_experiments(index)
        )
        return InsightReport(
            _strongest_first(effects),
            find_conflicts(effects),
            find_confounders(evidence, effects),
            index_themes(index, evidence, genre=genre, text=text, seed=seed),
            tuple(judge_beliefs(registered, evidence)),
            (*contrary_notes(effects), *_notes(evidence, effects)),
        )


def _known(asked: str, column: str, values: pd.Series) -> None:
    known = sorted(set(values.dropna()) - {""})
    if asked in known:
        return
    near = get_close_matches(asked, known, n=1, cutoff=0.4)
    listed = ", ".join(known[:12]) + (" …" if len(known) > 12 else "")
    raise InputError(
        f"this index has no {column} {asked!r}",
        hint=f"did you mean {near[0]!r}?" if near else f"there are: {listed}",
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
        "q holds the share of false discoveries at 10% over all effects of the index, and likewise "
        "over all themes and over all patterns inside themes.",
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
