"""The deep check of an index: every byte against its checksum, every table against the others."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from index.errors import IndexDamaged
from index.store import layout
from index.store.labels import ARTWORK_LABELS, Labels, artwork_labels
from index.store.manifest import damaged
from index.store.reader import Index

if TYPE_CHECKING:
    import pyarrow as pa


UNIT_TOLERANCE = 1e-3
BLOCK = 65_536
_ALIGNED = ("features", "images", "perceived", "attributes", "themes", "atlas")
_ROWS_OF = {
    "shared": "artworks",
    "encoded": "artworks",
    "image": "artworks",
    "titles": "titles",
}


def verify_index(index: Index) -> None:
    """Read every file and compare it with its checksum, then check that the contents agree.

    Raises:
        IndexDamaged: names everything that is wrong.
    """
    problems = _find_damage(index)
    if problems:
        raise damaged(index.folder, index.manifest, "; ".join(problems))


def _find_damage(index: Index) -> list[str]:
    problems = [*_changed_files(index)]
    if not problems:
        try:
            problems = [
                *_wrong_rows(index),
                *_wrong_ids(index),
                *_wrong_labels(index),
                *_wrong_vectors(index),
            ]
        except IndexDamaged as error:
            problems = [error.reason]
    return problems


def _changed_files(index: Index) -> Iterator[str]:
    place = index.generation_folder
    for name, record in index.manifest.files.items():
        path = place / name
        if not path.is_file():
            yield f"{name} is missing"
        elif layout.checksum(path) != record.blake2b:
            yield f"{name} does not match its checksum"
    found = {path.relative_to(place).as_posix() for path in place.rglob("*") if path.is_file()}
    known = {*index.manifest.files, layout.MANIFEST}
    yield from (f"{name} is not in the manifest" for name in sorted(found - known))


def _wrong_rows(index: Index) -> Iterator[str]:
    for name, rows in index.manifest.counts.items():
        found = index.table(name).num_rows
        if found != rows:
            yield f"table {name} has {found} rows instead of {rows}"


def _wrong_ids(index: Index) -> Iterator[str]:
    import pyarrow.compute as pc

    artworks = _ids(index, "artworks", "artwork_id")
    titles = _ids(index, "titles", "title_id")
    for name, ids in (("artworks", artworks), ("titles", titles)):
        if pc.count_distinct(ids).as_py() != len(ids):
            yield f"table {name} has an id twice"
    owners = _ids(index, "artworks", "title_id")
    if not pc.all(pc.is_in(owners, value_set=titles)).as_py():
        yield "table artworks names a title that is not there"
    for name in _ALIGNED:
        if index.has(name) and not _ids(index, name, "artwork_id").equals(artworks):
            yield f"table {name} is not in the order of artworks"


def _wrong_labels(index: Index) -> Iterator[str]:
    if layout.label_files(ARTWORK_LABELS)[0] not in index.manifest.files:
        return
    expected = Labels.of(artwork_labels(index.table("artworks"), index.table("titles")))
    found = index.labels(ARTWORK_LABELS)
    if not (
        np.array_equal(found.ends, expected.ends)
        and np.array_equal(found.content, expected.content)
    ):
        yield "the labels of artworks are not those of the tables"


def _ids(index: Index, table: str, column: str) -> pa.ChunkedArray:
    import pyarrow as pa

    return index.table(table)[column].cast(pa.large_string())


def _wrong_vectors(index: Index) -> Iterator[str]:
    source = index.manifest
    width = {"image": source.image_dimensions}
    for space, table in _ROWS_OF.items():
        if not index.has_vectors(space):
            continue
        matrix = index.vectors(space)
        expected = (index.manifest.counts[table], width.get(space, source.dimensions))
        if matrix.shape != expected:
            yield f"vectors {space} are {matrix.shape} instead of {expected}"
        elif not all(
            np.all(np.abs(np.linalg.norm(matrix[at : at + BLOCK], axis=1) - 1) <= UNIT_TOLERANCE)
            for at in range(0, len(matrix), BLOCK)
        ):
            yield f"vectors {space} are not all of length one"

    for space in source.search:
        found, expected_rows = index.faiss(space).ntotal, len(index.vectors(space))
        if found != expected_rows:
            yield f"the FAISS index of {space} has {found} vectors instead of {expected_rows}"
