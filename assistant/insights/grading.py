"""The grader: how far any claim is to be trusted, wherever a grade is shown."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from math import erfc
from statistics import NormalDist
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from assistant.insights.estimators.fixed_effects import Floats
from index.records import Grade

FALSE_DISCOVERY_RATE = 0.10
"""Of what is supported, this share at most may be chance: as sure as the 90% intervals are."""
EMPTY = 0.02
"""Where nothing at all is going on, something is found in no more than this share of catalogues."""
LEVEL = 0.90
Z90 = 1.6448536269514722
"""Standard errors to either end of an interval of that level."""
MIN_TITLES = 10
MIN_DF = 4.0
NEGLIGIBLE = 0.03
"""Log-odds; an effect smaller than about 3% of plays is not worth acting on, however sure it is."""
_TRIFLE = 1 / 3
"""Share of a negligible effect that counts as none when a claim is tested."""
_SUREST = 1e-200
"""Below this a p-value is taken as this: the inverse of the t distribution ends near there."""
WORTH_SEEING = 0.1
"""Log-odds, about a tenth of plays; what a sample-size statement is made for."""
POWER = 0.8

TOO_FEW = "too few titles vary in it"
NO_EFFECT = "no effect worth having"
CHANCE = "may be chance among everything tested"
STANDS = "stands among everything tested"
HELD = "held on titles not used to find it"
SPLIT = "the two halves of the titles disagree"


def assign_part(title_id: str) -> Literal["explore", "confirm"]:
    """The half of the catalogue a title belongs to, for ever, by a hash of its id."""
    odd = blake2b(title_id.encode(), digest_size=8, person=b"artwork-part").digest()[0] & 1
    return "confirm" if odd else "explore"


def confirming(title_ids: Sequence[object]) -> npt.NDArray[np.bool_]:
    """Which titles are kept aside for confirming, `(t,)`."""
    return np.array([assign_part(str(title)) == "confirm" for title in title_ids], dtype=np.bool_)


def false_discovery_rates(p: Floats, adapt: float | None = None) -> Floats:
    """Adjusted p-values of one family, as statsmodels' `multipletests` gives them.

    Written out, and held equal to the library by a test, since a brief waits a quarter of a second
    for the library to load.

    Args:
        p: `(n,)`, none of them NaN.
        adapt: None for Benjamini & Hochberg (1995); else the rate at which their procedure first
            counts how many tests show nothing (Benjamini, Krieger & Yekutieli 2006).
    """
    order = np.argsort(p)[::-1]
    raw = p[order] * len(p) / np.arange(len(p), 0, -1)
    q = np.empty_like(raw)
    q[order] = np.minimum(np.minimum.accumulate(raw), 1.0)
    if adapt is None:
        return q
    shown = int((q <= adapt / (1 + adapt)).sum())
    left = 1.0 - shown / len(p) if shown < len(p) else 1.0
    adapted: Floats = np.minimum(q * left * (1 + adapt), 1.0)
    return adapted


def q_values(
    p: Floats, tested: npt.NDArray[np.bool_], family: Sequence[object] | None = None
) -> Floats:
    """False discovery rates over families of tests, NaN for what was not tested.

    Families are selected by Benjamini & Hochberg (1995) on their Simes (1986) p-values, then the
    tests of the selected ones at a rate lowered by the share that was selected (Benjamini &
    Bogomolov 2014, JRSS B 76), so that a family with many tests buys itself no findings and the
    rate holds over the families that are reported. Inside a family the rate adapts to how many of
    its tests show something (Benjamini, Krieger & Yekutieli 2006, Biometrika 93): a lever that
    works in most slices leaves few that could be found by mistake; no q is below its p. Where not
    even the smallest family's q is below `EMPTY`, every q is raised above the rate: under the
    hypothesis that nothing is going on the procedure alone would find something in one catalogue
    out of twenty.

    Args:
        p: `(n,)` p-values.
        tested: `(n,)` which of them count.
        family: `(n,)` family of each; one family by default.
    """
    q = np.full(len(p), np.nan)
    if not tested.any():
        return q
    names = np.zeros(len(p), dtype=object) if family is None else np.asarray(family, dtype=object)
    codes, of = np.unique(names[tested].astype(str), return_inverse=True)
    within = np.empty(int(tested.sum()))
    simes = np.empty(len(codes))
    given = p[tested]
    for code in range(len(codes)):
        own = of == code
        adapted = false_discovery_rates(given[own], FALSE_DISCOVERY_RATE)
        within[own] = np.maximum(adapted, given[own])
        simes[code] = false_discovery_rates(given[own]).min()
    families = false_discovery_rates(simes)
    selected = max(int((families <= FALSE_DISCOVERY_RATE).sum()), 1)
    found = np.maximum(families[of], np.minimum(within * len(codes) / selected, 1.0))
    if families.min() > EMPTY:
        found = np.maximum(found, np.nextafter(FALSE_DISCOVERY_RATE, 1))
    q[tested] = found
    return q


def p_beyond(p: Floats, effect: Floats, df: Floats, least: float) -> Floats:
    """p-values against "the effect is at most `least`, one way or the other", `(n,)`.

    A minimum-effect test (Murphy & Myors 1999, Journal of Applied Psychology 84): with enough
    titles the smallest difference is off zero, and is still nobody's reason to turn a picture.

    Args:
        p: two-sided p-values against "no effect at all", by the t distribution.
        effect: estimates.
        df: degrees of freedom.
        least: size that counts as none.
    """
    from scipy.special import stdtr, stdtrit

    with np.errstate(divide="ignore", invalid="ignore"):
        part = np.where(np.abs(effect) > least, 1 - least / np.abs(effect), 0.0)
    t = -stdtrit(df, np.maximum(p, _SUREST) / 2) * part
    found: Floats = 2 * stdtr(df, -t)
    return found


def normal_cdf(z: npt.ArrayLike) -> Floats:
    """Chance that a standard normal is below z, `(n,)`; NaN where z is.

    From the standard library, as a brief waits an eighth of a second for scipy.special.
    """
    below: Floats = np.vectorize(erfc, otypes=[np.float64])(-np.asarray(z, np.float64) / 2**0.5)
    return below / 2


def titles_needed(sd_of_title: Floats, effect: float = WORTH_SEEING) -> Floats:
    """Titles needed to see `effect` at 90% confidence with 80% power, by the normal distribution.

    Args:
        sd_of_title: standard deviation of one title's own estimate of the effect, log-odds.
        effect: smallest effect worth having, log-odds.
    """
    normal = NormalDist()
    errors = normal.inv_cdf((1 + LEVEL) / 2) + normal.inv_cdf(POWER)
    needed: Floats = np.ceil((errors * sd_of_title / effect) ** 2)
    return needed


def grade_claims(
    claims: pd.DataFrame,
    family: str | None = None,
    *,
    negligible: float = NEGLIGIBLE,
    worthwhile: float = WORTH_SEEING,
) -> pd.DataFrame:
    """Add q, explore_q, grade and reason to a table of claims; all of it is graded together.

    - insufficient: too few titles vary (fewer than 10, or too few of them carry the contrast, or
      the 90% interval holds zero as well as effects worth having), or there is no effect worth
      having (all of the interval under 0.1 log-odds, or an effect under 0.03 however sure);
    - suggestive: the interval is off zero;
    - supported: and its false discovery rate, of an effect that is more than a trifle (.01
      log-odds), is at most 10%, with one sign in both halves of the titles;
    - confirmed: and found so on the exploring half alone, and the interval of the confirming
      half, which was not looked at, is off zero on the same side.

    Args:
        claims: effect, low, high, p, titles, df, and the same for each half: explore_effect …,
            confirm_effect ….
        family: column whose values are the families of tests.
        negligible, worthwhile: sizes of effect, for claims in other units than log-odds; a third
            of `negligible` is tested against.
    """
    table = claims.copy()
    names = None if family is None else table[family].astype(object).tolist()
    enough, explored = _enough(table), _enough(table, "explore_")
    for part, tested in (("", enough), ("explore_", enough & explored)):
        p, effect, df = (table[f"{part}{name}"].to_numpy(float) for name in ("p", "effect", "df"))
        table[f"{part}q"] = q_values(p_beyond(p, effect, df, negligible * _TRIFLE), tested, names)
    effect = table["effect"].to_numpy(np.float64)
    sign = np.sign(effect)
    off = enough & ((table["low"] > 0) | (table["high"] < 0)).to_numpy()
    small = off & (np.abs(effect) < negligible)
    clear = off & ~small
    discovered = clear & (table["q"] <= FALSE_DISCOVERY_RATE).to_numpy()
    halves = [
        np.sign(table[f"{part}_effect"].to_numpy(np.float64)) for part in ("explore", "confirm")
    ]
    agree = np.logical_and(*((half == sign) | ~np.isfinite(half) for half in halves))
    supported = discovered & agree
    bound = np.where(sign > 0, table["confirm_low"], -table["confirm_high"])
    confirmed = (
        supported
        & (table["explore_q"] <= FALSE_DISCOVERY_RATE).to_numpy()
        & _enough(table, "confirm_")
        & (bound > 0)
    )
    largest = table[["low", "high"]].abs().max(axis=1).to_numpy(np.float64)
    nothing = small | (enough & ~off & (largest < worthwhile))
    table["grade"] = np.select(
        [confirmed, supported, clear],
        [Grade.CONFIRMED.value, Grade.SUPPORTED.value, Grade.SUGGESTIVE.value],
        default=Grade.INSUFFICIENT.value,
    )
    table["reason"] = np.select(
        [confirmed, supported, discovered, clear, nothing],
        [HELD, STANDS, SPLIT, CHANCE, NO_EFFECT],
        default=TOO_FEW,
    )
    return table


def _enough(table: pd.DataFrame, part: str = "") -> npt.NDArray[np.bool_]:
    enough: npt.NDArray[np.bool_] = (
        (table[f"{part}titles"] >= MIN_TITLES)
        & (table[f"{part}df"] >= MIN_DF)
        & np.isfinite(table[f"{part}p"])
    ).to_numpy()
    return enough
