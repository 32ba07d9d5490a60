"""Writing a torch module as an ONNX graph that is optimised once, and the one way to import torch.

torchvision's wheels are built against one build of torch. Beside another one (a CPU torch, say)
its compiled operators cannot load, and `import torchvision` then fails because it registers
kernels for operators that nobody declared. No encoder calls those operators, so declaring their
schemas is enough to make the import work. Everything that imports torchvision goes through
`import_repaired`.
"""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Callable, Sequence
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from index.encoders.runtime import Graph, Preprocessing
from index.errors import EncoderUnavailable
from index.processors import processors

if TYPE_CHECKING:
    from torch import Tensor
    from torch.nn import Module


_SCHEMA = "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"
_declared: list[Any] = []
"""Keeps the declaring Library alive: its schemas vanish with it."""


def import_repaired(name: str) -> ModuleType:
    """Import torch, or a package that needs torch or torchvision, with the repair in place."""
    _repair()
    return import_module(name)


@cache
def _repair() -> None:
    torch: Any = import_module("torch")
    spec = find_spec("torchvision")
    if spec is None or spec.origin is None:
        return
    if not _loads_operators(torch, Path(spec.origin).parent):
        library = torch.library.Library("torchvision", "DEF")
        for operator in ("nms", "qnms"):
            library.define(operator + _SCHEMA)
        _declared.append(library)


def _loads_operators(torch: Any, package: Path) -> bool:
    for compiled in sorted(package.glob("_C*")):
        try:
            torch.ops.load_library(str(compiled))
        except (ImportError, OSError):
            continue
        return True
    return False


Array = npt.NDArray[np.float32]

_OPSET = 18
_TOLERANCE = 1e-3
_LEAST_COSINE = 0.99
_CHOOSE_ANOTHER = "choose another model"


def write_graph(
    encoder: str,
    module: Module,
    example: tuple[Tensor, ...],
    path: Path,
    *,
    inputs: Sequence[str],
    outputs: Sequence[str],
    dynamic: Sequence[int] = (0,),
    quantise: Callable[[Any], None] | None = None,
) -> None:
    """Export `module` to `path`, with its operators fused for ONNX Runtime.

    The weights go into a `.bin` file beside it, which a session maps into memory instead of
    reading it through: a text query starts ten times sooner.

    Args:
        encoder: the encoder's id, for the message when the export fails.
        module: in evaluation mode, giving as many tensors as `outputs` has names.
        example: inputs of the right shapes.
        path: the `.onnx` file to write.
        inputs: names of the inputs, all with the same dynamic axes.
        outputs: names of the outputs, whose first axis is the batch.
        dynamic: the axes of the inputs that may vary.
        quantise: rewrites the ONNX model in place to work in 8 bits.

    Raises:
        EncoderUnavailable: torch cannot export the module, or the graph gives other numbers than
            the module, on a batch of another size than the one it was exported with. In 8 bits
            its rows must have a cosine of 0.99 to those of the module.
    """
    torch: Any = import_repaired("torch")
    axes = {name: {axis: f"axis{axis}" for axis in dynamic} for name in inputs}
    axes |= {name: {0: "axis0"} for name in outputs}
    fast_path = torch.backends.mha.get_fastpath_enabled()
    torch.backends.mha.set_fastpath_enabled(False)
    try:
        with (
            tempfile.TemporaryDirectory(dir=path.parent, prefix=".raw-") as temporary,
            warnings.catch_warnings(),
            torch.inference_mode(),
        ):
            warnings.simplefilter("ignore")
            raw = Path(temporary) / path.name
            torch.onnx.export(
                module.eval(),
                example,
                str(raw),
                input_names=list(inputs),
                output_names=list(outputs),
                dynamic_axes=axes,
                opset_version=_OPSET,
                dynamo=False,
            )
            if quantise is None:
                _optimise(raw, path)
            else:
                _quantise(raw, path, quantise)
            batch = [torch.cat([one, one[:1]]) for one in example]
            wanted = module(*batch)
            arrays = dict(zip(inputs, (one.numpy() for one in batch), strict=True))
            given = Graph(path, processors(), lay_out=quantise is not None).run(**arrays)
            wanted = wanted if isinstance(wanted, tuple) else (wanted,)
            exact = [one.numpy() for one in wanted]
            (_require_equal if quantise is None else _require_alike)(encoder, given, exact)
    except (torch.onnx.errors.OnnxExporterError, RuntimeError, TypeError) as error:
        reason = f"torch cannot export it ({str(error).strip().splitlines()[0]})"
        raise EncoderUnavailable(encoder, reason, _CHOOSE_ANOTHER) from error
    finally:
        torch.backends.mha.set_fastpath_enabled(fast_path)


