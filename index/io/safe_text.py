"""Text that steers no terminal and turns no line round, whatever names it holds."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from typing import Any

_STEERING = re.compile("[\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def json_text(document: Mapping[str, Any], *, indent: int = 2) -> str:
    """A document as JSON in which no character steers a terminal or turns the direction of text."""
    text = json.dumps(document, ensure_ascii=False, indent=indent, allow_nan=False)
    return _escape(text)


def yaml_text(document: Mapping[str, Any]) -> str:
    """A document as YAML, in the order given, that steers nothing either."""
    import yaml

    class Dumper(yaml.SafeDumper):
        """Puts text in quotation marks where it holds what is escaped there."""

    def quote(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
        style = '"' if _STEERING.search(text) else None
        return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)

    Dumper.add_representer(str, quote)
    return _escape(
        yaml.dump(document, Dumper=Dumper, allow_unicode=True, sort_keys=False, width=100)
    )


def _escape(text: str) -> str:
    return _STEERING.sub(lambda found: f"\\u{ord(found.group()):04x}", text)


def sanitise(text: object) -> str:
    """`text` on one line, a space for each control character, so that no name steers a terminal."""
    return "".join(
        " " if unicodedata.category(character) == "Cc" else character
        for character in str(text)
        if unicodedata.category(character) not in {"Cf", "Co", "Cs"}
    )
