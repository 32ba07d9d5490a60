"""Which artworks pass a set of filters, without pandas: a query must start fast.

pyarrow imports pandas as soon as a Python value becomes an Arrow value or an Arrow array a numpy
array; `_texts` and `_flags` go by the buffers instead.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from index.errors import InputError
from index.io.nearest_name import name_hint
from index.query.features import feature_column, feature_names, unseen_features
from index.records import ALL, Label

if TYPE_CHECKING:
    import pyarrow as pa

    from index.store import Index

Mask = npt.NDArray[np.bool_]

_FLAGS = {"yes": "1", "no": "0"}


@dataclass(frozen=True, slots=True)
class Filters:
    """What an artwork must be; everything given must hold.

    Attributes:
        where: accepted values by column of artworks or titles, or by feature (artworks first,
            then titles, where several have the name). A text matches, in any case, as a whole or
            by one of its `|`-joined parts; a number by its value, a flag also by "yes" or "no";
            "" matches what is missing.
        label: of the performance tag in the slice.
        cluster, platform: the slice. Without a label, artworks with impressions there pass.
    """

    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    label: str | None = None
    cluster: str = ALL
    platform: str = ALL

    @property
    def asks_for_slice(self) -> bool:
        """Whether performance tags are needed."""
        return self.label is not None or self.cluster != ALL or self.platform != ALL


def passing(index: Index, filters: Filters) -> Mask | None:
    """A flag per artwork of the index; None when there is nothing to filter by.

    Raises:
        InputError: a column, label, cluster or platform that is not there; names the nearest.
    """
    masks = [_passing_column(index, name, values) for name, values in filters.where.items()]
    if filters.asks_for_slice:
        masks.append(_passing_slice(index, filters))
    return np.logical_and.reduce(masks) if masks else None


def _passing_column(index: Index, name: str, values: Sequence[str]) -> Mask:
    own, titles = (index.column_names(table) for table in ("artworks", "titles"))
    if name in own:
        return _matches(name, index.table("artworks", [name])[name], values)
    if name not in titles:
        return _passing_feature(index, name, values, {*own, *titles})
    wanted = _matches(name, index.table("titles", [name])[name], values)
    title_ids = index.table("titles", ["title_id"])["title_id"]
    return _among(
        index.table("artworks", ["title_id"])["title_id"], title_ids.filter(_arrow(wanted))
    )


def _passing_feature(index: Index, name: str, values: Sequence[str], others: set[str]) -> Mask:
    features = feature_names(index)
    if name in features:
        return _matches(name, feature_column(index, name), values)
    blind = unseen_features(index).get(name)
    if blind is not None:
        raise InputError(f"the encoder cannot see {name!r}: {blind}", hint="leave the filter out")
    raise _unknown("column", name, sorted({*others, *features}))


def _passing_slice(index: Index, filters: Filters) -> Mask:
    columns = ["artwork_id", "cluster", "platform", "label", "impressions"]
    tags = index.table("tags", columns)
    chosen = np.ones(tags.num_rows, dtype=bool)
    asked = {"cluster": filters.cluster, "platform": filters.platform}
    if filters.label is not None:
        _require("label", filters.label, [str(label) for label in Label])
        asked["label"] = filters.label
    for name, value in asked.items():
        same = _equals(tags[name], value)
        if not same.any() and name != "label":
            raise _unknown(name, value, sorted(set(tags[name].unique().to_pylist()) - {""}))
        chosen &= same
    if filters.label is None:
        chosen &= _whole_numbers(tags["impressions"]) > 0
    artworks = index.table("artworks", ["artwork_id"])["artwork_id"]
    return _among(artworks, tags["artwork_id"].filter(_arrow(chosen)))


def _matches(name: str, column: pa.ChunkedArray, values: Sequence[str]) -> Mask:
    """Whether each cell is one of the values."""
    import pyarrow as pa
    import pyarrow.compute as pc

    missing = _flags(column.is_null()) & ("" in values)
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if pa.types.is_floating(column.type) or pa.types.is_integer(column.type):
        return missing | _matches_number(column, values)
    if pa.types.is_nested(column.type):
        raise InputError(f"the column {name!r} holds {column.type}, which no filter can match")
    text = pc.utf8_lower(column.cast(pa.large_string()))
    wanted = pc.utf8_lower(_texts(values))
    parts = pc.split_pattern(text.combine_chunks(), "|")
    hits = _flags(pc.is_in(pc.utf8_trim_whitespace(pc.list_flatten(parts)), value_set=wanted))
    mask = missing | _flags(pc.is_in(text, value_set=wanted))
    mask[_integers(pc.list_parent_indices(parts))[hits]] = True
    return mask


def _matches_number(column: pa.ChunkedArray, values: Sequence[str]) -> Mask:
    import pyarrow as pa
    import pyarrow.compute as pc

    wanted = [number for number in map(_number, values) if number is not None]
    numbers = pa.Array.from_buffers(
        pa.float64(), len(wanted), [None, pa.py_buffer(np.array(wanted, np.float64).tobytes())]
    )
    return _flags(pc.is_in(column.cast(pa.float64()), value_set=numbers))


def _number(text: str) -> float | None:
    try:
        return float(_FLAGS.get(text.casefold(), text))
    except ValueError:
        return None


def _equals(column: pa.ChunkedArray, value: str) -> Mask:
    import pyarrow as pa
    import pyarrow.compute as pc

    return _flags(pc.is_in(column.cast(pa.large_string()), value_set=_texts([value])))


def _among(column: pa.ChunkedArray, values: pa.ChunkedArray) -> Mask:
    import pyarrow as pa
    import pyarrow.compute as pc

    accepted = values.cast(pa.large_string()).combine_chunks()
    return _flags(pc.is_in(column.cast(pa.large_string()), value_set=accepted))


def _texts(values: Sequence[str]) -> pa.Array:
    import pyarrow as pa

    encoded = [value.encode() for value in values]
    ends = np.cumsum([0, *map(len, encoded)], dtype=np.int64)
    buffers = [None, pa.py_buffer(ends.tobytes()), pa.py_buffer(b"".join(encoded))]
    return pa.Array.from_buffers(pa.large_string(), len(values), buffers)


def _arrow(mask: Mask) -> pa.Array:
    import pyarrow as pa

    bits = np.packbits(mask, bitorder="little").tobytes()
    return pa.Array.from_buffers(pa.bool_(), len(mask), [None, pa.py_buffer(bits)])


def _flags(array: pa.Array | pa.ChunkedArray) -> Mask:
    """Truth values without missing ones as numpy."""
    import pyarrow as pa

    whole = _whole(array).cast(pa.uint8())
    return np.frombuffer(whole.buffers()[1], np.uint8, len(whole), whole.offset).astype(bool)


def _integers(array: pa.Array) -> npt.NDArray[np.int64]:
    return np.frombuffer(array.buffers()[1], np.int64, len(array), array.offset * 8)


def _whole_numbers(column: pa.ChunkedArray) -> npt.NDArray[np.int64]:
    return _integers(_whole(column))


def _whole(array: pa.Array | pa.ChunkedArray) -> pa.Array:
    import pyarrow as pa

    return array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array


def _require(what: str, value: str, known: Sequence[str]) -> None:
    if value not in known:
        raise _unknown(what, value, known)


def _unknown(what: str, value: str, known: Sequence[str]) -> InputError:
    return InputError(f"there is no {what} {value!r}", hint=name_hint(value, known))
