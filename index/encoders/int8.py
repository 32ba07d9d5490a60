"""Graphs whose matrix products work with 8-bit integers.

Graphs are written in ONNX's portable form: a pair of QuantizeLinear and DequantizeLinear stands
wherever a tensor is held in 8 bits, and ONNX Runtime fuses the operators between pairs into
integer ones when it opens the file (Jacob et al. 2018, arXiv:1712.05877, for the arithmetic).
Weights are signed and scaled per output channel, activations are unsigned and scaled per tensor.

A transformer's products need no pictures to calibrate on: every row of activations, one token of
one picture, is divided by its own largest magnitude before it is rounded and multiplied by it
afterwards (per-token scaling as in LLM.int8(), Dettmers et al. 2022, arXiv:2208.07339). So a
picture's vector depends on that picture alone, which ONNX Runtime's own dynamic quantisation, one
scale a batch, does not grant.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

Doubles = npt.NDArray[np.float64]

STEPS = 127
"""Steps to either side of zero."""
UNIT, SIGNED = "int8/unit", "int8/signed"
"""Scale and zero point of a tensor whose values lie in −1…1."""


class GraphEditor:
    """Collects the nodes and constants that replace those of a model.

    Args:
        model: the ONNX model, with its weights; changed by `finish`.
    """

    def __init__(self, model: Any) -> None:
        from onnx import numpy_helper

        self.graph = model.graph
        self.weights = {
            one.name: np.asarray(numpy_helper.to_array(one)) for one in self.graph.initializer
        }
        self.makers = {name: node for node in self.graph.node for name in node.output}
        self.readers: dict[str, list[Any]] = {}
        for node in self.graph.node:
            for name in node.input:
                self.readers.setdefault(name, []).append(node)
        self.nodes: list[Any] = []
        self.constant(UNIT, np.float32(1 / STEPS))
        self.constant(SIGNED, np.uint8(STEPS + 1))

    def constant(self, name: str, value: npt.ArrayLike) -> str:
        """Keep a constant; gives its name."""
        self.weights[name] = np.asarray(value)
        return name

    def add(self, operator: str, inputs: list[str], output: str, **attributes: Any) -> str:
        """Append a node; gives its output."""
        from onnx import helper

        self.nodes.append(helper.make_node(operator, inputs, [output], **attributes))
        return output

    def keep(self, node: Any, inputs: list[str] | None = None, output: str | None = None) -> None:
        """Append a node of the model, with other inputs or another output."""
        copied = type(node)()
        copied.CopyFrom(node)
        if inputs is not None:
            copied.input[:] = inputs
        if output is not None:
            copied.output[:] = [output]
        self.nodes.append(copied)

    def round_trip(self, tensor: str, scale: str, zero: str, output: str) -> str:
        """Append a pair that holds a tensor in 8 bits; gives what comes out of it."""
        held = self.add("QuantizeLinear", [tensor, scale, zero], f"{output}/held")
        return self.add("DequantizeLinear", [held, scale, zero], output)

    def hold_weights(self, values: npt.NDArray[Any], axis: int, name: str) -> tuple[str, Doubles]:
        """Keep weights in 8 bits, one scale for each index of `axis`.

        Gives the name under which a node reads them, and the values that it then reads.
        """
        other = tuple(at for at in range(values.ndim) if at != axis)
        reach = np.abs(values).max(axis=other, keepdims=True).astype(np.float64)
        scales = np.maximum(reach / STEPS, 1e-12)
        held = np.rint(values / scales)
        integers = self.constant(f"{name}/int8", held.astype(np.int8))
        flat = self.constant(f"{name}/scales", scales.ravel().astype(np.float32))
        read = self.add("DequantizeLinear", [integers, flat], f"{name}/read", axis=axis)
        return read, held * scales

    def finish(self) -> None:
        """Put the collected nodes and the constants they read into the model."""
        from onnx import numpy_helper

        read = {name for node in self.nodes for name in node.input}
        del self.graph.node[:], self.graph.initializer[:]
        self.graph.node.extend(self.nodes)
        self.graph.initializer.extend(
            numpy_helper.from_array(value, name)
            for name, value in self.weights.items()
            if name in read
        )


_LEAST_WEIGHTS = 2**14
"""Smaller products are not worth the rounding."""
_COLOURS = 3


def quantise_products(model: Any) -> None:
    """Rewrite, in place, every product of activations with a matrix of weights.

    Args:
        model: an image tower; its only input is (n, height, width, 3).
    """
    editor = GraphEditor(model)
    shape = editor.graph.input[0].type.tensor_type.shape.dim
    size = tuple(axis.dim_value for axis in shape[1:3])
    last = editor.constant("int8/last axis", np.array([-1], np.int64))
    least = editor.constant("int8/least", np.float32(1e-9))

    def multiply(source: str, matrix: Any, name: str, result: str) -> str:
        magnitude = editor.add("Abs", [source], f"{name}/magnitude")
        reach = editor.add("ReduceMax", [magnitude, last], f"{name}/reach", keepdims=1)
        reach = editor.add("Max", [reach, least], f"{name}/safe reach")
        unit = editor.add("Div", [source, reach], f"{name}/unit")
        rounded = editor.round_trip(unit, UNIT, SIGNED, f"{name}/rounded")
        weights, _ = editor.hold_weights(matrix, 1, f"{name}/weights")
        product = editor.add("MatMul", [rounded, weights], f"{name}/product")
        return editor.add("Mul", [product, reach], result)

    for node in editor.graph.node:
        source, result = node.input[0] if node.input else "", node.output[0]
        name = f"{result}/int8"
        if _cuts_patches(node, editor, size):
            kernel = editor.weights[node.input[1]]
            patches, back = _patches(editor, source, kernel.shape, size, name)
            matrix = kernel.reshape(len(kernel), -1).T
            product = multiply(patches, matrix, name, f"{name}/product of patches")
            if len(node.input) > 2:
                product = editor.add("Add", [product, node.input[2]], f"{name}/with bias")
            back(product, result)
        elif (matrix := _matrix(node, editor)) is None:
            editor.keep(node)
        elif node.op_type == "Gemm":
            scaled = multiply(source, matrix, name, f"{name}/scaled")
            editor.add("Add", [scaled, node.input[2]], result)
        else:
            multiply(source, matrix, name, result)
    editor.finish()


def _cuts_patches(node: Any, editor: GraphEditor, size: tuple[int, ...]) -> bool:
    """Whether a convolution cuts the picture into patches that do not overlap, none left over."""
    weights = editor.weights.get(node.input[1]) if node.op_type == "Conv" else None
    if weights is None or weights.ndim != 4 or weights.size < _LEAST_WEIGHTS:
        return False
    options = {one.name: list(one.ints) for one in node.attribute}
    side = list(weights.shape[2:])
    return (
        options.get("strides") == side
        and not any(options.get("pads", []))
        and weights.shape[1] == _COLOURS
        and all(whole and whole % part == 0 for whole, part in zip(size, side, strict=True))
    )


def _patches(
    editor: GraphEditor,
    source: str,
    kernel: tuple[int, ...],
    size: tuple[int, ...],
    name: str,
) -> tuple[str, Callable[[str, str], str]]:
    """A picture's patches as rows, and what makes channel planes of as many rows again."""
    down, along = kernel[2:]
    rows, columns = size[0] // down, size[1] // along
    cut = editor.constant(f"{name}/cut", np.array([-1, _COLOURS, rows, down, columns, along]))
    split = editor.add("Reshape", [source, cut], f"{name}/cut up")
    split = editor.add("Transpose", [split], f"{name}/in order", perm=[0, 2, 4, 1, 3, 5])
    flat = editor.constant(f"{name}/flat", np.array([-1, rows * columns, np.prod(kernel[1:])]))
    patches = editor.add("Reshape", [split, flat], f"{name}/patches")

    def back(product: str, result: str) -> str:
        turned = editor.add("Transpose", [product], f"{name}/planes", perm=[0, 2, 1])
        shape = np.array([-1, kernel[0], rows, columns])
        return editor.add("Reshape", [turned, editor.constant(f"{name}/whole", shape)], result)

    return patches, back


def _matrix(node: Any, editor: GraphEditor) -> Any:
    """The (in, out) weights that a node multiplies its first input with, or None."""
    if node.op_type not in ("MatMul", "Gemm"):
        return None
    weights = editor.weights.get(node.input[1])
    if weights is None or weights.ndim != 2 or weights.size < _LEAST_WEIGHTS:
        return None
    if node.op_type == "MatMul":
        return weights
    options = {one.name: (one.f, one.i) for one in node.attribute}
    if len(node.input) < 3 or options.get("transA", (0.0, 0))[1]:
        return None
    if any(options.get(name, (1.0, 0))[0] != 1.0 for name in ("alpha", "beta")):
        return None
    return weights.T if options.get("transB", (0.0, 0))[1] else weights
