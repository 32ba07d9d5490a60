"""How a title is put into words before it is embedded; the same for past titles and for briefs."""

from __future__ import annotations

from collections.abc import Sequence


def title_text(name: str, synopsis: str, genres: Sequence[str], tags: Sequence[str]) -> str:
    """One text of a title, for embedding.

    What is absent leaves no trace, so that a catalogue without synopses still compares like
    with like.
    """
    parts = (
        name,
        synopsis,
        f"Genres: {', '.join(genres)}" if genres else "",
        f"Tags: {', '.join(tags)}" if tags else "",
    )
    return ". ".join(part.strip().rstrip(".") for part in parts if part.strip())
