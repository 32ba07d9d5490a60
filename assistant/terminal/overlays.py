"""Where pictures with what was found drawn on them are written."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from index.errors import InputError
from index.io.atomic import replacing

if TYPE_CHECKING:
    from PIL import Image

FORMATS = (".png", ".jpg", ".jpeg", ".webp")
NAME = "{name}"


def overlay_paths(asked: Path, images: Sequence[Path]) -> list[Path]:
    """A file for each image: `asked` itself, one in it if it is a folder, or by its `{name}`.

    Raises:
        InputError: one file for several images, or no format that can be written.
    """
    folder = asked.is_dir() or not asked.suffix
    if not folder and asked.suffix.lower() not in FORMATS:
        raise InputError(
            f"overlays cannot be written as {asked.suffix!r}",
            path=asked,
            hint=f"name a folder or a file that ends in {', '.join(FORMATS)}",
        )
    if not folder and NAME not in asked.name and len(images) > 1:
        raise InputError(
            f"is one file for {len(images)} images",
            path=asked,
            hint=f"name a folder, or put {NAME} in the file's name",
        )
    pattern = asked / f"{NAME}.png" if folder else asked
    found: list[Path] = []
    for image in images:
        stem, turn = image.stem, 1
        while (path := pattern.with_name(pattern.name.replace(NAME, stem))) in found:
            turn += 1
            stem = f"{image.stem}-{turn}"
        found.append(path)
    return found


def write_overlay(image: Image.Image, path: Path) -> None:
    """Write the picture in one step, so that no half of it can be left.

    Raises:
        InputError: it cannot be written there.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as staged:
        image.save(staged)
