"""`assistant board`: boards to put before a room."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from assistant.cli.app import CanvasesOption, IndexOption, JsonOption, app


@app.command(epilog="Example: assistant board briefs/*.yaml -o boards --format html,md")
def board(
    briefs: Annotated[
        list[str], typer.Argument(metavar="BRIEF…", help="Briefs in YAML, folders or patterns.")
    ],
    out: Annotated[
        Path, typer.Option("-o", "--out", help="The folder that boards are written to.")
    ] = Path("boards"),
    form: Annotated[
        str, typer.Option("--format", help="Any of html, md, json, png, pptx, pdf, with commas.")
    ] = "html",
    k: Annotated[int, typer.Option("-k", min=1, max=48, help="Exemplars to show.")] = 8,
    seed: Annotated[int, typer.Option(help="Of the grouping into themes.")] = 7,
    canvases: CanvasesOption = None,
    index: IndexOption = None,
    json: JsonOption = False,
) -> None:
    """Make a board for each brief, and a page over all of them."""
    from assistant.boards.files import find_briefs, read_formats, write_boards
    from assistant.cli.opening import open_with_encoder
    from assistant.console import emit_json, notes, output, plain, progress_bar
    from index.canvases import load_canvases

    formats, paths, known = read_formats(form), find_briefs(briefs), load_canvases(canvases)
    opened, encoder = open_with_encoder(index)
    from assistant.boards.desk import Desk
    from assistant.boards.pictures import Pictures
    from assistant.insights.report import insights
    from assistant.picks import load_picks, picked_for

    picks = load_picks(opened.folder)
    with progress_bar() as progress:
        report = insights(opened, seed=seed, progress=progress) if opened.has("cells") else None
        run = write_boards(
            paths,
            out,
            Desk(opened, encoder, report, seed, known),
            Pictures(opened.catalogue_folder),
            formats,
            k=k,
            picks=lambda title: picked_for(picks, title),
            progress=progress,
        )
    for path, reason in run.failed:
        notes().print(f"no board for {plain(path)}: {plain(reason)}")
    for name, reason in run.unreadable:
        notes().print(f"no picture {plain(name)}: {plain(reason)}")
    if json:
        emit_json(run.to_json())
    else:
        for _, _, files in run.boards:
            for file in files:
                output().print(plain(file))
        if run.index is not None:
            output().print(plain(run.index))
    if run.failed:
        notes().print(f"{len(run.failed)} of {len(paths)} briefs failed, the others are written")
        raise typer.Exit(2)
