"""Planned tests in the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from assistant.experiments.designs import Design
from assistant.terminal.console import output
from assistant.wording import changes, in_words, percent
from index.io.safe_text import sanitise

if TYPE_CHECKING:
    from assistant.experiments.plans import ExperimentPlan

_JUDGED = {
    Design.FIXED: "once, at its end; a look before that proves nothing",
    Design.ALWAYS_VALID: "at any time; its interval holds at every look",
}


def show_plans(plans: Sequence[ExperimentPlan]) -> None:
    """Each test in a few lines."""
    from rich.table import Table

    if not plans:
        output().print("No question stands out: past artwork suggests no effect worth a test.")
    for number, plan in enumerate(plans, start=1):
        output().print(sanitise(f"{number}. {plan.question}  [{plan.id}]"), style="bold")
        lines = Table.grid(padding=(0, 2, 0, 0))
        for name, words in _lines(plan):
            lines.add_row(f"   {name}", sanitise(words))
        output().print(lines)
        output().print()


def _lines(plan: ExperimentPlan) -> list[tuple[str, str]]:
    past = changes(plan.low, plan.effect, plan.high, plan.take_fraction)
    days = "" if plan.days is None else f", {plan.days:,} day{'s' if plan.days != 1 else ''}"
    lines = [
        ("A", plan.arms[0].value),
        ("B", plan.arms[1].value),
        ("keep", ", ".join((*plan.keep, "everything else"))),
        ("why open", plan.why),
        ("past says", f"{in_words(past)} plays for A, {plan.grade}"),
    ]
    for one, other, pair in zip(
        plan.arms[0].artworks, plan.arms[1].artworks, plan.pairs, strict=True
    ):
        lines.append(("like", f"A {one['artwork_id']}, B {other['artwork_id']}: {pair.sentence}"))
    if not plan.pairs:
        lines.append(("like", "no past artwork shows this change"))
    lines += [
        (
            "measure",
            f"{plan.metric}: {plan.impressions_per_arm:,} impressions an arm{days}, members split "
            f"half and half, to see {percent(plan.smallest_change)} on {plan.take_fraction:.1%} "
            f"({plan.confidence:.0%} confidence, {plan.power:.0%} power)",
        ),
        ("judge", _JUDGED[plan.design]),
    ]
    return lines
