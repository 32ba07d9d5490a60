"""`assistant variant`: one picture with a lever turned, to test against the picture itself."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from assistant.cli.app import IndexOption, JsonOption, app


@app.command(epilog="Example: assistant variant poster.jpg --lever light=-1")
def variant(
    image: Annotated[Path, typer.Argument(metavar="IMAGE", help="A picture file.")],
    lever: Annotated[
        list[str],
        typer.Option(
            help="LEVER=STEPS, such as light=-1; may be given again. Levers: light, contrast, "
            "colour-strength, temperature."
        ),
    ],
    out: Annotated[
        Path | None,
        typer.Option("-o", "--out", help="The PNG to write; by default beside the picture."),
    ] = None,
    index: IndexOption = None,
    json: JsonOption = False,
) -> None:
    """Turn light or colours of a picture by measured steps.

    Levers and their steps are those of the index: a step is as much as artwork of one title usually
    differs. Levers that are not named are held where they are, but for those that come with a named
    one in past artwork, so that a test of the two pictures tells about the lever alone.
    """
    from assistant.cli.opening import open_with_encoder
    from assistant.mockups.variant import make_variant, read_turns

    asked = read_turns(lever)
    opened, _ = open_with_encoder(index)
    made = make_variant(image, asked, opened, out)
    if json:
        from assistant.terminal.console import emit_json

        emit_json(made.to_json())
        return
    from assistant.terminal.mockups import show_variant

    show_variant(made)
