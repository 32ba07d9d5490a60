"""`assistant features`: measure images that are not in an index."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assistant.cli.app import CanvasesOption, IndexOption, JsonOption
from assistant.cli.attributes import MEASURE, features_app

if TYPE_CHECKING:
    from index.features.analysis import TextBlock
    from index.features.canvases import Canvas, Survival
    from index.features.extract import FeatureExtractor
    from index.features.feature import Value
    from index.query.features import Rank
    from index.query.levers import LeverRank
    from index.store import Index


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
    title: Annotated[
        str | None,
        typer.Option(
            "--title",
            metavar="NAME",
            help="The title's name, to find it in the lettering; known for artworks of the index.",
        ),
    ] = None,
    maturity: Annotated[
        bool,
        typer.Option("--maturity", help="Show the maturity flags, and areas of bodies."),
    ] = False,
    table: Annotated[
        bool,
        typer.Option("--table", help="Print what every feature means and how often it is right."),
    ] = False,
    index: IndexOption = None,
    json: JsonOption = False,
) -> None:
    """Measure every feature of one or more images, and compare them with your catalogue.

    The catalogue is that of --index, or of the usual index where there is one.
    """
    if table:
        _print_table(index)
        return
    if not images:
        raise typer.BadParameter("name at least one image", param_hint="IMAGE…")
    from assistant.terminal.console import emit_json, notes
    from assistant.terminal.overlays import overlay_paths
    from index.errors import ImageUnreadable
    from index.features.canvases import find_canvas, load_canvases
    from index.features.extract import FeatureExtractor
    from index.io.safe_text import sanitise

    known = load_canvases(canvases)
    asked = [find_canvas(name, known) for name in canvas or (known if canvases else ())]
    drawn = overlay_paths(overlay, images) if overlay is not None else [None] * len(images)
    measuring = _Measuring(FeatureExtractor(), open_catalogue(index), title, words, maturity)
    done: list[_Measured] = []
    skipped: list[ImageUnreadable] = []
    for path, target in zip(images, drawn, strict=True):
        try:
            measured = measuring.measure(path, target)
        except ImageUnreadable as error:
            skipped.append(error)
            continue
        done.append(measured)
        if not json:
            _show(measured, asked, maturity)
    if json:
        refused = [{"path": str(one.path), "reason": one.reason} for one in skipped]
        emit_json({"images": [_document(one, asked) for one in done], "skipped": refused})
    else:
        for one in skipped:
            notes().print(f"skipped: {sanitise(one)}")
    if len(skipped) == len(images):
        raise typer.Exit(2)


@dataclass(frozen=True, slots=True, eq=False)
class _Measured:
    """One image, measured.

    Attributes:
        path: of the image.
        size: width and height of the original in pixels.
        values: by feature name.
        standings: where the values stand in the catalogue; None without one.
        levers: how the picture turns the catalogue's levers; none without one.
        words: its lettering, if it was asked for.
        overlay: where the picture with what was found is, if it was asked for.
    """

    path: Path
    size: tuple[int, int]
    values: dict[str, Value]
    standings: dict[str, Rank] | None
    levers: list[LeverRank]
    words: tuple[TextBlock, ...] | None
    overlay: Path | None

    def survivals(self, canvases: Sequence[Canvas]) -> list[tuple[Canvas, Survival]]:
        """Whether the picture survives on each canvas."""
        from index.features.canvases import Layout, survive

        text = self.values["layout"]
        if not isinstance(text, str):
            return []
        return [(canvas, survive(Layout.from_text(text), canvas)) for canvas in canvases]


@dataclass(frozen=True, slots=True, eq=False)
class _Measuring:
    """Measures images as the command was asked to; fields as its options."""

    extractor: FeatureExtractor
    catalogue: Index | None
    title: str | None
    words: bool
    maturity: bool

    def measure(self, path: Path, overlay: Path | None) -> _Measured:
        """Measure one image, and draw what was found into `overlay`.

        Raises:
            ImageUnreadable: it cannot be read.
        """
        from assistant.terminal.overlays import write_overlay
        from index.features.layout import Layout
        from index.features.overlay import draw_overlay
        from index.features.text_reader import recognise_text
        from index.features.title import name_title
        from index.io.images import read_image
        from index.query.features import standings
        from index.query.levers import lever_ranks

        picture = read_image(path)
        found = self.extractor.analyse(picture)
        values = self.extractor.measure(picture, found)
        layout = None
        if name := self.title or (self.catalogue and _title_of(self.catalogue, path)):
            text = values["layout"]
            if isinstance(text, str):
                layout, named = name_title(Layout.from_text(text), name)
                values = {**values, **named, "layout": layout.to_text()}
        if overlay is not None:
            drawn = draw_overlay(picture, found, layout=layout, maturity=self.maturity)
            write_overlay(drawn, overlay)
        large = read_image(path, max_side=_READING_SIDE) if self.words else None
        return _Measured(
            path,
            (picture.width, picture.height),
            values,
            standings(self.catalogue, values) if self.catalogue else None,
            lever_ranks(self.catalogue, values) if self.catalogue else [],
            None if large is None else recognise_text(large),
            overlay,
        )


_READING_SIDE = 1600
"""Longer side at which lettering is read: small credits are lost on smaller pictures."""


def _print_table(index: Path | None) -> None:
    from assistant.terminal.feature_list import listed_features, show_features
    from index.features.accuracy import accuracy_figures

    if index is None:
        specs = listed_features()
    else:
        from index.query.features import index_features
        from index.store import open_index

        with open_index(index) as opened:
            specs = index_features(opened)
    show_features(specs, accuracy_figures())


def _title_of(index: Index, image: Path) -> str | None:
    """The name of the image's title, if it is an artwork of the index, by its bytes."""
    import pyarrow.compute as pc

    from index.io.images import content_hash

    known = index.table("images", ["content_hash"])["content_hash"]
    row = pc.index(known, content_hash(image)).as_py()
    if row < 0:
        return None
    title = index.table("artworks", ["title_id"])["title_id"][row]
    titles = index.table("titles", ["title_id", "name"])
    at = pc.index(titles["title_id"], title.as_py()).as_py()
    return None if at < 0 else titles["name"][at].as_py()


