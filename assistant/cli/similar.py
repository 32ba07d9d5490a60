"""`assistant similar`: search by words, pictures, or both."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from assistant.cli.app import IndexOption, JsonOption, NoImagesOption, app

if TYPE_CHECKING:
    from index.query.evidence import By
    from index.query.search import Filters, Hit, Query
    from index.query.standing import Standing, Standings

IMAGE_SUFFIXES = {
    ".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".avif", ".psd", ".heic",
    ".jp2",
}  # fmt: skip
_CONDITION = re.compile(r"([^=<>!]+?)\s*(<=|>=|!=|=|<|>)\s*(.*)", re.DOTALL)


def _is_image(word: str) -> bool:
    """Whether a word of a query is a picture: a file that is there, or is named like one."""
    from index.errors import InputError

    path = Path(word)
    if len(word) < 256 and "\0" not in word and path.is_file():
        return True
    if path.suffix.lower() in IMAGE_SUFFIXES:
        raise InputError("there is no such image", path=word, hint="check the path")
    return False


def build_query(
    words: list[str], plus: list[str], minus: list[str], by: By = "both", look: bool = False
) -> Query:
    """Words and pictures, added and subtracted, as a query.

    Raises:
        InputError: a word is empty, or is named like an image file but is not there.
    """
    from index.errors import InputError
    from index.query.search import Query

    parts = [(word, 1.0) for word in [*words, *plus]] + [(word, -1.0) for word in minus]
    if not all(word.strip() for word, _ in parts):
        raise InputError("a query is empty", hint="say what to look for")
    images = {word for word, _ in parts if _is_image(word)}
    return Query(
        texts=tuple((word, weight) for word, weight in parts if word not in images),
        images=tuple((Path(word), weight) for word, weight in parts if word in images),
        by=by,
        look=look,
    )


def build_filters(
    where: list[str], label: str | None, cluster: str, platform: str, theme: str | None = None
) -> Filters:
    """Conditions such as `genres=Romance` or `year>=2015`, and a tag label, as filters.

    Raises:
        InputError: a condition cannot be read.
    """
    from index.errors import InputError
    from index.query.filters import Bound
    from index.query.search import Filters

    columns: dict[str, tuple[str, ...]] = {} if theme is None else {"theme": (theme,)}
    bounds: list[Bound] = []
    for condition in where:
        read = _CONDITION.fullmatch(condition.strip())
        if read is None:
            raise InputError(
                f"the filter {condition!r} is not COLUMN=VALUE or a comparison",
                hint="write e.g. --where genres=Romance or --where 'year>=2015'",
            )
        column, operator, value = read.groups()
        if operator == "=":
            columns[column] = (*columns.get(column, ()), value)
        else:
            bounds.append(Bound(column, operator, value))  # type: ignore[arg-type]
    return Filters(columns, label, cluster, platform, tuple(bounds))


@app.command(
    epilog='Examples: assistant similar "a soldier with a rifle"   |   '
    "assistant similar moodboard.jpg --plus portrait --minus gun --where 'year>=2015'"
)
def similar(
    query: Annotated[
        list[str],
        typer.Argument(
            metavar="TEXT|IMAGE|ID…",
            help="What to look for: words, a picture, or the id or name of an artwork or title.",
        ),
    ],
    plus: Annotated[
        list[str] | None, typer.Option("--plus", help="More text or an image to add.")
    ] = None,
    minus: Annotated[
        list[str] | None,
        typer.Option("--minus", help="Text or an image; results that resemble it rank lower."),
    ] = None,
    by: Annotated[
        Literal["both", "picture", "title"],
        typer.Option(help="Compare words with pictures, with titles, or with both."),
    ] = "both",
    look: Annotated[
        bool, typer.Option("--look", help="Compare colour, light and layout, not content.")
    ] = False,
    where: Annotated[
        list[str] | None,
        typer.Option(
            "--where",
            "-w",
            help="A condition on a column or feature: =, !=, <, <=, > or >=; repeat for more.",
        ),
    ] = None,
    theme: Annotated[str | None, typer.Option(help="Only artwork of this theme.")] = None,
    label: Annotated[
        str | None, typer.Option(help="high, low, typical or 'insufficient data'.")
    ] = None,
    cluster: Annotated[str, typer.Option(help="Member cluster of lifts and --label.")] = "all",
    platform: Annotated[str, typer.Option(help="Platform of lifts and --label.")] = "all",
    sort: Annotated[
        Literal["score", "lift"],
        typer.Option(help="Order of the good matches: lift puts the surest lift first."),
    ] = "score",
    all_variants: Annotated[
        bool, typer.Option("--all-variants", help="All artworks of a title, not only the best.")
    ] = False,
    index: IndexOption = None,
    k: Annotated[int, typer.Option("-k", min=1, max=1000, help="Artworks to show.")] = 12,
    no_images: NoImagesOption = False,
    json: JsonOption = False,
) -> None:
    """Find past artwork by words, pictures, or both."""
    from assistant.cli.opening import open_with_encoder
    from index.query.search import Searcher
    from index.query.standing import read_standings

    filters = build_filters(where or [], label, cluster, platform, theme)
    opened, encoder = open_with_encoder(index)
    asked = build_query(query, plus or [], minus or [], by, look)
    found = Searcher(opened, encoder).find(asked, k=k, filters=filters, variants=all_variants)
    standings = read_standings(opened, [hit.row for hit in found.hits], cluster, platform)
    hits = list(found.hits)
    if sort == "lift":
        good = sum(hit.good for hit in hits)
        hits[:good] = sorted(hits[:good], key=lambda hit: -_surest(standings.by_row.get(hit.row)))
    shown = " ".join(
        [*query, *(f"+ {word}" for word in plus or []), *(f"- {w}" for w in minus or [])]
    )
    if json:
        from assistant.terminal.console import emit_json

        results = [_document(hit, standings) for hit in hits]
        emit_json({"query": shown, "notes": list(found.notes), "results": results})
        return
    from assistant.insights.index_cache import lookup
    from assistant.terminal.console import output, show_warnings
    from assistant.terminal.search import show_hits
    from assistant.wording import slice_words

    show_warnings(found.notes)
    if hits:
        who = slice_words(cluster, platform, names=lookup(opened, "clusters", "cluster", "name"))
        show_hits(shown, hits, standings, who, None if no_images else opened.catalogue_folder)
    else:
        output().print("No artwork passes these filters and matches.")


def _surest(standing: Standing | None) -> float:
    return float("-inf") if standing is None or standing.low is None else standing.low


def _document(hit: Hit, standings: Standings) -> dict[str, Any]:
    standing = standings.by_row.get(hit.row)
    ends = None if standing is None else (standing.lift, standing.low, standing.high)
    return {
        "artwork_id": hit.artwork_id,
        "title_id": hit.title_id,
        "title": hit.title,
        "path": hit.path,
        "score": round(hit.score, 5),
        "good": hit.good,
        "named": hit.named,
        "label": None if standing is None else standing.label,
        "lift": None
        if ends is None or ends[0] is None
        else dict(zip(("lift", "low", "high"), ends, strict=True)),
    }
