"""Reads a catalogue folder and refuses what cannot be right."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence, Sized
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from index.catalogue.catalogue import Catalogue
from index.catalogue.guess import guess_map
from index.catalogue.ids import meet, refuse_damaged, unguarded
from index.catalogue.mapping import CatalogueMap, mapped_tables, read_map
from index.catalogue.performance_columns import (
    IMPRESSIONS_COLUMNS,
    IMPRESSIONS_OPTIONAL,
    PERFORMANCE_COLUMNS,
    PERFORMANCE_OPTIONAL,
    RATES,
)
from index.catalogue.picture_names import list_pictures, read_names
from index.catalogue.picture_paths import find_pictures, why_outside
from index.catalogue.schemas import (
    ARTWORKS,
    INTERACTIONS,
    MEMBERS,
    TITLES,
    Rule,
    TableSpec,
    among,
    numbers,
    validate,
)
from index.catalogue.tables import MAP, find_tables, local_tables, lookalikes, named_as_in
from index.catalogue.words import tidy_lists
from index.errors import InputError
from index.io.locations import is_remote
from index.io.table_file import AS_FOUND, Reading, TableFile, no_rows, open_table, read_table

CHUNK = 1 << 20
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

    def load(self) -> Catalogue:
        paths = mapped_tables(self.tables, find_tables(self.tables), self.given)
        performance, impressions = paths.get("performance"), paths.get("impressions")
        if performance and impressions:
            raise InputError(
                f"both {performance.name} and {impressions.name} are here",
                path=self.folder,
                hint="keep one of them, as they would count the same impressions twice",
            )
        opened: list[TableFile] = []
        told: list[str] = []
        if self.given.pictures is not None and "artworks" not in paths:
            titles, artworks = self._of_pictures(paths, opened, told)
        else:
            titles = self._titles(self._needed(paths, TITLES), opened)
            artworks = self._artworks(self._needed(paths, ARTWORKS), titles, opened)
        counts = self._open(performance, "performance", opened)
        log = self._open(impressions, "impressions", opened)
        members = self._members(paths.get("members"), opened)
        interactions = self._interactions(paths.get("interactions"), titles, members, opened)
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
            files=tuple(opened),
            notes=(*told, *self._passed_over(paths)),
            delivery=self.given.delivery,
        )

    def _of_pictures(
        self, paths: dict[str, Path], opened: list[TableFile], told: list[str]
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
        titles = self._titles(paths["titles"], opened)
        return titles, _of_known_titles(artworks, named.titles, titles, opened[-1])

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

    def _read(
        self, path: Path, spec: TableSpec, opened: list[TableFile], *more: Rule
    ) -> tuple[pd.DataFrame, TableFile]:
        source = open_table(
            path,
            spec.required,
            spec.optional,
            name=spec.name,
            reading=self.reading,
            renamed=self._columns(spec.name),
        )
        opened.append(source)
        frame = read_table(source, spec.known, dict(spec.numbers))
        if frame.empty:
            raise no_rows(path)
        for column in spec.ids:
            if column in frame:
                frame[column] = unguarded(frame[column])
                refuse_damaged(source, column, frame[column])
        frame = _without_copies(frame, spec, source)
        validate(frame, spec, source, *more)
        missing = {name: "" for name in spec.optional if name not in frame.columns}
        return frame.assign(**missing), source

    def _columns(self, name: str) -> dict[str, str]:
        return {known: own for known, own in self.given.table(name).columns.items() if own}

    def _open(self, path: Path | None, name: str, opened: list[TableFile]) -> TableFile | None:
        if path is None:
            return None
        required, optional = {
            "performance": (PERFORMANCE_COLUMNS, (*PERFORMANCE_OPTIONAL, *RATES)),
            "impressions": (IMPRESSIONS_COLUMNS, IMPRESSIONS_OPTIONAL),
        }[name]
        opened.append(
            open_table(
                path,
                required,
                optional,
                name=name,
                reading=self.reading,
                renamed=self._columns(name),
            )
        )
        return opened[-1]

    def _titles(self, path: Path, opened: list[TableFile]) -> pd.DataFrame:
        frame, source = self._read(path, TITLES, opened)
        for column in LISTS:
            if column in frame and frame[column].dtype != "float64":
                cells, told = tidy_lists(frame[column].fillna("").astype(str).tolist())
                frame[column] = pd.Series(cells, index=frame.index, dtype="str")
                if told:
                    source.notes.append(f"{column}: {told}")
        return frame.assign(year=numbers(frame["year"]).astype("Int64"))

    def _artworks(self, path: Path, titles: pd.DataFrame, opened: list[TableFile]) -> pd.DataFrame:
        def met(frame: pd.DataFrame, source: TableFile) -> pd.DataFrame:
            return _respelled(frame, source, "title_id", titles["title_id"], "titles")

        frame, source = self._read_then(path, ARTWORKS, opened, met, titles)
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

    def _read_then(
        self,
        path: Path,
        spec: TableSpec,
        opened: list[TableFile],
        met: Callable[[pd.DataFrame, TableFile], pd.DataFrame],
        titles: pd.DataFrame,
    ) -> tuple[pd.DataFrame, TableFile]:
        """A table whose titles are spelled as the catalogue's before they are looked up."""
        frame, source = self._read(path, spec, opened)
        frame = met(frame, source)
        known = among("title_id", titles["title_id"], "titles")
        validate(frame, TableSpec(spec.name, ("title_id",), (), (known,)), source)
        return frame, source

    def _interactions(
        self,
        path: Path | None,
        titles: pd.DataFrame,
        members: pd.DataFrame | None,
        opened: list[TableFile],
    ) -> pd.DataFrame | None:
        if path is None:
            return None
        frame, source = self._read(path, INTERACTIONS, opened)
        frame = _met_rows(frame, source, "title_id", titles["title_id"], "titles")
        if members is not None:
            frame = _respelled(
                frame, source, "member_id", members["member_id"], "members", all_of=True
            )
        return frame.assign(plays=numbers(frame["plays"])).reset_index(drop=True)

    def _members(self, path: Path | None, opened: list[TableFile]) -> pd.DataFrame | None:
        if path is None:
            return None
        return self._read(path, MEMBERS, opened)[0].reset_index(drop=True)


