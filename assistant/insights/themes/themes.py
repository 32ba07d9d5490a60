"""Bottom-up themes: what kinds of picture there are inside titles, and how each does."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from assistant.insights.effects import Evidence, effect_slices, estimate_effects
from assistant.insights.estimators.design import Contrast, Design, family_means
from assistant.insights.estimators.fixed_effects import Floats, Ints
from assistant.insights.estimators.shares import created_dates
from assistant.insights.json_values import json_rows, json_value
from assistant.insights.levers import lever_sides
from assistant.insights.themes.patterns import (
    TitleLifts,
    Trait,
    drift,
    inner_patterns,
    over_represented,
    traits,
)
from assistant.insights.themes.words import describe_theme
from index.errors import InputError
from index.io.nearest_name import name_hint
from index.query.arrangement import read_groups
from index.records import ALL, FloatMatrix
from index.store import Index
from index.vectors.groups import Groups, group_artworks

_REPRESENTATIVES = 6
_WORST = 3
_NEAR_TITLES = (40, 400)


@dataclass(frozen=True, slots=True)
class Theme:
    """A kind of picture that several titles have beside others.

    Attributes:
        theme: short id, the same for the same index and seed (made from its central artwork).
        name: what a strategist would call it, from its most telling traits.
        description: those traits and its genres with their figures.
        artworks, titles: how many.
        stability: how surely it comes back when titles are drawn anew, 0…1.
        traits: sides of levers that set members apart from their own titles' other artwork.
        genres: over-represented genres.
        performance: per cluster × platform, effect of belonging to it (log-odds against the
            title's other artwork) with interval, q and grade.
        representatives: artwork ids nearest its centre, one a title.
        works, failed: sides of levers that tell its winners (its losers) from the rest of it,
            with interval and grade; `failed` names its worst artworks on that side.
        drift: share and lift before and since the median date, where dates are known.
    """

    theme: str
    name: str
    description: str
    artworks: int
    titles: int
    stability: float
    traits: tuple[Trait, ...]
    genres: tuple[str, ...]
    performance: tuple[dict[str, Any], ...]
    representatives: tuple[str, ...]
    works: tuple[dict[str, Any], ...]
    failed: tuple[dict[str, Any], ...]
    drift: dict[str, Any] | None

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        values: dict[str, Any] = json_value(asdict(self))
        return values

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Theme:
        """What `to_json` gave."""
        several = ("genres", "performance", "representatives", "works", "failed")
        return cls(
            **values
            | {name: tuple(values[name]) for name in several}
            | {"traits": tuple(Trait(**one) for one in values["traits"])}
        )


def arranged_themes(index: Index, evidence: Evidence) -> tuple[Theme, ...]:
    """Themes of the whole index as its artwork was arranged when it was built."""
    return describe_groups(evidence, index.table("artworks").to_pandas(), read_groups(index)[0])


def index_themes(
    index: Index,
    evidence: Evidence,
    *,
    genre: str | None = None,
    text: FloatMatrix | None = None,
    seed: int = 7,
) -> tuple[Theme, ...]:
    """Themes of an index grouped anew, of its titles of one genre, or of those most like a brief.

    Args:
        genre: look among titles of this genre only.
        text: `(1, d)` embedding of a brief's text: look among the quarter of the titles whose
            text is nearest (at least 40, at most 400).

    Raises:
        InputError: no title has the genre; names the nearest.
    """
    artworks = index.table("artworks").to_pandas()
    among = np.ones(len(evidence.units.title_ids), dtype=np.bool_)
    if genre is not None:
        known = sorted({name for genres in evidence.genres for name in genres})
        if genre not in known:
            raise InputError(f"no title has the genre {genre!r}", hint=name_hint(genre, known))
        among &= np.array([genre in genres for genres in evidence.genres], dtype=np.bool_)
    if text is not None:
        among &= _nearest_titles(index, evidence, text)
    rows = among[evidence.units.title[evidence.units.of_artwork]]
    vectors = np.asarray(index.picture_vectors)
    return find_themes(evidence, artworks, vectors, rows=rows, seed=seed)


def _nearest_titles(index: Index, evidence: Evidence, text: FloatMatrix) -> npt.NDArray[np.bool_]:
    """Which titles of the evidence have the text nearest to a brief's, `(t,)`."""
    ids = evidence.units.title_ids
    row_of = {name: row for row, name in enumerate(index.table("titles")["title_id"].to_pylist())}
    cosines = np.asarray(index.vectors("titles") @ text[0], dtype=np.float64)
    nearness = cosines[[row_of[name] for name in ids]]
    fewest, most = _NEAR_TITLES
    count = min(max(fewest, len(ids) // 4), most, len(ids))
    chosen = np.zeros(len(ids), dtype=np.bool_)
    chosen[np.argsort(-nearness, kind="stable")[:count]] = True
    return chosen


def find_themes(
    evidence: Evidence,
    artworks: pd.DataFrame,
    vectors: npt.NDArray[np.float32],
    *,
    rows: npt.NDArray[np.bool_] | None = None,
    seed: int = 7,
) -> tuple[Theme, ...]:
    """Group artworks by how they differ from their titles' other artwork, and describe each group.

    Performance takes no part in the grouping, so that a theme's effect is judged as any
    feature's, with its own explore/confirm split and false discovery rate over all themes.

    Args:
        artworks: artwork_id and, where known, created_at; row i has row i of `vectors`.
        vectors: `(n, d)` image vectors.
        rows: artworks to look at, `(n,)`; all by default.

    Returns:
        largest theme first; none where artwork is too little or nothing is stable.
    """
    among = np.ones(len(artworks), dtype=np.bool_) if rows is None else rows
    title = evidence.units.title[evidence.units.of_artwork]
    at = np.flatnonzero(among)
    found = group_artworks(vectors[at], title[at], seed=seed)
    label, nearness = np.full(len(artworks), -1, dtype=np.int64), np.full(len(artworks), -np.inf)
    label[at], nearness[at] = found.label, found.nearness
    groups = Groups(label, nearness, found.stability)
    return describe_groups(evidence, artworks, groups, among)


def describe_groups(
    evidence: Evidence,
    artworks: pd.DataFrame,
    groups: Groups,
    among: npt.NDArray[np.bool_] | None = None,
) -> tuple[Theme, ...]:
    """What each group of artworks is and how it does; see `find_themes`.

    Args:
        artworks: artwork_id and, where known, created_at.
        groups: of the artworks, a label for each row.
        among: artworks that were grouped, `(n,)`; all by default.
    """
    units, label, count = evidence.units, groups.label, len(groups.stability)
    if count == 0:
        return ()
    among = np.ones(len(artworks), dtype=np.bool_) if among is None else among
    title = units.title[units.of_artwork]
    member = np.where(among[:, None], label[:, None] == np.arange(count), np.nan)
    in_unit = family_means(list(member.T.astype(np.float64)), units.of_artwork, len(units.title))
    looked_at = np.isfinite(in_unit[:, 0])
    performance = _performance(evidence, in_unit)
    lifts = TitleLifts.of(evidence)
    patterns = inner_patterns(evidence, lifts, [in_unit[:, g] > 0.5 for g in range(count)])
    design = lever_sides(evidence)
    ids = artworks["artwork_id"].to_numpy(object)
    names = groups.names(ids)
    created = created_dates(artworks)
    found = []
    for g in range(count):
        chosen = label == g
        near = _nearest(groups, chosen, title)
        members = in_unit[:, g] > 0.5
        found_traits = traits(design, units.title, members)
        genres = over_represented(evidence.genres, units.title[looked_at], members[looked_at])
        titles = len(np.unique(title[chosen]))
        name, description = describe_theme(found_traits, genres, int(chosen.sum()), titles)
        works = [one for one in patterns[g] if one["effect"] > 0]
        failed = [
            one | {"artworks": _worst(evidence, lifts, ids, chosen, one)}
            for one in patterns[g]
            if one["effect"] < 0
        ]
        found.append(
            Theme(
                theme=names[g],
                name=name,
                description=description,
                artworks=int(chosen.sum()),
                titles=titles,
                stability=float(groups.stability[g]),
                traits=found_traits,
                genres=tuple(name for name, _, _ in genres),
                performance=tuple(performance[g]),
                representatives=tuple(str(ids[i]) for i in near[:_REPRESENTATIVES]),
                works=tuple(works),
                failed=tuple(failed),
                drift=drift(lifts, created, chosen, units.of_artwork),
            )
        )
    return _named_apart(sorted(found, key=lambda theme: (-theme.artworks, theme.theme)))


def _performance(evidence: Evidence, in_unit: Floats) -> list[list[dict[str, Any]]]:
    count = in_unit.shape[1]
    contrasts = tuple(Contrast(f"{g}", None, "theme", 1.0, "in it") for g in range(count))
    themed = replace(evidence, design=Design(contrasts, in_unit))
    slices = [one for one in effect_slices(themed) if (one.genre, one.country) == (ALL, ALL)]
    effects = estimate_effects(themed, slices)
    columns = ["cluster", "platform", "effect", "low", "high", "q", "confirm_effect", "artworks",
               "titles", "grade", "reason", "titles_needed"]  # fmt: skip
    return [json_rows(effects.loc[effects["name"] == f"{g}", columns]) for g in range(count)]


def _nearest(groups: Groups, chosen: npt.NDArray[np.bool_], title: Ints) -> npt.NDArray[np.intp]:
    """Members from the centre outwards, the nearest of each title."""
    order = np.flatnonzero(chosen)
    order = order[np.argsort(-groups.nearness[order], kind="stable")]
    first = np.unique(title[order], return_index=True)[1]
    return order[np.sort(first)]


def _worst(
    evidence: Evidence,
    lifts: TitleLifts,
    ids: npt.NDArray[np.object_],
    chosen: npt.NDArray[np.bool_],
    pattern: dict[str, Any],
) -> list[str]:
    """Members that did worst among those turned to a failing side."""
    at = evidence.design.column(pattern["lever"], pattern["pole"])
    x = evidence.design.values[evidence.units.of_artwork, at]
    lift = lifts.lift[evidence.units.of_artwork]
    rows = np.flatnonzero(chosen & (x > 0) & np.isfinite(lift))
    return [str(ids[i]) for i in rows[np.argsort(lift[rows], kind="stable")][:_WORST]]


def _named_apart(themes: list[Theme]) -> tuple[Theme, ...]:
    """Give themes of one name their id as well."""
    names = [theme.name for theme in themes]
    return tuple(
        replace(theme, name=f"{theme.name} ({theme.theme[:4]})")
        if names.count(theme.name) > 1
        else theme
        for theme in themes
    )
