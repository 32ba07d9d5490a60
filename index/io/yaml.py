"""Reading YAML that a user wrote, so that every mistake in it is one line with its row."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import yaml

from index.errors import InputError

MAX_BYTES = 1_000_000
DEEPEST = 100
"""Brackets inside one another; the parser takes seconds over thousands."""
_DECIMAL_COMMA = re.compile(r"(?<=:)(\s*\d+),(\d+%?\s*)(?=[,}])")
_KEY_BELOW = re.compile(r"\s+\w+:(\s|$)")
_ANCHORED = re.compile(r".*(?:: |- )&\w.*(?:: |- |\[|, )\*\w.*", re.DOTALL)
_CLOSE_KEY = re.compile(r"(?m)^(\w[\w -]*)(?::(?=[^\s:/\\])|\uff1a[ \t]*)")
_HARD_SPACES = re.compile(r"(?m)(?<=:)\u00a0+|^[ \u00a0]+(?=[^\s:])")
_HASHTAG = re.compile(r"(?:^|\s)#\w|^&\w")
_TOP_LEVEL = re.compile(r"[^:]+:(?:\s.*)?|[-#\s].*|\.\.\.|")
_PAIR = re.compile(r"(?P<key>[^\W\d][\w -]*?)\s*:[ \t]+(?P<value>\S.*?)\s*")

_SAID = {
    "stream end": ("a bracket or quotation mark is not closed", "close it"),
    "another document": ("the line begins a second document", "keep one of them"),
}
"""Parts of what the parser says → what is wrong, and what to do."""


@dataclass(frozen=True, slots=True)
class YamlFile:
    """What a YAML file says.

    Attributes:
        value: plain Python values; None where the file is empty.
        rows: 1-based line of each key of a mapping, or of each entry (its number) of a list.
    """

    value: Any
    rows: dict[Any, int]


def read_own(file: Traversable) -> Any:
    """What a YAML file of the product itself says, read by libyaml where it is there."""
    return yaml.load(
        file.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    )


class _PlainLoader(yaml.SafeLoader):
    """YAML without aliases (a few lines can expand to gigabytes), repeated keys or deep nesting."""

    def fetch_flow_collection_start(self, token: type[yaml.Token]) -> None:
        if self.flow_level >= DEEPEST:
            raise RecursionError
        super().fetch_flow_collection_start(token)

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
            if not isinstance(key, yaml.ScalarNode):
                raise yaml.MarkedYAMLError(
                    problem="a key must be a word", problem_mark=key.start_mark
                )
            if key.value in seen:
                raise yaml.MarkedYAMLError(
                    problem=f"the key {key.value!r} stands here twice",
                    problem_mark=key.start_mark,
                )
            seen.add(key.value)
        return super().construct_mapping(node, deep)


class _WordsLoader(_PlainLoader):
    """The same, every value as it is written: NO, 1e3 and 2024-01-01 are words."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012


def read_yaml(path: Path, what: str, *, words: bool = False) -> YamlFile:
    """A YAML file of at most a megabyte, with the rows of its outermost keys or entries.

    Args:
        what: what it should be, for messages: "a brief".
        words: read every value as text, and a value that lacks quotation marks, such as
            `title: Alpine: The Ascent`, as if it had them.

    Raises:
        InputError: the file is not there, too large, not text or not YAML; it has an alias, a
            key twice or a key that is not a word.
    """
    text = _read(path, what)
    loader = _WordsLoader if words else _PlainLoader
    if words:
        text = _with_quotes(text)
    try:
        parser = loader(text)
        root = parser.get_single_node()
        rows = _rows(root)
        value = None if root is None else parser.construct_document(root)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        row = mark.line + 1 if mark else None
        row, problem, hint = _in_our_words(error, text, row)
        raise InputError(problem, path=path, row=row, hint=hint) from None
    except RecursionError:
        raise InputError("is nested too deeply", path=path, hint="fix the YAML") from None
    except ValueError as error:
        raise InputError(f"is not readable as YAML ({error})", path=path) from None
    return YamlFile(value, rows)


