"""The map: every artwork's picture beside those it looks like, coloured by how it did."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse, JSONResponse, Response
from starlette.exceptions import HTTPException

from assistant.boards.pictures import read_artwork, written
from assistant.wording import relative_change
from index.errors import ImageUnreadable
from index.query.arrangement import read_places
from index.records import ALL

if TYPE_CHECKING:
    from assistant.web.library import Library, Shelf

SIDE, ACROSS = 64, 16
"""Pixels of a picture on a sprite sheet, and pictures in one of its rows and columns."""
_SHEETS_KEPT = 64


class Atlas:
    """Addresses of the map.

    Args:
        draw: a page of this name with these facts.
    """

    def __init__(self, library: Library, draw: Callable[..., str]) -> None:
        self._library, self._draw = library, draw
        self._drawing = threading.Lock()
        self._sheet = lru_cache(maxsize=_SHEETS_KEPT)(_sheet)

    def router(self) -> APIRouter:
        """All addresses."""
        router = APIRouter()
        router.get("/map")(self.page)
        router.get("/map/artworks")(self.artworks)
        router.get("/map/sheet/{number}")(self.sheet)
        return router

    def page(self, cluster: Annotated[str, Query(max_length=500)] = "") -> Response:
        """The canvas that the map is drawn on."""
        shelf = self._library.shelf
        if cluster and cluster not in shelf.clusters:
            raise HTTPException(404)
        shown = {"cluster": cluster, "clusters": shelf.clusters, "count": len(shelf.artworks)}
        return HTMLResponse(self._draw("map", **shown))

    def artworks(self, cluster: Annotated[str, Query(max_length=500)] = "") -> Response:
        """Where each artwork lies, whose it is and how it did: +1 well, -1 badly, 0 not sure."""
        shelf = self._library.shelf
        if cluster and cluster not in shelf.clusters:
            raise HTTPException(404)
        places = read_places(shelf.index)
        rows: list[list[Any]] = []
        for one, (x, y) in zip(shelf.artworks, places.tolist(), strict=True):
            card = shelf.card(one, cluster or ALL)
            did, change = card.performance, None
            if did is not None:
                change = round(100 * relative_change(did["lift"], did["base"]))
            sure = 0 if did is None else int(did["low"] > 0) - int(did["high"] < 0)
            rows.append([one, card.title, round(x, 5), round(y, 5), sure, change])
        return JSONResponse({"side": SIDE, "across": ACROSS, "artworks": rows})

    def sheet(self, number: int) -> Response:
        """One sprite sheet: the pictures of 256 artworks in their order."""
        shelf = self._library.shelf
        if not 0 <= number * ACROSS**2 < len(shelf.artworks):
            raise HTTPException(404)
        with self._drawing:
            content = self._sheet(shelf, number)
        headers = {"cache-control": "private, max-age=300"}
        return Response(content, media_type="image/webp", headers=headers)


def _sheet(shelf: Shelf, number: int) -> bytes:
    from PIL import Image, ImageOps

    ids = list(shelf.artworks)[number * ACROSS**2 : (number + 1) * ACROSS**2]
    drawn = np.zeros((SIDE * ACROSS, SIDE * ACROSS, 3), np.uint8)
    for at, one in enumerate(ids):
        index, path = shelf.index, shelf.artworks[one][1]
        try:
            pixels = read_artwork(index.catalogue_folder, path, index.picture_roots, 2 * SIDE)
        except ImageUnreadable:
            continue
        top, left = SIDE * (at // ACROSS), SIDE * (at % ACROSS)
        drawn[top : top + SIDE, left : left + SIDE] = np.asarray(
            ImageOps.fit(Image.fromarray(pixels), (SIDE, SIDE))
        )
    return written(Image.fromarray(drawn), "WEBP", quality=70)
