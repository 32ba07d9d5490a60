"""What the pages show, read from one generation of an index; models load once."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

from assistant.boards.pictures import Pictures, read_artwork, written
from assistant.insights.index_cache import lookup
from assistant.web.making import Maker
from assistant.web.study import Study
from index.catalogue.words import split_words
from index.errors import RemoteFailed, StoreError
from index.io.locations import is_remote
from index.records import ALL
from index.store import open_index
from index.store.layout import CURRENT

if TYPE_CHECKING:
    from index.encoders.protocol import Encoder
    from index.query.search import Filters, Query, Searcher
    from index.store import Index

SIDES = {"small": 360, "large": 1200}
"""Longer sides of the pictures that are served, pixels."""
_PICTURES_KEPT = 400
_LOOKED_AFTER_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Artwork:
    """One artwork as a card shows it; `performance` is its tag in the slice asked for."""

    artwork_id: str
    title_id: str
    title: str
    performance: dict[str, Any] | None = None


class Shelf:
    """One generation: tables, search and insights. Safe for threads."""

    def __init__(self, index: Index, encoder: Encoder) -> None:
        self.index, self.encoder = index, encoder
        self._thinking, self._studying = threading.Lock(), threading.Lock()
        self._study: Study | None = None
        self.maker = Maker(index, encoder, self._thinking)
        self.picture = lru_cache(maxsize=_PICTURES_KEPT)(self._picture)
        self._slice = lru_cache(maxsize=32)(self._read_slice)

    @cached_property
    def titles(self) -> dict[str, str]:
        """Names of titles by id."""
        return lookup(self.index, "titles", "title_id", "name")

    @cached_property
    def artworks(self) -> dict[str, tuple[str, str]]:
        """Title id and path by artwork id."""
        table = self.index.table("artworks", ["artwork_id", "title_id", "path"])
        ids, titles, paths = (table[name].to_pylist() for name in table.column_names)
        return dict(zip(ids, zip(titles, paths, strict=True), strict=True))

    @cached_property
    def genres(self) -> list[str]:
        """Genres of titles."""
        if "genres" not in self.index.column_names("titles"):
            return []
        cells = self.index.table("titles", ["genres"])["genres"].to_pylist()
        return sorted({word for cell in cells for word in split_words(cell)})

    @cached_property
    def clusters(self) -> dict[str, str]:
        """Names of member clusters by id."""
        return lookup(self.index, "clusters", "cluster", "name")

    @cached_property
    def platforms(self) -> list[str]:
        """Platforms with performance."""
        if not self.index.has("tags"):
            return []
        return sorted(
            set(self.index.table("tags", ["platform"])["platform"].to_pylist()) - {ALL, ""}
        )

    @cached_property
    def _searcher(self) -> Searcher:
        from index.query.search import Searcher

        return Searcher(self.index, self.encoder)

    def search(
        self, query: Query, filters: Filters, k: int
    ) -> tuple[list[Artwork], tuple[str, ...]]:
        """Artworks nearest to a query, best first, and how it was read.

        One a title; where titles are asked for, all of theirs.

        Raises:
            InputError, ImageUnreadable: as `Searcher.find`.
        """
        variants = "title_id" in filters.where
        with self._thinking:
            found = self._searcher.find(query, k=k, filters=filters, variants=variants)
        return [self._card(hit.artwork_id, filters) for hit in found.hits], found.notes

    def like(self, artwork_id: str, filters: Filters, k: int) -> list[Artwork]:
        """Artworks of other titles that look like one of the index, one a title."""
        from index.query.search import Query

        row = list(self.artworks).index(artwork_id)
        space = "image" if self.index.has_vectors("image") else "shared"
        vector = self.index.vectors(space)[row]
        found, _ = self.search(Query(images=((vector, 1.0),)), filters, k + 1)
        own, _ = self.artworks[artwork_id]
        return [one for one in found if one.title_id != own][:k]

    def browse(self, filters: Filters, k: int) -> tuple[list[Artwork], int]:
        """Artworks that pass the filters, surest lift first, and how many pass."""
        from index.query.filters import passing

        mask = passing(self.index, filters)
        ids = [one for row, one in enumerate(self.artworks) if mask is None or mask[row]]
        tags, _ = self._slice(filters.cluster, filters.platform)
        if tags:
            ids.sort(key=lambda one: -tags[one]["low"] if one in tags else float("inf"))
        return [self._card(one, filters) for one in ids[:k]], len(ids)

    def card(self, artwork_id: str, cluster: str = ALL) -> Artwork:
        """One artwork over all platforms."""
        from index.query.search import Filters

        return self._card(artwork_id, Filters(cluster=cluster))

    def performance(self, artwork_id: str) -> list[dict[str, Any]]:
        """An artwork's tags per cluster over all platforms and per platform over all clusters."""
        slices = [(ALL, ALL), *((one, ALL) for one in self.clusters)]
        slices += [(ALL, one) for one in self.platforms]
        found = []
        for cluster, platform in slices:
            tags, base = self._slice(cluster, platform)
            if artwork_id in tags:
                where = self.clusters.get(cluster, cluster) if cluster != ALL else platform
                name = "everyone" if where == ALL else where
                found.append({"name": name, "base": base} | tags[artwork_id])
        return found

    def features(self, artwork_id: str) -> list[tuple[str, str]]:
        """Measured features in words, without those that only programs read."""
        from assistant.wording import phrase, shown
        from index.features.registry import features

        row = list(self.artworks).index(artwork_id)
        table = self.index.table("features").slice(row, 1).to_pydict()
        return [
            (phrase(one.name), shown(table[one.name][0], one.kind, one.unit))
            for one in features()
            if one.name in table and one.kind != "structure"
        ]

    def study(self) -> Study:
        """Insights of this generation, begun in the background when first asked for."""
        with self._studying:
            if self._study is None:
                self._study = Study(self.index)
            return self._study

    @cached_property
    def pictures(self) -> Pictures:
        """Pictures for boards."""
        return Pictures(self.index.catalogue_folder, self.index.picture_roots)

    def _picture(self, artwork_id: str, size: str) -> bytes:
        """An artwork as WebP.

        Raises:
            KeyError: no such artwork or size.
            ImageUnreadable: its file is gone or damaged.
        """
        from PIL import Image

        index, (_, path) = self.index, self.artworks[artwork_id]
        pixels = read_artwork(index.catalogue_folder, path, index.picture_roots, SIDES[size])
        return written(Image.fromarray(pixels), "WEBP", quality=82)

    def _card(self, artwork_id: str, filters: Filters) -> Artwork:
        title_id, _ = self.artworks[artwork_id]
        tags, base = self._slice(filters.cluster, filters.platform)
        did = tags.get(artwork_id)
        performance = None if did is None else did | {"base": base}
        return Artwork(artwork_id, title_id, self.titles[title_id], performance)

    def _read_slice(
        self, cluster: str, platform: str
    ) -> tuple[dict[str, dict[str, Any]], float | None]:
        """Tags by artwork and the median take fraction in a slice."""
        if not self.index.has("tags"):
            return {}, None
        columns = ["artwork_id", "impressions", "take_fraction", "lift", "low", "high", "label"]
        tags = self.index.table("tags", ["cluster", "platform", *columns]).to_pandas()
        of_slice = tags[(tags["cluster"] == cluster) & (tags["platform"] == platform)]
        rows = of_slice[of_slice["lift"].notna()][columns].to_dict("records")
        if not rows:
            return {}, None
        base = float(of_slice["take_fraction"].median())
        return {str(row["artwork_id"]): {str(k): v for k, v in row.items()} for row in rows}, base


