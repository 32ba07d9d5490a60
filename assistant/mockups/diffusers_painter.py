"""The diffusers painter: text-to-image, image-to-image, IP-Adapter and ControlNet.

Seen to run: Stable Diffusion 1.5, XL and 3, and Flux, each on a tiny network with random weights.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.mockups.diffusers_loading import (
    PaintOptions,
    edges,
    find_model,
    hash_model,
    import_diffusers,
    load_pipeline,
    look_at_machine,
)
from assistant.mockups.errors import PainterUnavailable
from assistant.mockups.layout import draw_comp
from assistant.mockups.marks import stamp
from assistant.mockups.prompt import LIMITS, SENTENCES, TAGS
from assistant.mockups.records import Job, Painting
from assistant.mockups.tokens import CLIP_LIMIT
from index.encoders.export import import_repaired
from index.errors import InputError

if TYPE_CHECKING:
    from PIL.Image import Image

    from index.records import Progress

NAME = "diffusers"
MODEL = "stabilityai/stable-diffusion-xl-base-1.0"
GUIDES = ("none", "layout", "exemplar")
_FEW_STEPS = ("turbo", "lcm", "lightning", "hyper", "schnell")


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

    @cached_property
    def kind(self) -> str:
        """Tags where every text encoder is of the CLIP kind, else sentences."""
        encoders = [
            type(part).__name__
            for name, part in self._base.components.items()
            if name.startswith("text_encoder") and part is not None
        ]
        return TAGS if all(name.startswith("CLIP") for name in encoders) else SENTENCES

    @property
    def token_limit(self) -> int:
        """What the model's own tokenizer, or the pipeline that calls it, takes."""
        if self.kind == TAGS:
            tokenizer = getattr(self._base, "tokenizer", None)
            return min(CLIP_LIMIT, int(getattr(tokenizer, "model_max_length", CLIP_LIMIT)))
        taken = _parameters(self._base).get("max_sequence_length")
        own = LIMITS[SENTENCES] if taken is None else taken.default
        return min(LIMITS[SENTENCES], int(own)) if isinstance(own, int) else LIMITS[SENTENCES]

    @cached_property
    def _machine(self) -> Any:
        return look_at_machine()

    @cached_property
    def _base(self) -> Any:
        return load_pipeline(self._folder, self._id, self._machine)

    def paint(self, job: Job, progress: Progress) -> Painting:
        """Paint one job from its prompt, and report every step."""
        torch: Any = import_repaired("torch")
        options, (steps, guidance) = self._options, self._steps()
        width, height = self._size(job)
        kind, extra = self._guided(job, (width, height))
        pipeline = self._pipeline(kind, adapted="ip_adapter_image" in extra)

        def after_step(_: Any, step: int, __: Any, tensors: dict[str, Any]) -> dict[str, Any]:
            progress(job.name, step + 1, getattr(pipeline, "num_timesteps", steps))
            return tensors

        whole = {
            **self._texts(job, pipeline),
            "num_inference_steps": steps,
            "guidance_scale": guidance,
            "generator": torch.Generator("cpu").manual_seed(job.seed),
            "callback_on_step_end": after_step,
            "width": width,
            "height": height,
            **extra,
        }
        taken = _parameters(pipeline)
        done = pipeline(**{name: value for name, value in whole.items() if name in taken})
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
        negative = "negative_prompt" in taken and "true_cfg_scale" not in taken
        notes = self._notes(done, job, negative=negative and guidance > 1)
        return Painting(marked, picture, settings, notes)

    def _texts(self, job: Job, pipeline: Any) -> dict[str, str]:
        """The prompt for each text encoder: tags for those of the CLIP kind, else sentences."""
        texts = {"prompt": job.prompt.text, "negative_prompt": job.prompt.negative_text}
        places = [name for name in ("prompt_2", "prompt_3") if name in _parameters(pipeline)]
        if self.kind == SENTENCES and places:
            texts |= dict.fromkeys(("prompt", *places[:-1]), job.tags.text)
            texts[places[-1]] = job.prompt.text
        return texts

    def _notes(self, done: Any, job: Job, *, negative: bool) -> tuple[str, ...]:
        notes = []
        flagged = getattr(done, "nsfw_content_detected", None)
        if flagged and flagged[0]:
            notes.append("the model's safety checker blacked this picture out")
        if getattr(self._base, "safety_checker", None) is None:
            notes.append("this model brings no safety checker; the maturity flags are the check")
        if not negative:
            notes.append("the negative prompt has no effect with this model and guidance")
        wants = self._options.guide == "exemplar" or self._options.ip_adapter is not None
        if wants and job.guide is None:
            notes.append("no exemplar's rights permit showing it to a model: painted without one")
        return tuple(notes)

    def _steps(self) -> tuple[int, float]:
        scheduler = type(self._base.scheduler).__name__.casefold()
        few = any(word in self._id.casefold() for word in _FEW_STEPS) or "lcm" in scheduler
        steps, guidance = self._options.steps, self._options.guidance
        if guidance is None:
            own = _parameters(self._base).get("guidance_scale")
            guidance = 0.0 if few or own is None else float(own.default)
        return steps or (4 if few else 30), guidance

    def _size(self, job: Job) -> tuple[int, int]:
        base = self._base
        network = getattr(base, "unet", None)
        step = 8 if network is not None else 16
        if self._options.size is not None:
            width, height = self._options.size
            if width % step or height % step:
                raise InputError(
                    f"the size {width}x{height} is not made of multiples of {step}",
                    hint=f"use {round(width / step) * step}x{round(height / step) * step}",
                )
            return width, height
        sample = getattr(base, "default_sample_size", None)
        if network is not None:
            sample = network.config.sample_size
        side = (sample if isinstance(sample, int) else 64) * base.vae_scale_factor
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
            return "controlnet", {**extra, "image": edges(_comp(job, size))}
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
        if kind == "controlnet" and not hasattr(self._base, "unet"):
            what = type(self._base).__name__
            hint = "use a Stable Diffusion 1.5, 2.x or XL model, or leave --controlnet out"
            raise PainterUnavailable(str(self._options.controlnet), f"{what} takes none", hint)
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
        if not hasattr(pipeline, "unet"):
            hint = "use a Stable Diffusion 1.5, 2.x or XL model, or leave --ip-adapter out"
            what = type(pipeline).__name__
            raise PainterUnavailable(str(adapter), f"{what} takes none here", hint)
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


def _parameters(pipeline: Any) -> Mapping[str, inspect.Parameter]:
    """What a pipeline's call takes."""
    return inspect.signature(pipeline.__call__).parameters


def _comp(job: Job, size: tuple[int, int]) -> Image:
    shape = job.canvas.model_copy(update={"size": size})
    return draw_comp(
        job.brief, job.aims, shape, seed=job.seed, turn=job.turn, guidance=job.guidance, mark=False,
        letters=False, gauge=job.gauge,
    ).clean  # fmt: skip


def _open(path: Path, size: tuple[int, int]) -> Image:
    """A past artwork cut to a shape around its middle."""
    from PIL import Image as Images
    from PIL import ImageOps

    from index.io.images import read_image

    picture = Images.fromarray(read_image(path, max_side=2 * max(size)).pixels)
    return ImageOps.fit(picture, size, Images.Resampling.LANCZOS)
