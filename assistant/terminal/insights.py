"""What an index says of its artwork, in the terminal: findings in plays, surest first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from assistant.insights.grading import NO_EFFECT
from assistant.insights.json_values import json_rows
from assistant.terminal.console import notes, output, table
from assistant.wording import change_of, in_words, listed, percent
from index.io.safe_text import sanitise
from index.records import ALL, Grade

if TYPE_CHECKING:
    from rich.table import Table

    from assistant.insights.beliefs import BeliefHistory
    from assistant.insights.report import InsightReport
    from assistant.insights.themes.themes import Theme

WIDTH = 100
_GRADES = [grade.value for grade in reversed(Grade)]
_PLAYS = "plays (90% interval)"
_COUNTS = "titles"
_ENDS = ("effect", "low", "high")


def show_insights(report: InsightReport, k: int, *, every_slice: bool = False) -> None:
    """Levers, conflicts, packages, themes, beliefs and what cannot be told; notes on stderr.

    Args:
        report: whole or narrowed.
        k: findings to show; a third of it of the rest.
        every_slice: list a side once for each slice instead of where it is surest.
    """
    _Page(report, k).show(every_slice=every_slice)


class _Page:
    """One report as it is printed; effects become plays at the report's take fraction."""

    def __init__(self, report: InsightReport, k: int) -> None:
        self.report, self.k, self.some = report, k, max(3, k // 3)
        self.base = report.take_fraction
        self.steps = {(one.name, one.side): one.change for one in report.design.contrasts}

    def show(self, *, every_slice: bool) -> None:
        """All of it."""
        rows = json_rows(self.report.effects)
        self.effects(rows, every_slice=every_slice)
        self.conflicts(json_rows(self.report.conflicts))
        self.packages(json_rows(self.report.confounders))
        self.carriers(json_rows(self.report.carriers))
        self.interactions(json_rows(self.report.interactions))
        for theme in self.report.themes:
            self.theme(theme)
        if not self.report.themes:
            _say(
                "Themes: no kind of picture comes back surely enough to be shown (insufficient "
                "data)."
            )
        self.beliefs()
        self.insufficient(rows)
        for note in self.report.notes:
            notes().print(f"note: {sanitise(note)}")

    def plays(self, row: Mapping[str, Any], steps: float, middle: str = "effect") -> str:
        """An effect over so many steps, in plays."""
        ends = {name: row.get(name) for name in ("low", middle, "high")}
        if any(value is None for value in ends.values()):
            return "cannot be told"
        scaled = {name: float(value or 0.0) * steps for name, value in ends.items()}
        change = change_of(scaled, middle, self.base)
        return "" if change is None else in_words(change)

    def effects(self, rows: Sequence[dict[str, Any]], *, every_slice: bool) -> None:
        """The surest findings, one a side unless every slice is wanted."""
        known = [row for row in rows if row["grade"] != Grade.INSUFFICIENT.value]
        if not known:
            if self.base:
                _say("Levers: nothing can be told from chance (insufficient data).")
            return
        chosen = known
        if not every_slice:
            first = {(row["name"], row["side"]): row for row in reversed(known)}
            chosen = [row for row in known if first[row["name"], row["side"]] is row]
        drawn = table("What goes with better and worse artwork of the same title", "turned", "for",
                      _PLAYS, _COUNTS, "grade", right=(_PLAYS, _COUNTS))  # fmt: skip
        for row in chosen[: self.k]:
            others = [
                one
                for one in known
                if one is not row and (one["name"], one["side"]) == (row["name"], row["side"])
            ]
            drawn.add_row(
                sanitise(row["side"]),
                sanitise(_where(row)) + ("" if every_slice else _elsewhere(row, others)),
                self.plays(row, float(row["change"])),
                f"{row['titles']:,}",
                row["grade"],
            )
        _draw(drawn)
        left = len(chosen) - self.k
        if left > 0:
            _say(f"… and {left:,} weaker {'rows' if every_slice else 'findings'} (-k, or --json).")

    def conflicts(self, rows: Sequence[dict[str, Any]]) -> None:
        """What helps in one slice and costs in another."""
        if not rows:
            return
        drawn = table("Conflicts: what helps with one audience and costs with another", "turned",
                      "helps", "costs", "grade")  # fmt: skip
        for row in rows[: self.some]:
            steps = self.steps[row["lever"], row["pole"]]
            drawn.add_row(
                sanitise(row["pole"]),
                *(self.side(row, side, steps) for side in ("helps", "hurts")),
                row["grade"],
            )
        _draw(drawn)
        if len(rows) > self.some:
            _say(f"… and {len(rows) - self.some:,} more conflicts (-k, or --json).")

    def side(self, row: Mapping[str, Any], side: str, steps: float) -> str:
        """One side of a conflict."""
        own = {
            key: row[f"{side}_{key}"] for key in ("cluster", "platform", "effect", "low", "high")
        }
        return f"{sanitise(_where(own))} {self.plays(own, steps)}"

    def packages(self, rows: Sequence[dict[str, Any]]) -> None:
        """Levers that travel together, each side with its surest companion."""
        if not rows:
            return
        numbers = ("correlation", "as it is", "with all else held")
        drawn = table("Packages: past artwork turned these together, so it cannot tell which it is",
                      "turned", "comes with", *numbers, "verdict", right=numbers)  # fmt: skip
        by_side: dict[tuple[str, str], dict[str, Any]] = {}
        for row in rows:
            by_side.setdefault((row["lever"], row["pole"]), row)
        for row in list(by_side.values())[: self.some]:
            steps = self.steps[row["lever"], row["pole"]]
            adjusted = {name: row[f"adjusted_{name}"] for name in _ENDS}
            drawn.add_row(
                sanitise(row["pole"]),
                sanitise(row["other_pole"]),
                f"{row['correlation']:+.2f}",
                self.plays(row, steps),
                self.plays(adjusted, steps),
                row["verdict"],
            )
        _draw(drawn)

    def carriers(self, rows: Sequence[dict[str, Any]]) -> None:
        """Levers that may be a person, each by the side that most titles vary in."""
        by_lever: dict[str, dict[str, Any]] = {}
        for row in rows:
            by_lever.setdefault(row["lever"], row)
        for row in list(by_lever.values())[: self.some]:
            steps = self.steps[row["lever"], row["pole"]]
            own, rest = (
                self.plays({name: row[f"{part}_{name}"] for name in _ENDS}, steps)
                for part in ("own", "rest")
            )
            _say(
                f"{sanitise(row['pole'])} may be {sanitise(row['person'])} and not the picture: "
                f"{own} in their {row['person_titles']} titles, {rest} in the others."
            )

    def interactions(self, rows: Sequence[dict[str, Any]]) -> None:
        """Pairs that do more, or less, together."""
        for row in rows:
            more = "more" if row["effect"] > 0 else "less"
            _say(
                f"Together {sanitise(row['pole'])} and {sanitise(row['other_pole'])} do {more} "
                f"than both apart for {sanitise(_where(row))}: {self.plays(row, 1.0)}, "
                f"{row['titles']} titles, {row['grade']}."
            )

    def theme(self, theme: Theme) -> None:
        """One theme: what it is, how it does and for whom, what failed inside it."""
        _say(f"Theme {theme.theme}: {sanitise(theme.name)}")
        _say(sanitise(theme.description))
        known = [row for row in theme.performance if row["grade"] != Grade.INSUFFICIENT.value]
        known.sort(key=lambda row: (_GRADES.index(row["grade"]), -abs(row["effect"])))
        if known:
            drawn = table("", "for", _PLAYS, _COUNTS, "grade", right=(_PLAYS, _COUNTS))
            drawn.title = None
            for row in known[: self.some]:
                drawn.add_row(
                    sanitise(_where(row)), self.plays(row, 1.0), f"{row['titles']:,}", row["grade"]
                )
            _draw(drawn)
        rest = len(theme.performance) - len(known)
        if rest and self.base:
            _say(f"Insufficient data in {rest} of {len(theme.performance)} slices.")
        for word, patterns in (("did worse", theme.failed), ("did better", theme.works)):
            for one in patterns[:2]:
                examples = ", ".join(one.get("artworks", ()))
                _say(
                    f"Inside it {word}: {sanitise(one['pole'])}, {self.plays(one, 1.0)}, "
                    f"{one['titles']} titles, {one['grade']}"
                    + (f", for example {sanitise(examples)}" if examples else "")
                    + "."
                )
        if theme.drift is not None:
            before, since = theme.drift["share_before"], theme.drift["share_since"]
            _say(
                f"Of all artwork {before:.0%} before {theme.drift['since']}, {since:.0%} since "
                f"(difference {theme.drift['low']:+.0%} to {theme.drift['high']:+.0%})."
            )
        _say(f"Pictures: {sanitise(', '.join(theme.representatives))}\n")

    def beliefs(self) -> None:
        """Verdicts on registered beliefs, what speaks for and against them at the same size."""
        if not self.report.beliefs:
            return
        sides = ("for it", "against it")
        drawn = table("Beliefs, judged on titles kept aside", "belief", "verdict", _PLAYS, *sides,
                      right=(_PLAYS,))  # fmt: skip
        for one in self.report.beliefs:
            steps, needed = self.steps.get((one["lever"], one["pole"]), 1.0), one["titles_needed"]
            drawn.add_row(
                f"{sanitise(one['pole'])}: {one['direction']}, for {sanitise(_where(one))}",
                one["verdict"],
                self.plays(one, steps)
                if one["effect"] is not None
                else f"{one['titles']} titles vary"
                + ("" if needed is None else f", {needed:,.0f} needed"),
                *(self.evidence(one[side], steps) for side in ("support", "contrary")),
            )
        _draw(drawn)

    def evidence(self, side: Mapping[str, Any], steps: float) -> str:
        """Titles that point one way and the most telling ones."""
        telling = ", ".join(
            f"{one['title_id']} {percent(self.change(one['effect'] * steps))}"
            for one in side["most_telling"]
        )
        return sanitise(f"{side['titles']} titles" + (f": {telling}" if telling else ""))

    def change(self, effect: float) -> float:
        """Log-odds as a relative change of plays."""
        found = change_of({"low": effect, "effect": effect, "high": effect}, "effect", self.base)
        return 0.0 if found is None else found.middle

    def insufficient(self, rows: Sequence[dict[str, Any]]) -> None:
        """What cannot be told, and the titles it would take; over everyone first."""
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
        short.sort(
            key=lambda row: (_where(row) != "everyone", row["titles_needed"] - row["titles"])
        )
        seen: dict[tuple[str, str], dict[str, Any]] = {}
        for row in short:
            seen.setdefault((row["name"], row["side"]), row)
        numbers = ("titles that vary", "titles needed")
        drawn = table("Insufficient data (to see a change of a tenth)", "turned", "for", *numbers,
                      right=numbers)  # fmt: skip
        for row in list(seen.values())[: self.some]:
            drawn.add_row(
                sanitise(row["side"]),
                sanitise(_where(row)),
                f"{row['titles']:,}",
                f"{row['titles_needed']:,.0f}",
            )
        _draw(drawn)
        if len(short) > self.some:
            _say(f"… of {len(short):,} comparisons with too few titles (--json).")


def show_history(history: BeliefHistory) -> None:
    """How often the beliefs that were ever judged with this index were right."""
    right = history.right
    said = f"{history.judged} belief{'s' if history.judged != 1 else ''} judged so far"
    if right.value is None or right.low is None or right.high is None:
        _say(f"{said}, none decided.")
    else:
        _say(f"{said}, {right.n} decided: right in {right.value:.0%} ({right.low:.0%} to "
             f"{right.high:.0%}).")  # fmt: skip


def _elsewhere(row: Mapping[str, Any], others: Sequence[Mapping[str, Any]]) -> str:
    """ " and 4 more the same way, 2 the other way", so that no sum hides a contradiction."""
    ways = Counter("the same way" if one["effect"] * row["effect"] > 0 else "the other way"
                   for one in others)  # fmt: skip
    said = [f"{count} {way}" for way, count in sorted(ways.items(), reverse=True)]
    return f" (elsewhere {listed(said)})" if said else ""


def _draw(drawn: Table) -> None:
    """Print a table whose numbers stay on one line; words fold instead."""
    for column in drawn.columns:
        column.no_wrap = column.justify == "right"
        column.min_width = None if column.no_wrap else min(len(str(column.header)) + 2, 11)
    output().print(drawn, width=min(WIDTH, output().width))


def _say(text: str) -> None:
    output().print(text, width=min(WIDTH, output().width))


def _where(row: Mapping[str, Any]) -> str:
    parts = [str(row.get(key)) for key in ("cluster", "platform", "genre", "country")]
    return " · ".join(part for part in parts if part not in {ALL, "", "None"}) or "everyone"
