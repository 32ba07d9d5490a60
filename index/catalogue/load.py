"""Reads a catalogue folder and refuses what cannot be right."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from index.catalogue.aggregate import IMPRESSIONS_COLUMNS, PERFORMANCE_COLUMNS
from index.catalogue.files import Source, find_table, line_of, no_rows, open_source, read_table
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
from index.catalogue.tables import NAMES, local_tables, named_as_in
from index.errors import InputError
from index.io.locations import is_remote

CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Catalogue:
    """A checked catalogue; ids are text, optional text is "" where nothing was given.

    Attributes:
        folder: where the paths of artworks begin, here or in an object store.
        titles: title_id, name, synopsis, genres, tags, year (Int64), maturity, country, and
            whatever else the file holds.
        artworks: artwork_id, title_id, path, family_id, canvas, language, created_at, rights,
            and whatever else the file holds.
        performance_path: counts per artwork, or None.
        impressions_path: a log of single impressions, or None.
        interactions: member_id, title_id, plays (float64), or None.
        members: member_id, cluster, or None.
        fingerprint: changes when the bytes of any table change.
    """

    folder: Path
    titles: pd.DataFrame
    artworks: pd.DataFrame
    performance_path: Path | None
    impressions_path: Path | None
    interactions: pd.DataFrame | None
    members: pd.DataFrame | None
    fingerprint: str


def load_catalogue(folder: Path) -> Catalogue:
    """Reads and checks a folder; a missing image is no error here.

    A performance or impressions file is checked for its columns only: its rows are read, and
    checked, by `aggregate_performance`.

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
        return _load(folder, tables)


def _load(folder: Path, tables: Path) -> Catalogue:
    paths = {name: find_table(tables, name) for name in NAMES}
    performance, impressions = paths["performance"], paths["impressions"]
    if performance and impressions:
        raise InputError(
            f"both {performance.name} and {impressions.name} are here",
            path=folder,
            hint="keep one of them, as they would count the same impressions twice",
        )
    titles = _titles(_needed(folder, paths["titles"], TITLES))
    artworks = _artworks(folder, _needed(folder, paths["artworks"], ARTWORKS), titles)
    if performance:
        open_source(performance, PERFORMANCE_COLUMNS)
    if impressions:
        open_source(impressions, IMPRESSIONS_COLUMNS)
    return Catalogue(
        folder=folder,
        titles=titles,
        artworks=artworks,
        performance_path=performance,
        impressions_path=impressions,
        interactions=_interactions(paths["interactions"], titles),
        members=_members(paths["members"]),
        fingerprint=_fingerprint([path for path in paths.values() if path]),
    )


def _needed(folder: Path, path: Path | None, spec: TableSpec) -> Path:
    if path is None:
        raise InputError(
            f"there is no {spec.name}.csv or {spec.name}.parquet",
            path=folder,
            hint=f"add one with the columns {', '.join(spec.required)}",
        )
    return path


def _read(path: Path, spec: TableSpec, *more: Rule) -> tuple[pd.DataFrame, Source]:
    source = open_source(path, spec.required)
    frame = read_table(source, spec.known)
    if frame.empty:
        raise no_rows(path)
    validate(frame, spec, source, *more)
    return frame.assign(**{name: "" for name in spec.optional if name not in frame.columns}), source


def _titles(path: Path) -> pd.DataFrame:
    frame, _ = _read(path, TITLES)
    return frame.assign(year=numbers(frame["year"]).astype("Int64"))


def _artworks(folder: Path, path: Path, titles: pd.DataFrame) -> pd.DataFrame:
    frame, source = _read(path, ARTWORKS, among("title_id", titles["title_id"], "titles"))
    outside = _outside(folder, frame["path"])
    if outside.any():
        record = int(outside.to_numpy().argmax())
        raise InputError(
            f"{frame['path'].iloc[record]!r} leaves the catalogue folder",
            path=source.path,
            row=line_of(source, record),
            column="path",
            hint="put the image inside the folder and give its path from there",
        )
    family = frame["family_id"].mask(frame["family_id"].eq(""), frame["artwork_id"])
    return frame.assign(family_id=family)


def _interactions(path: Path | None, titles: pd.DataFrame) -> pd.DataFrame | None:
    if path is None:
        return None
    frame, _ = _read(path, INTERACTIONS, among("title_id", titles["title_id"], "titles"))
    return frame.assign(plays=numbers(frame["plays"]))


def _members(path: Path | None) -> pd.DataFrame | None:
    return None if path is None else _read(path, MEMBERS)[0]


def _outside(folder: Path, paths: pd.Series[str]) -> pd.Series[bool]:
    """Which paths lead out of the folder, by their text or by a link on the way.

    Folders are resolved once each, and files only where they are links, so that a million
    artworks cost a million look-ups in a set.
    """
    portable = paths.str.replace("\\", "/", regex=False)
    outside = portable.str.contains(r"^/|^[A-Za-z]:|\x00|(?:^|/)\.{0,2}$", regex=True)
    if is_remote(folder):
        return outside | portable.str.contains(r"(?:^|/)\.\.(?:/|$)", regex=True)
    root = folder.resolve()
    parents = portable.str.rpartition("/")[0]
    leaving: set[str] = set()
    links: set[str] = set()
    for parent in parents[~outside].unique():
        place = Path(os.path.realpath(folder / parent))
        if not place.is_relative_to(root):
            leaving.add(parent)
        elif place.is_dir():
            with os.scandir(place) as entries:
                prefix = f"{parent}/" if parent else ""
                links.update(prefix + entry.name for entry in entries if entry.is_symlink())
    linked = portable[portable.isin(links) & ~outside]
    escaped = {
        name
        for name in linked.unique()
        if not Path(os.path.realpath(folder / name)).is_relative_to(root)
    }
    return outside | parents.isin(leaving) | portable.isin(escaped)


def _fingerprint(paths: list[Path]) -> str:
    digest = hashlib.blake2b(digest_size=16)
    for path in paths:
        digest.update(f"{path.name}\0{path.stat().st_size}\0".encode())
        with path.open("rb") as stream:
            while block := stream.read(CHUNK):
                digest.update(block)
    return digest.hexdigest()
