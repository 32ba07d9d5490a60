"""The registry, the extractor and the matrix keep their word on drawn and on broken pictures."""

import json
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image, ImageDraw, ImageFont

from index.errors import ImageUnreadable, InputError
from index.features.canvases import Layout, load_canvases, survive
from index.features.extract import FeatureExtractor, extractor_fingerprint
from index.features.feature import Feature, Value
from index.features.matrix import feature_matrix
from index.features.registry import feature, features
from index.io.images import Picture, read_image


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


def in_range(values: dict[str, Value]) -> None:
    for one in features():
        value = values[one.name]
        if isinstance(value, float):
            assert one.low is None or value >= one.low, one.name
            assert one.high is None or value <= one.high, one.name


def test_files_of_odd_kinds(extractor: FeatureExtractor, tmp_path: Path) -> None:
    grey = np.asarray(Image.linear_gradient("L").resize((300, 450)))
    Image.fromarray(grey).save(tmp_path / "grey.png")
    half = Image.new("RGBA", (300, 450), (200, 0, 0, 255))
    half.paste((0, 0, 0, 0), (0, 225, 300, 450))
    half.save(tmp_path / "half.png")
    Image.new("RGB", (1, 1), (0, 0, 255)).save(tmp_path / "dot.png")
    Image.new("RGB", (20_000, 40), (0, 160, 0)).save(tmp_path / "wide.png")
    (tmp_path / "empty.png").touch()
    names = ("grey", "half", "dot", "wide")
    rows = extractor.extract([read_image(tmp_path / f"{name}.png") for name in names])
    for row in rows:
        in_range(row)
    measured = dict(zip(names, rows, strict=True))
    assert measured["grey"]["monochrome"] == 1
    assert measured["grey"]["saturation"] == 0
    assert measured["grey"]["accent_colour"] is None
    assert measured["half"]["red_share"] == pytest.approx(0.5, abs=0.01)
    assert measured["half"]["white_share"] == pytest.approx(0.5, abs=0.01)
    assert measured["dot"]["dominant_colour"] == "blue"
    assert measured["dot"]["symmetry"] is None
    assert measured["wide"]["green_share"] == 1
    layout = Layout.from_text(str(measured["wide"]["layout"]))
    assert layout.aspect == 640
    assert survive(layout, load_canvases()["tile"]).verdict == "survives"
    with pytest.raises(ImageUnreadable, match="empty"):
        read_image(tmp_path / "empty.png")


def test_a_drawn_poster_comes_back_as_drawn(
    extractor: FeatureExtractor, astronaut: np.ndarray
) -> None:
    """Tolerances: colour 4 %, area of a face two fifths, of text a quarter, legibility 15 %."""
    page = Image.new("RGB", (600, 900), (0, 0, 140))
    page.paste(Image.fromarray(astronaut).resize((600, 600)), (0, 60))
    font = ImageFont.load_default(84)
    pen = ImageDraw.Draw(page)
    pen.text((300, 740), "NIGHTFALL", fill="white", font=font, anchor="mt")
    box = pen.textbbox((300, 740), "NIGHTFALL", font=font, anchor="mt")
    (values,) = extractor.extract([picture(np.asarray(page))])
    ink = (np.asarray(page)[box[1] : box[3], box[0] : box[2]].min(axis=2) > 128).sum()
    plain = 1 - (600 * 600 + ink) / (600 * 900)
    assert values["blue_share"] == pytest.approx(plain, abs=0.04)
    assert values["background_colour"] == "blue"
    assert (values["face_count"], values["shot_type"]) == (1, "medium")
    # The face spans about 100 × 130 of the photograph's 512 × 512 pixels.
    assert values["largest_face_share"] == pytest.approx(117 * 152 / 540_000, rel=0.4)
    area = (box[2] - box[0]) * (box[3] - box[1]) / 540_000
    assert values["text_coverage"] == pytest.approx(area, rel=0.25)
    assert values["title_position"] == "bottom"
    # White on (0, 0, 140): (1 + 0.05) / (0.0722 × 0.262 + 0.05).
    assert values["legibility"] == pytest.approx(15.2, rel=0.15)
    both = np.hstack([np.asarray(page)[:, :300], np.asarray(page)[:, :300][:, ::-1]])
    (mirrored,) = extractor.extract([picture(both)])
    assert mirrored["symmetry"] == pytest.approx(1, abs=0.01)


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
