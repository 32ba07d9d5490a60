"""Prompts, mockups and variants on a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from assistant.terminal.console import notes, output, table
from assistant.wording import changes, in_words, listed, phrase
from index.io.safe_text import sanitise

if TYPE_CHECKING:
    from assistant.mockups.critique import Critique
    from assistant.mockups.ideas import Idea
    from assistant.mockups.prompt import Prompt
    from assistant.mockups.records import Mockup
    from assistant.mockups.variant import Variant

_NAMED = 3
"""Missing levers that a row names."""


def show_prompt(idea: Idea, tags: Prompt, sentences: Prompt) -> None:
    """The texts of one concept, the reason for every phrase, and what was left out."""
    output().print(f"Concept: {sanitise(idea.name)}\n", style="bold")
    texts = (
        ("In thirty words", tags.short),
        (f"Tags, for CLIP text encoders (at most {tags.limit} tokens)", tags.text),
        (
            f"Sentences, for T5 and language models (at most {sentences.limit} tokens)",
            sentences.text,
        ),
        ("Negative", tags.negative_text),
    )
    for name, text in texts:
        output().print(f"{name}\n  {sanitise(text) or '(nothing)'}\n")
    if tags.subject.note:
        notes().print(f"note: {sanitise(tags.subject.note)}")
    drawn = table("Why", "phrase", "prompt", "grade", "reason")
    for name, phrases in (("positive", tags.positive), ("negative", tags.negative)):
        for one in phrases:
            drawn.add_row(sanitise(one.text), name, one.grade or "", sanitise(one.reason))
    output().print(drawn)
    if tags.dropped:
        left = table("Left out", "phrase", "why")
        for dropped in tags.dropped:
            left.add_row(sanitise(dropped.phrase.text), sanitise(dropped.why))
        output().print(left)


def show_mockups(
    mockups: Sequence[Mockup], take_fraction: float | None, candidates: int = 1
) -> None:
    """A row for each picture: what is there, what is missing, and too near to past artwork."""
    drawn = table(
        "Mockups, measured", "file", "for", "there", "missing", "past artwork",
        "predicted plays (90% interval)", right=("there",),
    )  # fmt: skip
    for one in mockups:
        critique = one.critique
        drawn.add_row(
            sanitise(one.path.name),
            sanitise(one.idea.name),
            f"✓ {len(critique.has)} of {len(critique.has) + len(critique.misses)}",
            sanitise(_missing(critique)),
            sanitise(_nearness(critique)),
            _lift(critique, take_fraction),
        )
    output().print(drawn)
    _show_notes(mockups, candidates)


def _missing(critique: Critique) -> str:
    words = [check.aim.words for check in critique.misses]
    if not words:
        return "✓ nothing"
    more = f" and {len(words) - _NAMED} more" if len(words) > _NAMED else ""
    return f"✗ {', '.join(words[:_NAMED])}{more}"


def _nearness(critique: Critique) -> str:
    nearest = critique.nearest
    return f"✗ too near to {nearest.artwork_id}" if nearest.copy else "✓ new"


def _lift(critique: Critique, take_fraction: float | None) -> str:
    score = critique.score
    if score is None:
        return sanitise(critique.why_no_score)
    if take_fraction is None:
        return f"{score.lift:+.2f} ({score.low:+.2f} to {score.high:+.2f}) log-odds"
    return in_words(changes(score.low, score.lift, score.high, take_fraction))


def _show_notes(mockups: Sequence[Mockup], candidates: int) -> None:
    said: dict[str, list[str]] = {}
    for one in mockups:
        warned = [phrase(name) for name in one.critique.maturity]
        for note in (*(f"maturity: {name}" for name in warned), *one.provenance["notes"]):
            said.setdefault(note, []).append(one.path.name)
    for note, files in said.items():
        where = "all of them" if len(files) == len(mockups) else ", ".join(files)
        notes().print(f"{sanitise(note)} ({sanitise(where)})")
    if candidates > 1:
        notes().print(f"Each mockup is the best of {candidates} by critique.")
    scored = [one for one in mockups if one.critique.score is not None]
    if scored and not any(one.critique.trusted for one in scored):
        notes().print(
            "On titles that were held out, predictions like these are no better than chance: do "
            "not choose by them."
        )
    if any(one.provenance["painter"] == "layout" for one in mockups):
        notes().print(
            "Wireframes are not finished artwork: their predictions compare them with each other."
        )
    replaced = sum(one.replaced for one in mockups)
    if replaced:
        notes().print(f"{replaced} pictures of an earlier run were replaced.")
    if mockups:
        folder = mockups[0].path.parent
        output().print(f"\nWritten to {sanitise(folder)}, each with a JSON file beside it.")


def _reached(row: Mapping[str, Any]) -> str:
    if row["reached"]:
        return "✓"
    return "✗ as far as this picture goes" if row["asked"] else "✗ moved too"


def show_variant(variant: Variant) -> None:
    """Every lever before and after, and whether it came as far as asked."""
    drawn = table(
        "Levers, turned by steps", "lever", "before", "after", "asked", "moved", "",
        right=("before", "after", "asked", "moved"),
    )  # fmt: skip
    for row in variant.levers:
        held = "comes with it" if row["package"] else "held"
        drawn.add_row(
            row["lever"].replace("_", " "),
            f"{row['before']:+.2f}",
            f"{row['after']:+.2f}",
            f"{row['asked']:+g}" if row["asked"] else held,
            f"{row['moved']:+.2f}",
            _reached(row),
        )
    output().print(drawn)
    output().print("A step is as much as artwork of one title of this index usually differs.")
    if variant.read_otherwise:
        levers = listed([name.replace("_", " ") for name in variant.read_otherwise])
        notes().print(
            "Faces and letters stand where they stood, but detectors find others in the new "
            f"grade: an index would measure {levers} otherwise."
        )
    if variant.replaced:
        notes().print("An earlier picture of this name was replaced.")
    output().print(f"Written to {sanitise(variant.out)}, with a JSON file beside it.")
