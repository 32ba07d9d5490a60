"""What is read of an opened index, which never changes, or worked out once for every brief."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar
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


def lookup(index: Index, table: str, key: str, value: str) -> dict[str, Any]:
    """One column of a table of an index by another; empty where there is no such table."""
    if not index.has(table):
        return {}
    columns = index.table(table, [key, value])
    return dict(zip(columns[key].to_pylist(), columns[value].to_pylist(), strict=True))
