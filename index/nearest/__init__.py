"""Nearest vectors by inner product: exact while that is fast, approximate and measured beyond."""

from index.nearest.build import NearestMaker, Shards, fill, merge, train
from index.nearest.neighbours import Neighbours
from index.nearest.recipe import DEFAULT_SIZES, Kind, Nearest, Sizes

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
