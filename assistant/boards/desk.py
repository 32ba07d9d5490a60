"""What is opened once and serves every board of a run."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from assistant.answers.lift import AudienceLift, audience_lift
from assistant.answers.match import read_artworks, read_tags
from assistant.boards.content import Piece
from assistant.boards.sentences import change_of
from assistant.insights.index_cache import index_cache
from assistant.insights.json_values import json_rows
from assistant.insights.report import read_travel
from index.features.canvases import load_canvases
from index.records import ALL, Grade

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from assistant.insights.confounders import Travel
    from assistant.insights.report import InsightReport
    from index.encoders.protocol import Encoder
    from index.features.canvases import Canvas, Layout
    from index.store import Index


@index_cache
def read_layouts(index: Index) -> dict[str, Layout]:
    """Where things are in each artwork, where that was measured."""
    from index.features.canvases import layouts

    return layouts(index)


@dataclass(slots=True)
class Desk:
    """An index, the encoder that made it and its insights; keeps lifts that briefs share.

    Attributes:
        report: insights of the index, None where it knows no performance.
        seed: of the report's themes.
        canvases: those with a size, by name; the built-in ones by default.
    """

    index: Index
    encoder: Encoder
    report: InsightReport | None
    seed: int = 7
    canvases: Mapping[str, Canvas] = field(default_factory=load_canvases)
    _effects: dict[tuple[str, str], list[dict[str, Any]]] = field(default_factory=dict)
    _lifts: dict[tuple[tuple[tuple[str, float], ...], tuple[str, ...]], AudienceLift] = field(
        default_factory=dict
    )

    def lift(self, clusters: dict[str, float], platforms: tuple[str, ...]) -> AudienceLift | None:
        """Lifts with an audience on platforms; None without performance."""
        if not self.index.has("tags"):
            return None
        key = (tuple(sorted(clusters.items())), platforms)
        if key not in self._lifts:
            ids = read_artworks(self.index).ids
            self._lifts[key] = audience_lift(read_tags(self.index), ids, clusters, platforms)
        return self._lifts[key]

    def effects(self, kind: str, key: str) -> list[dict[str, Any]]:
        """Graded effects of one cluster or platform, strongest first.

        Of a feature the strongest contrast is there, and of features that cannot be changed
        without each other the strongest one.
        """
        if self.report is None:
            return []
        if (kind, key) not in self._effects:
            table = self.report.effects
            keep = table["grade"] != Grade.INSUFFICIENT.value
            for name in ("cluster", "platform", "genre", "country"):
                keep &= table[name] == (key if name == kind else ALL)
            rows = json_rows(table[keep])
            self._effects[kind, key] = without_twins(rows, read_travel(self.index))
        return self._effects[kind, key]

    def piece(self, row: int, lift: AudienceLift | None, base: float | None) -> Piece:
        """The artwork at a row with how it did in a slice; `base` is the take fraction there."""
        artworks = read_artworks(self.index)
        title = artworks.title_names[artworks.title_rows[row]]
        did = None if lift is None else lift.performance(row)
        return self.shown(artworks.ids[row], title, artworks.paths[row], did, base)

    def shown(
        self, artwork: str, title: str, path: str, did: dict[str, Any] | None, base: float | None
    ) -> Piece:
        """An artwork whose performance is known already."""
        label = "" if did is None else str(did["label"])
        worked = {"high": ", which did well", "low": ", which did badly"}.get(label, "")
        return Piece(
            artwork_id=artwork,
            title=title,
            path=path,
            alt=f"Artwork {artwork} of {title}{worked}",
            change=None if did is None else change_of(did, "lift", base),
            label=label,
            seen=0 if did is None else int(did["impressions"]),
        )

    def row_of(self, artwork: str) -> int:
        """The row of an artwork."""
        return _rows(self.index)[artwork]


def without_twins(rows: Sequence[dict[str, Any]], travel: Travel) -> list[dict[str, Any]]:
    """Rows of contrasts without those of a feature that an earlier row speaks of already."""
    kept: list[dict[str, Any]] = []
    seen: set[str] = set()
    told: list[tuple[str, str | None]] = []
    for row in rows:
        key = (row["feature"], row["level"])
        if row["feature"] not in seen and not travel.same(key, told):
            seen.add(row["feature"])
            told.append(key)
            kept.append(row)
    return kept


@index_cache
def _rows(index: Index) -> dict[str, int]:
    return {artwork: row for row, artwork in enumerate(read_artworks(index).ids)}


def usual_take(lift: AudienceLift | None) -> float | None:
    """Median take fraction of a slice, which lifts are told from."""
    if lift is None:
        return None
    known = lift.take_fraction[~np.isnan(lift.take_fraction)]
    return float(np.median(known)) if known.size else None
