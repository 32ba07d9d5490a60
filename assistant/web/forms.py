"""What forms hold: briefs, pasted as YAML or filled in field by field, and decisions."""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Form, UploadFile

from assistant.boards.content import Decision
from assistant.boards.edits import NOTES_MOST
from assistant.boards.saved import as_webp
from index.errors import ImageUnreadable, InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from assistant.answers.brief import Brief

LISTS = ("genres", "tags", "platforms", "canvases", "must_show", "avoid")
"""Fields of the form that hold words with commas between."""
Field = Annotated[str, Form(max_length=500)]
Text = Annotated[str, Form(max_length=NOTES_MOST)]


@dataclass(frozen=True, slots=True)
class Written:
    """The form of a brief as it was filled in; what is empty says nothing.

    Attributes:
        yaml: a pasted brief, instead of all fields.
        audience: clusters with commas between, each with a colon and its share or all without.
        count, seed: of mockups.
        kept: references that the board has and is to keep.
    """

    yaml: str = ""
    title: str = ""
    synopsis: str = ""
    genres: str = ""
    tags: str = ""
    audience: str = ""
    platforms: str = ""
    canvases: str = ""
    must_show: str = ""
    avoid: str = ""
    count: str = ""
    seed: str = ""
    kept: tuple[str, ...] = ()

    @classmethod
    def of(cls, plain: Mapping[str, Any], kept: tuple[str, ...]) -> Written:
        """The form of a brief that is there; as YAML where a word has a comma of its own."""
        import yaml

        rest = {name: value for name, value in plain.items() if name != "references"}
        shares = plain.get("audience") or {}
        if any("," in word for name in (*LISTS, "audience") for word in plain.get(name) or ()):
            text = yaml.safe_dump(rest, allow_unicode=True, sort_keys=False, width=100)
            return cls(yaml=text, kept=kept)
        fields = {name: ", ".join(plain.get(name, ())) for name in LISTS}
        fields |= {name: str(plain.get(name, "")) for name in ("title", "synopsis")}
        fields |= {name: str(value) for name, value in plain.get("mockups", {}).items()}
        audience = ", ".join(f"{name}: {share}" for name, share in shares.items())
        return cls(audience=audience, kept=kept, **fields)

    def brief(self) -> Brief:
        """The brief, without references.

        Raises:
            InputError: it has no title, or a field cannot be read.
        """
        if self.yaml.strip():
            return read_brief(self.yaml)
        if not self.title.strip():
            raise InputError("a brief needs a title", column="title", hint="write one")
        given: dict[str, Any] = {
            name: getattr(self, name).strip() for name in ("title", "synopsis")
        }
        given |= {name: _split(getattr(self, name)) for name in LISTS}
        given["mockups"] = {
            name: value for name in ("count", "seed") if (value := getattr(self, name).strip())
        }
        shares = [part.rpartition(":") for part in _split(self.audience)]
        if any(colon for _, colon, _ in shares):
            given["audience"] = {name.strip() or share: share.strip() for name, _, share in shares}
        elif shares:
            given["audience"] = [name for _, _, name in shares]
        # JSON is YAML too.
        return read_brief(json.dumps({name: value for name, value in given.items() if value}))


def brief_form(
    yaml: Text = "", title: Field = "", synopsis: Text = "", genres: Text = "", tags: Text = "",
    audience: Text = "", platforms: Text = "", canvases: Text = "", must_show: Text = "",
    avoid: Text = "", count: Field = "", seed: Field = "",
    kept: Annotated[list[str] | None, Form()] = None,
) -> Written:  # fmt: skip
    """The form of a brief that was sent."""
    return Written(
        yaml, title, synopsis, genres, tags, audience, platforms, canvases, must_show, avoid,
        count, seed, tuple(kept or ()),
    )  # fmt: skip


def read_brief(text: str) -> Brief:
    """A brief pasted as YAML. It may name no files: they would be files of this machine.

    Raises:
        InputError: a mistake in it.
    """
    from assistant.answers.brief import load_brief

    own = InputError(
        "reference pictures cannot be named here",
        column="references",
        hint="choose them under Reference pictures",
    )
    with tempfile.TemporaryDirectory(prefix="assistant-") as folder:
        place = Path(folder) / "brief.yaml"
        place.write_text(text, encoding="utf-8", errors="replace")
        try:
            brief = load_brief(place)
        except InputError as error:
            raise own if error.column == "references" else error from None
    if brief.references:
        raise own
    return brief


def plain_brief(brief: Brief) -> dict[str, Any]:
    """A brief as its YAML has it."""
    return brief.model_dump(mode="json", exclude_defaults=True)


def read_picture(sent: UploadFile) -> bytes:
    """A reference that was sent, as WebP.

    Raises:
        InputError: it is no picture.
    """
    try:
        return as_webp(sent.file.read())
    except ImageUnreadable as error:
        raise InputError(
            f"{(sent.filename or 'a file')[-80:]} cannot be used: {error.reason}",
            column="reference pictures",
            hint="leave it out or choose another",
        ) from None


def decided(what: str, by: str, on: str) -> Decision | None:
    """The decision in the fields of the form; None where nothing was decided.

    Raises:
        InputError: nobody is named, or the day is none.
    """
    if not what.strip():
        return None
    if not by.strip():
        raise InputError("a decision needs a name", column="by", hint="write who decided")
    try:
        day = date.fromisoformat(on) if on.strip() else date.today()
    except ValueError:
        raise InputError(f"{on!r} is no day", column="on", hint="write it as 2026-01-31") from None
    return Decision(what.strip(), by.strip(), day.isoformat())


def _split(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]
