"""Holds what the program says of a world against what was planted in it.

    python benchmarks/truth.py CATALOGUE INDEX TRUTH.json --redraws 20

CATALOGUE is a catalogue folder and INDEX was made from it; TRUTH.json names the edit of every
artwork (`edits`), the planted effects (`effects`: edit, cluster or null, platform or null,
log-odds), each title's `affinity` by cluster, the `logits` that plays are drawn from by artwork and
stratum, and the true cluster of the `members`. Plays are drawn anew at the logged impressions; the
reference of a claim is the slope of the noise-free log-odds, inside titles, on the program's own
contrast.
"""

from __future__ import annotations

import argparse
import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from planted import OWN, World, load_world, redraw

from assistant.answers.lift import SliceTags, audience_lift
from assistant.insights.causal.reading import read_observed
from assistant.insights.effects import (
    EffectSlice,
    effect_slices,
    estimate_effects,
    slice_observations,
)
from assistant.insights.estimators.fixed_effects import title_starts, within_effects
from assistant.insights.estimators.observations import unit_cells
from assistant.insights.evidence import read_evidence
from assistant.insights.grading import TOO_FEW
from assistant.insights.themes.themes import find_themes
from index.performance.tags import tag_performance
from index.records import ALL
from index.store import open_index

GOOD = ("supported", "confirmed")
ZERO = 0.02
SEEN = 2.0
"""Errors that one claim, tested alone, must be away from zero to be seen at all."""
AUDIENCES: tuple[tuple[float, ...], ...] = ((0.7, 0.1, 0.1, 0.1), (0.1, 0.2, 0.3, 0.4))


def claims(world: World, evidence: Any) -> pd.DataFrame:
    """Every row of the levers' effects with its reference, and with the error of noise alone."""
    design = evidence.design
    effects = estimate_effects(evidence, effect_slices(evidence))
    known: dict[EffectSlice, tuple[Any, Any]] = {}
    found = []
    for row in effects.itertuples():
        where = EffectSlice(row.cluster, row.platform, row.genre, row.country)
        if where not in known:
            known[where] = _reference(world, where, evidence), _noise(world, where, evidence)
        found.append([one[design.column(row.name, row.side)] for one in known[where]])
    return effects.assign(**dict(zip(("reference", "noise"), np.transpose(found), strict=True)))


def _noise(world: World, where: EffectSlice, evidence: Any) -> Any:
    """Standard errors of who knew what every other lever does."""
    seen = slice_observations(evidence, where)
    y = seen.y - world.log_odds(where)[seen.unit]
    return within_effects(y, seen.weights, evidence.design.values[seen.unit], seen.starts).se


def _reference(world: World, where: EffectSlice, evidence: Any) -> Any:
    units, design = evidence.units, evidence.design
    chosen = np.ones(len(units.title), dtype=bool)
    if where.genre != ALL:
        chosen = np.array([where.genre in own for own in evidence.genres])[units.title]
    rows = np.flatnonzero(chosen)
    y = world.log_odds(where)[rows]
    fit = within_effects(y, np.ones(len(y)), design.values[rows], title_starts(units.title[rows]))
    return fit.effect


def one_redraw(asked: argparse.Namespace, seed: int, empty: bool) -> dict[str, Any]:
    """Figures of one draw of plays."""
    index = open_index(Path(asked.index))
    evidence = read_evidence(index)
    world = load_world(Path(asked.truth), index, evidence, empty=empty)
    artworks, cells = (index.table(name).to_pandas() for name in ("artworks", "cells"))
    drawn = cells if seed < 0 else redraw(world, cells, seed)
    evidence = replace(evidence, cells=unit_cells(drawn, artworks, evidence.units))
    rows = claims(world, evidence)
    good = rows["grade"].isin(GOOD)
    vectors = np.asarray(index.vectors("image" if index.has_vectors("image") else "shared"))
    themes = find_themes(evidence, artworks, vectors) if empty or asked.themes else ()
    themed = sum(
        row["grade"] in GOOD
        for theme in themes
        for row in (*theme.performance, *theme.works, *theme.failed)
    )
    if empty:
        return {"claims": int(good.sum()), "themes": int(themed)}
    causes = _causes(world, evidence) if seed < asked.causes else pd.DataFrame()
    return {
        "rows": rows,
        "lifts": _lifts(world, tag_performance(drawn, artworks).tags, evidence),
        "causes": causes,
    }


