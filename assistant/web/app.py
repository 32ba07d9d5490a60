"""The web application: how requests are guarded and how mistakes are answered."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import TYPE_CHECKING

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException

from assistant.web.pages import Pages
from assistant.web.security import Guard
from assistant.web.wording import explain
from index.errors import ArtworkIndexError, ImageUnreadable, InputError

if TYPE_CHECKING:
    from collections.abc import Collection

    from starlette.requests import Request

    from assistant.web.library import Library

STATIC = Path(__file__).with_name("static")
_WORDS = {404: "There is no such page.", 405: "This page takes no such request."}


def create_app(library: Library, *, hosts: Collection[str]) -> Guard:
    """The pages over one index.

    Args:
        hosts: values of the Host header that are served, with their port.
    """
    pages = Pages(library, token=secrets.token_urlsafe(32))
    # The stock documentation pages load scripts of other sites.
    app = FastAPI(title="assistant", docs_url=None, redoc_url=None)
    app.include_router(pages.router())
    app.mount("/static", StaticFiles(directory=STATIC), name="static")

    def page(status: int, message: str) -> HTMLResponse:
        return HTMLResponse(pages.draw("error", message=message), status)

    @app.exception_handler(HTTPException)
    async def refused(_: Request, error: HTTPException) -> HTMLResponse:
        return page(error.status_code, _WORDS.get(error.status_code, str(error.detail)))

    @app.exception_handler(RequestValidationError)
    async def misread(_: Request, error: RequestValidationError) -> HTMLResponse:
        first = error.errors()[0]
        return page(422, f"{first['loc'][-1]}: {first['msg']}")

    @app.exception_handler(ImageUnreadable)
    async def no_picture(_: Request, error: ImageUnreadable) -> HTMLResponse:
        return page(415, f"That picture cannot be used: {error.reason}.")

    @app.exception_handler(InputError)
    async def mistaken(_: Request, error: InputError) -> HTMLResponse:
        return page(400, explain(error))

    @app.exception_handler(ArtworkIndexError)
    async def unusable(_: Request, error: ArtworkIndexError) -> HTMLResponse:
        return page(503, str(error))

    return Guard(app, hosts=hosts)
