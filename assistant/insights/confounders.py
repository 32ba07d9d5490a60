"""Features that travel together, and what is left of an effect when they are held."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from assistant.insights.effects import EffectSlice, Evidence, slice_observations
from assistant.insights.estimators.adjusted import LEAST_LEFT
from assistant.insights.estimators.fixed_effects import Floats, TitleSums, demean
from index.records import ALL, Grade

if TYPE_CHECKING:
    import pandas as pd

TRAVELS = 0.4
"""Correlation inside titles from which two features are said to travel together."""
SAME_THING = 0.8
"""Correlation inside titles from which one feature cannot be changed without the other."""
_TINY = 1e-12


def within_correlations(evidence: Evidence) -> Floats:
    """Correlation of the controls inside titles over all units with counts, `(k, k)`."""
    seen = slice_observations(evidence, EffectSlice())
    width = evidence.design.controls.shape[1]
    if len(seen.y) == 0:
        return np.zeros((width, width))
    controls = evidence.design.controls[seen.unit]
    centred = demean(controls, np.ones(len(seen.y)), TitleSums(seen.starts, len(seen.y)))
    length = np.sqrt((centred**2).sum(axis=0))
    scaled = centred / np.where(length > _TINY, length, np.inf)
    correlations: Floats = np.clip(scaled.T @ scaled, -1, 1)
    return correlations


@dataclass(frozen=True, slots=True, eq=False)
class Travel:
    """Which features travel together inside titles.

    Attributes:
        place: row of a feature and level, as contrasts name them, in `correlations`.
        correlations: absolute, `(k, k)`.
    """

    place: dict[tuple[str, str | None], int]
    correlations: Floats

    def together(self, at: int, others: Sequence[int]) -> bool:
        """Whether a row travels with any of others."""
        return bool((self.correlations[at, list(others)] >= TRAVELS).any())

    def same(self, one: tuple[str, str | None], others: Sequence[tuple[str, str | None]]) -> bool:
        """Whether one of the others cannot be changed without this one."""
        at = self.place.get(one)
        rows = [self.place[other] for other in others if other in self.place]
        return at is not None and bool((self.correlations[at, rows] >= SAME_THING).any())


def travel_of(evidence: Evidence) -> Travel:
    """Which features travel together in what effects are estimated from."""
    design = evidence.design
    keys = zip(design.control_features, design.control_levels, strict=True)
    return Travel({key: at for at, key in enumerate(keys)}, np.abs(within_correlations(evidence)))


def find_confounders(
    evidence: Evidence, effects: pd.DataFrame, *, threshold: float = TRAVELS
) -> pd.DataFrame:
    """Overall effects whose feature travels with another one, before and after adjusting.

    Args:
        evidence: what the effects were estimated from.
        effects: a table of `estimate_effects`.
        threshold: correlation inside titles, in absolute value.

    Returns:
        feature, level, other, other_level, correlation, effect, low, high, adjusted_effect,
        adjusted_low, adjusted_high, adjusted_left, verdict ("stands", "shrinks", "vanishes",
        "turns round" or "cannot be told apart"); strongest correlation first. Only effects whose
        interval was off zero before adjusting are listed.
    """
    import pandas as pd

    design = evidence.design
    correlations = within_correlations(evidence)
    names = pd.DataFrame({"feature": design.control_features, "level": design.control_levels})
    one, two = np.nonzero(np.abs(correlations) >= threshold)
    apart = names["feature"].to_numpy()[one] != names["feature"].to_numpy()[two]
    one, two = one[apart], two[apart]
    pairs = pd.DataFrame(
        {
            "feature": names["feature"].to_numpy()[one],
            "level": names["level"].to_numpy(object)[one],
            "other": names["feature"].to_numpy()[two],
            "other_level": names["level"].to_numpy(object)[two],
            "correlation": correlations[one, two],
        }
    )
    overall = effects[
        (effects[["cluster", "platform", "genre", "country"]] == ALL).all(axis=1)
        & (effects["grade"] != Grade.INSUFFICIENT)
    ]
    columns = [
        "effect",
        "low",
        "high",
        "adjusted_effect",
        "adjusted_low",
        "adjusted_high",
        "adjusted_left",
    ]
    overall = overall.assign(key=overall["level"].fillna("").astype(str))
    found = (
        pairs.assign(key=pairs["level"].fillna("").astype(str))
        .astype({"feature": str})
        .merge(
            overall.astype({"feature": str})[["feature", "key", *columns]], on=["feature", "key"]
        )
        .drop(columns="key")
    )
    sign = np.sign(found["effect"])
    kept = found["adjusted_effect"] * sign
    excludes = (found["adjusted_low"] > 0) | (found["adjusted_high"] < 0)
    found["verdict"] = np.select(
        [
            found["adjusted_effect"].isna() | (found["adjusted_left"] < LEAST_LEFT),
            excludes & (kept < 0),
            ~excludes & (kept < 0.5 * found["effect"].abs()),
            kept < 0.75 * found["effect"].abs(),
        ],
        ["cannot be told apart", "turns round", "vanishes", "shrinks"],
        default="stands",
    )
    order = found["correlation"].abs().sort_values(ascending=False, kind="stable").index
    return found.loc[order].reset_index(drop=True)
