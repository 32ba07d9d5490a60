"""Makes index/features/weights/text_detector.onnx again: the detector of PP-OCR in 8 bits.

    python tools/quantise_text.py PICTURES index/features/weights/text_detector.onnx

The ranges of activations are taken from a hundred of the pictures, drawn by a seed. Weights are
held in 7 bits, so that processors whose 8-bit products saturate give what others give.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import version_converter
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process

from index.features.runtime import find_model
from index.features.text_detector import detector_input
from index.io.images import read_image

OPSET = 17
"""The first that holds scales by channel, and that the quantiser still writes well."""
CALIBRATED_ON = 100
SOURCE = "090f04abcd9d9a7498bc4ebf677e4cb9bdce1fe4197ddb7e529f1ef44e1ff94f"


class Batches(CalibrationDataReader):
    """Pictures as the network takes them, one at a time.

    Args:
        name: of the network's input.
        paths: of the pictures.
    """

    def __init__(self, name: str, paths: list[Path]) -> None:
        self._left = ({name: detector_input(read_image(path).pixels)[0]} for path in paths)

    def get_next(self) -> dict[str, Any] | None:
        """The next picture, None after the last."""
        return next(self._left, None)


def main() -> None:
    """Quantise the detector of the installed package."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pictures", type=Path, help="a folder of posters")
    parser.add_argument("out", type=Path)
    asked = parser.parse_args()
    source = find_model("rapidocr", "models/*det*.onnx")
    digest = hashlib.sha256(source.read_bytes()).hexdigest()
    if digest != SOURCE:
        sys.exit(f"{source.name} is not the detector that this was made for: {digest}")
    paths = sorted(asked.pictures.iterdir())
    drawn = np.random.default_rng(0).permutation(len(paths))[:CALIBRATED_ON]
    model = version_converter.convert_version(onnx.load(str(source)), OPSET)
    with tempfile.TemporaryDirectory() as folder:
        plain, prepared = (Path(folder) / name for name in ("plain.onnx", "prepared.onnx"))
        onnx.save(model, str(plain))
        quant_pre_process(str(plain), str(prepared), skip_symbolic_shape=True)
        quantize_static(
            str(prepared),
            str(asked.out),
            Batches(model.graph.input[0].name, [paths[at] for at in drawn]),
            quant_format=QuantFormat.QDQ,
            per_channel=True,
            reduce_range=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            op_types_to_quantize=["Conv"],
        )
    print(asked.out.name, hashlib.sha256(asked.out.read_bytes()).hexdigest())


if __name__ == "__main__":
    main()
