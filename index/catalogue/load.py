"""Reads a catalogue folder and refuses what cannot be right."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence, Sized
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from index.catalogue.catalogue import Catalogue
from index.catalogue.guess import guess_map
from index.catalogue.ids import refuse_damaged, unguarded
from index.catalogue.joins import called_like_titles, of_titles, respelled
from index.catalogue.mapping import CatalogueMap, mapped_tables, read_map
from index.catalogue.picture_names import list_pictures, read_names
from index.catalogue.picture_paths import find_pictures, why_outside
from index.catalogue.schemas import (
    ARTWORKS,
    IMPRESSIONS_COLUMNS,
    IMPRESSIONS_OPTIONAL,
    INTERACTIONS,
    MEMBERS,
    PERFORMANCE_COLUMNS,
    PERFORMANCE_OPTIONAL,
    RATES,
    TITLES,
    TableSpec,
    among,
    numbers,
    validate,
)
from index.catalogue.tables import MAP, find_tables, local_tables, lookalikes, named_as_in
from index.catalogue.words import tidy_lists
from index.errors import InputError
from index.io.locations import is_remote
from index.io.table_file import AS_FOUND, Reading, TableFile, no_rows
from index.io.table_open import open_table
from index.io.table_scan import read_table

LISTS = ("genres", "tags", "talent")


def load_catalogue(
    folder: Path, *, reading: Reading = AS_FOUND, allowed: Sequence[Path] = ()
) -> Catalogue:
    """Reads and checks a folder; a missing image is no error here.

    A performance or impressions file is checked for its columns only: its rows are read, and
    checked, by `aggregate_performance`.

    Args:
        folder: here or in an object store.
        reading: how the tables are written, where the user says so.
        allowed: folders outside to which links to pictures may lead.

    Raises:
        InputError: the first thing that is wrong, with file, row, column and what to do.
        RemoteFailed: it lies in an object store that cannot be reached or refuses.
    """
    folder = Path(folder)
    if not is_remote(folder) and not folder.is_dir():
        raise InputError(
            "is not a folder" if folder.exists() else "there is no such folder",
            path=folder,
            hint="name a folder with titles and artworks tables",
        )
    tables = local_tables(folder)
    with named_as_in(folder, tables):
        given = read_map(tables)
        if not is_remote(folder) and not (tables / MAP).is_file():
            given = guess_map(tables, reading) or given
        loader = _Loader(folder, tables, given, given.reading(reading), tuple(allowed))
        return loader.load()


@dataclass(frozen=True, slots=True)
class _Loader:
    """One folder, what its map says, and how to read it."""

    folder: Path
    tables: Path
    given: CatalogueMap
    reading: Reading
    allowed: tuple[Path, ...]
    opened: list[TableFile] = field(default_factory=list)

    def load(self) -> Catalogue:
        paths = mapped_tables(self.tables, find_tables(self.tables), self.given)
        performance, impressions = paths.get("performance"), paths.get("impressions")
        if performance and impressions:
            raise InputError(
                f"both {performance.name} and {impressions.name} are here",
                path=self.folder,
                hint="keep one of them, as they would count the same impressions twice",
            )
        told: list[str] = []
        if self.given.pictures is not None and "artworks" not in paths:
            titles, artworks = self._of_pictures(paths, told)
        else:
            titles = self._titles(self._needed(paths, TITLES))
            artworks = self._artworks(self._needed(paths, ARTWORKS), titles)
        counted = (*PERFORMANCE_OPTIONAL, *RATES)
        counts = self._open(performance, "performance", PERFORMANCE_COLUMNS, counted)
        log = self._open(impressions, "impressions", IMPRESSIONS_COLUMNS, IMPRESSIONS_OPTIONAL)
        members = self._members(paths.get("members"))
        interactions = self._interactions(paths.get("interactions"), titles, members)
        used = [*paths.values(), self.tables / MAP]
        return Catalogue(
            folder=self.folder,
            titles=titles,
            artworks=artworks,
            performance=counts,
            impressions=log,
            interactions=interactions,
            members=members,
            fingerprint=_fingerprint(
                [path for path in used if path.is_file()],
                f"{self.reading}{self.given.document()}{artworks['path'].tolist() if told else ''}",
            ),
            files=tuple(self.opened),
            notes=(*told, *self._passed_over(paths)),
            delivery=self.given.delivery,
        )

    def _of_pictures(
        self, paths: dict[str, Path], told: list[str]
    ) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Artworks, and titles where there is no table of them, from the names of pictures."""
        folder = self.folder / (self.given.pictures or ".")
        pictures = list_pictures(folder)
        if not pictures:
            raise InputError("holds no picture", path=folder, hint="name a folder of pictures")
        named = read_names(pictures)
        told.append(named.told)
        artworks = named.artworks
        if self.given.pictures != ".":
            artworks = artworks.assign(path=f"{self.given.pictures}/" + artworks["path"])
        blank = {name: "" for name in ARTWORKS.optional if name not in artworks}
        artworks = artworks.assign(**blank).assign(family_id=artworks["artwork_id"])
        if "titles" not in paths:
            more = {name: "" for name in TITLES.optional if name != "year"}
            empty = pd.array([None] * len(named.titles), dtype="Int64")
            return named.titles.assign(**more, year=empty), artworks
        titles = self._titles(paths["titles"])
        return titles, called_like_titles(artworks, named.titles, titles, self.opened[-1])

    def _needed(self, paths: dict[str, Path], spec: TableSpec) -> Path:
        if spec.name in paths:
            return paths[spec.name]
        hint = f"add one with the columns {', '.join(spec.required)}"
        alike = lookalikes(self.tables, spec.name, paths.values())
        if alike:
            hint = f"{alike[0]} is not read: save it as {spec.name}.csv"
        raise InputError(
            f"there is no {spec.name}.csv or {spec.name}.parquet", path=self.folder, hint=hint
        )

    def _passed_over(self, paths: dict[str, Path]) -> list[str]:
        """Files that look like a table that is not there."""
        told: list[str] = []
        counted = "performance" in paths or "impressions" in paths
        for name in ("performance", "impressions", "interactions", "members"):
            alike = lookalikes(self.tables, name, paths.values())
            if name in paths:
                told.extend(
                    f"{file} is not read: {paths[name].name} is"
                    for file in alike
                    if file.lower().startswith(name)
                )
            elif not (counted and name in ("performance", "impressions")):
                told.extend(
                    f"{file} is not read; to have it read as {name}, save it as {name}.csv"
                    for file in alike
                )
        return told

    def _read(self, path: Path, spec: TableSpec) -> tuple[pd.DataFrame, TableFile]:
        source = self._open(path, spec.name, spec.required, spec.optional)
        assert source is not None
        frame = read_table(source, spec.known, dict(spec.numbers))
        if frame.empty:
            raise no_rows(path)
        for column in spec.ids:
            if column in frame:
                frame[column] = unguarded(frame[column])
                refuse_damaged(source, column, frame[column])
        frame = _without_copies(frame, spec, source)
        validate(frame, spec, source)
        missing = {name: "" for name in spec.optional if name not in frame.columns}
        return frame.assign(**missing), source

    def _open(
        self, path: Path | None, name: str, required: Sequence[str], optional: Sequence[str]
    ) -> TableFile | None:
        if path is None:
            return None
        renamed = self.given.table(name).columns
        source = open_table(
            path, required, optional, name=name, reading=self.reading, renamed=renamed
        )
        self.opened.append(source)
        return source

    def _titles(self, path: Path) -> pd.DataFrame:
        frame, source = self._read(path, TITLES)
        for column in LISTS:
            if column in frame and frame[column].dtype != "float64":
                cells, told = tidy_lists(frame[column].fillna("").astype(str).tolist())
                frame[column] = pd.Series(cells, index=frame.index, dtype="str")
                if told:
                    source.notes.append(f"{column}: {told}")
        return frame.assign(year=numbers(frame["year"]).astype("Int64"))

    def _artworks(self, path: Path, titles: pd.DataFrame) -> pd.DataFrame:
        frame, source = self._read(path, ARTWORKS)
        frame = respelled(frame, source, "title_id", titles["title_id"], "titles")
        known = among("title_id", titles["title_id"], "titles")
        validate(frame, TableSpec(ARTWORKS.name, ("title_id",), (), (known,)), source)
        found = find_pictures(self.folder, frame["path"], self.allowed)
        if found.outside.any():
            record = int(found.outside.to_numpy().argmax())
            written = str(frame["path"].iloc[record])
            why, hint = why_outside(self.folder, written)
            raise InputError(
                f"{written!r} leaves the catalogue folder{why}",
                path=source.path,
                row=source.line_of(int(frame.index[record])),
                column="path",
                hint=hint,
            )
        source.notes.extend(found.notes)
        family = frame["family_id"].mask(frame["family_id"].eq(""), frame["artwork_id"])
        return frame.assign(family_id=family, path=found.paths).reset_index(drop=True)

    def _interactions(
        self, path: Path | None, titles: pd.DataFrame, members: pd.DataFrame | None
    ) -> pd.DataFrame | None:
        if path is None:
            return None
        frame, source = self._read(path, INTERACTIONS)
        frame = of_titles(frame, source, titles["title_id"])
        if members is not None:
            frame = respelled(
                frame, source, "member_id", members["member_id"], "members", all_of=True
            )
        return frame.assign(plays=numbers(frame["plays"])).reset_index(drop=True)

    def _members(self, path: Path | None) -> pd.DataFrame | None:
        return None if path is None else self._read(path, MEMBERS)[0].reset_index(drop=True)


