"""`assistant evaluate`: how good the tool's advice is on titles that it did not use."""

from __future__ import annotations

from typing import Annotated

import typer

from assistant.cli.app import IndexOption, JsonOption, app


@app.command(epilog="Example: assistant evaluate --json")
def evaluate(
    index: IndexOption = None,
    seed: Annotated[int, typer.Option(help="Seed of folds, halves and resamples.")] = 7,
    json: JsonOption = False,
) -> None:
    """Check the advice on titles that it did not use; boards print the result."""
    import pandas as pd

    from assistant.answers.evaluation import evaluate as evaluate_index
    from assistant.settings import index_folder
    from assistant.terminal.console import emit_json, progress_bar, show_warnings
    from assistant.terminal.evaluation import show_evaluation
    from index.errors import ArtworkIndexError
    from index.store import EVALUATION, amend_index, open_index

    folder = index_folder(index)
    with open_index(folder) as opened, progress_bar() as progress:
        found = evaluate_index(opened, seed=seed, progress=progress)
    warnings = list(found.notes)
    try:
        told = pd.DataFrame({"sceptic": [found.sceptic]})
        amend_index(folder, lambda _: {EVALUATION: told})
    except ArtworkIndexError as error:
        warnings.append(f"boards cannot print this: {error}")
    if json:
        emit_json(found.to_json())
    else:
        show_evaluation(found)
    show_warnings(warnings)
