"""Makes the networks of index/features/weights that are held in 8 bits again.

    python tools/convert_weights.py packages converted
    python tools/quantise.py converted/persons.onnx PICTURES index/features/weights

The ranges of activations are taken from a hundred of the pictures, drawn by a seed. Weights are
held in 7 bits, so that processors whose 8-bit products saturate give what others give.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
import onnxruntime
from convert_weights import halve_weights
from onnx import version_converter
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static

from index.features.persons import person_input
from index.features.runtime import find_model
from index.features.text_detector import TextDetector, detector_input
from index.features.text_reader import heaviest_lines, line_input
from index.io.images import read_image
from index.records import Pixels

Batch = npt.NDArray[np.float32]

OPSET = 17
"""The first that holds scales by channel, and that the quantiser still writes well."""
CALIBRATED_ON = 100
FUSING_CONVOLUTIONS = ["ConvActivationFusion", "ConvAddActivationFusion"]
"""What the optimiser must leave, as the quantiser knows plain convolutions only."""


class Batches(CalibrationDataReader):
    """Pictures as a network takes them, one at a time.

    Args:
        name: of the network's input.
        batches: what goes into it.
    """

    def __init__(self, name: str, batches: Iterable[Batch]) -> None:
        self._left = ({name: batch} for batch in batches)

    def get_next(self) -> dict[str, Any] | None:
        """The next picture, None after the last."""
        return next(self._left, None)


def detector_batches(pixels: Pixels) -> Iterator[Batch]:
    """The picture as lettering is sought in it."""
    yield detector_input(pixels)[0]


def reader_batches(pixels: Pixels) -> Iterator[Batch]:
    """The lines of the picture that are read."""
    lines = _detector().detect(pixels)
    for at in heaviest_lines(pixels, lines):
        yield line_input(pixels, lines[at])


@cache
def _detector() -> TextDetector:
    return TextDetector()


def person_batches(pixels: Pixels) -> Iterator[Batch]:
    """The picture as people are sought in it."""
    yield person_input(pixels)[0]


@dataclass(frozen=True)
class Network:
    """What is quantised, and how.

    Attributes:
        name: of the file that is written.
        source: of the network in 32 bits.
        batches: what of a picture goes into the network.
        digest: SHA-256 of the source; None where each conversion writes other bytes.
        first, last: convolutions at the entry and at the end that stay in 32 bits, as 8 would
            change what is found.
    """

    name: str
    source: Path
    batches: Callable[[Pixels], Iterator[Batch]]
    digest: str | None = None
    first: int = 0
    last: int = 0


def main() -> None:
    """Quantise them all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("persons", type=Path, help="what convert_weights.py made of NanoDet")
    parser.add_argument("pictures", type=Path, help="a folder of posters")
    parser.add_argument("output", type=Path, help="where the networks are written")
    asked = parser.parse_args()
    paths = sorted(asked.pictures.iterdir())
    drawn = np.random.default_rng(0).permutation(len(paths))[:CALIBRATED_ON]
    pictures = [read_image(paths[at]).pixels for at in drawn]
    for network in (
        Network(
            "text_detector.onnx",
            find_model("rapidocr", "models/*det*.onnx"),
            detector_batches,
            "090f04abcd9d9a7498bc4ebf677e4cb9bdce1fe4197ddb7e529f1ef44e1ff94f",
        ),
        Network(
            "text_reader.onnx",
            find_model("rapidocr", "models/*rec*.onnx"),
            reader_batches,
            "6f327246b50388f3c176ae304bd95767ea6dc0c9ae92153ef8cbe210b3c14884",
        ),
        Network("persons.onnx", asked.persons, person_batches, first=3, last=3),
    ):
        digest = hashlib.sha256(network.source.read_bytes()).hexdigest()
        if network.digest not in (None, digest):
            sys.exit(f"{network.source.name} is not what this was made for: {digest}")
        target = asked.output / network.name
        quantise(network, pictures, target)
        digest = hashlib.sha256(target.read_bytes()).hexdigest()
        sys.stdout.write(f"{target} {target.stat().st_size} bytes, SHA-256 {digest}\n")


def quantise(network: Network, pictures: list[Pixels], target: Path) -> None:
    """Write one network with its convolutions in 8 bits, and its other matrices in float16."""
    source = onnx.load(str(network.source))
    with tempfile.TemporaryDirectory() as folder:
        plain, prepared, made = (
            str(Path(folder) / f"{name}.onnx") for name in ("plain", "prepared", "made")
        )
        onnx.save(version_converter.convert_version(source, OPSET), plain)
        options = onnxruntime.SessionOptions()
        # Activations of several steps become one, which between 8-bit layers they could not.
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
        options.optimized_model_filepath = prepared
        onnxruntime.InferenceSession(
            plain,
            options,
            providers=["CPUExecutionProvider"],
            disabled_optimizers=FUSING_CONVOLUTIONS,
        )
        graph = onnx.load(prepared).graph
        layers = [node.name for node in graph.node if node.op_type == "Conv"]
        batches = (batch for pixels in pictures for batch in network.batches(pixels))
        quantize_static(
            prepared,
            made,
            Batches(graph.input[0].name, batches),
            quant_format=QuantFormat.QDQ,
            per_channel=True,
            reduce_range=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            op_types_to_quantize=["Conv"],
            nodes_to_exclude=layers[: network.first] + layers[len(layers) - network.last :],
        )
        model = onnx.load(made)
    halve_weights(model, dimensions=2)
    del model.metadata_props[:]
    model.metadata_props.extend(source.metadata_props)
    onnx.save(model, str(target))


if __name__ == "__main__":
    main()