def _lifts(world: World, tags: pd.DataFrame, evidence: Any) -> pd.DataFrame:
    """Coverage of audience lifts, with and without platforms."""
    units = evidence.units
    clusters = sorted(world.mix)
    platforms = sorted({platform for _, platform in world.strata})
    count = np.bincount(units.title)[units.title]
    by_slice = SliceTags(tags, world.ids.tolist())
    shown = tags[(tags["platform"] != ALL)].groupby(["cluster", "platform"])["impressions"].sum()
    found = []
    mixes = [dict(zip(clusters, one, strict=False)) for one in AUDIENCES]
    mixes += [{cluster: 1.0} for cluster in clusters]
    for mix in mixes:
        for named in ((), tuple(platforms), (platforms[0],)):
            lift = audience_lift(by_slice, mix, named)
            truth = np.zeros(len(world.ids))
            for cluster, weight in mix.items():
                share = {p: float(shown.get((cluster, p), 0.0)) for p in named or platforms}
                for p, size in share.items():
                    for true, part in world.mix[cluster].items():
                        at = world.strata.index((true, p))
                        truth += weight * part * size / sum(share.values()) * world.noisy[:, at]
            mean = (np.bincount(units.title, truth) / np.bincount(units.title))[units.title]
            truth = (truth - mean) * count / np.maximum(count - 1, 1)
            known = np.isfinite(lift.lift)
            inside = (lift.low <= truth) & (truth <= lift.high)
            kind = "none" if not named else "all" if len(named) == len(platforms) else "one"
            found.append({"platforms": kind, "covered": inside[known].mean(), "rows": known.sum()})
    return pd.DataFrame(found)


def _causes(world: World, evidence: Any) -> pd.DataFrame:
    """What `cause` says of every side an edit turns, with what the same contrast truly does."""
    design = evidence.design
    names = [(one.name, one.side) for one in design.contrasts]
    slices = [EffectSlice(), *(EffectSlice(cluster=c) for c in sorted(world.mix))]
    found = []
    for edit, side in OWN.items():
        if side not in names or edit not in set(world.edits):
            continue
        at = design.column(*side)
        for where in slices:
            seen = slice_observations(evidence, where)
            cause = read_observed(evidence, at, seen)
            clean = replace(
                seen, y=world.log_odds(where)[seen.unit], weights=np.ones(len(seen.unit))
            )
            truth = read_observed(evidence, at, clean)
            if cause is not None and truth is not None:
                found.append(
                    {"edit": edit, "titles": cause.titles, "low": cause.low, "high": cause.high,
                     "reference": truth.effect, "planted": world.effect(edit, where),
                     "effect": cause.effect * design.contrasts[at].change}
                )  # fmt: skip
    return pd.DataFrame(found)


def _slope(told: pd.Series, planted: pd.Series) -> float:
    return float((told * planted).sum() / (planted**2).sum())


