"""`assistant insights`: which features go with better or worse artwork, and for whom."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assistant.cli.app import IndexOption, JsonOption, app

if TYPE_CHECKING:
    from assistant.insights.report import InsightReport


def _where(row: dict[str, Any]) -> str:
    parts = [str(row[key]) for key in ("cluster", "platform", "genre", "country")]
    return " · ".join(part for part in parts if part not in {"all", "", "None"}) or "everyone"


def show_insights(report: InsightReport, k: int) -> None:
    """The strongest effects, then verdicts on registered beliefs; notes on stderr."""
    from assistant.console import notes, output, plain
    from assistant.insights.plain import plain_rows
    from assistant.render import table
    from assistant.words import phrase
    from index.records import Grade

    rows = [row for row in plain_rows(report.effects) if row["grade"] != Grade.INSUFFICIENT.value]
    numbers = ("lift, log-odds (90% interval)", "adjusted", "artworks", "titles")
    drawn = table("What goes with lift, inside titles", "feature", "per", "for", *numbers, "grade",
                  right=numbers)  # fmt: skip
    for row in rows[:k]:
        adjusted = row["adjusted_effect"]
        drawn.add_row(
            phrase(row["feature"], row["level"]),
            plain(row["step"]),
            plain(_where(row)),
            f"{row['effect']:+.2f} ({row['low']:+.2f} to {row['high']:+.2f})",
            "" if adjusted is None else f"{adjusted:+.2f}",
            f"{row['artworks']:,}",
            f"{row['titles']:,}",
            row["grade"],
        )
    if rows:
        output().print(drawn)
    else:
        output().print("Nothing can be told from chance: insufficient data.")
    if len(rows) > k:
        output().print(f"… and {len(rows) - k} weaker ones (-k, or --json for all).\n")
    for belief in report.beliefs:
        output().print(plain("; ".join(f"{key}: {value}" for key, value in belief.items())))
    for note in report.notes:
        notes().print(f"note: {plain(note)}")


@app.command(epilog="Example: assistant insights --hypotheses hypotheses.yaml -k 20")
def insights(
    index: IndexOption = None,
    hypotheses: Annotated[Path | None, typer.Option(help="Beliefs to be judged, in YAML.")] = None,
    k: Annotated[int, typer.Option("-k", min=1, max=1000, help="Effects to show.")] = 15,
    json: JsonOption = False,
) -> None:
    """Estimate which features go with better or worse artwork inside titles, and for whom."""
    from assistant.console import emit_json, progress_bar
    from assistant.insights.report import insights as report_on
    from assistant.settings import index_folder
    from index.store import open_index

    opened = open_index(index_folder(index))
    with progress_bar() as progress:
        report = report_on(opened, beliefs=hypotheses, progress=progress)
    if json:
        emit_json(report.to_json())
    else:
        show_insights(report, k)
