"""The workplace: one board a title, which people edit, decide on and take away as a file."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Depends, File, Form, Path, Query, UploadFile
from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException

from assistant.answers.beside import read_beside
from assistant.answers.brief import MockupWishes
from assistant.boards.content import Still
from assistant.boards.edits import NOTES_MOST, Edits, arrange, press
from assistant.boards.saved import (
    BoardConflict,
    as_webp,
    keep_picture,
    load_board,
    picture_file,
    refused_board,
    save_board,
    saved_boards,
    settle_refused,
)
from assistant.web.forms import (
    Field,
    Text,
    Written,
    brief_form,
    decided,
    plain_brief,
    read_brief,
    read_picture,
)
from assistant.web.wording import explain
from index.errors import ImageUnreadable, InputError, StoreError

if TYPE_CHECKING:
    from assistant.answers.brief import Brief
    from assistant.boards.content import Board
    from assistant.web.library import Library

_MEDIA = {
    "html": "text/html",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "pdf": "application/pdf",
    "png": "image/png",
}
MOCKUPS = "mockups"
NAME = re.compile(r"^[a-z0-9]+(-[a-z0-9]+)*$")
_Name = Annotated[str, Path(pattern=NAME.pattern, max_length=80)]


class Boards:
    """Addresses of boards.

    Args:
        library: what boards are made from; they are kept beside its index.
        draw: a page of this name with these facts.
    """

    def __init__(self, library: Library, draw: Callable[..., str]) -> None:
        self._library, self._draw = library, draw

    def router(self, own: Sequence[Any]) -> APIRouter:
        """All addresses; `own` guards those that change something."""
        router = APIRouter()
        router.get("/board")(self.boards)
        router.post("/board", dependencies=own)(self.make)
        router.get("/board/{name}")(self.board)
        router.post("/board/{name}", dependencies=own)(self.change)
        router.post("/board/{name}/refused", dependencies=own)(self.settle)
        router.get("/board/{name}/{kind}")(self.file)
        router.get("/board.css")(self.styles)
        router.get("/board.js")(self.script)
        return router

    def boards(self, brief: Annotated[str, Query(max_length=80)] = "") -> Response:
        """Boards that are there, and where a brief is written, or that of a board is changed."""
        edits = load_board(self._library.folder, brief) if NAME.match(brief) else None
        if edits is None:
            return self._form(Written())
        return self._form(Written.of(edits.brief, edits.references), of=brief)

    def _form(
        self, written: Written, problem: str = "", status: int = 200, of: str = ""
    ) -> Response:
        shelf = self._library.shelf
        return self._show(
            "board_form",
            status,
            written=written,
            problem=problem,
            of=of,
            mockups=MockupWishes(),
            genres=shelf.genres,
            clusters=shelf.clusters,
            saved=saved_boards(self._library.folder),
        )

    def make(
        self,
        written: Annotated[Written, Depends(brief_form)],
        references: Annotated[list[UploadFile] | None, File()] = None,
    ) -> Response:
        """Make the board of a brief; a title's board takes its new brief and keeps the rest."""
        try:
            brief = written.brief()
            name, edits = self._place(brief)
            plain = plain_brief(brief) | self._references(name, edits, written, references or [])
            new = edits.model_copy(update={"brief": plain})
            self._plain(name, new)
            if edits.version == 0 or edits.brief != plain:
                self._save(name, new)
        except InputError as error:
            return self._form(written, explain(error), 400)
        except StoreError as error:
            return self._form(written, f"Not saved: {error.reason}; {error.hint}", 507)
        return RedirectResponse(f"/board/{name}", 303)

    def _references(
        self, name: str, edits: Edits, written: Written, sent: Sequence[UploadFile]
    ) -> dict[str, list[str]]:
        """The brief's references: of those that are there the ones to keep, then those sent.

        Raises:
            InputError: a file is no picture.
            StoreError: one cannot be kept.
        """
        pictures = [read_picture(one) for one in sent if one.size]
        files = [one for one in edits.references if one in written.kept]
        files += [keep_picture(self._library.folder, name, one) for one in pictures]
        return {"references": [f"{name}-{one}" for one in dict.fromkeys(files)]} if files else {}

    def _place(self, brief: Brief) -> tuple[str, Edits]:
        """The name of a title's board, and what is kept of it."""
        from assistant.boards.files import safe_name

        saved = saved_boards(self._library.folder)
        for name, edits in saved.items():
            if isinstance(edits, Edits) and edits.title.casefold() == brief.title.casefold():
                return name, edits
        return safe_name(brief.title, saved), Edits(brief=plain_brief(brief))

    def board(self, name: _Name) -> Response:
        """A board to work on."""
        return self._page(name, self._load(name))

    def change(
        self,
        name: _Name,
        version: Annotated[int, Form(ge=0, lt=2**31)],
        do: Field = "save",
        notes: Text = "",
        test: Field = "",
        what: Annotated[str, Form(max_length=2000)] = "",
        by: Field = "",
        on: Field = "",
        still: Annotated[UploadFile | None, File()] = None,
        still_note: Field = "",
    ) -> Response:
        """Save what the form holds after one thing was done; a save over a newer one is refused."""
        kept = self._load(name)
        edits = kept.model_copy(
            update={"version": version, "notes": notes.replace("\r\n", "\n"), "test": test}
        )
        problem, status = "", 200
        try:
            edits = edits.model_copy(update={"decision": decided(what, by, on)})
            edits = press(edits, do, lambda: self._plain(name, edits))
            if still is not None and still.size:
                file = keep_picture(self._library.folder, name, as_webp(still.file.read()))
                pinned = [one for one in edits.stills if one.file != file]
                added = Still(file, still_note)
                edits = edits.model_copy(update={"stills": (*pinned, added)})
            self._save(name, edits)
        except BoardConflict:
            edits, status = self._load(name), 409
        except ImageUnreadable as error:
            problem, status = f"That picture cannot be used: {error.reason}.", 415
        except InputError as error:
            problem, status = f"{error.problem}; {error.hint}.", 400
        except StoreError as error:
            problem, status = f"Not saved: {error.reason}. {error.hint}.", 507
        if status == 200:
            return RedirectResponse(f"/board/{name}", 303)
        return self._page(name, edits, problem=problem, status=status)

    def settle(self, name: _Name, do: Annotated[str, Form(pattern="^(take|drop)$")]) -> Response:
        """Take a refused save after all, or throw it away."""
        self._load(name)
        settle_refused(self._library.folder, name, take=do == "take")
        return RedirectResponse(f"/board/{name}", 303)

    def file(self, name: _Name, kind: str) -> Response:
        """The board as it is seen, as a file; its mockups; or one of the pictures kept with it."""
        from assistant.boards.files import draw

        edits, shelf = self._load(name), self._library.shelf
        if kind in {*(one.file for one in edits.stills), *edits.references}:
            content = self._still(name)(kind)
            if content is not None:
                return Response(content, media_type="image/webp")
        if kind not in (*_MEDIA, MOCKUPS):
            raise HTTPException(404)
        board = self._seen(name, edits)
        if kind == MOCKUPS:
            try:
                return _file(shelf.maker.mockups(board), f"{name}-{MOCKUPS}.zip", "application/zip")
            except OSError as error:
                problem = f"Not made: {error.strerror or 'the disk failed'}. Make room for it."
                return self._page(name, edits, problem=problem, status=507)
        content = draw(board, kind, shelf.index, shelf.pictures, self._still(name))
        return _file(content, f"{name}.{kind}", _MEDIA[kind])

    def styles(self) -> Response:
        """Style sheets of boards."""
        from assistant.boards.page import style_sheet

        return Response(style_sheet("base", "board", "edit"), media_type="text/css")

    def script(self) -> Response:
        """The script of boards."""
        from prompts import render

        both = "\n".join(render(f"board/{name}.js") for name in ("board", "edit"))
        return Response(both, media_type="text/javascript")

    def _load(self, name: str) -> Edits:
        edits = load_board(self._library.folder, name)
        if edits is None:
            raise HTTPException(404)
        return edits

    def _save(self, name: str, edits: Edits) -> None:
        made = str(self._library.shelf.index.manifest.generation)
        save_board(self._library.folder, name, edits.model_copy(update={"generation": made}))

    def _plain(self, name: str, edits: Edits) -> Board:
        """The board of a brief as nobody has edited it.

        Raises:
            InputError: a mistake in the brief.
        """
        from assistant.answers.picks import load_picks, picked_for

        plain = {key: value for key, value in edits.brief.items() if key != "references"}
        if len(edits.references) != len(edits.brief.get("references", ())):
            raise InputError(
                "a reference picture is not kept with this board", hint="make the board again"
            )
        files = [self._library.folder / picture_file(name, one) for one in edits.references]
        brief = read_brief(json.dumps(plain)).model_copy(update={"references": tuple(files)})
        picks = picked_for(load_picks(self._library.folder), brief.title)
        return self._library.shelf.maker.board(brief, picks)

    def _seen(self, name: str, edits: Edits) -> Board:
        """The board as it was edited, every picture once."""
        from assistant.boards.once import show_once

        return show_once(arrange(self._plain(name, edits), edits))

    def _still(self, name: str) -> Callable[[str], bytes | None]:
        return lambda file: read_beside(self._library.folder, picture_file(name, file))

    def _page(self, name: str, edits: Edits, *, problem: str = "", status: int = 200) -> Response:
        from assistant.boards.page import WORDS
        from assistant.web.work import WorkShow

        return self._show(
            "board",
            status,
            name=name,
            board=self._seen(name, edits),
            edits=edits,
            show=WorkShow(self._library.shelf.pictures, self._still(name)),
            words=WORDS,
            problem=problem,
            refused=refused_board(self._library.folder, name),
            kinds=list(_MEDIA),
            notes_most=NOTES_MOST,
        )

    def _show(self, page: str, status: int, **facts: Any) -> Response:
        return Response(self._draw(page, **facts), status, media_type="text/html")


def _file(content: bytes, name: str, media: str) -> Response:
    held = f'attachment; filename="{name}"'
    return Response(content, media_type=media, headers={"content-disposition": held})
