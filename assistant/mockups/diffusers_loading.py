"""Loading a diffusion model: safetensors only, no remote code, fitted to the machine."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.mockups.errors import PainterUnavailable
from index.encoders.export import import_repaired
from index.errors import MissingExtra

if TYPE_CHECKING:
    from PIL.Image import Image

ROOMY = 1.4
"""Memory of a GPU over the size of the weights from which they all stay on it."""
_SLICED_BELOW = 8 * 2**30
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class PaintOptions:
    """What a user may choose.

    Attributes:
        steps: denoising steps; 4 for distilled models, else 30.
        guidance: 0 for distilled models, else what the pipeline itself takes.
        size: width and height in pixels; by default the canvas's shape at the model's own size.
        guide: image-to-image from a `layout` comp or a permitted `exemplar`, or `none`.
        strength: how far image-to-image may leave its picture, 0…1.
        ip_adapter: folder or file of IP-Adapter weights; it looks at a permitted exemplar.
        controlnet: folder or hub id of a ControlNet for edges; it follows a layout comp.
    """

    steps: int | None = None
    guidance: float | None = None
    size: tuple[int, int] | None = None
    guide: str = "none"
    strength: float = 0.6
    ip_adapter: Path | None = None
    controlnet: str | None = None


@dataclass(frozen=True, slots=True)
class Machine:
    """What the machine offers.

    Attributes:
        device: cuda, mps or cpu.
        dtype: name of the torch dtype that weights are held in.
        memory: bytes on the GPU; None elsewhere.
    """

    device: str
    dtype: str
    memory: int | None


def look_at_machine() -> Machine:
    """The best device there is and the widest type that it works fast in."""
    torch: Any = import_repaired("torch")
    if torch.cuda.is_available():
        dtype = "bfloat16" if torch.cuda.is_bf16_supported() else "float16"
        return Machine("cuda", dtype, int(torch.cuda.get_device_properties(0).total_memory))
    if torch.backends.mps.is_available():
        return Machine("mps", "float16", None)
    return Machine("cpu", "float32", None)


def import_diffusers() -> Any:
    """The diffusers package.

    Raises:
        MissingExtra: it is not installed.
    """
    if find_spec("diffusers") is None or find_spec("accelerate") is None:
        raise MissingExtra("the diffusers painter", "mockups")
    import_repaired("torch")
    diffusers = import_repaired("diffusers")
    diffusers.utils.logging.set_verbosity_error()
    diffusers.utils.logging.disable_progress_bar()
    import_repaired("transformers").utils.logging.disable_progress_bar()
    return diffusers


def find_model(model: str) -> Path:
    """The folder of a model: itself a folder, or a hub id that is cached or can be fetched.

    Raises:
        PainterUnavailable: neither; says what was tried.
    """
    folder = Path(model)
    if folder.is_dir():
        if not (folder / "model_index.json").is_file():
            raise PainterUnavailable(
                model,
                "the folder has no model_index.json",
                "name a folder that diffusers' save_pretrained wrote",
            )
        return folder
    diffusers = import_diffusers()
    local = "name a local folder instead: --model FOLDER, as save_pretrained writes it"
    if model.count("/") != 1 or model.startswith((".", "/", "~")):
        raise PainterUnavailable(model, "there is no such folder and it is no hub id", local)
    try:
        found = diffusers.DiffusionPipeline.download(model, use_safetensors=True)
    # The hub's client and diffusers raise many kinds for what is one thing to a user.
    except Exception as error:
        reason = " ".join(str(error).split())[:300] or type(error).__name__
        tried = f"tried the folder {folder.resolve()}, the local hub cache and the hub ({reason})"
        raise PainterUnavailable(model, tried, local) from error
    return Path(found)


def load_pipeline(folder: Path, model: str, machine: Machine) -> Any:
    """The text-to-image pipeline in a folder, on the machine's device.

    The pipeline's own safety checker is kept wherever the model brings one.

    Raises:
        PainterUnavailable: it is no text-to-image model, or its weights are not safetensors.
    """
    diffusers, torch = import_diffusers(), import_repaired("torch")
    try:
        pipeline = diffusers.AutoPipelineForText2Image.from_pretrained(
            folder,
            use_safetensors=True,
            local_files_only=True,
            dtype=getattr(torch, machine.dtype),
        )
    # A damaged or foreign folder makes the loaders raise almost anything.
    except Exception as error:
        reason = " ".join(str(error).split())[:300] or type(error).__name__
        hint = "give a text-to-image model whose weights are .safetensors"
        raise PainterUnavailable(
            model, f"cannot be loaded from {folder}: {reason}", hint
        ) from error
    pipeline.set_progress_bar_config(disable=True)
    settle(pipeline, machine, weight_bytes(folder))
    return pipeline


def settle(pipeline: Any, machine: Machine, size: int) -> str:
    """Put a pipeline on the device, sliced or offloaded where memory is short; says which."""
    if machine.device == "cuda" and machine.memory is not None and machine.memory < ROOMY * size:
        pipeline.enable_attention_slicing()
        pipeline.enable_model_cpu_offload()
        return "offloaded, attention sliced"
    pipeline.to(machine.device)
    short = machine.memory is not None and machine.memory < _SLICED_BELOW
    if machine.device == "mps" or short:
        pipeline.enable_attention_slicing()
        return "attention sliced"
    return "whole"


def weight_bytes(folder: Path) -> int:
    """Size of all safetensors below a folder."""
    return sum(file.stat().st_size for file in folder.rglob("*.safetensors"))


def hash_model(folder: Path) -> str:
    """Hex BLAKE2b-128 of all weights and settings below a folder, and of their names."""
    digest = hashlib.blake2b(digest_size=16)
    for file in sorted(folder.rglob("*")):
        if file.suffix in {".safetensors", ".json", ".txt"} and file.is_file():
            digest.update(file.relative_to(folder).as_posix().encode())
            with file.open("rb") as content:
                while block := content.read(_BLOCK):
                    digest.update(block)
    return digest.hexdigest()


def edges(picture: Image) -> Image:
    """White Canny edges on black, as ControlNets for edges were trained on."""
    import cv2
    import numpy as np
    from PIL import Image as Images

    found = cv2.Canny(np.asarray(picture.convert("L")), 100, 200)
    return Images.fromarray(np.stack([found] * 3, axis=-1))
