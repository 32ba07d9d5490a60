"""What a theme's pictures share, what tells its winners from its losers, and how it drifts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from assistant.insights.effects import EffectSlice, Evidence, slice_observations
from assistant.insights.estimators.design import MIDDLE, Contrast, Design
from assistant.insights.estimators.fixed_effects import Floats, Ints, TitleSums, demean
from assistant.insights.grading import FALSE_DISCOVERY_RATE, LEVEL, MIN_TITLES
from assistant.insights.themes.words import COMPARATIVES, concept_says
from assistant.wording import phrase
from index.records import Grade

if TYPE_CHECKING:
    import pandas as pd

_TELLING = 0.35
_ALIKE = 0.6
_TRAITS = 6
_MORE = 0.05
_FACES = frozenset({"face_x", "face_y", "largest_face_share", "facing"})
_OVER = 1.4


def traits(design: Design, title: Ints, member: npt.NDArray[np.bool_]) -> list[dict[str, Any]]:
    """Contrasts in which members differ most from their own titles' other artwork.

    Args:
        design: contrasts over units.
        title: title of each unit, ascending, `(u,)`.
        member: units of the theme, `(u,)`.

    Returns:
        feature, level, words, difference (in standard deviations inside titles), and for what a
        picture has or has not, share of the members and other_share of their titles' other
        artwork (else None); largest difference first. A contrast that says the same as an
        earlier one is left out.
    """
    starts = np.flatnonzero(np.r_[True, title[1:] != title[:-1]])
    centred = demean(
        design.values, np.ones(len(title)), TitleSums(starts.astype(np.int64), len(title))
    )
    finite = np.isfinite(design.values)
    known = np.maximum(finite.sum(axis=0), 1)
    spread = np.sqrt((centred**2).sum(axis=0) / known)
    inside = finite & member[:, None]
    counts = np.maximum(inside.sum(axis=0), 1)
    usable = (spread > 1e-9) & (counts >= 5)
    score = np.where(
        usable, (centred * inside).sum(axis=0) / counts / np.maximum(spread, 1e-9), 0.0
    )
    others = ~member & np.isin(title, title[member])
    found: list[dict[str, Any]] = []
    taken: list[int] = []
    for j in np.argsort(-np.abs(score), kind="stable"):
        contrast = design.contrasts[j]
        if abs(score[j]) < _TELLING or len(found) == _TRAITS:
            break
        repeated = contrast.level == MIDDLE or any(
            design.contrasts[i].feature == contrast.feature
            or abs(np.corrcoef(centred[:, i], centred[:, j])[0, 1]) > _ALIKE
            for i in taken
        )
        if repeated:
            continue
        has = contrast.level is not None or contrast.kind == "flag"
        held = design.values[:, j] > 0.5
        share, elsewhere = float(held[member].mean()), _share(held[others])
        if has and (score[j] < 0 or share - (elsewhere or 0.0) < _MORE):
            continue
        taken.append(int(j))
        found.append(
            {
                "feature": contrast.feature,
                "level": contrast.level,
                "words": words(contrast, float(score[j])),
                "difference": float(score[j]),
                "share": share if has else None,
                "other_share": elsewhere if has else None,
            }
        )
    return _without_faces(found)


def _share(held: npt.NDArray[np.bool_]) -> float | None:
    return float(held.mean()) if len(held) else None


def _without_faces(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Leave out where and how large faces are, where most pictures have none."""
    none = {("shot_type", "none"), ("people_grouping", "none")}
    if not any((one["feature"], one["level"]) in none and one["share"] > 0.5 for one in found):
        return found
    return [one for one in found if one["feature"] not in _FACES]


def words(contrast: Contrast, sign: float) -> str:
    """A contrast as a few words: "shot type: close-up", "darker", "a beach"."""
    if contrast.level is not None:
        return phrase(contrast.feature, contrast.level)
    if contrast.feature in COMPARATIVES:
        return COMPARATIVES[contrast.feature][0 if sign > 0 else 1]
    said = concept_says(contrast.feature) or phrase(contrast.feature)
    if contrast.kind == "flag":
        return said if sign > 0 else f"no {said}"
    return f"{'more' if sign > 0 else 'less'} {said}"


def over_represented(
    groups: tuple[tuple[str, ...], ...], title: Ints, member: npt.NDArray[np.bool_]
) -> list[tuple[str, float, float]]:
    """Genres that titles of a theme have clearly more often, with their share and that of all.

    Args:
        groups: names of each title.
        title: title of each unit, `(u,)`.
        member: units of the theme, `(u,)`.
    """
    from scipy.stats import hypergeom

    inside = np.unique(title[member])
    everywhere: dict[str, set[int]] = {}
    for code in np.unique(title):
        for name in groups[code]:
            everywhere.setdefault(name, set()).add(int(code))
    total = len(np.unique(title))
    found = []
    for name, having in everywhere.items():
        both = len(having & set(inside.tolist()))
        chance = float(hypergeom.sf(both - 1, total, len(having), len(inside)))
        if both >= 3 and both / len(inside) > _OVER * len(having) / total and chance < 0.05:
            found.append((chance, name, both / len(inside), len(having) / total))
    return [(name, share, overall) for _, name, share, overall in sorted(found)][:3]


