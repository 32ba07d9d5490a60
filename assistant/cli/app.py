"""The Typer application and the options that every command shares."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from assistant.cli.commands import LazyCommands

app = typer.Typer(
    name="assistant",
    cls=LazyCommands,
    help=(
        "Tells what past artwork worked, for whom and how sure we are.\n\n"
        "Start with: assistant demo"
    ),
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)

IndexOption = Annotated[
    Path | None,
    typer.Option(
        "--index",
        "-i",
        help="The index folder, here or s3://…; else $ASSISTANT_INDEX, else ./artwork-index.",
        show_default=False,
    ),
]
NoImagesOption = Annotated[
    bool, typer.Option("--no-images", help="Tables only, no pictures in the terminal.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document to stdout.")]

CanvasesOption = Annotated[
    Path | None,
    typer.Option(
        "--canvases",
        metavar="FILE",
        help="More canvases, in YAML: `name: {size: [w, h], safe: …}`.",
    ),
]


def _show_version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        typer.echo(version("artwork-assistant"))
        raise typer.Exit


@app.callback()
def options(
    debug: Annotated[
        bool, typer.Option("--debug", help="Show the traceback when something goes wrong.")
    ] = False,
    version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version."),
    ] = False,
) -> None:
    """Take the options that stand before the command's name; `main` reads --debug itself."""
