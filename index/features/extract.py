"""Measuring features: one pass over a decoded picture, many pictures in parallel."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache, cached_property, partial
from pathlib import Path
from typing import TypeVar

from index.features.analysis import Analysis
from index.features.bodies import BodyDetector
from index.features.colour import measure_colour
from index.features.faces import detect_faces
from index.features.feature import Value
from index.features.mtcnn import Mtcnn
from index.features.people import measure_people
from index.features.registry import feature, features
from index.features.text import TextDetector, measure_text
from index.images import Picture

T = TypeVar("T")


class FeatureExtractor:
    """Measures features of pictures.

    Models are loaded on first use and shared by all threads; each picture is worked on by one.

    Args:
        names: the features wanted; all of them by default.
        threads: pictures measured at a time; as many as there are processors by default.

    Raises:
        InputError: a name that is no feature.
    """

    def __init__(self, names: Iterable[str] | None = None, threads: int | None = None) -> None:
        wanted = features() if names is None else tuple(feature(name) for name in names)
        self.names = tuple(one.name for one in wanted)
        self.threads = threads or os.cpu_count() or 1
        self._needs = {one.extractor for one in wanted}

    def extract(self, pictures: Sequence[Picture]) -> list[dict[str, Value]]:
        """Values by feature name for each picture; None where one could not be measured.

        Raises:
            EncoderUnavailable: the packages that carry the detectors are not installed.
        """
        self._load()
        with ThreadPoolExecutor(self.threads) as pool:
            return list(pool.map(self._measure, pictures))

    def analyse(self, picture: Picture) -> Analysis:
        """What is where in one picture.

        Raises:
            EncoderUnavailable: the packages that carry the detectors are not installed.
        """
        parts = _attempt(partial(self._bodies.detect, picture.pixels)) or ()
        return Analysis(
            faces=_attempt(partial(detect_faces, self._mtcnn, picture.pixels, parts)),
            parts=parts,
            text=_attempt(partial(self._text.detect, picture.pixels)),
        )

    def _load(self) -> None:
        import cv2

        cv2.setNumThreads(1)
        if "faces" in self._needs:
            _ = self._mtcnn, self._bodies
        if "text" in self._needs:
            _ = self._text

    def _measure(self, picture: Picture) -> dict[str, Value]:
        values: dict[str, Value] = dict.fromkeys(self.names)
        for step in self._steps(picture) if picture.pixels.size else ():
            values.update(_attempt(step) or {})
        return {name: values[name] for name in self.names}

    def _steps(self, picture: Picture) -> Iterable[Callable[[], dict[str, Value]]]:
        pixels = picture.pixels
        if "faces" in self._needs:
            yield lambda: measure_people(
                detect_faces(self._mtcnn, pixels, self._bodies.detect(pixels))
            )
        if "text" in self._needs:
            yield lambda: measure_text(self._text.detect(pixels))
        if "colour" in self._needs:
            yield lambda: measure_colour(pixels)

    @cached_property
    def _mtcnn(self) -> Mtcnn:
        return Mtcnn()

    @cached_property
    def _bodies(self) -> BodyDetector:
        return BodyDetector()

    @cached_property
    def _text(self) -> TextDetector:
        return TextDetector()


def _attempt(step: Callable[[], T]) -> T | None:
    """The step's result, or None: what fails on a picture is missing for it, not an error."""
    try:
        return step()
    except Exception:
        return None


@cache
def extractor_fingerprint() -> str:
    """Changes whenever the code that measures features does, 16 hex digits."""
    digest = hashlib.blake2b(digest_size=8)
    for file in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(file.name.encode() + file.read_bytes())
    return digest.hexdigest()
