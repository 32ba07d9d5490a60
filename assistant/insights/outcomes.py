"""What experiments said: measured, kept with the index, and set above what past artwork says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from assistant.insights.grading import LEVEL, WORTH_SEEING
from assistant.insights.json_values import json_rows
from index.records import ALL, Grade
from index.store import EXPERIMENTS

if TYPE_CHECKING:
    import pandas as pd

    from index.store import Index

AGREES = "an experiment agrees"
CONTRARY = "an experiment says the opposite"
NOTHING = "an experiment found no effect worth having"
FOUND = "an experiment says so"
UNDECIDED = "an experiment could not tell"
_INTERVAL = ("effect", "low", "high")
_DECIDED = ("effect", "se", "low", "high", "p", "grade", "reason", "experiments")
_PLACE = ["lever", "pole", "cluster", "platform"]


@dataclass(frozen=True, slots=True)
class Expectation:
    """What was expected of arm A against arm B before the test, log-odds.

    `registered` says that it was written down before; else past artwork is asked now.
    """

    effect: float
    low: float
    high: float
    p_positive: float
    registered: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """Counts of both arms of one experiment, and what was expected."""

    experiment: str
    lever: str
    pole: str
    steps: float
    cluster: str
    platform: str
    impressions_a: int
    plays_a: int
    impressions_b: int
    plays_b: int
    expected: Expectation | None


def measure_outcomes(outcomes: Sequence[Outcome]) -> pd.DataFrame:
    """The table that is kept: counts, log odds ratio of A against B with 90% interval, expectation.

    Returns:
        experiment, lever, pole, steps, cluster, platform, impressions_a,
        plays_a, impressions_b, plays_b, effect, se, low, high, expected_effect, expected_low,
        expected_high, expected_p_positive (NaN where nothing was expected), registered; effects
        are for all steps between the arms.
    """
    import pandas as pd
    from statsmodels.stats.contingency_tables import Table2x2

    rows = []
    for one in outcomes:
        taken = [[one.plays_a, one.impressions_a - one.plays_a]]
        taken += [[one.plays_b, one.impressions_b - one.plays_b]]
        table = Table2x2(np.array(taken, dtype=np.float64), shift_zeros=True)
        low, high = table.log_oddsratio_confint(alpha=1 - LEVEL)
        expected = one.expected
        rows.append(
            {
                "experiment": one.experiment,
                "lever": one.lever,
                "pole": one.pole,
                "steps": one.steps,
                "cluster": one.cluster,
                "platform": one.platform,
                "impressions_a": one.impressions_a,
                "plays_a": one.plays_a,
                "impressions_b": one.impressions_b,
                "plays_b": one.plays_b,
                "effect": float(table.log_oddsratio),
                "se": float(table.log_oddsratio_se),
                "low": float(low),
                "high": float(high),
                "expected_effect": np.nan if expected is None else expected.effect,
                "expected_low": np.nan if expected is None else expected.low,
                "expected_high": np.nan if expected is None else expected.high,
                "expected_p_positive": np.nan if expected is None else expected.p_positive,
                "registered": expected is not None and expected.registered,
            }
        )
    return pd.DataFrame(rows)


def read_experiments(index: Index) -> pd.DataFrame | None:
    """What the index has learned so far; None for nothing."""
    return index.table(EXPERIMENTS).to_pandas() if index.has(EXPERIMENTS) else None


def add_experiments(before: pd.DataFrame | None, new: pd.DataFrame) -> pd.DataFrame:
    """The kept table with new rows; an experiment learned again takes the place of its old row."""
    import pandas as pd

    if before is None:
        return new
    kept = before[~before["experiment"].isin(new["experiment"])]
    return pd.concat([kept, new], ignore_index=True) if len(kept) else new


def pool_experiments(experiments: pd.DataFrame) -> list[dict[str, Any]]:
    """Effect of one step for every contrast and slice that was tested.

    Several experiments of one are combined by random effects (DerSimonian & Laird 1986).

    Returns:
        lever, pole, cluster, platform, effect, se, low, high, experiments, impressions.
    """
    from scipy.stats import norm
    from statsmodels.stats.meta_analysis import combine_effects

    pooled = []
    for place, rows in experiments.groupby(_PLACE, sort=True):
        steps = rows["steps"].to_numpy(np.float64)
        effect, se = rows["effect"].to_numpy() / steps, rows["se"].to_numpy() / steps
        middle, error = float(effect[0]), float(se[0])
        if len(rows) > 1:
            found = combine_effects(effect, se**2, method_re="dl")
            middle, error = float(found.mean_effect_re), float(found.sd_eff_w_re)
        half = float(norm.ppf((1 + LEVEL) / 2)) * error
        pooled.append(
            dict(zip(_PLACE, map(str, place), strict=True))
            | {
                "effect": middle,
                "se": error,
                "low": middle - half,
                "high": middle + half,
                "experiments": len(rows),
                "impressions": int(rows[["impressions_a", "impressions_b"]].to_numpy().sum()),
            }
        )
    return pooled


def verdict(found: Mapping[Any, Any], expected: float) -> str:
    """What an experiment says beside an expected effect (NaN for none)."""
    if found["low"] > 0 or found["high"] < 0:
        if not np.isfinite(expected) or expected == 0:
            return FOUND
        return AGREES if found["effect"] * expected > 0 else CONTRARY
    return NOTHING if max(abs(found["low"]), abs(found["high"])) < WORTH_SEEING else UNDECIDED


def apply_experiments(effects: pd.DataFrame, experiments: pd.DataFrame | None) -> pd.DataFrame:
    """Effects of which those that an experiment decided are its own, graded `tested`.

    What past artwork said stays in observed_effect, observed_low and observed_high; `experiments`
    counts those behind a row. An experiment that could not tell changes the reason alone.
    """
    table = effects.assign(
        observed_effect=effects["effect"],
        observed_low=effects["low"],
        observed_high=effects["high"],
        experiments=0,
    )
    if experiments is None or experiments.empty:
        return table
    from scipy.stats import norm

    changed = {name: table[name].to_numpy(copy=True) for name in _DECIDED}
    observed = table["observed_effect"].to_numpy(np.float64)
    everywhere = (table["genre"] == ALL) & (table["country"] == ALL)
    for found in pool_experiments(experiments):
        here = everywhere & (table["name"] == found["lever"]) & (table["side"] == found["pole"])
        for name in ("cluster", "platform"):
            here &= table[name] == found[name]
        p = 2 * norm.sf(abs(found["effect"] / found["se"]))
        decided = found | {"p": p, "grade": Grade.TESTED.value}
        for row in np.flatnonzero(here):
            said = verdict(found, float(observed[row]))
            changed["reason"][row], changed["experiments"][row] = said, found["experiments"]
            if said != UNDECIDED:
                for name in ("effect", "se", "low", "high", "p", "grade"):
                    changed[name][row] = decided[name]
    return table.assign(**changed)


def contrary_notes(effects: pd.DataFrame) -> list[str]:
    """A sentence for every effect that an experiment turned round or did not find."""
    notes = []
    told = effects[effects["reason"].isin([CONTRARY, NOTHING]) & (effects["experiments"] > 0)]
    for row in json_rows(told):
        where = [row[name] for name in ("cluster", "platform") if row[name] != ALL]
        past, found = (
            "{:+.2f} ({:+.2f} to {:+.2f})".format(*(row[part + end] for end in _INTERVAL))
            for part in ("observed_", "")
        )
        notes.append(
            f"{row['reason']}: {row['side']} for "
            f"{' · '.join(where) or 'everyone'} ({row['step']}): past artwork {past}, "
            f"the experiment {found}"
        )
    return notes
