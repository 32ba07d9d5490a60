"""`assistant hypotheses`: what to test next for a brief."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.cli.app import IndexOption, JsonOption, app

if TYPE_CHECKING:
    from assistant.experiments.plans import TestPlan


def show_plans(plans: tuple[TestPlan, ...]) -> None:
    """Each test in a few lines."""
    from assistant.terminal.console import output
    from assistant.wording import percent, relative_change
    from index.io.safe_text import sanitise

    if not plans:
        output().print("No question stands out: past artwork suggests no effect worth a test.")
        return
    for number, plan in enumerate(plans, start=1):
        low, middle, high = (
            percent(relative_change(value, plan.take_fraction))
            for value in (plan.low, plan.effect, plan.high)
        )
        output().print(sanitise(f"{number}. {plan.question}  [{plan.id}]"), style="bold")
        along = f" ({', '.join(plan.moves_along)} will move with it)" if plan.moves_along else ""
        lines = [
            f"change    {plan.change}{along}",
            f"keep      {', '.join(plan.keep) or 'everything else'}",
            f"why open  {plan.why}",
            f"past says {middle} plays for A ({low} to {high}), {plan.grade}",
        ]
        for arm in plan.arms:
            shown = ", ".join(f"{one['artwork_id']} of {one['title_id']}" for one in arm.artworks)
            lines.append(f"like {arm.name}    {shown or 'no past artwork'}")
        days = "" if plan.days is None else f", {plan.days:,} day{'s' if plan.days != 1 else ''}"
        lines.append(
            f"measure   {plan.metric}, {plan.impressions_per_arm:,} impressions an arm{days}, to "
            f"see {percent(plan.smallest_change)} on {plan.take_fraction:.1%}"
        )
        for line in lines:
            output().print(sanitise(f"   {line}"))
        output().print()


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
    from assistant.experiments.plan_file import plans_json, write_plans
    from assistant.experiments.plans import propose_tests
    from assistant.insights.report import insights
    from assistant.terminal.console import emit_json, notes, progress_bar
    from index.io.safe_text import sanitise

    answer = answer_brief(asked, path, opened, encoder)
    with progress_bar() as progress:
        report = insights(opened, progress=progress)
    plans = propose_tests(answer, report, opened, k=k, traffic=traffic, smallest_change=smallest)
    if out is not None:
        write_plans(out, asked.title, plans)
        notes().print(f"{len(plans)} tests recorded in {sanitise(out)}")
    if json:
        emit_json(plans_json(asked.title, plans))
    else:
        show_plans(plans)
