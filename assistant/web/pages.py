"""The pages: what is asked for, what is shown."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Depends, File, Form, Header, Query, UploadFile
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException

from assistant.web.atlas import Atlas
from assistant.web.boards import Boards
from assistant.web.findings import Findings
from assistant.web.library import SIDES, Library, Shelf
from assistant.web.making import Step
from assistant.web.security import local_path, same_token
from assistant.web.wording import WORDS
from assistant.wording import change_of
from index.errors import ImageUnreadable, InputError
from index.records import ALL, Label

if TYPE_CHECKING:
    from index.query.search import Filters

SHOWN = 48
_Short = Annotated[str, Query(max_length=500)]
_Id = Annotated[str, Query(alias="id", max_length=500)]
_ShortField = Annotated[str, Form(max_length=500)]


@dataclass(frozen=True, slots=True)
class Asked:
    """Filters as the form has them; empty strings ask for nothing."""

    genre: str = ""
    title: str = ""
    label: str = ""
    cluster: str = ""
    platform: str = ""

    def filters(self, shelf: Shelf) -> Filters:
        """As the engine takes them; a title is found by its name or a part of it."""
        from index.query.search import Filters

        where: dict[str, tuple[str, ...]] = {}
        if self.genre:
            where["genres"] = (self.genre,)
        if self.title:
            sought = self.title.casefold()
            ids = [one for one, name in shelf.titles.items() if sought == name.casefold()]
            ids = ids or [one for one, name in shelf.titles.items() if sought in name.casefold()]
            if not ids:
                raise InputError(f"no title is called {self.title!r}", hint="write a part of it")
            where["title_id"] = tuple(ids)
        return Filters(where, self.label or None, self.cluster or ALL, self.platform or ALL)


def in_address(
    genre: _Short = "", title: _Short = "", label: _Short = "", cluster: _Short = "",
    platform: _Short = "",
) -> Asked:  # fmt: skip
    """Filters of an address."""
    return Asked(genre, title, label, cluster, platform)


def in_form(
    genre: _ShortField = "", title: _ShortField = "", label: _ShortField = "",
    cluster: _ShortField = "", platform: _ShortField = "",
) -> Asked:  # fmt: skip
    """Filters of a form."""
    return Asked(genre, title, label, cluster, platform)


class Pages:
    """Everything that can be asked of a library.

    Args:
        token: must come with every change; only our own pages show it.
    """

    def __init__(self, library: Library, *, token: str) -> None:
        self._library, self._token = library, token

    def router(self) -> APIRouter:
        """All addresses."""
        router = APIRouter(default_response_class=HTMLResponse)
        own = [Depends(self._require_token)]
        router.get("/")(self.search)
        router.post("/search", dependencies=own)(self.search_by_picture)
        router.get("/artwork")(self.artwork)
        router.get("/image/{size}")(self.image)
        router.include_router(Atlas(self._library, self.draw).router())
        router.include_router(Findings(self._library, self.draw).router())
        router.include_router(Boards(self._library, self.draw).router(own))
        router.get("/progress", response_class=JSONResponse)(self.progress)
        router.get("/picks")(self.picks)
        router.post("/picks", dependencies=own)(self.change_picks)
        return router

    def draw(self, page: str, **facts: Any) -> str:
        """A page with what every page shows."""
        from prompts import render

        return render(
            f"serve/{page}.html",
            page=page,
            token=self._token,
            index_name="/".join(self._library.folder.resolve().parts[-2:]),
            **{"words": WORDS, "picked": {} if page == "error" else self._picked(), **facts},
        )

    def _require_token(
        self,
        token: Annotated[str, Form(max_length=200)] = "",
        x_csrf_token: Annotated[str, Header(max_length=200)] = "",
    ) -> None:
        if not same_token(x_csrf_token or token, self._token):
            raise HTTPException(403, "This form is out of date: open the page again.")

    def _results(self, shelf: Shelf, asked: Asked, **facts: Any) -> str:
        return self.draw(
            "search",
            asked=asked,
            genres=shelf.genres,
            titles=sorted(set(shelf.titles.values()))[:1000],
            clusters=shelf.clusters,
            platforms=shelf.platforms,
            labels=[str(label) for label in Label] if shelf.index.has("tags") else [],
            **({"plus": "", "minus": "", "sort": "", "notes": ()} | facts),
        )

    def _picked(self) -> dict[str, list[str]]:
        """Titles of briefs ("" for all) by picked artwork."""
        from assistant.answers.picks import load_picks

        found: dict[str, list[str]] = {}
        for pick in load_picks(self._library.folder):
            found.setdefault(pick.artwork_id, []).append(pick.brief)
        return found

    def search(
        self, asked: Annotated[Asked, Depends(in_address)],
        q: Annotated[str, Query(max_length=2000)] = "", plus: _Short = "", minus: _Short = "",
        sort: Annotated[str, Query(pattern="^(likeness|plays)?$")] = "",
    ) -> str:  # fmt: skip
        """Search by words, some added and some subtracted, or look through what is there."""
        from index.query.search import Query as Words

        shelf = self._library.shelf
        filters = asked.filters(shelf)
        weighted = ((q, 1.0), (plus, 1.0), (minus, -1.0))
        texts = tuple((words, weight) for words, weight in weighted if words.strip())
        if texts:
            found, notes = shelf.search(Words(texts=texts), filters, SHOWN)
            if sort == "plays":
                found.sort(key=lambda one: -one.performance["low"] if one.performance else 9.0)
            said = " ".join(f"{'−' if weight < 0 else '+'} {words}" for words, weight in texts)
            heading = f"Nearest to “{said.removeprefix('+ ')}”"
            asking = {"q": q, "plus": plus, "minus": minus, "sort": sort, "notes": notes}
            return self._results(shelf, asked, **asking, found=found, heading=heading)
        found, passing = shelf.browse(filters, SHOWN)
        heading = f"{len(found)} of {passing:,} artworks" if passing > len(found) else ""
        heading = heading or f"{passing:,} artworks"
        return self._results(shelf, asked, q="", found=found, heading=heading)

    def search_by_picture(
        self, asked: Annotated[Asked, Depends(in_form)], picture: Annotated[UploadFile, File()]
    ) -> str:
        """Search by a picture that is sent; it is read once and not kept."""
        from index.query.search import Query as Pictures

        shelf = self._library.shelf
        with tempfile.TemporaryDirectory(prefix="assistant-") as folder:
            place = Path(folder) / "picture"
            place.write_bytes(picture.file.read())
            query = Pictures(images=((place, 1.0),))
            found, notes = shelf.search(query, asked.filters(shelf), SHOWN)
        heading = "Nearest to your picture"
        return self._results(shelf, asked, q="", found=found, heading=heading, notes=notes)

    def artwork(self, artwork_id: _Id) -> str:
        """One artwork, how it did, what is measured on it and what looks like it."""
        from index.query.search import Filters

        shelf = self._library.shelf
        if artwork_id not in shelf.artworks:
            raise HTTPException(404)
        performance = shelf.performance(artwork_id)
        return self.draw(
            "artwork",
            one=shelf.card(artwork_id),
            performance=performance,
            suite=[
                shelf.card(other)
                for other, (title, _) in shelf.artworks.items()
                if title == shelf.artworks[artwork_id][0] and other != artwork_id
            ],
            briefs=["", *self._briefs()],
            changes=[change_of(row, "lift", row["base"]) for row in performance],
            features=shelf.features(artwork_id),
            alike=shelf.like(artwork_id, Filters(), 12),
        )

    def _briefs(self) -> list[str]:
        """Titles of the boards that are there."""
        from assistant.boards.edits import Edits
        from assistant.boards.saved import saved_boards

        saved = saved_boards(self._library.folder).values()
        return sorted({one.title for one in saved if isinstance(one, Edits)})

    def image(self, size: str, artwork_id: _Id) -> Response:
        """The picture of an artwork, by id and never by path."""
        shelf = self._library.shelf
        if size not in SIDES or artwork_id not in shelf.artworks:
            raise HTTPException(404)
        try:
            content = shelf.picture(artwork_id, size)
        except ImageUnreadable as error:
            raise HTTPException(404, f"No picture: {error.reason}.") from error
        headers = {"cache-control": "private, max-age=300"}
        return Response(content, media_type="image/webp", headers=headers)

    def progress(self) -> Step | None:
        """What is being made, and how far it has come."""
        return self._library.shelf.maker.now

    def picks(self) -> str:
        """What is picked."""
        from assistant.answers.picks import load_picks

        shelf = self._library.shelf
        kept = load_picks(self._library.folder)
        shown = [(p, shelf.card(p.artwork_id)) for p in kept if p.artwork_id in shelf.artworks]
        gone = [pick for pick in kept if pick.artwork_id not in shelf.artworks]
        return self.draw("picks", shown=shown, gone=gone)

    def change_picks(
        self,
        artwork_id: Annotated[str, Form(max_length=500)],
        action: Annotated[str, Form(pattern="^(add|remove)$")],
        brief: _ShortField = "",
        back: Annotated[str, Form(max_length=4000)] = "/picks",
        quiet: Annotated[bool, Form()] = False,
    ) -> Response:
        """Pick an artwork or take it back, then return to the page."""
        from assistant.answers.picks import add_picks, remove_picks

        if action == "remove":
            remove_picks(self._library.folder, [artwork_id], brief)
        elif artwork_id not in self._library.shelf.artworks:
            raise HTTPException(404)
        else:
            add_picks(self._library.folder, [artwork_id], brief)
        return Response(status_code=204) if quiet else RedirectResponse(local_path(back), 303)
