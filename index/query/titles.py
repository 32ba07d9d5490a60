"""How well titles and pictures fit a text: what a brief is held against, all rows at once."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from index.catalogue.words import split_words
from index.query.evidence import Catalogue, Scores, Words
from index.records import FloatMatrix

if TYPE_CHECKING:
    from index.store import Index

KINDS = 20.0
"""What having the very same genres and tags is worth beside a text's own fit."""


def fit_titles(index: Index, vector: FloatMatrix, kinds: Collection[str] = ()) -> Scores:
    """(titles,) how well each title fits a text, in standard deviations of what a word gives.

    What the title's text says and what its kinds tell of such texts count alike; where kinds are
    given, the share of them that a title has in common counts most.

    Args:
        index: an opened index.
        vector: (dimensions,) of the text, by the encoder of the index.
        kinds: genres and tags of what is looked for, in any case.
    """
    scores = np.asarray(index.vectors("topics"), np.float32) @ vector
    if kinds:
        scores += np.float32(KINDS) * share_kinds(index, kinds)
    return scores


def share_kinds(index: Index, kinds: Collection[str]) -> npt.NDArray[np.float32]:
    """(titles,) Jaccard similarity of each title's genres and tags with some, in any case."""
    wanted = {kind.casefold() for kind in kinds}
    table = index.table("titles", ["genres", "tags"])
    owned = zip(table["genres"].to_pylist(), table["tags"].to_pylist(), strict=True)
    sets = [{one.casefold() for one in (*split_words(a), *split_words(b))} for a, b in owned]
    return np.array([len(wanted & own) / max(len(wanted | own), 1) for own in sets], np.float32)


def fit_pictures(index: Index, vector: FloatMatrix) -> Scores:
    """(artworks,) how well each picture fits a text, in standard deviations of what a word gives.

    Args:
        index: an opened index.
        vector: (dimensions,) of the text, by the encoder of the index.
    """
    words = Words(Catalogue(index), vector, "picture", None)
    return words.scores(np.arange(index.artworks))
