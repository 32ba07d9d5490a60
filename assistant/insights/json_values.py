"""Tables and records as plain values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd


def json_rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows of a table as plain Python values; NaN and infinity become None."""
    columns = []
    for name in table.columns:
        values = table[name]
        if values.dtype.kind == "f":
            known = np.isfinite(values.to_numpy())
            columns.append(
                [v if ok else None for v, ok in zip(values.tolist(), known, strict=True)]
            )
        else:
            columns.append(values.astype(object).where(values.notna(), None).tolist())
    names = [str(name) for name in table.columns]
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


def row_dicts(table: pd.DataFrame, names: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Rows of some columns, each made when it is asked for, in less time than `to_dict` takes."""
    for values in zip(*(table[name].tolist() for name in names), strict=True):
        yield dict(zip(names, values, strict=True))


def json_value(value: Any, digits: int | None = None) -> Any:
    """A nest of dicts, lists and tuples with tuples as lists and NaN and infinity as None.

    Args:
        digits: that fractions are rounded to; as they are by default.
    """
    if isinstance(value, dict):
        return {key: json_value(one, digits) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [json_value(one, digits) for one in value]
    if not isinstance(value, float):
        return value
    if not np.isfinite(value):
        return None
    return value if digits is None else round(value, digits)
