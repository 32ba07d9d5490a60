"""Finds the model and the weights that an open_clip spec names, and says what is wrong with it.

Only a spec that names pretrained weights may reach the network, and only for those.
"""

from __future__ import annotations

import socket
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from index.encoders.cache import digest_file, digest_record
from index.encoders.clip import PREFIX
from index.encoders.export import import_repaired
from index.encoders.protocol import Precision, with_precision
from index.encoders.runtime import EXPORT_VERSION
from index.errors import EncoderUnavailable, InputError
from index.io.nearest_name import nearest_name

_FORMATS = (".safetensors", ".pt", ".pth", ".bin", ".ckpt")
_PATIENCE = 5.0


@dataclass(frozen=True)
class ClipSpec:
    """A model of open_clip and where its weights come from: a tag or a file, never both.

    Attributes:
        model: open_clip's name for the architecture.
        tag: open_clip's name for downloadable weights, or None.
        weights: a file of weights, or None.
        precision: of the image tower.
    """

    model: str
    tag: str | None
    weights: Path | None
    precision: Precision = "fp32"

    @classmethod
    def parse(cls, spec: str, weights: Path | None, precision: Precision = "fp32") -> ClipSpec:
        """Read `open_clip:MODEL` or `open_clip:MODEL/PRETRAINED`.

        Raises:
            InputError: the model is not one of open_clip's, or the file cannot be weights.
            EncoderUnavailable: neither a tag nor a file says where the weights come from.
        """
        model, _, tag = spec.removeprefix(PREFIX).partition("/")
        known = model_names()
        if model not in known:
            near = nearest_name(spec.removeprefix(PREFIX), known)
            hint = f"did you mean {PREFIX}{near}?" if near else "see open_clip.list_models()"
            raise InputError(f"open_clip has no model {model!r}", hint=hint)
        if weights is not None:
            if tag:
                hint = f"leave out /{tag} or --weights"
                raise InputError(f"{spec} and --weights both name weights", hint=hint)
            _check_file(weights)
        elif not tag:
            raise EncoderUnavailable(
                spec,
                "nothing says where its weights are",
                f"give a file with --weights FILE, or name weights to download: {spec}/PRETRAINED",
            )
        return cls(model, tag or None, weights, precision)

    @property
    def id(self) -> str:
        """The spec as it is written into an index."""
        plain = f"{PREFIX}{self.model}/{self.tag}" if self.tag else f"{PREFIX}{self.model}"
        return with_precision(plain, self.precision)

    @property
    def key(self) -> str:
        """Names these weights without reading them, so that what they gave can be looked up."""
        place: list[str | int] = []
        if self.weights is not None:
            now = self.weights.stat()
            place = [str(self.weights.resolve()), now.st_size, now.st_mtime_ns]
        return digest_record({"id": self.id, "version": EXPORT_VERSION, "weights": place})

    @cached_property
    def checkpoint(self) -> Path:
        """The file of weights, downloaded first where a tag names it.

        Raises:
            InputError: open_clip has no such tag for this model.
            EncoderUnavailable: the download failed.
        """
        if self.weights is not None:
            return self.weights
        pretrained = import_repaired("open_clip.pretrained")
        source = pretrained.get_pretrained_cfg(self.model, self.tag)
        if not source:
            tags = pretrained.list_pretrained_tags_by_model(self.model)
            hint = f"it has {', '.join(tags)}" if tags else "give a file with --weights FILE"
            raise InputError(f"{self.model} has no pretrained weights {self.tag!r}", hint=hint)
        origin = source.get("hf_hub") or source.get("url")
        with self.network() as online:
            try:
                return Path(pretrained.download_pretrained(source))
            except Exception as error:  # whatever the network, the hub or the disk came up with
                why = _first_line(error) if online else "the hub cannot be reached"
                raise EncoderUnavailable(
                    self.id,
                    f"its weights could not be downloaded from {origin} ({why})",
                    f"download them elsewhere and use {PREFIX}{self.model} --weights FILE",
                ) from error

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the weights."""
        return digest_file(self.checkpoint)

    def create(self) -> Any:
        """The model in evaluation mode, with its weights, in fp32.

        Raises:
            InputError: the weights are damaged, unsafe or another model's.
            EncoderUnavailable: a part of the model cannot be had without the network.
        """
        open_clip = import_repaired("open_clip")
        source = dict(self.source)
        quick_gelu = bool(self.tag and source.pop("quick_gelu", False))
        try:
            with self.network():
                model = open_clip.create_model(
                    self.model,
                    pretrained=str(self.checkpoint),
                    weights_only=True,
                    force_quick_gelu=quick_gelu,
                    force_preprocess_cfg=source,
                )
        except OSError as error:
            raise self.needs_network(error) from error
        except Exception as error:
            problem, hint = _explain(error, self.model)
            raise InputError(problem, path=self.checkpoint, hint=hint) from error
        return model.eval()

    def needs_network(self, error: Exception) -> EncoderUnavailable:
        """For a part, such as a tokenizer, that open_clip fetches from the hub."""
        return EncoderUnavailable(
            self.id,
            f"a part of it comes from the Hugging Face hub and is not here ({_first_line(error)})",
            f"run once with network and {PREFIX}{self.model}/PRETRAINED, or choose another model",
        )

    @contextmanager
    def network(self) -> Iterator[bool]:
        """Forbid the hub inside the block unless this spec names weights to download.

        Gives whether the hub may be asked. A hub that cannot be reached is forbidden as well: its
        client would go on trying for a minute before it looked into its own cache.
        """
        constants: Any = import_module("huggingface_hub.constants")
        before: bool = constants.HF_HUB_OFFLINE
        online = not before and self.tag is not None and _is_reachable(constants.ENDPOINT)
        constants.HF_HUB_OFFLINE = not online
        try:
            yield online
        finally:
            constants.HF_HUB_OFFLINE = before

    @cached_property
    def source(self) -> dict[str, Any]:
        """What open_clip knows of the weights: the tag's, or all tags' of the model if they agree.

        A file says nothing of how its images were normalised, but every published training of
        SigLIP, say, did it alike, and not as OpenAI did.
        """
        pretrained = import_repaired("open_clip.pretrained")
        tags = [self.tag] if self.tag else pretrained.list_pretrained_tags_by_model(self.model)
        fields = ("mean", "std", "interpolation", "resize_mode", "quick_gelu")
        sources = [
            {field: value for field in fields if (value := source.get(field)) is not None}
            for source in (pretrained.get_pretrained_cfg(self.model, tag) for tag in tags)
        ]
        return sources[0] if sources and all(one == sources[0] for one in sources) else {}


def model_names() -> list[str]:
    """open_clip's architectures, read from its folder: importing it takes seconds."""
    spec = find_spec("open_clip")
    if spec is None or spec.origin is None:
        raise EncoderUnavailable(
            PREFIX, "open_clip is not installed", "pip install open-clip-torch"
        )
    return sorted(path.stem for path in (Path(spec.origin).parent / "model_configs").glob("*.json"))


def _check_file(weights: Path) -> None:
    if not weights.is_file():
        raise InputError("there is no such file", path=weights, hint="check --weights")
    if weights.suffix not in _FORMATS:
        raise InputError(
            "this is not a file of weights",
            path=weights,
            hint=f"use {', '.join(_FORMATS)}",
        )


def _explain(error: Exception, model: str) -> tuple[str, str]:
    """What is wrong with a file of weights, and its remedy; torch would advise to run its code."""
    text = str(error)
    if "loading state_dict" in text:
        return f"its tensors are not those of {model}", "name the model it was saved from"
    unsafe = "Weights only load failed" in text and "Unsupported operand" not in text
    if unsafe or "TorchScript" in text:
        return (
            "it holds more than tensors and could run code, so it is not loaded",
            "save its state dict as .safetensors",
        )
    return "it is damaged or not a file of weights", "fetch it again"


def _is_reachable(address: str) -> bool:
    if urllib.request.getproxies():
        return True  # only the proxy knows
    parts = urllib.parse.urlsplit(address)
    port = parts.port or (80 if parts.scheme == "http" else 443)
    try:
        socket.create_connection((parts.hostname or "", port), timeout=_PATIENCE).close()
    except OSError:
        return False
    return True


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__
