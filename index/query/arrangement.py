"""How an index's artwork is arranged by look: which theme it belongs to, where it lies on a map."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from index.errors import InputError
from index.store import Index
from index.vectors.groups import Groups

THEMES, THEME_GROUPS, ATLAS = "themes", "theme_groups", "atlas"
"""Tables of an index: theme of each artwork, stability of each theme, places on the map."""
ARRANGEMENT = "arrangement"
"""Arrays of an index: what was learned to find both for any artwork."""


def read_groups(index: Index) -> tuple[Groups, list[str]]:
    """The themes of an index as groups, and the id of each.

    Raises:
        InputError: the index was made before themes were kept.
    """
    _require(index, THEMES)
    known, members = index.table(THEME_GROUPS), index.table(THEMES)
    names: list[str] = known["theme"].to_pylist()
    number = {name: at for at, name in enumerate(names)}
    label = [number.get(name, -1) for name in members["theme"].to_pylist()]
    nearness = members["nearness"].to_numpy(zero_copy_only=False).astype(np.float64)
    return Groups(
        np.array(label, dtype=np.int64),
        np.where(np.isnan(nearness), -np.inf, nearness),
        known["stability"].to_numpy(zero_copy_only=False).astype(np.float64),
    ), names


def read_places(index: Index) -> npt.NDArray[np.float32]:
    """Where each artwork lies on the map, `(artworks, 2)` in 0…1.

    Raises:
        InputError: the index was made before maps were kept.
    """
    _require(index, ATLAS)
    table = index.table(ATLAS)
    columns = [table[name].to_numpy(zero_copy_only=False) for name in ("x", "y")]
    return np.column_stack(columns).astype(np.float32)


def _require(index: Index, table: str) -> None:
    if not index.has(table):
        raise InputError(
            f"this index has no {table}",
            path=index.folder,
            hint=f"run `assistant index {index.manifest.catalogue} -o {index.folder}` again",
        )
