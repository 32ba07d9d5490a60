"""What a feature is: a measured property with a name that a strategist understands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["number", "share", "count", "category", "flag", "structure"]
Value = float | str | None
"""A measured value: numbers, shares, counts and flags (0 or 1) are floats, categories and
structures (JSON) are text, and what could not be measured is None."""

DRAWN = "Exact truths by test:"
EYE = "Against labels drawn up by eye on held-back posters."
"""Ways in which features were checked."""


@dataclass(frozen=True, slots=True)
class Feature:
    """One measured property of an artwork.

    Attributes:
        name: column name in the features table.
        unit: of the value, as shown to people ("share of the picture", "faces" …).
        low, high: the range values can take; None where there is no bound or no number.
        kind: a flag is 0 or 1, a share lies in 0…1, a structure is JSON and is not compared.
        group: "colour", "people", "text", "composition" or "maturity".
        sentence: what it says, in one sentence for a strategist.
        source: paper or how it is measured.
        extractor: what measures it: "people", "text", "colour", "composition" or "layout".
        levels: the values of a category, in a fixed order.
        checked: how its accuracy is known.
    """

    name: str
    unit: str
    low: float | None
    high: float | None
    kind: Kind
    group: str
    sentence: str
    source: str
    extractor: str
    levels: tuple[str, ...] = ()
    checked: str = ""
