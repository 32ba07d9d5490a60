"""A small catalogue of real crops and drawings, and a small encoder, for tests of the index."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image, ImageDraw

from index.build import BuildReport, build_index
from index.encoders import ImageEmbeddings
from index.features.feature import Value
from index.io.images import Picture
from index.records import FloatMatrix, Pixels
from index.vectors import DEFAULT_SIZES, Sizes

GENRES = ("Romance|Drama", "Thriller|War", "Comedy", "Drama|War")
TASTES = ("heart", "thrill")


class SmallEncoder:
    """A seeded random projection of thumbnails and words, through the real protocol."""

    dimensions = 16
    image_dimensions: int | None = 24
    class_names: tuple[str, ...] | None = tuple(f"thing {number}" for number in range(12))

    def __init__(self, seed: int = 1, *, image_space: bool = True) -> None:
        random = np.random.default_rng(seed)
        self.id, self.fingerprint = f"small:{seed}", f"small-{seed}-{image_space}"
        self._shared = random.normal(size=(192, self.dimensions)).astype(np.float32)
        self._image = random.normal(size=(192, 24)).astype(np.float32)
        self._classes = random.normal(size=(192, 12)).astype(np.float32)
        self.image_dimensions = 24 if image_space else None

    def embed_images(self, pixels: Sequence[Pixels]) -> ImageEmbeddings:
        thumbnails = [
            np.asarray(Image.fromarray(one).resize((8, 8)), np.float32).ravel() / 255 - 0.5
            for one in pixels
        ]
        classes = np.stack([np.exp(one @ self._classes) for one in thumbnails])
        return ImageEmbeddings(
            shared=np.stack([_unit(one @ self._shared) for one in thumbnails]),
            image=np.stack([_unit(one @ self._image) for one in thumbnails])
            if self.image_dimensions
            else None,
            classes=(classes / classes.sum(axis=1, keepdims=True)).astype(np.float32),
        )

    def embed_texts(self, texts: Sequence[str]) -> FloatMatrix:
        return np.stack([_unit(sum(map(self._word, text.split()))) for text in texts])

    def _word(self, word: str) -> FloatMatrix:
        key = int.from_bytes(hashlib.blake2b(word.lower().encode(), digest_size=8).digest())
        return np.random.default_rng(key).normal(size=self.dimensions).astype(np.float32)


class SmallExtractor:
    """Measures two features quickly, through the real protocol."""

    names = ("brightness", "dominant_colour")
    fingerprint = "small"

    def extract(self, pictures: Sequence[Picture]) -> list[dict[str, Value]]:
        return [self._measure(picture.pixels) for picture in pictures]

    def _measure(self, pixels: Pixels) -> dict[str, Value]:
        red, _, blue = pixels.mean(axis=(0, 1))
        colour = None if abs(red - blue) < 2 else "red" if red > blue else "blue"
        return {
            "brightness": float(pixels.mean() / 255) if colour else None,
            "dominant_colour": colour,
        }


class FaceExtractor(SmallExtractor):
    """Says that every second picture has a face, in its upper left quarter."""

    names = (*SmallExtractor.names, "face_x", "face_y", "largest_face_share")

    def extract(self, pictures: Sequence[Picture]) -> list[dict[str, Value]]:
        return [
            {**row, **(self._face() if one.pixels[0, 0, 0] % 2 else self._none())}
            for row, one in zip(super().extract(pictures), pictures, strict=True)
        ]

    def _face(self) -> dict[str, Value]:
        return {"face_x": 0.25, "face_y": 0.25, "largest_face_share": 0.1}

    def _none(self) -> dict[str, Value]:
        return {"face_x": None, "face_y": None, "largest_face_share": 0.0}


def _unit(vector: FloatMatrix) -> FloatMatrix:
    return (vector / np.linalg.norm(vector)).astype(np.float32)


def draw(path: Path, seed: int) -> None:
    """A crop of a real photograph under drawn shapes, different for every seed."""
    from skimage import data

    random = np.random.default_rng(seed)
    photograph = (data.astronaut, data.coffee)[seed % 2]()
    left, top = random.integers(0, 200, size=2)
    image = Image.fromarray(photograph[top : top + 180, left : left + 120])
    pen = ImageDraw.Draw(image)
    for _ in range(3):
        x, y, size = random.integers(0, 110, size=3)
        pen.ellipse((x, y, x + size, y + size), fill=tuple(random.integers(0, 256, size=3)))
    path.parent.mkdir(parents=True, exist_ok=True)
    image.save(path, quality=90)


def write_catalogue(folder: Path, titles: int = 8, each: int = 3, seed: int = 0) -> Path:
    """Titles with artwork, members with tastes and performance in the same two clusters."""
    random = np.random.default_rng(seed)
    folder.mkdir(parents=True, exist_ok=True)
    title_ids = [f"t{number:02d}" for number in range(titles)]
    pd.DataFrame(
        {
            "title_id": title_ids,
            "name": [f"Title {number}" for number in range(titles)],
            "synopsis": [f"A story of {number} friends" for number in range(titles)],
            "genres": [GENRES[number % len(GENRES)] for number in range(titles)],
            "year": [1990 + number % 5 for number in range(titles)],
        }
    ).to_csv(folder / "titles.csv", index=False)
    artworks = [
        (f"{title}_{n}", title, f"images/{title}_{n}.jpg")
        for title in title_ids
        for n in range(each)
    ]
    for number, (_, _, path) in enumerate(artworks):
        draw(folder / path, number + seed)
    pd.DataFrame(artworks, columns=["artwork_id", "title_id", "path"]).assign(
        canvas=["tile" if number % 2 else "vertical" for number in range(len(artworks))]
    ).to_csv(folder / "artworks.csv", index=False)
    write_performance(folder, seed)
    members = [f"m{number:03d}" for number in range(40)]
    tastes = {member: TASTES[number % 2] for number, member in enumerate(members)}
    pd.DataFrame({"member_id": members, "cluster": tastes.values()}).to_csv(
        folder / "members.csv", index=False
    )
    plays = [
        (member, title)
        for member in members
        for number, title in enumerate(title_ids)
        if random.random() < (0.8 if number % 2 == TASTES.index(tastes[member]) else 0.2)
    ]
    pd.DataFrame(plays, columns=["member_id", "title_id"]).assign(plays=1).to_csv(
        folder / "interactions.csv", index=False
    )
    return folder


def write_performance(folder: Path, seed: int) -> None:
    """Counts for every artwork × cluster × platform."""
    random = np.random.default_rng(seed)
    artworks = pd.read_csv(folder / "artworks.csv")[["artwork_id"]]
    slices = pd.DataFrame({"cluster": TASTES}).merge(
        pd.DataFrame({"platform": ["tv", "mobile"]}), how="cross"
    )
    cells = artworks.merge(slices, how="cross")
    impressions = random.integers(200, 3000, size=len(cells))
    cells["impressions"] = impressions
    cells["plays"] = random.binomial(impressions, random.uniform(0.05, 0.4, size=len(cells)))
    cells.to_csv(folder / "performance.csv", index=False)


def build(
    catalogue: Path, output: Path, *, seed: int = 7, sizes: Sizes = DEFAULT_SIZES
) -> BuildReport:
    """An index of a small catalogue with the small encoder and extractor."""
    return build_index(
        catalogue,
        output,
        encoder=SmallEncoder(),
        smallest_cluster=1,
        seed=seed,
        batch_size=4,
        extractor=SmallExtractor(),
        sizes=sizes,
    )
