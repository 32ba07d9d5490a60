"""What is looked for, and what was found."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from index.errors import InputError
from index.query.evidence import By
from index.records import FloatMatrix

ImageLike = Path | FloatMatrix


@dataclass(frozen=True, slots=True, eq=False)
class Query:
    """What to look for; a negative weight ranks what resembles it lower.

    Attributes:
        texts: words and their weights.
        images: pictures and their weights. A picture is a file, or a unit vector of the space
            that compares images: "image" where the index has it, else "shared".
        by: what words are compared with: what a picture shows, what its title is about, or both.
        look: compare colour, light and layout instead.
    """

    texts: tuple[tuple[str, float], ...] = ()
    images: tuple[tuple[ImageLike, float], ...] = ()
    by: By = "both"
    look: bool = False

    def require_sense(self) -> None:
        """Raise an InputError unless it asks for something."""
        liked = [text.strip() for text, weight in self.texts if weight > 0]
        disliked = {text.strip() for text, weight in self.texts if weight < 0}
        for text, _ in self.texts:
            if not text.strip():
                raise InputError("the query is empty", hint="say what to look for")
            if any("\ud800" <= letter <= "\udfff" for letter in text):
                raise InputError("the query is not UTF-8 text", hint="type it again")
        if not liked and not any(weight > 0 for _, weight in self.images):
            hint = "say what to look for" if not disliked else "say what to look for beside --minus"
            raise InputError("the query is empty", hint=hint)
        if disliked & set(liked):
            raise InputError("the parts of the query cancel out", hint="ask for something else")


@dataclass(frozen=True, slots=True)
class Hit:
    """One artwork found.

    Attributes:
        path: relative to the catalogue folder.
        score: see `Searcher.find`.
        row: in the index's artworks and vectors.
        good: whether it is a good match, or only fills up what was asked for.
        named: whether the query names it or its title, or is its very picture.
    """

    artwork_id: str
    title_id: str
    path: str
    title: str
    score: float
    row: int
    good: bool = True
    named: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """What a search gave.

    Attributes:
        hits: best first.
        notes: how the query was read, one sentence each, where that is not plain.
    """

    hits: tuple[Hit, ...]
    notes: tuple[str, ...]
