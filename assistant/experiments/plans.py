"""Open questions of a brief as tests: what to change, what to keep, and how long to run it."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from functools import cache
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

import numpy as np

from assistant.experiments.minimal_pairs import Arm, minimal_pair
from assistant.insights.confounders import SAME_THING, TRAVELS
from assistant.insights.effects import Evidence
from assistant.insights.estimators.design import MIDDLE
from assistant.insights.estimators.fixed_effects import Floats
from assistant.insights.grading import LEVEL, MIN_TITLES, POWER
from assistant.insights.json_values import json_value
from assistant.insights.report import InsightReport, read_evidence, read_travel
from assistant.wording import phrase
from index.records import ALL, Grade

if TYPE_CHECKING:
    import pandas as pd

    from assistant.answers.answer import Answer
    from index.store import Index

METRIC = "take fraction (plays / impressions)"
SMALLEST_CHANGE = 0.10
"""Relative change of the take fraction that is worth having, unless the user says otherwise."""
_TRAVELLING_SHOWN = 4
_STEPS_OF_A_NUMBER = 2.0
"""About how many standard deviations lie between the arms of a number."""
_WHY = {
    Grade.CONFIRMED.value: "titles kept aside agree, but nobody changed this alone",
    Grade.SUPPORTED.value: "past artwork agrees, but nobody changed this alone",
    Grade.SUGGESTIVE.value: "past artwork leans this way",
    Grade.INSUFFICIENT.value: "past artwork cannot tell",
}


@dataclass(frozen=True, slots=True)
class TestPlan:
    """One open question as a test of two variants of one picture.

    Attributes:
        id: the same for the same brief title, feature, level and slice.
        brief: title of the brief.
        question, why: in words.
        feature, level, step: the contrast; `steps` of it lie between the arms.
        cluster, cluster_name, platform: who is to see it; "all" for everyone.
        change: what differs between the arms, in words.
        keep: what must not differ: features that travel with it and what the brief must show.
        moves_along: features so close to it that they change with it.
        arms: A has the feature (or more of it), B has not (or less).
        effect, low, high: what past artwork says of A against B, log-odds with a 90% interval.
        p_positive: how probable past artwork makes it that A does better.
        grade: how far past artwork is to be trusted.
        take_fraction: of the slice, where the test starts from.
        smallest_change: relative change of the take fraction worth having; `smallest_effect`
            the same in log-odds.
        impressions_per_arm: to see that at 90% confidence with 80% power.
        daily_impressions: expected in the slice; None where no traffic was given.
        days: to reach both arms' impressions.
    """

    id: str
    brief: str
    question: str
    why: str
    feature: str
    level: str | None
    step: str
    steps: float
    cluster: str
    cluster_name: str
    platform: str
    metric: str
    change: str
    keep: tuple[str, ...]
    moves_along: tuple[str, ...]
    arms: tuple[Arm, Arm]
    effect: float
    low: float
    high: float
    p_positive: float
    grade: str
    take_fraction: float
    smallest_change: float
    smallest_effect: float
    impressions_per_arm: int
    daily_impressions: float | None
    days: int | None

    def to_json(self) -> dict[str, Any]:
        """As `hypotheses --json` documents it."""
        plain: dict[str, Any] = json_value(asdict(self))
        return plain


def propose_tests(
    answer: Answer,
    report: InsightReport,
    index: Index,
    *,
    k: int = 5,
    traffic: float | None = None,
    smallest_change: float = SMALLEST_CHANGE,
    without: Collection[str] = (),
) -> tuple[TestPlan, ...]:
    """The strongest open questions for a brief's audience, most worth answering first.

    A question is worth its slice's share of the audience's impressions times the effect that
    past artwork suggests, shrunk by its own error. Of features that travel together one is asked
    about, and what an experiment has answered is not asked again.

    Args:
        answer: of the brief; its audience and exemplars.
        report: what the index says.
        index: the same index.
        k: tests at most.
        traffic: impressions a day that the title's artwork will get, over everyone.
        smallest_change: relative change of the take fraction worth having, above 0.
        without: features that are not asked about.

    Raises:
        InputError: the index knows no performance.
    """
    evidence = read_evidence(index)
    names = {share.cluster: share.name for share in answer.audience.shares}
    weights = {share.cluster: share.weight for share in answer.audience.shares} or {ALL: 1.0}
    slices = _audience_slices(evidence, weights, answer.brief.platforms)
    open_rows = _open_questions(report.effects, slices)
    travel = read_travel(index)
    plans: list[TestPlan] = []
    asked: list[int] = []
    features = set(without)
    for row in open_rows:
        at = travel.place.get((row["feature"], row["level"]))
        if at is None or row["feature"] in features or travel.together(at, asked):
            continue
        features.add(row["feature"])
        asked.append(at)
        share, take_fraction = slices[row["cluster"], row["platform"]]
        plans.append(
            _plan(
                answer,
                evidence,
                index,
                row,
                names.get(row["cluster"], row["cluster"]),
                _travelling(evidence, travel.correlations[at], at),
                take_fraction,
                smallest_change,
                None if traffic is None else traffic * share,
            )
        )
        if len(plans) == k:
            break
    return tuple(plans)


@cache
def impressions_per_arm(take_fraction: float, smallest_change: float) -> int:
    """Impressions each of two arms needs to see a relative change of a take fraction.

    Two proportions by the arcsine transformation (Cohen 1988), two-sided at 90% confidence with
    80% power.

    Args:
        take_fraction: where it starts from, between 0 and 1.
        smallest_change: 0.1 for a tenth more plays; the result must stay below 1.
    """
    from statsmodels.stats.power import NormalIndPower
    from statsmodels.stats.proportion import proportion_effectsize

    size = proportion_effectsize(_raised(take_fraction, smallest_change), take_fraction)
    needed = NormalIndPower().solve_power(
        size, alpha=1 - LEVEL, power=POWER, ratio=1, alternative="two-sided"
    )
    return math.ceil(float(needed))


def plan_id(brief: str, feature: str, level: str | None, cluster: str, platform: str) -> str:
    """A short name that is the same for the same question."""
    words = "\n".join((brief, feature, level or "", cluster, platform))
    return "h-" + blake2b(words.encode(), digest_size=4, person=b"test-plan").hexdigest()


def _audience_slices(
    evidence: Evidence, weights: Mapping[str, float], platforms: tuple[str, ...]
) -> dict[tuple[str, str], tuple[float, float]]:
    """Share of the audience's impressions and take fraction of each of its slices."""
    cells = evidence.cells
    found = {}
    for cluster, weight in weights.items():
        own = np.ones(len(cells.unit), dtype=bool) if cluster == ALL else cells.cluster == cluster
        for platform in (ALL, *platforms):
            here = own if platform == ALL else own & (cells.platform == platform)
            shown, plays = cells.impressions[here].sum(), cells.plays[here].sum()
            if 0 < plays < shown:
                part = cells.shown[here].sum() / cells.shown[own].sum()
                found[cluster, platform] = (weight * float(part), float(plays / shown))
    return found


