"""Parametric ReLUs (He et al. 2015) behind their pooling, where they cost a fraction.

ONNX Runtime spends half of MTCNN's time in PReLU. Where max pooling follows, the same numbers
come from pooling first: with slope a ≥ 0 a PReLU rises, so it may follow the pooling; with a < 0
it is the larger of x and a·x, so the larger of both pooled gives the same.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

_NEVER = np.float32(-1e30)
_COLOURS = 3
_BLOCK = 16
"""Channels that ONNX Runtime keeps together; pooling of whole blocks needs no reordering."""


def pool_before_prelu(model: Any) -> None:
    """Rewrite, in place, convolution → PReLU → max pooling at the entry of an ONNX model.

    Further in, what the extra channels cost would outweigh it.
    """
    from onnx import numpy_helper

    graph = model.graph
    weights = {one.name: numpy_helper.to_array(one) for one in graph.initializer}
    makers = {name: node for node in graph.node for name in node.output}
    readers: dict[str, list[Any]] = {}
    for node in graph.node:
        for name in node.input:
            readers.setdefault(name, []).append(node)
    for prelu in [node for node in graph.node if node.op_type == "PRelu"]:
        conv = makers.get(prelu.input[0])
        after = readers[prelu.output[0]]
        alone = len(readers[prelu.input[0]]) == 1 and len(after) == 1
        if conv is None or conv.op_type != "Conv" or not alone or after[0].op_type != "MaxPool":
            continue
        if weights[conv.input[1]].shape[1] == _COLOURS:
            _swap(graph, conv, prelu, after[0], weights)


def _swap(graph: Any, conv: Any, prelu: Any, pool: Any, weights: dict[str, Floats]) -> None:
    from onnx import helper, numpy_helper

    kernel, bias = (weights[name] for name in conv.input[1:3])
    slope = weights[prelu.input[1]].ravel()
    channels, negative = len(slope), np.flatnonzero(slope < 0)
    # Behind the channels: a·x of those with a < 0, and zeros to a whole block.
    mirrored = slope[negative, None, None, None] * kernel[negative]
    spare = -(channels + len(negative)) % _BLOCK
    partner = np.arange(channels)
    partner[negative] = channels + np.arange(len(negative))
    name = prelu.output[0]
    constants: dict[str, npt.NDArray[Any]] = {
        "kernel": np.concatenate([kernel, mirrored, np.zeros((spare, *kernel.shape[1:]))]),
        "bias": np.concatenate([bias, slope[negative] * bias[negative], np.zeros(spare)]),
        "slope": np.maximum(slope, 0)[:, None, None],
        "handicap": np.where(slope < 0, 0, _NEVER)[:, None, None],
        "own": np.arange(channels),
        "partner": partner,
    }
    for key, value in constants.items():
        kept = value.astype(np.int64 if key in ("own", "partner") else np.float32)
        graph.initializer.append(numpy_helper.from_array(kept, f"{name}/{key}"))
    conv.input[1], conv.input[2] = f"{name}/kernel", f"{name}/bias"
    result = pool.output[0]
    pool.input[0], pool.output[0] = conv.output[0], f"{name}/pooled"
    steps = [
        helper.make_node("Gather", [f"{name}/pooled", f"{name}/own"], [f"{name}/plain"], axis=1),
        helper.make_node(
            "Gather", [f"{name}/pooled", f"{name}/partner"], [f"{name}/mirror"], axis=1
        ),
        helper.make_node("Add", [f"{name}/mirror", f"{name}/handicap"], [f"{name}/other"]),
        helper.make_node("PRelu", [f"{name}/plain", f"{name}/slope"], [f"{name}/risen"]),
        helper.make_node("Max", [f"{name}/risen", f"{name}/other"], [result]),
    ]
    graph.node.remove(prelu)
    place = list(graph.node).index(pool) + 1
    for offset, step in enumerate(steps):
        graph.node.insert(place + offset, step)
