"""A transformer's matrix products in 8 bits, without any pictures to calibrate on.

Every row of activations, one token of one picture, is divided by its own largest magnitude before
it is rounded and multiplied by it afterwards (per-token scaling as in LLM.int8(), Dettmers et al.
2022, arXiv:2208.07339). So a picture's vector depends on that picture alone, which ONNX Runtime's
own dynamic quantisation, one scale a batch, does not grant.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from index.encoders.quantised_graph import SIGNED, UNIT, GraphEditor

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
