"""The open typefaces that pages and slides are set in."""

from __future__ import annotations

import io
from base64 import b64encode
from functools import cache
from importlib.metadata import version
from importlib.resources import files

_FILES = {
    "Board Text": (("font_source_sans_pro", "SourceSansPro-Regular.ttf", 400),
                   ("font_source_sans_pro", "SourceSansPro-Semibold.ttf", 600)),
    "Board Display": (("font_fjallaone", "FjallaOne-Regular.ttf", 400),),
}  # fmt: skip
_KEPT = "".join(map(chr, (*range(0x20, 0x7F), *range(0xA0, 0x180)))) + "–—‘’“”„…·×−←→↑↓★✕●▲▼"
"""Characters of Western languages, and the signs that boards use; others come from the system."""
_CUT = {"flavor": "woff", "hinting": False, "desubroutinize": True, "notdef_outline": True,
        "layout_features": ["kern", "liga", "tnum"]}  # fmt: skip


def typeface(*, bold: bool = False, display: bool = False) -> str:
    """File of a typeface that slides are set in."""
    package, name, _ = _FILES["Board Display" if display else "Board Text"][int(bold)]
    return str(files(package) / "files" / name)


@cache
def font_faces() -> str:
    """The style sheet that brings our typefaces along, cut to the characters we set.

    Cutting takes longer than the rest of a page, so the user's cache keeps it.
    """
    from index.encoders.cache import digest_record, recall, remember

    packages = ("fonttools", *(package for faces in _FILES.values() for package, _, _ in faces))
    versions = {name: version(name.replace("_", "-")) for name in packages}
    key = f"typefaces-{digest_record([_FILES, _KEPT, _CUT, versions])}"
    known = recall(key)
    if known is None:
        known = _cut_faces()
        remember(key, known)
    return known


def _cut_faces() -> str:
    made = []
    for family, faces in _FILES.items():
        for package, name, weight in faces:
            content = b64encode(_subset(str(files(package) / "files" / name))).decode("ascii")
            made.append(
                f'@font-face {{ font-family: "{family}"; font-weight: {weight}; '
                f"font-display: swap; src: url(data:font/woff;base64,{content}) format('woff'); }}"
            )
    return "\n".join(made)


def _subset(path: str) -> bytes:
    from fontTools.subset import Options, Subsetter
    from fontTools.ttLib import TTFont

    with TTFont(path, recalcTimestamp=False) as font:
        subsetter = Subsetter(Options(**_CUT))
        subsetter.populate(text=_KEPT)
        subsetter.subset(font)
        font.flavor = "woff"
        written = io.BytesIO()
        font.save(written)
    return written.getvalue()
