"""A brief: what a strategist says of a new title, in YAML."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from index.errors import InputError

MAX_BYTES = 1_000_000

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


class _BriefLoader(yaml.SafeLoader):
    """YAML without aliases (a few lines can expand to gigabytes) or repeated keys."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            raise yaml.MarkedYAMLError(
                problem="an alias (*name) is not allowed here",
                problem_mark=self.get_mark(),
            )
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen = set()
        for key, _ in node.value:
            if key.value in seen:
                raise yaml.MarkedYAMLError(
                    problem=f"the key {key.value!r} stands here twice",
                    problem_mark=key.start_mark,
                )
            seen.add(key.value) if isinstance(key.value, str) else None
        return super().construct_mapping(node, deep)


def _key_rows(text: str) -> dict[str, int]:
    root = yaml.compose(text, Loader=_BriefLoader)
    return {key.value: key.start_mark.line + 1 for key, _ in root.value} if root else {}


def _read(path: Path) -> str:
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise InputError(
                f"is {size:,} bytes; a brief is text of at most {MAX_BYTES:,}",
                path=path,
                mend="is this the right file?",
            )
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise InputError("there is no such file", path=path, mend="name a brief in YAML") from None
    except IsADirectoryError:
        raise InputError("is a folder", path=path, mend="name one brief in it") from None
    except UnicodeDecodeError as error:
        raise InputError(
            f"is not UTF-8 text (byte {error.start})", path=path, mend="save it as UTF-8"
        ) from None


def _explain(error: ValidationError, rows: dict[str, int], path: Path) -> InputError:
    first = error.errors()[0]
    key = str(first["loc"][0]) if first["loc"] else ""
    if first["type"] == "extra_forbidden":
        within = MockupWishes if len(first["loc"]) > 1 else Brief
        unknown, known = str(first["loc"][-1]), list(within.model_fields)
        near = get_close_matches(unknown, known, n=1, cutoff=0.0)[0]
        return InputError(
            f"unknown key {unknown!r}",
            path=path,
            row=rows.get(key),
            mend=f"did you mean {near!r}? Known keys: {', '.join(known)}",
        )
    if first["type"] == "missing":
        return InputError("the key 'title' is missing", path=path, mend="add a line: title: NAME")
    where = ".".join(str(part) for part in first["loc"])
    message = first["msg"][0].lower() + first["msg"][1:]
    return InputError(message, path=path, row=rows.get(key), column=where, mend="mend the value")


def load_brief(path: Path) -> Brief:
    """Read and check one brief.

    Raises:
        InputError: the file cannot be read, is not YAML, has an unknown key (the nearest valid
            one is named), a value of the wrong kind, or a reference image that is not there.
    """
    text = _read(path)
    try:
        document = yaml.load(text, Loader=_BriefLoader)
        rows = _key_rows(text) if isinstance(document, dict) else {}
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or "is not readable as YAML"
        raise InputError(
            str(problem), path=path, row=mark.line + 1 if mark else None, mend="mend the YAML"
        ) from None
    except (RecursionError, ValueError) as error:
        raise InputError(f"is not readable as YAML ({error})", path=path) from None
    if not isinstance(document, dict):
        raise InputError(
            "is not a brief", path=path, mend="write keys and values, at least: title: NAME"
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
                mend="paths are relative to the brief",
            )
    return brief.model_copy(update={"references": references})


def brief_text(brief: Brief) -> str:
    """The brief in the words that titles of an index are embedded with."""
    from index.text import title_text

    return title_text(brief.title, brief.synopsis, brief.genres, brief.tags)
