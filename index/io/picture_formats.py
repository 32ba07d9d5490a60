"""What kind of file something is that cannot be read as a picture, and what to do about it."""

from __future__ import annotations

import re
from importlib.util import find_spec

HEIC = "HEIC"
_MAGIC: tuple[tuple[bytes, str, str], ...] = (
    (b"8BPS\x00\x02", "a large Photoshop document (PSB)", "save a flat copy as PNG or JPEG"),
    (b"\xff\x0a", "JPEG XL", "save it as JPEG or PNG"),
    (b"\x00\x00\x00\x0cJXL ", "JPEG XL", "save it as JPEG or PNG"),
    (b"%PDF", "a PDF or Illustrator document", "export the page as PNG or JPEG"),
    (b"%!PS", "PostScript (EPS or Illustrator)", "export it as PNG or JPEG"),
    (b"\xc5\xd0\xd3\xc6", "EPS", "export it as PNG or JPEG"),
    (b"\x06\x06\xed\xf5\xd8\x1d\x46\xe5", "an InDesign document", "export the page as JPEG"),
    (b"gimp xcf", "a GIMP document (XCF)", "export it as PNG or JPEG"),
    (b"\x76\x2f\x31\x01", "OpenEXR", "export it as PNG or JPEG"),
    (b"#?RADIANCE", "Radiance HDR", "export it as PNG or JPEG"),
    (b"DDS ", "DDS", "export it as PNG or JPEG"),
    (b"FUJIFILMCCD-RAW", "a camera's raw file", "develop it and save it as JPEG"),
    (b"\x1a\x45\xdf\xa3", "a video (WebM or Matroska)", "export a frame as PNG or JPEG"),
    (b"PK\x03\x04", "a zip archive (also Sketch, Affinity, Procreate)", "export it as PNG or JPEG"),
    (b"\x00\x00\x01\x00", "a Windows icon", "save it as PNG"),
    (b"icns", "an Apple icon", "save it as PNG"),
    (b"fig-kiwi", "a Figma document", "export the frame as PNG or JPEG"),
    (b"\x1f\x8b", "a packed file (gzip, also svgz)", "unpack it"),
    (b"\x00\x05\x16\x07", "what a Mac notes about a file beside it", "leave this row out"),
    (b"version https://git-lfs", "a Git LFS pointer, not the picture", "run: git lfs pull"),
)
_BRANDS = {
    b"heic": HEIC, b"heix": HEIC, b"hevc": HEIC, b"heim": HEIC, b"heis": HEIC, b"mif1": HEIC,
    b"msf1": HEIC, b"avif": "AVIF", b"avis": "AVIF", b"crx ": "a camera's raw file",
    b"qt  ": "a video", b"isom": "a video", b"mp42": "a video", b"mp41": "a video",
    b"M4V ": "a video", b"iso2": "a video",
}  # fmt: skip
_INSTEAD = {
    HEIC: "save it as JPEG, or install a reader: pip install 'artwork-assistant[formats]'",
    "AVIF": "save it as JPEG",
    "a camera's raw file": "develop it and save it as JPEG",
    "a video": "export a frame as PNG or JPEG",
}
_RAW = (".nef", ".cr2", ".dng", ".arw", ".orf", ".rw2", ".pef")
_TEXT = re.compile(rb"[\t\n\r -~]+")


def name_format(head: bytes, suffix: str) -> str:
    """What a file is by its first bytes, and what to do; for files that are no known picture."""
    kind, instead = _recognise(head, suffix.lower())
    if kind == HEIC and find_spec("pillow_heif") is not None:
        instead = "its reader takes it for damaged: save it as JPEG"
    return f"{kind}, which is not read; {instead}" if kind else "not an image of a known format"


def _recognise(head: bytes, suffix: str) -> tuple[str, str]:
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    found = next(((kind, do) for magic, kind, do in _MAGIC if head.startswith(magic)), ("", ""))
    if head[4:8] == b"ftyp":
        brand = _BRANDS.get(head[8:12], "")
        found = brand, _INSTEAD.get(brand, "")
    elif start.startswith((b"<svg", b"<?xml", b"<!doctype svg")) and b"<svg" in start:
        found = "SVG", "export it as PNG, at least 1,000 pixels wide"
    elif start.startswith((b"<!doctype html", b"<html")):
        found = "a web page, not a picture", "download the picture itself"
    elif not found[0] and suffix in _RAW:
        found = _BRANDS[b"crx "], _INSTEAD["a camera's raw file"]
    elif not found[0] and head.startswith((b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")):
        found = "a TIFF of a rare kind", "save it as TIFF or PNG with 8 or 16 bits for each colour"
    elif not found[0] and suffix == ".tga":
        found = "TGA", "save it as PNG"
    elif not found[0] and head.isascii() and _TEXT.fullmatch(head) and b"\n" in head:
        found = "text", "check that this is the file you mean"
    return found
