"""Encoders that work in 8 bits against themselves in 32."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from skimage import data

from index.encoders import Encoder, load_cached, load_encoder, runtime
from index.encoders.cache import digest_file, entry_folder
from index.encoders.export import import_repaired
from index.encoders.int8 import quantise_products
from index.encoders.protocol import split_precision, with_precision
from index.encoders.starter import CALIBRATION_SHA256
from index.encoders.starter_int8 import CALIBRATION
from index.errors import EncoderUnavailable, IndexMismatch
from index.io.images import read_image
from index.records import FloatMatrix, Pixels
from index.store import open_index

TRANSFORMER = "ViT-S-32-alt"


@pytest.fixture(scope="session")
def pictures(demo: Path) -> list[Pixels]:
    """Drawings of the demo, and photographs out of scikit-image's wheel."""
    drawings = sorted((demo / "catalogue" / "images").iterdir())[::12]
    photographs = (data.chelsea(), data.coffee(), data.rocket(), data.astronaut())
    return [np.ascontiguousarray(one) for one in photographs] + [
        read_image(path).pixels for path in drawings
    ]


@pytest.fixture(scope="session")
def starters(shared_cache: Path) -> tuple[Encoder, Encoder]:
    """In 32 bits and in 8."""
    exact, rounded = (
        load_encoder(spec, cache=shared_cache, threads=1) for spec in ("starter@fp32", "starter")
    )
    return exact, rounded


@pytest.fixture(scope="session")
def transformers(tmp_path_factory: pytest.TempPathFactory) -> tuple[Encoder, Encoder]:
    """A transformer that nobody trained, in 32 bits and in 8."""
    folder = tmp_path_factory.mktemp("transformer")
    import_repaired("torch").manual_seed(7)
    model = import_repaired("open_clip").create_model(TRANSFORMER, pretrained=None)
    weights = folder / "random.safetensors"
    import_repaired("safetensors.torch").save_file(model.state_dict(), weights)
    exact, rounded = (
        load_encoder(f"open_clip:{TRANSFORMER}{end}", weights=weights, cache=folder, threads=1)
        for end in ("", "@int8")
    )
    return exact, rounded


def least_cosine(given: FloatMatrix | None, exact: FloatMatrix | None) -> float:
    assert given is not None
    assert exact is not None
    return float((given * exact).sum(axis=1).min())


def test_eight_bits_keep_the_starters_vectors(
    starters: tuple[Encoder, Encoder], pictures: list[Pixels]
) -> None:
    exact, rounded = (encoder.embed_images(pictures) for encoder in starters)
    assert least_cosine(rounded.image, exact.image) > 0.99
    assert least_cosine(rounded.shared, exact.shared) > 0.99
    assert not np.array_equal(rounded.shared, exact.shared)


def test_eight_bits_keep_a_pictures_neighbours(
    starters: tuple[Encoder, Encoder], pictures: list[Pixels]
) -> None:
    kept = []
    for space in ("image", "shared"):
        near = []
        for encoder in starters:
            rows = getattr(encoder.embed_images(pictures), space)
            likeness = rows @ rows.T
            np.fill_diagonal(likeness, -1)
            near.append(np.argsort(-likeness, axis=1)[:, :10])
        kept += [len(set(one) & set(other)) / 10 for one, other in zip(*near, strict=True)]
    assert np.mean(kept) > 0.95


def test_eight_bits_keep_a_transformers_vectors(
    transformers: tuple[Encoder, Encoder], pictures: list[Pixels]
) -> None:
    exact, rounded = (encoder.embed_images(pictures).shared for encoder in transformers)
    assert least_cosine(rounded, exact) > 0.999
    mean = exact.mean(axis=0)
    apart, wanted = rounded - mean, exact - mean
    lengths = np.linalg.norm(apart, axis=1) * np.linalg.norm(wanted, axis=1)
    assert ((apart * wanted).sum(axis=1) / lengths).min() > 0.99


