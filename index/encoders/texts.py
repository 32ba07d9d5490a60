"""From texts to token ids, so that a vector depends on its own text alone."""

from __future__ import annotations

import html
import string
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from index.encoders.runtime import CHUNK, Graph
from index.records import FloatMatrix

Tokens = npt.NDArray[np.int64]
Cleaning = Literal["none", "whitespace", "lower", "canonicalize"]

_NO_PUNCTUATION = str.maketrans("", "", string.punctuation)


class Tokenizer:
    """A `tokenizer.json` that pads every text to a width its own length decides.

    Args:
        path: the file; its padding, where it has one, tells the padding id (else 0).
        widths: rising token counts; a text is padded to the first that holds it and cut at the
            last, its closing token kept.
        cleaning: what is done to a text first, see `clean_text`.
    """

    def __init__(self, path: Path, widths: Sequence[int], cleaning: Cleaning = "none") -> None:
        self._path, self._widths, self._cleaning = path, np.asarray(widths), cleaning

    def group(self, texts: Sequence[str]) -> Iterator[tuple[npt.NDArray[np.intp], Tokens, Tokens]]:
        """Tokenize n texts; (rows, ids, attention mask) for every width that occurs."""
        tokenizer, pad_id = self._loaded
        encoded = tokenizer.encode_batch([clean_text(text, self._cleaning) for text in texts])
        lengths = np.array([len(one.ids) for one in encoded], dtype=np.int64)
        widths = self._widths[np.searchsorted(self._widths, lengths)]
        for width in np.unique(widths):
            rows = np.flatnonzero(widths == width)
            for row in rows:
                encoded[row].pad(int(width), pad_id=pad_id)
            ids = np.array([encoded[row].ids for row in rows], dtype=np.int64)
            mask = np.array([encoded[row].attention_mask for row in rows], dtype=np.int64)
            yield rows, ids, mask

    @cached_property
    def _loaded(self) -> tuple[Any, int]:
        from tokenizers import Tokenizer as Tokenizers

        tokenizer = Tokenizers.from_file(str(self._path))
        pad_id = (tokenizer.padding or {}).get("pad_id", 0)
        tokenizer.no_padding()
        tokenizer.enable_truncation(int(self._widths[-1]))
        return tokenizer, pad_id


def embed_tokens(
    graph: Graph,
    tokenizer: Tokenizer,
    texts: Sequence[str],
    dimensions: int,
    *,
    masked: bool = True,
) -> FloatMatrix:
    """Run a text tower on n texts; (n, dimensions) rows in their order.

    Args:
        graph: takes `ids`, and `mask` if `masked`, and gives one row a text.
        tokenizer: the one the tower was trained with.
        texts: any number of texts.
        dimensions: width of the tower's output.
        masked: whether the tower asks which tokens are padding.
    """
    vectors = np.empty((len(texts), dimensions), np.float32)
    for rows, ids, mask in tokenizer.group(texts):
        for start in range(0, len(rows), CHUNK):
            part = slice(start, start + CHUNK)
            inputs = {"ids": ids[part], "mask": mask[part]} if masked else {"ids": ids[part]}
            (vectors[rows[part]],) = graph.run(**inputs)
    return vectors


def clean_text(text: str, cleaning: Cleaning) -> str:
    """Repair and normalise a text as open_clip's tokenizers do (`open_clip.tokenizer`).

    `whitespace` repairs broken Unicode, resolves HTML entities and makes every run of white space
    one space; `lower` also makes it lower case; `canonicalize` also drops punctuation.
    """
    if cleaning == "none":
        return text
    text = html.unescape(html.unescape(_fix_encoding(text))).strip()
    if cleaning == "canonicalize":
        text = text.replace("_", " ").translate(_NO_PUNCTUATION)
    text = " ".join(text.split())
    return text if cleaning == "whitespace" else text.lower()


def _fix_encoding(text: str) -> str:
    if text.isascii() and text.isprintable() and "&" not in text:
        return text  # ftfy would change nothing, so it need not be imported
    import ftfy

    return ftfy.fix_text(text)
