"""What a theme is called and what is said of it: only sides to which its pictures lie."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.insights.themes.patterns import Trait
from prompts import render

SUBJECTS = ("cast", "framing")
"""Levers whose levels say who or what a picture is of."""
MOST = 0.5
"""Share of a theme's pictures that must have a level for the theme to be named by it."""
TONES = 2


def describe_theme(
    traits: Sequence[Trait],
    genres: Sequence[tuple[str, float, float]],
    artworks: int,
    titles: int,
) -> tuple[str, str]:
    """Name and description of a theme, by the templates `theme_name.txt` and `theme.txt`.

    A name has at most two tones, a subject and one thing beside it, each a trait; a level enters
    it only where at least half of the pictures have it.

    Args:
        traits: of `traits`, most telling first.
        genres: over-represented genres with their share of the theme's titles and of all.
    """
    named = [one for one in traits if one.share is None or one.share >= MOST]
    subjects = [one.pole for one in named if one.kind != "pole" and one.lever in SUBJECTS]
    tones = [one.pole for one in named if one.kind == "pole"][:TONES]
    beside = [one.pole for one in named if one.kind != "pole" and one.lever not in SUBJECTS]
    return (
        render(
            "theme_name.txt",
            tones=tones,
            subjects=subjects,
            beside=beside,
            named=bool(tones or subjects or beside),
        ),
        render("theme.txt", artworks=artworks, titles=titles, traits=traits, genres=genres),
    )
