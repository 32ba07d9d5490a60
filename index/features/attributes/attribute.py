"""An attribute as an index keeps it: what it was made from, how it is recognised, how well."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from index.features.feature import Feature
from index.records import FloatMatrix

if TYPE_CHECKING:
    import pyarrow as pa

DEFINITIONS, EXAMPLES, VALUES = "attribute_definitions", "attribute_examples", "attributes"
"""Tables of an index; VALUES has a row per artwork and a column per attribute."""


@dataclass(frozen=True, slots=True, eq=False)
class Example:
    """One picture that a user called an example or a counter-example.

    Attributes:
        artwork_id: of the index; empty for a picture from elsewhere.
        path: where the picture was found.
        group: its title, or its path: pictures of one group never stand on both sides of a test.
        liked: whether it has the attribute.
        vector: of the attribute's space.
    """

    attribute: str
    artwork_id: str
    path: str
    group: str
    liked: bool
    vector: FloatMatrix


@dataclass(frozen=True, slots=True, eq=False)
class Attribute:
    """How an attribute is recognised from a vector: score = vector · weights + intercept.

    Attributes:
        name: of the feature.
        label: as the user wrote it.
        prompt: words it was made from; empty where it was made from pictures.
        space: "image" or "shared".
        encoder_fingerprint: of the encoder whose vectors it reads.
        weights, intercept: of the score.
        threshold: score from which a picture has it.
        auc, low, high: area under the ROC curve on examples that were left out of the fit, with a
            90% interval; None where there was nothing to measure it on.
        found, false: share of the examples, and of the counter-examples, over the threshold when
            they were left out of the fit.
        liked, unliked: examples and counter-examples, the drawn ones included.
        drawn: whether counter-examples were drawn at random from the index.
        seed: of the draw.
        sampled: labelled pictures that were drawn at random from the index: on them the two
            figures below hold for all of it.
        precision, recall: of the pictures over the threshold the share that have it, and of those
            that have it the share over the threshold, when they were left out of the fit; each
            with the ends of its 90% interval. None where no random picture says so.
    """

    name: str
    label: str
    prompt: str
    space: str
    encoder_fingerprint: str
    weights: FloatMatrix
    intercept: float
    threshold: float
    auc: float | None
    low: float | None
    high: float | None
    found: float | None
    false: float | None
    liked: int
    unliked: int
    drawn: bool
    seed: int
    sampled: int = 0
    precision: float | None = None
    precision_low: float | None = None
    precision_high: float | None = None
    recall: float | None = None
    recall_low: float | None = None
    recall_high: float | None = None

    @property
    def spec(self) -> Feature:
        """The feature it makes."""
        if self.prompt:
            how = (
                f"Fit of the picture to the words “{self.prompt}”, as an outlier of the catalogue."
            )
        else:
            how = (
                f"Regularised logistic regression on {self.liked} examples and {self.unliked} "
                f"counter-examples{' drawn at random' if self.drawn else ''}."
            )
        return Feature(
            name=self.name,
            unit="0 or 1",
            low=0,
            high=1,
            kind="flag",
            group="attributes",
            sentence=f"The picture has what you called “{self.label}”.",
            source=how,
            extractor="attributes",
            checked=self.accuracy,
        )

    @property
    def accuracy(self) -> str:
        """How well it is recognised, as a clause."""
        if self.auc is None:
            return "not measured: no examples"
        said = (
            f"AUC {self.auc:.2f} ({self.low:.2f} to {self.high:.2f}) on examples left out of the "
            "fit, whole titles at a time"
        )
        parts = [
            f"{name} {value:.0%} ({low:.0%} to {high:.0%})"
            for name, value, low, high in (
                ("precision", self.precision, self.precision_low, self.precision_high),
                ("recall", self.recall, self.recall_low, self.recall_high),
            )
            if value is not None
        ]
        if parts:
            said += f"; on {self.sampled} pictures drawn at random {', '.join(parts)}"
        return said

    def scores(self, vectors: FloatMatrix) -> FloatMatrix:
        """(n,) scores of (n, d) vectors of its space."""
        scores: FloatMatrix = vectors @ self.weights + np.float32(self.intercept)
        return scores


def definitions_table(attributes: Sequence[Attribute]) -> pa.Table:
    """Attributes as a table."""
    return _table([asdict(one) for one in attributes], "weights")


def examples_table(examples: Sequence[Example]) -> pa.Table:
    """Examples as a table."""
    return _table([asdict(one) for one in examples], "vector")


def _table(rows: list[dict[str, Any]], vector: str) -> pa.Table:
    import pyarrow as pa

    table = pa.Table.from_pylist([{**row, vector: row[vector].tolist()} for row in rows])
    at = table.column_names.index(vector)
    return table.set_column(at, vector, table[vector].cast(pa.list_(pa.float32())))
