"""`assistant prompt`: what an image model would be asked for, and why."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from assistant.cli.app import CanvasesOption, IndexOption, JsonOption, app


@app.command(epilog="Example: assistant prompt title.yaml --index artwork-index")
def prompt(
    path: Annotated[Path, typer.Argument(metavar="BRIEF", help="A brief in YAML.")],
    index: IndexOption = None,
    templates: Annotated[
        Path | None,
        typer.Option(
            help="A folder with your own image_prompt.txt or image_negative.txt.",
            exists=True,
            file_okay=False,
        ),
    ] = None,
    negative: Annotated[
        str, typer.Option(help="Phrases to add to the negative prompt, parted by commas.")
    ] = "",
    tokens: Annotated[
        int, typer.Option(min=8, max=1000, help="The model's token limit; CLIP's is 77.")
    ] = 77,
    canvases: CanvasesOption = None,
    json: JsonOption = False,
) -> None:
    """Write prompts for an image model, with the reason for every phrase.

    Phrases come from the brief and from graded evidence only; what the brief avoids is never
    asked for.
    """
    from assistant.answers.answer import answer_brief
    from assistant.answers.brief import load_brief
    from assistant.cli.opening import open_with_encoder
    from assistant.mockups.aims import gather_aims
    from assistant.mockups.concept import plan_concepts
    from assistant.mockups.prompt import build_prompt
    from index.features.canvases import load_canvases

    asked = load_brief(path)
    opened, encoder = open_with_encoder(index)
    known = load_canvases(canvases)
    answer = answer_brief(asked, path, opened, encoder, canvases=known)
    built = [
        (
            concept,
            build_prompt(
                asked,
                gather_aims(asked, concept),
                templates=templates,
                limit=tokens,
                extra_negative=negative,
            ),
        )
        for concept in plan_concepts(answer, path, opened, encoder, known)
    ]
    if json:
        from assistant.terminal.console import emit_json

        emit_json(
            {
                "title": asked.title,
                "prompts": [
                    {"concept": {"key": one.key, "name": one.name}, **made.to_json()}
                    for one, made in built
                ],
            }
        )
        return
    from assistant.terminal.mockups import show_prompt

    for concept, made in built:
        show_prompt(concept, made)
