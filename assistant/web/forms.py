"""Briefs from a form: pasted as YAML, or filled in field by field."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from index.errors import InputError

if TYPE_CHECKING:
    from assistant.answers.brief import Brief


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


def written_brief(brief: Brief) -> str:
    """A brief as JSON, which is YAML too."""
    said = brief.model_dump(mode="json", exclude_defaults=True)
    return json.dumps(said, ensure_ascii=True)


def fill_brief(title: str, synopsis: str, genres: str, avoid: str) -> Brief:
    """A brief from the fields of the form; lists are separated by commas.

    Raises:
        InputError: it has no title.
    """
    from assistant.answers.brief import Brief

    if not title.strip():
        raise InputError("a brief needs a title", column="title", hint="write one")
    return Brief(
        title=title.strip(),
        synopsis=synopsis.strip(),
        genres=_split(genres),
        avoid=_split(avoid),
    )


def _split(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())
