"""The diffusers painter: text-to-image, image-to-image, IP-Adapter and ControlNet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.mockups.diffusers_loading import (
    find_model,
    hash_model,
    import_diffusers,
    load_pipeline,
    look_at_machine,
)
from assistant.mockups.errors import PainterUnavailable
from assistant.mockups.layout import draw_comp
from assistant.mockups.records import Job, Painting
from assistant.mockups.stamp import stamp
from assistant.mockups.tokens import LIMIT
from index.encoders.export import import_repaired
from index.errors import InputError

if TYPE_CHECKING:
    from PIL.Image import Image

    from index.records import Progress

NAME = "diffusers"
MODEL = "stabilityai/stable-diffusion-xl-base-1.0"
GUIDES = ("none", "layout", "exemplar")
_FEW_STEPS = ("turbo", "lcm", "lightning", "hyper", "schnell")


@dataclass(frozen=True, slots=True)
class PaintOptions:
    """What a user may choose.

    Attributes:
        steps: denoising steps; 4 for distilled models, else 30.
        guidance: classifier-free guidance; 0 for distilled models, else 7.
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


class DiffusersPainter:
    """Paints with a diffusion model; the model is loaded once, on first use.

    Args:
        model: a local folder or a hub id.
        options: see PaintOptions.
        mark: whether to print “inspiration” on the pictures.

    Raises:
        MissingExtra: diffusers is not installed.
        PainterUnavailable: the model cannot be had.
    """

    name = NAME
    every_canvas = False

    def __init__(
        self, model: str = MODEL, options: PaintOptions | None = None, *, mark: bool = True
    ) -> None:
        import_diffusers()
        self._id, self._mark, self._options = model, mark, options or PaintOptions()
        self._folder = find_model(model)
        self._pipelines: dict[str, Any] = {}
        self._adapted = False

    @cached_property
    def model(self) -> Mapping[str, str]:
        """Id, hash of the weights, and the pipeline's class."""
        return {
            "id": Path(self._id).name if Path(self._id).is_dir() else self._id,
            "hash": hash_model(self._folder),
            "pipeline": type(self._base).__name__,
        }

    @property
    def token_limit(self) -> int:
        """What the model's own tokenizer takes."""
        tokenizer = getattr(self._base, "tokenizer", None)
        return min(LIMIT, int(getattr(tokenizer, "model_max_length", LIMIT)))

    @cached_property
    def _machine(self) -> Any:
        return look_at_machine()

    @cached_property
    def _base(self) -> Any:
        return load_pipeline(self._folder, self._id, self._machine)

    def paint(self, job: Job, progress: Progress) -> Painting:
        """Paint one job from its prompt; told of every step."""
        torch: Any = import_repaired("torch")
        options, (steps, guidance) = self._options, self._steps()
        width, height = self._size(job)
        kind, extra = self._guided(job, (width, height))
        pipeline = self._pipeline(kind, adapted="ip_adapter_image" in extra)

        def after_step(_: Any, step: int, __: Any, tensors: dict[str, Any]) -> dict[str, Any]:
            progress(job.name, step + 1, getattr(pipeline, "num_timesteps", steps))
            return tensors

        done = pipeline(
            prompt=job.prompt.text,
            negative_prompt=job.prompt.negative_text,
            num_inference_steps=steps,
            guidance_scale=guidance,
            generator=torch.Generator("cpu").manual_seed(job.seed),
            callback_on_step_end=after_step,
            **extra,
            **({} if "image" in extra and kind == "image" else {"width": width, "height": height}),
        )
        picture: Image = done.images[0].convert("RGB")
        settings = {
            "steps": steps,
            "guidance": guidance,
            "size": [picture.width, picture.height],
            "scheduler": type(pipeline.scheduler).__name__,
            "device": self._machine.device,
            "dtype": self._machine.dtype,
            "guide": self._options.guide,
            "ip_adapter": self._options.ip_adapter is not None and "ip_adapter_image" in extra,
            "controlnet": options.controlnet and Path(options.controlnet).name,
            **({"strength": self._options.strength} if kind == "image" else {}),
        }
        marked = stamp(picture) if self._mark else picture
        return Painting(marked, picture, settings, self._notes(done, job, guidance))

    def _notes(self, done: Any, job: Job, guidance: float) -> tuple[str, ...]:
        notes = []
        flagged = getattr(done, "nsfw_content_detected", None)
        if flagged and flagged[0]:
            notes.append("the model's safety checker blacked this picture out")
        if getattr(self._base, "safety_checker", None) is None:
            notes.append("this model brings no safety checker; the maturity flags are the check")
        if guidance <= 1:
            notes.append("guidance of 1 or less: the negative prompt has no effect")
        wants = self._options.guide == "exemplar" or self._options.ip_adapter is not None
        if wants and job.guide is None:
            notes.append("no exemplar's rights permit showing it to a model: painted without one")
        return tuple(notes)

    def _steps(self) -> tuple[int, float]:
        scheduler = type(self._base.scheduler).__name__.casefold()
        few = any(word in self._id.casefold() for word in _FEW_STEPS) or "lcm" in scheduler
        steps, guidance = self._options.steps, self._options.guidance
        return steps or (4 if few else 30), (0.0 if few else 7.0) if guidance is None else guidance

    def _size(self, job: Job) -> tuple[int, int]:
        step = 8
        if self._options.size is not None:
            width, height = self._options.size
            if width % step or height % step:
                raise InputError(
                    f"the size {width}x{height} is not made of multiples of {step}",
                    hint=f"use {round(width / step) * step}x{round(height / step) * step}",
                )
            return width, height
        side = self._base.unet.config.sample_size * self._base.vae_scale_factor
        aspect = job.canvas.aspect
        sides = side * aspect**0.5, side / aspect**0.5
        width, height = (max(step, round(length / step) * step) for length in sides)
        return width, height

    def _guided(self, job: Job, size: tuple[int, int]) -> tuple[str, dict[str, Any]]:
        """Which pipeline, and what it looks at beside the prompt."""
        options, extra = self._options, dict[str, Any]()
        if options.ip_adapter is not None and job.guide is not None:
            extra["ip_adapter_image"] = _open(job.guide.path, (224, 224))
        if options.controlnet is not None:
            return "controlnet", {**extra, "image": _edges(_comp(job, size))}
        if options.guide == "layout":
            return "image", {**extra, "image": _comp(job, size), "strength": options.strength}
        if options.guide == "exemplar" and job.guide is not None:
            picture = _open(job.guide.path, size)
            return "image", {**extra, "image": picture, "strength": options.strength}
        return "text", extra

    def _pipeline(self, kind: str, *, adapted: bool) -> Any:
        """The pipeline of a kind; all share one set of weights, and an adapter if one is on."""
        if adapted != self._adapted:
            if adapted and self._options.ip_adapter is not None:
                self._load_adapter(self._base, self._options.ip_adapter)
            else:
                self._base.unload_ip_adapter()
            self._adapted = adapted
            self._pipelines.clear()
        if kind not in self._pipelines:
            self._pipelines[kind] = self._made(kind)
        return self._pipelines[kind]

    def _made(self, kind: str) -> Any:
        diffusers, torch = import_diffusers(), import_repaired("torch")
        options, pipeline = self._options, self._base
        try:
            if kind == "image":
                pipeline = diffusers.AutoPipelineForImage2Image.from_pipe(pipeline)
            elif kind == "controlnet":
                net = diffusers.ControlNetModel.from_pretrained(
                    options.controlnet,
                    use_safetensors=True,
                    dtype=getattr(torch, self._machine.dtype),
                )
                net.to(self._machine.device)
                pipeline = diffusers.AutoPipelineForText2Image.from_pipe(pipeline, controlnet=net)
        # The loaders raise almost anything for a model that does not fit.
        except Exception as error:
            what = options.controlnet or self._id
            reason = " ".join(str(error).split())[:300] or type(error).__name__
            hint = "give one that was made for this model, with .safetensors weights"
            raise PainterUnavailable(what, f"cannot be used: {reason}", hint) from error
        pipeline.set_progress_bar_config(disable=True)
        return pipeline

    def _load_adapter(self, pipeline: Any, adapter: Path) -> None:
        folder = adapter if adapter.is_dir() else adapter.parent
        files = sorted(folder.glob("*.safetensors")) if adapter.is_dir() else [adapter]
        if not files or not files[0].is_file() or files[0].suffix != ".safetensors":
            raise PainterUnavailable(
                str(adapter), "holds no .safetensors weights", "name the folder or file of them"
            )
        try:
            pipeline.load_ip_adapter(
                str(folder), subfolder="", weight_name=files[0].name, local_files_only=True
            )
        except Exception as error:
            reason = " ".join(str(error).split())[:300] or type(error).__name__
            hint = "give an IP-Adapter made for this model, its image_encoder folder beside it"
            raise PainterUnavailable(str(adapter), f"cannot be used: {reason}", hint) from error


def _comp(job: Job, size: tuple[int, int]) -> Image:
    shape = job.canvas.model_copy(update={"size": size})
    return draw_comp(job.brief, job.aims, shape, seed=job.seed, mark=False, letters=False).clean


def _edges(picture: Image) -> Image:
    """White Canny edges on black, as ControlNets for edges were trained on."""
    import cv2
    import numpy as np
    from PIL import Image as Images

    edges = cv2.Canny(np.asarray(picture.convert("L")), 100, 200)
    return Images.fromarray(np.stack([edges] * 3, axis=-1))


def _open(path: Path, size: tuple[int, int]) -> Image:
    """A past artwork cut to a shape around its middle."""
    from PIL import Image as Images
    from PIL import ImageOps

    from index.io.images import read_image

    picture = Images.fromarray(read_image(path, max_side=2 * max(size)).pixels)
    return ImageOps.fit(picture, size, Images.Resampling.LANCZOS)
