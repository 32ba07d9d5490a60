"""What to test next: directions as questions that an experiment would answer."""

from __future__ import annotations

from functools import cache
from hashlib import blake2b
from typing import TYPE_CHECKING

from assistant.boards.content import TestCard
from assistant.insights.grading import LEVEL, POWER
from assistant.insights.outcomes import read_experiments
from assistant.wording import Interval, in_words, relative_change
from index.records import Grade

if TYPE_CHECKING:
    from assistant.answers.answer import Answer
    from assistant.answers.directions import Direction
    from index.store import Index

SHOWN = 3
WORTH_HAVING = 0.10
"""Relative change of the take fraction that a test is sized to see."""


def test_cards(answer: Answer, index: Index) -> tuple[TestCard, ...]:
    """The brief's directions as tests of two variants of one artwork, most worth knowing first."""
    if answer.take_fraction is None:
        return ()
    results = _results(answer, index)
    size = f"{impressions_per_arm(answer.take_fraction):,} impressions an arm"
    found = []
    for one in answer.advice.directions[:SHOWN]:
        known = _test_id(answer, one)
        if one.grade != Grade.TESTED.value or known in results:
            found.append(
                TestCard(
                    id=known,
                    question=f"Does “{one.pole}” help when nothing else changes?",
                    change=f"The same artwork twice: A with {one.variant or one.pole}, B as it is.",
                    who="this audience",
                    size=size,
                    past=one.change,
                    grade=one.grade,
                    result=results.get(known, ""),
                )
            )
    return tuple(found)


def _test_id(answer: Answer, one: Direction) -> str:
    words = "\n".join((answer.brief.title, one.lever, one.pole))
    return "h-" + blake2b(words.encode(), digest_size=4, person=b"test-plan").hexdigest()


def _results(answer: Answer, index: Index) -> dict[str, str]:
    """What experiments that the index has learned found, by their id."""
    table, base = read_experiments(index), answer.take_fraction
    if table is None or base is None:
        return {}
    return {
        str(row["experiment"]): "The test found "
        + in_words(
            Interval(*(relative_change(row[end], base) for end in ("low", "effect", "high")))
        )
        + " plays."
        for row in table.to_dict("records")
    }


@cache
def impressions_per_arm(take_fraction: float) -> int:
    """Impressions that each of two arms needs, by the arcsine transformation (Cohen 1988)."""
    from statsmodels.stats.power import NormalIndPower
    from statsmodels.stats.proportion import proportion_effectsize

    size = proportion_effectsize(take_fraction * (1 + WORTH_HAVING), take_fraction)
    power = NormalIndPower()
    return int(power.solve_power(size, alpha=1 - LEVEL, power=POWER, alternative="two-sided")) + 1
