"""How a text table is written: encoding, separator, and where its header and rows are.

Exports carry lines above the header, Excel's `sep=` line, footers below the rows, and encodings
other than UTF-8. What is found is one record; nothing here changes a value.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO

from index.errors import InputError
from index.io.encodings import is_packed, read_bytes, tell_encoding, wrong_encoding

HEAD_BYTES, TAIL_BYTES = 1 << 18, 1 << 16
"""Bytes at either end of a file that are looked at."""
HEADER_SEARCHED = 60
"""Records in which a header is looked for."""
SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars"}
_NAMES = {f"cp{number}": f"Windows-{number}" for number in (1250, 1252, 1254, 1257)}
_NAMES |= {f"iso8859-{part}": f"ISO 8859-{part}" for part in (2, 15)}
_LINE_END = re.compile(r"\r\n|\n|\r")
_SEP_LINE = re.compile(r'"?sep=(?P<separator>[^"\r\n])"?[,;\t|]*\r?$', re.IGNORECASE)
_WORDS = re.compile(r"[\s:]")
_SENTENCE = re.compile(r"^[*#©†‡]|\w[\s:]+\w+[\s:]+\w")
"""What the first value of a footer has and that of a row has not: the latter where the line has
several values."""


@dataclass(frozen=True, slots=True)
class TextLayout:
    """Where the rows of a text file are, and how to split them.

    Attributes:
        encoding: a codec of Python.
        separator: between values.
        header: the names as they are written, trimmed.
        above: lines before the header.
        below: lines after the last row that belong to no row.
        compressed: whether it is a gzip file.
        odd_line_ends: lines end in a carriage return alone, or in more than one way.
        named_separator: the first line is `sep=…`.
        guessed: whether the encoding is the likeliest of several.
    """

    encoding: str
    separator: str
    header: tuple[str, ...]
    above: int = 0
    below: int = 0
    compressed: bool = False
    odd_line_ends: bool = False
    named_separator: bool = False
    guessed: bool = False

    @property
    def is_direct(self) -> bool:
        """Whether DuckDB reads the file as it is."""
        readable = self.encoding in ("utf-8", "utf-8-sig") and not self.odd_line_ends
        return readable and not self.below

    def notes(self) -> list[str]:
        """What a user should know of how the file was read, as clauses."""
        told = []
        if self.encoding not in ("utf-8", "utf-8-sig"):
            name = _NAMES.get(self.encoding, self.encoding.upper())
            told.append(f"read as {name}{' (guessed)' if self.guessed else ''}")
        if self.separator != ",":
            told.append(f"separated by {SEPARATORS.get(self.separator, repr(self.separator))}")
        above = self.above - self.named_separator
        if above:
            told.append(f"{_lines(above)} above the header left out")
        if self.below:
            told.append(f"{_lines(self.below)} below the rows left out")
        return told


def squashed(name: str) -> str:
    """A column name without case, spaces and marks: "Artwork ID" is `artworkid`."""
    return re.sub(r"[\W_]+", "", name.casefold())


def open_text(path: Path, encoding: str, *, errors: str = "strict") -> IO[str]:
    """The file as text with its line ends as they are, unpacked where it is packed."""
    if is_packed(path):
        return gzip.open(path, "rt", encoding=encoding, errors=errors, newline="")
    return path.open(encoding=encoding, errors=errors, newline="")


def find_layout(
    path: Path, known: Collection[str], needed: int, encoding: str | None = None
) -> TextLayout:
    """Look at both ends of a text file.

    Args:
        known: names of columns that its header may have; the record with the most is the header.
        needed: how many columns every row must fill, which tells a footer from a row.
        encoding: as the user says; None to find out.

    Raises:
        InputError: the encoding cannot be told, or there is no header.
    """
    packed = is_packed(path)
    try:
        head = _head(path, packed)
        codec = encoding or tell_encoding(path, head, packed)
        text = codecs.getincrementaldecoder(codec)().decode(head)
    except (UnicodeDecodeError, LookupError):
        raise wrong_encoding(path) from None
    except (OSError, EOFError) as error:
        raise InputError(f"cannot be read ({error})", path=path) from None
    lines = _LINE_END.split(text.removeprefix("\ufeff"))
    told = _SEP_LINE.match(lines[0]) if lines else None
    separators = [told["separator"]] if told else list(SEPARATORS)
    line, separator, header = _header(lines, separators, 1 if told else 0, known)
    if not any(name.strip() for name in header):
        raise InputError("the file has no header", path=path, row=1, hint="name the columns")
    ends = set(_LINE_END.findall(text.removesuffix("\r")))
    below = _footer(path, packed, codec, separator, len(header), needed)
    return TextLayout(
        encoding=codec,
        separator=separator,
        header=tuple(name.strip() for name in header),
        above=line,
        below=below,
        compressed=packed,
        odd_line_ends=len(ends) > 1 or "\r" in ends,
        named_separator=told is not None,
        guessed=encoding is None and codec in _NAMES,
    )


def records(
    path: Path, layout: TextLayout, *, errors: str = "strict"
) -> Iterator[tuple[int, list[str]]]:
    """(line, values) of every record that holds a value, the header first; line 1 is the first.

    Raises:
        InputError: a quotation mark is not closed, or a byte is not of the encoding.
    """
    with open_text(path, layout.encoding, errors=errors) as file:
        for _ in islice(file, layout.above):
            pass
        start = layout.above + 1
        reader = csv.reader(file, delimiter=layout.separator, strict=True)
        while True:
            try:
                values = next(reader, None)
            except csv.Error:
                raise unclosed_quote(path, start) from None
            except UnicodeDecodeError:
                raise wrong_encoding(path) from None
            if values is None:
                return
            if any(value.strip() for value in values):
                yield start, values
            start = layout.above + reader.line_num + 1


def unclosed_quote(path: Path, row: int | None) -> InputError:
    """A quotation mark that is not closed."""
    return InputError(
        "a quotation mark is not closed or not doubled",
        path=path,
        row=row,
        hint='write " inside a quoted value as ""',
    )


def _lines(number: int) -> str:
    return f"{number:,} line" if number == 1 else f"{number:,} lines"


def _head(path: Path, packed: bool) -> bytes:
    with read_bytes(path, packed) as file:
        return file.read(HEAD_BYTES)


def _header(
    lines: Sequence[str], separators: Sequence[str], start: int, known: Collection[str]
) -> tuple[int, str, list[str]]:
    """Lines above the header, the separator and the header's names."""
    wanted = {squashed(name) for name in known}
    best: tuple[tuple[int, int, int], str, list[str]] | None = None
    for separator in separators:
        for line, values in _first_records(lines, separator, start):
            met = len({squashed(value) for value in values} & wanted)
            rank = (met, -line, len(values))
            if met and (best is None or rank > best[0]):
                best = rank, separator, values
    if best is None:
        return _widest(lines, separators, start)
    return -best[0][1], best[1], best[2]


