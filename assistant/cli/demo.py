"""`assistant demo`: from nothing to an answered brief."""

from __future__ import annotations

import shutil
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from assistant.cli.app import JsonOption, app

SHOWN = 6


def _copy_briefs(folder: Path) -> list[Path]:
    """The example briefs, copied beside the demo; briefs that a user has changed are kept."""
    from assistant.demo.truth import example_briefs

    folder.mkdir(parents=True, exist_ok=True)
    for source in example_briefs():
        target = folder / source.name
        if not target.exists():
            shutil.copyfile(source, target)
    return sorted(folder.glob("*.yaml"))


@app.command(epilog="Example: assistant demo demo")
def demo(
    folder: Annotated[Path, typer.Argument(help="Where to put the demo.")] = Path("demo"),
    seed: Annotated[int, typer.Option(help="Seed of the catalogue.")] = 7,
    json: JsonOption = False,
) -> None:
    """Draw a demo catalogue, index it and answer one brief.

    The artwork is drawn and the behaviour simulated from a written-down truth.
    """
    from assistant.answers.answer import answer_brief
    from assistant.answers.brief import load_brief
    from assistant.cli.indexing import report_json, show_report
    from assistant.cli.opening import open_with_encoder
    from assistant.demo import catalogue_is_current, write_catalogue
    from assistant.demo.truth import MAIN_BRIEF
    from assistant.insights.evidence import find_out, keep_findings
    from assistant.terminal.answer import show_answer
    from assistant.terminal.console import emit_json, notes, output, progress_bar
    from index.build import build_index
    from index.encoders import load_encoder
    from index.io.safe_text import sanitise

    catalogue, index = folder / "catalogue", folder / "index"
    with progress_bar() as progress:
        if not catalogue_is_current(catalogue, seed):
            write_catalogue(catalogue, seed=seed, progress=progress)
        report = build_index(
            catalogue,
            index,
            encoder=load_encoder(),
            seed=seed,
            progress=progress,
            learn=partial(find_out, progress=progress),
        )
        report = replace(report, generation=keep_findings(index, progress))
    briefs = _copy_briefs(folder / "briefs")
    main = folder / "briefs" / MAIN_BRIEF
    opened, encoder = open_with_encoder(index)
    answer = answer_brief(load_brief(main), main, opened, encoder, k=SHOWN)
    if json:
        emit_json({"index": report_json(report, index), "brief": answer.to_json(opened)})
        return
    show_report(report, index)
    notes().print(
        "The demo's artwork is drawn and its members are simulated; nothing in it is real.\n"
    )
    show_answer(answer)
    others = [brief for brief in briefs if brief != main]
    output().print("Try next:")
    for command in (
        f"assistant brief {others[0] if others else main} --index {index}",
        f'assistant similar "mountains at sunset" --index {index}',
        f"assistant clusters --index {index}",
        f"assistant features {catalogue}/images/*_1.jpg",
        "assistant --help",
    ):
        output().print(f"  {sanitise(command)}")
