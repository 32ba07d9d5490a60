"""How two sets of artwork differ: proposed on one half of the titles, checked on the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from assistant.answers.gallery import Flags, Gallery, Trait
from assistant.insights.estimators.fixed_effects import Floats
from assistant.insights.grading import LEVEL
from index.errors import InputError

LEAST_TITLES = 8
"""Titles without which two sets are not compared."""
LIKELY = 0.1
"""Chance of each trait to be proposed where nothing differs."""
FALSE = 0.05
"""Chance of any to be kept where nothing differs."""
PROPOSED = 6
"""Traits that one half of the titles proposes, at most."""
EXAMPLES = 3
_NOTHING = 1e-9


@dataclass(frozen=True, slots=True)
class Difference:
    """A lever in which the first set differs from the second.

    Attributes:
        side: what the first set is, against the second.
        sentence: with the figures of both.
        change, low, high: difference of means on the half that checked it, 90% interval; steps of
            an axis or a difference of shares. Within titles where most titles are in both sets.
        titles: on the half that checked it.
        examples: artwork of the first and of the second set that shows it most.
    """

    lever: str
    side: str
    sentence: str
    change: float
    low: float
    high: float
    titles: int
    examples: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())


def compare_sets(
    gallery: Gallery, first: Flags, second: Flags, *, seed: int = 7
) -> list[Difference]:
    """How two sets of pictures differ, surest lever first; empty where nothing does.

    Raises:
        InputError: a set is empty, or there are too few titles to check anything.
    """
    ids, titles, traits = gallery.ids, gallery.titles, gallery.traits
    for rows, which in ((first, "first"), (second, "second")):
        if not rows.any():
            raise InputError(f"the {which} set holds no artwork", hint="name another")
    both = first & second
    first, second = first & ~both, second & ~both
    for rows, which in ((first, "first"), (second, "second")):
        if not rows.any():
            raise InputError(
                f"the {which} set has no artwork that the other has not",
                hint="name two sets that are not the same",
            )
    found = find_differences(traits, first, second, titles, seed=seed)
    known = {(one.lever, side): one for one in traits for side in (one.more, one.less)}
    shown = []
    for one in found:
        trait = known[one.lever, one.side]
        towards = trait.values if one.side == trait.more else -trait.values
        examples = (
            _examples(ids, towards, titles, first),
            _examples(ids, -towards, titles, second),
        )
        figures = [trait.words(float(np.nanmean(trait.measured[rows]))) for rows in (first, second)]
        sentence = f"{one.side}: {trait.name}{figures[0]} against {figures[1]}"
        shown.append(replace(one, sentence=sentence, examples=examples))
    return shown


def _examples(
    ids: Sequence[str], values: Floats, titles: npt.NDArray[np.intp], rows: Flags
) -> tuple[str, ...]:
    """Artwork with the largest values, one a title."""
    at = np.flatnonzero(rows & np.isfinite(values))
    at = at[np.argsort(-values[at], kind="stable")]
    _, once = np.unique(titles[at], return_index=True)
    return tuple(ids[row] for row in at[np.sort(once)][:EXAMPLES])


def find_differences(
    traits: Sequence[Trait],
    first: Flags,
    second: Flags,
    titles: npt.NDArray[np.intp],
    *,
    seed: int = 7,
) -> list[Difference]:
    """The surest trait of each lever in which two sets differ on both halves of the titles.

    Differences of means with errors clustered by title (Liang & Zeger 1986); within titles where at
    least half of them are in both sets. One half proposes the surest few, and what the other half
    confirms at a family error of 5% (Holm 1979) is kept.

    Raises:
        InputError: fewer titles than can be halved.
    """
    from statsmodels.stats.multitest import multipletests

    rows = np.flatnonzero(first | second)
    of, title = first[rows], titles[rows]
    names, code = np.unique(title, return_inverse=True)
    if len(names) < LEAST_TITLES:
        raise InputError(
            f"the two sets have {len(names)} titles, too few to compare",
            hint=f"name sets of at least {LEAST_TITLES} titles",
        )
    has = np.bincount(code, of) > 0, np.bincount(code, ~of) > 0
    within = bool((has[0] & has[1]).mean() >= 0.5)
    checks = _half(*has, seed)[code]
    explored = [_slope(one.values[rows], of, code, ~checks, within) for one in traits]
    likely = [(one, trait) for one, trait in zip(explored, traits, strict=True)
              if one is not None and one.p < LIKELY]  # fmt: skip
    proposed = sorted(likely, key=lambda pair: pair[0].p)[:PROPOSED]
    checked = [_slope(trait.values[rows], of, code, checks, within) for _, trait in proposed]
    able = [(*pair, one) for pair, one in zip(proposed, checked, strict=True) if one is not None]
    if not able:
        return []
    kept, *_ = multipletests([one.p for _, _, one in able], FALSE, "holm")
    found: list[tuple[float, Difference]] = []
    for (before, trait, one), sure in zip(able, kept, strict=True):
        if sure and np.sign(before.change) == np.sign(one.change):
            side = trait.more if one.change > 0 else trait.less
            said = Difference(trait.lever, side, side, one.change, one.low, one.high, one.titles)
            found.append((min(abs(before.t), abs(one.t)), said))
    surest: dict[str, Difference] = {}
    for _, said in sorted(found, key=lambda pair: -pair[0]):
        surest.setdefault(said.lever, said)
    return list(surest.values())


def _half(in_first: Flags, in_second: Flags, seed: int) -> Flags:
    """A random half of the titles: of those in the first set alone, the second alone, and both."""
    order = np.lexsort((np.random.default_rng(seed).random(len(in_first)), in_first, in_second))
    half = np.zeros(len(order), bool)
    half[order[1::2]] = True
    return half


@dataclass(frozen=True, slots=True)
class _Slope:
    change: float
    low: float
    high: float
    t: float
    p: float
    titles: int


def _slope(
    values: Floats, first: Flags, title: npt.NDArray[np.intp], part: Flags, within: bool
) -> _Slope | None:
    """Mean of the first set less that of the second; None where it cannot be told."""
    import statsmodels.api as sm
    from scipy import stats

    at = part & np.isfinite(values)
    y, x = values[at], first[at].astype(np.float64)
    names, code = np.unique(title[at], return_inverse=True)
    if within and len(y):
        count = np.bincount(code)
        y, x = (one - (np.bincount(code, one) / count)[code] for one in (y, x))
    if len(names) < LEAST_TITLES // 2 or np.ptp(x) < _NOTHING or np.ptp(y) < _NOTHING:
        return None
    with np.errstate(invalid="ignore"):
        fit = sm.OLS(y, sm.add_constant(x, has_constant="add")).fit(
            cov_type="cluster", cov_kwds={"groups": code}
        )
        change, error = float(fit.params[1]), float(fit.bse[1])
    if not np.isfinite(error):
        return None
    error = max(error, _NOTHING)
    freedom, ratio = len(names) - 1, change / error
    width = float(stats.t.ppf((1 + LEVEL) / 2, freedom)) * error
    p = 2 * float(stats.t.sf(abs(ratio), freedom))
    return _Slope(change, change - width, change + width, ratio, p, len(names))
