"""How others run an image encoder, on the same decoded pictures."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Literal

import numpy as np
from agreement import Vectors
from PIL import Image

from index.encoders.clip import PIECE
from index.encoders.export import import_repaired, write_graph
from index.encoders.runtime import Preprocessing
from index.processors import processors
from index.records import Pixels

MODEL = "ViT-B-32-256"
"""rclip's architecture."""
RCLIP_BATCH, TORCH_BATCH = 8, 64
Embed = Callable[[Sequence[Pixels]], Vectors]


def openvino(folder: Path, preprocessing: Preprocessing, output: str) -> dict[str, Embed]:
    """OpenVINO on an exported image graph, as many pieces at a time as there are processors."""
    if importlib.util.find_spec("openvino") is None:
        return {}
    exact = {"INFERENCE_PRECISION_HINT": "f32"}
    return {
        "OpenVINO, our 8 bits": _with_openvino(folder, preprocessing, output, exact),
        "OpenVINO, rest as it likes": _with_openvino(folder, preprocessing, output, {}),
    }


def _with_openvino(
    folder: Path, preprocessing: Preprocessing, output: str, options: dict[str, str]
) -> Embed:
    import openvino as ov

    compiled = ov.Core().compile_model(
        str(folder / "image.onnx"), "CPU", {"PERFORMANCE_HINT": "THROUGHPUT", **options}
    )

    def embed(pictures: Sequence[Pixels]) -> Vectors:
        pieces = [pictures[start : start + PIECE] for start in range(0, len(pictures), PIECE)]
        found: dict[int, Vectors] = {}
        queue = ov.AsyncInferQueue(compiled)
        queue.set_callback(
            lambda request, at: found.update({at: request.get_tensor(output).data.copy()})
        )
        for at, piece in enumerate(pieces):
            batch = np.stack([preprocessing.apply(one) for one in piece])
            queue.start_async({"pixels": batch}, at)
        queue.wait_all()
        return np.concatenate([found[at] for at in range(len(pieces))])

    return embed


def make_model(folder: Path) -> tuple[Any, Path]:
    """An untrained model and a file of its weights."""
    torch, open_clip = import_repaired("torch"), import_repaired("open_clip")
    torch.manual_seed(7)
    model = open_clip.create_model(MODEL, pretrained=None).eval()
    weights = folder / "weights.safetensors"
    import_repaired("safetensors.torch").save_file(model.state_dict(), weights)
    return model, weights


def export_for_rclip(model: Any, tower: Literal["image", "text"], path: Path) -> None:
    """A tower in the form of rclip's file: normalised floats or tokens in, vectors out."""
    torch: Any = import_repaired("torch")

    class Tower(torch.nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, batch: Any) -> Any:
            encode = self.model.encode_image if tower == "image" else self.model.encode_text
            return encode(batch)

    side = model.visual.image_size[0]
    tokens = torch.zeros((2, model.context_length), dtype=torch.int64)
    write_graph(
        MODEL,
        Tower(),
        (torch.rand(2, 3, side, side) if tower == "image" else tokens,),
        path,
        inputs=["input"],
        outputs=["output"],
        quantise=lambda model: None,
    )


def as_rclip(path: Path) -> Embed:
    """rclip's session and preparation, or the same settings where it is not installed."""
    pool = ThreadPoolExecutor(processors())
    run, prepare = rclip_parts(path)

    def embed(pictures: Sequence[Pixels]) -> Vectors:
        ready = pool.map(prepare, [Image.fromarray(one) for one in pictures])
        return np.concatenate([run(batch) for batch in batches(ready, RCLIP_BATCH)])

    return embed


def rclip_parts(path: Path) -> tuple[Callable[[list[Any]], Vectors], Callable[[Image.Image], Any]]:
    """From prepared pictures to unit vectors, and from a picture to a prepared one."""
    if importlib.util.find_spec("rclip"):
        from rclip import model, model_download
        from rclip.utils.preprocess import preprocess

        theirs = model.Model()
        theirs._session_visual_var = model_download._load_onnx_session(str(path))
        return theirs.compute_preprocessed_image_features, preprocess
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = processors()
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])

    def run(prepared: list[Any]) -> Vectors:
        (vectors,) = session.run(None, {"input": np.stack(prepared)})
        unit: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return unit

    def prepare(picture: Image.Image) -> Any:
        mean = np.array([0.48145466, 0.4578275, 0.40821073], np.float32)
        std = np.array([0.26862954, 0.26130258, 0.27577711], np.float32)
        side = session.get_inputs()[0].shape[2]
        how = Preprocessing(
            (side, side), (side, side), "shortest", "bicubic", 0, (0,) * 3, (1,) * 3
        )
        scaled = how.apply(np.asarray(picture)).astype(np.float32) / 255
        return ((scaled - mean) / std).transpose(2, 0, 1)

    return run, prepare


def batches(source: Iterator[Any], size: int) -> Iterator[list[Any]]:
    """Lists of `size` and a rest."""
    held: list[Any] = []
    for one in source:
        held.append(one)
        if len(held) == size:
            yield held
            held = []
    if held:
        yield held


def as_clip_retrieval(model: Any) -> Embed:
    """torch in 32 bits, fed by a DataLoader with workers."""
    torch, transforms = import_repaired("torch"), import_repaired("open_clip.transform")
    config = import_repaired("open_clip").get_model_preprocess_cfg(model)
    transform = transforms.image_transform_v2(transforms.PreprocessCfg(**config), is_train=False)

    class Pictures(torch.utils.data.Dataset):  # type: ignore[misc, name-defined]
        def __init__(self, pictures: Sequence[Pixels]) -> None:
            self.pictures = pictures

        def __len__(self) -> int:
            return len(self.pictures)

        def __getitem__(self, at: int) -> Any:
            return transform(Image.fromarray(self.pictures[at]))

    def embed(pictures: Sequence[Pixels]) -> Vectors:
        loader = torch.utils.data.DataLoader(
            Pictures(pictures), TORCH_BATCH, num_workers=processors(), prefetch_factor=2
        )
        with torch.inference_mode():
            found = [model.encode_image(batch, normalize=True).numpy() for batch in loader]
        return np.concatenate(found)

    return embed