def _of_known_titles(
    artworks: pd.DataFrame, named: pd.DataFrame, titles: pd.DataFrame, source: TableFile
) -> pd.DataFrame:
    """Artworks whose pictures are called like a title of the table; others are left out.

    Raises:
        InputError: none is.
    """
    names = dict(zip(titles["name"], titles["title_id"], strict=True))
    ids = {one: one for one in titles["title_id"]}
    known = names | ids
    met = meet(named["name"], list(known), names=True)
    own = {
        key: known.get(name) or known.get(met.spelled.get(name, ""))
        for key, name in zip(named["title_id"], named["name"], strict=True)
    }
    found = artworks["title_id"].map(own)
    if found.isna().all():
        raise InputError(
            f"no picture is called like a title: one is {named['name'].iloc[0]!r}, the first title "
            f"{titles['name'].iloc[0]!r}",
            path=source.path,
            hint="call pictures “title - variant.jpg”",
        )
    if found.isna().any():
        source.notes.append(f"{int(found.isna().sum()):,} pictures belong to no title: left out")
    return artworks.assign(title_id=found)[found.notna()].reset_index(drop=True)


def _without_copies(frame: pd.DataFrame, spec: TableSpec, source: TableFile) -> pd.DataFrame:
    """Without rows that repeat another in every column, where a row is a thing of its own.

    Rows of plays add up, so that they count as copies only where every row is there as often.
    """
    hashed = frame[[name for name in frame if not _holds_lists(frame[name])]]
    copies = hashed.duplicated()
    if not copies.any():
        return frame
    if spec is INTERACTIONS:
        times = hashed.value_counts(dropna=False)
        if int(times.min()) == 1 or (times.nunique() > 1 and int(times.min()) < 2):
            return frame
        each = int(times.min())
        if (times % each).any() or len(times) < 20:
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


def _respelled(
    frame: pd.DataFrame,
    source: TableFile,
    column: str,
    known: pd.Series[str],
    table: str,
    *,
    all_of: bool = False,
) -> pd.DataFrame:
    """A column of ids spelled as another table does.

    Raises:
        InputError: with `all_of`, no id is known.
    """
    if frame[column].isin(known).all():
        return frame
    met = meet(frame[column], known)
    if all_of and len(met.missed) == frame[column].nunique():
        raise InputError(
            f"no value is in {table}: here it is {met.missed[0]!r}, there {met.known!r}",
            path=source.path,
            column=column,
            hint=f"write ids as {table} does",
        )
    if not met.spelled:
        return frame
    what = "titles" if column == "title_id" else "members"
    source.notes.append(met.told(what, table))
    return frame.assign(**{column: frame[column].map(met.spelled).fillna(frame[column])})


def _met_rows(
    frame: pd.DataFrame, source: TableFile, column: str, known: pd.Series[str], table: str
) -> pd.DataFrame:
    """The rows whose id is known; others are left out and counted.

    Raises:
        InputError: none is.
    """
    frame = _respelled(frame, source, column, known, table, all_of=True)
    there = frame[column].isin(known)
    if there.all():
        return frame
    lost = frame.loc[~there, column]
    source.notes.append(
        f"{len(lost):,} rows of {lost.nunique():,} {table} that are not in {table} left out "
        f"(the first is {lost.iloc[0]!r})"
    )
    return frame[there]


def _fingerprint(paths: list[Path], how: str) -> str:
    digest = hashlib.blake2b(digest_size=16)
    for path in paths:
        digest.update(f"{path.name}\0{path.stat().st_size}\0".encode())
        with path.open("rb") as stream:
            while block := stream.read(CHUNK):
                digest.update(block)
    digest.update(how.encode())
    return digest.hexdigest()