@dataclass(frozen=True, slots=True, eq=False)
class TitleLifts:
    """Log-odds of units against their titles over everything, `(u,)`; NaN, weight 0 if unseen."""

    lift: Floats
    weight: Floats

    @classmethod
    def of(cls, evidence: Evidence) -> TitleLifts:
        """Lifts of every unit of the evidence."""
        seen = slice_observations(evidence, EffectSlice())
        lift = np.full(len(evidence.units.title), np.nan)
        weight = np.zeros(len(lift))
        sums = TitleSums(seen.starts, len(seen.y))
        lift[seen.unit] = demean(seen.y[:, None], seen.weights, sums)[:, 0]
        weight[seen.unit] = seen.weights
        return cls(lift, weight)


def inner_patterns(
    evidence: Evidence, lifts: TitleLifts, member: npt.NDArray[np.bool_]
) -> list[dict[str, Any]]:
    """Contrasts that tell a theme's winners from its losers.

    Each member's log-odds, taken against its title, is regressed on one contrast at a time among
    the members alone (statsmodels WLS, errors clustered by title).

    Returns:
        feature, level, step, effect, low, high, p, titles; without a correction for how many
        were tried, which `grade_patterns` makes over all themes.
    """
    import statsmodels.api as sm
    from scipy.stats import t

    rows = member & np.isfinite(lifts.lift)
    found = []
    for j, contrast in enumerate(evidence.design.contrasts):
        x = evidence.design.values[:, j]
        kept = rows & np.isfinite(x)
        title = evidence.units.title[kept]
        titles = len(np.unique(title))
        if titles < 2 * MIN_TITLES or _rarer(x[kept], title) < MIN_TITLES:
            continue
        fit = sm.WLS(lifts.lift[kept], sm.add_constant(x[kept]), weights=lifts.weight[kept]).fit(
            cov_type="cluster", cov_kwds={"groups": title}
        )
        effect, se = float(fit.params[1]), float(fit.bse[1])
        half = float(t.ppf((1 + LEVEL) / 2, titles - 1)) * se
        found.append(
            {
                "feature": contrast.feature,
                "level": contrast.level,
                "step": contrast.step,
                "effect": effect,
                "low": effect - half,
                "high": effect + half,
                "p": float(2 * t.sf(abs(effect / se), titles - 1)) if se > 0 else 1.0,
                "titles": titles,
            }
        )
    return found


def grade_patterns(patterns: list[list[dict[str, Any]]]) -> list[list[dict[str, Any]]]:
    """Keep what lies off zero, with q and grade over all patterns of all themes."""
    from assistant.insights.grading import q_values

    p = np.array([one["p"] for of_theme in patterns for one in of_theme])
    q = iter(q_values(p, np.ones(len(p), dtype=np.bool_)))
    graded = []
    for of_theme in patterns:
        kept = []
        for one in of_theme:
            value = float(next(q))
            grade = Grade.SUPPORTED if value <= FALSE_DISCOVERY_RATE else Grade.SUGGESTIVE
            if one["low"] > 0 or one["high"] < 0:
                kept.append(one | {"q": value, "grade": grade.value})
        graded.append(sorted(kept, key=lambda one: float(one["p"])))
    return graded


def drift(
    lifts: TitleLifts, created: pd.Series, member: npt.NDArray[np.bool_], of_artwork: Ints
) -> dict[str, Any] | None:
    """How a theme's share of new artwork and its lift move over time, None without dates.

    Args:
        lifts: lifts of the units.
        created: dates of artworks, `(n,)`, NaT where unknown.
        member: artworks of the theme, `(n,)`.
        of_artwork: unit of each artwork, `(n,)`.

    Returns:
        since (the median date), share_before, share_since, low and high of their difference
        (90%, Newcombe's interval), and lift_before and lift_since (log-odds against own titles).
    """
    from statsmodels.stats.proportion import confint_proportions_2indep

    dated = created.notna().to_numpy()
    if dated.sum() < 40 or created.nunique() < 2:
        return None
    middle: Any = created[dated].median()
    late = (created >= middle).to_numpy() & dated
    early = dated & ~late
    if min(early.sum(), late.sum()) < 20:
        return None
    counts = [int((member & half).sum()) for half in (late, early)]
    low, high = confint_proportions_2indep(
        counts[0], int(late.sum()), counts[1], int(early.sum()), method="newcomb", alpha=1 - LEVEL
    )
    lift, weight = lifts.lift[of_artwork], lifts.weight[of_artwork]
    return {
        "since": str(middle.date()),
        "share_before": counts[1] / int(early.sum()),
        "share_since": counts[0] / int(late.sum()),
        "low": float(low),
        "high": float(high),
        "lift_before": _mean(lift, weight, member & early),
        "lift_since": _mean(lift, weight, member & late),
    }


def _mean(values: Floats, weights: Floats, rows: npt.NDArray[np.bool_]) -> float | None:
    rows = rows & np.isfinite(values)
    return float(np.average(values[rows], weights=weights[rows])) if rows.sum() >= 5 else None


def _rarer(x: Floats, title: Ints) -> int:
    """Titles with the rarer side of a 0/1 contrast; all titles for a number."""
    if set(np.unique(x)) <= {0.0, 1.0}:
        return min(len(np.unique(title[x == side])) for side in (0.0, 1.0))
    return len(np.unique(title)) if np.ptp(x) > 0 else 0
