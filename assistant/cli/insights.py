"""`assistant insights`: which features go with better or worse artwork, and for whom."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.cli.app import IndexOption, JsonOption, app

if TYPE_CHECKING:
    from index.records import FloatMatrix
    from index.store import Index


def _brief_text(path: Path, index: Index) -> FloatMatrix:
    from assistant.answers.brief import brief_text, load_brief
    from index.encoders import load_cached

    asked = load_brief(path)
    made = index.manifest
    return load_cached(made.encoder, made.encoder_fingerprint).embed_texts([brief_text(asked)])


@app.command(
    epilog="Examples: assistant insights --hypotheses hypotheses.yaml -k 20   |   "
    "assistant insights --lever darker --cluster romance-drama"
)
def insights(
    index: IndexOption = None,
    lever: Annotated[
        str | None,
        typer.Option(
            "--lever", "--feature", help="One lever, pole or feature: light, darker, brightness."
        ),
    ] = None,
    cluster: Annotated[str | None, typer.Option(help="One member cluster, or 'all'.")] = None,
    platform: Annotated[str | None, typer.Option(help="One platform, or 'all'.")] = None,
    genre: Annotated[
        str | None, typer.Option(help="Effects and themes among titles of one genre.")
    ] = None,
    brief: Annotated[
        Path | None, typer.Option(help="Themes among the titles most like this brief.")
    ] = None,
    hypotheses: Annotated[Path | None, typer.Option(help="Beliefs to be judged, in YAML.")] = None,
    k: Annotated[int, typer.Option("-k", min=1, max=1000, help="Findings to show.")] = 12,
    json: JsonOption = False,
) -> None:
    """Say which levers and themes go with better artwork inside titles, and for whom."""
    from assistant.insights.beliefs import remember_beliefs
    from assistant.insights.report import Focus, members_of
    from assistant.insights.report import insights as report_on
    from assistant.settings import index_folder
    from assistant.terminal.console import emit_json, progress_bar, show_warnings
    from index.errors import ArtworkIndexError
    from index.store import open_index

    folder = index_folder(index)
    opened = open_index(folder)
    text = None if brief is None else _brief_text(brief, opened)
    focus = Focus(lever, cluster, platform, genre)
    with progress_bar() as progress:
        report = report_on(
            opened, focus=focus, beliefs=hypotheses, genre=genre, text=text, progress=progress
        ).narrowed(focus)
    history = None
    try:
        history = remember_beliefs(folder, report.beliefs) if report.beliefs else None
    except ArtworkIndexError as error:
        show_warnings([f"verdicts on beliefs were not kept: {error}"])
    if json:
        kept = None if history is None else asdict(history)
        emit_json(report.to_json(members_of(opened, focus)) | {"belief_history": kept})
    else:
        from assistant.insights.index_cache import lookup
        from assistant.terminal.insights import show_history, show_insights

        names = lookup(opened, "clusters", "cluster", "name")
        show_insights(report, k, names=names, every_slice=lever is not None)
        if history is not None:
            show_history(history)
