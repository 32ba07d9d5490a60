"""Reading YAML that a user wrote, so that every mistake in it is one line with its row."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from index.errors import InputError

MAX_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class YamlFile:
    """What a YAML file says.

    Attributes:
        value: plain Python values; None where the file is empty.
        rows: 1-based line of each key of a mapping, or of each entry (its number) of a list.
    """

    value: Any
    rows: dict[Any, int]


class _PlainLoader(yaml.SafeLoader):
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


def read_yaml(path: Path, what: str) -> YamlFile:
    """A YAML file of at most a megabyte, with the rows of its outermost keys or entries.

    Args:
        path: the file.
        what: what it should be, for messages: "a brief".

    Raises:
        InputError: the file is not there, too large, not text or not YAML; it has an alias, a
            key twice or a key that is not a word.
    """
    text = _read(path, what)
    try:
        value = yaml.load(text, Loader=_PlainLoader)
        root = yaml.compose(text, Loader=_PlainLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or "is not readable as YAML"
        row = mark.line + 1 if mark else None
        raise InputError(str(problem), path=path, row=row, hint="fix the YAML") from None
    except RecursionError:
        raise InputError("is nested too deeply", path=path, hint="fix the YAML") from None
    except ValueError as error:
        raise InputError(f"is not readable as YAML ({error})", path=path) from None
    return YamlFile(value, _rows(root))


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
        return {key.value: key.start_mark.line + 1 for key, _ in root.value}
    if isinstance(root, yaml.SequenceNode):
        return {number: node.start_mark.line + 1 for number, node in enumerate(root.value)}
    return {}
