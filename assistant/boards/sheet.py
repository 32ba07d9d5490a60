"""A contact sheet: exemplars above their counter-examples, as one PNG."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from assistant.boards.slides import typeface
from assistant.wording import percent
from index.io.safe_text import sanitise

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw
    from PIL.ImageFont import FreeTypeFont

    from assistant.boards.content import Board, Piece
    from assistant.boards.pictures import Pictures

COLUMNS = 4
_WIDE, _HIGH, _GAP, _EDGE, _TEXT = 300, 400, 28, 56, 120
_PAPER, _INK, _SOFT, _TRACK = "#f6f3ee", "#17150f", "#5d574b", "#e6dfd2"
_GOOD, _BAD = "#0a6b48", "#ad2417"


def draw_sheet(board: Board, pictures: Pictures) -> bytes:
    """PNG bytes of up to eight pairs."""
    from PIL import Image, ImageDraw, ImageFont

    fonts = {size: ImageFont.truetype(typeface(bold=size > 20), size) for size in (18, 28, 52)}
    pairs = board.pairs[: 2 * COLUMNS]
    rows = max(1, -(-len(pairs) // COLUMNS))
    cell = 2 * (_HIGH + _TEXT)
    width = 2 * _EDGE + COLUMNS * _WIDE + (COLUMNS - 1) * _GAP
    height = _EDGE + 130 + rows * (cell + _GAP) + _EDGE
    sheet = Image.new("RGB", (width, height), _PAPER)
    draw = ImageDraw.Draw(sheet)
    _line(draw, (_EDGE, _EDGE - 8), board.title, fonts[52], _INK, width - 2 * _EDGE)
    under = (
        "Worked above, failed below: plays an impression against the title's other artworks, "
        "90% intervals."
    )
    _line(draw, (_EDGE, _EDGE + 66), under, fonts[18], _SOFT, width - 2 * _EDGE)
    if not pairs:
        told = "No past artwork did well enough to be shown: insufficient data."
        _line(draw, (_EDGE, _EDGE + 140), told, fonts[28], _SOFT, width - 2 * _EDGE)
    for number, pair in enumerate(pairs):
        x = _EDGE + (number % COLUMNS) * (_WIDE + _GAP)
        y = _EDGE + 130 + (number // COLUMNS) * (cell + _GAP)
        for piece, colour in ((pair.worked, _GOOD), (pair.failed, _BAD)):
            if piece is not None:
                _piece(sheet, draw, pictures, piece, (x, y), colour, fonts)
            y += _HIGH + _TEXT
    kept = io.BytesIO()
    sheet.save(kept, "PNG", optimize=True)
    return kept.getvalue()


def _piece(
    sheet: Image, draw: ImageDraw, pictures: Pictures, piece: Piece, at: tuple[int, int],
    colour: str, fonts: Mapping[int, FreeTypeFont],
) -> None:  # fmt: skip
    from PIL import Image as Drawn

    x, y = at
    pixels = pictures.pixels(piece.path)
    draw.rectangle((x, y, x + _WIDE, y + _HIGH), fill=_TRACK)
    if pixels is not None:
        image = Drawn.fromarray(pixels)
        image.thumbnail((_WIDE, _HIGH), Drawn.Resampling.LANCZOS)
        sheet.paste(image, (x + (_WIDE - image.width) // 2, y + (_HIGH - image.height) // 2))
    draw.rectangle((x, y + _HIGH, x + _WIDE, y + _HIGH + 6), fill=colour)
    did = piece.change
    change = "" if did is None else percent(did.middle)
    ends = "" if did is None else f"{percent(did.low)} to {percent(did.high)}"
    _line(draw, (x, y + _HIGH + 12), change, fonts[28], colour, _WIDE)
    _line(draw, (x + 90, y + _HIGH + 20), ends, fonts[18], colour, _WIDE - 90)
    _line(draw, (x, y + _HIGH + 50), piece.title, fonts[18], _INK, _WIDE)
    told = f"{piece.artwork_id[:24]} · {piece.seen:,} impressions"
    _line(draw, (x, y + _HIGH + 74), told, fonts[18], _SOFT, _WIDE)


def _line(
    draw: ImageDraw, at: tuple[int, int], text: str, font: FreeTypeFont, colour: str, width: int
) -> None:
    """Text cut to a width; more than its first 300 characters is never measured."""
    words = sanitise(text)[:300]
    cut = words
    while cut and draw.textlength(cut, font) > width:
        cut = cut[: int(len(cut) * 0.93) - 1] if len(cut) > 20 else cut[:-1]
    draw.text(at, cut if cut == words else f"{cut[:-1]}…", font=font, fill=colour)
