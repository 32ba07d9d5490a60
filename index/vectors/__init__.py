"""Nearest vectors by inner product: exact while that is fast, approximate and measured beyond."""

from index.vectors.build import SearchIndexMaker, Shards, fill, merge, train
from index.vectors.recipe import DEFAULT_SIZES, Kind, SearchSettings, Sizes
from index.vectors.space import VectorSpace

__all__ = [
    "DEFAULT_SIZES",
    "Kind",
    "SearchIndexMaker",
    "SearchSettings",
    "Shards",
    "Sizes",
    "VectorSpace",
    "fill",
    "merge",
    "train",
]