def open_catalogue(index: Path | None) -> Index | None:
    """The index to compare with: the one that is named, or the usual one where there is one."""
    from assistant.settings import index_folder
    from index.io.locations import is_remote
    from index.store import open_index

    folder = index_folder(index)
    if index is None and not is_remote(folder) and not folder.exists():
        return None
    return open_index(folder)


def _show(measured: _Measured, canvases: Sequence[Canvas], maturity: bool) -> None:
    from assistant.terminal.console import notes
    from assistant.terminal.feature_card import (
        show_card,
        show_head,
        show_levers,
        show_survivals,
        show_words,
    )
    from index.features.registry import features as registered
    from index.io.safe_text import sanitise

    specs = [one for one in registered() if maturity or one.group != "maturity"]
    show_head(str(measured.path), measured.size)
    show_levers(measured.levers)
    show_card(measured.values, specs, measured.standings)
    if survivals := measured.survivals(canvases):
        show_survivals(survivals)
    if measured.words is not None:
        show_words(measured.words)
    if measured.overlay is not None:
        notes().print(f"wrote {sanitise(measured.overlay)}")


def _document(measured: _Measured, canvases: Sequence[Canvas]) -> dict[str, Any]:
    document: dict[str, Any] = {
        "path": str(measured.path),
        "features": _finite(measured.values),
    }
    if measured.standings is not None:
        document["standings"] = {name: asdict(one) for name, one in measured.standings.items()}
        document["levers"] = [asdict(one) for one in measured.levers]
    if canvases:
        document["canvases"] = [found.to_json() for _, found in measured.survivals(canvases)]
    if measured.words is not None:
        document["words"] = [
            {
                "text": line.text,
                "score": round(line.score, 4),
                "corners": [[round(x, 4), round(y, 4)] for x, y in line.corners],
            }
            for line in measured.words
        ]
    if measured.overlay is not None:
        document["overlay"] = str(measured.overlay)
    return document


def _finite(values: dict[str, Value]) -> dict[str, Value]:
    """Missing measures as null, which is what JSON has for them."""
    return {
        name: None if isinstance(value, float) and math.isnan(value) else value
        for name, value in values.items()
    }