def _with_quotes(text: str) -> str:
    """The text with quotation marks around values of one line that need them to be read.

    Lines of a block of text, and lines that are read as they are, stay as they are.
    """
    spaced = _CLOSE_KEY.sub(r"\1: ", _HARD_SPACES.sub(lambda m: " " * len(m[0]), text))
    lines, at = spaced.splitlines(), 0
    while at < len(lines):
        found, start = _PAIR.fullmatch(lines[at]), at
        at += 1
        end = at
        while found is not None and end < len(lines) and lines[end][:1] in ("", " "):
            end += 1
            at = end if lines[end - 1].strip() else at
        if found is None or found["value"][0] in "|>":
            continue
        own = lines[start:at]
        if found["value"][0] in "[{":
            lines[start:at] = [_DECIMAL_COMMA.sub(r"\1.\2", line) for line in own]
        elif (
            (not _is_read("\n".join(own)) or _loses_words(found["value"]))
            and not _ANCHORED.fullmatch(text)
            and not any(map(_KEY_BELOW.match, own[1:]))
        ):
            value = " ".join([found["value"], *map(str.strip, own[1:])])
            plain = re.sub(r"(?:^|\s)#(?!\w).*", "", value).strip(" \u201c\u201d")
            plain = plain.lstrip('"') if plain.count('"') == 1 else plain
            quoted = f"{found['key']}: {json.dumps(plain, ensure_ascii=False)}"
            lines[start:at] = [quoted, *[""] * (len(own) - 1)]
    return "\n".join(lines) + "\n" * text.endswith("\n")


def _loses_words(value: str) -> bool:
    """Whether YAML takes a part of a value for a comment or an anchor: `We #Live`, `&more`."""
    return value[0] not in "\"'" and _HASHTAG.search(value) is not None


def _is_read(line: str) -> bool:
    try:
        value = yaml.load(line, Loader=_WordsLoader)
    except (yaml.YAMLError, RecursionError, ValueError):
        return False
    return isinstance(value, dict)


def _in_our_words(error: yaml.YAMLError, text: str, row: int | None) -> tuple[int | None, str, str]:
    """The row, what is wrong with it, and what to write instead."""
    problem = str(getattr(error, "problem", None) or "is not readable as YAML")
    lines = text.splitlines()
    found = _PAIR.fullmatch(lines[row - 1]) if row and row <= len(lines) else None
    if "\\t" in problem or (row and row <= len(lines) and lines[row - 1].startswith("\t")):
        return row, "the line begins with a tab", "indent it with spaces"
    if row and row <= len(lines) and lines[row - 1].lstrip().startswith("* "):
        return row, "the line begins with *", "begin each line of a list with - and a space"
    odd = next((at for at, line in enumerate(lines, 1) if not _TOP_LEVEL.fullmatch(line)), None)
    if odd is not None and row is not None and odd <= row and not problem.startswith("a key"):
        return odd, "is no key with a value", "write KEY: VALUE, with a space after the colon"
    if found is not None and not problem.startswith(("the key", "an alias", "a key")):
        quoted = json.dumps(found["value"], ensure_ascii=False)
        hint = f"put the value in quotation marks: {found['key']}: {quoted}"
        return row, "the value cannot be read as it is written", hint
    known = next((told for part, told in _SAID.items() if part in problem), None)
    if known is not None:
        return row, *known
    return row, problem, "fix the YAML"


def _read(path: Path, what: str) -> str:
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise InputError(
                f"is {size:,} bytes; {what} is text of at most {MAX_BYTES:,}",
                path=path,
                hint="is this the right file?",
            )
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise InputError("there is no such file", path=path, hint=f"name {what} in YAML") from None
    except IsADirectoryError:
        raise InputError("is a folder", path=path, hint=f"name {what} in it") from None
    except UnicodeDecodeError as error:
        raise InputError(
            f"is not UTF-8 text (byte {error.start})", path=path, hint="save it as UTF-8"
        ) from None


def _rows(root: yaml.Node | None) -> dict[Any, int]:
    if isinstance(root, yaml.MappingNode):
        words = [key for key, _ in root.value if isinstance(key, yaml.ScalarNode)]
        return {key.value: key.start_mark.line + 1 for key in words}
    if isinstance(root, yaml.SequenceNode):
        return {number: node.start_mark.line + 1 for number, node in enumerate(root.value)}
    return {}
