"""Most of EfficientNet-Lite2's convolutions in 8 bits.

Rounded weights shift the mean of what a convolution gives, because what it reads is never
negative and so has a mean far from zero. That shift is taken out of its bias (bias correction,
Nagel et al. 2019, arXiv:1906.04721). On 600 posters 95.4 of 100 nearest neighbours in the space
shared with texts stay with it, 94.8 without. The means, and how far values reach, come from
`starter_calibration.npz`, which `benchmarks/calibration.py` makes from drawings of the demo.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from index.encoders.int8 import SIGNED, STEPS, UNIT, Doubles, GraphEditor

CALIBRATION = Path(__file__).parent / "starter_calibration.npz"
_CEILING = 6.0
"""Of the activation function, ReLU6."""
_EXACT = (
    "conv_stem", "blocks.0.0", "blocks.1.0", "blocks.1.1", "blocks.1.2", "blocks.2.0", "blocks.2.1",
    "blocks.3.0/conv_pwl", "blocks.4.0", "blocks.5.0/conv_pwl", "blocks.6.0", "conv_head",
)  # fmt: skip
"""Convolutions left in 32 bits: those whose rounding, one at a time, moved the embeddings of
posters most. They are the first ones and those where the picture shrinks, where no shortcut
carries the exact values past."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What one convolution met in the calibration pictures.

    Attributes:
        means: of its input, per channel.
        reach_in, reach_out: largest magnitude of its input and of its output.
    """

    means: Doubles
    reach_in: float
    reach_out: float


def name_convolution(node: Any) -> str:
    """A convolution's block and place in it, such as `blocks.2.1/conv_dw`."""
    parts = [part for part in node.name.split("/") if part not in ("", "tower", "Conv")]
    return "/".join(part for part in parts if not part.startswith("blocks") or "." in part[7:])


def is_rounded(name: str) -> bool:
    """Whether a convolution of this name works in 8 bits."""
    return not name.startswith(_EXACT)


def read_calibration() -> dict[str, Seen]:
    """What `write_calibration` wrote for this package."""
    with np.load(CALIBRATION, allow_pickle=False) as kept:
        names = [name.removesuffix(":means") for name in kept.files if name.endswith(":means")]
        return {
            name: Seen(kept[f"{name}:means"].astype(np.float64), *map(float, kept[f"{name}:reach"]))
            for name in names
        }


def write_calibration(seen: Mapping[str, Seen], path: Path) -> None:
    """Keep what the rounded convolutions met."""
    arrays: dict[str, npt.NDArray[Any]] = {}
    for name, one in seen.items():
        arrays[f"{name}:means"] = one.means.astype(np.float16)
        arrays[f"{name}:reach"] = np.array([one.reach_in, one.reach_out], np.float32)
    np.savez_compressed(path, **arrays)  # type: ignore[arg-type]


def quantise_convolutions(model: Any) -> None:
    """Rewrite, in place, the convolutions that are not to stay exact."""
    editor, seen = GraphEditor(model), read_calibration()
    ceiling = editor.constant("int8/ceiling", np.float32(_CEILING / (2 * STEPS + 1)))
    floor = editor.constant("int8/floor", np.uint8(0))
    for node in editor.graph.node:
        if node.op_type == "Conv" and is_rounded(name_convolution(node)):
            _round_convolution(editor, node, seen[name_convolution(node)])
        elif node.op_type == "Clip" and _touches_rounded(editor, node):
            result = node.output[0]
            editor.keep(node, output=f"{result}/exact")
            editor.round_trip(f"{result}/exact", ceiling, floor, result)
        else:
            editor.keep(node)
    editor.finish()


def _round_convolution(editor: GraphEditor, node: Any, seen: Seen) -> None:
    source, result = node.input[0], node.output[0]
    name = f"{name_convolution(node)}/int8"
    weights, bias = (editor.weights[one].astype(np.float64) for one in node.input[1:3])
    means = seen.means
    scale = _CEILING / (2 * STEPS + 1)
    if not _is_activation(editor, source):
        unit = editor.constant(f"{name}/reach in", np.float32(1 / seen.reach_in))
        source = editor.add("Mul", [source, unit], f"{name}/unit")
        source = editor.round_trip(source, UNIT, SIGNED, f"{name}/rounded")
        weights, means, scale = weights * seen.reach_in, means / seen.reach_in, 1 / STEPS
    ends = not _is_activation(editor, editor.readers[result][0].output[0])
    if ends:
        weights, bias = weights / seen.reach_out, bias / seen.reach_out
    read, held = editor.hold_weights(weights, 0, f"{name}/weights")
    error = (held - weights).sum(axis=(2, 3))
    shift = error[:, 0] * means if error.shape[1] == 1 else error @ means
    inputs = [source, read, _hold_bias(editor, bias - shift, scale, name)]
    if not ends:
        editor.keep(node, inputs)
        return
    editor.keep(node, inputs, f"{name}/product")
    rounded = editor.round_trip(f"{name}/product", UNIT, SIGNED, f"{name}/result")
    back = editor.constant(f"{name}/reach out", np.float32(seen.reach_out))
    editor.add("Mul", [rounded, back], result)


def _hold_bias(editor: GraphEditor, bias: Doubles, scale: float, name: str) -> str:
    """In 32-bit integers of the products' own scale, as integer convolutions want it."""
    own = (np.float32(scale) * editor.weights[f"{name}/weights/scales"]).astype(np.float32)
    held = editor.constant(f"{name}/bias", np.rint(bias / own).astype(np.int32))
    scales = editor.constant(f"{name}/bias scales", own)
    return editor.add("DequantizeLinear", [held, scales], f"{name}/bias read", axis=0)


def _is_activation(editor: GraphEditor, tensor: str) -> bool:
    return tensor in editor.makers and editor.makers[tensor].op_type == "Clip"


def _touches_rounded(editor: GraphEditor, clip: Any) -> bool:
    around = [editor.makers.get(clip.input[0]), *editor.readers.get(clip.output[0], [])]
    return any(
        node is not None and node.op_type == "Conv" and is_rounded(name_convolution(node))
        for node in around
    )
