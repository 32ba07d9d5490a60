"""The registry, the extractor and the matrix keep their word on drawn and on broken pictures."""

import json
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from index.errors import InputError
from index.features.extract import FeatureExtractor, extractor_fingerprint
from index.features.feature import Feature
from index.features.matrix import feature_matrix
from index.features.registry import feature, features
from index.images import Picture, read_image


def picture(pixels: np.ndarray) -> Picture:
    return Picture(np.ascontiguousarray(pixels, np.uint8), pixels.shape[1], pixels.shape[0])


@pytest.fixture(scope="module")
def extractor() -> FeatureExtractor:
    return FeatureExtractor(threads=1)


@pytest.fixture(scope="module")
def astronaut() -> np.ndarray:
    from skimage.data import astronaut as photograph

    return np.asarray(photograph())


def test_every_feature_explains_itself() -> None:
    names = [one.name for one in features()]
    assert len(set(names)) == len(names)
    for one in features():
        assert one.name.isidentifier()
        assert one.sentence.endswith(".")
        assert one.source
        assert one.unit
        assert bool(one.levels) == (one.kind == "category")


def test_an_unknown_feature_names_the_nearest() -> None:
    assert feature("brightness").kind == "share"
    with pytest.raises(InputError, match="'brightness'"):
        feature("brightnes")


def odd_pictures() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(3)
    grey = np.repeat(rng.integers(0, 255, (90, 60, 1)), 3, axis=2)
    return {
        "black": np.zeros((90, 60, 3)),
        "white": np.full((90, 60, 3), 255),
        "grey": grey,
        "one pixel": np.full((1, 1, 3), 90),
        "one row": rng.integers(0, 255, (1, 640, 3)),
        "one column": rng.integers(0, 255, (640, 1, 3)),
        "noise": rng.integers(0, 255, (200, 130, 3)),
    }


@pytest.mark.parametrize("name", odd_pictures())
def test_odd_pictures_give_values_in_range_or_missing(
    extractor: FeatureExtractor, name: str
) -> None:
    (values,) = extractor.extract([picture(odd_pictures()[name])])
    assert list(values) == [one.name for one in features()]
    for one in features():
        value = values[one.name]
        if value is None:
            continue
        if one.kind == "category":
            assert value in one.levels
        elif one.kind == "structure":
            assert isinstance(json.loads(str(value)), list | dict)
        else:
            assert isinstance(value, float)
            assert math.isfinite(value)
            assert one.low is None or value >= one.low
            assert one.high is None or value <= one.high


def test_a_picture_without_pixels_is_missing_throughout(extractor: FeatureExtractor) -> None:
    (values,) = extractor.extract([Picture(np.empty((0, 0, 3), np.uint8), 0, 0)])
    assert set(values.values()) == {None}


def test_a_transparent_and_a_very_wide_file(extractor: FeatureExtractor, tmp_path: Path) -> None:
    Image.new("RGBA", (60, 90), (0, 0, 0, 0)).save(tmp_path / "clear.png")
    Image.new("RGB", (20_000, 40), (200, 0, 0)).save(tmp_path / "wide.png")
    files = [read_image(tmp_path / name) for name in ("clear.png", "wide.png")]
    clear, wide = extractor.extract(files)
    assert clear["dominant_colour"] == "white"
    assert wide["dominant_colour"] == "red"


def test_one_astronaut(extractor: FeatureExtractor, astronaut: np.ndarray) -> None:
    (values,) = extractor.extract([picture(astronaut)])
    assert values["face_count"] == 1
    # The face spans about 100 × 130 of 512 × 512 pixels.
    assert values["largest_face_share"] == pytest.approx(0.05, abs=0.02)
    assert values["shot_type"] == "medium"


def test_only_what_is_asked_is_measured_and_order_is_kept(astronaut: np.ndarray) -> None:
    some = FeatureExtractor(["contrast", "brightness"], threads=2)
    dark, light = np.zeros((40, 40, 3)), np.full((40, 40, 3), 255)
    rows = some.extract([picture(dark), picture(astronaut), picture(light)])
    assert [list(row) for row in rows] == [["contrast", "brightness"]] * 3
    assert rows[0]["brightness"] == pytest.approx(0, abs=1e-3)
    assert rows[2]["brightness"] == pytest.approx(1, abs=1e-3)
    assert some.extract([]) == []


def test_threads_do_not_change_what_is_measured(astronaut: np.ndarray) -> None:
    pictures = [picture(astronaut[:, shift : 300 + shift]) for shift in (0, 60, 120, 180)]
    assert FeatureExtractor(threads=1).extract(pictures) == FeatureExtractor(threads=3).extract(
        pictures
    )


def test_the_fingerprint_is_stable_within_a_version() -> None:
    assert extractor_fingerprint() == extractor_fingerprint()
    assert len(extractor_fingerprint()) == 16


def spec(name: str, kind: str, levels: tuple[str, ...] = ()) -> Feature:
    return Feature(name, "u", None, None, kind, "g", "S.", "s", "e", levels)  # type: ignore[arg-type]


def test_matrix_spreads_categories_and_keeps_missing_missing() -> None:
    table = pd.DataFrame(
        {
            "artwork_id": list("abcd"),
            "light": [0.1, np.nan, 0.3, 0.4],
            "same": [1.0, 1.0, np.nan, 1.0],
            "shot_type": ["long", None, "close-up", "long"],
            "palette": ["[]", "[1]", "[]", "[]"],
        }
    )
    specs = [
        spec("light", "share"),
        spec("same", "count"),
        spec("shot_type", "category", ("none", "close-up", "long")),
        spec("palette", "structure"),
        spec("absent", "number"),
    ]
    found = feature_matrix(table, specs)
    assert [column.label for column in found.columns] == [
        "light",
        "shot type: close-up",
        "shot type: long",
    ]
    assert [column.kind for column in found.columns] == ["share", "flag", "flag"]
    nan = np.nan
    expected = [[0.1, 0, 1], [nan, nan, nan], [0.3, 1, 0], [0.4, 0, 1]]
    np.testing.assert_array_equal(found.values, expected)


def test_matrix_of_nothing() -> None:
    found = feature_matrix(pd.DataFrame({"artwork_id": ["a", "b"]}), features())
    assert found.values.shape == (2, 0)
    assert found.columns == ()
