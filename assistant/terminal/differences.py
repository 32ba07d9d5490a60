"""How two sets of artwork differ, in the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from assistant.terminal.answer import say
from assistant.terminal.thumbnails import Card, show_cards
from assistant.wording import capital

if TYPE_CHECKING:
    from assistant.answers.comparison import Difference
    from assistant.answers.gallery import Gallery

WITH_PICTURES = 3
"""Differences that are shown in pictures too."""


def show_differences(
    gallery: Gallery,
    names: tuple[str, str],
    counts: Sequence[int],
    shared: int,
    found: Sequence[Difference],
) -> None:
    """A sentence for each difference, and the artwork of both sets that shows it most."""
    say(f"{names[0]} ({counts[0]:,} artworks) against {names[1]} ({counts[1]:,})", style="bold")
    if shared:
        say(f"{shared:,} artworks are in both sets and are left out.")
    if not found:
        say("Nothing differs: no difference holds on both halves of the titles.")
        return
    paths = dict(zip(gallery.ids, gallery.paths, strict=True))
    for number, one in enumerate(found):
        say(f"{capital(one.sentence)} ({one.titles} titles checked it).")
        first, second = one.examples
        say(f"{', '.join(first)} against {', '.join(second)}", mark="")
        if number < WITH_PICTURES:
            pairs = zip(first, second, strict=False)
            show_cards(
                [Card(paths[artwork], (artwork,)) for pair in pairs for artwork in pair],
                abreast=2,
            )
