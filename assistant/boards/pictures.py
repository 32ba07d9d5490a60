"""Pictures of a catalogue as small WebP files, made once a run."""

from __future__ import annotations

import io
from base64 import b64encode
from collections import OrderedDict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from PIL import Image

    from index.records import Pixels

LARGE, SMALL = 420, 200
"""Widths in pixels of exemplars and of everything else."""
TALLEST = 1.6
"""Height over width from which a picture is bounded by its height."""
_QUALITY = 66
_KEPT = 4000
_MAX_SIDE = 800


class Pictures:
    """Thumbnails by path; what cannot be read is None and its reason is kept.

    Args:
        catalogue: folder that paths are relative to.
        roots: folders that its links may lead to.
    """

    def __init__(self, catalogue: Path, roots: Sequence[Path] = ()) -> None:
        self._catalogue, self._roots = catalogue, roots
        self._made: OrderedDict[tuple[str, int], tuple[str, int, int] | None] = OrderedDict()
        self._pixels: OrderedDict[str, Pixels | None] = OrderedDict()
        self.unreadable: dict[str, str] = {}

    def pixels(self, path: str) -> Pixels | None:
        """RGB of a picture, longest side at most 800."""
        from index.errors import ImageUnreadable
        from index.io.images import read_image
        from index.io.locations import joined

        if path not in self._pixels:
            try:
                place = joined(self._catalogue, path, self._roots)
                if place is None:
                    raise ImageUnreadable(path, "outside the catalogue")
                self._pixels[path] = read_image(place, max_side=_MAX_SIDE).pixels
            except ImageUnreadable as error:
                self._pixels[path], self.unreadable[path] = None, error.reason
            while len(self._pixels) > 64:
                self._pixels.popitem(last=False)
        return self._pixels[path]

    def uri(self, path: str, width: int) -> tuple[str, int, int] | None:
        """A data URI and the size in pixels, or None where the picture cannot be read."""
        key = (path, width)
        if key not in self._made:
            self._made[key] = self._make(path, width)
            while len(self._made) > _KEPT:
                self._made.popitem(last=False)
        return self._made[key]

    def _make(self, path: str, width: int) -> tuple[str, int, int] | None:
        from PIL import Image

        pixels = self.pixels(path)
        return None if pixels is None else _encoded(Image.fromarray(pixels), width)

    def jpeg(self, path: str, side: int) -> bytes | None:
        """A picture as JPEG, its longer side bounded; None where it cannot be read."""
        from PIL import Image

        pixels = self.pixels(path)
        if pixels is None:
            return None
        image, written = Image.fromarray(pixels), io.BytesIO()
        image.thumbnail((side, side), Image.Resampling.LANCZOS)
        image.save(written, "JPEG", quality=85)
        return written.getvalue()

    def data_uri(self, content: bytes, width: int) -> tuple[str, int, int]:
        """A picture that does not come from the catalogue, as `uri` gives one."""
        from PIL import Image

        with Image.open(io.BytesIO(content)) as image:
            return _encoded(image.convert("RGB"), width)


def _encoded(image: Image.Image, width: int) -> tuple[str, int, int]:
    from PIL import Image as Drawing

    image.thumbnail((width, round(width * TALLEST)), Drawing.Resampling.LANCZOS)
    kept = io.BytesIO()
    image.save(kept, "WEBP", quality=_QUALITY, method=2)
    encoded = b64encode(kept.getvalue()).decode("ascii")
    return f"data:image/webp;base64,{encoded}", *image.size
