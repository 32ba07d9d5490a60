"""A world whose truth is known: planted effects, and what they make of every slice."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from assistant.insights.effects import EffectSlice, Evidence
from index.records import ALL
from index.store import Index

Floats = npt.NDArray[np.float64]

OWN = {
    "dark": ("light", "darker"),
    "bright": ("light", "lighter"),
    "desaturated": ("colour_strength", "muted colour"),
    "warm": ("temperature", "warmer"),
    "cool": ("temperature", "cooler"),
    "closeup": ("framing", "close-up"),
    "textfree": ("lettering", "less lettering"),
}
"""The lever and side that an edit of a picture turns."""


@dataclass(frozen=True, eq=False)
class World:
    """A truth file held against an index.

    Attributes:
        ids: artwork of each unit; families of several artworks are not supported.
        edits: edit of each unit.
        strata: (cluster, platform) of the truth.
        planted: `(units, strata)` log-odds that the edits add.
        clean: `(units, strata)` log-odds without noise.
        noisy: `(units, strata)` log-odds that plays are drawn from.
        mix: share of each true cluster among the members of each cluster of the index.
    """

    truth: Mapping[str, Any]
    evidence: Evidence
    ids: npt.NDArray[np.object_]
    edits: npt.NDArray[np.object_]
    strata: tuple[tuple[str, str], ...]
    planted: Floats
    clean: Floats
    noisy: Floats
    mix: Mapping[str, Mapping[str, float]]
    _rates: dict[EffectSlice, Floats] = field(default_factory=dict)

    def shares(self, where: EffectSlice) -> Floats:
        """Share of each stratum in a title's impressions in a slice, `(titles, strata)`."""
        units, cells = self.evidence.units, self.evidence.cells
        title = units.title[cells.unit]
        weights = np.zeros((len(units.title_ids), len(self.strata)))
        for cluster, of_true in self.mix.items():
            if where.cluster not in {ALL, cluster}:
                continue
            for platform in {platform for _, platform in self.strata}:
                if where.platform not in {ALL, platform}:
                    continue
                rows = (cells.cluster == cluster) & (cells.platform == platform)
                shown = np.bincount(title[rows], cells.impressions[rows], len(units.title_ids))
                for true, share in of_true.items():
                    weights[:, self.strata.index((true, platform))] += share * shown
        total = weights.sum(axis=1, keepdims=True)
        return weights / np.maximum(total, 1e-9)

    def log_odds(self, where: EffectSlice, table: Floats | None = None) -> Floats:
        """Log-odds of a play of each unit in a slice, the title's own mix of strata pooled."""
        values = self.clean if table is None else table
        share = self.shares(where)[self.evidence.units.title]
        rate = np.clip((share / (1 + np.exp(-values))).sum(axis=1), 1e-9, 1 - 1e-9)
        pooled: Floats = np.log(rate / (1 - rate))
        return pooled

    def effect(self, edit: str, where: EffectSlice) -> float:
        """What an edit does in a slice, averaged over all titles."""
        share = self.shares(where).mean(axis=0)
        total = share.sum()
        found = [planted_effect(self.truth["effects"], edit, *one) for one in self.strata]
        return float(share @ np.array(found) / total) if total > 0 else 0.0


def planted_effect(
    effects: Sequence[tuple[str, str | None, str | None, float]],
    edit: str,
    cluster: str,
    platform: str,
) -> float:
    """Log-odds that an edit adds in one stratum."""
    return sum(
        value
        for name, who, screen, value in effects
        if name == edit and who in (None, cluster) and screen in (None, platform)
    )


def load_world(path: Path, index: Index, evidence: Evidence, *, empty: bool = False) -> World:
    """A truth file, with the planted effects subtracted if the world is to be empty."""
    truth = json.loads(path.read_text())
    units = evidence.units
    artworks = index.table("artworks")["artwork_id"].to_pylist()
    ids = np.empty(len(units.title), dtype=object)
    ids[units.of_artwork] = artworks
    if len(set(ids.tolist())) != len(artworks):
        raise SystemExit("the truth knows no asset families: give every artwork its own")
    first = next(iter(truth["logits"].values()))
    strata = tuple((name.split("|")[0], name.split("|")[1]) for name in first)
    edits = np.array([truth["edits"][one] for one in ids], dtype=object)
    planted = np.array(
        [[planted_effect(truth["effects"], edit, *one) for one in strata] for edit in edits]
    )
    affinity = np.array(
        [[truth["affinity"][units.title_ids[t]][c] for c, _ in strata] for t in units.title]
    )
    noisy = np.array([[truth["logits"][one][f"{c}|{p}"] for c, p in strata] for one in ids])
    rest = (noisy - affinity - planted).mean(axis=1)
    level = np.bincount(units.title, rest) / np.bincount(units.title)
    clean = level[units.title][:, None] + affinity + planted
    if empty:
        noisy, clean = noisy - planted, clean - planted
        truth = truth | {"effects": []}
        planted = np.zeros_like(planted)
    mix = _mix(truth, index, sorted({c for c, _ in strata}), evidence)
    return World(truth, evidence, ids, edits, strata, planted, clean, noisy, mix)


def _mix(
    truth: Mapping[str, Any], index: Index, true: list[str], evidence: Evidence
) -> dict[str, dict[str, float]]:
    given = list(evidence.cells.cluster.categories)
    if set(given) <= set(true):
        return {name: {one: float(one == name) for one in true} for name in given}
    sizes = pd.Series(truth["members"]).value_counts(normalize=True)
    if not index.has("members"):
        return {name: {one: float(sizes.get(one, 0.0)) for one in true} for name in given}
    members = index.table("members").to_pandas()
    known = members[members["member_id"].isin(truth["members"])]
    table = pd.crosstab(
        known["cluster"], known["member_id"].map(truth["members"]), normalize="index"
    )
    return {
        name: {
            one: float(table.loc[name].get(one, 0.0)) if name in table.index
            else float(sizes.get(one, 0.0))
            for one in true
        }
        for name in given
    }  # fmt: skip


def redraw(world: World, cells: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Plays drawn anew at the logged impressions.

    Args:
        world: the truth.
        cells: as an index keeps them.
        seed: of the draw.
    """
    rows = pd.Series(np.arange(len(world.ids)), index=world.ids)
    unit = rows.reindex(cells["artwork_id"]).to_numpy()
    rate = 1 / (1 + np.exp(-world.noisy))
    chance = np.zeros(len(cells))
    for name, of_true in world.mix.items():
        for at, (cluster, platform) in enumerate(world.strata):
            here = (cells["cluster"] == name).to_numpy() & np.isin(
                cells["platform"].to_numpy(object), [platform]
            )
            chance[here] += of_true.get(cluster, 0.0) * rate[unit[here], at]
    shown = cells["impressions"].to_numpy(np.int64)
    plays = np.random.default_rng(seed).binomial(shown, np.clip(chance, 0, 1))
    factor = (cells["effective_impressions"] / np.maximum(shown, 1)).to_numpy()
    return cells.assign(plays=plays, effective_plays=plays * factor)
