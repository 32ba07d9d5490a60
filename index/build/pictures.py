"""Every picture of a catalogue, embedded and measured once, however often it occurs."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import numpy.typing as npt

from index.encoders import Encoder
from index.errors import ImageUnreadable
from index.features.concepts.emotion import EmotionReader, largest_face
from index.features.concepts.scoring import top_classes
from index.features.feature import Value
from index.io.images import Picture, read_image
from index.records import FloatMatrix
from index.store import Part

if TYPE_CHECKING:
    import pyarrow as pa


AHEAD = 3
"""Batches that are being read while one is embedded: limits memory for a catalogue of any size."""
MEASURED = 2
"""Batches that are measured at a time."""


class Extractor(Protocol):
    """Measures features; what a picture gives does not depend on the pictures beside it.

    It is called from two threads at a time.
    """

    @property
    def names(self) -> tuple[str, ...]:
        """The features it measures, all of them in the registry."""

    @property
    def fingerprint(self) -> str:
        """Changes when a picture would be measured differently."""

    def extract(self, pictures: Sequence[Picture]) -> list[dict[str, Value]]:
        """Values by feature name for each picture; None where one could not be measured."""


class EveryFeature:
    """The Extractor of every feature in the registry; `threads` as `FeatureExtractor` has them."""

    def __init__(self, threads: int | None = None) -> None:
        from index.features.extract import FeatureExtractor, extractor_fingerprint

        self._extractor = FeatureExtractor(threads=threads)
        self.names = self._extractor.names
        self.fingerprint = extractor_fingerprint()

    def extract(self, pictures: Sequence[Picture]) -> list[dict[str, Value]]:
        """Values by feature name for each picture; None where one could not be measured."""
        return self._extractor.extract(pictures)


@dataclass(frozen=True, slots=True)
class Batch:
    """A finished batch: what became of its pictures, and those that cannot be read."""

    part: Part | None
    unreadable: dict[str, str]


class Pipeline(Protocol):
    """Embeds and measures pictures, here or elsewhere."""

    def run(self, pictures: Iterable[tuple[str, Path]]) -> Iterator[Batch]:
        """Batches in any order, for pairs of content hash and path."""


class PicturePipeline:
    """Reads, embeds and measures pictures in overlapping stages.

    Pictures are decoded by threads a few batches ahead; while one batch is embedded, it is also
    measured, and the next one's measuring begins before its last picture is done, so that no
    processor waits. What a picture gives does not depend on the batch it is in.

    Args:
        encoder: embeds; called from one thread.
        extractor: measures; called from MEASURED threads at a time.
        faces: reads the largest face of each picture, in the encoder's thread; None for nothing.
        batch_size: pictures a batch.
        threads: pictures decoded at a time.
    """

    def __init__(
        self,
        encoder: Encoder,
        extractor: Extractor,
        faces: EmotionReader | None,
        batch_size: int,
        threads: int,
    ) -> None:
        self._encoder, self._extractor, self._faces = encoder, extractor, faces
        self._batch_size, self._threads = batch_size, threads

    def run(self, pictures: Iterable[tuple[str, Path]]) -> Iterator[Batch]:
        """Batches in the order of `pictures`, pairs of content hash and path."""
        readers = ThreadPoolExecutor(self._threads, thread_name_prefix="decode")
        measurer = ThreadPoolExecutor(MEASURED, thread_name_prefix="measure")
        try:
            finishing: deque[Callable[[], Batch]] = deque()
            for batch in _read_ahead(readers, pictures, self._batch_size):
                finishing.append(self._start(measurer, batch))
                if len(finishing) >= MEASURED:
                    yield finishing.popleft()()
            while finishing:
                yield finishing.popleft()()
        finally:
            readers.shutdown(cancel_futures=True)
            measurer.shutdown(cancel_futures=True)

    def _start(
        self, measurer: ThreadPoolExecutor, batch: list[tuple[str, Future[Picture | str]]]
    ) -> Callable[[], Batch]:
        read = [(key, future.result()) for key, future in batch]
        unreadable = {key: outcome for key, outcome in read if isinstance(outcome, str)}
        good = [(key, outcome) for key, outcome in read if isinstance(outcome, Picture)]
        if not good:
            return lambda: Batch(None, unreadable)
        pictures = [picture for _, picture in good]
        measured = measurer.submit(self._extractor.extract, pictures)
        arrays = _embed(self._encoder, pictures)
        hashes = tuple(key for key, _ in good)
        names = self._extractor.names

        def finish() -> Batch:
            rows = measured.result()
            if self._faces is not None:
                arrays["faces"] = _read_faces(self._faces, pictures, rows)
            features = features_table(names, rows)
            return Batch(Part(hashes, arrays, features), unreadable)

        return finish


def _read_ahead(
    readers: ThreadPoolExecutor, pictures: Iterable[tuple[str, Path]], batch_size: int
) -> Iterator[list[tuple[str, Future[Picture | str]]]]:
    source = iter(pictures)
    window: deque[list[tuple[str, Future[Picture | str]]]] = deque()
    while True:
        while len(window) < AHEAD and (batch := list(islice(source, batch_size))):
            window.append([(key, readers.submit(_read, path)) for key, path in batch])
        if not window:
            return
        yield window.popleft()


def _read(path: Path) -> Picture | str:
    try:
        return read_image(path)
    except ImageUnreadable as error:
        return error.reason


def _embed(encoder: Encoder, pictures: Sequence[Picture]) -> dict[str, npt.NDArray[Any]]:
    embedded = encoder.embed_images([picture.pixels for picture in pictures])
    arrays: dict[str, npt.NDArray[Any]] = {
        "shared": embedded.shared,
        "size": np.array([(picture.width, picture.height) for picture in pictures], np.int32),
    }
    if embedded.image is not None:
        arrays["image"] = embedded.image
    if embedded.classes is not None:
        arrays["class_ids"], arrays["class_probabilities"] = top_classes(embedded.classes)
    return arrays


def _read_faces(
    reader: EmotionReader, pictures: Sequence[Picture], rows: Sequence[dict[str, Value]]
) -> FloatMatrix:
    """What the reader says of the largest face of each picture; NaN where there is none."""
    read = np.full((len(pictures), reader.width), np.nan, np.float32)
    crops = {}
    for at, (picture, row) in enumerate(zip(pictures, rows, strict=True)):
        x, y, share = (row.get(name) for name in ("face_x", "face_y", "largest_face_share"))
        crop = largest_face(picture.pixels, _number(x), _number(y), _number(share))
        if crop is not None:
            crops[at] = crop
    if crops:
        read[list(crops)] = reader.read(list(crops.values()))
    return read


def _number(value: Value) -> float | None:
    return value if isinstance(value, float) and not np.isnan(value) else None


def features_table(names: Sequence[str], rows: Sequence[dict[str, Value]]) -> pa.Table:
    """Measured values as columns: text as it is, numbers as float64 with NaN where missing."""
    import pyarrow as pa

    from index.features.registry import feature

    columns: dict[str, pa.Array] = {}
    for name in names:
        values = [row[name] for row in rows]
        if feature(name).kind in ("category", "structure"):
            columns[name] = pa.array(values, pa.large_string())
        else:
            numbers = np.array(values, dtype=np.float64)
            columns[name] = pa.array(numbers, from_pandas=False)
    return pa.table(columns)
