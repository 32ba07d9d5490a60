"""Which kind of index a number of vectors gets, and what is kept of it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from math import log2, sqrt
from typing import Any

FLAT_MOST = 8_192
"""Lists that are compared with a query one by one; more are found through a graph."""


class Kind(StrEnum):
    """How the nearest vectors are found.

    EXACT reads the whole matrix. SCAN reads all vectors at half precision, LISTS those of the
    nearest inverted lists at eight bits; both then compare the best again in full precision.
    """

    EXACT = "exact"
    SCAN = "scan"
    LISTS = "lists"


@dataclass(frozen=True, slots=True)
class Sizes:
    """From how many vectors on each kind is used; `benchmarks/search.py` shows why."""

    scan: int = 20_000
    lists: int = 200_000

    def kind(self, rows: int) -> Kind:
        """The kind that fits so many vectors."""
        if rows < self.scan:
            return Kind.EXACT
        return Kind.SCAN if rows < self.lists else Kind.LISTS


DEFAULT_SIZES = Sizes()


@dataclass(frozen=True, slots=True)
class SearchSettings:
    """What the manifest keeps of one space's index.

    Attributes:
        kind: how it searches.
        made_by: fingerprint of what made it.
        lists: inverted lists; 0 where there are none.
        probes: of them, how many a query looks into.
        recall: share of the exact ten nearest that were found for vectors of the matrix itself,
            None where the kind is exact by its making.
        recall_of_words: the same for the vectors of texts, None where none were tried.
    """

    kind: Kind
    made_by: str
    lists: int = 0
    probes: int = 0
    recall: float | None = None
    recall_of_words: float | None = None

    def to_document(self) -> dict[str, Any]:
        """Plain values."""
        return {**asdict(self), "kind": str(self.kind)}

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> SearchSettings:
        """What `to_document` gave.

        Raises:
            TypeError, ValueError, KeyError: it is anything else.
        """
        return cls(**{**document, "kind": Kind(document["kind"])})


def lists_for(rows: int) -> int:
    """Inverted lists for so many vectors: the power of two nearest to 3.5 times their root."""
    return 1 << max(1, round(log2(3.5 * sqrt(max(rows, 1)))))
