"""`assistant features`: measure images that are not in an index."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assistant.cli.app import CanvasesOption, IndexOption, JsonOption
from assistant.cli.attributes import MEASURE, features_app

if TYPE_CHECKING:
    from collections.abc import Sequence

    from index.features.analysis import TextBlock
    from index.features.canvases import Canvas, Survival
    from index.features.feature import Value


@features_app.command(
    MEASURE, epilog="Example: assistant features poster.jpg --overlay seen.png --canvas tile"
)
def features(
    images: Annotated[
        list[Path] | None, typer.Argument(metavar="IMAGE…", help="Images to measure.")
    ] = None,
    overlay: Annotated[
        Path | None,
        typer.Option(
            "--overlay",
            metavar="OUT.png",
            help="Write the picture with what was found drawn on it; a folder, or a name with "
            "{name} in it, for several.",
        ),
    ] = None,
    words: Annotated[bool, typer.Option("--words", help="Read the lettering as well.")] = False,
    canvas: Annotated[
        list[str] | None,
        typer.Option(
            "--canvas", metavar="NAME", help="Tell whether the picture survives there; repeat."
        ),
    ] = None,
    canvases: CanvasesOption = None,
    table: Annotated[
        bool,
        typer.Option(
            "--table", help="Print what every feature means, as Markdown; of --index if given."
        ),
    ] = False,
    index: IndexOption = None,
    json: JsonOption = False,
) -> None:
    """Measure every feature of one or more images."""
    if table:
        _print_table(index)
        return
    if not images:
        raise typer.BadParameter("name at least one image", param_hint="IMAGE…")
    from assistant.terminal.overlays import overlay_paths, write_overlay
    from index.errors import ImageUnreadable
    from index.features.canvases import find_canvas, load_canvases
    from index.features.extract import FeatureExtractor
    from index.features.overlay import draw_overlay
    from index.features.text_reader import recognise_text
    from index.io.images import read_image

    known = load_canvases(canvases)
    asked = [find_canvas(name, known) for name in canvas or (known if canvases else ())]
    drawn = overlay_paths(overlay, images) if overlay is not None else [None] * len(images)
    extractor = FeatureExtractor()
    documents: list[dict[str, Any]] = []
    skipped: list[ImageUnreadable] = []
    for path, target in zip(images, drawn, strict=True):
        try:
            picture = read_image(path)
            large = read_image(path, max_side=_READING_SIDE) if words else None
        except ImageUnreadable as error:
            skipped.append(error)
            continue
        found = extractor.analyse(picture)
        values = extractor.measure(picture, found)
        if target is not None:
            write_overlay(draw_overlay(picture, found), target)
        survivals = _survivals(values, asked)
        read = recognise_text(large) if large is not None else None
        if json:
            documents.append(_document(path, values, survivals if asked else None, read, target))
        else:
            _show(path, (picture.width, picture.height), values, survivals, read, target)
    if json:
        from assistant.terminal.console import emit_json

        refused = [{"path": str(one.path), "reason": one.reason} for one in skipped]
        emit_json({"images": documents, "skipped": refused})
    else:
        from assistant.terminal.console import notes
        from index.io.safe_text import sanitise

        for one in skipped:
            notes().print(f"skipped: {sanitise(one)}")
    if len(skipped) == len(images):
        raise typer.Exit(2)


_READING_SIDE = 1600
"""Longer side at which lettering is read: small credits are lost on smaller pictures."""


def _print_table(index: Path | None) -> None:
    import sys

    from assistant.cli.feature_table import feature_table, known_features
    from index.features.accuracy import accuracy_figures

    if index is None:
        specs = known_features()
    else:
        from index.query.features import index_features
        from index.store import open_index

        specs = index_features(open_index(index))
    sys.stdout.write(feature_table(specs, accuracy_figures()))


def _survivals(
    values: dict[str, Value], canvases: Sequence[Canvas]
) -> list[tuple[Canvas, Survival]]:
    from index.features.canvases import Layout, survive

    text = values["layout"]
    if not isinstance(text, str):
        return []
    layout = Layout.from_text(text)
    return [(canvas, survive(layout, canvas)) for canvas in canvases]


def _show(
    path: Path,
    size: tuple[int, int],
    values: dict[str, Value],
    survivals: Sequence[tuple[Canvas, Survival]],
    words: Sequence[TextBlock] | None,
    overlay: Path | None,
) -> None:
    from assistant.terminal.console import notes
    from assistant.terminal.feature_card import show_card, show_survivals, show_words
    from index.features.registry import features as registered
    from index.io.safe_text import sanitise

    show_card(str(path), size, values, registered())
    if survivals:
        show_survivals(survivals)
    if words is not None:
        show_words(words)
    if overlay is not None:
        notes().print(f"wrote {sanitise(overlay)}")


def _document(
    path: Path,
    values: dict[str, Value],
    survivals: Sequence[tuple[Canvas, Survival]] | None,
    words: Sequence[TextBlock] | None,
    overlay: Path | None,
) -> dict[str, Any]:
    document: dict[str, Any] = {"path": str(path), "features": _finite(values)}
    if survivals is not None:
        document["canvases"] = [found.to_json() for _, found in survivals]
    if words is not None:
        document["words"] = [
            {
                "text": line.text,
                "score": round(line.score, 4),
                "corners": [[round(x, 4), round(y, 4)] for x, y in line.corners],
            }
            for line in words
        ]
    if overlay is not None:
        document["overlay"] = str(overlay)
    return document


def _finite(values: dict[str, Value]) -> dict[str, Value]:
    """Missing measures as null, which is what JSON has for them."""
    return {
        name: None if isinstance(value, float) and math.isnan(value) else value
        for name, value in values.items()
    }
