"""Briefs from a form: pasted as YAML, or filled in field by field."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from assistant.answers.brief import Brief

LISTS = ("genres", "tags", "platforms", "canvases", "must_show", "avoid")
"""Fields of the form that hold words with commas between."""


def read_brief(text: str) -> Brief:
    """A brief pasted as YAML. It may name no files: they would be files of this machine.

    Raises:
        InputError: a mistake in it.
    """
    from assistant.answers.brief import load_brief

    with tempfile.TemporaryDirectory(prefix="assistant-") as folder:
        place = Path(folder) / "brief.yaml"
        place.write_text(text, encoding="utf-8", errors="replace")
        brief = load_brief(place)
    if brief.references:
        raise InputError(
            "reference images cannot be named here", column="references", hint="leave them out"
        )
    return brief


def plain_brief(brief: Brief) -> dict[str, Any]:
    """A brief as its YAML has it."""
    return brief.model_dump(mode="json", exclude_defaults=True)


def fill_brief(fields: Mapping[str, str]) -> Brief:
    """A brief from the fields of the form.

    Args:
        fields: title, synopsis, the LISTS with commas between words, and audience: clusters with
            commas between, each with a colon and its share or all without.

    Raises:
        InputError: it has no title, or a field cannot be read.
    """
    if not fields["title"].strip():
        raise InputError("a brief needs a title", column="title", hint="write one")
    given: dict[str, Any] = {name: fields[name].strip() for name in ("title", "synopsis")}
    given |= {name: _split(fields[name]) for name in LISTS}
    shares = [part.rpartition(":") for part in _split(fields["audience"])]
    if any(colon for _, colon, _ in shares):
        given["audience"] = {name.strip() or share: share.strip() for name, _, share in shares}
    elif shares:
        given["audience"] = [name for _, _, name in shares]
    # JSON is YAML too.
    return read_brief(json.dumps({name: value for name, value in given.items() if value}))


def _split(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]
