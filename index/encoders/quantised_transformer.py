"""A transformer's matrix products in 8 bits, without any pictures to calibrate on.

Every row of activations, one token of one picture, is divided by its own largest magnitude before
it is rounded and multiplied by it afterwards (per-token scaling as in LLM.int8(), Dettmers et al.
2022, arXiv:2208.07339). So a picture's vector depends on that picture alone, which ONNX Runtime's
own dynamic quantisation, one scale a batch, does not grant.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from index.encoders.quantised_graph import SIGNED, UNIT, GraphEditor

_LEAST_WEIGHTS = 2**14
"""Smaller products are not worth the rounding."""


def quantise_products(model: Any) -> None:
    """Rewrite, in place, every product of activations with a matrix of weights."""
    editor = GraphEditor(model)
    last = editor.constant("int8/last axis", np.array([-1], np.int64))
    least = editor.constant("int8/least", np.float32(1e-9))
    for node in editor.graph.node:
        matrix = _matrix(node, editor)
        if matrix is None:
            editor.keep(node)
            continue
        source, result = node.input[0], node.output[0]
        name = f"{result}/int8"
        size = editor.add("Abs", [source], f"{name}/size")
        reach = editor.add("ReduceMax", [size, last], f"{name}/reach", keepdims=1)
        reach = editor.add("Max", [reach, least], f"{name}/safe reach")
        unit = editor.add("Div", [source, reach], f"{name}/unit")
        rounded = editor.round_trip(unit, UNIT, SIGNED, f"{name}/rounded")
        weights, _ = editor.hold_weights(matrix, 1, f"{name}/weights")
        product = editor.add("MatMul", [rounded, weights], f"{name}/product")
        if node.op_type == "Gemm":
            scaled = editor.add("Mul", [product, reach], f"{name}/scaled")
            editor.add("Add", [scaled, node.input[2]], result)
        else:
            editor.add("Mul", [product, reach], result)
    editor.finish()


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
