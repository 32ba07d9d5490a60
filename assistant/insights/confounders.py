"""What else a finding may be: a lever that travels with another, or a person and not a lever."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from assistant.insights.effects import EVERYWHERE, Evidence, effects_in, slice_observations
from assistant.insights.levers import LeverDesign
from index.records import ALL, Grade

LEAST_LEFT = 0.1
"""Share of a side's variation that the other levers must leave for it to be told apart."""
LEAST_TITLES, LEAST_SHARE = 3, 0.05
"""A person in fewer titles, or in a smaller share of those compared, cannot carry a finding."""
_FIGURES = ("effect", "low", "high", "adjusted_effect", "adjusted_low", "adjusted_high",
            "adjusted_left")  # fmt: skip
_COLUMNS = ("lever", "pole", "other", "other_pole", "correlation", *_FIGURES, "verdict")
_OF_PERSON = ("lever", "pole", "person", "titles", "person_titles", "effect", "low", "high",
              "own_effect", "own_low", "own_high", "rest_effect", "rest_low", "rest_high",
              "verdict")  # fmt: skip


def find_confounders(design: LeverDesign, effects: pd.DataFrame) -> pd.DataFrame:
    """Sides whose lever travels with another, with the effect before and after holding the others.

    Args:
        effects: of `estimate_effects` with everything else held.

    Returns:
        lever, pole, other, other_pole, correlation (inside titles), effect, low, high,
        adjusted_effect, adjusted_low, adjusted_high, adjusted_left, verdict ("stands",
        "shrinks", "vanishes", "turns round" or "cannot be told apart"), over everyone; strongest
        correlation first. Only effects that are off zero before adjusting are listed.
    """
    rows = []
    for row in _found_overall(effects):
        at = design.column(row["name"], row["side"])
        for other in design.package(at):
            beside = design.contrasts[other]
            rows.append(
                {
                    "lever": row["name"],
                    "pole": row["side"],
                    "other": beside.name,
                    "other_pole": beside.side,
                    "correlation": float(design.correlations[at, other]),
                    **{name: row[name] for name in _FIGURES},
                    "verdict": "cannot be told apart"
                    if row["adjusted_left"] < LEAST_LEFT
                    else _verdict(row, "adjusted"),
                }
            )
    found = pd.DataFrame(rows, columns=list(_COLUMNS))
    return found.sort_values("correlation", ascending=False, kind="stable")


def find_carriers(evidence: Evidence, effects: pd.DataFrame) -> pd.DataFrame:
    """Sides whose effect goes with the titles of one person and not without them.

    A title's fame is held inside titles, but who is on the picture is not: a lever that was
    turned with one star in view may be the star. Every person in enough titles is left out in
    turn (the influence of a group of observations: Belsley, Kuh & Welsch 1980).

    Args:
        effects: of `estimate_effects`.

    Returns:
        lever, pole, person, titles and person_titles (that vary in the side), effect, low, high,
        own_* (in the person's titles), rest_* (in all others), verdict ("vanishes" or "turns
        round"), over everyone; the side that most of a person's titles vary in first, each with
        the person whose titles change it most. A side that stands without anybody is not listed.
    """
    sides = {(row["name"], row["side"]): row for row in _found_overall(effects)}
    rows: list[dict[Hashable, Any]] = []
    for person, theirs in _often_seen(evidence).items() if sides else ():
        parts = (
            effects_in(evidence, slice_observations(evidence, EVERYWHERE, chosen), EVERYWHERE)
            for chosen in (theirs, ~theirs)
        )
        for own, rest in zip(*(part.to_dict("records") for part in parts), strict=True):
            side = sides.get((own["name"], own["side"]))
            if side is None or own["titles"] < LEAST_TITLES:
                continue
            row = side | {
                f"{part}_{name}": values[name]
                for part, values in (("own", own), ("rest", rest))
                for name in ("effect", "low", "high")
            }
            row |= {"lever": side["name"], "pole": side["side"], "person": person}
            row |= {"person_titles": own["titles"], "verdict": _verdict(row, "rest")}
            apart = own["low"] > rest["effect"] or own["high"] < rest["effect"]
            if apart and row["verdict"] in ("vanishes", "turns round"):
                rows.append(row)
    found = pd.DataFrame(rows, columns=list(_OF_PERSON))
    moved = (found["effect"] - found["rest_effect"]).abs()
    found = found.loc[moved.sort_values(ascending=False, kind="stable").index]
    found = found.drop_duplicates(["lever", "pole"])
    return found.sort_values("person_titles", ascending=False, kind="stable")


def _often_seen(evidence: Evidence) -> dict[str, npt.NDArray[np.bool_]]:
    """`(titles,)` mask of the titles of each person who could carry a finding, by name."""
    spelt: dict[str, str] = {}
    titles: dict[str, list[int]] = {}
    for at, names in enumerate(evidence.talent):
        for key, name in {name.casefold(): name for name in names}.items():
            spelt.setdefault(key, name)
            titles.setdefault(key, []).append(at)
    least = max(LEAST_TITLES, LEAST_SHARE * len(evidence.talent))
    return {
        spelt[key]: np.isin(np.arange(len(evidence.talent)), own)
        for key, own in sorted(titles.items())
        if least <= len(own) < len(evidence.talent)
    }


def _found_overall(effects: pd.DataFrame) -> list[dict[Hashable, Any]]:
    """Rows over everyone of which something is known."""
    overall = (effects[["cluster", "platform", "genre", "country"]] == ALL).all(axis=1)
    return effects[overall & (effects["grade"] != Grade.INSUFFICIENT)].to_dict("records")


def _verdict(row: Mapping[Hashable, Any], part: str) -> str:
    """What is left of an effect in `{part}_effect`, once something else is held or left out."""
    sign = np.sign(row["effect"])
    kept, size = row[f"{part}_effect"] * sign, abs(row["effect"])
    off = row[f"{part}_low"] > 0 or row[f"{part}_high"] < 0
    if not np.isfinite(kept):
        return "cannot be told apart"
    if off and kept < 0:
        return "turns round"
    if not off and kept < 0.5 * size:
        return "vanishes"
    return "shrinks" if kept < 0.75 * size else "stands"
