"""`assistant features`: measure images that are not in an index."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Annotated

import typer

from assistant.cli.app import JsonOption
from assistant.cli.attributes import MEASURE, features_app


@features_app.command(MEASURE, epilog="Example: assistant features poster.jpg --json")
def features(
    images: Annotated[list[Path], typer.Argument(metavar="IMAGE…", help="Images to measure.")],
    json: JsonOption = False,
) -> None:
    """Measure every feature of one or more images."""
    from assistant.console import notes, output, plain
    from index.errors import ImageUnreadable
    from index.features.extract import FeatureExtractor
    from index.features.registry import features as registered
    from index.images import read_image

    pictures, read, skipped = [], [], []
    for path in images:
        try:
            pictures.append(read_image(path))
            read.append(path)
        except ImageUnreadable as error:
            skipped.append(error)
    measured = FeatureExtractor().extract(pictures) if pictures else []
    if json:
        from assistant.console import emit_json

        emit_json(
            {
                "images": [
                    {"path": str(path), "features": _finite(values)}
                    for path, values in zip(read, measured, strict=True)
                ],
                "skipped": [{"path": str(one.path), "reason": one.reason} for one in skipped],
            }
        )
    else:
        from assistant.render import shown, table

        for path, values in zip(read, measured, strict=True):
            drawn = table(plain(path), "feature", "value", "meaning", right=("value",))
            for one in registered():
                value = values[one.name]
                if one.kind == "structure":
                    continue
                drawn.add_row(one.name, shown(value, one.kind, one.unit), one.sentence)
            output().print(drawn)
        for one_skipped in skipped:
            notes().print(f"skipped: {plain(one_skipped)}")
    if not read:
        raise typer.Exit(2)


def _finite(values: dict[str, float | str | None]) -> dict[str, float | str | None]:
    """Missing measures as null, which is what JSON has for them."""
    return {
        name: None if isinstance(value, float) and math.isnan(value) else value
        for name, value in values.items()
    }
