"""`assistant similar`: search by words, pictures, or both."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.cli.app import IndexOption, JsonOption, NoImagesOption, app

if TYPE_CHECKING:
    from index.query.search import Filters, Query

IMAGE_SUFFIXES = {".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".avif"}


def _is_image(word: str) -> bool:
    """Whether a word of a query is a picture: a file that is there, or is named like one."""
    from index.errors import InputError

    path = Path(word)
    if Path(word).suffix.lower() not in IMAGE_SUFFIXES:
        return len(word) < 256 and path.is_file()
    if not path.is_file():
        raise InputError("there is no such image", path=word, hint="check the path")
    return True


def build_query(words: list[str], plus: list[str], minus: list[str]) -> Query:
    """Words and pictures, added and subtracted, as a query.

    Raises:
        InputError: a word is named like an image file but is not there.
    """
    from index.query.search import Query

    parts = [(word, 1.0) for word in [*words, *plus]] + [(word, -1.0) for word in minus]
    return Query(
        texts=tuple((word, weight) for word, weight in parts if not _is_image(word)),
        images=tuple((Path(word), weight) for word, weight in parts if _is_image(word)),
    )


def build_filters(where: list[str], label: str | None, cluster: str, platform: str) -> Filters:
    """`column=value` pairs and a tag label as filters.

    Raises:
        InputError: a pair has no `=`.
    """
    from index.errors import InputError
    from index.query.search import Filters

    columns: dict[str, tuple[str, ...]] = {}
    for pair in where:
        column, equals, value = pair.partition("=")
        if not equals or not column:
            raise InputError(
                f"the filter {pair!r} is not COLUMN=VALUE", hint="write e.g. --where genres=Romance"
            )
        columns[column] = (*columns.get(column, ()), value)
    return Filters(where=columns, label=label, cluster=cluster, platform=platform)


@app.command(
    epilog='Examples: assistant similar "a soldier with a rifle"   |   '
    "assistant similar moodboard.jpg --plus portrait --minus gun --where genres=Drama"
)
def similar(
    query: Annotated[list[str], typer.Argument(metavar="TEXT|IMAGE…", help="What to look for.")],
    plus: Annotated[
        list[str] | None, typer.Option("--plus", help="More text or an image to add.")
    ] = None,
    minus: Annotated[
        list[str] | None, typer.Option("--minus", help="Text or an image to subtract.")
    ] = None,
    where: Annotated[
        list[str] | None,
        typer.Option("--where", "-w", help="COLUMN=VALUE of the catalogue; repeat for more."),
    ] = None,
    label: Annotated[
        str | None, typer.Option(help="high, low, typical or 'insufficient data'.")
    ] = None,
    cluster: Annotated[str, typer.Option(help="Member cluster of --label.")] = "all",
    platform: Annotated[str, typer.Option(help="Platform of --label.")] = "all",
    index: IndexOption = None,
    k: Annotated[int, typer.Option("-k", min=1, max=1000, help="Artworks to show.")] = 12,
    no_images: NoImagesOption = False,
    json: JsonOption = False,
) -> None:
    """Find past artwork by words, pictures, or both."""
    from assistant.cli.opening import open_with_encoder
    from index.query.search import Searcher

    asked = build_query(query, plus or [], minus or [])
    filters = build_filters(where or [], label, cluster, platform)
    opened, encoder = open_with_encoder(index)
    hits = Searcher(opened, encoder).search(asked, k=k, filters=filters)
    shown = " ".join(
        [*query, *(f"+ {word}" for word in plus or []), *(f"- {w}" for w in minus or [])]
    )
    if json:
        from assistant.terminal.console import emit_json

        results = [
            {
                "artwork_id": hit.artwork_id,
                "title_id": hit.title_id,
                "path": hit.path,
                "score": round(hit.score, 5),
            }
            for hit in hits
        ]
        emit_json({"query": shown, "results": results})
        return
    from assistant.terminal.console import output
    from assistant.terminal.tables import table
    from index.io.safe_text import sanitise

    if not hits:
        output().print("No artwork passes these filters.")
        return
    drawn = table(
        f"Nearest to {sanitise(shown)}", "score", "artwork", "title", "file", right=("score",)
    )
    if not no_images:
        from assistant.terminal.thumbnails import Card, show_cards

        show_cards(
            [
                Card(
                    opened.catalogue_folder / hit.path,
                    (hit.artwork_id, hit.title, f"{hit.score:.3f}"),
                )
                for hit in hits
            ]
        )
    for hit in hits:
        drawn.add_row(
            f"{hit.score:.3f}", sanitise(hit.artwork_id), sanitise(hit.title), sanitise(hit.path)
        )
    output().print(drawn)
