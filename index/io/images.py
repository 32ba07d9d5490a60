"""Reading pictures of any kind into plain sRGB pixels, or saying why they cannot be read."""

from __future__ import annotations

import contextlib
import ctypes
import hashlib
import io
import stat
import threading
import warnings
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import PIL
from PIL import Image, JpegImagePlugin, TiffImagePlugin, UnidentifiedImageError

from index.errors import ImageUnreadable
from index.io.colour_modes import simplify_mode, to_srgb
from index.io.locations import is_remote
from index.records import Pixels

FORMATS = ("PNG", "WEBP", "AVIF", "GIF", "BMP", "TIFF", "JPEG2000", "PPM", "PSD", "HEIF")
"""Raster formats that are tried beside JPEG; HEIF where its reader is installed. Formats that run
other programs (EPS, PDF) are not."""
MOST_JPEG_PIXELS = 500_000_000
"""A JPEG is read at an eighth of its size, so that more pixels are safe than of other formats."""
_HEAD = 4096

MOST_BYTES = 800 * 2**20
"""What decoding one picture may take; more is refused before it is begun."""

_ORIENTATION = 0x0112
_VERSION_INFO = 1057
_UNTURN: dict[int, tuple[Image.Transpose, ...]] = {
    2: (Image.Transpose.FLIP_LEFT_RIGHT,),
    3: (Image.Transpose.ROTATE_180,),
    4: (Image.Transpose.FLIP_TOP_BOTTOM,),
    5: (Image.Transpose.TRANSPOSE,),
    6: (Image.Transpose.ROTATE_270,),
    7: (Image.Transpose.TRANSVERSE,),
    8: (Image.Transpose.ROTATE_90,),
}
_MODE_BYTES = {"1": 2, "L": 1, "P": 5, "RGB": 4, "CMYK": 4, "RGBA": 8}
"""A pixel, with the copies made on the way to a small sRGB picture; 16 for any other mode."""
_DECODER_BYTES = {"WEBP": 12, "AVIF": 8, "JPEG2000": 16, "TIFF": 4}
"""A pixel, beside Pillow's own: what decoders hold that make the whole picture at once."""
_PROGRESSIVE_BYTES = 6
"""A pixel of the original: a progressive JPEG's coefficients are kept until its last scan."""
_opening = threading.Lock()


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A decoded picture.

    Attributes:
        pixels: uint8, H × W × 3, sRGB, upright; its longer side is at most what was asked for.
        width, height: size in pixels of the original, upright.
    """

    pixels: Pixels
    width: int
    height: int


def read_image(path: Path | str, *, max_side: int = 640) -> Picture:
    """Read a picture upright, in sRGB, its longer side at most `max_side` (never enlarged).

    Grey, palette, 16-bit and CMYK pictures become RGB, transparency is laid on white, of an
    animation the first frame and of a PSD the flattened picture is taken, and an embedded colour
    profile is applied.

    Raises:
        ImageUnreadable: missing, not a regular file, empty, damaged, no picture, or so large that
            it could be a decompression bomb: more than about 178 megapixels (Pillow's limit;
            `MOST_JPEG_PIXELS` for a JPEG), or more than `MOST_BYTES` to decode. The header is
            checked before anything is decoded. The reason names other formats and what to do.
        RemoteFailed: it lies in an object store that cannot be reached or refuses.
    """
    path = Path(path)
    source = _source(path)
    try:
        with _open(source) as image:
            return _decode(image, max_side, path)
    except ImageUnreadable:
        raise
    except UnidentifiedImageError as error:
        from index.io.picture_formats import name_format

        raise ImageUnreadable(path, name_format(_head(source), path.suffix)) from error
    except Image.DecompressionBombError as error:
        limit = 2 * (Image.MAX_IMAGE_PIXELS or 0) // 1_000_000
        reason = f"more than {limit} megapixels, could be a decompression bomb; save it smaller"
        raise ImageUnreadable(path, reason) from error
    except MemoryError as error:
        raise ImageUnreadable(path, "too large for the memory at hand") from error
    # Damaged files make the codecs raise almost anything (struct.error, SyntaxError, KeyError …).
    except Exception as error:
        detail = str(error).strip().rstrip(".") or type(error).__name__
        reason = "truncated" if "truncated" in detail.lower() else f"damaged ({detail})"
        raise ImageUnreadable(path, reason) from error


def content_hash(path: Path | str) -> str:
    """Hex BLAKE2b-128 of the file's bytes.

    Raises:
        ImageUnreadable: missing, not a regular file, empty or not readable.
        RemoteFailed: it lies in an object store that cannot be reached or refuses.
    """
    path = Path(path)
    if is_remote(path):
        return hash_bytes(_fetch(path))
    _require_regular(path)
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=16)).hexdigest()
    except OSError as error:
        raise ImageUnreadable(path, error.strerror or "cannot be read") from error


def hash_bytes(content: bytes) -> str:
    """Hex BLAKE2b-128 of bytes: the content hash of a file that has them."""
    return hashlib.blake2b(content, digest_size=16).hexdigest()


def _source(path: Path) -> Path | io.BytesIO:
    if is_remote(path):
        return io.BytesIO(_fetch(path))
    _require_regular(path)
    return path


def _fetch(path: Path) -> bytes:
    from index.io.remote import read_object

    try:
        content = read_object(path)
    except FileNotFoundError as error:
        raise ImageUnreadable(path, "no such file") from error
    if not content:
        raise ImageUnreadable(path, "empty file (zero bytes)")
    return content


def _require_regular(path: Path) -> None:
    try:
        status = path.stat()
    except FileNotFoundError as error:
        raise ImageUnreadable(path, "no such file") from error
    except (OSError, ValueError) as error:
        raise ImageUnreadable(path, getattr(error, "strerror", None) or str(error)) from error
    if not stat.S_ISREG(status.st_mode):
        raise ImageUnreadable(path, "not a regular file")
    if status.st_size == 0:
        raise ImageUnreadable(path, "empty file (zero bytes)")


def _head(source: Path | io.BytesIO) -> bytes:
    if isinstance(source, Path):
        with source.open("rb") as file:
            return file.read(_HEAD)
    return source.getvalue()[:_HEAD]


def _open(source: Path | io.BytesIO) -> Image.Image:
    _add_readers()
    known = [name for name in FORMATS if name in Image.OPEN]
    with _opening, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if _head(source).startswith(b"\xff\xd8\xff"):
            # Opened by itself, as Pillow's limit does not know that it can be read reduced.
            return JpegImagePlugin.JpegImageFile(source)
        return Image.open(source, formats=known)


@cache
def _add_readers() -> None:
    """What Pillow can read but does not by itself: CMYK with a further channel, and HEIC."""
    Image.init()
    for order in (b"II", b"MM"):
        for further in (1, 2):
            key = (order, 5, (1,), 1, (8,) * 5, (further,))
            TiffImagePlugin.OPEN_INFO.setdefault(key, ("CMYK", "CMYKX"))
    with contextlib.suppress(ImportError):
        from pillow_heif import register_heif_opener

        register_heif_opener()


def _decode(image: Image.Image, max_side: int, path: Path) -> Picture:
    width, height = image.size
    scale = min(1.0, max_side / max(width, height))
    small = (max(1, round(width * scale)), max(1, round(height * scale)))
    if width * height > MOST_JPEG_PIXELS:
        megapixels = width * height // 1_000_000
        reason = f"{megapixels:,} megapixels, could be a decompression bomb; save it smaller"
        raise ImageUnreadable(path, reason)
    _require_composite(image, path)
    image.draft("RGB", small)
    needed = _bytes_to_decode(image, width * height)
    if needed > MOST_BYTES:
        megabytes = needed // 2**20
        instead = "smaller, or not as progressive" if _is_progressive(image) else "smaller"
        reason = (
            f"would take {megabytes:,} MB to decode, could be a decompression bomb; "
            f"save it {instead}"
        )
        raise ImageUnreadable(path, reason)
    if image.format == "TIFF":
        _quiet_libtiff()
    image.load()
    turn = _orientation(image)
    profile = image.info.get("icc_profile")
    plain = simplify_mode(image)
    if plain.size != small:
        plain = plain.resize(small, Image.Resampling.LANCZOS, reducing_gap=3.0)
    rgb = to_srgb(plain, profile)
    for step in _UNTURN.get(turn, ()):
        rgb = rgb.transpose(step)
    if turn >= 5:
        width, height = height, width
    return Picture(np.ascontiguousarray(np.asarray(rgb, np.uint8)), width, height)


def _require_composite(image: Image.Image, path: Path) -> None:
    """Refuse a PSD that was saved without its flattened picture.

    Raises:
        ImageUnreadable: it was.
    """
    for number, _, data in getattr(image, "resources", ()) if image.format == "PSD" else ():
        if number == _VERSION_INFO and len(data) > 4 and not data[4]:
            reason = "a PSD without its flattened picture; save it with “maximize compatibility”"
            raise ImageUnreadable(path, reason)


@cache
def _quiet_libtiff() -> None:
    """Have libtiff print nothing: Pillow raises what is wrong, and a name may steer a terminal."""
    package = Path(PIL.__path__[0])
    for file in (*package.parent.glob("pillow.libs/libtiff*"), *package.glob(".dylibs/libtiff*")):
        library = ctypes.CDLL(str(file))
        library.TIFFSetErrorHandler.argtypes = [ctypes.c_void_p]
        library.TIFFSetErrorHandler.restype = ctypes.c_void_p
        library.TIFFSetErrorHandler(None)


def _bytes_to_decode(image: Image.Image, original: int) -> int:
    """An upper estimate; `original` is the number of pixels before any draft."""
    own = _MODE_BYTES.get(image.mode, 16)
    whole = _DECODER_BYTES.get(image.format or "", 0)
    pixels = image.size[0] * image.size[1]
    return pixels * (own + whole) + _is_progressive(image) * _PROGRESSIVE_BYTES * original


def _is_progressive(image: Image.Image) -> bool:
    return bool(image.info.get("progressive") or image.info.get("progression"))


def _orientation(image: Image.Image) -> int:
    try:
        turn = int(image.getexif().get(_ORIENTATION, 1))
    # A damaged EXIF block says nothing about the picture itself.
    except Exception:
        return 1
    return turn if 1 <= turn <= 8 else 1
