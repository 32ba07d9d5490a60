"""What to test next, and what the tests of this brief found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.boards.content import OpenQuestion
from assistant.experiments.plans import propose_tests
from assistant.insights.outcomes import read_experiments, valid_experiments
from assistant.wording import change_of, changes, in_words
from index.records import ALL

if TYPE_CHECKING:
    from assistant.answers.answer import Answer
    from assistant.experiments.plans import ExperimentPlan
    from index.store import Index

SHOWN = 3


def test_cards(answer: Answer, index: Index) -> tuple[OpenQuestion, ...]:
    """The tests that `assistant hypotheses` proposes, then those that were learned."""
    if answer.take_fraction is None:
        return ()
    return (*map(_planned, propose_tests(answer, index, k=SHOWN)), *_learned(answer, index))


def _planned(plan: ExperimentPlan) -> OpenQuestion:
    return OpenQuestion(
        id=plan.id,
        question=plan.question,
        change=f"{plan.change}.",
        who=plan.cluster_name if plan.platform == ALL else f"{plan.cluster_name}, {plan.platform}",
        size=f"{plan.impressions_per_arm:,} impressions an arm",
        past=changes(plan.low, plan.effect, plan.high, plan.take_fraction),
        grade=plan.grade,
    )


def _learned(answer: Answer, index: Index) -> list[OpenQuestion]:
    table = valid_experiments(read_experiments(index))
    if table is None or "take_fraction" not in table:
        return []
    names = {share.cluster: share.name for share in answer.audience.shares}
    found = []
    mine = (table["brief"] == answer.brief.title) & table["take_fraction"].notna()
    for row in table[mine].to_dict("records"):
        base = float(row["take_fraction"])
        change = change_of(row, "effect", base)
        low, middle, high = (row[f"expected_{end}"] for end in ("low", "effect", "high"))
        who, platform = row["cluster"], row["platform"]
        where = [name for name in (names.get(who, who), platform) if name != ALL]
        if change is not None:
            found.append(
                OpenQuestion(
                    id=row["experiment"],
                    question=f"Tested: {row['pole']}",
                    change=f"A was turned to {row['pole']}, B was not.",
                    who=", ".join(where) or "everyone",
                    size=f"{row['impressions_a'] + row['impressions_b']:,} impressions",
                    past=changes(low, middle, high, base),
                    grade="tested",
                    result=f"The test found {in_words(change)} plays: {row['verdict']}.",
                )
            )
    return found
