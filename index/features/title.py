"""Which lettering is the title: the lines whose words match the title's name best.

A stylised title is read with errors and often stands in several lines of unlike height, so each
line is compared with the name, and the name is found if enough of its letters are covered.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from index.features.analysis import TextBlock
from index.features.feature import Value
from index.features.layout import Layout
from index.features.text import describe_title, guess_title, heaviest_line

if TYPE_CHECKING:
    import pyarrow as pa


LEAST_COVERED = 0.3
"""Share of a name's letters that lines must cover. Chosen on one variant of each of 209 titles."""
_ALIKE = 75.0
"""Least similarity of a line to the part of the name that it stands for, of 100."""
_SHORT, _LONG = 4, 5
"""Lines of fewer letters must match exactly; names of fewer are not sought inside longer lines."""
_INSIDE = 85.0
"""Least similarity of a name inside a longer line, of 100."""
_ARTICLE = re.compile(r"^(.*), (the|an?|les?|la|el|los|las|der|die|das|il|lo)$", re.IGNORECASE)
_YEAR = re.compile(r"\((?:19|20)\d\d\)")
_OTHER_NAME = re.compile(r"^(.*?)\s*\((?:a\.k\.a\.)?\s*(.*)\)$")
_SCRIPTS = ("LATIN", "CJK", "HIRAGANA", "KATAKANA", "GREEK", "DIGIT")
"""What the recognition network can read."""


def name_title(layout: Layout, name: str) -> tuple[Layout, dict[str, Value]]:
    """The layout with the title where its name was read, and the features that hang on it.

    Where the name was not read the title is guessed, and `title_found` is 0; it is missing where
    there is no name, or none that could have been read.

    Args:
        layout: as it was measured, or as it was named before.
        name: of the title, or "".
    """
    aspect = 1 / layout.aspect
    lines = match_name(name, layout.lines)
    found = bool(lines) if lines or _can_be_read(name) else None
    title = lines or guess_title(layout.lines, aspect)
    heaviest = heaviest_line(title, aspect)
    values = describe_title(title, heaviest)
    values["title_found"] = None if found is None else float(found)
    contrast = None if heaviest is None else heaviest.contrast
    return layout.with_title(title, contrast, found=found), values


def name_titles(features: pa.Table, names: Sequence[str | None]) -> pa.Table:
    """Measured features, a row per artwork, with those of the title by the names of the titles.

    Args:
        features: columns of measured features; without layouts nothing changes.
        names: of each row's title; empty where it has none, None where it was named so before.
    """
    import pyarrow as pa

    if "layout" not in features.column_names:
        return features
    own = [one for one in features.column_names if one in _BY_NAME]
    columns: dict[str, list[Value]] = features.select(own).to_pydict()
    for row, (text, name) in enumerate(zip(tuple(columns["layout"]), names, strict=True)):
        if isinstance(text, str) and name is not None:
            layout, values = name_title(Layout.from_text(text), name)
            for column in own:
                columns[column][row] = layout.to_text() if column == "layout" else values[column]
    for column, found in columns.items():
        kind = features.schema.field(column).type
        number = pa.types.is_floating(kind)
        filled = [np.nan if number and value is None else value for value in found]
        at = features.column_names.index(column)
        features = features.set_column(at, column, pa.array(filled, kind, from_pandas=False))
    return features


_BY_NAME = ("layout", "title_share", "title_position", "title_found", "legibility")


def match_name(name: str, lines: Sequence[TextBlock]) -> tuple[TextBlock, ...]:
    """The lines that say a title's name, from top to bottom; none if too little of it was read.

    Args:
        name: as a catalogue has it; "Heist, The (Coup, Le)" goes by any of its names.
        lines: with the text that was read.
    """
    read = [(line, fold(line.text)) for line in lines if line.text is not None]
    if not read:
        return ()
    best: tuple[float, list[TextBlock]] = (0.0, [])
    for one in _names(name):
        covered, used = np.zeros(len(one), bool), []
        for line, text in read:
            where = _place(text, one)
            if where is not None:
                covered[slice(*where)] = True
                used.append(line)
        best = max(best, (float(covered.mean()), used), key=lambda found: found[0])
    return tuple(best[1]) if best[0] >= LEAST_COVERED else ()


def fold(text: str) -> str:
    """Letters and digits in lower case, without accents."""
    plain = unicodedata.normalize("NFKD", text).casefold().replace("&", "and")
    return "".join(sign for sign in plain if sign.isalnum())


def _place(text: str, name: str) -> tuple[int, int] | None:
    """The part of a folded name that a line's folded text stands for, or None."""
    from rapidfuzz.fuzz import partial_ratio_alignment, ratio

    if len(text) < min(2, len(name)):
        return None
    found = partial_ratio_alignment(text, name)
    if len(text) <= len(name):
        least = _ALIKE if len(text) >= _SHORT else 100.0
        return (found.dest_start, found.dest_end) if found and found.score >= least else None
    inside = found is not None and found.score >= _INSIDE and len(name) >= _LONG
    return (0, len(name)) if inside or ratio(text, name) >= _ALIKE else None


@lru_cache(maxsize=1024)
def _names(name: str) -> list[str]:
    """What a title may go by, folded: its name, one in brackets, and each side of a colon."""
    plain = _YEAR.sub("", name).strip()
    other = _OTHER_NAME.match(plain)
    found = []
    for one in other.groups() if other else (plain,):
        article = _ARTICLE.match(one.strip())
        whole = f"{article[2]} {article[1]}" if article else one
        found += [whole, *(whole.split(":", 1) if ":" in whole else ())]
    return [folded for one in found if (folded := fold(one))]


@lru_cache(maxsize=1024)
def _can_be_read(name: str) -> bool:
    """Whether at least half of a name's letters are of a script that the network knows."""
    letters = [sign for sign in name if sign.isalnum()]
    known = [unicodedata.name(sign, "").startswith(_SCRIPTS) for sign in letters]
    return bool(letters) and sum(known) >= len(letters) / 2
