"""Pictures of a catalogue as small WebP files, made once a run."""

from __future__ import annotations

import io
from base64 import b64encode
from functools import lru_cache
from typing import TYPE_CHECKING, Any

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
        self.pixels = lru_cache(maxsize=64)(self._read)
        self.uri = lru_cache(maxsize=_KEPT)(self._make)
        self.unreadable: dict[str, str] = {}

    def _read(self, path: str) -> Pixels | None:
        """RGB of a picture, longest side at most 800."""
        from index.errors import ImageUnreadable

        try:
            return read_artwork(self._catalogue, path, self._roots, _MAX_SIDE)
        except ImageUnreadable as error:
            self.unreadable[path] = error.reason
            return None

    def _make(self, path: str, width: int) -> tuple[str, int, int] | None:
        """A data URI and the size in pixels, or None where the picture cannot be read."""
        from PIL import Image

        pixels = self.pixels(path)
        return None if pixels is None else _encoded(Image.fromarray(pixels), width)

    def jpeg(self, path: str, side: int) -> bytes | None:
        """A picture as JPEG, its longer side bounded; None where it cannot be read."""
        from PIL import Image

        pixels = self.pixels(path)
        if pixels is None:
            return None
        image = Image.fromarray(pixels)
        image.thumbnail((side, side), Image.Resampling.LANCZOS)
        return written(image, "JPEG", quality=85)

    def data_uri(self, content: bytes, width: int) -> tuple[str, int, int]:
        """A picture that does not come from the catalogue, as `uri` gives one."""
        from PIL import Image

        with Image.open(io.BytesIO(content)) as image:
            return _encoded(image.convert("RGB"), width)


def read_artwork(catalogue: Path, path: str, roots: Sequence[Path], max_side: int) -> Pixels:
    """RGB of a picture of a catalogue, whose links may lead to some folders outside it.

    Raises:
        ImageUnreadable: it is gone, damaged or outside the catalogue.
    """
    from index.errors import ImageUnreadable
    from index.io.images import read_image
    from index.io.locations import joined

    place = joined(catalogue, path, roots)
    if place is None:
        raise ImageUnreadable(path, "outside the catalogue")
    return read_image(place, max_side=max_side).pixels


def written(image: Image.Image, form: str, **how: Any) -> bytes:
    """A picture as the bytes of a file."""
    content = io.BytesIO()
    image.save(content, form, **how)
    return content.getvalue()


def _encoded(image: Image.Image, width: int) -> tuple[str, int, int]:
    from PIL import Image as Drawing

    image.thumbnail((width, round(width * TALLEST)), Drawing.Resampling.LANCZOS)
    encoded = b64encode(written(image, "WEBP", quality=_QUALITY, method=2)).decode("ascii")
    return f"data:image/webp;base64,{encoded}", *image.size