def _without_copies(frame: pd.DataFrame, spec: TableSpec, source: TableFile) -> pd.DataFrame:
    """Without rows that repeat another in every column, where a row is a thing of its own.

    Rows of plays add up, so that they count as copies only where every row is there as often.
    """
    ids = [name for name in spec.ids if name in frame]
    if ids and not frame[ids].duplicated().any():
        return frame
    hashed = frame[[name for name in frame if not _holds_lists(frame[name])]]
    copies = hashed.duplicated()
    if not copies.any():
        return frame
    if spec is INTERACTIONS:
        times = hashed.value_counts(dropna=False)
        each = int(times.min())
        if each == 1 or (times % each).any() or len(times) < 20:
            return frame
        kept = hashed.groupby(list(hashed), dropna=False).cumcount() % each == 0
        source.notes.append(f"every row is there {each} times and is counted once")
        return frame[kept.to_numpy()]
    first = int(copies.to_numpy().argmax())
    number = int(copies.sum())
    source.notes.append(
        f"{number:,} {'row repeats' if number == 1 else 'rows repeat'} another in every column "
        f"(the first is row {source.line_of(first)})"
    )
    return frame[~copies]


def _holds_lists(values: Any) -> bool:
    return values.dtype == object and any(isinstance(one, Sized) for one in values.head(100))


def _fingerprint(paths: list[Path], how: str) -> str:
    digest = hashlib.blake2b(digest_size=16)
    for path in paths:
        digest.update(f"{path.name}\0{path.stat().st_size}\0".encode())
        with path.open("rb") as stream:
            hashlib.file_digest(stream, lambda: digest)
    digest.update(how.encode())
    return digest.hexdigest()