def planted_rows(world: World, rows: pd.DataFrame) -> pd.DataFrame:
    """Claims on the sides that edits turn, with the planted effect of the edit."""
    found = []
    for edit, (lever, side) in OWN.items():
        own = rows[(rows["name"] == lever) & (rows["side"] == side)]
        for row in own.itertuples():
            if row.genre == ALL and row.country == ALL:
                where = EffectSlice(row.cluster, row.platform)
                found.append({"edit": edit, "lever": lever, "side": side, "cluster": row.cluster,
                              "platform": row.platform, "effect": row.effect * row.change,
                              "grade": row.grade, "titles": row.titles,
                              "planted": world.effect(edit, where)})  # fmt: skip
    return pd.DataFrame(found)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("catalogue")
    parser.add_argument("index")
    parser.add_argument("truth")
    parser.add_argument("--redraws", type=int, default=20)
    parser.add_argument("--empty", type=int, default=20, help="redraws of the empty world")
    parser.add_argument("--causes", type=int, default=3, help="redraws in which causes are read")
    parser.add_argument("--themes", action="store_true")
    parser.add_argument("--processes", type=int, default=2)
    asked = parser.parse_args()
    with ProcessPoolExecutor(asked.processes) as pool:
        full = list(pool.map(partial(one_redraw, asked, empty=False), range(asked.redraws)))
        empty = list(pool.map(partial(one_redraw, asked, empty=True), range(asked.empty)))
    out = sys.stdout.write
    rows = pd.concat([one["rows"].assign(draw=at) for at, one in enumerate(full)])
    rows = rows[rows["reference"].notna() & rows["low"].notna() & (rows["titles"] >= 10)]
    rows = rows.assign(
        good=rows["grade"].isin(GOOD),
        covered=(rows["low"] <= rows["reference"]) & (rows["reference"] <= rows["high"]),
        opposite=np.sign(rows["effect"]) != np.sign(rows["reference"]),
        size=rows["reference"].abs(),
        kind=np.where((rows["genre"] != ALL) | (rows["country"] != ALL), "genre", "audience"),
    )
    for kind, part in rows.groupby("kind"):
        good = part[part["good"]]
        false = (good["size"] < ZERO) | (good["opposite"] & (good["size"] >= ZERO))
        sure = part[part["grade"] == "confirmed"]
        told = part[part["reason"] != TOO_FEW]

        def found(least: float) -> str:
            every, answered = (one[one["size"] >= least] for one in (part, told))  # noqa: B023
            alone = every["size"] >= SEEN * every["noise"]
            return (
                f"{answered['good'].mean():.3f} of {len(answered)} the program speaks of; "
                f"{every['good'].mean():.3f} of all {len(every)}; "
                f"two errors of noise alone are less in {alone.mean():.3f}"
            )

        out(
            f"\n{kind} slices, {asked.redraws} redraws, {len(part):,} rows\n"
            f"  found, reference ≥ .10: {found(0.1)}\n"
            f"  found, reference ≥ .05: {found(0.05)}\n"
            f"  opposite sign among supported+: "
            f"{int((good['opposite'] & (good['size'] >= ZERO)).sum())} of {len(good)}\n"
            f"  false among supported+: {int(false.sum())} of {len(good)} ({false.mean():.3f})\n"
            f"  coverage: {part['covered'].mean():.3f}, of confirmed {sure['covered'].mean():.3f}\n"
        )
    index = open_index(Path(asked.index))
    world = load_world(Path(asked.truth), index, read_evidence(index))
    own = planted_rows(world, rows)
    large = own[own["planted"].abs() >= 0.1]
    slope = _slope(large["effect"], large["planted"])
    out(f"\ntold on planted, |planted| ≥ .1: slope {slope:.3f}\n")
    by = large.groupby(["edit", "lever", "side", "cluster", "platform"])
    table = by.agg(
        planted=("planted", "first"),
        told=("effect", "mean"),
        titles=("titles", "first"),
        found=("grade", lambda one: one.isin(GOOD).mean()),
    )
    out(table.round(3).to_string() + "\n")
    lifts = pd.concat(one["lifts"] for one in full)
    out("\ncoverage of audience lifts\n")
    out(lifts.groupby("platforms").apply(
        lambda one: np.average(one["covered"], weights=one["rows"]), include_groups=False
    ).round(3).to_string() + "\n")  # fmt: skip
    causes = pd.concat(one["causes"] for one in full)
    if len(causes):
        enough = causes[causes["titles"] >= 20]
        inside = (enough["low"] <= enough["reference"]) & (enough["reference"] <= enough["high"])
        some = causes[causes["planted"].abs() >= 0.1]
        by_edit = some.groupby("edit").apply(
            lambda one: _slope(one["effect"], one["planted"]), include_groups=False
        )
        out("\n" + by_edit.round(2).to_string() + "\n")
        out(f"\ncause: coverage {inside.mean():.3f} of {len(enough)}, "
            f"slope on planted {_slope(some['effect'], some['planted']):.3f}\n")  # fmt: skip
    quiet = sum(one["claims"] == 0 and one["themes"] == 0 for one in empty)
    out(
        f"\nempty worlds with nothing supported: {quiet} of {len(empty)} "
        f"(claims {[one['claims'] for one in empty]}, themes {[one['themes'] for one in empty]})\n"
    )


if __name__ == "__main__":
    main()
