"""What past artwork tells: counts and levers lined up; effects and themes, kept or worked out."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import pandas as pd

from assistant.insights.effects import EffectSlice, Evidence, estimate_effects, gather_evidence
from assistant.insights.estimators.observations import Units
from assistant.insights.estimators.threads import enough_threads
from assistant.insights.index_cache import index_cache
from assistant.insights.kept import (
    findings_tables,
    kept_design,
    kept_effects,
    kept_table,
    kept_themes,
)
from assistant.insights.levers import LeverDesign, lever_design, lever_sides
from assistant.insights.members import read_matrix
from assistant.insights.outcomes import apply_experiments, read_experiments
from assistant.insights.themes.themes import Theme, arranged_themes
from index.errors import InputError
from index.query.levers import lever_values, read_levers
from index.records import Progress, silent
from index.store import EFFECTS, FINDINGS, Index, amend_index, open_index


@index_cache
def read_evidence(index: Index) -> Evidence:
    """Counts, levers and genres of an index, lined up.

    Raises:
        InputError: the index was built from a catalogue without performance.
    """
    if not index.has("cells"):
        raise InputError(
            "this index knows no performance, so nothing can be said about what works",
            path=index.folder,
            hint="add performance or impressions to the catalogue and build it again",
        )
    return _gathered(index, index.table("cells").to_pandas())


@index_cache
def read_appearance(index: Index) -> Evidence:
    """Levers and genres of an index, lined up as `read_evidence` does, without any count."""
    words = dict.fromkeys(("artwork_id", "cluster", "platform", "country"), "str")
    counts = dict.fromkeys(("impressions", "plays"), "int64")
    effective = dict.fromkeys(("effective_impressions", "effective_plays"), "float64")
    kinds = words | counts | effective
    return _gathered(index, pd.DataFrame(columns=list(kinds)).astype(kinds))


def read_known(index: Index) -> Evidence:
    """With counts where the index has them."""
    return read_evidence(index) if index.has("cells") else read_appearance(index)


def _gathered(index: Index, cells: pd.DataFrame) -> Evidence:
    titles, artworks = (index.table(name).to_pandas() for name in ("titles", "artworks"))
    return gather_evidence(titles, artworks, cells, lambda units: _read_design(index, units))


def _read_design(index: Index, units: Units) -> LeverDesign:
    from index.query.features import index_features

    kept = kept_design(index, units)
    if kept is not None:
        return kept
    features = {one.name: one for one in index_features(index)}
    return lever_design(
        read_levers(index), lever_values(index), read_matrix(index), features, units
    )


@index_cache
def read_effects(index: Index) -> pd.DataFrame:
    """Graded effects of all sides of levers in every slice, experiments taken in.

    Raises:
        InputError: the index was built from a catalogue without performance.
    """
    kept = kept_effects(index)
    effects = lever_effects(read_evidence(index)) if kept is None else kept
    return apply_experiments(effects, read_experiments(index))


@index_cache
def read_themes(index: Index) -> tuple[Theme, ...]:
    """Themes of the whole index, as it was arranged when it was built."""
    kept = kept_themes(index)
    if kept is not None:
        return kept
    return arranged_themes(index, read_known(index))


def find_out(index: Index, progress: Progress = silent) -> dict[str, pd.DataFrame]:
    """What past artwork says, whoever asks, as tables that an index keeps."""
    evidence = read_known(index)
    effects = lever_effects(evidence, progress=progress) if index.has("cells") else None
    with enough_threads(len(evidence.units.title)):
        themes = arranged_themes(index, evidence)
        return findings_tables(effects, themes, lever_sides(evidence))


def keep_findings(folder: Path, progress: Progress = silent) -> str:
    """Find out what an index does not keep yet, or kept by another program, and keep it.

    Returns:
        The name of the generation that is current now.

    Raises:
        ArtworkIndexError: the index cannot be read or written.
    """
    with open_index(folder) as index:
        wanted = [name for name in FINDINGS if name != EFFECTS or index.has("cells")]
        if all(kept_table(index, name) is not None for name in wanted):
            return index.generation
    return amend_index(folder, partial(find_out, progress=progress))


def lever_effects(
    evidence: Evidence,
    slices: Sequence[EffectSlice] | None = None,
    progress: Progress = silent,
) -> pd.DataFrame:
    """Graded effects of all sides of levers in some slices, before experiments."""
    held = lever_sides(evidence).held()
    with enough_threads(len(evidence.units.title), learners=False):
        return estimate_effects(evidence, slices, held=held, progress=progress)


def take_fraction(evidence: Evidence) -> float:
    """Plays per impression over everything, from which effects are turned into plays."""
    cells = evidence.cells
    return float(cells.plays.sum() / max(cells.impressions.sum(), 1e-9))
