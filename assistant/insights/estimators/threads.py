"""How many threads numerical libraries may use."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

ONE_THREAD = 20_000
"""Rows below which several threads wait for each other longer than they work."""


@contextmanager
def enough_threads(rows: int, *, learners: bool = True) -> Iterator[None]:
    """Let BLAS and OpenMP use one thread for small tables, all of them for large ones.

    Args:
        learners: whether scikit-learn will work on them too; loading it takes half a second.
    """
    with _libraries(learners).limit(limits=1 if rows < ONE_THREAD else None):
        yield


@cache
def _libraries(learners: bool) -> Any:
    """The libraries to limit; a limit binds only those that are loaded already."""
    if learners:
        import sklearn.cluster  # noqa: F401
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()
