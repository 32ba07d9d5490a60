"""What to test next for a brief: one artwork, with and without a change, and how long to run it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from hashlib import blake2b
from typing import Any

import numpy as np

from assistant.answers.answer import Answer
from assistant.answers.examples import Example, example_pairs
from assistant.answers.exclusions import barred_sides
from assistant.answers.pieces import Piece
from assistant.experiments.designs import Design, impressions_per_arm
from assistant.experiments.open_questions import audience_slices, open_questions
from assistant.experiments.plan_file import DESIGN_EFFECT, SPLIT
from assistant.insights.evidence import read_effects, read_evidence
from assistant.insights.grading import LEVEL, POWER
from assistant.insights.index_cache import lookup
from assistant.insights.json_values import json_value
from assistant.insights.levers import LeverDesign, lever_sides
from assistant.wording import capital
from index.records import ALL, Grade
from index.store import Index

METRIC = "take fraction (plays / impressions)"
SMALLEST_CHANGE = 0.10
"""Relative change of the take fraction that is worth having, unless the user says otherwise."""
UNCHANGED = "the same artwork, unchanged"
TRAVELS = 0.3
"""Correlation inside titles from which a lever that travelled with the tested one is named."""
_TRAVELLING_SHOWN = 4
_WHY = {
    Grade.CONFIRMED.value: "titles kept aside agree, but nobody changed this alone",
    Grade.SUPPORTED.value: "past artwork agrees, but nobody changed this alone",
    Grade.SUGGESTIVE.value: "past artwork leans this way",
    Grade.INSUFFICIENT.value: "past artwork cannot tell",
}


@dataclass(frozen=True, slots=True)
class Arm:
    """One variant: its name, what a designer makes, and past artwork that looks like it."""

    name: str
    value: str
    artworks: tuple[dict[str, str], ...]


@dataclass(frozen=True, slots=True)
class ExperimentPlan:
    """One open question as a test of two variants of one artwork.

    Attributes:
        id: the same for the same brief title, side and slice.
        brief: title of the brief.
        lever, pole: what A is turned to; `steps` of the lever lie between the arms.
        cluster, cluster_name, platform: who is to see it; "all" for everyone.
        change: what differs between the arms, in words.
        keep: what must not differ: levers that travelled with it, and what the brief must show.
        arms: A is turned, B is not.
        pairs: past artwork of one title, turned and not, in the order of `arms[].artworks`.
        effect, low, high: what past artwork says of A against B, log-odds with a 90% interval.
        p_positive: how probable past artwork makes it that A does better.
        grade: how far past artwork is to be trusted.
        take_fraction: of the slice, where the test starts from.
        smallest_change: relative change of the take fraction worth having; `smallest_effect`
            the same in log-odds.
        design: when it may be judged; `split`: share of the members who see A.
        design_effect: most impressions that one member is expected to see.
        confidence, power: with which `impressions_per_arm` see the smallest change.
        daily_impressions: expected in the slice; None where no traffic was given.
        days: to reach both arms' impressions.
    """

    id: str
    brief: str
    question: str
    why: str
    lever: str
    pole: str
    step: str
    steps: float
    cluster: str
    cluster_name: str
    platform: str
    metric: str
    change: str
    keep: tuple[str, ...]
    arms: tuple[Arm, Arm]
    pairs: tuple[Example, ...]
    effect: float
    low: float
    high: float
    p_positive: float
    grade: str
    take_fraction: float
    smallest_change: float
    smallest_effect: float
    design: Design
    impressions_per_arm: int
    daily_impressions: float | None
    days: int | None
    split: float = SPLIT
    design_effect: float = DESIGN_EFFECT
    confidence: float = LEVEL
    power: float = POWER

    def to_json(self) -> dict[str, Any]:
        """As `hypotheses --json` documents it."""
        plain: dict[str, Any] = json_value(asdict(self))
        pairs = [{"sentence": one.sentence, "changed": list(one.changed)} for one in self.pairs]
        aliases = {"feature": self.lever, "level": self.pole, "moves_along": []}
        return plain | aliases | {"design": self.design.value, "pairs": pairs}


def propose_tests(
    answer: Answer,
    index: Index,
    *,
    k: int,
    traffic: float | None = None,
    smallest_change: float = SMALLEST_CHANGE,
    design: Design = Design.FIXED,
) -> tuple[ExperimentPlan, ...]:
    """The open questions most worth answering for a brief's audience.

    Directions of the answer come first, then other gains that past artwork suggests, then costs.
    Within each a question is worth its slice's share of the audience's impressions times the
    effect, shrunk by its own error. Of levers that came as a package one is asked about, and what
    experiments have answered is not asked again.

    Args:
        traffic: impressions a day that the title's artwork will get, over everyone.
        smallest_change: relative change of the take fraction worth having, above 0.

    Raises:
        InputError: the index knows no performance.
    """
    evidence = read_evidence(index)
    sides = lever_sides(evidence)
    names = {share.cluster: share.name for share in answer.audience.shares} | {ALL: "everyone"}
    weights = answer.audience.weights or {ALL: 1.0}
    slices = audience_slices(evidence, weights, answer.brief.platforms)
    barred = barred_sides(answer.brief, index)
    title_ids = lookup(index, "artworks", "artwork_id", "title_id")
    plans: list[ExperimentPlan] = []
    closed: set[str] = set()
    for row in open_questions(answer, read_effects(index), slices, barred):
        at = sides.column(row["name"], row["side"])
        package = {sides.contrasts[one].name for one in sides.package(at)}
        if not sides.sides[at].do or {row["name"], *package} & closed:
            continue
        closed |= {row["name"]}
        share, take_fraction = slices[row["cluster"], row["platform"]]
        plans.append(
            _plan(
                row,
                answer,
                sides,
                at,
                name=names.get(row["cluster"], row["cluster"]),
                pairs=example_pairs(answer.match, index, evidence, at, helps=row["effect"] > 0),
                title_ids=title_ids,
                take_fraction=take_fraction,
                smallest_change=smallest_change,
                reach=None if traffic is None else traffic * share,
                design=design,
            )
        )
        if len(plans) == k:
            break
    return tuple(plans)


def plan_id(brief: str, lever: str, pole: str, cluster: str, platform: str) -> str:
    """A short name that is the same for the same question."""
    words = "\n".join((brief, lever, pole, cluster, platform))
    return "h-" + blake2b(words.encode(), digest_size=4, person=b"test-plan").hexdigest()


def _plan(
    row: Mapping[str, Any],
    answer: Answer,
    sides: LeverDesign,
    at: int,
    *,
    name: str,
    pairs: Sequence[Example],
    title_ids: Mapping[str, str],
    take_fraction: float,
    smallest_change: float,
    reach: float | None,
    design: Design,
) -> ExperimentPlan:
    from scipy.stats import norm

    side, steps = sides.sides[at], sides.contrasts[at].change
    effect, low, high = (float(row[name]) * steps for name in ("effect", "low", "high"))
    smallest_change = min(smallest_change, 0.9 * (1 / take_fraction - 1))
    needed = impressions_per_arm(take_fraction, smallest_change, design)
    raised = take_fraction * (1 + smallest_change)
    who = name if row["platform"] == ALL else f"{name} on {row['platform']}"
    turned = [one.worked if effect > 0 else one.failed for one in pairs]
    middle = [one.failed if effect > 0 else one.worked for one in pairs]
    return ExperimentPlan(
        id=plan_id(answer.brief.title, row["name"], row["side"], row["cluster"], row["platform"]),
        brief=answer.brief.title,
        question=f"Would {side.variant} {'win' if effect > 0 else 'cost'} plays with {who} when "
        "nothing else changes?",
        why=_WHY[row["grade"]],
        lever=row["name"],
        pole=row["side"],
        step=row["step"],
        steps=steps,
        cluster=row["cluster"],
        cluster_name=name,
        platform=row["platform"],
        metric=METRIC,
        change=f"{capital(side.variant)} in A; B is {UNCHANGED}",
        keep=(*_travelling(sides, at), *answer.brief.must_show),
        arms=(
            Arm("A", side.variant, tuple(_artwork(one, title_ids) for one in turned)),
            Arm("B", UNCHANGED, tuple(_artwork(one, title_ids) for one in middle)),
        ),
        pairs=tuple(pairs),
        effect=effect,
        low=low,
        high=high,
        p_positive=float(norm.cdf(row["effect"] / row["se"])),
        grade=row["grade"],
        take_fraction=take_fraction,
        smallest_change=smallest_change,
        smallest_effect=math.log(raised / (1 - raised))
        - math.log(take_fraction / (1 - take_fraction)),
        design=design,
        impressions_per_arm=needed,
        daily_impressions=reach,
        days=None if not reach else math.ceil(2 * needed / reach),
    )


def _artwork(piece: Piece, title_ids: Mapping[str, str]) -> dict[str, str]:
    artwork = piece.artwork_id
    return {"artwork_id": artwork, "title_id": title_ids[artwork], "path": piece.path}


def _travelling(sides: LeverDesign, at: int) -> tuple[str, ...]:
    """Other levers that past artwork turned with this one, strongest first, by their labels."""
    strongest: dict[str, float] = {}
    own = sides.contrasts[at].name
    correlation = np.abs(sides.correlations[at])
    for other in np.argsort(-correlation, kind="stable"):
        lever = sides.contrasts[other].name
        if lever != own and correlation[other] >= TRAVELS:
            label = sides.levers.lever(lever)
            strongest.setdefault(lever if label is None else label.label, float(correlation[other]))
    return tuple(strongest)[:_TRAVELLING_SHOWN]
