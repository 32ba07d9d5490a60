"""Which pictures to look at next: those of which an attribute is least sure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from index.build.attribute_change import find_attribute
from index.query.attributes import read_examples
from index.store import Index


@dataclass(frozen=True, slots=True)
class Doubt:
    """A picture near the threshold.

    Attributes:
        margin: its score less the threshold, in standard deviations of the index's scores.
        has: what the attribute says of it.
    """

    artwork_id: str
    title_id: str
    path: str
    margin: float
    has: bool


def most_uncertain(index: Index, name: str, k: int = 12) -> list[Doubt]:
    """The `k` artworks nearest the threshold, one a title, without those already labelled.

    Uncertainty sampling: Lewis & Gale, SIGIR 1994.

    Raises:
        InputError: there is no such attribute.
    """
    attribute = find_attribute(index, name)
    scores = attribute.scores(index.vectors(attribute.space))
    spread = float(scores.std()) or 1.0
    margins = (scores - attribute.threshold) / spread
    labelled = {one.artwork_id for one in read_examples(index) if one.attribute == attribute.name}
    table = index.table("artworks")
    ids, titles, paths = (
        table[column].to_pylist() for column in ("artwork_id", "title_id", "path")
    )
    doubts: list[Doubt] = []
    seen: set[str] = set()
    for row in np.argsort(np.abs(margins), kind="stable").tolist():
        if ids[row] in labelled or titles[row] in seen:
            continue
        margin = float(margins[row])
        doubts.append(Doubt(ids[row], titles[row], paths[row], margin, margin >= 0))
        seen.add(titles[row])
        if len(doubts) == k:
            break
    return doubts
