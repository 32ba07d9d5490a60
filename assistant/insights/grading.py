"""How far each effect is to be trusted."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt

from assistant.insights.estimators.fixed_effects import Floats
from index.records import Grade

if TYPE_CHECKING:
    import pandas as pd

NO_EFFECT = "no effect worth having"
FALSE_DISCOVERY_RATE = 0.10
LEVEL = 0.90
MIN_TITLES = 10
MIN_DF = 4.0
SMALLEST_EFFECT = 0.1
"""Log-odds; about a tenth more or fewer plays. What a sample-size statement is made for."""
POWER = 0.8
_COSTLY = 1.25


def assign_part(title_id: str) -> Literal["explore", "confirm"]:
    """The half of the catalogue a title belongs to, for ever, by a hash of its id."""
    odd = blake2b(title_id.encode(), digest_size=8, person=b"artwork-part").digest()[0] & 1
    return "confirm" if odd else "explore"


def q_values(p: Floats, family: npt.NDArray[np.bool_]) -> Floats:
    """Benjamini & Hochberg (1995) q-values of the tests in `family`, NaN elsewhere.

    Where not even the Simes test at half the rate refutes that nothing at all is going on, every
    q-value is raised above the rate: under that hypothesis alone Benjamini–Hochberg at 10% finds
    something in one world out of ten.
    """
    from statsmodels.stats.multitest import multipletests

    q = np.full(len(p), np.nan)
    if family.any():
        q[family] = multipletests(p[family], method="fdr_bh")[1]
        if np.nanmin(q) > FALSE_DISCOVERY_RATE / 2:
            q[family] = np.maximum(q[family], np.nextafter(FALSE_DISCOVERY_RATE, 1))
    return q


def titles_needed(sd_of_title: Floats, effect: float = SMALLEST_EFFECT) -> Floats:
    """Titles needed to see `effect` at 90% confidence with 80% power.

    Args:
        sd_of_title: standard deviation of one title's own estimate of the effect, log-odds.
        effect: smallest effect worth having, log-odds.
    """
    from statsmodels.stats.power import normal_sample_size_one_tail

    needed: Floats = np.ceil(
        normal_sample_size_one_tail(effect, POWER, (1 - LEVEL) / 2, std_null=sd_of_title)
    )
    return needed


def grade_effects(effects: pd.DataFrame) -> pd.DataFrame:
    """Add q, explore_q, grade, reason and titles_needed to a table of effects.

    The family of tests is everything in the table that has enough data. Grades:

    - insufficient: fewer than 10 titles vary in the feature (or too few of them carry the
      contrast), or the 90% interval includes zero;
    - suggestive: the interval is off zero;
    - supported: and q ≤ 0.1 over the family, and the other features do not explain it
      (`_explained`);
    - confirmed: and q ≤ 0.1 over the family on the exploring half of the titles alone, with the
      same sign and an interval off zero on the confirming half.
    """
    table = effects.copy()
    enough = _enough(table)
    table["q"] = q_values(table["p"].to_numpy(np.float64), enough)
    explored = enough & _enough(table, "explore_")
    table["explore_q"] = q_values(table["explore_p"].to_numpy(np.float64), explored)

    off = enough & ((table["low"] > 0) | (table["high"] < 0)).to_numpy()
    discovered = off & (table["q"] <= FALSE_DISCOVERY_RATE).to_numpy()
    sign = np.sign(table["effect"].to_numpy())
    explained = _explained(table, enough)
    supported = discovered & ~explained
    low = np.where(sign > 0, table["confirm_low"], -table["confirm_high"])
    same = np.sign(table["explore_effect"].to_numpy()) == sign
    confirmed = (
        supported
        & (table["explore_q"] <= FALSE_DISCOVERY_RATE).to_numpy()
        & same
        & _enough(table, "confirm_")
        & (low > 0)
    )
    left = np.where(sign > 0, table["adjusted_low"], -table["adjusted_high"]) > 0
    largest = table[["low", "high"]].abs().max(axis=1).to_numpy()
    nothing = enough & (largest < SMALLEST_EFFECT)
    table["grade"] = np.select(
        [confirmed, supported, off],
        [Grade.CONFIRMED.value, Grade.SUPPORTED.value, Grade.SUGGESTIVE.value],
        default=Grade.INSUFFICIENT.value,
    )
    table["reason"] = np.select(
        [
            confirmed,
            supported,
            discovered & explained & left,
            discovered & explained,
            off,
            nothing,
            enough,
        ],
        [
            "held on titles not used to find it",
            "stands among everything tested",
            "less sure once the features that travel with it are held",
            "the features that travel with it explain it",
            "may be chance among everything tested",
            NO_EFFECT,
            "the interval includes zero",
        ],
        default="too few titles vary in it",
    )
    table["titles_needed"] = _needed(table, enough)
    return table


def _enough(table: pd.DataFrame, part: str = "") -> npt.NDArray[np.bool_]:
    enough: npt.NDArray[np.bool_] = (
        (table[f"{part}titles"] >= MIN_TITLES)
        & (table[f"{part}df"] >= MIN_DF)
        & np.isfinite(table[f"{part}p"])
    ).to_numpy()
    return enough


def _explained(table: pd.DataFrame, enough: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Effects that the other features explain; adds adjusted_q.

    Where adjusting costs no precision, what is left must keep the sign and be a discovery itself.
    Where features nearly coincide, the adjusted interval is wide, and an effect counts as explained
    only when the interval leaves out half of it.
    """
    sign = np.sign(table["effect"].to_numpy())
    left = table["adjusted_effect"].to_numpy(np.float64) * sign
    known = enough & np.isfinite(left) & np.isfinite(table["adjusted_p"].to_numpy(np.float64))
    table["adjusted_q"] = q_values(table["adjusted_p"].to_numpy(np.float64), known)
    highest = np.where(sign > 0, table["adjusted_high"], -table["adjusted_low"])
    width, before = (
        (table[f"{part}high"] - table[f"{part}low"]).to_numpy() for part in ("adjusted_", "")
    )
    precise = width <= _COSTLY * before
    gone = (left <= 0) | (table["adjusted_q"] > FALSE_DISCOVERY_RATE).to_numpy()
    halved = highest < 0.5 * np.abs(table["effect"].to_numpy())
    explained: npt.NDArray[np.bool_] = known & np.where(precise, gone, halved)
    return explained


def _needed(table: pd.DataFrame, enough: npt.NDArray[np.bool_]) -> Floats:
    """Titles to see the smallest effect, from each row's own error or, lacking it, its slice's."""
    own = (table["se"] * np.sqrt(table["titles"])).where(enough)
    slices = [table[name] for name in ("cluster", "platform", "genre", "country")]
    typical = own.groupby(slices, dropna=False).transform("median").fillna(own.median())
    sd = own.fillna(typical).to_numpy(np.float64)
    needed = np.full(len(table), np.nan)
    known = np.isfinite(sd)
    if known.any():
        needed[known] = np.maximum(titles_needed(sd[known]), MIN_TITLES)
    return needed
