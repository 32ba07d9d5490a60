"""Draws what a search found in the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.terminal.console import output, roomy, table
from assistant.wording import changes, in_words
from index.io.safe_text import sanitise

if TYPE_CHECKING:
    from index.query.search import Hit
    from index.query.standing import Standing, Standings


def show_hits(
    query: str, hits: Sequence[Hit], standings: Standings, who: str, catalogue: Path | None
) -> None:
    """Hits as a table, the good ones above a line.

    Args:
        who: whose plays are shown.
        catalogue: where their pictures lie; None to show none.
    """
    if catalogue is not None:
        from assistant.terminal.thumbnails import Card, show_cards

        show_cards(
            [
                Card(catalogue / hit.path, (hit.artwork_id, hit.title, f"{hit.score:.1f}"))
                for hit in hits
            ]
        )
    known = bool(standings.by_row)
    plays = "plays against its title" if who == "everyone" else f"plays with {sanitise(who)}"
    performance, files = (plays, "label") if known else (), ("file",) if roomy() else ()
    columns = ("score", "artwork", "title", *performance, *files)
    drawn = table(f"Nearest to {sanitise(query)}", *columns, right=("score", plays))
    good = sum(hit.good for hit in hits)
    for place, hit in enumerate(hits):
        if place and place == good:
            drawn.add_section()
        standing = standings.by_row.get(hit.row)
        lift = [_lift(standing, standings), standing.label if standing else ""] if known else []
        drawn.add_row(
            "named" if hit.named else f"{hit.score:.1f}",
            sanitise(hit.artwork_id),
            sanitise(hit.title),
            *lift,
            *(sanitise(hit.path) for _ in files),
        )
    output().print(drawn)
    if 0 < good < len(hits):
        matches = f"{good} good match{'' if good == 1 else 'es'}"
        rest = f"{len(hits) - good} weaker below the line, of less than half the best score"
        output().print(f"{matches}; {rest}.")
    output().print("Score: standard deviations above the average artwork.")


def _lift(standing: Standing | None, standings: Standings) -> str:
    if standing is None or standing.lift is None or standings.take_fraction is None:
        return ""
    assert standing.low is not None
    assert standing.high is not None
    return in_words(changes(standing.low, standing.lift, standing.high, standings.take_fraction))
