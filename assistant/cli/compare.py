"""`assistant compare`: how two sets of artwork differ."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.cli.app import IndexOption, JsonOption, app

if TYPE_CHECKING:
    from assistant.answers.gallery import Flags
    from index.store import Index

LABELS = {"winners": "high", "losers": "low"}
"""Sets that are named by how they did, and the label of their performance tag."""


def read_set(asked: str, index: Index, folder: Path | None, cluster: str) -> Flags | Path:
    """The artwork of a set that was named on the command line, or a folder that is not indexed.

    Args:
        asked: "winners", "losers", COLUMN=VALUE, a brief in YAML or a folder of pictures.
        index: that the artwork is of.
        folder: as the user named the index, for a brief.
        cluster: of winners and losers; "all" for everyone.

    Raises:
        InputError: it names no set.
    """
    import numpy as np

    from assistant.answers.match import read_artworks
    from assistant.cli.similar import build_filters
    from index.errors import InputError
    from index.query.filters import passing

    if asked in LABELS or ("=" in asked and not Path(asked).exists()):
        label = LABELS.get(asked)
        conditions = [] if label else [asked]
        mask = passing(index, build_filters(conditions, label, cluster if label else "all", "all"))
        return np.ones(index.artworks, bool) if mask is None else mask
    path = Path(asked)
    if path.suffix in {".yaml", ".yml"}:
        return _fitting(path, folder)
    if path.is_dir():
        root, inside = index.catalogue_folder.resolve(), path.resolve()
        places = [(root / one).resolve() for one in read_artworks(index).paths]
        found = np.array([one.is_relative_to(inside) for one in places], bool)
        return found if found.any() else path
    raise InputError(
        f"{asked!r} names no set of artwork",
        hint="write winners, losers, COLUMN=VALUE, a brief's .yaml or a folder of pictures",
    )


def _fitting(path: Path, folder: Path | None) -> Flags:
    """Past artwork that fits a brief and, where that is known, did well with its audience."""
    from assistant.answers.brief import load_brief
    from assistant.answers.match import match_brief
    from assistant.cli.opening import open_with_encoder

    opened, encoder = open_with_encoder(folder)
    match = match_brief(load_brief(path), path, opened, encoder)
    fits = match.allowed & match.relevance.fits
    return fits if match.lift is None else fits & match.lift.did_well


@app.command(
    epilog="Example: assistant compare winners losers; assistant compare genres=Drama genres=Comedy"
)
def compare(
    first: Annotated[
        str,
        typer.Argument(
            metavar="A",
            help="winners, losers, COLUMN=VALUE (theme=… too), a brief or a folder of pictures.",
        ),
    ],
    second: Annotated[str, typer.Argument(metavar="B", help="What A is compared with.")],
    cluster: Annotated[str, typer.Option(help="Member cluster of winners and losers.")] = "all",
    seed: Annotated[int, typer.Option(help="Of the halves of titles.")] = 7,
    index: IndexOption = None,
    json: JsonOption = False,
) -> None:
    """Say how two sets of artwork differ, checked on titles that did not propose it."""
    from assistant.answers.comparison import compare_sets
    from assistant.answers.gallery import read_gallery
    from assistant.settings import index_folder
    from assistant.terminal.console import emit_json, notes, progress_bar
    from assistant.terminal.differences import show_differences
    from index.io.safe_text import sanitise
    from index.store import open_index

    opened = open_index(index_folder(index))
    named = [read_set(one, opened, index, cluster) for one in (first, second)]
    with progress_bar() as progress:
        outside = [one for one in named if isinstance(one, Path)]
        gallery = read_gallery(opened, outside, progress=progress)
    for error in gallery.skipped:
        notes().print(f"skipped: {sanitise(error)}")
    sets = [gallery.rows(one) for one in named]
    found = compare_sets(gallery, *sets, seed=seed)
    counts = [int(one.sum()) for one in sets]
    shared = int((sets[0] & sets[1]).sum())
    if json:
        emit_json(
            {
                "first": {"set": first, "artworks": counts[0]},
                "second": {"set": second, "artworks": counts[1]},
                "in_both": shared,
                "differences": [asdict(one) for one in found],
            }
        )
    else:
        show_differences(gallery, (first, second), counts, shared, found)
