"""Makes a catalogue folder of reports and pictures that lie anywhere, in one step."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from index.catalogue.aggregate import aggregate_performance
from index.catalogue.catalogue import Catalogue
from index.catalogue.guess import guess_map
from index.catalogue.load import load_catalogue
from index.catalogue.mapping import CatalogueMap
from index.catalogue.picture_names import SUFFIXES as PICTURES
from index.catalogue.picture_names import list_pictures
from index.catalogue.tables import MAP
from index.errors import InputError
from index.io.safe_text import yaml_text
from index.io.table_file import AS_FOUND, Reading
from index.io.table_open import SUFFIXES

HEADER = """\
# How this catalogue is read. Known names stand left, the names of the files right; correct what
# is wrong and index the folder again, or use it for the next report: assistant import --map.
"""


@dataclass(frozen=True, slots=True)
class Gathered:
    """A catalogue that was made.

    Attributes:
        impressions: in all; None without a report.
    """

    map: CatalogueMap
    catalogue: Catalogue
    impressions: int | None


def gather_catalogue(
    sources: Sequence[Path], out: Path, given: CatalogueMap | None, reading: Reading = AS_FOUND
) -> Gathered:
    """Copy reports and pictures into a new folder with the map that reads them.

    Nothing is written where they cannot be read together.

    Args:
        sources: files and folders.
        out: the catalogue; a folder that is not there, empty, or made by an earlier import.
        given: a map to use; None to guess one.
        reading: how the tables are written, where the user says so.

    Raises:
        InputError: there is nothing to read, or it cannot be right.
    """
    _require_free(out)
    with _staged(out) as folder:
        for source in sources:
            _copy(source, folder)
        chosen = given or guess_map(folder, reading)
        if chosen is None and not any(path.is_file() for path in folder.iterdir()):
            raise InputError("there is nothing to import", hint="name reports and pictures")
        chosen = chosen or CatalogueMap()
        document = chosen.document()
        (folder / MAP).write_text(HEADER + (yaml_text(document) if document else "{}\n"), "utf-8")
        catalogue = load_catalogue(folder, reading=reading)
        _require_pictures(catalogue, folder)
        cells = aggregate_performance(catalogue, None)
        impressions = None if cells is None else int(cells["impressions"].sum())
        return Gathered(chosen, catalogue, impressions)


def _require_free(out: Path) -> None:
    if out.exists() and (not out.is_dir() or (any(out.iterdir()) and not (out / MAP).is_file())):
        what = "is not empty" if out.is_dir() else "is a file"
        raise InputError(what, path=out, hint="name a new folder with -o")


@contextmanager
def _staged(out: Path) -> Iterator[Path]:
    """A folder beside `out` that takes its place in the end."""
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{out.name}-", dir=out.parent) as room:
        folder, old = Path(room) / "catalogue", Path(room) / "old"
        folder.mkdir()
        try:
            yield folder
        except InputError as error:
            if error.path is not None and Path(error.path).is_relative_to(folder):
                error.path = Path(error.path).relative_to(folder)
            raise
        if out.exists():
            out.rename(old)
        folder.rename(out)


def _copy(source: Path, folder: Path) -> None:
    """A file, or what a folder holds, into the catalogue; the names stay."""
    if not source.exists():
        raise InputError("there is no such file or folder", path=source, hint="check the path")
    if source.is_file():
        _place(source, folder / source.name)
        return
    for inside in list_pictures(source):
        _place(source / inside, folder / inside)
    for path in sorted(source.iterdir()):
        if path.is_file() and path.name.lower().endswith(SUFFIXES):
            _place(path, folder / path.name)


def _place(source: Path, target: Path) -> None:
    if target.exists():
        raise InputError(f"two sources hold a file {target.name!r}", hint="rename one of them")
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        if target.suffix.lower() not in PICTURES:
            raise OSError
        os.link(source.resolve(), target)
    except OSError:
        shutil.copy2(source, target)


def _require_pictures(catalogue: Catalogue, folder: Path) -> None:
    there = [(folder / path).is_file() for path in catalogue.artworks["path"].head(1000)]
    if not any(there):
        raise InputError(
            f"no picture of the {len(catalogue.artworks):,} artworks is here",
            hint="name the folder that has them too",
        )
