"""Counting what a prompt costs in CLIP's tokens, without torch or transformers."""

from __future__ import annotations

import gzip
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.encoders.texts import clean_text
from index.errors import EncoderUnavailable

if TYPE_CHECKING:
    from collections.abc import Sequence

CLIP_LIMIT = 77
"""Tokens that CLIP's text encoders read, the two that open and close a text included."""
_VOCABULARY = "bpe_simple_vocab_16e6.txt.gz"
_SIZE = 49_408
_WORDS = r"(?i)'s|'t|'re|'ve|'m|'ll|'d|\p{L}+|\p{N}|[^\s\p{L}\p{N}]+"


def count_tokens(text: str) -> int:
    """How many of CLIP's tokens a text takes, the opening and closing ones included.

    Source: byte-pair vocabulary of Radford et al. 2021, as open_clip carries it.

    Raises:
        EncoderUnavailable: open_clip's vocabulary is not installed.
    """
    return len(_tokenizer().encode(clean_text(text, "lower")).ids) + 2


def fit_phrases(
    phrases: Sequence[str], limit: int = CLIP_LIMIT, joint: str = ", "
) -> tuple[list[int], list[int]]:
    """Places of the phrases that fit when joined, and of those that do not.

    Earlier phrases are taken first; one that is too long does not keep shorter ones out.
    """
    kept: list[int] = []
    dropped: list[int] = []
    for place, phrase in enumerate(phrases):
        whole = joint.join([*(phrases[one] for one in kept), phrase])
        (kept if count_tokens(whole) <= limit else dropped).append(place)
    return kept, dropped


@cache
def _tokenizer() -> Any:
    from tokenizers import Regex, Tokenizer, models, pre_tokenizers

    merges = _merges()
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    names = [*letters, *(f"{letter}</w>" for letter in letters), *("".join(m) for m in merges)]
    vocabulary = {name: number for number, name in enumerate(names)}
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=merges, end_of_word_suffix="</w>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(_WORDS), behavior="removed", invert=True),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    return tokenizer


def _merges() -> list[tuple[str, str]]:
    found = find_spec("open_clip")
    path = Path(found.origin).with_name(_VOCABULARY) if found and found.origin else None
    if path is None or not path.is_file():
        raise EncoderUnavailable(
            "CLIP tokenizer",
            "open_clip's vocabulary is not installed",
            "pip install open-clip-torch",
        )
    with gzip.open(path, "rt", encoding="utf-8") as file:
        lines = file.read().split("\n")
    pairs = (line.split() for line in lines[1 : _SIZE - 2 * 256 - 2 + 1])
    return [(first, second) for first, second in pairs]
