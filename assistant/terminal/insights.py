"""What an index says of its artwork, in the terminal: findings in plays, surest first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from assistant.insights.grading import NO_EFFECT
from assistant.insights.json_values import json_rows
from assistant.terminal.console import output, roomy, show_warnings, table
from assistant.wording import change_of, in_words, percent, relative_change, slice_words
from index.io.safe_text import sanitise
from index.records import Grade

if TYPE_CHECKING:
    from rich.table import Table

    from assistant.insights.beliefs import BeliefHistory
    from assistant.insights.report import InsightReport
    from assistant.insights.themes.themes import Theme

WIDTH = 100
_GRADES = [grade.value for grade in reversed(Grade)]
_PLAYS = "plays (90% interval)"
_COUNTS = "titles"


def show_insights(
    report: InsightReport,
    k: int,
    *,
    names: Mapping[str, str] | None = None,
    every_slice: bool = False,
) -> None:
    """Levers, conflicts, packages, themes, beliefs and what cannot be told; notes on stderr.

    Args:
        k: findings to show; a third of it of the rest.
        names: of member clusters, by id; else they are called by their ids.
        every_slice: list a side once for each slice instead of where it is surest.
    """
    _Page(report, k, names).show(every_slice=every_slice)


class _Page:
    """One report as it is printed; effects become plays at the report's take fraction."""

    def __init__(self, report: InsightReport, k: int, names: Mapping[str, str] | None) -> None:
        self.report, self.k, self.some, self.names = report, k, max(3, k // 3), names
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
        show_warnings(self.report.notes)

    def plays(self, row: Mapping[str, Any], steps: float = 1.0, part: str = "") -> str:
        """An effect over so many steps, in plays."""
        change = change_of(row, "effect", self.base, steps=steps, part=part)
        return "cannot be told" if change is None else in_words(change)

    def where(self, row: Mapping[str, Any], part: str = "") -> str:
        """Whom a row is of, clusters by name."""
        keys = (f"{part}{key}" for key in ("cluster", "platform", "genre", "country"))
        return sanitise(slice_words(*map(row.get, keys), names=self.names))

    def effects(self, rows: Sequence[dict[str, Any]], *, every_slice: bool) -> None:
        """The surest findings, one a side unless every slice is wanted."""
        known = [row for row in rows if row["grade"] != Grade.INSUFFICIENT.value]
        if not known:
            if self.base:
                _say("Levers: nothing can be told from chance (insufficient data).")
            return
        chosen = known if every_slice else _firsts(known, "name", "side")
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
                self.where(row) + ("" if every_slice else _elsewhere(row, others)),
                self.plays(row, float(row["change"])),
                f"{row['titles']:,}",
                row["grade"],
            )
        _draw(drawn)
        left = len(chosen) - self.k
        if left > 0:
            _say(f"… and {left:,} weaker {'rows' if every_slice else 'findings'} (-k, or --json).")

    def conflicts(self, rows: Sequence[dict[str, Any]]) -> None:
        """What helps in one slice and costs in another, once a side before any comes again."""
        if not rows:
            return
        drawn = table("Conflicts: what helps with one audience and costs with another", "turned",
                      "helps", "costs", "grade")  # fmt: skip
        firsts = _firsts(rows, "lever", "pole")
        rest = [row for row in rows if row not in firsts]
        for row in (*firsts, *rest)[: self.some]:
            steps = self.steps[row["lever"], row["pole"]]
            helps, costs = (
                f"{self.where(row, f'{side}_')} {self.plays(row, steps, f'{side}_')}"
                for side in ("helps", "hurts")
            )
            drawn.add_row(sanitise(row["pole"]), helps, costs, row["grade"])
        _draw(drawn)
        if len(rows) > self.some:
            _say(f"… and {len(rows) - self.some:,} more conflicts (-k, or --json).")

    def packages(self, rows: Sequence[dict[str, Any]]) -> None:
        """Levers that travel together, each side with its surest companion."""
        if not rows:
            return
        wide = ("correlation",) if roomy() else ()
        plays = ("as it is", "with all else held")
        drawn = table("Packages: what past artwork turned together, and what is left of each",
                      "turned", "comes with", *wide, *plays, "verdict",
                      right=(*wide, *plays))  # fmt: skip
        for row in _firsts(rows, "lever", "pole")[: self.some]:
            steps = self.steps[row["lever"], row["pole"]]
            drawn.add_row(
                sanitise(row["pole"]),
                sanitise(row["other_pole"]),
                *(f"{row['correlation']:+.2f}" for _ in wide),
                self.plays(row, steps),
                self.plays(row, steps, "adjusted_"),
                row["verdict"],
            )
        _draw(drawn)

    def carriers(self, rows: Sequence[dict[str, Any]]) -> None:
        """Levers that may be a person, each by the side that most titles vary in."""
        for row in _firsts(rows, "lever")[: self.some]:
            steps = self.steps[row["lever"], row["pole"]]
            own, rest = (self.plays(row, steps, part) for part in ("own_", "rest_"))
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
                f"than both apart for {self.where(row)}: {self.plays(row)}, "
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
                drawn.add_row(self.where(row), self.plays(row), f"{row['titles']:,}", row["grade"])
            _draw(drawn)
        rest = len(theme.performance) - len(known)
        if rest and self.base:
            _say(f"Insufficient data in {rest} of {len(theme.performance)} slices.")
        for word, patterns in (("did worse", theme.failed), ("did better", theme.works)):
            for one in patterns[:2]:
                examples = ", ".join(one.get("artworks", ()))
                _say(
                    f"Inside it {word}: {sanitise(one['pole'])}, {self.plays(one)}, "
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
                f"{sanitise(one['pole'])}: {one['direction']}, for {self.where(one)}",
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
            f"{one['title_id']} {percent(relative_change(one['effect'] * steps, self.base))}"
            for one in side["most_telling"]
        )
        return sanitise(f"{side['titles']} titles" + (f": {telling}" if telling else ""))

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
            key=lambda row: (self.where(row) != "everyone", row["titles_needed"] - row["titles"])
        )
        numbers = ("titles that vary", "titles needed")
        drawn = table("Insufficient data (to see a change of a tenth)", "turned", "for", *numbers,
                      right=numbers)  # fmt: skip
        for row in _firsts(short, "name", "side")[: self.some]:
            drawn.add_row(
                sanitise(row["side"]),
                self.where(row),
                f"{row['titles']:,}",
                f"{row['titles_needed']:,.0f}",
            )
        _draw(drawn)
        if len(short) > self.some:
            _say("… and more comparisons with too few titles (--json).")


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
    """ "4 agree, 2 disagree" on a line of its own, so that no sum hides a contradiction."""
    agree = sum(one["effect"] * row["effect"] > 0 for one in others)
    ways = ((agree, "agree"), (len(others) - agree, "disagree"))
    said = [f"{count} {way}" for count, way in ways if count]
    return f"\nelsewhere {', '.join(said)}" if said else ""


def _draw(drawn: Table) -> None:
    """Print a table whose numbers stay on one line; words fold instead."""
    for column in drawn.columns:
        column.no_wrap = column.justify == "right"
        column.min_width = None if column.no_wrap else min(len(str(column.header)) + 2, 11)
    output().print(drawn, width=min(WIDTH, output().width))


def _say(text: str) -> None:
    output().print(text, width=min(WIDTH, output().width))


def _firsts(rows: Sequence[dict[str, Any]], *names: str) -> list[dict[str, Any]]:
    """The first row of each combination of values of some columns."""
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in rows:
        found.setdefault(tuple(row[name] for name in names), row)
    return list(found.values())
