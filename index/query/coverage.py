"""What could not be measured in an index's pictures: a fault of an extractor shows here."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from index.store import Index

FAILING = 0.1
"""Share of pictures on which an extractor may give nothing at all before something is wrong."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of an index was not measured.

    Attributes:
        artworks: how many there are.
        features: artworks on which each feature is missing, the most often missing first, without
            those that are missing nowhere.
        extractors: artworks on which all features of an extractor are missing, likewise.
    """

    artworks: int
    features: dict[str, int]
    extractors: dict[str, int]

    @property
    def sound(self) -> bool:
        """No extractor fails on more than a tenth of the pictures."""
        return all(count <= FAILING * self.artworks for count in self.extractors.values())

    def __str__(self) -> str:
        failed = [f"{name} failed on {count:,} pictures" for name, count in self.extractors.items()]
        gaps = [f"{name} {count:,}" for name, count in self.features.items()]
        listed = f"missing of {self.artworks:,} artworks: {', '.join(gaps)}" if gaps else ""
        return "; ".join([*failed, listed] if listed else failed) or "nothing is missing"


def measure_coverage(index: Index) -> Coverage:
    """Count missing values of the measured features of an index."""
    import pyarrow.compute as pc

    from index.features.registry import features

    table = index.table("features")
    gaps = {
        spec.name: pc.is_null(table[spec.name], nan_is_null=True).to_numpy()
        for spec in features()
        if spec.name in table.column_names
    }
    everything: dict[str, list[str]] = {}
    for spec in features():
        if spec.name in gaps:
            everything.setdefault(spec.extractor, []).append(spec.name)
    nothing = {
        extractor: int(np.logical_and.reduce([gaps[name] for name in names]).sum())
        for extractor, names in everything.items()
    }
    return Coverage(
        table.num_rows,
        _most_first({name: int(gap.sum()) for name, gap in gaps.items()}),
        _most_first(nothing),
    )


def _most_first(counts: dict[str, int]) -> dict[str, int]:
    found = {name: count for name, count in counts.items() if count}
    return dict(sorted(found.items(), key=lambda item: -item[1]))
