"""The bridge finds what is planted, helps nobody it cannot help, and is the same every time."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from index.build.bridge import Lesson, learn_bridge
from index.encoders.bridge import Bridge, BridgedEncoder, mix
from index.io.images import read_image
from index.query.bridge import read_skill, with_bridge
from index.records import FloatMatrix
from index.store import open_index
from tests.small_catalogue import SmallEncoder, build, write_catalogue

FEATURES, DIMENSIONS = 30, 12
MAP = np.random.default_rng(9).normal(size=(DIMENSIONS, FEATURES))


def unit(rows: np.ndarray) -> FloatMatrix:
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def lesson(titles: int, *, planted: float, known: float = 0.0, seed: int = 0) -> Lesson:
    """Titles whose pictures show their text through an unknown map, and hardly to the encoder."""
    random = np.random.default_rng(seed)
    title_of = np.repeat(np.arange(titles), random.integers(1, 4, titles)).astype(np.int32)
    texts = unit(random.normal(size=(titles, DIMENSIONS)) + 0.8)
    noise = random.normal(size=(len(title_of), FEATURES))
    own = texts[title_of] - texts.mean(axis=0)
    features = unit(planted * own @ MAP + 0.3 * noise)
    encoded = unit(known * own + random.normal(size=(len(title_of), DIMENSIONS)))
    genres = [("Cold",) if text[0] > texts[:, 0].mean() else ("Warm",) for text in texts]
    words = {"Cold": np.eye(DIMENSIONS, dtype=np.float32)[0]}
    words["Warm"] = -words["Cold"]
    return Lesson(features, encoded, title_of, texts, genres, words)


def test_a_planted_map_is_learned_and_its_skill_is_that_on_new_titles() -> None:
    taught = lesson(120, planted=1.0)
    bridge, skill = learn_bridge(taught, seed=7)
    assert bridge is not None
    assert skill.titles == 120
    assert skill.rank < 10
    assert skill.rank_before > 30
    assert skill.genres > 0.8
    assert skill.genres_before < 0.65

    new = lesson(120, planted=1.0, seed=1)
    vectors = bridge.apply(new.features, new.encoded)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    scores = vectors @ new.texts.T
    own = scores[np.arange(len(scores)), new.title_of]
    assert np.mean((scores < own[:, None]).mean(axis=1)) > 0.9


def test_titles_left_out_do_not_teach() -> None:
    """Without anything to learn the skill is chance, though the pictures are memorised."""
    taught = lesson(60, planted=0.0)
    bridge, skill = learn_bridge(taught, seed=7)
    assert bridge is None
    assert skill.share == 0
    assert 35 < skill.rank_before < 65
    assert skill.rank == skill.rank_before


def test_few_titles_and_an_encoder_that_sees_enough_are_left_alone() -> None:
    assert learn_bridge(lesson(15, planted=1.0), seed=7)[1].titles == 0
    bridge, skill = learn_bridge(lesson(80, planted=0.05, known=40.0), seed=7)
    assert bridge is None
    assert skill.rank_before < 3


def test_the_same_lesson_gives_the_same_bytes_and_arrays_keep_them() -> None:
    (one, _), (two, _) = (learn_bridge(lesson(60, planted=1.0), seed=3) for _ in range(2))
    assert one is not None
    assert two is not None
    kept = Bridge.from_arrays(one.to_arrays())
    for name, array in two.to_arrays().items():
        assert array.tobytes() == kept.to_arrays()[name].tobytes()


def test_what_all_titles_share_is_taken_out() -> None:
    common = unit(np.ones((1, 4)))[0]
    mixed = mix(np.array([[2.0, 0, 0, 0]]), np.array([[0, 0, 1.0, 0]]), common, 0.5)
    assert abs(float(mixed[0] @ common)) < 1e-6


@pytest.fixture(scope="module")
def bridged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of pictures whose brightness tells the title's words."""
    folder = tmp_path_factory.mktemp("bridged")
    catalogue = write_catalogue(folder / "catalogue", titles=40, each=2)
    tell_by_brightness(catalogue)
    build(catalogue, folder / "index")
    return folder


def tell_by_brightness(catalogue: Path) -> None:
    import pandas as pd
    from PIL import Image

    titles = pd.read_csv(catalogue / "titles.csv")
    is_dark = titles.index % 2 == 0
    titles["synopsis"] = np.where(is_dark, "night grave fear", "sun garden joy")
    titles["genres"] = np.where(is_dark, "Horror", "Comedy")
    titles.to_csv(catalogue / "titles.csv", index=False)
    for number, dark in enumerate(is_dark):
        for path in catalogue.glob(f"images/t{number:02d}_*.jpg"):
            image = Image.open(path).convert("RGB")
            plain = Image.new("RGB", image.size, "black" if dark else "white")
            Image.blend(image, plain, 0.7).save(path)


def test_new_pictures_cross_the_bridge_too(bridged: Path) -> None:
    with open_index(bridged / "index") as index:
        skill = read_skill(index)
        assert skill.share > 0
        assert skill.genres > 0.9
        assert "at rank" in str(skill)
        encoder = with_bridge(index, SmallEncoder())
        assert isinstance(encoder, BridgedEncoder)
        pixels = read_image(bridged / "catalogue/images/t03_0.jpg").pixels
        found = encoder.embed_images([pixels])
        row = index.table("artworks")["artwork_id"].to_pylist().index("t03_0")
        np.testing.assert_allclose(found.shared[0], index.vectors("shared")[row], atol=1e-4)
        raw = SmallEncoder().embed_images([pixels]).shared[0]
        np.testing.assert_allclose(raw, index.vectors("encoded")[row], atol=1e-4)


def test_adding_artwork_keeps_the_encoders_own_vectors(bridged: Path, tmp_path: Path) -> None:
    import shutil

    shutil.copytree(bridged, tmp_path / "all")
    place = tmp_path / "all"
    with open_index(place / "index") as before:
        encoded = np.array(before.vectors("encoded"))
    with (place / "catalogue/artworks.csv").open("a") as file:
        file.write("t39_9,t39,images/t00_0.jpg,tile\n")
    report = build(place / "catalogue", place / "index")
    assert report.embedded == 0
    with open_index(place / "index") as after:
        assert len(after.vectors("shared")) == len(encoded) + 1
        np.testing.assert_array_equal(after.vectors("encoded")[:-1], encoded)
