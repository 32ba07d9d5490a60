"""`assistant score`: how artwork that was never shown should do with a brief's audience."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assistant.cli.app import IndexOption, JsonOption, app

if TYPE_CHECKING:
    from assistant.answers.picture_fit import Fit
    from assistant.answers.score import Scorer
    from assistant.answers.scores import Score


def scoring_json(
    scorer: Scorer, ranked: Sequence[tuple[Path, Score, Fit]], about: dict[str, Any]
) -> dict[str, Any]:
    """The document of `score --json`; docs/json.md describes it."""
    return {
        **about,
        "take_fraction": round(scorer.take_fraction, 5),
        "learner": scorer.model.held_out.learner,
        "held_out": dict(scorer.pick_rate),
        "scores": [
            {"rank": rank, "path": str(path)}
            | score.to_json()
            | {"fits": fit.fits, "fit": round(fit.probability, 4)}
            for rank, (path, score, fit) in enumerate(ranked, start=1)
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
    from assistant.answers.brief import load_brief
    from assistant.cli.opening import open_with_encoder

    asked = load_brief(brief)
    opened, encoder = open_with_encoder(index)
    from assistant.answers.match import match_brief
    from assistant.answers.picture_fit import measure_fit, rank_by_fit
    from assistant.answers.score import fit_scorer, score_pictures
    from assistant.terminal.console import emit_json, notes, progress_bar, show_warnings
    from assistant.terminal.scores import show_scores
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
    match = match_brief(asked, brief, opened, encoder)
    with progress_bar() as progress:
        scorer = fit_scorer(opened, match.audience, asked.platforms, progress=progress)
        embedded = encoder.embed_images([picture.pixels for picture in pictures])
        vectors = embedded.shared if embedded.image is None else embedded.image
        scores = score_pictures(scorer, pictures, vectors)
    fits = measure_fit(match, opened, embedded.shared, vectors)
    order = rank_by_fit(fits, [one.lift for one in scores])
    ranked = [(read[at], scores[at], fits[at]) for at in order]
    if json:
        about = {
            "title": asked.title,
            "audience": [
                {"cluster": one.cluster, "weight": round(one.weight, 4)}
                for one in match.audience.shares
            ],
            "skipped": [{"path": str(one.path), "reason": one.reason} for one in skipped],
        }
        emit_json(scoring_json(scorer, ranked, about))
    else:
        show_scores(scorer, ranked)
        show_warnings(scorer.notes)
