"""Prompts and mockups on a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from assistant.terminal.console import output
from assistant.terminal.tables import table
from assistant.wording import percent, phrase, relative_change
from index.io.safe_text import sanitise

if TYPE_CHECKING:
    from assistant.mockups.concept import Concept
    from assistant.mockups.critique import Critique
    from assistant.mockups.prompt import Prompt
    from assistant.mockups.records import Mockup


def show_prompt(concept: Concept, prompt: Prompt) -> None:
    """Both texts, the reason for every phrase, and what was left out."""
    output().print(f"Concept: {sanitise(concept.name)}\n", style="bold")
    for name, text in (("Positive", prompt.text), ("Negative", prompt.negative_text)):
        output().print(f"{name}\n  {sanitise(text)}\n")
    drawn = table("Why", "phrase", "prompt", "grade", "reason")
    for name, phrases in (("positive", prompt.positive), ("negative", prompt.negative)):
        for one in phrases:
            drawn.add_row(sanitise(one.text), name, one.grade or "", sanitise(one.reason))
    output().print(drawn)
    if prompt.dropped:
        left = table("Left out", "phrase", "why")
        for dropped in prompt.dropped:
            left.add_row(sanitise(dropped.phrase.text), sanitise(dropped.why))
        output().print(left)


def show_mockups(
    mockups: Sequence[Mockup], take_fraction: float | None, candidates: int = 1
) -> None:
    """A row a picture, then what each misses."""
    numbers = ("has", "predicted plays (90% interval)", "nearest past artwork")
    drawn = table(
        "Mockups: inspiration, measured as past artwork is", "file", "for", *numbers, "survives on",
        right=numbers[:2],
    )  # fmt: skip
    for one in mockups:
        critique = one.critique
        known = [check for check in critique.checks if check.met is not None]
        has = sum(check.met is True for check in known)
        drawn.add_row(
            sanitise(one.path.name),
            sanitise(one.concept.name),
            f"{has} of {len(known)}",
            _lift(critique, take_fraction),
            _nearest(critique),
            sanitise(_survives(critique)),
        )
    output().print(drawn)
    for one in mockups:
        _show_misses(one)
    _show_notes(mockups, candidates)


def _lift(critique: Critique, take_fraction: float | None) -> str:
    score = critique.score
    if score is None:
        return sanitise(critique.why_no_score)
    if take_fraction is None:
        return f"{score.lift:+.2f} ({score.low:+.2f} to {score.high:+.2f}) log-odds"
    middle, low, high = (
        percent(relative_change(value, take_fraction))
        for value in (score.lift, score.low, score.high)
    )
    return f"{middle} ({low} to {high})"


def _nearest(critique: Critique) -> str:
    nearest = critique.nearest
    words = f"{sanitise(nearest.artwork_id)} at {nearest.distance:.2f}"
    return f"{words}: TOO CLOSE" if nearest.copy else words


def _survives(critique: Critique) -> str:
    from assistant.mockups.critique import survives_on

    kept = survives_on(critique)
    if len(kept) == len(critique.survival):
        return "every canvas" if kept else "not measured"
    return ", ".join(kept) or "none"


def _show_misses(mockup: Mockup) -> None:
    misses = mockup.critique.misses
    lines = [f"{sanitise(check.sentence)}" for check in misses[:4]]
    if len(misses) > len(lines):
        lines.append(f"and {len(misses) - len(lines)} more (--json has all)")
    warned = [phrase(name) for name in mockup.critique.maturity]
    if warned:
        lines.append(f"maturity: {', '.join(warned)}")
    lines += [sanitise(note) for note in mockup.provenance["notes"]]
    if lines:
        output().print(f"{sanitise(mockup.path.name)}: " + "; ".join(lines))


def _show_notes(mockups: Sequence[Mockup], candidates: int) -> None:
    if candidates > 1:
        output().print(f"\nEach mockup is the best of {candidates} by critique.")
    scored = [one for one in mockups if one.critique.score is not None]
    if scored and not any(one.critique.trusted for one in scored):
        output().print(
            "\nOn titles held out, predictions like these are no better than chance: "
            "do not choose by them."
        )
    if any(one.provenance["painter"] == "layout" for one in mockups):
        output().print(
            "\nComps are not finished artwork: their predictions compare them with each other."
        )
    folder = mockups[0].path.parent if mockups else None
    if folder is not None:
        output().print(f"\nWritten to {sanitise(folder)}, each with a JSON beside it.")
