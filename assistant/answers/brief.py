"""A brief: what a strategist says of a new title, in YAML."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from index.catalogue.words import one_list, title_text
from index.errors import InputError
from index.io.nearest_name import name_hint
from index.io.number_words import read_number
from index.io.yaml import read_yaml

_Text = Annotated[str, Field(max_length=20_000)]
_QUOTES = " \"'\u201c\u201d\u2018\u2019\u201e"
_Share = Annotated[float, Field(gt=0, allow_inf_nan=False)]


def _share(value: object) -> object:
    if not isinstance(value, str):
        return value
    decimal = "," if "," in value else "."
    number = read_number(value.removesuffix("%").strip(), decimal)
    if number is None or "--" in value:
        return value
    return number / 100 if value.endswith("%") else number


def _name_and_share(text: str) -> tuple[str, object]:
    """The name and the share in `romance 80%`; a name alone has the share 1."""
    found = re.fullmatch(r"(.+?)[\s:=]+([\d.,]+\s?%)", text)
    return (found[1], _share(found[2])) if found else (text, 1.0)


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
    def _one_line_is_a_list(cls, value: object) -> object:
        if isinstance(value, str):
            return one_list(value)
        if isinstance(value, list | tuple):
            return [one.strip(_QUOTES) if isinstance(one, str) else one for one in value]
        return value

    @field_validator("references", mode="before")
    @classmethod
    def _one_reference_is_a_list(cls, value: object) -> object:
        return (value,) if isinstance(value, str) else value

    @field_validator("mockups", mode="before")
    @classmethod
    def _a_number_is_a_count(cls, value: object) -> object:
        return {"count": value} if isinstance(value, str) else value

    @field_validator("audience", mode="before")
    @classmethod
    def _shares_as_people_write_them(cls, value: object) -> object:
        """80%, 0,8 and the names of clusters alone, which share alike."""
        if isinstance(value, str | list | tuple):
            names = one_list(value) if isinstance(value, str) else value
            return dict(map(_name_and_share, map(str, names)))
        if isinstance(value, dict):
            return {str(name): _share(share) for name, share in value.items()}
        return value


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
    message, hint = first["msg"][0].lower() + first["msg"][1:], "fix this value"
    if first["type"] == "string_type":
        message, hint = "is not text", f'put it in quotation marks: {key}: "…"'
    elif first["type"] == "float_parsing" and key == "audience":
        message = f"{first['input']!r} is not a share"
        hint = "write it as 0.8 or 80%"
    elif first["type"] == "tuple_type":
        message, hint = "is not a list of words", f"write {key}: [one, two]"
    return InputError(message, path=path, row=rows.get(key), column=where, hint=hint)


def _key(word: object) -> str:
    """A key as the program spells it: "Must show" is must_show."""
    return str(word).strip().lower().replace(" ", "_").replace("-", "_")


def load_brief(path: Path) -> Brief:
    """Read and check one brief.

    Raises:
        InputError: the file cannot be read, is not YAML, has an unknown key (the nearest valid
            one is named), a value of the wrong kind, or a reference image that is not there.
    """
    read = read_yaml(path, "a brief", words=True)
    document = read.value
    if not isinstance(document, dict):
        raise InputError(
            "is not a brief",
            path=path,
            hint="write keys and values, at least: title: NAME, with a space after the colon",
        )
    rows = {_key(key): row for key, row in read.rows.items()}
    given = {_key(key): value for key, value in document.items() if value not in ("", None)}
    try:
        brief = Brief.model_validate(given)
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
