"""Boards as files: their names, formats, and a run over many briefs."""

from __future__ import annotations

import hashlib
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
    from index.store import Index

FORMATS = ("html", "md", "json", "png", "pptx", "pdf")
_LONGEST = 60
_RESERVED = re.compile(r"^(con|prn|aux|nul|com\d|lpt\d|index)$")


@dataclass(frozen=True, slots=True)
class Written:
    """A board that was written: the file of its brief, the board, and its own files."""

    brief: Path
    board: Board
    files: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Run:
    """What a run over briefs wrote, the page over all of it, and what failed, with the reason."""

    boards: tuple[Written, ...]
    failed: tuple[tuple[Path, str], ...]
    index: Path | None
    unreadable: tuple[tuple[str, str], ...]

    def to_json(self) -> dict[str, Any]:
        """As `board --json` documents it."""
        return {
            "boards": [
                {
                    "brief": str(one.brief),
                    "title": one.board.title,
                    "files": [str(file) for file in one.files],
                }
                for one in self.boards
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


def require_folder(out: Path, what: str = "boards", endings: Iterable[str] = ()) -> None:
    """Refuse a folder that is named like one of the files which go into it.

    Args:
        endings: of such files, besides the formats of boards, which have an option.

    Raises:
        InputError: it is.
    """
    ending = out.suffix.lower().removeprefix(".")
    if out.is_dir() or ending not in (*(FORMATS if what == "boards" else ()), *endings):
        return
    option = f" --format {ending}" if what == "boards" else ""
    raise InputError(
        f"-o names a folder for the {what}",
        path=out,
        hint=f"write -o {out.with_suffix('')}{option}",
    )


def safe_name(title: str, taken: Iterable[str] = ()) -> str:
    """A file name without ending for a title: letters and digits of ASCII, each name once.

    A title of no such letter is called by a hash, so that two of them get two names.
    """
    folded = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    name = re.sub(r"[^a-z0-9]+", "-", folded).strip("-")[:_LONGEST].strip("-")
    if not name:
        own = hashlib.blake2b(title.encode(errors="replace"), digest_size=4).hexdigest()
        name = f"board-{own}" if any(map(str.isalnum, title)) else "board"
    if _RESERVED.match(name):
        name = f"board-{name}"
    used, number, chosen = set(taken), 2, name
    while chosen in used:
        chosen, number = f"{name}-{number}", number + 1
    return chosen


def draw(
    board: Board,
    form: str,
    index: Index,
    pictures: Pictures,
    stills: Callable[[str], bytes | None] = lambda _: None,
) -> bytes:
    """The bytes of a board in one format.

    Args:
        form: one of FORMATS.
        stills: content of a pinned still by file name.
    """
    if form == "html":
        from assistant.boards.page import Show, draw_board

        return draw_board(board, Show(pictures, stills)).encode()
    if form == "md":
        from assistant.boards.text import draw_markdown

        return draw_markdown(board).encode()
    if form == "json":
        from assistant.boards.json_document import board_document

        return f"{json_text(board_document(board, index), indent=1)}\n".encode()
    from assistant.boards.deck import slides_of
    from assistant.boards.pdf import draw_pdf
    from assistant.boards.png import draw_png
    from assistant.boards.pptx import draw_pptx

    slides = slides_of(board, pictures, stills)
    if form == "png":
        return draw_png(slides[0])
    return (draw_pptx if form == "pptx" else draw_pdf)(slides, title=board.title)


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
    from assistant.answers.answer import answer_match
    from assistant.answers.brief import load_brief
    from assistant.answers.match import match_brief
    from assistant.answers.suite import plan_suite
    from assistant.boards.make import make_board
    from assistant.boards.once import show_once
    from assistant.boards.page import Show, draw_slate
    from assistant.boards.slate import compare_briefs
    from assistant.insights.estimators.threads import enough_threads

    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = error.strerror or str(error)
        raise InputError(
            f"cannot be made: {reason}", path=folder, hint="give another -o"
        ) from error
    made: list[Written] = []
    failed: list[tuple[Path, str]] = []
    names: set[str] = set()
    index = desk.index
    for done, path in enumerate(briefs):
        progress("boards", done, len(briefs))
        try:
            brief = load_brief(path)
            with enough_threads(index.artworks, learners=False):
                match = match_brief(brief, path, index, desk.encoder, canvases=desk.canvases)
                answer = answer_match(match, index, k=k, picks=tuple(picks(brief.title)))
                board = show_once(make_board(answer, plan_suite(answer, index), desk, shown=k))
            drawn = {form: draw(board, form, index, pictures) for form in formats}
        except ArtworkIndexError as error:
            failed.append((path, str(error)))
            continue
        name = safe_name(brief.title, names)
        names.add(name)
        files = tuple(folder / f"{name}.{form}" for form in formats)
        for file, content in zip(files, drawn.values(), strict=True):
            replace_file(file, content)
        made.append(Written(path, board, files))
    progress("boards", len(briefs), len(briefs))
    slate = None
    if "html" in formats and len(briefs) > 1 and made:
        slate = folder / "index.html"
        rows = [(one.files[formats.index("html")].name, one.board) for one in made]
        told = [(path.name, reason) for path, reason in failed]
        slate_of = compare_briefs([one.board for one in made])
        page = draw_slate(rows, slate_of, told, Show(pictures, lambda _: None))
        replace_file(slate, page.encode())
    return Run(tuple(made), tuple(failed), slate, tuple(pictures.unreadable.items()))