def _open_questions(
    effects: pd.DataFrame, slices: Mapping[tuple[str, str], tuple[float, float]]
) -> list[dict[str, Any]]:
    """Rows of effects of the audience's slices that no experiment answered, best first."""
    share = np.array(
        [
            slices.get(where, (0.0, 0.0))[0]
            for where in zip(effects["cluster"], effects["platform"], strict=True)
        ]
    )
    rows = effects.assign(share=share)[
        (share > 0)
        & (effects["genre"] == ALL)
        & (effects["country"] == ALL)
        & (effects["titles"] >= MIN_TITLES)
        & np.isfinite(effects["low"])
        & (effects["grade"] != Grade.TESTED)
        & (effects["level"] != MIDDLE)
    ]
    effect = rows["effect"].to_numpy(np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        shrunk = np.abs(effect) * np.maximum(1 - (rows["se"].to_numpy() / effect) ** 2, 0.0)
    reach = np.where(rows["kind"].isin(("number", "share")), _STEPS_OF_A_NUMBER, 1.0)
    worth = reach * shrunk * rows["share"].to_numpy(np.float64)
    known = rows["grade"] != Grade.INSUFFICIENT
    ordered = rows.assign(worth=np.nan_to_num(worth), known=known).sort_values(
        ["known", "worth"], ascending=False, kind="stable"
    )
    kept = ordered[ordered["worth"] > 0].astype({"level": object})
    listed: list[dict[str, Any]] = kept.where(kept.notna(), None).to_dict("records")
    return listed


def _plan(
    answer: Answer,
    evidence: Evidence,
    index: Index,
    row: Mapping[str, Any],
    cluster_name: str,
    travelling: tuple[tuple[str, ...], tuple[str, ...]],
    take_fraction: float,
    smallest_change: float,
    reach: float | None,
) -> TestPlan:
    from scipy.stats import norm

    feature, level = row["feature"], row["level"]
    pair = minimal_pair(answer, evidence, index, feature, level)
    effect, low, high = (row[name] * pair.steps for name in ("effect", "low", "high"))
    smallest_change = min(smallest_change, 0.9 * (1 / take_fraction - 1))
    needed = impressions_per_arm(take_fraction, smallest_change)
    raised = _raised(take_fraction, smallest_change)
    who = "everyone" if row["cluster"] == ALL else cluster_name
    where = "" if row["platform"] == ALL else f" on {row['platform']}"
    keep, moves_along = travelling
    travels = f"; it travels with {', '.join(keep)}" if keep else ""
    return TestPlan(
        id=plan_id(answer.brief.title, feature, level, row["cluster"], row["platform"]),
        brief=answer.brief.title,
        question=f"Does “{phrase(feature, level)}” {'help' if effect > 0 else 'hurt'} with "
        f"{who}{where} when nothing else changes?",
        why=_WHY[row["grade"]] + travels,
        feature=feature,
        level=level,
        step=row["step"],
        steps=pair.steps,
        cluster=row["cluster"],
        cluster_name=cluster_name,
        platform=row["platform"],
        metric=METRIC,
        change=pair.change,
        keep=(*keep, *answer.brief.must_show),
        moves_along=moves_along,
        arms=pair.arms,
        effect=effect,
        low=low,
        high=high,
        p_positive=float(norm.cdf(row["effect"] / row["se"])),
        grade=row["grade"],
        take_fraction=take_fraction,
        smallest_change=smallest_change,
        smallest_effect=math.log(raised / (1 - raised))
        - math.log(take_fraction / (1 - take_fraction)),
        impressions_per_arm=needed,
        daily_impressions=reach,
        days=None if not reach else math.ceil(2 * needed / reach),
    )


def _raised(take_fraction: float, change: float) -> float:
    return take_fraction * (1 + change)


def _travelling(
    evidence: Evidence, correlation: Floats, at: int
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Features that travel with a control, and those that cannot but change with it, in words."""
    owners = evidence.design.control_features
    strongest: dict[str, float] = {}
    for j in np.argsort(-correlation, kind="stable"):
        if owners[j] != owners[at] and correlation[j] >= TRAVELS:
            strongest.setdefault(phrase(owners[j]), float(correlation[j]))
    keep = [name for name, value in strongest.items() if value < SAME_THING]
    moving = [name for name, value in strongest.items() if value >= SAME_THING]
    return tuple(keep)[:_TRAVELLING_SHOWN], tuple(moving)[:_TRAVELLING_SHOWN]
