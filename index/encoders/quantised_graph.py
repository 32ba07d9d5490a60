"""What both ways of turning a graph's heavy operators into 8-bit integers share.

Graphs are written in ONNX's portable form: a pair of QuantizeLinear and DequantizeLinear stands
wherever a tensor is held in 8 bits, and ONNX Runtime fuses the operators between pairs into
integer ones when it opens the file (Jacob et al. 2018, arXiv:1712.05877, for the arithmetic).
Weights are signed and scaled per output channel, activations are unsigned and scaled per tensor.
"""

from __future__ import annotations

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
