"""`assistant board`: boards to put before a room."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.cli.app import CanvasesOption, IndexOption, JsonOption, app

if TYPE_CHECKING:
    from assistant.boards.desk import Desk
    from assistant.boards.files import Run
    from assistant.mockups.records import Mockup


def draw_beside(run: Run, desk: Desk, canvases: Path | None) -> dict[Path, list[Mockup]]:
    """Layout comps of every board's brief, in a folder beside the board, named after it."""
    from assistant.mockups.draw import Wishes, draw_mockups
    from assistant.terminal.console import notes, progress_bar
    from index.errors import InputError
    from index.io.safe_text import sanitise

    drawn: dict[Path, list[Mockup]] = {}
    with progress_bar() as progress:
        for one in run.boards:
            answer, first = one.board.answer, one.files[0]
            folder = first.with_name(f"{first.stem}-mockups")
            try:
                wishes = Wishes.of(answer.brief, extra_canvases=canvases)
                drawn[one.brief] = draw_mockups(
                    answer, one.board.suite, desk.index, desk.encoder, folder, wishes=wishes,
                    progress=progress,
                )  # fmt: skip
            except InputError as error:
                notes().print(f"no mockups for {sanitise(one.brief)}: {sanitise(error)}")
    return drawn


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
    canvases: CanvasesOption = None,
    mockups: Annotated[
        bool, typer.Option("--mockups", help="Draw layout comps too, in a folder beside a board.")
    ] = False,
    index: IndexOption = None,
    json: JsonOption = False,
) -> None:
    """Make a board for each brief, and a page over all of them."""
    from assistant.boards.files import find_briefs, read_formats, require_folder, write_boards
    from assistant.cli.opening import open_with_encoder
    from assistant.terminal.console import emit_json, notes, output, progress_bar
    from index.features.canvases import load_canvases
    from index.io.safe_text import sanitise

    require_folder(out)
    formats, paths, known = read_formats(form), find_briefs(briefs), load_canvases(canvases)
    opened, encoder = open_with_encoder(index)
    from assistant.answers.picks import load_picks, picked_for
    from assistant.boards.desk import Desk
    from assistant.boards.pictures import Pictures

    picks, desk = load_picks(opened.folder), Desk(opened, encoder, known)
    with progress_bar() as progress, warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", UserWarning)
        run = write_boards(
            paths,
            out,
            desk,
            Pictures(opened.catalogue_folder, opened.picture_roots),
            formats,
            k=k,
            picks=lambda title: picked_for(picks, title),
            progress=progress,
        )
    for told in dict.fromkeys(str(one.message) for one in caught if "letters" in str(one.message)):
        notes().print(f"note: {sanitise(told)}")
    for path, reason in run.failed:
        notes().print(f"no board for {sanitise(path)}: {sanitise(reason)}")
    for name, reason in run.unreadable:
        notes().print(f"no picture {sanitise(name)}: {sanitise(reason)}")
    drawn = draw_beside(run, desk, canvases) if mockups else {}
    if json:
        comps = [
            {"brief": str(path), "mockups": [one.to_json() for one in made]}
            for path, made in drawn.items()
        ]
        emit_json(run.to_json() | ({"mockups": comps} if mockups else {}))
    else:
        for one in run.boards:
            for file in (*one.files, *(comp.path for comp in drawn.get(one.brief, ()))):
                output().print(sanitise(file))
        if run.index is not None:
            output().print(sanitise(run.index))
    if run.failed:
        notes().print(f"{len(run.failed)} of {len(paths)} briefs failed, the others are written")
        raise typer.Exit(2)
