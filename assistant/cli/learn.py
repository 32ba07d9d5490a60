"""`assistant learn`: take in what experiments said."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assistant.cli.app import IndexOption, JsonOption, app

if TYPE_CHECKING:
    import pandas as pd

    from assistant.experiments.plan_file import RegisteredTest
    from index.store import Index


def show_learned(rows: list[dict[str, Any]], advice: dict[str, Any]) -> None:
    """Each experiment beside what was expected, then how advice has fared so far."""
    from assistant.terminal.console import output
    from assistant.terminal.tables import table
    from assistant.wording import percent, phrase, relative_change
    from index.io.safe_text import sanitise

    numbers = ("A against B, plays (90% interval)", "expected", "impressions")
    drawn = table("Learned", "experiment", "feature", "for", *numbers, "verdict", right=numbers)
    for row in rows:
        base = row["plays_b"] / row["impressions_b"]
        low, middle, high = (
            percent(relative_change(row[name], base)) for name in ("low", "effect", "high")
        )
        expected = row["expected_effect"]
        who = " · ".join(part for part in (row["cluster"], row["platform"]) if part != "all")
        drawn.add_row(
            sanitise(row["experiment"]),
            sanitise(phrase(row["feature"], row["level"])),
            sanitise(who or "everyone"),
            f"{middle} ({low} to {high})",
            "nothing" if expected is None else percent(relative_change(expected, base)),
            f"{row['impressions_a'] + row['impressions_b']:,}",
            row["verdict"],
        )
    output().print(drawn)
    if not advice["experiments"]:
        output().print("Nothing was expected of these experiments, so no advice can be scored.")
        return
    hit, inside, brier = advice["hit_rate"], advice["coverage"], advice["brier"]
    output().print(
        f"Of {advice['experiments']} experiments with an expectation ({advice['registered']} "
        f"written down before), the sign was right in {hit['value']:.0%} (90% interval "
        f"{hit['low']:.0%} to {hit['high']:.0%}), the result inside the expected 90% interval in "
        f"{inside['value']:.0%} ({inside['low']:.0%} to {inside['high']:.0%}); Brier score "
        f"{brier['value']:.3f}, where a coin has {brier['coin']:.2f}."
    )


def show_picks(picks: dict[str, Any]) -> None:
    """How artworks picked by hand did; nothing where nothing was picked."""
    from assistant.terminal.console import output

    if picks["picked"]:
        better = picks["better"]
        output().print(
            f"Of {picks['picked']} artworks picked by hand, {better['value']:.0%} did better than "
            f"their titles' others (90% interval {better['low']:.0%} to {better['high']:.0%}); of "
            f"all artwork {picks['of_all']:.0%} did. Picks made with performance in sight show no "
            "skill."
        )


def _rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    from assistant.insights.json_values import json_rows
    from assistant.insights.outcomes import verdict

    said = [verdict(row, row["expected_effect"]) for row in table.to_dict("records")]
    level = table["level"].astype(object).where(table["level"] != "", None)
    return json_rows(table.assign(level=level, verdict=said))


@app.command(epilog="Example: assistant learn results.csv --tests tests.yaml")
def learn(
    results: Annotated[
        Path,
        typer.Argument(
            metavar="RESULTS",
            help="CSV or Parquet with arm (A or B), impressions, plays, and hypothesis (an id) or "
            "feature, level, cluster, platform.",
        ),
    ],
    tests: Annotated[
        list[Path] | None,
        typer.Option("--tests", help="A file that `assistant hypotheses -o` wrote; repeatable."),
    ] = None,
    index: IndexOption = None,
    json: JsonOption = False,
) -> None:
    """Learn outcomes of experiments: grade what they decided, and score past advice."""
    from assistant.answers.picks import load_picks
    from assistant.experiments.advice import score_advice, score_picks
    from assistant.experiments.plan_file import load_plans
    from assistant.experiments.results import read_results
    from assistant.insights.outcomes import add_experiments, measure_outcomes, read_experiments
    from assistant.insights.report import read_evidence
    from assistant.settings import index_folder
    from assistant.terminal.console import emit_json, output
    from index.io.safe_text import sanitise
    from index.store import EXPERIMENTS, amend_index, open_index

    folder = index_folder(index)
    registered: dict[str, RegisteredTest] = {}
    for path in tests or []:
        registered |= load_plans(path)
    with open_index(folder) as opened:
        new = measure_outcomes(read_results(results, read_evidence(opened), registered))
        tags = opened.table("tags").to_pandas()
    kept = new

    def with_new(current: Index) -> pd.DataFrame:
        nonlocal kept
        kept = add_experiments(read_experiments(current), new)
        return kept

    generation = amend_index(folder, EXPERIMENTS, with_new)
    advice = score_advice(kept)
    picks = score_picks(tags, {pick.artwork_id for pick in load_picks(folder)})
    if json:
        learned = {"generation": generation, "experiments": _rows(new)}
        emit_json(learned | {"advice": advice, "picks": picks})
    else:
        show_learned(_rows(new), advice)
        show_picks(picks)
        output().print(sanitise(f"{len(kept)} experiments are kept in {folder}."))
