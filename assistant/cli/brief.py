"""`assistant brief`: answer one brief."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from assistant.cli.app import CanvasesOption, IndexOption, JsonOption, NoImagesOption, app


@app.command(epilog="Example: assistant brief title.yaml --index artwork-index -k 6")
def brief(
    path: Annotated[Path, typer.Argument(metavar="BRIEF", help="A brief in YAML.")],
    index: IndexOption = None,
    k: Annotated[int, typer.Option("-k", min=1, max=200, help="Exemplars to show.")] = 12,
    detail: Annotated[
        bool,
        typer.Option("--detail", help="Show each direction by cluster, platform and feature."),
    ] = False,
    mockups: Annotated[
        Path | None, typer.Option(help="Draw layout comps, as the brief wishes, into this folder.")
    ] = None,
    no_images: NoImagesOption = False,
    canvases: CanvasesOption = None,
    json: JsonOption = False,
) -> None:
    """Say what a new title's artwork should do, and show past artwork that worked and failed."""
    from assistant.answers.brief import load_brief
    from assistant.cli.opening import open_with_encoder
    from index.features.canvases import load_canvases

    asked, known = load_brief(path), load_canvases(canvases)
    opened, encoder = open_with_encoder(index)
    from assistant.answers.answer import answer_brief
    from assistant.answers.picks import load_picks, picked_for

    picks = picked_for(load_picks(opened.folder), asked.title)
    answer = answer_brief(asked, path, opened, encoder, k=k, picks=picks, canvases=known)
    drawn = None
    if mockups is not None:
        from assistant.answers.suite import plan_suite
        from assistant.mockups.draw import Wishes, draw_mockups
        from assistant.terminal.console import progress_bar

        wishes = Wishes.of(asked, extra_canvases=canvases)
        with progress_bar() as progress:
            drawn = draw_mockups(
                answer,
                plan_suite(answer, opened),
                opened,
                encoder,
                mockups,
                wishes=wishes,
                progress=progress,
            )
    if json:
        from assistant.terminal.console import emit_json

        pictures = {} if drawn is None else {"mockups": [one.to_json() for one in drawn]}
        emit_json({**answer.to_json(opened), **pictures})
        return
    from assistant.terminal.answer import show_answer

    show_answer(answer, None if no_images else opened.catalogue_folder, detail=detail)
    if drawn:
        from assistant.terminal.mockups import show_mockups

        show_mockups(drawn, answer.take_fraction)
