"""Effects of every contrast in every slice, with grades."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from assistant.insights.estimators.adjusted import AdjustedEffects, adjusted_effects
from assistant.insights.estimators.design import Design
from assistant.insights.estimators.fixed_effects import (
    Floats,
    TitleSums,
    WithinEffects,
    title_moments,
)
from assistant.insights.estimators.observations import (
    Cells,
    Observations,
    Units,
    collapse_families,
    in_slice,
    observe,
    unit_cells,
    weigh,
)
from assistant.insights.grading import (
    LEVEL,
    MIN_DF,
    MIN_TITLES,
    confirming,
    grade_claims,
    titles_needed,
)
from index.catalogue.words import split_words
from index.records import ALL, Progress, silent

_ADJUSTED = ("adjusted_effect", "adjusted_low", "adjusted_high", "adjusted_p", "adjusted_left")


@dataclass(frozen=True, slots=True)
class EffectSlice:
    """Where an effect is estimated; a part that is ALL is not restricted."""

    cluster: str = ALL
    platform: str = ALL
    genre: str = ALL
    country: str = ALL


EVERYWHERE = EffectSlice()


@dataclass(frozen=True, slots=True)
class Evidence:
    """What effects are estimated from: units, their counts and their contrasts."""

    units: Units
    cells: Cells
    design: Design
    genres: tuple[tuple[str, ...], ...]
    """Genres of each title of `units.title_ids`."""
    talent: tuple[tuple[str, ...], ...]
    """Who is in each title of `units.title_ids`."""


def gather_evidence(
    titles: pd.DataFrame,
    artworks: pd.DataFrame,
    cells: pd.DataFrame,
    design: Callable[[Units], Design],
) -> Evidence:
    """Collapse asset families and line up counts and contrasts.

    Args:
        titles: title_id, genres and, where it is known, talent (`|` between).
        artworks: artwork_id, title_id, family_id.
    """
    units = collapse_families(artworks)
    known = titles.drop_duplicates("title_id").set_index("title_id").reindex(units.title_ids)
    genres, talent = (_names(known, column) for column in ("genres", "talent"))
    return Evidence(units, unit_cells(cells, artworks, units), design(units), genres, talent)


def _names(titles: pd.DataFrame, column: str) -> tuple[tuple[str, ...], ...]:
    """Names of each title in a column that has `|` between them."""
    if column not in titles:
        return ((),) * len(titles)
    return tuple(map(split_words, titles[column].fillna("")))


def effect_slices(evidence: Evidence) -> list[EffectSlice]:
    """Overall, clusters, platforms, their products, genres and countries that the counts have."""
    cells = evidence.cells
    clusters, platforms, countries = map(cells.named, ("cluster", "platform", "country"))
    found = [EVERYWHERE]
    found += [EffectSlice(cluster=c) for c in clusters]
    found += [EffectSlice(platform=p) for p in platforms]
    found += [EffectSlice(cluster=c, platform=p) for c in clusters for p in platforms]
    tally = Counter(name for names in evidence.genres for name in set(names))
    found += [EffectSlice(genre=g) for g in sorted(tally) if tally[g] >= MIN_TITLES]
    found += [EffectSlice(country=c) for c in countries if len(countries) > 1]
    return found


def estimate_effects(
    evidence: Evidence,
    slices: Sequence[EffectSlice] | None = None,
    *,
    held: npt.NDArray[np.bool_] | None = None,
    progress: Progress = silent,
) -> pd.DataFrame:
    """Effect of every contrast in every slice, with interval, q-value and grade.

    A lever's (or feature's) contrasts in all slices are one family of tests.

    Args:
        held: as `adjusted_effects` takes it; nothing is adjusted by default.

    Returns:
        one row per contrast and slice: name, side, kind, change, step, cluster, platform, genre,
        country, effect, se, df, low, high, p, q, adjusted_effect, adjusted_low, adjusted_high,
        adjusted_p, adjusted_left (share of the contrast's variation that what is held cannot
        predict), explore_* and confirm_* (effect, low, high, p, titles, df), artworks, titles,
        impressions, grade, reason, titles_needed. Effects are log-odds for the change that
        `step` names; low and high bound 90% intervals, NaN where a single title varies.
    """
    chosen = effect_slices(evidence) if slices is None else list(slices)
    tables = []
    for done, where in enumerate(chosen):
        progress("effects", done, len(chosen))
        seen = slice_observations(evidence, where)
        tables.append(effects_in(evidence, seen, where, held=held))
    progress("effects", len(chosen), len(chosen))
    return grade_effects(pd.concat(tables, ignore_index=True))


def grade_effects(effects: pd.DataFrame) -> pd.DataFrame:
    """Grade tables of `effects_in` together, and say how many titles would be needed."""
    table = grade_claims(effects, "name")
    return table.assign(titles_needed=_needed(table))


def slice_observations(
    evidence: Evidence, where: EffectSlice, titles: npt.NDArray[np.bool_] | None = None
) -> Observations:
    """Observed lifts of the units of one slice, of all titles or of those of a `(titles,)` mask."""
    cells = evidence.cells
    mask = in_slice(cells, where.cluster, where.platform, where.country)
    if where.genre != ALL:
        has = np.array([where.genre in genres for genres in evidence.genres])
        mask &= has[evidence.units.title[cells.unit]]
    if titles is not None:
        mask &= titles[evidence.units.title[cells.unit]]
    return observe(cells, mask, evidence.units)


def audience_observations(
    evidence: Evidence, weights: Mapping[tuple[str, str], float]
) -> Observations:
    """Observed lifts with an audience: those of its slices, weighed, before anything is shrunk."""
    parts = [
        (weight, slice_observations(evidence, EffectSlice(cluster, platform)))
        for (cluster, platform), weight in weights.items()
    ]
    return weigh(parts, evidence.units)


def effects_in(
    evidence: Evidence,
    seen: Observations,
    where: EffectSlice,
    *,
    held: npt.NDArray[np.bool_] | None = None,
) -> pd.DataFrame:
    """Effects of every contrast on the lifts of one slice; as `estimate_effects`, not graded."""
    values = evidence.design.values[seen.unit]
    moments = title_moments(seen.y, seen.weights, values, seen.starts)
    part = confirming(evidence.units.title_ids.tolist())[seen.title[seen.starts]]
    whole = moments.fit()
    table: dict[str, Any] = {
        name: [getattr(contrast, name) for contrast in evidence.design.contrasts]
        for name in ("name", "side", "kind", "change", "step")
    }
    for name in ("cluster", "platform", "genre", "country"):
        table[name] = getattr(where, name)
    table |= _columns(whole, "")
    table |= _counts(evidence.units, seen, whole, values)
    table |= _columns(moments.among(~part).fit(), "explore_")
    table |= _columns(moments.among(part).fit(), "confirm_")
    if held is not None and len(seen.y):
        adjusted = adjusted_effects(seen.y, seen.weights, seen.starts, values, held)
        columns = _columns(adjusted, "adjusted_") | {"adjusted_left": adjusted.left}
    else:
        columns = dict.fromkeys(_ADJUSTED, np.full(values.shape[1], np.nan))
    return pd.DataFrame(table | {name: columns[name] for name in _ADJUSTED})


def _columns(fit: WithinEffects | AdjustedEffects, prefix: str) -> dict[str, Floats]:
    from scipy.special import stdtr, stdtrit

    df, se = np.maximum(fit.df, 1e-9), fit.se
    if isinstance(fit, WithinEffects):
        se = np.where(fit.titles > 1, se, np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        p = 2 * stdtr(df, -np.abs(fit.effect / se))
        half = np.where(fit.df >= 1, stdtrit(np.maximum(df, 1), (1 + LEVEL) / 2), np.inf) * se
    known = {
        "effect": fit.effect,
        "se": se,
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
    finite = np.isfinite(values)
    sums = TitleSums(seen.starts, len(seen.y))

    def total(of_row: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
        summed = sums.sum(of_row[:, None] * finite)
        counted: npt.NDArray[np.int64] = (summed * fit.informative).sum(axis=0).round().astype(int)
        return counted

    return {
        "titles": fit.titles,
        "artworks": total(units.artworks[seen.unit].astype(np.float64)),
        "impressions": total(seen.impressions),
    }


def _needed(table: pd.DataFrame) -> Floats:
    """Titles to see an effect worth having, from each row's own error or its slice's typical."""
    enough = (table["titles"] >= MIN_TITLES) & (table["df"] >= MIN_DF)
    own = (table["se"] * np.sqrt(table["titles"])).where(enough)
    slices = [table[name] for name in ("cluster", "platform", "genre", "country")]
    typical = own.groupby(slices, dropna=False).transform("median").fillna(own.median())
    sd = own.fillna(typical).to_numpy(np.float64)
    needed = np.full(len(table), np.nan)
    known = np.isfinite(sd)
    if known.any():
        needed[known] = np.maximum(titles_needed(sd[known]), MIN_TITLES)
    return needed
