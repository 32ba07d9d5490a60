"""Edited boards, kept beside the index: `boards/NAME.yaml`, pinned stills and a brief's
references `boards/NAME-HASH.webp`.

A save names the version that it was made from. Where somebody has saved a newer one meanwhile it is
refused, and what was refused is kept as `NAME.refused.yaml` until it is taken or thrown away.
"""

from __future__ import annotations

import hashlib
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from assistant.answers.beside import changing_beside, names_beside, read_beside
from assistant.boards.edits import Edits
from assistant.boards.pictures import written
from index.errors import ArtworkIndexError, InputError

FOLDER = "boards"
_ENDING, _REFUSED = ".yaml", ".refused.yaml"
_STILL_SIDE = 1_200
_HINT = "fix the file, or move it away and make the board again"


class BoardConflict(ArtworkIndexError):
    """Somebody has saved a newer version of this board; what was refused is kept."""

    def __init__(self, name: str, newer: Edits) -> None:
        self.name, self.newer = name, newer
        super().__init__(
            f"somebody saved version {newer.version} of this board meanwhile; "
            "yours is kept beside it"
        )


def saved_boards(index_folder: Path) -> dict[str, Edits | InputError]:
    """Every edited board by name, or why it cannot be read."""
    found: dict[str, Edits | InputError] = {}
    for file in names_beside(index_folder, FOLDER, _ENDING):
        if file.endswith(_REFUSED):
            continue
        name = file.removeprefix(f"{FOLDER}/").removesuffix(_ENDING)
        try:
            edits = load_board(index_folder, name)
        except InputError as error:
            found[name] = error
        else:
            if edits is not None:
                found[name] = edits
    return found


def load_board(index_folder: Path, name: str) -> Edits | None:
    """The edits of a board; None where there is none of this name.

    Raises:
        InputError: its file is not one that `save_board` writes.
    """
    return _read(index_folder, f"{FOLDER}/{name}{_ENDING}")


def refused_board(index_folder: Path, name: str) -> Edits | None:
    """A save that was refused and neither taken nor thrown away yet."""
    return _read(index_folder, f"{FOLDER}/{name}{_REFUSED}")


def save_board(index_folder: Path, name: str, edits: Edits) -> Edits:
    """Keep a board; its version must be the newest, and goes up by one.

    Raises:
        BoardConflict: somebody saved a newer version; these edits are kept as refused.
        StoreError: the file cannot be written.
    """
    file = f"{FOLDER}/{name}{_ENDING}"
    with changing_beside(index_folder, file) as (before, replace):
        newest = None if before is None else _parsed(before, index_folder / file)
        if (0 if newest is None else newest.version) == edits.version:
            now = datetime.now(UTC).isoformat(timespec="seconds")
            kept = edits.model_copy(update={"version": edits.version + 1, "saved_at": now})
            replace(_written(kept))
            return kept
    assert newest is not None or edits.version > 0
    with changing_beside(index_folder, f"{FOLDER}/{name}{_REFUSED}") as (_, replace):
        replace(_written(edits))
    raise BoardConflict(name, newest or Edits(brief=edits.brief))


def settle_refused(index_folder: Path, name: str, *, take: bool) -> None:
    """Make a refused save the newest version, or throw it away.

    Raises:
        InputError: nothing was refused.
        StoreError: a file cannot be written.
    """
    refused, newest = refused_board(index_folder, name), load_board(index_folder, name)
    if refused is None:
        raise InputError("nothing was refused for this board", hint="open the board again")
    if take:
        version = 0 if newest is None else newest.version
        save_board(index_folder, name, refused.model_copy(update={"version": version}))
    with changing_beside(index_folder, f"{FOLDER}/{name}{_REFUSED}") as (_, replace):
        replace(b"")


def as_webp(content: bytes) -> bytes:
    """A picture that somebody sent, as WebP and no larger than is of use.

    Raises:
        ImageUnreadable: it is no picture.
    """
    from PIL import Image

    from index.io.images import read_image

    with tempfile.TemporaryDirectory(prefix="assistant-") as folder:
        place = Path(folder) / "picture"
        place.write_bytes(content)
        pixels = read_image(place, max_side=_STILL_SIDE).pixels
    return written(Image.fromarray(pixels), "WEBP", quality=82)


def keep_picture(index_folder: Path, name: str, webp: bytes) -> str:
    """Keep a picture of a board; gives the name of its file without the board's.

    Raises:
        StoreError: it cannot be written.
    """
    file = f"{hashlib.blake2b(webp, digest_size=8).hexdigest()}.webp"
    with changing_beside(index_folder, picture_file(name, file)) as (before, replace):
        if before is None:
            replace(webp)
    return file


def picture_file(name: str, file: str) -> str:
    """Where a picture of a board lies, beside the generations."""
    return f"{FOLDER}/{name}-{file}"


def _written(edits: Edits) -> bytes:
    plain: dict[str, Any] = edits.model_dump(mode="json", exclude_defaults=True)
    text: str = yaml.safe_dump(plain, allow_unicode=True, sort_keys=False, width=100)
    return text.encode()


def _read(index_folder: Path, file: str) -> Edits | None:
    content = read_beside(index_folder, file)
    return None if not content else _parsed(content, index_folder / file)


def _parsed(content: bytes, path: Path) -> Edits:
    try:
        return Edits.model_validate(yaml.safe_load(content))
    except (yaml.YAMLError, ValidationError, UnicodeDecodeError) as error:
        said = error.errors()[0]["msg"] if isinstance(error, ValidationError) else "is not YAML"
        raise InputError(f"is no edited board ({said})", path=path, hint=_HINT) from None
