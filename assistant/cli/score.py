"""`assistant score`: how artwork that was never shown should do with a brief's audience."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assistant.cli.app import IndexOption, JsonOption, app

if TYPE_CHECKING:
    from assistant.answers.score import Scorer
    from assistant.answers.scores import Score

REASONS_SHOWN = 3


def show_scores(scorer: Scorer, ranked: list[tuple[Path, Score]]) -> None:
    """Candidates, best first, with what pulls each up and down."""
    from assistant.terminal.console import output
    from assistant.terminal.tables import table
    from assistant.wording import percent, relative_change
    from index.io.safe_text import sanitise

    if not scorer.better_than_chance:
        output().print(
            "Not shown to be better than chance: on titles that it had not seen, this prediction "
            "does not pick the better of two artworks often enough to tell, so the order below "
            "means nothing.\n"
        )
    numbers = ("predicted plays (90% interval)",)
    drawn = table(
        "Candidates against past artwork of average looks, for this audience",
        "", "image", *numbers, "pulls up", "pulls down", right=numbers,
    )  # fmt: skip
    alike = len({path.name for path, _ in ranked}) < len(ranked)
    for rank, (path, score) in enumerate(ranked, start=1):
        low, middle, high = (
            percent(relative_change(value, scorer.take_fraction))
            for value in (score.low, score.lift, score.high)
        )
        up = [reason.words for reason in score.reasons if reason.pull > 0][:REASONS_SHOWN]
        down = [reason.words for reason in score.reasons if reason.pull < 0][:REASONS_SHOWN]
        drawn.add_row(
            str(rank),
            sanitise(path if alike else path.name),
            f"{middle} ({low} to {high})",
            sanitise("; ".join(up)),
            sanitise("; ".join(down)),
        )
    output().print(drawn)
    rate = scorer.pick_rate
    if rate["accuracy"] is not None:
        output().print(
            "On titles it had not seen, it picks the better of two artworks "
            f"{rate['accuracy']:.0%} of the time (90% interval {rate['low']:.0%} to "
            f"{rate['high']:.0%}, {rate['pairs']:,} pairs; chance is 50%)."
        )


def scoring_json(
    scorer: Scorer, ranked: list[tuple[Path, Score]], about: dict[str, Any]
) -> dict[str, Any]:
    """The document of `score --json`; docs/json.md describes it."""
    return {
        **about,
        "take_fraction": round(scorer.take_fraction, 5),
        "learner": scorer.model.held_out.learner,
        "held_out": dict(scorer.pick_rate),
        "scores": [
            {"rank": rank, "path": str(path)} | score.to_json()
            for rank, (path, score) in enumerate(ranked, start=1)
        ],
        "notes": list(scorer.notes),
    }


@app.command(epilog="Example: assistant score one.jpg two.jpg --brief title.yaml")
def score(
    images: Annotated[list[Path], typer.Argument(metavar="IMAGE…", help="Candidate artworks.")],
    brief: Annotated[Path, typer.Option("--brief", "-b", help="A brief in YAML.")],
    index: IndexOption = None,
    json: JsonOption = False,
) -> None:
    """Rank candidate artworks for a brief's audience, with interval and reasons."""
    from assistant.answers.brief import brief_text, load_brief
    from assistant.cli.opening import open_with_encoder

    asked = load_brief(brief)
    opened, encoder = open_with_encoder(index)
    from assistant.answers.audience import resolve_audience
    from assistant.answers.score import fit_scorer, score_pictures
    from assistant.terminal.console import emit_json, notes, progress_bar
    from assistant.terminal.tables import show_warnings
    from index.errors import ImageUnreadable
    from index.io.images import read_image
    from index.io.safe_text import sanitise

    pictures, read, skipped = [], [], []
    for path in images:
        try:
            pictures.append(read_image(path))
            read.append(path)
        except ImageUnreadable as error:
            skipped.append(error)
    for one in skipped:
        notes().print(f"skipped: {sanitise(one)}")
    if not read:
        raise typer.Exit(2)
    audience = resolve_audience(asked, brief, opened, encoder.embed_texts([brief_text(asked)]))
    with progress_bar() as progress:
        scorer = fit_scorer(opened, audience, asked.platforms, progress=progress)
        scores = score_pictures(opened, encoder, pictures, scorer=scorer)
    ranked = sorted(zip(read, scores, strict=True), key=lambda pair: -pair[1].lift)
    if json:
        about = {
            "title": asked.title,
            "audience": [
                {"cluster": one.cluster, "weight": round(one.weight, 4)} for one in audience.shares
            ],
            "skipped": [{"path": str(one.path), "reason": one.reason} for one in skipped],
        }
        emit_json(scoring_json(scorer, ranked, about))
    else:
        show_scores(scorer, ranked)
        show_warnings(scorer.notes)