def _first_records(lines: Sequence[str], separator: str, start: int) -> list[tuple[int, list[str]]]:
    """(lines before it, values) of the first records that hold a value."""
    reader = csv.reader((line + "\n" for line in lines[start:]), delimiter=separator)
    found, line = [], start
    try:
        for values in islice(reader, HEADER_SEARCHED):
            if any(value.strip() for value in values):
                found.append((line, values))
            line = start + reader.line_num
    except csv.Error:
        pass
    return found


def _widest(
    lines: Sequence[str], separators: Sequence[str], start: int
) -> tuple[int, str, list[str]]:
    """The first record that is as wide as most, where no column is known."""
    best: tuple[int, int, str, list[str]] = (0, start, separators[0], [])
    for separator in separators:
        found = _first_records(lines, separator, start)
        if not found:
            continue
        widths = [len(values) for _, values in found]
        common = max(set(widths), key=lambda width: (widths.count(width), width))
        at, values = next((at, values) for at, values in found if len(values) == common)
        score = widths.count(common) * (common - 1)
        if not best[3] or score > best[0]:
            best = score, at, separator, values
    return best[1], best[2], best[3]


def _footer(
    path: Path, packed: bool, encoding: str, separator: str, width: int, needed: int
) -> int:
    """Lines at the end that hold less than every row needs, with blank ones between.

    A row that lacks all but its first value is told from a footer by the footer's words, or by
    the blank line above it; a line that is cut short, by its words or a mark that no id has.
    """
    if width < 2 or needed < 2:
        return 0
    tail = _tail(path, packed)
    codec = _endless(path, encoding) if encoding in ("utf-16", "utf-32") else encoding
    lines = _LINE_END.split(tail.decode(codec, errors="replace"))
    if lines and not lines[-1]:
        lines.pop()
    found, sure = 0, 0
    for seen, line in enumerate(reversed(lines[1:]), start=1):
        if line.count('"') % 2:
            break
        values = [value.strip() for value in next(csv.reader([line], delimiter=separator), [])]
        filled = [value for value in values if value]
        if (len(filled) > 1 and len(values) >= width) or (filled and not values[0]):
            break
        if filled:
            found = seen
            words = _SENTENCE if len(filled) > 1 else _WORDS
            sure = seen if len(values) == 1 or words.search(filled[0]) else sure
        elif found:
            sure = found
    return sure


def _tail(path: Path, packed: bool) -> bytes:
    if packed:
        with read_bytes(path, packed) as file:
            tail = b""
            while block := file.read(1 << 20):
                tail = (tail + block)[-(1 << 20) :]
        return tail[-TAIL_BYTES:] if len(tail) > TAIL_BYTES else tail
    with path.open("rb") as file:
        end = file.seek(0, io.SEEK_END)
        file.seek(max(end - TAIL_BYTES, 0) // 4 * 4)
        return file.read()


def _endless(path: Path, codec: str) -> str:
    """The codec without its byte order mark, which stands at the beginning only."""
    with read_bytes(path, is_packed(path)) as file:
        mark = file.read(4)
    little = mark.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF32_LE))
    return f"{codec}-{'le' if little else 'be'}"
