"""Boards as files: their names, formats, and a run over many briefs."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from glob import glob
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.errors import ArtworkIndexError, InputError
from index.io.atomic import replace_file
from index.io.safe_text import json_text

if TYPE_CHECKING:
    from assistant.boards.content import Board
    from assistant.boards.desk import Desk
    from assistant.boards.pictures import Pictures
    from index.records import Progress

FORMATS = ("html", "md", "json", "png", "pptx", "pdf")
_LONGEST = 60
_RESERVED = re.compile(r"^(con|prn|aux|nul|com\d|lpt\d|index)$")


@dataclass(frozen=True, slots=True)
class Run:
    """What a run over briefs wrote: brief, title and files; and what failed, with the reason."""

    boards: tuple[tuple[Path, str, tuple[Path, ...]], ...]
    failed: tuple[tuple[Path, str], ...]
    index: Path | None
    unreadable: tuple[tuple[str, str], ...]

    def to_json(self) -> dict[str, Any]:
        """As `board --json` documents it."""
        return {
            "boards": [
                {"brief": str(brief), "title": title, "files": [str(file) for file in files]}
                for brief, title, files in self.boards
            ],
            "failed": [{"brief": str(brief), "reason": reason} for brief, reason in self.failed],
            "index": None if self.index is None else str(self.index),
            "unreadable": [{"path": path, "reason": why} for path, why in self.unreadable],
        }


def find_briefs(asked: Sequence[str]) -> list[Path]:
    """Brief files of paths, folders (their .yaml and .yml files) and patterns, each once.

    Raises:
        InputError: a folder or pattern holds no brief; names it.
    """
    found: dict[Path, None] = {}
    for one in asked:
        path = Path(one)
        if path.is_dir():
            here = sorted(file for file in path.iterdir() if file.suffix in {".yaml", ".yml"})
        elif not path.exists() and any(sign in one for sign in "*?["):
            here = sorted(Path(file) for file in glob(one, recursive=True))
        else:
            here = [path]
        if not here:
            raise InputError("holds no brief", path=path, hint="name a .yaml file of a brief")
        found.update(dict.fromkeys(here))
    return list(found)


def read_formats(asked: str) -> tuple[str, ...]:
    """Formats of a list with commas.

    Raises:
        InputError: one is unknown.
    """
    wanted = tuple(dict.fromkeys(part.strip().lower() for part in asked.split(",") if part.strip()))
    for one in wanted:
        if one not in FORMATS:
            raise InputError(f"unknown format {one!r}", hint=f"formats are {', '.join(FORMATS)}")
    return wanted or ("html",)


def require_folder(out: Path) -> None:
    """Refuse a folder for boards that is named like one board.

    Raises:
        InputError: it is.
    """
    ending = out.suffix.lower().removeprefix(".")
    if ending in FORMATS and not out.is_dir():
        raise InputError(
            "-o names a folder for the boards",
            path=out,
            hint=f"write -o {out.with_suffix('')} --format {ending}",
        )


def safe_name(title: str, taken: Iterable[str] = ()) -> str:
    """A file name without ending for a title: letters and digits of ASCII, each name once."""
    folded = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    name = re.sub(r"[^a-z0-9]+", "-", folded).strip("-")[:_LONGEST].strip("-") or "board"
    if _RESERVED.match(name):
        name = f"board-{name}"
    used, number, chosen = set(taken), 2, name
    while chosen in used:
        chosen, number = f"{name}-{number}", number + 1
    return chosen


def draw(board: Board, form: str, pictures: Pictures) -> bytes:
    """The bytes of a board in one format."""
    from assistant.boards.deck import jpegs
    from assistant.boards.page import draw_board
    from assistant.boards.pdf import draw_pdf
    from assistant.boards.pptx import draw_pptx
    from assistant.boards.sheet import draw_sheet
    from assistant.boards.text import draw_markdown

    drawers: dict[str, Callable[[], bytes]] = {
        "html": lambda: draw_board(board, pictures).encode(),
        "md": lambda: draw_markdown(board).encode(),
        "json": lambda: _json(board),
        "png": lambda: draw_sheet(board, pictures),
        "pptx": lambda: draw_pptx(board, jpegs(board, pictures.pixels)),
        "pdf": lambda: draw_pdf(board, jpegs(board, pictures.pixels)),
    }
    return drawers[form]()


def _json(board: Board) -> bytes:
    return f"{json_text(board.to_json(), indent=1)}\n".encode()


def write_boards(
    briefs: Sequence[Path],
    folder: Path,
    desk: Desk,
    pictures: Pictures,
    formats: Sequence[str],
    *,
    k: int,
    picks: Callable[[str], Iterable[str]],
    progress: Progress,
) -> Run:
    """Make and write a board for each brief; one that fails is named and the rest goes on.

    Raises:
        InputError: the folder cannot be written.
    """
    from assistant.answers.brief import load_brief
    from assistant.boards.make import make_board
    from assistant.boards.page import draw_index

    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = error.strerror or str(error)
        raise InputError(
            f"cannot be made: {reason}", path=folder, hint="give another -o"
        ) from error
    made: list[tuple[Path, str, tuple[Path, ...]]] = []
    rows: list[tuple[str, Board]] = []
    failed: list[tuple[Path, str]] = []
    names: set[str] = set()
    for done, path in enumerate(briefs):
        progress("boards", done, len(briefs))
        try:
            brief = load_brief(path)
            board = make_board(brief, path, desk, k=k, picks=tuple(picks(brief.title)))
            drawn = {form: draw(board, form, pictures) for form in formats}
        except ArtworkIndexError as error:
            failed.append((path, str(error)))
            continue
        name = safe_name(brief.title, names)
        names.add(name)
        files = tuple(folder / f"{name}.{form}" for form in formats)
        for file, content in zip(files, drawn.values(), strict=True):
            replace_file(file, content)
        made.append((path, brief.title, files))
        rows.append((f"{name}.html", board))
    progress("boards", len(briefs), len(briefs))
    index = None
    if "html" in formats and len(briefs) > 1 and rows:
        index = folder / "index.html"
        told = [(path.name, reason) for path, reason in failed]
        replace_file(index, draw_index(rows, told, pictures).encode())
    return Run(tuple(made), tuple(failed), index, tuple(pictures.unreadable.items()))
