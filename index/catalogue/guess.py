"""What the files of a folder are, where nobody has said it: a map to look at and to correct."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from index.catalogue.mapping import CatalogueMap, TableMap
from index.catalogue.picture_names import list_pictures, read_names
from index.catalogue.reports import (
    COLUMNS,
    artwork_columns,
    choose_artwork_column,
    guess_columns,
    looks_counted,
    platform_of,
)
from index.catalogue.tables import find_tables
from index.errors import InputError
from index.io.table_file import AS_FOUND, Reading, TableFile, connect
from index.io.table_open import SUFFIXES, open_table
from index.io.table_scan import Scan, as_text

pass


LEAST_MET = 0.05
"""A report of whose artworks fewer are known than this share is no report of these pictures."""
MOST_VALUES = 20_000


def guess_map(folder: Path, reading: Reading = AS_FOUND) -> CatalogueMap | None:
    """A map of a folder of pictures, with a report of how they did if there is one.

    Args:
        folder: on this machine.
        reading: how its tables are written, where the user says so.

    Returns:
        None where the folder has tables of titles or artworks, or no pictures.

    Raises:
        InputError: two reports are there, or one of which no artwork is known.
    """
    tables = find_tables(folder)
    if "titles" in tables or "artworks" in tables:
        return None
    pictures = list_pictures(folder)
    if not pictures:
        return None
    given = CatalogueMap(pictures=".")
    if "performance" in tables or "impressions" in tables:
        return given
    counted = [
        file
        for path in sorted(folder.iterdir())
        if path.is_file() and path.name.lower().endswith(SUFFIXES)
        if (file := _open(path, reading)) is not None and looks_counted(file.columns)
    ]
    if not counted:
        return given
    if len(counted) > 1:
        raise InputError(
            f"both {counted[0].path.name} and {counted[1].path.name} are reports",
            path=folder,
            hint="keep one of them, or say with catalogue.yaml which is read",
        )
    return map_report(counted[0], read_names(pictures).artworks["artwork_id"], given)


def map_report(file: TableFile, artworks: Collection[str], given: CatalogueMap) -> CatalogueMap:
    """The map with a report of how some artworks did.

    Args:
        given: the map of the pictures.

    Raises:
        InputError: none of its columns names these artworks.
    """
    names = artwork_columns(file.columns)
    with connect() as connection:
        scan = Scan(connection, file)
        values = {name: _different(scan, name) for name in names}
    column, met = choose_artwork_column(values, artworks)
    if met < LEAST_MET:
        first = next((one for held in values.values() for one in held if one), "nothing")
        raise InputError(
            f"no column names these pictures: {file.path.name} has {first!r}, the first picture is "
            f"{next(iter(artworks))!r}",
            path=file.path,
            hint="name pictures as the report does, or say in catalogue.yaml which column does",
        )
    columns = {"artwork_id": column, **guess_columns(file.columns)}
    told: dict[str, str | None] = {k: own for k, own in columns.items() if k != own}
    return given.model_copy(
        update={
            "performance": TableMap(file=file.path.name, columns=told),
            "delivery": platform_of(file.columns),
        }
    )


def _open(path: Path, reading: Reading) -> TableFile | None:
    known = [name for names in COLUMNS.values() for name in names]
    try:
        return open_table(path, (), known, reading=reading, as_named=True)
    except InputError:
        return None


def _different(scan: Scan, name: str) -> list[str]:
    found = scan.rows(
        f"SELECT DISTINCT {as_text(scan.source, name)} AS value FROM {{source}} "
        f"ORDER BY value LIMIT {MOST_VALUES}"
    )
    return [str(one) for one in found["value"]]
