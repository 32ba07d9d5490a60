"""Nearest vectors by inner product: exact while that is fast, approximate and measured beyond."""

from index.vectors.build import NearestMaker, Shards, fill, merge, train
from index.vectors.neighbours import Neighbours
from index.vectors.recipe import DEFAULT_SIZES, Kind, Nearest, Sizes

__all__ = [
    "DEFAULT_SIZES",
    "Kind",
    "Nearest",
    "NearestMaker",
    "Neighbours",
    "Shards",
    "Sizes",
    "fill",
    "merge",
    "train",
]