class Library:
    """The newest generation of an index; follows when the index is written anew.

    Raises:
        StoreError: there is no usable index.
        EncoderUnavailable: its encoder can neither be found nor made.
    """

    def __init__(self, folder: Path, encoder: Encoder | None = None) -> None:
        self.folder = folder
        self._given, self._opening = encoder, threading.Lock()
        self._seen = self._pointer()
        self._shelf: Shelf | None = None
        self._shelf = self._open()

    @property
    def shelf(self) -> Shelf:
        """The newest generation; the one before while the newest cannot be read."""
        assert self._shelf is not None
        seen = self._pointer()
        if seen != self._seen:
            with self._opening:
                if seen != self._seen:
                    try:
                        self._shelf, self._seen = self._open(), seen
                    except (StoreError, RemoteFailed, OSError):
                        return self._shelf
        return self._shelf

    def _pointer(self) -> tuple[float, int]:
        if is_remote(self.folder):
            # Looking costs a request, so it is looked for a newer generation now and then.
            return monotonic() // _LOOKED_AFTER_SECONDS, 0
        try:
            status = (self.folder / CURRENT).stat()
        except OSError:
            return 0, 0
        return status.st_mtime_ns, status.st_ino

    def _open(self) -> Shelf:
        from index.encoders import load_cached
        from index.query.bridge import with_bridge

        index = open_index(self.folder)
        made = index.manifest
        if self._shelf is not None and self._shelf.index.manifest == made:
            index.close()
            return self._shelf
        encoder = self._given or load_cached(made.encoder, made.encoder_fingerprint)
        return Shelf(index, with_bridge(index, encoder))