@pytest.mark.parametrize("kind", ["starters", "transformers"])
def test_a_rounded_vector_does_not_depend_on_its_companions(
    kind: str, pictures: list[Pixels], request: pytest.FixtureRequest
) -> None:
    _, rounded = request.getfixturevalue(kind)
    black = np.zeros((40, 40, 3), np.uint8)
    together = rounded.embed_images([*pictures[:3], black, *pictures[3:6]]).shared
    for row, picture in enumerate([*pictures[:3], black, *pictures[3:6]]):
        assert np.abs(rounded.embed_images([picture]).shared - together[row]).max() < 1e-6


def test_processors_without_exact_integers_give_nearly_the_same(
    starters: tuple[Encoder, Encoder],
    pictures: list[Pixels],
    shared_cache: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wanted = starters[1].embed_images(pictures[:8])
    monkeypatch.setattr(runtime, "multiplies_integers_exactly", lambda: False)
    elsewhere = load_encoder("starter", cache=shared_cache, threads=1).embed_images(pictures[:8])
    assert least_cosine(elsewhere.image, wanted.image) > 0.999
    assert least_cosine(elsewhere.shared, wanted.shared) > 0.995


def test_precisions_are_not_mixed(
    starters: tuple[Encoder, Encoder], shared_cache: Path, demo: Path
) -> None:
    exact, rounded = starters
    assert (exact.id, rounded.id) == ("starter@fp32", "starter")
    index = open_index(demo / "index")
    index.require_encoder(rounded)
    with pytest.raises(IndexMismatch, match="encoder starter, not starter@fp32"):
        index.require_encoder(exact)
    again = load_cached("starter@fp32", exact.fingerprint, cache=shared_cache)
    assert again.fingerprint == exact.fingerprint
    with pytest.raises(EncoderUnavailable, match="changed since the index was made"):
        load_cached("starter", exact.fingerprint, cache=shared_cache)


def test_a_rounded_transformer_has_an_entry_of_its_own(
    transformers: tuple[Encoder, Encoder], tmp_path: Path
) -> None:
    exact, rounded = transformers
    assert rounded.id == f"open_clip:{TRANSFORMER}@int8"
    assert entry_folder(exact.fingerprint, tmp_path) != entry_folder(rounded.fingerprint, tmp_path)


def test_the_calibration_is_the_one_the_fingerprint_names() -> None:
    assert digest_file(CALIBRATION) == CALIBRATION_SHA256


def test_every_token_is_rounded_on_its_own_scale() -> None:
    """A row a million times smaller than its neighbour keeps its digits."""
    generator = np.random.default_rng(3)
    weights = generator.normal(size=(160, 128)).astype(np.float32)
    rows = generator.normal(size=(2, 160)).astype(np.float32) * np.array([[1e3], [1e-3]], "f4")
    product = run_quantised(weights, rows)
    wanted = rows @ weights
    error = np.linalg.norm(product - wanted, axis=1) / np.linalg.norm(wanted, axis=1)
    assert error.max() < 0.02
    assert error.min() > 0
    assert not run_quantised(weights, np.zeros((1, 160), np.float32)).any()


def run_quantised(weights: FloatMatrix, rows: FloatMatrix) -> FloatMatrix:
    import onnxruntime
    from onnx import TensorProto, helper, numpy_helper

    graph = helper.make_graph(
        [helper.make_node("MatMul", ["rows", "weights"], ["product"])],
        "product",
        [helper.make_tensor_value_info("rows", TensorProto.FLOAT, ["n", weights.shape[0]])],
        [helper.make_tensor_value_info("product", TensorProto.FLOAT, ["n", weights.shape[1]])],
        [numpy_helper.from_array(weights, "weights")],
    )
    model: Any = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=10
    )
    quantise_products(model)
    session = onnxruntime.InferenceSession(model.SerializeToString())
    product: FloatMatrix = session.run(None, {"rows": rows})[0]
    return product


@pytest.mark.parametrize("model", ["starter", "open_clip:ViT-B-32", "open_clip:ViT-B-32/laion400m"])
def test_a_spec_says_its_precision(model: str) -> None:
    for precision in ("int8", "fp32"):
        spec = with_precision(model, precision)  # type: ignore[arg-type]
        assert (
            split_precision(spec) == split_precision(f"{model}@{precision}") == (model, precision)
        )
    assert with_precision(*split_precision(model)) == model
