"""What experiments said, kept with the index and combined with what past artwork says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from assistant.insights.grading import MIN_DF, MIN_TITLES, NEGLIGIBLE, WORTH_SEEING, Z90, normal_cdf
from assistant.insights.json_values import json_rows
from assistant.wording import change_of, in_words, slice_words
from index.records import ALL, Grade
from index.store import EXPERIMENTS, Index

AGREES = "an experiment agrees"
SMALLER = "an experiment found the same direction, but less"
CONTRARY = "an experiment says the opposite"
NOTHING = "an experiment found no effect worth having"
FOUND = "an experiment says so"
UNDECIDED = "an experiment was inconclusive"
INVALID = "invalid"
DECIDED = frozenset({AGREES, SMALLER, CONTRARY, NOTHING, FOUND})
"""Verdicts that advice is scored by."""

LEAST_SHARE = 0.25
"""Share of an audience from which an experiment with one cluster speaks for it."""
_PLACE = ["lever", "pole", "cluster", "platform"]
_CHANGED = ("effect", "se", "low", "high", "p", "grade", "reason", "experiments")


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """An effect in log-odds with its 90% interval; numbers, or arrays of one shape.

    Attributes:
        se: so that the interval is 1.645 of it to either side.
    """

    effect: Any
    se: Any

    @property
    def low(self) -> Any:
        """Lower end of the 90% interval."""
        return self.effect - Z90 * self.se

    @property
    def high(self) -> Any:
        """Upper end of the 90% interval."""
        return self.effect + Z90 * self.se


def pool(effect: npt.ArrayLike, se: npt.ArrayLike) -> Outcome:
    """Estimates of one effect combined by random effects (Paule & Mandel 1982).

    The variance between them is never below zero, so estimates that agree are as sure as all of
    their data together.

    Args:
        effect, se: `(k,)` estimates and their standard errors, k at least 1.
    """
    from statsmodels.stats.meta_analysis import combine_effects

    found, errors = np.asarray(effect, np.float64), np.asarray(se, np.float64)
    if len(found) == 1:
        return Outcome(float(found[0]), float(errors[0]))
    combined = combine_effects(found, errors**2, method_re="pm")
    return Outcome(float(combined.mean_effect_re), float(combined.sd_eff_w_re))


def read_experiments(index: Index) -> pd.DataFrame | None:
    """What the index has learned so far; None for nothing."""
    return index.table(EXPERIMENTS).to_pandas() if index.has(EXPERIMENTS) else None


def add_experiments(before: pd.DataFrame | None, new: pd.DataFrame) -> pd.DataFrame:
    """The kept table with new rows; an experiment learned again takes the place of its old row."""
    if before is None:
        return new
    kept = before[~before["experiment"].isin(new["experiment"])]
    return pd.concat([kept, new], ignore_index=True) if len(kept) else new


def valid_experiments(experiments: pd.DataFrame | None) -> pd.DataFrame | None:
    """Those that may speak of a lever; what was learned of features before is kept, but silent."""
    if experiments is None or "verdict" not in experiments:
        return None
    usable = experiments["verdict"].notna() & (experiments["verdict"] != INVALID)
    return experiments[usable] if usable.any() else None


def audience_experiments(
    experiments: pd.DataFrame | None, weights: Mapping[str, float]
) -> pd.DataFrame | None:
    """Experiments with everyone, or with a cluster that is a good part of an audience."""
    if experiments is None or "verdict" not in experiments:
        return None
    most = {ALL, *(cluster for cluster, weight in weights.items() if weight >= LEAST_SHARE)}
    return experiments[experiments["cluster"].isin(most)]


def verdict(found: Outcome, expected: float, worthwhile: float = WORTH_SEEING) -> str:
    """What an experiment says beside what was expected of it.

    It agrees where its interval is off zero on the expected side and reaches as far as was
    expected; where it does not reach that far, the direction is right and the size is not.

    Args:
        expected: log-odds; NaN for nothing.
        worthwhile: log-odds under which an effect is not worth having.
    """
    reach = max(abs(found.low), abs(found.high))
    if found.low > 0 or found.high < 0:
        if not np.isfinite(expected) or expected == 0:
            return FOUND
        if found.effect * expected < 0:
            return CONTRARY
        return AGREES if reach >= abs(expected) else SMALLER
    return NOTHING if reach < worthwhile else UNDECIDED


def pool_experiments(experiments: pd.DataFrame) -> list[tuple[dict[str, str], Outcome, int]]:
    """Every side and slice that was tested, the effect of one step there, and by how many tests."""
    pooled = []
    for place, rows in experiments.groupby(_PLACE, sort=True):
        steps = rows["steps"].to_numpy(np.float64)
        effect, se = rows["effect"].to_numpy() / steps, rows["se"].to_numpy() / steps
        names = dict(zip(_PLACE, map(str, place), strict=True))
        pooled.append((names, pool(effect, se), len(rows)))
    return pooled


def apply_experiments(effects: pd.DataFrame, experiments: pd.DataFrame | None) -> pd.DataFrame:
    """Effects updated by valid experiments: past artwork and tests combined by random effects.

    A test is of one title and past artwork of many, so neither replaces the other: where they
    agree the effect becomes surer, where a test finds less the effect is lowered, and where they
    disagree the interval widens until it says nothing. Every valid test counts, also one that was
    inconclusive. The grade:

    - tested: the combined interval is off zero, and that of the experiments on the same side;
    - insufficient: the combined interval holds zero, or the effect is not worth having;
    - else as past artwork has it, but at most suggestive where the experiments lean the other way.

    What past artwork alone says stays in observed_effect, observed_low and observed_high;
    `experiments` counts the tests behind a row.
    """
    table = effects.assign(
        observed_effect=effects["effect"],
        observed_low=effects["low"],
        observed_high=effects["high"],
        experiments=0,
    )
    usable = valid_experiments(experiments)
    if usable is None:
        return table
    changed = {name: table[name].to_numpy(copy=True) for name in _CHANGED}
    everywhere = (table["genre"] == ALL) & (table["country"] == ALL)
    for place, tested, count in pool_experiments(usable):
        here = everywhere & (table["name"] == place["lever"]) & (table["side"] == place["pole"])
        for name in ("cluster", "platform"):
            here &= table[name] == place[name]
        for at in np.flatnonzero(here):
            update = _updated(table.iloc[at].to_dict(), tested)
            for name, value in update.items():
                changed[name][at] = value
            changed["experiments"][at] = count
    return table.assign(**changed)


def _updated(row: Mapping[Any, Any], tested: Outcome) -> dict[str, Any]:
    """One row of effects combined with what experiments found of it."""
    known = row["titles"] >= MIN_TITLES and row["df"] >= MIN_DF and np.isfinite(row["high"])
    half = (row["high"] - row["low"]) / 2
    together = pool((row["effect"], tested.effect), (half / Z90, tested.se)) if known else tested
    said = verdict(tested, float(row["effect"]) if known else np.nan)
    same = together.effect * tested.effect > 0
    grade = str(row["grade"])
    if not (together.low > 0 or together.high < 0) or abs(together.effect) < NEGLIGIBLE:
        grade = Grade.INSUFFICIENT.value
    elif same and (tested.low > 0 or tested.high < 0):
        grade = Grade.TESTED.value
    elif not same and grade != Grade.INSUFFICIENT.value:
        grade = Grade.SUGGESTIVE.value
    return {
        "effect": together.effect,
        "se": together.se,
        "low": together.low,
        "high": together.high,
        "p": float(2 * normal_cdf(-abs(together.effect / together.se))),
        "grade": grade,
        "reason": said,
    }


def contrary_notes(effects: pd.DataFrame, base: float) -> list[str]:
    """A sentence for every effect that an experiment lowered, turned round or did not find.

    Args:
        effects: of `apply_experiments`.
        base: take fraction from which log-odds are turned into plays.
    """
    notes = []
    lowered = [SMALLER, CONTRARY, NOTHING]
    told = effects[effects["reason"].isin(lowered) & (effects["experiments"] > 0)]
    for row in json_rows(told):
        past, now = (
            change_of(row, "effect", base, steps=row["change"], part=part)
            for part in ("observed_", "")
        )
        notes.append(
            f"{row['reason']}: {row['side']} for {slice_words(row['cluster'], row['platform'])}: "
            f"past artwork says {in_words(past) if past else 'nothing'} plays, together with the "
            f"experiment {in_words(now) if now else 'nothing'}, {row['grade']}"
        )
    return notes
