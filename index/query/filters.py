"""Which artworks pass a set of filters, by DuckDB: it starts sooner than pyarrow and pandas."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from index.errors import InputError
from index.io.nearest_name import name_hint
from index.io.table_file import connect
from index.query.features import FEATURE_TABLES, unseen_features
from index.records import ALL, Label
from index.store import Index
from index.store.manifest import damaged

Mask = npt.NDArray[np.bool_]
Operator = Literal["<", "<=", ">", ">=", "!="]

_SEARCHED = ("artworks", "titles", *FEATURE_TABLES, "themes")
"""Tables whose columns can be filtered by, the first that has the column."""
_FLAGS = {"yes": 1.0, "true": 1.0, "no": 0.0, "false": 0.0}
_NUMBERS = ("INT", "DOUBLE", "FLOAT", "DECIMAL", "BOOLEAN")
_NESTED = ("[", "STRUCT", "MAP")


@dataclass(frozen=True, slots=True)
class Bound:
    """A column compared with a value: as numbers, else as dates, else as text in any case.

    Missing values pass no comparison but `!=`.
    """

    column: str
    operator: Operator
    value: str


@dataclass(frozen=True, slots=True)
class Filters:
    """What an artwork must be; everything given must hold.

    Attributes:
        where: accepted values by column of artworks or titles, or by feature (artworks first,
            then titles, where several have the name). A text matches, in any case, as a whole or
            by one of its `|`-joined parts; a number by its value, a flag also by "yes" or "no";
            "" matches what is missing.
        bounds: comparisons, which all must hold.
        label: of the performance tag in the slice.
        cluster, platform: the slice. Without a label, artworks with impressions there pass.
    """

    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    label: str | None = None
    cluster: str = ALL
    platform: str = ALL
    bounds: tuple[Bound, ...] = ()

    @property
    def asks_for_slice(self) -> bool:
        """Whether performance tags are needed."""
        return self.label is not None or self.cluster != ALL or self.platform != ALL


def passing(index: Index, filters: Filters) -> Mask | None:
    """A flag per artwork of the index; None when there is nothing to filter by.

    Raises:
        InputError: a column, label, cluster or platform that is not there; names the nearest.
    """
    if not filters.where and not filters.bounds and not filters.asks_for_slice:
        return None
    tables = _Tables(index)
    mask = np.ones(index.artworks, dtype=bool)
    for name, values in filters.where.items():
        table, kind = tables.find(name)
        mask &= tables.passing(table, *_equals(name, kind, values))
    for bound in filters.bounds:
        table, kind = tables.find(bound.column)
        mask &= tables.passing(table, *_compares(bound, kind))
    if filters.asks_for_slice:
        mask &= tables.passing("tags", *_in_slice(tables, filters))
    return mask


def tag_rows(
    index: Index, artworks: Sequence[str], cluster: str, platform: str
) -> tuple[list[tuple[str, float, float, float, str]], float | None]:
    """(artwork_id, lift, low, high, label) of some artworks in a slice, and the slice's median
    take fraction."""
    tables = _Tables(index)
    source = f"{tables.source('tags')} WHERE cluster = ? AND platform = ?"
    columns = "artwork_id, lift, low, high, label"
    chosen = f"SELECT {columns} {source} AND list_contains(?, artwork_id)"
    found = tables.rows(chosen, [cluster, platform, list(artworks)])
    known = f"SELECT median(take_fraction) {source} AND NOT isnan(take_fraction)"
    ((median,),) = tables.rows(known, [cluster, platform])
    return found, median


class _Tables:
    """The tables of an index as DuckDB reads them."""

    def __init__(self, index: Index) -> None:
        self._index, self._database = index, connect()

    def find(self, column: str) -> tuple[str, str]:
        """The table that has a column, and the column's type.

        Raises:
            InputError: no table has it, or its values cannot be compared.
        """
        known: list[str] = []
        for table in filter(self._index.has, _SEARCHED):
            kinds = {name: kind for name, kind, *_ in self.rows(f"DESCRIBE {self.source(table)}")}
            known += kinds
            if column in kinds:
                if any(mark in kinds[column] for mark in _NESTED):
                    problem = f"the column {column!r} holds {kinds[column]}, which no filter reads"
                    raise InputError(problem, hint="filter by another column")
                return table, kinds[column]
        unseen = unseen_features(self._index).get(column)
        if unseen is not None:
            problem = f"the encoder cannot see {column!r}: {unseen}"
            raise InputError(problem, hint="leave the filter out")
        hint = name_hint(column, sorted({*known}))
        raise InputError(f"there is no column {column!r}", hint=hint)

    def passing(self, table: str, condition: str, values: Sequence[object]) -> Mask:
        """The artworks whose row, title or tag meets a condition."""
        key = {"titles": "title_id", "tags": "artwork_id"}.get(table)
        source = self.source("artworks" if key else table)
        if key:
            condition = f"{key} IN (SELECT {key} {self.source(table)} WHERE {condition})"
        found = self.rows(f"SELECT file_row_number {source} WHERE {condition}", values, numpy=True)
        mask = np.zeros(self._index.artworks, dtype=bool)
        mask[found["file_row_number"]] = True
        return mask

    def rows(self, query: str, values: Sequence[object] = (), *, numpy: bool = False) -> Any:
        """What a query gives: a list of rows, or numpy arrays by column."""
        import duckdb

        try:
            result = self._database.execute(query, values)
            return result.fetchnumpy() if numpy else result.fetchall()
        except duckdb.Error as error:
            reason = "a table cannot be read"
            raise damaged(self._index.folder, self._index.manifest, reason) from error

    def among(self, column: str) -> list[str]:
        """The values of a column of tags, for messages."""
        query = f"SELECT DISTINCT {column} {self.source('tags')} WHERE {column} != '' ORDER BY 1"
        return [value for (value,) in self.rows(query)]

    def source(self, table: str) -> str:
        """The clause that reads a table."""
        path = str(self._index.table_path(table)).replace("'", "''")
        return f"FROM read_parquet('{path}', file_row_number = true)"


def _equals(name: str, kind: str, values: Sequence[str]) -> tuple[str, list[object]]:
    """The condition that a column has one of the values."""
    column = _quoted(name)
    missing = f"{column} IS NULL OR " if "" in values else ""
    if _is_number(kind):
        return f"{missing}list_contains(?, {column}::DOUBLE)", [_numbers(values)]
    wanted = [value.lower() for value in values]
    text = f"lower({column}::VARCHAR)"
    parts = rf"string_split_regex(trim({text}, e' \t\r\n'), '\s*[|]\s*')"
    return f"{missing}list_contains(?, {text}) OR list_has_any({parts}, ?)", [wanted, wanted]


def _compares(bound: Bound, kind: str) -> tuple[str, list[object]]:
    """The condition that a column is less, more or other than a value.

    Raises:
        InputError: the column holds numbers and the value is none.
    """
    column, value = _quoted(bound.column), _number(bound.value)
    if _is_number(kind) and value is None:
        problem = f"{bound.column!r} holds numbers, and {bound.value!r} is none"
        raise InputError(problem, hint=f"write e.g. {bound.column}{bound.operator}0.5")
    if bound.operator == "!=":
        same, values = _equals(bound.column, kind, [bound.value])
        return f"NOT coalesce({same}, false)", values
    if value is not None:
        return f"try_cast({column} AS DOUBLE) {bound.operator} ?", [value]
    return f"lower({column}::VARCHAR) {bound.operator} ?", [bound.value.lower()]


def _in_slice(tables: _Tables, filters: Filters) -> tuple[str, list[object]]:
    """The condition that a performance tag is of the slice and has the label.

    Raises:
        InputError: a label, cluster or platform that is not there.
    """
    for name, value in (("cluster", filters.cluster), ("platform", filters.platform)):
        known = tables.among(name)
        if value not in known:
            raise InputError(f"there is no {name} {value!r}", hint=name_hint(value, known))
    condition, values = "cluster = ? AND platform = ?", [filters.cluster, filters.platform]
    if filters.label is None:
        return f"{condition} AND impressions > 0", [*values]
    labels = [str(label) for label in Label]
    if filters.label not in labels:
        hint = name_hint(filters.label, labels)
        raise InputError(f"there is no label {filters.label!r}", hint=hint)
    return f"{condition} AND label = ?", [*values, filters.label]


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _is_number(kind: str) -> bool:
    return any(word in kind for word in _NUMBERS)


def _numbers(values: Sequence[str]) -> list[float]:
    return [number for number in map(_number, values) if number is not None]


def _number(text: str) -> float | None:
    try:
        return _FLAGS.get(text.casefold()) if text.casefold() in _FLAGS else float(text)
    except ValueError:
        return None
