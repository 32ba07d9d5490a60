"""Which pictures to label next: some teach an attribute most, some say how often it is right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from index.build.attribute_change import find_attribute
from index.build.attribute_make import labelled_sample, random_order
from index.query.attributes import read_examples
from index.store import Index

Why = Literal["random", "borderline", "likely", "unlikely"]


@dataclass(frozen=True, slots=True)
class Doubt:
    """A picture to label.

    Attributes:
        margin: its score less the threshold, in standard deviations of the index's scores.
        has: what the attribute says of it.
        why: "borderline" ones teach most, "likely" and "unlikely" ones show what it gets wrong,
            and "random" ones tell how often it is right in the whole index.
    """

    artwork_id: str
    title_id: str
    path: str
    margin: float
    has: bool
    why: Why


def to_label(index: Index, name: str, k: int = 12) -> list[Doubt]:
    """`k` artworks without a label, one a title, a quarter of each kind.

    Borderline ones by uncertainty sampling (Lewis & Gale, SIGIR 1994). Random ones come in an order
    that is fixed for the attribute, so that all up to the first without a label are a random
    sample.

    Raises:
        InputError: there is no such attribute.
    """
    attribute = find_attribute(index, name)
    scores = attribute.scores(index.vectors(attribute.space))
    spread = float(scores.std()) or 1.0
    margins = (scores - attribute.threshold) / spread
    examples = [one for one in read_examples(index) if one.attribute == attribute.name]
    table = index.table("artworks")
    ids, titles, paths = (
        table[column].to_pylist() for column in ("artwork_id", "title_id", "path")
    )
    row_of = {one: row for row, one in enumerate(ids)}
    order = random_order(ids, np.array(titles, np.str_), attribute.name)
    sample = labelled_sample(order, examples)
    labelled = {one.artwork_id for one in examples}
    orders: dict[Why, list[int]] = {
        "random": [row_of[one] for one in order if one not in sample],
        "borderline": np.argsort(np.abs(margins), kind="stable").tolist(),
        "likely": np.argsort(-margins, kind="stable").tolist(),
        "unlikely": np.argsort(margins, kind="stable").tolist(),
    }
    found: list[Doubt] = []
    seen: set[str] = set()
    for at, (why, rows) in enumerate(orders.items()):
        wanted = len(found) + (k + len(orders) - 1 - at) // len(orders)
        for row in rows:
            if len(found) == wanted:
                break
            if ids[row] in labelled or titles[row] in seen:
                continue
            margin = float(margins[row])
            found.append(Doubt(ids[row], titles[row], paths[row], margin, margin >= 0, why))
            seen.add(titles[row])
    return found
