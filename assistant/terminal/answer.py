"""The answer to a brief in the terminal: what to do first, then what it rests on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from assistant.answers import canvases
from assistant.terminal.console import output, roomy, show_warnings, table
from assistant.wording import Interval, in_words, lift_in_words, percent
from index.io.safe_text import sanitise

if TYPE_CHECKING:
    from assistant.answers.advice import Direction
    from assistant.answers.answer import Answer
    from assistant.answers.examples import Example

PAIRS_SHOWN = 2
HANGING = 3
"""Columns that a mark before a paragraph takes."""


def say(text: str = "", *, style: str = "", mark: str | None = None) -> None:
    """A paragraph that wraps at words; with a mark, however empty, it hangs behind that."""
    from rich.table import Column, Table
    from rich.text import Text

    said = Text(sanitise(text), style=style)
    if mark is None:
        output().print(said)
        return
    hanging = Table.grid(Column(width=HANGING, style=style), Column())
    hanging.add_row(mark, said)
    output().print(hanging)


def show_audience(answer: Answer) -> None:
    """Who the title will have, on one line, and how well that could be predicted."""
    shares = [share for share in answer.audience.shares if round(share.weight, 2) > 0]
    if not shares:
        return
    source = "" if shares[0].source == "brief" else f" ({shares[0].source})"
    names = ", ".join(
        f"{share.name} {share.weight:.0%}"
        + ("" if share.base is None else f" ({share.base:.0%} of all viewing)")
        for share in shares[:4]
    )
    more = f" and {len(shares) - 4} more" if len(shares) > 4 else ""
    said = f"Audience{source}: {names}{more}."
    skill = answer.audience.skill
    if skill is not None:
        said += (
            f" On {skill.titles} known titles this prediction is {skill.value:.0%} better than "
            "“everyone alike”."
        )
    say(said)
    if answer.nearest:
        near = " · ".join(f"{one.name} {one.nearness:.0%}" for one in answer.nearest)
        say(f"Nearest titles: {near}.")
    say()


def show_directions(answer: Answer, *, detail: bool = False) -> None:
    """What to do, what to leave, and what cannot be told; no pair twice where there are others."""
    advice = answer.advice
    if advice.too_thin:
        say(f"What to do: {advice.too_thin}.", style="bold")
    shown: list[tuple[str, str]] = []
    for number, one in enumerate(advice.directions, 1):
        say(one.headline, style="bold", mark=f"{number}.")
        for pair in sorted(one.pairs, key=lambda pair: _ids(pair) in shown)[:PAIRS_SHOWN]:
            shown.append(_ids(pair))
            say(
                f"{pair.worked.title}: {pair.worked.artwork_id} {_lift(pair.worked.change)} "
                f"against {pair.failed.artwork_id} {_lift(pair.failed.change)}. {pair.sentence}.",
                mark="",
            )
        if detail:
            _show_detail(one)
    for one in advice.avoid:
        say(one.headline, mark="✕")
    if advice.leave_alone:
        say(f"Leave alone: {', '.join(advice.leave_alone)} (no effect worth having).", mark="–")
    for sentence in (*advice.contradictions, *advice.wishes):
        say(sentence, mark="!")
    if advice.unknown:
        say(advice.unknown, mark="?")
    say()


def _ids(pair: Example) -> tuple[str, str]:
    return pair.worked.artwork_id, pair.failed.artwork_id


def _lift(change: Interval | None) -> str:
    return "" if change is None else f"({percent(change.middle)})"


def _show_detail(one: Direction) -> None:
    """Members, clusters and platforms of one direction."""
    shifts = ", ".join(member.told for member in one.members)
    if shifts:
        say(f"Measured as: {shifts}", mark="")
    for part in (*one.by_cluster, *one.by_platform):
        said = f"{part.name}: {in_words(part.change)}, {part.titles} titles, {part.grade}"
        say(said, mark="")


def show_exemplars(answer: Answer) -> None:
    """Exemplars, each with what it has that the counter-example under it lacks."""
    places = ("canvases",) if any(one.canvases for one in answer.exemplars) and roomy() else ()
    figures = ("plays against its title", *(("seen",) if roomy() else ()))
    drawn = table(
        "Exemplars, and what sets each apart from its counter-example (└)",
        "artwork", "title", *figures, "label", *places, right=figures,
    )  # fmt: skip
    for one in answer.exemplars:
        did, counter = one.performance, one.counter_example
        told = one.title if counter is None else f"{one.title}. {counter['changed']}."
        drawn.add_row(
            f"{sanitise(one.artwork_id)} ★" if one.picked else sanitise(one.artwork_id),
            sanitise(told),
            lift_in_words(did, answer.take_fraction),
            *((f"{did['impressions']:,}" if did else "",) if roomy() else ()),
            "" if did is None else did["label"],
            *("\n".join(sanitise(canvases.told(place)) for place in one.canvases) for _ in places),
        )
        if counter is not None:
            did = counter["performance"]
            drawn.add_row(
                f"└ {sanitise(counter['artwork_id'])}",
                "",
                lift_in_words(did, answer.take_fraction),
                *((f"{did['impressions']:,}",) if roomy() else ()),
                did["label"],
            )
    output().print(drawn)


def show_answer(answer: Answer, pictures_of: Path | None = None, *, detail: bool = False) -> None:
    """The whole answer to a brief.

    Args:
        pictures_of: the catalogue folder, where pictures are to be shown if the terminal can.
        detail: whether every cluster, platform and measured feature of a direction is shown.
    """
    say(answer.brief.title, style="bold")
    show_audience(answer)
    show_directions(answer, detail=detail)
    if pictures_of is not None:
        from assistant.terminal.thumbnails import answer_cards, show_cards

        show_cards(answer_cards(answer, pictures_of), abreast=2)
    show_exemplars(answer)
    show_warnings(answer.warnings)
