"""Any model of open_clip (Radford et al. 2021, arXiv:2103.00020; Cherti et al. 2023), exported.

Loading one from the cache needs neither torch nor open_clip nor the weights it was made from.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from index.encoders.protocol import ImageEmbeddings
from index.encoders.runtime import Graph, ImageTower, Preprocessing
from index.encoders.texts import Cleaning, Tokenizer, embed_tokens
from index.processors import processors
from index.records import FloatMatrix, Pixels

PREFIX = "open_clip:"
PIECE = 4


@dataclass(frozen=True, slots=True)
class ClipModel:
    """What the exported graphs do not say; `model.json` beside them.

    Attributes:
        fingerprint: digest of weights, architecture, preprocessing and export version.
        dimensions: width of the shared space.
        context: tokens a text is padded or cut to.
        cleaning: what is done to a text before it is tokenized.
        preprocessing: how images are brought to the model's input.
    """

    fingerprint: str
    dimensions: int
    context: int
    cleaning: Cleaning
    preprocessing: Preprocessing

    def write(self, folder: Path) -> None:
        """Write `model.json`."""
        record = asdict(self) | {"preprocessing": self.preprocessing.as_record()}
        (folder / "model.json").write_text(json.dumps(record, indent=1), "utf-8")

    @classmethod
    def read(cls, folder: Path) -> ClipModel:
        """What `write` wrote."""
        record: dict[str, Any] = json.loads((folder / "model.json").read_text("utf-8"))
        record["preprocessing"] = Preprocessing.from_record(record["preprocessing"])
        return cls(**record)


class OpenClipEncoder:
    """The two towers of an open_clip model; follows `protocol.Encoder`.

    Args:
        folder: the cache entry that `clip_export.export_clip` wrote.
        id: the spec it was asked for by; two specs may lead to the same weights.
        threads: processors to use; None for all that the process may use.
    """

    image_dimensions: int | None = None
    class_names: tuple[str, ...] | None = None

    def __init__(self, folder: Path, id: str, threads: int | None = None) -> None:
        threads = threads or processors()
        self.id = id
        self._model = ClipModel.read(folder)
        self._image = ImageTower(folder / "image.onnx", self._model.preprocessing, threads, PIECE)
        self._text = Graph(folder / "text.onnx", threads)
        self._tokenizer = Tokenizer(
            folder / "tokenizer.json", (self._model.context,), self._model.cleaning
        )

    @property
    def fingerprint(self) -> str:
        """Digest of weights, architecture, preprocessing and export version."""
        return self._model.fingerprint

    @property
    def dimensions(self) -> int:
        """Width of the shared space."""
        return self._model.dimensions

    def embed_images(self, pixels: Sequence[Pixels]) -> ImageEmbeddings:
        """Embed sRGB images, each uint8 (height, width, 3), into the shared space."""
        if not pixels:
            return ImageEmbeddings(np.empty((0, self.dimensions), np.float32))
        (vectors,) = self._image.run(pixels)
        return ImageEmbeddings(vectors)

    def embed_texts(self, texts: Sequence[str]) -> FloatMatrix:
        """Embed texts, cut at the model's context length, into (n, dimensions) unit rows."""
        return embed_tokens(self._text, self._tokenizer, texts, self.dimensions, masked=False)
