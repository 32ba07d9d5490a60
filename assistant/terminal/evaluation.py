"""How good the advice is, in the terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from assistant.terminal.console import output, table
from assistant.wording import change_of, in_words, points
from index.io.safe_text import sanitise
from index.records import ALL

if TYPE_CHECKING:
    from assistant.answers.evaluation import Evaluation

_COMPARED = {
    "exemplars": "later plays",
    "own_artwork": "own artwork, later plays",
}


def show_evaluation(found: Evaluation) -> None:
    """The line for a sceptic, then pairs picked, calibration and uplift of exemplars."""
    from assistant.answers.evaluation import MODEL, REFERENCE

    output().print(sanitise(f"{found.sceptic}\n"))
    drawn = table("On titles and impressions that were not used", "what", "result",
                  "the tool's lead")  # fmt: skip
    for row in found.pairs:
        where = " on ".join(part for part in (row["cluster"], row["platform"]) if part != ALL)
        if " on " in where or (where and row["method"] != MODEL):
            continue
        name = row["method"] + (" (unknown for new artwork)" if row["method"] == REFERENCE else "")
        drawn.add_row(
            sanitise(f"better of two, {where or name}"),
            share(row, "accuracy"),
            ""
            if row["method"] == MODEL
            else points(row["margin_low"], row["margin"], row["margin_high"]),
        )
    held = found.calibration
    drawn.add_row("later lifts in their intervals", share(held, "coverage"), "")
    drawn.add_row("P(lift > 0), mean gap", f"{100 * held['mean_gap']:.0f} points", "")
    for part, label in _COMPARED.items():
        compared = (found.exemplars or {}).get(part, {"lift": {}, "uplift": {}})
        for method, lift in compared["lift"].items():
            lead = compared["uplift"].get(method)
            drawn.add_row(
                f"{label}, {method}",
                plays(lift, found.take_fraction),
                "" if lead is None else plays(lead, found.take_fraction),
            )
    output().print(drawn)


def share(row: Mapping[str, float], key: str) -> str:
    """A share with its interval."""
    return f"{row[key]:.0%} ({row['low']:.0%} to {row['high']:.0%})"


def plays(lift: Mapping[str, float], base: float) -> str:
    """A mean lift in plays."""
    change = change_of(lift, "mean", base)
    return "" if change is None else in_words(change)
