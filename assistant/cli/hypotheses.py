"""`assistant hypotheses`: what to test next for a brief."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from assistant.cli.app import IndexOption, JsonOption, app


@app.command(epilog="Example: assistant hypotheses title.yaml --traffic 50000 -o tests.yaml")
def hypotheses(
    path: Annotated[Path, typer.Argument(metavar="BRIEF", help="A brief in YAML.")],
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="Record them in this .yaml or .json file.")
    ] = None,
    traffic: Annotated[
        float | None,
        typer.Option(min=1, help="Impressions a day of the title's artwork; gives days."),
    ] = None,
    smallest: Annotated[
        float,
        typer.Option(min=0.001, max=10, help="Relative change of plays worth having (0.1 = 10%)."),
    ] = 0.1,
    design: Annotated[
        Literal["fixed", "always-valid"],
        typer.Option(
            help="fixed: judged once, at its end. always-valid: judged at any look, with a third "
            "more impressions."
        ),
    ] = "fixed",
    k: Annotated[int, typer.Option("-k", min=1, max=50, help="Tests to propose.")] = 5,
    index: IndexOption = None,
    json: JsonOption = False,
) -> None:
    """Turn the strongest open questions of a brief into tests of two variants."""
    from assistant.answers.brief import load_brief
    from assistant.cli.opening import open_with_encoder

    asked = load_brief(path)
    opened, encoder = open_with_encoder(index)
    from assistant.answers.answer import answer_brief
    from assistant.experiments.designs import Design
    from assistant.experiments.plan_file import plans_json, write_plans
    from assistant.experiments.plans import propose_tests
    from assistant.terminal.console import emit_json, notes
    from assistant.terminal.plans import show_plans
    from index.io.safe_text import sanitise

    answer = answer_brief(asked, path, opened, encoder)
    plans = propose_tests(
        answer, opened, k=k, traffic=traffic, smallest_change=smallest, design=Design(design)
    )
    if out is not None:
        write_plans(out, asked.title, plans)
        count = f"{len(plans)} test{'s' if len(plans) != 1 else ''}"
        notes().print(f"{count} recorded in {sanitise(out)}")
    if json:
        emit_json(plans_json(asked.title, plans))
    else:
        show_plans(plans)
