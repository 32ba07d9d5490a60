"""Arranging a generation's artwork by look: in themes, and on a map.

Both are learned from the artworks, a random draw where there are many, and then tell of any artwork
where it belongs. In a large catalogue that learning is kept while few artworks come, change or go:
those find their places in what is there, so themes keep their names and the map its shape.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from index.build.collection import ENCODED
from index.query.arrangement import ARRANGEMENT, ATLAS, THEME_GROUPS, THEMES
from index.records import Progress
from index.store import BuildSource, Index, IndexWriter
from index.store.layout import arrays_file, table_file
from index.vectors.atlas import MOST_PLACED, Atlas, make_atlas
from index.vectors.groups import GroupCentres, learn_groups

if TYPE_CHECKING:
    import pyarrow as pa

Looked = tuple[str, str, str]
MOST_CHANGED = 0.05
"""Share of the artworks learned from that may come, change or go before all is learned again."""

MOST_MOVED = 0.1
"""Share of the artworks that may find their places while the others keep theirs."""


@dataclass(frozen=True, slots=True, eq=False)
class Arrangement:
    """What was learned of how a catalogue's artwork looks.

    Attributes:
        atlas: finds places on the map.
        groups: finds themes.
        names: of the themes.
        artworks: how many there were to learn from.
        changed: how many came, changed or went since.
    """

    atlas: Atlas
    groups: GroupCentres
    names: list[str]
    artworks: int
    changed: int = 0

    def to_arrays(self) -> dict[str, npt.NDArray[Any]]:
        """Everything, as plain arrays."""
        atlas = {f"atlas_{name}": getattr(self.atlas, name) for name in _OF_ATLAS}
        groups = {f"groups_{name}": getattr(self.groups, name) for name in _OF_GROUPS}
        counts = np.array([self.artworks, self.changed])
        return {**atlas, **groups, "names": np.array(self.names, np.str_), "counts": counts}

    @classmethod
    def from_arrays(cls, arrays: dict[str, npt.NDArray[Any]]) -> Arrangement:
        """The arrangement that `to_arrays` was called on."""
        artworks, changed = arrays["counts"].tolist()
        return cls(
            Atlas(*(arrays[f"atlas_{name}"] for name in _OF_ATLAS)),
            GroupCentres(*(arrays[f"groups_{name}"] for name in _OF_GROUPS)),
            arrays["names"].tolist(),
            artworks,
            changed,
        )


_OF_ATLAS = ("mean", "axes", "points", "places")
_OF_GROUPS = ("mean", "axes", "centres", "kept", "stability")


def write_arrangement(
    writer: IndexWriter, artworks: pd.DataFrame, source: BuildSource, progress: Progress
) -> None:
    """Keep which theme each artwork belongs to, and where it lies on the map.

    Args:
        writer: of a generation whose vectors and images are written.
        artworks: artwork_id, title_id; a row per row of the vectors.
        source: what the generation is made with.
    """
    from threadpoolctl import threadpool_limits

    before = _like(writer.current, source)
    old = [] if before is None else _arranged(before.table)
    now = _arranged(writer.table)
    if old == now:
        files = (*map(table_file, (THEMES, THEME_GROUPS, ATLAS)), arrays_file(ARRANGEMENT))
        writer.keep(files)
        return
    spaces = ("image", ENCODED, "shared")
    vectors = writer.vectors(next(space for space in spaces if writer.has_vectors(space)))
    title = pd.factorize(artworks["title_id"])[0]
    progress("arranging", 0, 2)
    with threadpool_limits(1):
        known = None if before is None else _still_good(before, old, now)
        was = _settled(old, now if known else [])
        if known is None:
            seed = int(source.options["seed"] or 0)
            centres, atlas = learn_groups(vectors, title, seed=seed), make_atlas(vectors, seed)
            known = Arrangement(atlas, centres, [], len(now))
        progress("arranging", 1, 2)
        new = np.setdiff1d(np.arange(len(now)), list(was))
        own = vectors[new] if was else vectors
        groups, (x, y) = known.groups.assign(own, title[new]), known.atlas.place(own).T
    names = known.names or groups.names(artworks["artwork_id"].to_numpy(object))
    theme = pd.array(np.array([*names, ""], object)[groups.label], dtype="str")
    nearness = np.where(np.isfinite(groups.nearness), groups.nearness, np.nan).astype(np.float32)
    found = {
        THEMES: pd.DataFrame({"theme": theme, "nearness": nearness}, new),
        ATLAS: pd.DataFrame({"x": x, "y": y}, new),
    }
    for name, placed in found.items():
        table = [placed]
        if before is not None and was:
            held = before.table(name, placed.columns.tolist()).to_pandas()
            table.append(held.iloc[list(was.values())].set_axis(list(was)))
        writer.write_table(name, artworks[["artwork_id"]].join(pd.concat(table)))
    writer.write_table(THEME_GROUPS, pd.DataFrame({"theme": names, "stability": groups.stability}))
    writer.write_arrays(ARRANGEMENT, replace(known, names=names).to_arrays())
    progress("arranging", 2, 2)


def _like(before: Index | None, source: BuildSource) -> Index | None:
    """The generation before, if what it learned would be learned the same way now."""
    if before is None or not before.has_arrays(ARRANGEMENT):
        return None
    made = before.manifest
    same = made.options.get("seed") == source.options["seed"] and all(
        getattr(made, name) == getattr(source, name)
        for name in ("encoder_fingerprint", "engine_fingerprint")
    )
    return before if same else None


def _still_good(before: Index, old: list[Looked], now: list[Looked]) -> Arrangement | None:
    """What the generation before learned, unless all artwork can be learned from or much changed.

    Args:
        old, now: the artworks of that generation and of this one.
    """
    known = Arrangement.from_arrays(before.arrays(ARRANGEMENT))
    were, are = set(old), set(now)
    changed = known.changed + max(len(were - are), len(are - were))
    if len(now) <= MOST_PLACED or changed > MOST_CHANGED * known.artworks:
        return None
    return replace(known, changed=changed)


def _settled(old: list[Looked], now: list[Looked]) -> dict[int, int]:
    """By row, the row that an artwork had, where neither it nor another of its title changed.

    None where many changed: vectors of few are held in memory.
    """
    rows = {one: row for row, one in enumerate(old)}
    changed = {title for _, title, _ in rows.keys() ^ set(now)}
    settled = {row: rows[one] for row, one in enumerate(now) if one[1] not in changed}
    return settled if len(now) - len(settled) <= MOST_MOVED * len(now) else {}


def _arranged(table: Callable[[str, Sequence[str]], pa.Table]) -> list[Looked]:
    """Id, title and picture of every artwork of a generation, in its order."""
    artworks, images = (
        table("artworks", ("artwork_id", "title_id")),
        table("images", ("content_hash",)),
    )
    columns = (artworks["artwork_id"], artworks["title_id"], images["content_hash"])
    return list(zip(*(column.to_pylist() for column in columns), strict=True))
