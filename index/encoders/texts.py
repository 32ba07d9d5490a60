"""Tokenizing texts so that a vector never depends on what a text was embedded beside."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Tokens = npt.NDArray[np.int64]


class Tokenizer:
    """A `tokenizer.json` that pads every text to a width its own length decides.

    Args:
        path: the file.
        widths: rising token counts; a text is padded to the first that holds it and cut at the
            last, its closing token kept.
    """

    def __init__(self, path: Path, widths: Sequence[int]) -> None:
        self._path, self._widths = path, np.asarray(widths)

    def group(self, texts: Sequence[str]) -> list[tuple[npt.NDArray[np.intp], Tokens, Tokens]]:
        """Tokenize n texts; one (rows, ids, attention mask) for each width that occurs."""
        encoded = self._tokenizer.encode_batch(list(texts))
        lengths = np.array([len(one.ids) for one in encoded], dtype=np.int64)
        widths = self._widths[np.searchsorted(self._widths, lengths)]
        groups = []
        for width in np.unique(widths):
            rows = np.flatnonzero(widths == width)
            for row in rows:
                encoded[row].pad(int(width), pad_id=self._pad_id)
            ids = np.array([encoded[row].ids for row in rows], dtype=np.int64)
            mask = np.array([encoded[row].attention_mask for row in rows], dtype=np.int64)
            groups.append((rows, ids, mask))
        return groups

    @cached_property
    def _tokenizer(self) -> Any:
        from tokenizers import Tokenizer as Tokenizers

        tokenizer = Tokenizers.from_file(str(self._path))
        padding = tokenizer.padding
        self._pad_id = padding["pad_id"] if padding else 0
        tokenizer.no_padding()
        tokenizer.enable_truncation(int(self._widths[-1]))
        return tokenizer
