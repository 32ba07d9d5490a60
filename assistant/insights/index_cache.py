"""What is worked out once for an opened index, which never changes, and used for every brief."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TypeVar
from weakref import WeakKeyDictionary

from index.store import Index

_T = TypeVar("_T")


def index_cache(work: Callable[[Index], _T]) -> Callable[[Index], _T]:
    """Keep what `work` makes of an index for as long as the index is open."""
    kept: WeakKeyDictionary[Index, _T] = WeakKeyDictionary()

    @wraps(work)
    def once(index: Index) -> _T:
        if index not in kept:
            kept[index] = work(index)
        return kept[index]

    return once
