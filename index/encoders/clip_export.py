"""Exports both towers of an open_clip model and its tokenizer. The only torch in that encoder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from index.encoders.cache import digest_record
from index.encoders.clip import ClipModel
from index.encoders.clip_weights import ClipSpec
from index.encoders.export import example_pixels, from_pixels, import_repaired, write_graph
from index.encoders.int8 import quantise_products
from index.encoders.runtime import EXPORT_VERSION, Preprocessing
from index.encoders.texts import Cleaning, Tokenizer
from index.errors import EncoderUnavailable

if TYPE_CHECKING:
    from torch import Tensor
    from torch.nn import Module


PROBES = (
    "A soldier with a rifle",
    "  Amélie &amp; l’été — “naïve” 東京 🎬 1917!  ",
    "won't they've O'Brien's #1 @home: 3.14% _under_score_ <b>bold</b>",
    "a long synopsis that no context holds " * 40,
    "",
)
"""Texts on which an exported tokenizer has to agree with open_clip's, id for id."""


def fingerprint_clip(spec: ClipSpec) -> str:
    """Digest of weights, architecture, preprocessing and export version."""
    open_clip = import_repaired("open_clip")
    return digest_record(
        {
            "encoder": "open_clip",
            "version": EXPORT_VERSION,
            "model": open_clip.get_model_config(spec.model),
            "source": spec.source,
            "weights": spec.digest,
            "precision": spec.precision,
        }
    )


def export_clip(spec: ClipSpec, folder: Path) -> None:
    """Write both graphs, the tokenizer and `model.json` to `folder`.

    Raises:
        InputError: the weights are damaged, unsafe or another model's.
        EncoderUnavailable: a part of the model cannot be had or exported.
    """
    open_clip = import_repaired("open_clip")
    ids, cleaning = _write_tokenizer(spec, folder / "tokenizer.json")
    model = spec.create()
    preprocessing = read_preprocessing(open_clip.get_model_preprocess_cfg(model))
    dimensions = _export_towers(spec, model, preprocessing, ids, folder)
    record = ClipModel(fingerprint_clip(spec), dimensions, ids.shape[1], cleaning, preprocessing)
    record.write(folder)


def read_preprocessing(config: dict[str, Any]) -> Preprocessing:
    """What open_clip's `PreprocessCfg` fields mean, as a Preprocessing."""
    size = config["size"]
    height, width = (size, size) if isinstance(size, int) else size
    return Preprocessing(
        size=(height, width),
        resize_to=(height, width),
        mode=config["resize_mode"],
        interpolation="bilinear" if config["interpolation"] == "bilinear" else "bicubic",
        fill=config["fill_color"],
        mean=tuple(config["mean"]),
        std=tuple(config["std"]),
    )


def _write_tokenizer(spec: ClipSpec, path: Path) -> tuple[npt.NDArray[np.int64], Cleaning]:
    """Write `tokenizer.json`; gives the ids of the probes and how texts are cleaned."""
    open_clip = import_repaired("open_clip")
    try:
        with spec.network():
            original = open_clip.get_tokenizer(spec.model)
    except OSError as error:
        raise spec.needs_network(error) from error
    wanted: npt.NDArray[np.int64] = original(list(PROBES)).numpy()
    try:
        text, cleaning = convert_tokenizer(original)
    except ValueError as error:
        raise EncoderUnavailable(spec.id, str(error), "choose another model") from error
    path.write_text(text, "utf-8")
    given = np.empty_like(wanted)
    for rows, ids, _ in Tokenizer(path, (wanted.shape[1],), cleaning).group(PROBES):
        given[rows] = ids
    if not np.array_equal(given, wanted):
        raise EncoderUnavailable(
            spec.id, "its tokenizer splits texts in a way of its own", "choose another model"
        )
    return wanted, cleaning


def _export_towers(
    spec: ClipSpec,
    model: Any,
    preprocessing: Preprocessing,
    ids: npt.NDArray[np.int64],
    folder: Path,
) -> int:
    """Write both graphs; gives the width of the shared space."""
    torch: Any = import_repaired("torch")

    class ImageTower(torch.nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, images: Tensor) -> Any:
            return self.model.encode_image(images, normalize=True)

    class TextTower(torch.nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, ids: Tensor) -> Any:
            return self.model.encode_text(ids, normalize=True)

    images: Module = from_pixels(ImageTower(), preprocessing)
    pixels = example_pixels(preprocessing)
    write_graph(
        spec.id,
        images,
        (pixels,),
        folder / "image.onnx",
        inputs=["pixels"],
        outputs=["vectors"],
        quantise=quantise_products if spec.precision == "int8" else None,
    )
    tokens = torch.from_numpy(ids[:2])
    write_graph(
        spec.id, TextTower(), (tokens,), folder / "text.onnx", inputs=["ids"], outputs=["vectors"]
    )
    with torch.inference_mode():
        return int(model.encode_text(tokens).shape[1])


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
