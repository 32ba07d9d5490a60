"""`assistant learn`: take in what experiments said."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.cli.app import IndexOption, JsonOption, app

if TYPE_CHECKING:
    import pandas as pd

    from index.store import Index


@app.command(epilog="Example: assistant learn results.csv --tests tests.yaml")
def learn(
    results: Annotated[
        list[Path],
        typer.Argument(
            metavar="RESULTS...",
            help="CSV or Parquet with arm (A or B), impressions, plays, and hypothesis (an id) or "
            "lever, pole, cluster, platform; better also with members and date.",
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
    from assistant.experiments.learning import what_changed
    from assistant.experiments.plan_file import load_plans
    from assistant.experiments.result_file import read_results
    from assistant.experiments.verdicts import judge
    from assistant.insights.evidence import read_effects, read_evidence
    from assistant.insights.json_values import json_rows
    from assistant.insights.outcomes import add_experiments, read_experiments
    from assistant.settings import index_folder
    from assistant.terminal.console import emit_json, output
    from assistant.terminal.learned import show_advice, show_learned, show_picks
    from index.io.safe_text import sanitise
    from index.store import EXPERIMENTS, amend_index, open_index

    folder = index_folder(index)
    registered = load_plans(tests or [])
    with open_index(folder) as opened:
        evidence = read_evidence(opened)
        read = read_results(results, evidence, registered)
        new = judge(read, read_experiments(opened))
        before = read_effects(opened)
        tags = opened.table("tags").to_pandas()
    kept = new

    def with_new(current: Index) -> dict[str, pd.DataFrame]:
        nonlocal kept
        kept = add_experiments(read_experiments(current), new)
        return {EXPERIMENTS: kept}

    generation = amend_index(folder, with_new)
    with open_index(folder) as opened:
        changes = what_changed(new, before, read_effects(opened))
    advice = score_advice(kept)
    picks = score_picks(tags, {pick.artwork_id for pick in load_picks(folder)})
    rows = json_rows(new)
    if json:
        aliases = [row | {"feature": row["lever"], "level": row["pole"]} for row in rows]
        emit_json(
            {
                "generation": generation,
                "experiments": aliases,
                "changed": [one.to_json() for one in changes],
                "advice": advice.to_json(),
                "picks": asdict(picks),
            }
        )
        return
    show_learned(rows, changes)
    show_advice(advice)
    show_picks(picks)
    count = f"{len(kept)} experiment{'s are' if len(kept) != 1 else ' is'}"
    output().print(sanitise(f"{count} kept in {folder}."))
