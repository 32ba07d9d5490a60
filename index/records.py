"""Words the whole engine shares, as immutable records."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

import numpy as np
import numpy.typing as npt

ALL = "all"
"""Stands for every cluster or every platform in a slice."""

FloatMatrix = npt.NDArray[np.float32]
Pixels = npt.NDArray[np.uint8]


class Label(StrEnum):
    """What a performance tag says about an artwork in a slice."""

    HIGH = "high"
    LOW = "low"
    TYPICAL = "typical"
    INSUFFICIENT = "insufficient data"


class Grade(StrEnum):
    """How far a claim is to be trusted, weakest first."""

    INSUFFICIENT = "insufficient"
    SUGGESTIVE = "suggestive"
    SUPPORTED = "supported"
    CONFIRMED = "confirmed"
    TESTED = "tested"


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that was left out, with the reason a person reads."""

    path: str
    reason: str


class Progress(Protocol):
    """Told how far a stage has come; the engine never prints."""

    def __call__(self, stage: str, done: int, total: int) -> None:
        """`done` of `total` items of `stage` are finished."""


def silent(stage: str, done: int, total: int) -> None:
    """A Progress that tells nobody."""
