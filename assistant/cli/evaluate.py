"""`assistant evaluate`: how good the tool's advice is on titles that it did not use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from assistant.cli.app import IndexOption, JsonOption, app

if TYPE_CHECKING:
    from assistant.answers.evaluation import Evaluation


def _interval(
    row: dict[str, Any], key: str = "accuracy", low: str = "low", high: str = "high"
) -> str:
    return f"{row[key]:.3f} ({row[low]:.3f} to {row[high]:.3f})"


def show_evaluation(found: Evaluation) -> None:
    """One table: pair picking over everything and by slice, calibration, uplift of exemplars."""
    from assistant.answers.evaluation import MODEL, REFERENCE
    from assistant.terminal.console import output
    from assistant.terminal.tables import table
    from index.io.safe_text import sanitise

    numbers = ("value (90% interval)", "the tool's lead over it", "on")
    drawn = table("On titles and impressions that were not used", "what", "method", *numbers,
                  right=numbers)  # fmt: skip
    for row in found.pairs:
        narrowed = [part for part in (row["cluster"], row["platform"]) if part != "all"]
        if len(narrowed) > 1 or (narrowed and row["method"] != MODEL):
            continue
        where = "".join(narrowed)
        lead = _interval(row, "margin", "margin_low", "margin_high")
        name = row["method"] + (" (not known of new artwork)" if row["method"] == REFERENCE else "")
        drawn.add_row(
            sanitise(f"better of two picked{', ' + where if where else ''}"),
            name,
            _interval(row),
            "" if row["method"] == MODEL else lead,
            f"{row['pairs']:,} pairs, {row['titles']} titles",
        )
    held = found.calibration
    drawn.add_row(
        "90% intervals of lifts hold the other half", "", _interval(held, "coverage"), "",
        f"{held['tags']:,} tags",
    )  # fmt: skip
    drawn.add_row(
        "P(lift > 0): mean gap to what came", "", f"{held['mean_gap']:.3f}", "",
        f"{held['tags']:,} tags",
    )  # fmt: skip
    labels = {"exemplars": "later lift of", "own_artwork": "later lift of own artwork"}
    for part, label in labels.items():
        compared = (found.exemplars or {}).get(part)
        if compared is None:
            continue
        for method, lift in compared["lift"].items():
            lead = compared["uplift"].get(method)
            drawn.add_row(
                label,
                method,
                _interval(lift, "mean"),
                "" if lead is None else _interval(lead, "mean"),
                f"{compared['briefs']} briefs",
            )
    output().print(drawn)


@app.command(epilog="Example: assistant evaluate --json")
def evaluate(
    index: IndexOption = None,
    seed: Annotated[int, typer.Option(help="Seed of folds, halves and resamples.")] = 7,
    json: JsonOption = False,
) -> None:
    """Check the advice: pairs picked right, calibration, and uplift of exemplars."""
    from assistant.answers.evaluation import evaluate as evaluate_index
    from assistant.answers.evaluation import keep_evaluation
    from assistant.settings import index_folder
    from assistant.terminal.console import emit_json, progress_bar
    from assistant.terminal.tables import show_warnings
    from index.store import open_index

    opened = open_index(index_folder(index))
    with progress_bar() as progress:
        found = evaluate_index(opened, seed=seed, progress=progress)
    keep_evaluation(found, opened)
    if json:
        emit_json(found.to_json())
    else:
        show_evaluation(found)
        show_warnings(found.notes)
