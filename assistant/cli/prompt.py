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
            help="A folder with your own image_prompt.txt, image_sentences.txt and so on.",
            exists=True,
            file_okay=False,
        ),
    ] = None,
    negative: Annotated[
        str, typer.Option(help="Phrases to add to the negative prompt, with commas between.")
    ] = "",
    tokens: Annotated[
        int,
        typer.Option(min=8, max=1000, help="Token limit of models that read tags; CLIP's is 77."),
    ] = 77,
    canvases: CanvasesOption = None,
    json: JsonOption = False,
) -> None:
    """Write prompts for an image model, with the reason for every phrase.

    Each concept has one as tags, for models with CLIP text encoders, and one as sentences, for
    those with a T5 or another language model; both at full length and in thirty words. Phrases
    come from the brief and from graded evidence only; what the brief avoids is never asked for.
    """
    from assistant.answers.answer import answer_brief
    from assistant.answers.brief import load_brief
    from assistant.answers.suite import plan_suite
    from assistant.cli.opening import open_with_encoder
    from assistant.mockups.aims import gather_aims
    from assistant.mockups.ideas import plan_ideas
    from assistant.mockups.prompt import both_kinds
    from index.features.canvases import load_canvases
    from index.query.levers import read_levers

    asked = load_brief(path)
    opened, encoder = open_with_encoder(index)
    known = load_canvases(canvases)
    answer = answer_brief(asked, path, opened, encoder, canvases=known)
    levers = read_levers(opened)
    built = [
        (
            idea,
            *both_kinds(
                asked,
                gather_aims(asked, idea, levers),
                templates=templates,
                limit=tokens,
                extra_negative=negative,
            ),
        )
        for idea in plan_ideas(answer, plan_suite(answer, opened))
    ]
    if json:
        from assistant.terminal.console import emit_json

        emit_json(
            {
                "title": asked.title,
                "prompts": [
                    {
                        "concept": {"key": idea.key, "name": idea.name},
                        **tags.to_json(),
                        "sentences": sentences.to_json(),
                    }
                    for idea, tags, sentences in built
                ],
            }
        )
        return
    from assistant.terminal.mockups import show_prompt

    for idea, tags, sentences in built:
        show_prompt(idea, tags, sentences)
