"""`catalogue.yaml`: which files and columns are a catalogue's tables, under names of their own."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from index.catalogue.tables import MAP, NAMES
from index.errors import InputError
from index.io.nearest_name import name_hint
from index.io.table_file import Reading
from index.io.yaml import read_yaml

_Name = Annotated[
    str, BeforeValidator(lambda value: str(value) if isinstance(value, int) else value)
]


class TableMap(BaseModel):
    """One table: its file, relative to the catalogue, and known column → column of the file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    file: _Name | None = None
    columns: dict[str, _Name | None] = Field(default_factory=dict)


class CatalogueMap(BaseModel):
    """A whole catalogue's tables, and how they are written.

    `pictures` names a folder whose pictures are the artworks, called "title - variant.jpg", where
    there is no table of artworks. `delivery` says whose algorithm chose what was shown.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    titles: TableMap = TableMap()
    artworks: TableMap = TableMap()
    performance: TableMap = TableMap()
    impressions: TableMap = TableMap()
    interactions: TableMap = TableMap()
    members: TableMap = TableMap()
    pictures: _Name | None = None
    decimal: Literal["point", "comma"] | None = None
    dates: Literal["day-first", "month-first"] | None = None
    periods: Literal["running", "separate"] | None = None
    encoding: str | None = None
    delivery: str = ""

    def table(self, name: str) -> TableMap:
        """The map of one table."""
        found: TableMap = getattr(self, name)
        return found

    def reading(self, asked: Reading) -> Reading:
        """How the tables are written: as asked, else as the map says."""
        mark = {"point": ".", "comma": ",", None: None}[self.decimal]
        return Reading(
            asked.decimal or mark,
            asked.dates or self.dates,
            asked.periods or self.periods,
            asked.encoding or self.encoding,
        )

    def document(self) -> dict[str, Any]:
        """What `catalogue.yaml` holds: the parts that say something."""
        return self.model_dump(exclude_defaults=True, exclude_none=True)


def read_map(folder: Path) -> CatalogueMap:
    """The folder's `catalogue.yaml`; an empty map where there is none.

    Raises:
        InputError: it is not one.
    """
    path = folder / MAP
    return read_map_file(path) if path.is_file() else CatalogueMap()


def read_map_file(path: Path) -> CatalogueMap:
    """A map from any file.

    Raises:
        InputError: it is no map.
    """
    read = read_yaml(path, "a map of a catalogue")
    if not isinstance(read.value, dict):
        raise InputError(
            "is not a map of a catalogue", path=path, hint="name a table, such as performance:"
        )
    try:
        return CatalogueMap.model_validate(read.value)
    except ValidationError as error:
        first = error.errors()[0]
        keys = [str(part) for part in first["loc"]]
        if first["type"] == "extra_forbidden":
            known = CatalogueMap.model_fields if len(keys) == 1 else TableMap.model_fields
            problem, hint = f"unknown key {keys[-1]!r}", name_hint(keys[-1], list(known))
        else:
            problem, hint = first["msg"][0].lower() + first["msg"][1:], "fix this value"
        row = read.rows.get(keys[0])
        raise InputError(problem, path=path, row=row, column=".".join(keys), hint=hint) from None


def mapped_tables(folder: Path, found: dict[str, Path], given: CatalogueMap) -> dict[str, Path]:
    """The file of each table: as the map says, else the one that is called like it.

    Raises:
        InputError: a file of the map is not in the folder.
    """
    files = dict(found)
    for name in NAMES:
        own = given.table(name).file
        if own is None:
            continue
        path = folder / own
        if not path.resolve().is_relative_to(folder.resolve()) or not path.is_file():
            raise InputError(
                f"the file {own!r} of {name} is not in the catalogue",
                path=folder / MAP,
                hint="name a file of this folder",
            )
        files[name] = path
    return files
