"""Effects of every feature in every slice, with grades."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from assistant.insights.estimators.adjusted import AdjustedEffects, adjusted_effects
from assistant.insights.estimators.design import Design, build_design
from assistant.insights.estimators.fixed_effects import (
    Floats,
    TitleSums,
    WithinEffects,
    title_starts,
    within_effects,
)
from assistant.insights.estimators.observations import (
    Cells,
    Observations,
    Units,
    collapse_families,
    in_slice,
    observe,
    unit_cells,
)
from assistant.insights.grading import LEVEL, MIN_DF, MIN_TITLES, assign_part, grade_effects
from index.records import ALL, Progress, silent

if TYPE_CHECKING:
    import pandas as pd

    from index.features.matrix import FeatureMatrix

_ADJUSTED = ("adjusted_effect", "adjusted_low", "adjusted_high", "adjusted_p", "adjusted_left")


@dataclass(frozen=True, slots=True)
class EffectSlice:
    """Where an effect is estimated; a part that is ALL is not restricted."""

    cluster: str = ALL
    platform: str = ALL
    genre: str = ALL
    country: str = ALL


@dataclass(frozen=True, slots=True)
class Evidence:
    """What effects are estimated from: units, their counts and their contrasts."""

    units: Units
    cells: Cells
    design: Design
    genres: tuple[tuple[str, ...], ...]
    """Genres of each title of `units.title_ids`."""


def gather_evidence(
    titles: pd.DataFrame, artworks: pd.DataFrame, cells: pd.DataFrame, matrix: FeatureMatrix
) -> Evidence:
    """Collapse asset families and line up counts and features.

    Args:
        titles: title_id, genres (`|` between).
        artworks: artwork_id, title_id, family_id; row i has row i of the matrix.
        cells: aggregated performance.
        matrix: feature matrix over the artworks.
    """
    units = collapse_families(artworks)
    named = titles.drop_duplicates("title_id").set_index("title_id")["genres"]
    genres = tuple(
        tuple(genre.strip() for genre in text.split("|") if genre.strip())
        for text in named.reindex(units.title_ids).fillna("")
    )
    return Evidence(
        units,
        unit_cells(cells, artworks, units),
        build_design(matrix, units.of_artwork, len(units.title)),
        genres,
    )


def effect_slices(evidence: Evidence) -> list[EffectSlice]:
    """Overall, clusters, platforms, their products, genres and countries that the counts have."""
    cells = evidence.cells
    clusters, platforms, countries = (
        sorted(set(given) - {""}) for given in (cells.cluster, cells.platform, cells.country)
    )
    found = [EffectSlice()]
    found += [EffectSlice(cluster=c) for c in clusters]
    found += [EffectSlice(platform=p) for p in platforms]
    found += [EffectSlice(cluster=c, platform=p) for c in clusters for p in platforms]
    tally: dict[str, int] = {}
    for names in evidence.genres:
        for name in set(names):
            tally[name] = tally.get(name, 0) + 1
    found += [EffectSlice(genre=g) for g in sorted(tally) if tally[g] >= MIN_TITLES]
    found += [EffectSlice(country=c) for c in countries if len(countries) > 1]
    return found


def estimate_effects(
    evidence: Evidence,
    slices: Sequence[EffectSlice] | None = None,
    *,
    adjust: bool = True,
    progress: Progress = silent,
) -> pd.DataFrame:
    """Effect of every contrast in every slice, with interval, q-value and grade.

    Returns:
        one row per contrast and slice: feature, level, kind, step, cluster, platform, genre,
        country, effect, se, df, low, high, p, q, adjusted_effect, adjusted_low, adjusted_high,
        adjusted_p, adjusted_q, adjusted_left (share of the contrast's variation that the other
        features cannot predict), explore_* and confirm_* (effect, low, high, p, titles, df),
        artworks, titles, impressions, grade, reason, titles_needed. Effects are log-odds for the
        change that `step` names; low and high bound 90% intervals.
    """
    import pandas as pd

    chosen = effect_slices(evidence) if slices is None else list(slices)
    confirming = np.array(
        [assign_part(str(title)) == "confirm" for title in evidence.units.title_ids]
    )
    tables = []
    for done, where in enumerate(chosen):
        progress("effects", done, len(chosen))
        tables.append(_slice_effects(evidence, where, confirming, adjust=adjust))
    progress("effects", len(chosen), len(chosen))
    return grade_effects(pd.concat(tables, ignore_index=True))


def slice_observations(evidence: Evidence, where: EffectSlice) -> Observations:
    """Observed lifts of the units of one slice."""
    cells = evidence.cells
    mask = in_slice(cells, where.cluster, where.platform, where.country)
    if where.genre != ALL:
        has = np.array([where.genre in genres for genres in evidence.genres])
        mask &= has[evidence.units.title[cells.unit]]
    return observe(cells, mask, evidence.units)


def _slice_effects(
    evidence: Evidence, where: EffectSlice, confirming: npt.NDArray[np.bool_], *, adjust: bool
) -> pd.DataFrame:
    import pandas as pd

    seen = slice_observations(evidence, where)
    values = evidence.design.values[seen.unit]
    part = confirming[seen.title]
    whole = _fit(seen, values, np.ones(len(seen.y), dtype=np.bool_))
    table: dict[str, Any] = {
        name: [getattr(contrast, name) for contrast in evidence.design.contrasts]
        for name in ("feature", "level", "kind", "step")
    }
    for name in ("cluster", "platform", "genre", "country"):
        table[name] = getattr(where, name)
    table |= _columns(whole, "")
    table |= _counts(evidence.units, seen, whole, values)
    table |= _columns(_fit(seen, values, ~part), "explore_")
    table |= _columns(_fit(seen, values, part), "confirm_")
    wanted = (whole.titles >= MIN_TITLES) & (whole.df >= MIN_DF)
    if adjust and wanted.any():
        held = adjusted_effects(
            seen.y,
            seen.weights,
            seen.title,
            values,
            evidence.design.controls[seen.unit],
            evidence.design,
            wanted,
        )
        columns = _columns(held, "adjusted_") | {"adjusted_left": held.left}
    else:
        columns = dict.fromkeys(_ADJUSTED, np.full(len(wanted), np.nan))
    table |= {name: columns[name] for name in _ADJUSTED}
    return pd.DataFrame(table)


def _fit(seen: Observations, values: Floats, rows: npt.NDArray[np.bool_]) -> WithinEffects:
    starts = title_starts(seen.title[rows])
    if len(starts) == 0:
        width = values.shape[1]
        nothing, none = np.full(width, np.nan), np.zeros(width, dtype=np.int64)
        return WithinEffects(
            nothing, nothing, np.zeros(width), none, none, np.zeros((0, width), dtype=np.bool_)
        )
    return within_effects(seen.y[rows], seen.weights[rows], values[rows], starts)


def _columns(fit: WithinEffects | AdjustedEffects, prefix: str) -> dict[str, Floats]:
    from scipy.stats import t

    df = np.maximum(fit.df, 1e-9)
    with np.errstate(divide="ignore", invalid="ignore"):
        p = 2 * t.sf(np.abs(fit.effect / fit.se), df)
        half = np.where(fit.df >= 1, t.ppf((1 + LEVEL) / 2, np.maximum(df, 1)), np.inf) * fit.se
    known = {
        "effect": fit.effect,
        "se": fit.se,
        "low": fit.effect - half,
        "high": fit.effect + half,
        "p": p,
        "df": fit.df,
    }
    if isinstance(fit, WithinEffects):
        known["titles"] = fit.titles.astype(np.float64)
    return {prefix + name: values for name, values in known.items()}


def _counts(
    units: Units, seen: Observations, fit: WithinEffects, values: Floats
) -> dict[str, npt.NDArray[np.int64]]:
    """Titles that vary in each contrast, and the artworks and impressions they rest on."""
    width = values.shape[1]
    if len(seen.y) == 0:
        return {
            name: np.zeros(width, dtype=np.int64) for name in ("titles", "artworks", "impressions")
        }
    finite = np.isfinite(values)
    sums = TitleSums(seen.starts, len(seen.y))

    def total(of_row: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
        held = sums.sum(of_row[:, None] * finite)
        counted: npt.NDArray[np.int64] = (held * fit.informative).sum(axis=0).round().astype(int)
        return counted

    return {
        "titles": fit.titles,
        "artworks": total(units.artworks[seen.unit].astype(np.float64)),
        "impressions": total(seen.impressions),
    }
