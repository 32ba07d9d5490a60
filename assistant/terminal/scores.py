"""Scored candidates in the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.terminal.console import output, table
from assistant.wording import changes, in_words
from index.io.safe_text import sanitise

if TYPE_CHECKING:
    from assistant.answers.picture_fit import Fit
    from assistant.answers.score import Scorer
    from assistant.answers.scores import Score

REASONS_SHOWN = 3


def show_scores(scorer: Scorer, ranked: Sequence[tuple[Path, Score, Fit]]) -> None:
    """Candidates, those that fit the brief first, with what pulls each up (+) and down (−)."""
    if not scorer.better_than_chance:
        output().print(
            "Not shown to be better than chance: on titles that it had not seen, this prediction "
            "does not pick the better of two artworks often enough, so the order of predicted "
            "plays below means nothing.\n"
        )
    plays = "plays (90% interval)"
    drawn = table(
        "Predicted plays for this brief, against past artwork of average looks",
        "", "image", "fits the brief", plays, "why", right=(plays,),
    )  # fmt: skip
    alike = len({path.name for path, _, _ in ranked}) < len(ranked)
    for rank, (path, score, fit) in enumerate(ranked, start=1):
        up = [reason.words for reason in score.reasons if reason.pull > 0][:REASONS_SHOWN]
        down = [reason.words for reason in score.reasons if reason.pull < 0][:REASONS_SHOWN]
        why = [f"{sign} {', '.join(words)}" for sign, words in (("+", up), ("−", down)) if words]
        drawn.add_row(
            str(rank),
            sanitise(path if alike else path.name),
            f"{fit.word} ({fit.probability:.0%})",
            in_words(changes(score.low, score.lift, score.high, scorer.take_fraction)),
            "\n".join(map(sanitise, why)),
        )
    output().print(drawn)
    if any(fit.word == "unsure" for _, _, fit in ranked):
        output().print(
            "Unsure: more probably of the brief's kind than not, but so are more than 5% of the "
            "past artworks of other kinds."
        )
    rate = scorer.pick_rate
    if rate["accuracy"] is not None:
        output().print(
            "On titles it had not seen, it picks the better of two artworks "
            f"{rate['accuracy']:.0%} of the time (90% interval {rate['low']:.0%} to "
            f"{rate['high']:.0%}, {rate['pairs']:,} pairs; chance is 50%)."
        )
