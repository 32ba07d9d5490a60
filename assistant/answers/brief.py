"""A brief: what a strategist says of a new title, in YAML."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from index.errors import InputError
from index.io.nearest_name import name_hint
from index.io.yaml import read_yaml

_Text = Annotated[str, Field(max_length=20_000)]
_Share = Annotated[float, Field(gt=0, allow_inf_nan=False)]


class MockupWishes(BaseModel):
    """How many mockups to draw, and from which seed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    count: Annotated[int, Field(ge=1, le=64)] = 4
    seed: int = 7


class Brief(BaseModel):
    """One brief, checked; reference paths are resolved against the brief's folder."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: Annotated[_Text, Field(min_length=1)]
    synopsis: _Text = ""
    genres: tuple[_Text, ...] = ()
    tags: tuple[_Text, ...] = ()
    audience: dict[str, _Share] | None = None
    platforms: tuple[_Text, ...] = ()
    canvases: tuple[_Text, ...] = ()
    must_show: tuple[_Text, ...] = ()
    avoid: tuple[_Text, ...] = ()
    references: tuple[Path, ...] = ()
    mockups: MockupWishes = MockupWishes()

    @field_validator("genres", "tags", "platforms", "canvases", "must_show", "avoid", mode="before")
    @classmethod
    def _one_word_is_a_list(cls, value: object) -> object:
        return (value,) if isinstance(value, str) else value

    @field_validator("title", mode="before")
    @classmethod
    def _numbers_are_titles_too(cls, value: object) -> object:
        return (
            str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value
        )


def _explain(error: ValidationError, rows: dict[str, int], path: Path) -> InputError:
    first = error.errors()[0]
    key = str(first["loc"][0]) if first["loc"] else ""
    if first["type"] == "extra_forbidden":
        within = MockupWishes if len(first["loc"]) > 1 else Brief
        unknown, known = str(first["loc"][-1]), list(within.model_fields)
        return InputError(
            f"unknown key {unknown!r}",
            path=path,
            row=rows.get(key),
            hint=name_hint(unknown, known, always_list=True),
        )
    if first["type"] == "missing":
        return InputError("the key 'title' is missing", path=path, hint="add a line: title: NAME")
    where = ".".join(str(part) for part in first["loc"])
    message = first["msg"][0].lower() + first["msg"][1:]
    return InputError(message, path=path, row=rows.get(key), column=where, hint="fix this value")


def load_brief(path: Path) -> Brief:
    """Read and check one brief.

    Raises:
        InputError: the file cannot be read, is not YAML, has an unknown key (the nearest valid
            one is named), a value of the wrong kind, or a reference image that is not there.
    """
    read = read_yaml(path, "a brief")
    document, rows = read.value, read.rows
    if not isinstance(document, dict):
        raise InputError(
            "is not a brief", path=path, hint="write keys and values, at least: title: NAME"
        )
    try:
        brief = Brief.model_validate({str(key): value for key, value in document.items()})
    except ValidationError as error:
        raise _explain(error, rows, path) from None
    references = tuple(path.parent / reference for reference in brief.references)
    for reference in references:
        if not reference.is_file():
            raise InputError(
                f"the reference image {reference} is not there",
                path=path,
                row=rows.get("references"),
                column="references",
                hint="paths are relative to the brief",
            )
    return brief.model_copy(update={"references": references})


def brief_text(brief: Brief) -> str:
    """The brief in the words that titles of an index are embedded with."""
    from index.catalogue.title_text import title_text

    return title_text(brief.title, brief.synopsis, brief.genres, brief.tags)


def title_brief(row: Mapping[str, Any]) -> Brief:
    """A title of a catalogue as if it were new.

    Args:
        row: of the titles table: name, and synopsis, genres and tags (`|` between) where known.
    """

    def words(name: str) -> tuple[str, ...]:
        text = row.get(name)
        return tuple(filter(None, text.split("|"))) if isinstance(text, str) else ()

    synopsis = row.get("synopsis")
    return Brief(
        title=str(row["name"]) or "untitled",
        synopsis=synopsis if isinstance(synopsis, str) else "",
        genres=words("genres"),
        tags=words("tags"),
    )
