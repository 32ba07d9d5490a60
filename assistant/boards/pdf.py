"""Slides as PDF pages, with text as text."""

from __future__ import annotations

import io
import os
import re
import sys
import unicodedata
import warnings
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.boards import slides as s
from assistant.boards.pptx import fitted
from assistant.boards.text_direction import is_rtl
from assistant.boards.typefaces import typeface
from index.io.safe_text import sanitise

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from fpdf import FPDF


_FAMILY = "pages"
_UNKNOWN = "☐"
_ALIGN = {"left": "L", "centre": "C", "right": "R"}
_LIKELY = re.compile(
    r"DejaVuSans\.|Noto(Sans|Emoji)|SourceHanSans|WenQuanYi|wqy|ipag|ipaex|takao|VL-?Gothic|"
    r"Nanum(Gothic|BarunGothic)|UnBatang|malgun|YuGoth|msgothic|meiryo|Hiragino|AppleSDGothic|"
    r"PingFang|STHeiti|simhei|msyh|Arial ?Unicode|arial|tahoma|seguiemj|seguisym|Symbola|FreeSans|"
    r"unifont|Amiri|Droid",
    re.IGNORECASE,
)
_BOLD_OR_SLANTED = re.compile(
    r"bold|italic|oblique|light|thin|black|mono|condensed|serif(?!\.)|CJK.*Mono", re.IGNORECASE
)
"""Typefaces of the machine that are tried for letters that ours lacks, plain ones first."""
MOST_OTHERS = 6


class UnknownLetters(UserWarning):
    """Letters that no typeface at hand has."""


_INVISIBLE = frozenset(("Cc", "Cf", "Mn", "Zs", "Zl", "Zp"))


def draw_pdf(slides: Sequence[s.Slide], *, title: str) -> bytes:
    """Slides as PDF, one a page.

    Letters that neither our typeface nor another on this machine has are drawn as empty boxes;
    a warning says which.
    """
    from fpdf import FPDF

    document = FPDF(unit="in", format=(s.HEIGHT, s.WIDTH), orientation="landscape")
    document.set_auto_page_break(False)
    document.set_margin(0)
    document.c_margin = 0
    document.set_title(sanitise(title)[:250])
    document.set_creator("assistant")
    document.set_lang("en")
    for bold in (False, True):
        document.add_font(_FAMILY, "B" if bold else "", typeface(bold=bold))
    unknown = _add_other_typefaces(document, _characters(slides))
    document.set_text_shaping(True)
    for slide in slides:
        document.add_page()
        _box(document, s.Box(0, 0, s.WIDTH, s.HEIGHT, slide.ground))
        document.start_section(slide.title.lines[0].text[:100] if slide.title.lines else "")
        for item in (*slide.items, slide.title):
            _draw(document, item, unknown)
    return bytes(document.output())


def _draw(document: FPDF, item: s.Item, unknown: dict[int, str]) -> None:
    match item:
        case s.Text():
            _set(document, item, unknown)
        case s.Picture():
            x, y, width, height = fitted(item)
            document.image(
                io.BytesIO(item.content), x, y, width, height, alt_text=sanitise(item.alt)
            )
        case s.Box():
            _box(document, item)
        case s.Dot():
            document.set_fill_color(*_colour(item.colour))
            document.circle(item.x, item.y, item.radius, style="F")
        case s.Rule():
            document.set_draw_color(*_colour(item.colour))
            document.set_line_width(item.weight / 72)
            document.line(item.x1, item.y1, item.x2, item.y2)


def _box(document: FPDF, box: s.Box) -> None:
    document.set_fill_color(*_colour(box.fill))
    document.rect(box.x, box.y, box.width, box.height, style="F")


def _set(document: FPDF, item: s.Text, unknown: dict[int, str]) -> None:
    y = item.y
    for line in item.lines:
        document.set_font(_FAMILY, "B" if line.bold else "", line.size)
        document.set_text_color(*_colour(line.colour))
        document.set_xy(item.x, y + line.gap)
        align = "R" if is_rtl(line.text) and item.align == "left" else _ALIGN[item.align]
        document.multi_cell(
            item.width, s.row_height(line), line.text.translate(unknown), align=align
        )
        y = document.get_y()


def _colour(code: str) -> tuple[int, int, int]:
    return int(code[:2], 16), int(code[2:4], 16), int(code[4:], 16)


def _characters(slides: Iterable[s.Slide]) -> set[str]:
    items = (item for slide in slides for item in (*slide.items, slide.title))
    texts = (line.text for item in items if isinstance(item, s.Text) for line in item.lines)
    return {character for text in texts for character in text}


def _add_other_typefaces(document: FPDF, characters: set[str]) -> dict[int, str]:
    """Typefaces of this machine for characters that ours lacks, as few as do.

    Returns:
        what stands for each character that none of them has.
    """
    missing = {ord(one) for one in characters} - _has(typeface())
    added: list[str] = []
    for number, path in enumerate(_found() if missing else ()):
        gained = missing & _has(path)
        if gained and len(added) < MOST_OTHERS and _add(document, f"other{number}", path):
            added.append(f"other{number}")
            missing -= gained
    if added:
        document.set_fallback_fonts(added, exact_match=False)
    missing -= {ord(one) for one in map(chr, missing) if unicodedata.category(one) in _INVISIBLE}
    if missing:
        shown = " ".join(map(chr, sorted(missing)[:5]))
        warnings.warn(
            f"no typeface of this machine has {len(missing)} letters of the PDF ({shown}), which "
            "are drawn as empty boxes: install one, such as Noto Sans",
            UnknownLetters,
            stacklevel=2,
        )
    return dict.fromkeys(missing, _UNKNOWN)


def _add(document: FPDF, name: str, path: str) -> bool:
    """Whether a typeface could be added: of those of a machine, some are damaged or bitmaps."""
    try:
        document.add_font(name, "", path)
        document.add_font(name, "B", path)
    # Whatever is wrong with a typeface of the machine, the next one may serve.
    except Exception:
        return False
    return True


@cache
def _has(path: str) -> frozenset[int]:
    from fontTools.ttLib import TTFont, TTLibError

    number = 0 if path.lower().endswith((".ttc", ".otc")) else -1
    try:
        with TTFont(path, lazy=True, fontNumber=number) as font:
            return frozenset(font.getBestCmap() or {})
    except (TTLibError, OSError, ValueError):
        return frozenset()


@cache
def _found() -> tuple[str, ...]:
    """Typefaces of this machine that may have other letters, plain ones first."""
    home = Path.home()
    folders: dict[str, tuple[Any, ...]] = {
        "darwin": ("/System/Library/Fonts", "/Library/Fonts", home / "Library/Fonts"),
        "win32": (Path(os.environ.get("SYSTEMROOT", "C:/Windows")) / "Fonts",),
    }
    places = folders.get(
        sys.platform, ("/usr/share/fonts", "/usr/local/share/fonts", home / ".fonts")
    )
    there = {
        path.name: str(path)
        for place in places
        for path in sorted(Path(place).rglob("*"))
        if path.suffix.lower() in (".ttf", ".otf", ".ttc") and _LIKELY.match(path.name)
    }
    return tuple(
        there[name]
        for name in sorted(there, key=lambda name: (bool(_BOLD_OR_SLANTED.search(name)), name))
    )
