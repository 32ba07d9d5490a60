"""Makes `index/encoders/starter_calibration.npz`: what the starter's convolutions meet in pictures.

`assistant demo demo && python benchmarks/calibration.py demo/catalogue/images` makes the file that
is in the package. What it printed is the digest that `index/encoders/starter.py` holds: other
pictures make another encoder, whose vectors are not to be mixed with this one's.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from reporting import say
from throughput import find_pictures

from index.encoders import starter_export as export
from index.encoders.cache import digest_file
from index.encoders.runtime import Graph
from index.encoders.starter import PREPROCESSING
from index.encoders.starter_int8 import (
    CALIBRATION,
    Seen,
    is_rounded,
    name_convolution,
    write_calibration,
)
from index.io.images import read_image
from index.processors import processors


def main() -> None:
    """Write the file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pictures", type=int, default=64)
    parser.add_argument("--out", type=Path, default=CALIBRATION)
    asked = parser.parse_args()
    paths = find_pictures(asked.folder, asked.pictures)
    pictures = [PREPROCESSING.apply(read_image(path).pixels) for path in paths]
    weights = export.weights_folder(export.IMAGE_PACKAGE, "models") / export.IMAGE_WEIGHTS
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "image.onnx"
        kept: list[Any] = []
        export.export_image_tower(weights, path, kept.append)
        watched, tensors = watch(kept[0], Path(folder) / "watched.onnx")
        write_calibration(look(watched, tensors, pictures), asked.out)
    say(f"{len(pictures)} pictures, {asked.out.stat().st_size} bytes, {digest_file(asked.out)}")


def watch(model: Any, path: Path) -> tuple[Graph, dict[str, tuple[str, str]]]:
    """A graph that gives what goes into and out of the convolutions to be rounded, by name."""
    import onnx

    tensors = {
        name_convolution(node): (node.input[0], node.output[0])
        for node in model.graph.node
        if node.op_type == "Conv" and is_rounded(name_convolution(node))
    }
    del model.graph.output[:]
    for name in dict.fromkeys(name for pair in tensors.values() for name in pair):
        value = onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, None)
        model.graph.output.append(value)
    onnx.save(model, str(path))
    return Graph(path, processors(), lay_out=True), tensors


def look(graph: Graph, tensors: dict[str, tuple[str, str]], pictures: list[Any]) -> dict[str, Seen]:
    """Means and largest magnitudes over pictures, uint8 of the model's input size."""
    order = list(dict.fromkeys(name for pair in tensors.values() for name in pair))
    means = {name: np.float64(0) for name in order}
    reach = dict.fromkeys(order, 0.0)
    for picture in pictures:
        for name, values in zip(order, graph.run(pixels=picture[None]), strict=True):
            means[name] = means[name] + values.mean(axis=(0, 2, 3)) / len(pictures)
            reach[name] = max(reach[name], float(np.abs(values).max()))
    return {
        name: Seen(np.asarray(means[source]), reach[source], reach[result])
        for name, (source, result) in tensors.items()
    }


if __name__ == "__main__":
    main()
