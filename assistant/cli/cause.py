"""`assistant cause`: what turning one lever would do, if the assumptions hold."""

from __future__ import annotations

from typing import Annotated

import typer

from assistant.cli.app import IndexOption, JsonOption, app


@app.command(epilog="Example: assistant cause light --pole darker --cluster thriller-horror")
def cause(
    lever: Annotated[
        str, typer.Argument(help="A lever, pole or feature: light, darker, brightness.")
    ],
    pole: Annotated[
        str | None,
        typer.Option("--pole", "--level", help="One pole or level, such as darker or two people."),
    ] = None,
    cluster: Annotated[str, typer.Option(help="Member cluster.")] = "all",
    platform: Annotated[str, typer.Option(help="Platform.")] = "all",
    genre: Annotated[str, typer.Option(help="Titles of one genre.")] = "all",
    seed: Annotated[int, typer.Option(help="Seed of splits and learners.")] = 7,
    index: IndexOption = None,
    json: JsonOption = False,
) -> None:
    """Estimate what turning a lever would do, as past artwork turned it and for itself alone."""
    from assistant.insights.causal.lever_causes import read_lever
    from assistant.insights.effects import EffectSlice
    from assistant.insights.index_cache import lookup
    from assistant.settings import index_folder
    from assistant.terminal.console import emit_json
    from index.store import open_index

    opened = open_index(index_folder(index))
    where = EffectSlice(cluster, platform, genre)
    readings, notes = read_lever(opened, lever, pole, where=where, seed=seed)
    if json:
        first = readings[0].to_json()
        every = [reading.to_json() for reading in readings]
        emit_json(first | {"readings": every, "notes": list(notes)})
        return
    from assistant.terminal.cause import show_readings

    show_readings(readings, notes, lookup(opened, "clusters", "cluster", "name"))
