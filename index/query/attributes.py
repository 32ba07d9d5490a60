"""The attributes and examples that an index keeps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from index.features.attributes.attribute import DEFINITIONS, EXAMPLES, Attribute, Example

if TYPE_CHECKING:
    from index.store import Index


def read_attributes(index: Index) -> tuple[Attribute, ...]:
    """The attributes of an index, in the order in which they were added."""
    if not index.has(DEFINITIONS):
        return ()
    rows = index.table(DEFINITIONS).to_pylist()
    return tuple(
        Attribute(**{**row, "weights": np.array(row["weights"], np.float32)}) for row in rows
    )


def read_examples(index: Index) -> tuple[Example, ...]:
    """The examples and counter-examples that users gave, of all attributes."""
    if not index.has(EXAMPLES):
        return ()
    rows = index.table(EXAMPLES).to_pylist()
    return tuple(Example(**{**row, "vector": np.array(row["vector"], np.float32)}) for row in rows)
