"""`assistant mockup`: draw what brief and evidence ask for, and measure what was drawn."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.cli.app import CanvasesOption, IndexOption, JsonOption, app

if TYPE_CHECKING:
    from assistant.mockups.records import Painter

PAINTERS = ("layout", "still", "diffusers")


@app.command(epilog="Example: assistant mockup title.yaml -n 4 -o mockups")
def mockup(
    path: Annotated[Path, typer.Argument(metavar="BRIEF", help="A brief in YAML.")],
    index: IndexOption = None,
    out: Annotated[
        Path, typer.Option("-o", "--out", help="Pictures go into a folder there, one a title.")
    ] = Path("mockups"),
    count: Annotated[
        int | None, typer.Option("-n", min=1, max=64, help="Mockups; else what the brief says.")
    ] = None,
    painter: Annotated[
        str | None,
        typer.Option(
            help="layout (the default): wireframes. still: comps of --still. "
            "diffusers: a diffusion model."
        ),
    ] = None,
    still: Annotated[
        list[Path] | None,
        typer.Option(help="A still or key art of yours to make comps of; may be given again."),
    ] = None,
    model: Annotated[
        str | None, typer.Option(help="diffusers: a local folder or hub id, safetensors only.")
    ] = None,
    seed: Annotated[
        int | None, typer.Option(help="Of the first mockup; the next count up.")
    ] = None,
    canvas: Annotated[
        list[str] | None, typer.Option(help="Draw for this canvas; may be given again.")
    ] = None,
    canvases: CanvasesOption = None,
    best_of: Annotated[
        int,
        typer.Option(min=1, max=32, help="Paint N candidates for each mockup and keep the best."),
    ] = 1,
    mark: Annotated[
        bool, typer.Option("--mark/--no-mark", help="Print “inspiration” and the safe area.")
    ] = True,
    templates: Annotated[
        Path | None,
        typer.Option(help="A folder with your own prompt templates.", exists=True, file_okay=False),
    ] = None,
    negative: Annotated[
        str, typer.Option(help="Phrases to add to the negative prompt, with commas between.")
    ] = "",
    steps: Annotated[
        int | None, typer.Option(min=1, max=500, help="diffusers: denoising steps.")
    ] = None,
    guidance: Annotated[
        float | None, typer.Option(min=0, max=50, help="diffusers: guidance scale.")
    ] = None,
    size: Annotated[
        str | None, typer.Option(help="diffusers: WIDTHxHEIGHT; else the canvas's shape.")
    ] = None,
    guide: Annotated[
        str,
        typer.Option(help="diffusers: start from a `layout` comp or a permitted `exemplar`."),
    ] = "none",
    strength: Annotated[
        float, typer.Option(min=0.05, max=1, help="diffusers: how far it may leave the guide.")
    ] = 0.6,
    ip_adapter: Annotated[
        Path | None,
        typer.Option(help="diffusers: IP-Adapter weights; it looks at a permitted exemplar."),
    ] = None,
    controlnet: Annotated[
        str | None, typer.Option(help="diffusers: an edge ControlNet; it follows a layout comp.")
    ] = None,
    rights: Annotated[
        list[str] | None,
        typer.Option(help="Also permit exemplars with these `rights`; may be given again."),
    ] = None,
    json: JsonOption = False,
) -> None:
    """Draw mockups from a brief and its evidence, and measure what each really has.

    Every picture is marked as inspiration, to people and to machines, and says in its PNG and in a
    JSON file beside it what it was made from. A run that is stopped keeps its finished pictures.
    """
    from assistant.answers.brief import load_brief
    from assistant.boards.files import require_folder, safe_name

    asked = load_brief(path)
    require_folder(out, "pictures", ("png", "jpg", "jpeg", "webp"))
    made = _painter(
        painter or ("still" if still else "layout"),
        model,
        still or [],
        steps=steps,
        guidance=guidance,
        size=size,
        guide=guide,
        strength=strength,
        ip_adapter=ip_adapter,
        controlnet=controlnet,
        mark=mark,
    )
    from assistant.answers.answer import answer_brief
    from assistant.answers.suite import plan_suite
    from assistant.cli.opening import open_with_encoder
    from assistant.mockups.draw import Wishes, draw_mockups
    from assistant.terminal.console import progress_bar
    from index.features.canvases import load_canvases

    opened, encoder = open_with_encoder(index)
    answer = answer_brief(asked, path, opened, encoder, canvases=load_canvases(canvases))
    wishes = Wishes.of(
        asked,
        count=count,
        seed=seed,
        canvases=tuple(canvas) if canvas else None,
        extra_canvases=canvases,
        templates=templates,
        negative=negative,
        mark=mark,
        best_of=best_of,
        exemplars=guide == "exemplar" or ip_adapter is not None,
        rights=tuple(rights or ()),
    )
    with progress_bar() as progress:
        drawn = draw_mockups(
            answer,
            plan_suite(answer, opened),
            opened,
            encoder,
            out / safe_name(asked.title),
            painter=made,
            wishes=wishes,
            progress=progress,
        )
    if json:
        from assistant.terminal.console import emit_json

        emit_json({"title": asked.title, "mockups": [one.to_json() for one in drawn]})
        return
    from assistant.terminal.mockups import show_mockups

    show_mockups(drawn, answer.take_fraction, best_of)


def _painter(
    name: str,
    model: str | None,
    stills: list[Path],
    *,
    steps: int | None,
    guidance: float | None,
    size: str | None,
    guide: str,
    strength: float,
    ip_adapter: Path | None,
    controlnet: str | None,
    mark: bool,
) -> Painter:
    from index.errors import InputError

    if name not in PAINTERS:
        raise InputError(f"there is no painter {name!r}", hint=f"use {' or '.join(PAINTERS)}")
    if stills and name != "still":
        raise InputError(f"the {name} painter takes no --still", hint="leave --painter out")
    if name != "diffusers" and model is not None:
        raise InputError(f"the {name} painter takes no model", hint="add --painter diffusers")
    if name == "layout":
        from assistant.mockups.layout import LayoutPainter

        return LayoutPainter(mark=mark)
    if name == "still":
        from assistant.mockups.still import StillPainter

        if not stills:
            raise InputError("the still painter needs a still", hint="add --still FILE")
        return StillPainter(stills, mark=mark)
    from assistant.mockups.diffusers_loading import PaintOptions
    from assistant.mockups.diffusers_painter import GUIDES, MODEL, DiffusersPainter

    if guide not in GUIDES:
        raise InputError(f"there is no guide {guide!r}", hint=f"use {', '.join(GUIDES)}")
    options = PaintOptions(steps, guidance, _size(size), guide, strength, ip_adapter, controlnet)
    return DiffusersPainter(model or MODEL, options, mark=mark)


def _size(text: str | None) -> tuple[int, int] | None:
    from index.errors import InputError

    if text is None:
        return None
    found = re.fullmatch(r"(\d{2,5})[x×](\d{2,5})", text.strip())
    if found is None:
        raise InputError(f"{text!r} is no size", hint="write it as --size 512x768")
    return int(found[1]), int(found[2])
