"""The bridge of an index: how well words find its pictures, and its encoder with the bridge."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from index.encoders import Encoder
    from index.encoders.bridge import Bridge
    from index.store import Index

_PREFIX = "skill."


@dataclass(frozen=True, slots=True)
class BridgeSkill:
    """How well words find pictures of titles that the bridge did not learn from.

    A rank is that of a title's own pictures among those of 100 titles when its text is looked
    for, the median over titles; 50 is chance.

    Attributes:
        titles: that it was measured on; 0 where there are too few to learn from.
        share: of the learned part in the vectors of pictures; 0 where it does not help.
        penalty: of the regression.
        rank: with the bridge.
        rank_before: with the encoder alone.
        genres: mean AUC of the pictures of a genre when its name is looked for; NaN without genres.
        genres_before: the same with the encoder alone.
    """

    titles: int = 0
    share: float = 0.0
    penalty: float = 0.0
    rank: float = 50.0
    rank_before: float = 50.0
    genres: float = float("nan")
    genres_before: float = float("nan")

    def to_arrays(self) -> dict[str, npt.NDArray[Any]]:
        """The skill as named arrays."""
        return {f"{_PREFIX}{name}": np.array(value) for name, value in asdict(self).items()}

    def to_document(self) -> dict[str, Any]:
        """Plain values; None for what was not measured."""
        document = {
            name: round(value, 4) if np.isfinite(value) else None
            for name, value in asdict(self).items()
        }
        return document if self.titles else {"titles": 0, "share": 0.0}

    def __str__(self) -> str:
        if not self.titles:
            return "too few titles to learn from; words find pictures through the encoder alone"
        text = (
            f"words find the right title's picture among 100 at rank {self.rank:.0f} "
            f"(median of {self.titles:,} titles left out; 50 is chance"
        )
        if self.share:
            return f"{text}; {self.rank_before:.0f} without what was learned from these titles)"
        return f"{text}; what was learned from these titles did not help and is not used)"


def read_skill(index: Index) -> BridgeSkill:
    """The skill that was measured when the index was made."""
    if not index.has_arrays("bridge"):
        return BridgeSkill()
    found = {
        name.removeprefix(_PREFIX): value.item()
        for name, value in index.arrays("bridge").items()
        if name.startswith(_PREFIX)
    }
    return BridgeSkill(**found)


def same_bridge(index: Index | None, bridge: Bridge | None) -> bool:
    """Whether pictures of an index crossed this very bridge, or none where it is None."""
    if index is None or not index.has_vectors("encoded"):
        return bridge is None
    known = index.arrays("bridge")
    return bridge is not None and all(
        np.array_equal(known[name], value) for name, value in bridge.to_arrays().items()
    )


def with_bridge(index: Index, encoder: Encoder) -> Encoder:
    """The encoder as it makes vectors that can be compared with those of the index.

    Raises:
        IndexMismatch: the index was made by another encoder.
    """
    index.require_encoder(encoder)
    if not index.has_vectors("encoded"):
        return encoder
    from index.encoders.bridge import Bridge, BridgedEncoder

    return BridgedEncoder(encoder, lambda: Bridge.from_arrays(index.arrays("bridge")))
