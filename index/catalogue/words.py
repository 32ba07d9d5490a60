"""Lists of words in one cell, such as genres: split, spelled one way, and put into a text."""

from __future__ import annotations

import ast
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence

SEPARATORS = ("|", ";", ",", "/", "\n", "\u2022", "\u3001", "\uff0c")
_BLANK = ("nan", "n/a", "none", "null", "-", "--", "\u2014")
"""What programs write for no word at all."""
_NAMES = ("name", "genre", "label", "value", "title")


def split_words(joined: str | None) -> tuple[str, ...]:
    """The words of a `|`-joined column, without blanks."""
    return tuple(word.strip() for word in (joined or "").split("|") if word.strip())


def title_text(name: str, synopsis: str, genres: Sequence[str], tags: Sequence[str]) -> str:
    """One text of a title, for embedding.

    What is absent leaves no trace, so that a catalogue without synopses still compares like
    with like.
    """
    parts = (
        name,
        synopsis,
        f"Genres: {', '.join(genres)}" if genres else "",
        f"Tags: {', '.join(tags)}" if tags else "",
    )
    return ". ".join(part.strip().rstrip(".") for part in parts if part.strip())


def one_list(text: str) -> tuple[str, ...]:
    """The words of a list that somebody wrote in one line: JSON, or the first mark that it has."""
    listed = _literal(text)
    if listed is not None:
        return listed
    mark = next((mark for mark in SEPARATORS if mark in text), None)
    return tuple(part for word in text.split(mark) if (part := _word(word))) if mark else (text,)


def tidy_lists(cells: Sequence[str]) -> tuple[list[str], str]:
    """A column of lists, `|` between the words, each word in its commonest spelling.

    The first of `SEPARATORS` that occurs separates the whole column; a word that holds
    another of them is split where all its parts are words of the column too.

    Returns:
        The cells, and what was done as a clause; "" for nothing.
    """
    listed = [_literal(cell) for cell in cells]
    plain = [cell for cell, words in zip(cells, listed, strict=True) if words is None]
    mark = next((mark for mark in SEPARATORS if any(mark in cell for cell in plain)), "|")
    split = [
        list(words)
        if words is not None
        else [word for part in cell.split(mark) if (word := _word(part))]
        for cell, words in zip(cells, listed, strict=True)
    ]
    known = {word.casefold() for words in split for word in words}
    for row, words in enumerate(split):
        if any(other in word for word in words for other in SEPARATORS):
            split[row] = [part for word in words for part in _parts(word, known)]
    counts = Counter(word for words in split for word in words)
    spelled = spell_one_way(list(counts), list(counts.values()))
    tidy = ["|".join(dict.fromkeys(spelled.get(word, word) for word in words)) for words in split]
    return tidy, _told(cells, listed, mark, spelled)


def spell_one_way(words: Sequence[str], times: Sequence[int]) -> dict[str, str]:
    """Word → its commonest spelling, for words that differ from it in case, spaces or form."""
    counts = dict(zip(words, times, strict=True))
    best: dict[str, str] = {}
    for word in sorted(counts, key=lambda one: (-counts[one], _is_plain(one), one.isupper(), one)):
        best.setdefault(_form(word), word)
    spelled = {word: best[_form(word)] for word in counts}
    return {word: own for word, own in spelled.items() if word != own}


def _form(word: str) -> str:
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", word)).strip().casefold()


def _is_plain(word: str) -> bool:
    return word.islower() or word.isupper()


def _told(
    cells: Sequence[str], listed: Sequence[object], mark: str, spelled: dict[str, str]
) -> str:
    told = []
    lists = sum(one is not None for one in listed)
    if lists:
        told.append(f"{lists:,} lists in brackets")
    if mark != "|" and any(mark in cell for cell in cells):
        told.append(f"split at {mark!r}")
    if spelled:
        word, own = next(iter(spelled.items()))
        told.append(f"{word!r} taken for {own!r}")
    return ", ".join(told)


def _parts(word: str, known: set[str]) -> Iterable[str]:
    for mark in SEPARATORS:
        if mark in word:
            parts = [part for one in word.split(mark) if (part := _word(one))]
            if len(parts) > 1 and all(part.casefold() in known for part in parts):
                return parts
    return [word]


def _word(text: str) -> str:
    word = re.sub(r"\s+", " ", text).strip().strip("\"'\u201c\u201d\u2018\u2019\u201e").strip()
    return "" if word.casefold() in _BLANK else word


def _literal(text: str) -> tuple[str, ...] | None:
    """The words of a list in brackets, as JSON or a program writes it; of records, their names."""
    plain = text.strip()
    if plain.casefold() in _BLANK:
        return ()
    enclosed = (plain[:1] + plain[-1:]) in ("[]", "{}") or re.fullmatch(r"\(.*,.*\)", plain)
    if not enclosed:
        return None
    try:
        value = json.loads(plain)
    except ValueError:
        try:
            value = ast.literal_eval(plain)
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            inner = re.split(r"[,;|]", plain[1:-1])
            return tuple(word for part in inner if (word := _word(part)))
    if value == {}:
        return ()
    if not isinstance(value, list | tuple | set):
        return None
    if isinstance(value, set):
        value = sorted(value, key=lambda one: plain.find(str(one)))
    words = [_named(one) for one in value]
    return tuple(word for word in words if word)


def _named(one: object) -> str:
    if isinstance(one, dict):
        return next((_word(str(one[key])) for key in _NAMES if key in one), "")
    return _word(str(one))
