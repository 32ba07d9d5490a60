"""`assistant similar`: search by words, pictures, or both."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.cli.app import IndexOption, JsonOption, NoImagesOption, app

if TYPE_CHECKING:
    from index.query.search import Filters, Query
    from index.records import FloatMatrix
    from index.store import Index

IMAGE_SUFFIXES = {
    ".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".avif", ".psd", ".heic",
    ".jp2",
}  # fmt: skip
NOT = re.compile(r"\b(?:no|without|not|except)\s+(?P<what>\w.*)", re.IGNORECASE)


def _is_image(word: str) -> bool:
    """Whether a word of a query is a picture: a file that is there, or is named like one."""
    from index.errors import InputError

    path = Path(word)
    if Path(word).suffix.lower() not in IMAGE_SUFFIXES:
        return len(word) < 256 and path.is_file()
    if not path.is_file():
        raise InputError("there is no such image", path=word, hint="check the path")
    return True


def build_query(opened: Index, words: list[str], plus: list[str], minus: list[str]) -> Query:
    """Words and pictures, added and subtracted, as a query.

    A word that is the id of an artwork, or the name or id of a title, stands for their pictures.

    Raises:
        InputError: a word is empty, or is named like an image file but is not there.
    """
    from index.errors import InputError
    from index.query.search import Query

    texts: list[tuple[str, float]] = []
    images: list[tuple[Path | FloatMatrix, float]] = []
    for word, weight in [*((word, 1.0) for word in [*words, *plus]), *((w, -1.0) for w in minus)]:
        if not word.strip():
            raise InputError("a query is empty", hint="say what to look for")
        own = _own_pictures(opened, word)
        if own:
            images.extend((vector, weight / len(own)) for vector in own)
        elif _is_image(word):
            images.append((Path(word), weight))
        else:
            _note_negation(word, weight)
            texts.append((word, weight))
    return Query(texts=tuple(texts), images=tuple(images))


def _own_pictures(opened: Index, word: str) -> list[FloatMatrix]:
    """Vectors of the artworks of the index that a word names."""
    import pyarrow as pa
    import pyarrow.compute as pc

    from assistant.terminal.console import notes
    from index.io.safe_text import sanitise

    artworks = opened.table("artworks", ["artwork_id", "title_id", "path"])
    rows = pc.indices_nonzero(pc.equal(artworks["artwork_id"], word)).to_pylist()
    if rows:
        place = sanitise(artworks["path"][rows[0]].as_py())
        notes().print(f"note: {sanitise(word)} is an artwork of this index: its picture, {place}")
    else:
        titles, wanted = opened.table("titles", ["title_id", "name"]), word.strip().lower()
        alike = [pc.equal(pc.utf8_lower(titles[name]), wanted) for name in titles.column_names]
        own = titles["title_id"].filter(pc.or_(*alike))
        shown = pc.is_in(artworks["title_id"], value_set=pa.array(own.to_pylist(), own.type))
        rows = pc.indices_nonzero(shown).to_pylist()
        if rows:
            number = "its artwork" if len(rows) == 1 else f"its {len(rows)} artworks"
            notes().print(f"note: {sanitise(word)} is a title of this index: {number}")
    space = "image" if opened.has_vectors("image") else "shared"
    return [opened.vectors(space)[row] for row in rows]


def _note_negation(word: str, weight: float) -> None:
    """Say that words of a query are never subtracted."""
    found = NOT.search(word)
    if found and weight > 0:
        from assistant.terminal.console import notes
        from index.io.safe_text import sanitise

        notes().print(
            f"note: “{sanitise(found[0])}” is looked for as it is written; to have fewer of them "
            f"add --minus {shlex.quote(sanitise(found['what']))}"
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

    filters = build_filters(where or [], label, cluster, platform)
    opened, encoder = open_with_encoder(index)
    asked = build_query(opened, query, plus or [], minus or [])
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
    from assistant.terminal.answer import table
    from assistant.terminal.console import output
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
