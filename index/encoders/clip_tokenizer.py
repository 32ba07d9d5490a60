"""Rewrites open_clip's tokenizers as a `tokenizer.json`, which is read without torch."""

from __future__ import annotations

from typing import Any

from index.encoders.texts import Cleaning
from index.encoders.torch_repair import import_repaired

_CLEANINGS: tuple[Cleaning, ...] = ("lower", "whitespace", "canonicalize")

_WORDS = r"(?i)'s|'t|'re|'ve|'m|'ll|'d|\p{L}+|\p{N}|[^\s\p{L}\p{N}]+"
"""How CLIP's byte-pair encoding splits a text before it merges."""


def convert_tokenizer(tokenizer: Any) -> tuple[str, Cleaning]:
    """Rewrite one of open_clip's tokenizers.

    Args:
        tokenizer: what `open_clip.get_tokenizer` gives.

    Returns:
        The text of a `tokenizer.json`, and what is done to a text before it is tokenized.

    Raises:
        ValueError: the tokenizer does what a `tokenizer.json` cannot hold.
    """
    module = import_repaired("open_clip.tokenizer")
    if isinstance(tokenizer, module.SimpleTokenizer):
        if tokenizer.reduction_fn is not None:
            raise ValueError("its tokenizer drops words at random")
        return _convert_byte_pairs(tokenizer), _cleaning_of(tokenizer, module)
    if tokenizer.strip_sep_token or tokenizer.tokenizer_mode:
        raise ValueError("its tokenizer rewrites ids after tokenizing")
    return _convert_fast(tokenizer.tokenizer), _cleaning_of(tokenizer, module)


def _cleaning_of(tokenizer: Any, module: Any) -> Cleaning:
    return next(kind for kind in _CLEANINGS if module.get_clean_fn(kind) is tokenizer.clean_fn)


def _convert_fast(fast: Any) -> str:
    tokenizer = fast.backend_tokenizer
    tokenizer.enable_padding(pad_id=fast.pad_token_id, pad_token=fast.pad_token)
    text: str = tokenizer.to_str()
    return text


def _convert_byte_pairs(simple: Any) -> str:
    import tokenizers
    from tokenizers import models, pre_tokenizers, processors

    tokenizer = tokenizers.Tokenizer(
        models.BPE(
            vocab=simple.encoder,
            merges=sorted(simple.bpe_ranks, key=simple.bpe_ranks.__getitem__),
            end_of_word_suffix="</w>",
        )
    )
    words = pre_tokenizers.Split(tokenizers.Regex(_WORDS), behavior="removed", invert=True)
    to_bytes = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([words, to_bytes])
    names = {id_: name for name, id_ in simple.encoder.items()}
    special = [(names[id_], id_) for id_ in simple.all_special_ids]
    tokenizer.add_special_tokens([name for name, _ in special])
    (start, _), (end, _) = special[:2]
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{start} $A {end}", special_tokens=special[:2]
    )
    tokenizer.enable_padding(pad_id=0)
    text: str = tokenizer.to_str()
    return text
