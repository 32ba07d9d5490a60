"""Which encoding the bytes of a text file are in.

Unicode is told from its first bytes or its own structure. Of the encodings of one byte a letter
only those of Latin alphabets are guessed, by the letters that stand together in words: read with
another encoding, words mix letters that no language has. Everything else is refused rather than
read wrongly.
"""

from __future__ import annotations

import codecs
import gzip
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import IO, cast

from index.errors import InputError

CHECKED_BYTES = 1 << 30
"""Files above this many bytes are not read through to check their encoding."""
MOST_ODD = 0.1
"""Share of the words beyond ASCII whose letters may fit no language."""
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_WESTERN = [
    "àâæçèéêëîïôœùûüÿ",
    "áéíïñóúüç",
    "áâãàçéêíóôõúü",
    "äöüßé",
    "æøåéèêóòôü",
    "åäöéüš",
    "àèéìíîòóùú",
    "áéèëêíïóöúü",
    "áðéíóúýþæö",
    "äõöüšž",
]
_CENTRAL = ["ąćęłńóśźż", "áčďéěíňóřšťúůýž", "áäčďéíĺľňóôŕšťúýž", "áéíóöőúüű", "âăîşţ", "čćđšž"]
_ALPHABETS = {
    "cp1252": _WESTERN,
    "iso8859-15": _WESTERN,
    "cp1250": _CENTRAL,
    "iso8859-2": _CENTRAL,
    "cp1254": ["çğıİöşüâîû"],
    "cp1257": ["ąčęėįšųūž", "āčēģīķļņšūž"],
}
"""Letters beyond ASCII of the languages written in an encoding: French, Spanish, Portuguese,
German, Danish and Norwegian, Swedish and Finnish, Italian, Dutch, Icelandic, Estonian; Polish,
Czech, Slovak, Hungarian, Romanian, those of former Yugoslavia; Turkish; Lithuanian, Latvian."""
_MOST_LINES = 20_000
_BETWEEN = re.compile(r"[\x00-@\[-`{-\x7f\xa0\xad’–—]+")
_BEFORE, _AFTER = "¿¡„‚«‹»›“‘•·©®™§°", "«‹»›”“‘…·©®™°"
_SIGN = re.compile(r"[a-zA-Z]*[²³]|[¹½¼¾ªº€£¥]+|")


def tell_encoding(path: Path, head: bytes, packed: bool) -> str:
    """The codec of a file from its first bytes, or of all of them.

    Raises:
        UnicodeDecodeError: none that can be told.
    """
    for mark, codec in _MARKS:
        if head.startswith(mark):
            return codec
    zeros = head.count(0)
    if zeros > len(head) // 5:
        return "utf-16-le" if head[1::2].count(0) * 2 > zeros else "utf-16-be"
    if path.stat().st_size > CHECKED_BYTES or _is_utf8(path, packed):
        codecs.getincrementaldecoder("utf-8")().decode(head)
        return "utf-8"
    with read_bytes(path, packed) as file:
        lines = [line for line in file if not line.isascii()]
    found = None if any(map(_decodes, lines)) else guess_encoding(lines)
    if found is None:
        b"".join(lines).decode("utf-8")
    return found or "utf-8"


def guess_encoding(lines: Iterable[bytes]) -> str | None:
    """The one-byte encoding of lines that are not UTF-8; None where it cannot be told.

    It is the one in which most words have letters of one language, and of those the one that needs
    the fewest languages.
    """
    content = b"\n".join(islice(lines, _MOST_LINES))
    fits: dict[str, tuple[float, int]] = {}
    texts: dict[str, str] = {}
    for codec, alphabets in _ALPHABETS.items():
        with suppress(UnicodeDecodeError):
            texts[codec] = content.decode(codec)
            fits[codec] = _fit(texts[codec], alphabets)
    best = max(fits.values(), default=(0.0, 0))
    if best[0] < 1 - MOST_ODD:
        return None
    first, *others = [codec for codec, fit in fits.items() if fit == best]
    western = _ALPHABETS[first] == _WESTERN
    return first if western or all(texts[one] == texts[first] for one in others) else None


def _fit(text: str, alphabets: Sequence[str]) -> tuple[float, int]:
    """Share of the words beyond ASCII that a language can write, and minus the languages needed."""
    words = {one for one in _BETWEEN.split(text) if not one.isascii()}
    bare = [one.lstrip(_BEFORE).rstrip(_AFTER) for one in words]
    bare = [one for one in bare if not _SIGN.fullmatch(one)]
    fitting = [{at for at, own in enumerate(alphabets) if _writes(own, one)} for one in bare]
    left, needed = [one for one in fitting if one], 0
    share = len(left) / len(bare) if bare else 1.0
    while left:
        most = Counter(at for one in left for at in one).most_common(1)[0][0]
        left, needed = [one for one in left if most not in one], needed + 1
    return share, -needed


def _writes(alphabet: str, word: str) -> bool:
    """Whether a word has letters of ASCII and of this alphabet only, and no capital inside."""
    if not (word.islower() or word.isupper() or word[1:].islower() or len(word) == 1):
        return False
    return all(one.isascii() or one in alphabet or one.lower() in alphabet for one in word)


def wrong_encoding(path: Path) -> InputError:
    """Bytes that are no text in any encoding that can be told."""
    row = None
    if not is_packed(path) and path.stat().st_size <= CHECKED_BYTES:
        with path.open("rb") as lines:
            numbered = enumerate(lines, start=1)
            row = next((number for number, line in numbered if not _decodes(line)), None)
    return InputError(
        "the text is not UTF-8, and its encoding cannot be told",
        path=path,
        row=row,
        hint="save the file as UTF-8 (in Excel: CSV UTF-8), or name its encoding in "
        "catalogue.yaml, such as encoding: shift_jis",
    )


def is_packed(path: Path) -> bool:
    """Whether a file is a gzip file by its first bytes."""
    with path.open("rb") as file:
        return file.read(2) == b"\x1f\x8b"


def read_bytes(path: Path, packed: bool) -> IO[bytes]:
    """The file's bytes, unpacked where it is packed."""
    return cast("IO[bytes]", gzip.open(path)) if packed else path.open("rb")


def _is_utf8(path: Path, packed: bool) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    with read_bytes(path, packed) as file:
        try:
            while block := file.read(1 << 20):
                if not (block.isascii() and not decoder.getstate()[0]):
                    decoder.decode(block)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def _decodes(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