def _require_equal(encoder: str, given: Sequence[Array], wanted: Sequence[Array]) -> None:
    for one, other in zip(given, wanted, strict=True):
        difference = float(np.abs(one - other).max())
        if not difference <= _TOLERANCE:
            reason = f"its exported graph is {difference:.2g} away from torch"
            raise EncoderUnavailable(encoder, reason, _CHOOSE_ANOTHER)


def _require_alike(encoder: str, given: Sequence[Array], wanted: Sequence[Array]) -> None:
    for one, other in zip(given, wanted, strict=True):
        lengths = np.linalg.norm(one, axis=1) * np.linalg.norm(other, axis=1)
        least = float(((one * other).sum(axis=1) / lengths).min())
        if not least >= _LEAST_COSINE:
            reason = f"in 8 bits its vectors have a cosine of only {least:.3f} to those in 32 bits"
            raise EncoderUnavailable(encoder, reason, "use it in 32 bits")


def _quantise(raw: Path, path: Path, quantise: Callable[[Any], None]) -> None:
    """Fold, and write in 8 bits; operators are fused when the file is opened."""
    import onnx

    folded = raw.with_name("folded.onnx")
    _optimise(raw, folded, fuse=False)
    model = onnx.load(str(folded))
    quantise(model)
    onnx.save_model(
        model,
        str(path),
        save_as_external_data=True,
        location=path.with_suffix(".bin").name,
        size_threshold=1024,
    )


def _optimise(raw: Path, path: Path, *, fuse: bool = True) -> None:
    """Fold and fuse, but choose no layout: the file may be read on another processor."""
    import onnxruntime

    levels = onnxruntime.GraphOptimizationLevel
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = (
        levels.ORT_ENABLE_EXTENDED if fuse else levels.ORT_ENABLE_BASIC
    )
    options.optimized_model_filepath = str(path)
    options.log_severity_level = 3
    for name, value in (
        ("file_name", path.with_suffix(".bin").name),
        ("min_size_in_bytes", "1024"),
    ):
        options.add_session_config_entry(
            f"session.optimized_model_external_initializers_{name}", value
        )
    onnxruntime.InferenceSession(str(raw), options, providers=["CPUExecutionProvider"])


def example_pixels(preprocessing: Preprocessing) -> Tensor:
    """Two images of noise of a model's input size, uint8 (2, height, width, 3)."""
    torch: Any = import_repaired("torch")
    generator = np.random.default_rng(7)
    shape = (2, *preprocessing.size, 3)
    pixels: Tensor = torch.from_numpy(generator.integers(0, 256, shape, dtype=np.uint8))
    return pixels


def from_pixels(tower: Module, preprocessing: Preprocessing) -> Module:
    """Put scaling, normalising and channel order in front of an image tower.

    The module returned takes uint8 of shape (n, height, width, 3), a quarter of the bytes that
    floats would be.
    """
    torch: Any = import_repaired("torch")

    class FromPixels(torch.nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.tower = tower
            channels = (3, 1, 1)
            self.register_buffer("mean", torch.tensor(preprocessing.mean).view(channels) * 255.0)
            self.register_buffer("std", torch.tensor(preprocessing.std).view(channels) * 255.0)

        def forward(self, pixels: Tensor) -> Any:
            planes = pixels.permute(0, 3, 1, 2).to(torch.float32)
            return self.tower((planes - self.mean) / self.std)

    module: Module = FromPixels()
    return module
