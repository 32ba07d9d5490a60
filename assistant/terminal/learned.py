"""What experiments taught, in the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from assistant.experiments.advice import AdviceScore, PickScore
from assistant.experiments.learning import Change
from assistant.insights.estimators.shares import Share
from assistant.insights.outcomes import AGREES, CONTRARY, FOUND, NOTHING, SMALLER, UNDECIDED
from assistant.terminal.console import output, show_warnings, table
from assistant.wording import change_of, in_words, percent, relative_change, slice_words
from index.io.safe_text import sanitise

_VERDICTS = {
    AGREES: "agrees",
    SMALLER: "same direction, but smaller",
    CONTRARY: "disagrees",
    NOTHING: "no effect worth having",
    FOUND: "an effect, none was expected",
    UNDECIDED: "inconclusive",
}


def show_learned(rows: Sequence[dict[str, Any]], changes: Sequence[Change]) -> None:
    """Each experiment beside what was expected, why it counts or not, and what it changed."""
    drawn = table("Learned: plays of A against B", "A is", "found", "expected", "verdict")
    for row in rows:
        base = row["take_fraction"]
        change = None if row["why_invalid"] else change_of(row, "effect", base)
        expected = row["expected_effect"]
        drawn.add_row(
            sanitise(f"{row['pole']} for {slice_words(row['cluster'], row['platform'])}"),
            "" if change is None else in_words(change),
            "nothing" if expected is None else percent(relative_change(expected, base)),
            _VERDICTS.get(row["verdict"], row["verdict"]),
        )
    output().print(drawn)
    for row in rows:
        if row["why_invalid"]:
            output().print(
                sanitise(
                    f"{row['experiment']} ({row['pole']}) grades nothing: {row['why_invalid']}."
                )
            )
    show_warnings([f"{row['experiment']}: {row['notes']}" for row in rows if row["notes"]])
    for one in changes:
        output().print(sanitise(_changed(one)))


def show_advice(advice: AdviceScore) -> None:
    """How past advice fared so far."""
    left = [
        f"{count} {word}"
        for count, word in ((advice.inconclusive, "inconclusive"), (advice.invalid, "invalid"))
        if count
    ]
    rest = f" Not counted: {', '.join(left)}." if left else ""
    if not advice.experiments:
        output().print(f"No experiment has decided about past advice yet.{rest}")
        return
    hit, inside, brier = advice.hit_rate, advice.coverage, advice.brier
    many = advice.experiments != 1
    said = (
        f"{advice.experiments} experiment{'s' if many else ''} decided about past advice "
        f"({advice.registered} written down before): its direction was right in {_share(hit)}, "
        f"and the result was inside the expected interval in {_share(inside)}."
    )
    if brier.value is not None:
        said += f" Brier score {brier.value:.3f}, where a coin has {advice.coin:.2f}."
    output().print(said + rest)


def show_picks(picks: PickScore) -> None:
    """How artworks picked by hand did; nothing where nothing was picked."""
    if picks.picked and picks.of_all is not None:
        output().print(
            f"Of {picks.picked} artworks picked by hand, {_share(picks.better)} did better than "
            f"their titles' others; of all artwork {picks.of_all:.0%} did. Picks made with "
            "performance in sight show no skill."
        )


def _changed(one: Change) -> str:
    before, after = (
        "nothing" if change is None else in_words(change) for change in (one.before, one.after)
    )
    said = f"{one.pole} for {slice_words(one.cluster, one.platform)}"
    if (before, one.grade_before) == (after, one.grade):
        return f"On the next board {said} stays at {after}, {one.grade}."
    lowered = ""
    if one.reason == SMALLER and one.before is not None and one.after is not None:
        points = 100 * (abs(one.before.middle) - abs(one.after.middle))
        lowered = f", so the advice is lowered by {points:.0f} points"
    return (
        f"On the next board {said} goes from {before}, {one.grade_before}, to {after}, "
        f"{one.grade}: {one.reason}{lowered}."
    )


def _share(share: Share) -> str:
    if share.value is None or share.low is None or share.high is None:
        return "none"
    return f"{share.value:.0%} ({share.low:.0%} to {share.high:.0%})"
