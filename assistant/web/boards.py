"""The workplace: one board a title, which people edit, decide on and take away as a file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, File, Form, Path, UploadFile
from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException

from assistant.answers.beside import read_beside
from assistant.boards.edits import NOTES_MOST, Decided, Edits, PinnedStill, arrange, reordered
from assistant.boards.saved import (
    BoardConflict,
    keep_still,
    load_board,
    refused_board,
    save_board,
    saved_boards,
    settle_refused,
    still_file,
)
from assistant.web.forms import fill_brief, plain_brief, read_brief
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
_Name = Annotated[str, Path(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]
_Field = Annotated[str, Form(max_length=500)]
_Text = Annotated[str, Form(max_length=NOTES_MOST)]


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

    def boards(self) -> Response:
        """Boards that are there, and where a brief is written."""
        shelf = self._library.shelf
        return _page(
            self._draw(
                "board_form",
                genres=shelf.genres,
                clusters=shelf.clusters,
                saved=saved_boards(self._library.folder),
            )
        )

    def make(
        self, yaml: _Text = "", title: _Field = "", synopsis: _Text = "", genres: _Field = "",
        tags: _Field = "", audience: _Field = "", platforms: _Field = "", canvases: _Field = "",
        must_show: _Field = "", avoid: _Field = "",
    ) -> Response:  # fmt: skip
        """Make the board of a brief; a title's board takes its new brief and keeps the rest."""
        fields = {
            "title": title, "synopsis": synopsis, "genres": genres, "tags": tags,
            "audience": audience, "platforms": platforms, "canvases": canvases,
            "must_show": must_show, "avoid": avoid,
        }  # fmt: skip
        brief = read_brief(yaml) if yaml.strip() else fill_brief(fields)
        self._plain(brief)
        name, edits = self._place(brief)
        if edits.version == 0 or edits.brief != plain_brief(brief):
            self._save(name, edits.model_copy(update={"brief": plain_brief(brief)}))
        return RedirectResponse(f"/board/{name}", 303)

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
        do: _Field = "save",
        notes: _Text = "",
        test: _Field = "",
        what: Annotated[str, Form(max_length=2000)] = "",
        by: _Field = "",
        on: _Field = "",
        still: Annotated[UploadFile | None, File()] = None,
        still_note: _Field = "",
    ) -> Response:
        """Save what the form holds after one thing was done; a save over a newer one is refused."""
        kept = self._load(name)
        edits = kept.model_copy(
            update={"version": version, "notes": notes.replace("\r\n", "\n"), "test": test}
        )
        problem, status = "", 200
        try:
            edits = edits.model_copy(update={"decision": _decided(what, by, on)})
            edits = self._done(edits, do)
            if still is not None and still.size:
                file = keep_still(self._library.folder, name, still.file.read())
                pinned = [one for one in edits.stills if one.file != file]
                added = PinnedStill(file=file, note=still_note)
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

    def _done(self, edits: Edits, do: str) -> Edits:
        """What one button of a board does: "turn-up:cast/group", "still-drop:0123.webp"."""
        from assistant.boards.once import show_once

        what, _, key = do.partition(":")
        kind, _, step = what.partition("-")
        if kind == "still" and step == "drop":
            rest = tuple(one for one in edits.stills if one.file != key)
            return edits.model_copy(update={"stills": rest})
        if kind not in {"turn", "pair"}:
            return edits
        board = arrange(self._plain(read_brief_of(edits)), edits)
        seen = show_once(board)
        if kind == "turn":
            keys = [one.key for one in board.turns]
            return edits.model_copy(update={"directions": reordered(keys, key, step, keys)})
        keys = [one.worked.artwork_id for one in board.pairs]
        visible = [one.worked.artwork_id for one in seen.pairs]
        return edits.model_copy(update={"exemplars": reordered(keys, key, step, visible)})

    def settle(self, name: _Name, do: Annotated[str, Form(pattern="^(take|drop)$")]) -> Response:
        """Take a refused save after all, or throw it away."""
        self._load(name)
        settle_refused(self._library.folder, name, take=do == "take")
        return RedirectResponse(f"/board/{name}", 303)

    def file(self, name: _Name, kind: str) -> Response:
        """The board as it is seen, as a file; or one of its pinned stills."""
        from assistant.boards.files import draw

        edits, shelf = self._load(name), self._library.shelf
        if kind in {one.file for one in edits.stills}:
            content = self._still(name)(kind)
            if content is not None:
                return Response(content, media_type="image/webp")
        if kind not in _MEDIA:
            raise HTTPException(404)
        content = draw(self._seen(edits), kind, shelf.index, shelf.pictures, self._still(name))
        held = f'attachment; filename="{name}.{kind}"'
        return Response(content, media_type=_MEDIA[kind], headers={"content-disposition": held})

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

    def _save(self, name: str, edits: Edits) -> Edits:
        made = self._library.shelf.index.manifest.generation
        return save_board(
            self._library.folder, name, edits.model_copy(update={"generation": str(made)})
        )

    def _plain(self, brief: Brief) -> Board:
        """The board of a brief that nobody has edited."""
        from assistant.answers.picks import load_picks, picked_for

        picks = picked_for(load_picks(self._library.folder), brief.title)
        return self._library.shelf.board(brief, picks)

    def _seen(self, edits: Edits) -> Board:
        """The board as it was edited, every picture once."""
        from assistant.boards.once import show_once

        return show_once(arrange(self._plain(read_brief_of(edits)), edits))

    def _still(self, name: str) -> Callable[[str], bytes | None]:
        return lambda file: read_beside(self._library.folder, still_file(name, file))

    def _page(self, name: str, edits: Edits, *, problem: str = "", status: int = 200) -> Response:
        from assistant.boards.page import WORDS
        from assistant.web.work import WorkShow

        return _page(
            self._draw(
                "board",
                name=name,
                board=self._seen(edits),
                edits=edits,
                show=WorkShow(self._library.shelf.pictures, self._still(name)),
                words=WORDS,
                problem=problem,
                refused=refused_board(self._library.folder, name),
                kinds=list(_MEDIA),
                notes_most=NOTES_MOST,
            ),
            status,
        )


def read_brief_of(edits: Edits) -> Brief:
    """The brief of an edited board.

    Raises:
        InputError: a mistake in it.
    """
    import json

    return read_brief(json.dumps(edits.brief))


def _page(text: str, status: int = 200) -> Response:
    return Response(text, status, media_type="text/html")


def _decided(what: str, by: str, on: str) -> Decided | None:
    """The decision in the fields of the form; None where nothing was decided.

    Raises:
        InputError: nobody is named, or the day is none.
    """
    if not what.strip():
        return None
    if not by.strip():
        raise InputError("a decision needs a name", column="by", hint="write who decided")
    try:
        day = date.fromisoformat(on) if on.strip() else date.today()
    except ValueError:
        raise InputError(f"{on!r} is no day", column="on", hint="write it as 2026-01-31") from None
    return Decided(what=what.strip(), by=by.strip(), on=day.isoformat())
