"""Everything that an index says about its artwork, in one report."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from assistant.insights.beliefs import judge_beliefs, load_beliefs
from assistant.insights.conflicts import find_conflicts
from assistant.insights.confounders import find_carriers, find_confounders
from assistant.insights.effects import EffectSlice, Evidence, effect_slices
from assistant.insights.estimators.threads import enough_threads
from assistant.insights.evidence import (
    lever_effects,
    read_appearance,
    read_effects,
    read_evidence,
    read_known,
    read_themes,
    take_fraction,
)
from assistant.insights.grading import WORTH_SEEING, confirming
from assistant.insights.interactions import find_interactions
from assistant.insights.json_values import json_rows
from assistant.insights.levers import LeverDesign, lever_sides
from assistant.insights.members import member_effects
from assistant.insights.naming import require_sides
from assistant.insights.outcomes import apply_experiments, contrary_notes, read_experiments
from assistant.insights.themes.themes import Theme, index_themes
from index.errors import InputError
from index.io.nearest_name import name_hint
from index.query.levers import read_levers
from index.records import ALL, FloatMatrix, Grade, Progress, silent
from index.store import Index

_FIGURES = ("cluster", "platform", "genre", "country", "effect", "low", "high", "p", "q",
            "adjusted_effect", "adjusted_low", "adjusted_high", "confirm_effect", "confirm_low",
            "confirm_high", "artworks", "titles", "impressions", "grade", "reason",
            "titles_needed")  # fmt: skip
_UNKNOWN = (
    "the index knows no performance, so themes say what pictures show and nothing of what works; "
    "add performance or impressions to the catalogue and build it again"
)
_TESTED = ("observed_effect", "observed_low", "observed_high", "experiments")


@dataclass(frozen=True, slots=True)
class Focus:
    """What a reader asks about; None is everything. `lever` may be a lever or one of its sides."""

    lever: str | None = None
    cluster: str | None = None
    platform: str | None = None
    genre: str | None = None

    @property
    def slice_parts(self) -> dict[str, str]:
        """The cluster, platform and genre that are asked about."""
        parts = {name: getattr(self, name) for name in ("cluster", "platform", "genre")}
        return {name: asked for name, asked in parts.items() if asked is not None}

    @property
    def is_of_performance(self) -> bool:
        """Whether more than themes is asked about."""
        return (self.lever, self.cluster, self.platform) != (None, None, None)

    def slices(self, evidence: Evidence) -> list[EffectSlice]:
        """All slices of the evidence, and the one asked about if it is none of them."""
        found = effect_slices(evidence)
        asked = EffectSlice(self.cluster or ALL, self.platform or ALL, self.genre or ALL)
        cells = evidence.cells
        known = (
            asked.cluster in {ALL, *cells.cluster.categories}
            and asked.platform in {ALL, *cells.platform.categories}
            and any(asked.genre in {ALL, *names} for names in evidence.genres)
        )
        return [*found, asked] if known and asked not in found else found


@dataclass(frozen=True, slots=True)
class InsightReport:
    """Graded claims of one index.

    Attributes:
        effects: table of `estimate_effects` over the sides of levers, strongest grade first.
        conflicts: table of `find_conflicts`.
        confounders: table of `find_confounders`.
        carriers: table of `find_carriers`.
        interactions: table of `find_interactions`.
        themes: kinds of picture, largest first.
        beliefs: verdicts of `judge_beliefs`, where beliefs were given.
        notes: what cannot be said and why, as sentences.
        take_fraction: plays per impression over everything.
        design: the sides of levers that effects are of.
    """

    effects: pd.DataFrame
    conflicts: pd.DataFrame
    confounders: pd.DataFrame
    carriers: pd.DataFrame
    interactions: pd.DataFrame
    themes: tuple[Theme, ...]
    beliefs: tuple[dict[str, Any], ...]
    notes: tuple[str, ...]
    take_fraction: float
    design: LeverDesign

    def narrowed(self, focus: Focus) -> InsightReport:
        """The part of the report that is about one lever, cluster, platform or genre.

        Grades stay as they are over the whole report. A conflict stays if either side is meant;
        the genre of themes is chosen when they are looked for.

        Raises:
            InputError: nothing in the report is called so; names the nearest.
        """
        parts: dict[str, Any] = {
            name: getattr(self, name)
            for name in ("effects", "conflicts", "confounders", "carriers", "themes")
        }
        if focus.lever is not None:
            sides = [self.design.contrasts[at] for at in require_sides(self.design, focus.lever)]
            keys = {(one.name, one.side) for one in sides}
            named = zip(self.effects["name"], self.effects["side"], strict=True)
            parts["effects"] = self.effects[[key in keys for key in named]]
            levers = {name for name, _ in keys}
            for name in ("conflicts", "confounders", "carriers"):
                parts[name] = parts[name][parts[name]["lever"].isin(levers)]
        for column, asked in focus.slice_parts.items():
            known = sorted(set(self.effects[column].dropna()) - {""})
            if asked not in known:
                hint = name_hint(asked, known)
                raise InputError(f"this index has no {column} {asked!r}", hint=hint)
            parts["effects"] = parts["effects"][parts["effects"][column] == asked]
            if column == "genre":
                continue
            table = parts["conflicts"]
            meant = (table[f"helps_{column}"] == asked) | (table[f"hurts_{column}"] == asked)
            parts["conflicts"] = table[meant]
            parts["themes"] = tuple(
                replace(
                    theme,
                    performance=tuple(row for row in theme.performance if row[column] == asked),
                )
                for theme in parts["themes"]
            )
        return replace(self, **parts)

    def to_json(self, members: pd.DataFrame | None = None) -> dict[str, Any]:
        """A document of plain values; what is unknown is None.

        Args:
            members: effects of the levers' features one at a time, as `members_of` gives them.
        """
        levers = self.effects[["name", "side", "kind", "step", *_FIGURES, *_TESTED]]
        effects: list[dict[str, Any]] = []
        if members is not None:
            named = members.rename(columns={"name": "feature", "side": "level"})
            effects = json_rows(named[["feature", "level", "step", *_FIGURES]])
        return {
            "levers": json_rows(levers.rename(columns={"name": "lever", "side": "pole"})),
            "effects": effects,
            "conflicts": json_rows(self.conflicts),
            "confounders": json_rows(self.confounders),
            "talent": json_rows(self.carriers),
            "interactions": json_rows(self.interactions),
            "themes": [theme.to_json() for theme in self.themes],
            "hypotheses": list(self.beliefs),
            "notes": list(self.notes),
        }


def insights(
    index: Index,
    *,
    focus: Focus = Focus(),
    beliefs: Path | None = None,
    genre: str | None = None,
    text: FloatMatrix | None = None,
    seed: int = 7,
    progress: Progress = silent,
) -> InsightReport:
    """Effects, conflicts, confounders, themes and verdicts of an index.

    Args:
        index: an open index; without performance there are themes, and nothing of what works.
        focus: what is asked about: its cluster, platform and genre together are looked at too.
            `InsightReport.narrowed` then picks it.
        beliefs: a `hypotheses.yaml` to be judged.
        genre: look for themes among the titles of one genre.
        text: `(1, d)` embedding of a brief: look for themes among the titles most like it.

    Raises:
        InputError: an unknown genre, a mistake in `beliefs`, or no performance where a lever, a
            slice or beliefs are asked about.
    """
    known = index.has("cells") or beliefs is not None or focus.is_of_performance
    evidence = read_evidence(index) if known else read_appearance(index)
    chosen = focus.slices(evidence)
    registered = load_beliefs(beliefs, evidence) if beliefs is not None else ()
    if known and chosen == effect_slices(evidence):
        progress("effects", 0, 1)
        effects = read_effects(index)
        progress("effects", 1, 1)
    else:
        effects = apply_experiments(
            lever_effects(evidence, chosen, progress), read_experiments(index)
        )
    base = take_fraction(evidence)
    with enough_threads(len(evidence.units.title)):
        return InsightReport(
            _strongest_first(effects),
            find_conflicts(effects),
            find_confounders(lever_sides(evidence), effects),
            find_carriers(evidence, effects),
            find_interactions(evidence, effects),
            _themes(index, evidence, genre, text, seed),
            tuple(judge_beliefs(registered, evidence)),
            (*contrary_notes(effects, base), *_notes(evidence, effects)) if known else (_UNKNOWN,),
            base,
            lever_sides(evidence),
        )


def _themes(
    index: Index, evidence: Evidence, genre: str | None, text: FloatMatrix | None, seed: int
) -> tuple[Theme, ...]:
    if genre is None and text is None and seed == index.manifest.options.get("seed"):
        return read_themes(index)
    return index_themes(index, evidence, genre=genre, text=text, seed=seed)


def members_of(index: Index, focus: Focus = Focus()) -> pd.DataFrame:
    """Effects of the levers' features one at a time, in the same slices, by the same grader.

    Of one lever, cluster, platform or genre if `focus` asks for it.
    """
    evidence = read_known(index)
    with enough_threads(len(evidence.units.title)):
        table = member_effects(index, evidence, focus.slices(evidence))
    if focus.lever is not None:
        design, levers = lever_sides(evidence), read_levers(index)
        names = {design.contrasts[at].name for at in require_sides(design, focus.lever)}
        table = table[[levers.owner(name) in names for name in table["name"]]]
    for column, asked in focus.slice_parts.items():
        table = table[table[column] == asked]
    return table


def _strongest_first(effects: pd.DataFrame) -> pd.DataFrame:
    order = [grade.value for grade in reversed(Grade)]
    return (
        effects.assign(rank=effects["grade"].map(order.index), size=-effects["effect"].abs())
        .sort_values(["rank", "size", "q"], kind="stable")
        .drop(columns=["rank", "size"])
        .reset_index(drop=True)
    )


def _notes(evidence: Evidence, effects: pd.DataFrame) -> tuple[str, ...]:
    notes = [
        "Artwork is compared with its title's other artwork only; intervals are 90%. A claim is "
        "supported as more than 1% of plays at a false discovery rate of 10% over all levers and, "
        "inside a lever, over all its sides and audiences; likewise over all themes and all "
        "patterns inside themes.",
    ]
    units = evidence.units
    alone = int((np.bincount(units.title, minlength=len(units.title_ids)) < 2).sum())
    if alone:
        notes.append(
            f"{alone} titles have a single artwork (or one asset family) and can't be compared."
        )
    if not any(evidence.genres):
        notes.append("Titles have no genres, so nothing is said by genre.")
    notes += [
        f"Performance has no {name}, so nothing is said by {name}."
        for name in ("cluster", "platform")
        if not evidence.cells.named(name)
    ]
    kept = int(confirming(units.title_ids.tolist()).sum())
    notes.append(
        f"{kept} of {len(units.title_ids)} titles are kept aside; a claim is confirmed only when "
        "it holds on them."
    )
    short = effects[
        (effects["grade"] == Grade.INSUFFICIENT) & (effects["titles_needed"] > effects["titles"])
    ]
    if len(short):
        notes.append(
            f"{len(short)} comparisons have too few titles that vary to see a change of a tenth "
            f"(log-odds {WORTH_SEEING}); half of them would need "
            f"{short['titles_needed'].median():.0f} or more."
        )
    return tuple(notes)
