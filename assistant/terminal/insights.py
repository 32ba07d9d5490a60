"""Draws a report of insights in the terminal, within 100 columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from assistant.insights.grading import NO_EFFECT
from assistant.terminal.console import notes, output
from assistant.terminal.tables import table
from assistant.wording import phrase
from index.io.safe_text import sanitise
from index.records import ALL, Grade

if TYPE_CHECKING:
    from rich.table import Table

    from assistant.insights.report import InsightReport
    from assistant.insights.themes.themes import Theme

WIDTH = 100
_GRADES = [grade.value for grade in reversed(Grade)]
_LIFT = "lift (90% interval)"
_COUNTS = "artworks/\ntitles"


def show_insights(report: InsightReport, k: int, *, every_slice: bool = False) -> None:
    """Effects, conflicts, confounders, themes, beliefs and what cannot be told; notes on stderr.

    Args:
        report: whole or narrowed.
        k: effects and conflicts to show; a third of it of the rest.
        every_slice: list a feature once for each slice instead of where it is surest.
    """
    from assistant.insights.json_values import json_rows

    rows = json_rows(report.effects)
    show_effects(rows, k, every_slice=every_slice)
    some = max(3, k // 3)
    show_conflicts(json_rows(report.conflicts), some)
    show_confounders(json_rows(report.confounders), some)
    for theme in report.themes:
        show_theme(theme, some)
    if not report.themes:
        _say("Themes: no kind of picture comes back surely enough to be shown (insufficient data).")
    show_beliefs(report.beliefs)
    show_insufficient(rows, some)
    for note in report.notes:
        notes().print(f"note: {sanitise(note)}")


def show_effects(rows: Sequence[dict[str, Any]], k: int, *, every_slice: bool) -> None:
    """The surest effects, one a feature unless every slice is wanted."""
    known = [row for row in rows if row["grade"] != Grade.INSUFFICIENT.value]
    if not known:
        _say("Effects: nothing can be told from chance (insufficient data).")
        return
    chosen, also = known, dict[tuple[Any, Any], int]()
    if not every_slice:
        for row in known:
            key = (row["feature"], row["level"])
            also[key] = also.get(key, 0) + 1
        first = {(row["feature"], row["level"]): row for row in reversed(known)}
        chosen = [row for row in known if first[row["feature"], row["level"]] is row]
    numbers = (_LIFT, "adjusted", _COUNTS)
    drawn = table("What goes with lift, inside titles (log-odds)", "feature", "for", *numbers,
                  "grade", right=numbers)  # fmt: skip
    for row in chosen[:k]:
        more = also.get((row["feature"], row["level"]), 1) - 1
        drawn.add_row(
            f"{_called(row)}, {_step(row)}",
            sanitise(_where(row)) + (f" +{more} more" if more else ""),
            _lift(row),
            "" if row["adjusted_effect"] is None else f"{row['adjusted_effect']:+.2f}",
            f"{row['artworks']:,}/{row['titles']:,}",
            row["grade"],
        )
    _draw(drawn)
    if len(chosen) > k:
        left = len(chosen) - k
        _say(f"… and {left:,} weaker {'rows' if every_slice else 'features'} (-k, or --json).")


def show_conflicts(rows: Sequence[dict[str, Any]], k: int) -> None:
    """What goes with more lift in one slice and with less in another."""
    if not rows:
        return
    sides = ("higher for", "lower for")
    drawn = table("Conflicts: higher lift with one audience, lower with another (log-odds)",
                  "feature", *sides, "grade")  # fmt: skip
    for row in rows[:k]:
        drawn.add_row(f"{_called(row)}, {_step(row)}", _side(row, "helps"), _side(row, "hurts"),
                      row["grade"])  # fmt: skip
    _draw(drawn)
    if len(rows) > k:
        _say(f"… and {len(rows) - k:,} more conflicts (-k, or --json).")


def show_confounders(rows: Sequence[dict[str, Any]], k: int) -> None:
    """Features that travel together, before and after adjusting."""
    if not rows:
        return
    numbers = ("corr.", "before adjusting", "after")
    drawn = table("Confounders: features that travel together inside titles (log-odds)", "feature",
                  "travels with", *numbers, "verdict", right=numbers)  # fmt: skip
    strongest = {(row["feature"], row["level"]): row for row in reversed(rows)}
    for row in list(reversed(strongest.values()))[:k]:
        adjusted = {name: row[f"adjusted_{name}"] for name in ("effect", "low", "high")}
        drawn.add_row(
            _called(row),
            sanitise(phrase(row["other"], row["other_level"])),
            f"{row['correlation']:+.2f}",
            _lift(row),
            _lift(adjusted),
            row["verdict"],
        )
    _draw(drawn)
    if len(rows) > k:
        _say(f"… and {len(rows) - k:,} more pairs (-k, or --json).")


def show_theme(theme: Theme, k: int) -> None:
    """One theme: what it is, how it does and for whom, what failed inside it."""
    _say(f"Theme {theme.theme}: {sanitise(theme.name)}")
    _say(sanitise(theme.description))
    known = [row for row in theme.performance if row["grade"] != Grade.INSUFFICIENT.value]
    known.sort(key=lambda row: (_GRADES.index(row["grade"]), -abs(row["effect"])))
    if known:
        numbers = (_LIFT, _COUNTS)
        drawn = table("", "for", *numbers, "grade", right=numbers)
        drawn.title = None
        for row in known[:k]:
            counts = f"{row['artworks']:,}/{row['titles']:,}"
            drawn.add_row(sanitise(_where(row)), _lift(row), counts, row["grade"])
        _draw(drawn)
    rest = len(theme.performance) - len(known)
    if rest:
        _say(f"Insufficient data in {rest} of {len(theme.performance)} slices.")
    for told, patterns in (("did worse", theme.failed), ("did better", theme.works)):
        for one in patterns[:2]:
            examples = ", ".join(one.get("artworks", ()))
            _say(
                f"Inside it {told}: {_called(one)}, {_step(one)}: {_lift(one)} on "
                f"{one['titles']} titles, {one['grade']}"
                + (f", e.g. {sanitise(examples)}" if examples else "")
                + "."
            )
    if theme.drift is not None:
        before, since = theme.drift["share_before"], theme.drift["share_since"]
        _say(f"Of all artwork {before:.0%} before {theme.drift['since']}, {since:.0%} since "
             f"(difference {theme.drift['low']:+.0%} to {theme.drift['high']:+.0%}).")  # fmt: skip
    _say(f"Pictures: {sanitise(', '.join(theme.representatives))}\n")


def show_beliefs(beliefs: Sequence[dict[str, Any]]) -> None:
    """Verdicts on registered beliefs, what speaks for and against them at the same size."""
    if not beliefs:
        return
    sides = ("for it", "against it")
    drawn = table("Beliefs, judged on titles kept aside (log-odds)", "belief", "verdict", _LIFT,
                  *sides, right=(_LIFT,))  # fmt: skip
    for one in beliefs:
        needed = one["titles_needed"]
        drawn.add_row(
            f"{_called(one)}, {_step(one)}: {one['direction']}, for {sanitise(_where(one))}",
            one["verdict"],
            _lift(one)
            if one["effect"] is not None
            else f"{one['titles']} titles vary"
            + ("" if needed is None else f", {needed:,.0f} needed"),
            *(_evidence(one[side]) for side in ("support", "contrary")),
        )
    _draw(drawn)


def show_insufficient(rows: Sequence[dict[str, Any]], k: int) -> None:
    """What cannot be told, and the titles it would take; over everyone first, each feature once."""
    short = [
        row
        for row in rows
        if row["grade"] == Grade.INSUFFICIENT.value
        and row["titles_needed"] is not None
        and row["titles_needed"] > row["titles"]
        and row["reason"] != NO_EFFECT
    ]
    if not short:
        return
    short.sort(key=lambda row: (_where(row) != "everyone", row["titles_needed"] - row["titles"]))
    nearest = list({(row["feature"], row["level"]): row for row in reversed(short)}.values())[::-1]
    numbers = ("titles that vary", "titles needed")
    drawn = table("Insufficient data (to see 0.1 log-odds)", "feature", "for", *numbers,
                  "reason", right=numbers)  # fmt: skip
    for row in nearest[:k]:
        drawn.add_row(f"{_called(row)}, {_step(row)}", sanitise(_where(row)), f"{row['titles']:,}",
                      f"{row['titles_needed']:,.0f}", row["reason"])  # fmt: skip
    _draw(drawn)
    if len(short) > k:
        _say(f"… of {len(short):,} comparisons with too few titles (--json).")


def _draw(drawn: Table) -> None:
    """Print a table whose numbers stay on one line; words fold instead."""
    for column in drawn.columns:
        column.no_wrap = column.justify == "right"
        column.min_width = None if column.no_wrap else min(len(str(column.header)) + 2, 11)
    output().print(drawn, width=WIDTH)


def _say(text: str) -> None:
    output().print(text, width=WIDTH)


def _called(row: dict[str, Any]) -> str:
    return sanitise(phrase(row["feature"], row["level"]))


def _step(row: dict[str, Any]) -> str:
    """The change in a few words: "+1 sd", "against 0"."""
    step = str(row["step"]).split(" (")[0]
    return sanitise(step.removeprefix(f"{row['level']} "))


def _where(row: dict[str, Any]) -> str:
    parts = [str(row.get(key)) for key in ("cluster", "platform", "genre", "country")]
    return " · ".join(part for part in parts if part not in {ALL, "", "None"}) or "everyone"


def _lift(row: dict[str, Any]) -> str:
    if row["effect"] is None:
        return "cannot be told"
    if row["low"] is None or row["high"] is None:
        return f"{row['effect']:+.2f}"
    return f"{row['effect']:+.2f} ({row['low']:+.2f} to {row['high']:+.2f})"


def _side(row: dict[str, Any], side: str) -> str:
    own = {key: row[f"{side}_{key}"] for key in ("cluster", "platform", "effect", "low", "high")}
    return f"{sanitise(_where(own))} {_lift(own)}"


def _evidence(side: dict[str, Any]) -> str:
    telling = ", ".join(f"{one['title_id']} {one['effect']:+.2f}" for one in side["most_telling"])
    return sanitise(f"{side['titles']} titles" + (f": {telling}" if telling else ""))
