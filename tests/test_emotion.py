"""Feelings are read from the largest face, in the one pass over a picture, or not at all."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper
from skimage import data

from index.build import build_index, pictures
from index.encoders import ImageEmbeddings
from index.errors import InputError
from index.features.concepts.emotion import EMOTIONS, TextEmotions, largest_face
from index.features.concepts.emotion_model import ClassifierEmotions
from index.query.features import feature_table, index_features
from index.records import FloatMatrix, Pixels
from index.store import open_index, verify_index
from tests.small_catalogue import FaceExtractor, SmallEncoder, write_catalogue

LABELS = ("happy", "sad", "wearing a hat")


class Feelings(SmallEncoder):
    """Pictures and texts share a space: bright faces are joy, dark ones are sad."""

    class_names = None

    def embed_images(self, pixels: Sequence[Pixels]) -> ImageEmbeddings:
        rows = np.zeros((len(pixels), self.dimensions), np.float32)
        for at, one in enumerate(pixels):
            rows[at, 0 if one.mean() > 100 else 1] = 1
        return ImageEmbeddings(rows)

    def embed_texts(self, texts: Sequence[str]) -> FloatMatrix:
        rows = np.zeros((len(texts), self.dimensions), np.float32)
        for at, text in enumerate(texts):
            rows[at, 0 if "happy" in text else 1 if "sad" in text else 2 + len(text) % 9] = 1
        return rows


def classifier(
    path: Path, labels: object = LABELS, shape: Sequence[int | str] = ("n", 3, 8, 8)
) -> Path:
    """Mean brightness b as scores: 8b − 4 for the first label, its opposite for the second."""
    weights = np.array([[8.0, -8.0, 0.0]] * 3, np.float32) / 3
    graph = helper.make_graph(
        [
            helper.make_node("GlobalAveragePool", ["x"], ["pooled"]),
            helper.make_node("Flatten", ["pooled"], ["flat"]),
            helper.make_node("Gemm", ["flat", "w", "b"], ["y"]),
        ],
        "classifier",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["n", 3])],
        [
            helper.make_tensor("w", TensorProto.FLOAT, weights.shape, weights.ravel()),
            helper.make_tensor("b", TensorProto.FLOAT, (3,), [-4.0, 4.0, -9.0]),
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)])
    model.ir_version = 8
    if labels is not None:
        helper.set_model_props(model, {"labels": json.dumps(labels)})
    onnx.save(model, str(path))
    return path


def test_the_crop_is_a_square_around_the_face() -> None:
    pixels = data.astronaut()
    crop = largest_face(pixels, 0.44, 0.22, 0.06)
    assert crop is not None
    side = round(1.5 * (0.06 * 512 * 512) ** 0.5)
    assert abs(crop.shape[0] - side) <= 1
    assert abs(crop.shape[1] - side) <= 1
    top, left = 113 - side // 2, 225 - side // 2
    own = pixels[top : top + crop.shape[0], left : left + crop.shape[1]]
    assert np.array_equal(crop, own)
    corner = largest_face(pixels, 0.0, 1.0, 0.06)
    assert corner is not None
    assert abs(corner.shape[0] - side / 2) <= 1
    assert largest_face(pixels, 0.5, 0.5, 0.0001) is None
    assert largest_face(pixels, None, None, 0.0) is None


def test_faces_are_read_in_the_one_pass(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    catalogue = write_catalogue(tmp_path / "catalogue")
    decoded: list[Path] = []
    read = pictures.read_image
    monkeypatch.setattr(pictures, "read_image", lambda path: decoded.append(path) or read(path))
    report = build_index(
        catalogue, tmp_path / "index", encoder=Feelings(), extractor=FaceExtractor(), batch_size=4
    )
    assert report.embedded == len(decoded) == len(set(decoded)) == 24
    with open_index(tmp_path / "index") as index:
        verify_index(index)
        table = feature_table(index).set_index("artwork_id")
        assert "emotion" in {one.name for one in index_features(index)}
    for name, row in table.iterrows():
        pixels = read(catalogue / "images" / f"{name}.jpg").pixels
        crop = largest_face(pixels, 0.25, 0.25, 0.1)
        if np.isnan(row["face_x"]):
            assert not isinstance(row["emotion"], str)
        else:
            assert row["emotion"] == ("joy" if crop.mean() > 100 else "sadness")
    assert table["face_x"].isna().any()
    assert len(set(table["emotion"].dropna())) == 2


def test_faces_are_kept_for_the_next_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    catalogue = write_catalogue(tmp_path / "catalogue")

    def build() -> tuple[int, list[object]]:
        report = build_index(
            catalogue, tmp_path / "index", encoder=Feelings(), extractor=FaceExtractor()
        )
        with open_index(tmp_path / "index") as index:
            return report.embedded, feature_table(index)["emotion"].tolist()

    first = build()
    monkeypatch.setattr("index.build.run.engine_fingerprint", lambda: "after an edit")
    again = build()
    assert again == (0, pytest.approx(first[1], nan_ok=True))


def test_a_classifier_that_the_user_names_is_used(tmp_path: Path) -> None:
    catalogue = write_catalogue(tmp_path / "catalogue")
    faces = ClassifierEmotions(classifier(tmp_path / "faces.onnx"))
    build_index(
        catalogue,
        tmp_path / "index",
        encoder=SmallEncoder(),
        extractor=FaceExtractor(),
        faces=faces,
    )
    with open_index(tmp_path / "index") as index:
        table = feature_table(index)
    known = table["face_x"].notna()
    assert set(table.loc[known, "emotion"].dropna()) <= {"joy", "sadness"}
    assert table.loc[known, "emotion"].notna().any()
    assert table.loc[~known, "emotion"].isna().all()
    white, black = np.full((40, 40, 3), 255, np.uint8), np.zeros((40, 40, 3), np.uint8)
    assert faces.emotions(faces.read([white, black])) == ["joy", "sadness"]
    assert faces.emotions(np.array([[0, 0, 1], [np.nan] * 3], np.float32)) == [None, None]


def test_a_wrong_classifier_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "text.onnx").write_text("not a model")
    for path, problem in (
        (tmp_path / "absent.onnx", "there is no such file"),
        (tmp_path / "text.onnx", "is no ONNX model"),
        (classifier(tmp_path / "a.onnx", None), "have no `labels`"),
        (classifier(tmp_path / "b.onnx", ["young", "old"]), "none of its labels"),
        (classifier(tmp_path / "c.onnx", shape=("n", 3, "h", 8)), "not \\(N, 1 or 3, H, W\\)"),
    ):
        with pytest.raises(InputError, match=problem) as error:
            ClassifierEmotions(path)
        assert "\n" not in str(error.value)


def test_an_encoder_of_classes_reads_no_feeling(tmp_path: Path) -> None:
    catalogue = write_catalogue(tmp_path / "catalogue", titles=4)
    build_index(catalogue, tmp_path / "index", encoder=SmallEncoder(), extractor=FaceExtractor())
    with open_index(tmp_path / "index") as index:
        assert "emotion" not in feature_table(index)
        assert "emotion" not in {one.name for one in index_features(index)}


def test_what_is_unclear_is_missing() -> None:
    reader = TextEmotions(Feelings())
    faces = np.zeros((3, 16), np.float32)
    faces[0, 0], faces[1], faces[2] = 1, 0.25, np.nan
    assert reader.emotions(faces) == ["joy", None, None]
    assert len(EMOTIONS) == 7
