"""Which canvases a brief asks for, and what becomes of past artwork there."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.errors import InputError
from index.io.nearest_name import name_hint

if TYPE_CHECKING:
    from assistant.answers.brief import Brief
    from index.features.canvases import Canvas, Layout

NOT_MEASURED = "not measured"


def asked_canvases(
    brief: Brief, path: Path, known: Mapping[str, Canvas], catalogue: Collection[str]
) -> tuple[list[Canvas], list[str]]:
    """The brief's canvases, and the names of those that only the catalogue knows: no size.

    Args:
        known: canvases with a size, by name.
        catalogue: names that the catalogue's artworks carry.

    Raises:
        InputError: a name that neither knows; tells the nearest and all there are.
    """
    sized = {name.casefold(): canvas for name, canvas in known.items()}
    named = {name.casefold() for name in catalogue if name}
    found: list[Canvas] = []
    unsized: list[str] = []
    for name in brief.canvases:
        word = name.casefold()
        if word in sized:
            found.append(sized[word])
        elif word in named:
            unsized.append(name)
        else:
            every = sorted({*sized, *named})
            hint = f"{name_hint(word, every, always_list=True)}; --canvases FILE adds others"
            raise InputError(f"unknown canvas {name!r}", path=path, column="canvases", hint=hint)
    return found, unsized


def survivals(layout: Layout | None, canvases: Collection[Canvas]) -> list[dict[str, Any]]:
    """What becomes of one artwork on each canvas, as `brief --json` prints it."""
    from index.features.canvases import survive

    if layout is None:
        return [{"canvas": canvas.name, "verdict": NOT_MEASURED} for canvas in canvases]
    return [survive(layout, canvas).to_json() for canvas in canvases]


def told(survival: dict[str, Any]) -> str:
    """One canvas in a few words: 'tile: face lost'."""
    lost = [
        words
        for key, words in (("face_kept", "face lost"), ("title_kept", "title lost"))
        if survival.get(key) is False
    ]
    if not lost and survival.get("legible") is False:
        lost.append("title not legible")
    return f"{survival['canvas']}: {' and '.join(lost) or survival['verdict']}"
