"""Draws answers in the terminal; every name is made plain before it is shown."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from assistant.answers.canvases import told
from assistant.terminal.console import notes, output
from assistant.wording import percent, phrase, relative_change, times
from index.io.safe_text import sanitise
from index.records import Grade
from prompts import render

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from rich.table import Table

    from assistant.answers.answer import Answer
    from assistant.insights.shared_features import SharedFeature

FEATURES_SHOWN = 8
NARROW = 76
"""Columns of a terminal below which a score's parts are left out."""


def table(title: str, *columns: str, right: Sequence[str] = ()) -> Table:
    """An empty table in the house style; columns named in `right` hold numbers."""
    from rich import box
    from rich.table import Table

    drawn = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        drawn.add_column(column, justify="right" if column in right else "left", overflow="fold")
    return drawn


def show_warnings(warnings: Sequence[str]) -> None:
    """Warnings, one a line, on stderr."""
    for warning in warnings:
        notes().print(f"note: {sanitise(warning)}")


def lift_in_words(
    performance: dict[str, Any] | None, base: float | None, *, interval: bool = True
) -> str:
    """A lift as a relative change of the take fraction, e.g. '+28% (+22% to +34%)'."""
    if performance is None:
        return "no lift: only artwork"
    if base is None:
        return str(performance["label"])
    low, mid, high = (
        percent(relative_change(performance[end], base)) for end in ("low", "lift", "high")
    )
    return f"{mid} ({low} to {high})" if interval else mid


def show_audience(answer: Answer) -> None:
    """Who the title will have, and how well that could be predicted."""
    if not answer.audience.shares:
        return
    drawn = table("Audience", "cluster", "share of viewing", "against all members", "source",
                  right=("share of viewing", "against all members"))  # fmt: skip
    for share in answer.audience.shares:
        drawn.add_row(
            sanitise(share.name),
            f"{share.weight:.0%}",
            "" if share.affinity is None else times(share.affinity),
            share.source,
        )
    output().print(drawn)
    skill = answer.audience.skill
    if skill is not None:
        output().print(
            f"On {skill.titles} known titles, predicting the audience from the text does "
            f"{skill.value:.0%} better than “everyone alike” "
            f"(90% interval {skill.low:.0%} to {skill.high:.0%}).\n"
        )


def show_exemplars(answer: Answer) -> None:
    """Exemplars and, under each, its counter-example; without its parts where there is no room."""
    parts = ("score", "relevance", "affinity")
    roomy = output().width >= NARROW
    numbers = (*(parts if roomy else ()), "plays against own title (90% interval)", "seen")
    places = ("canvases",) if any(one.canvases for one in answer.exemplars) else ()
    drawn = table(
        "Exemplars, each above its counter-example (└)", "artwork", "title", *numbers, "label",
        *places, right=numbers,
    )  # fmt: skip
    for one in answer.exemplars:
        did = one.performance
        affinity = "" if one.affinity is None else times(one.affinity)
        drawn.add_row(
            f"{sanitise(one.artwork_id)} ★" if one.picked else sanitise(one.artwork_id),
            sanitise(one.title),
            *((f"{one.score:.2f}", f"{one.relevance:.2f}", affinity) if roomy else ()),
            lift_in_words(did, answer.take_fraction),
            "" if did is None else f"{did['impressions']:,}",
            "" if did is None else did["label"],
            *("\n".join(sanitise(told(place)) for place in one.canvases) for _ in places),
        )
        counter = one.counter_example
        if counter is not None:
            did = counter["performance"]
            drawn.add_row(
                f"└ {sanitise(counter['artwork_id'])}",
                sanitise(counter["title"]) if counter["relation"] != "same title" else "same title",
                *(("", "", "") if roomy else ()),
                lift_in_words(did, answer.take_fraction),
                f"{did['impressions']:,}",
                did["label"],
            )
    output().print(drawn)


def amount(value: float, kind: str, unit: str) -> str:
    """A value as short as it can be read; shares, flags and levels in percent."""
    if kind in {"share", "flag"}:
        return f"{value:.0%}"
    number = f"{value:.1f}" if abs(value) >= 10 or kind == "count" else f"{value:.2f}"
    return f"{number} {unit}" if kind == "count" else number


def shown(value: float | str | None, kind: str, unit: str) -> str:
    """A measured value for a table; what could not be measured says so."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return "not measured"
    if isinstance(value, str):
        return sanitise(value)
    if kind == "flag":
        return "yes" if value else "no"
    return f"{value:.0f}" if kind == "count" else amount(value, kind, unit)


def sentence(shared: SharedFeature) -> str:
    """One shared feature in words, with its figures."""
    words = render(
        "shared_feature.txt",
        counted=shared.kind == "flag",
        label=phrase(shared.feature, shared.level),
        difference=shared.difference,
        exemplar=amount(shared.exemplar_mean, shared.kind, shared.unit),
        baseline=amount(shared.baseline_mean, shared.kind, shared.unit),
    )
    said = " ".join(words.split())
    if shared.test is None:
        return said
    low, middle, high = (f"{shared.test[end]:+.2f}" for end in ("low", "effect", "high"))
    return f"{said} ({shared.test['verdict']}: {middle} log-odds, {low} to {high})"


def interval(shared: SharedFeature) -> str:
    """A difference with its 90% interval, e.g. '+12 points (3 to 20)'."""
    values = (shared.difference, shared.low, shared.high)
    if shared.kind in {"share", "flag"}:
        middle, low, high = (f"{value * 100:+.0f}" for value in values)
        return f"{middle} points ({low} to {high})"
    middle, low, high = (f"{value:+.2f}" for value in values)
    return f"{middle} ({low} to {high})"


def show_shared(answer: Answer) -> None:
    """What exemplars share against their own titles' other artworks."""
    claims = [one for one in answer.shared if one.grade is not Grade.INSUFFICIENT]
    if not claims:
        output().print(
            "What worked shares nothing that can be told from chance: insufficient data.\n"
        )
        return
    numbers = ("difference (90% interval)", "artworks", "titles")
    drawn = table(
        "What worked shares, against the same titles' other artworks",
        "finding", *numbers, "grade", right=numbers,
    )  # fmt: skip
    for one in claims[:FEATURES_SHOWN]:
        drawn.add_row(
            sentence(one), interval(one), str(one.artworks), str(one.titles), one.grade.value
        )
    output().print(drawn)
    unseen = len(claims) - FEATURES_SHOWN
    if unseen > 0:
        output().print(f"… and {unseen} weaker ones (--json has every feature).\n")


def show_answer(answer: Answer, pictures_of: Path | None = None) -> None:
    """The whole answer to a brief.

    Args:
        answer: what to show.
        pictures_of: the catalogue folder, where pictures are to be shown if the terminal can.
    """
    output().print(f"{sanitise(answer.brief.title)}\n", style="bold")
    show_audience(answer)
    if pictures_of is not None:
        from assistant.terminal.thumbnails import answer_cards, show_cards

        show_cards(answer_cards(answer, pictures_of), abreast=2)
    show_exemplars(answer)
    show_shared(answer)
    show_warnings(answer.warnings)
