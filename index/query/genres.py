"""The genres of a brief as the catalogue spells them, and those that it does not have."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from index.catalogue.words import split_words
from index.io.nearest_name import name_hint

if TYPE_CHECKING:
    from index.store import Index


def meet_genres(index: Index, genres: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Genres in the catalogue's spelling, and a sentence for each that no title has."""
    cells = index.table("titles", ["genres"])["genres"].unique().to_pylist()
    known = sorted({word for cell in cells for word in split_words(cell)})
    by_form = {word.casefold(): word for word in known}
    unmet = tuple(
        f"no title of the catalogue has the genre {genre!r}; {name_hint(genre, known)}"
        for genre in genres
        if genre.casefold() not in by_form and known
    )
    return tuple(by_form.get(genre.casefold(), genre) for genre in genres), unmet
