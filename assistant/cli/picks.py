"""`assistant picks`: artworks to keep in mind, for one brief or for all."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.cli.app import IndexOption, JsonOption, app

if TYPE_CHECKING:
    from assistant.answers.picks import Pick
    from index.store import Index

_ACTIONS = ("list", "add", "remove")


def brief_title(word: str) -> str:
    """The title that picks are kept under: of a brief's file, or the words themselves.

    Raises:
        InputError: a file that is no brief, or none at a path that is named like one.
    """
    path = Path(word)
    if path.suffix.lower() in {".yaml", ".yml"}:
        from assistant.answers.brief import load_brief

        return load_brief(path).title
    return word


def _require_known(index: Index, artwork_ids: list[str]) -> None:
    from difflib import get_close_matches

    from index.errors import InputError

    known = set(index.table("artworks", ["artwork_id"])["artwork_id"].to_pylist())
    for artwork_id in artwork_ids:
        if artwork_id not in known:
            near = get_close_matches(artwork_id, known, n=1)
            raise InputError(
                f"there is no artwork {artwork_id!r} in this index",
                path=index.folder,
                hint=f"did you mean {near[0]!r}?" if near else "`assistant similar` shows ids",
            )


def show_picks(picks: tuple[Pick, ...], index: Index) -> None:
    """Picks with the titles of their artworks."""
    from assistant.insights.index_cache import lookup
    from assistant.terminal.console import output, table
    from index.io.safe_text import sanitise

    if not picks:
        output().print("Nothing is picked.")
        return
    titles = lookup(index, "titles", "title_id", "name")
    title_of = lookup(index, "artworks", "artwork_id", "title_id")
    drawn = table("Picks", "artwork", "title", "for", "picked")
    for pick in picks:
        drawn.add_row(
            sanitise(pick.artwork_id),
            sanitise(titles.get(title_of.get(pick.artwork_id, ""), "no longer in the index")),
            sanitise(pick.brief or "every brief"),
            sanitise(pick.picked_at[:10]),
        )
    output().print(drawn)


@app.command(
    epilog="Examples: assistant picks add t16_3 t36_6 --brief title.yaml   |   "
    "assistant picks remove t16_3   |   assistant picks"
)
def picks(
    action: Annotated[str, typer.Argument(metavar="[list|add|remove]")] = "list",
    artworks: Annotated[
        list[str] | None, typer.Argument(metavar="[ARTWORK_ID…]", help="What to add or remove.")
    ] = None,
    brief: Annotated[
        str | None,
        typer.Option("--brief", "-b", help="A brief in YAML, or its title; else for every brief."),
    ] = None,
    index: IndexOption = None,
    json: JsonOption = False,
) -> None:
    """Keep artworks in mind: picked ones come first among a brief's exemplars."""
    from assistant.answers.picks import add_picks, load_picks, remove_picks
    from assistant.settings import index_folder
    from index.errors import InputError
    from index.store import open_index

    if action not in _ACTIONS:
        raise InputError(f"there is no {action!r} among {', '.join(_ACTIONS)}", hint="name one")
    if bool(artworks) == (action == "list"):
        hint = "leave them out" if action == "list" else f"assistant picks {action} ARTWORK_ID…"
        raise InputError(
            f"`picks {action}` takes {'no' if action == 'list' else 'some'} artworks", hint=hint
        )
    title = None if brief is None else brief_title(brief)
    with open_index(index_folder(index)) as opened:
        if action == "add":
            _require_known(opened, artworks or [])
            add_picks(opened.folder, artworks or [], title or "")
        elif action == "remove" and not remove_picks(opened.folder, artworks or [], title):
            raise InputError(
                f"{', '.join(artworks or [])}: not picked{f' for {title!r}' if title else ''}",
                hint="`assistant picks` lists what is",
            )
        shown = load_picks(opened.folder)
        if title is not None and action == "list":
            shown = tuple(pick for pick in shown if pick.brief in {"", title})
        if json:
            from dataclasses import asdict

            from assistant.terminal.console import emit_json

            emit_json({"picks": [asdict(pick) for pick in shown]})
        else:
            show_picks(shown, opened)
