"""Measuring features: one pass over a decoded picture, many pictures in parallel."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache, cached_property, partial
from pathlib import Path
from threading import Lock
from typing import TypeVar

from index.features.analysis import Analysis
from index.features.bodies import BodyDetector, measure_maturity
from index.features.colour import measure_colour
from index.features.composition import measure_composition
from index.features.faces import detect_faces
from index.features.feature import Value
from index.features.gaze import FaceReader
from index.features.layout import find_layout
from index.features.mtcnn import Mtcnn
from index.features.people import measure_people
from index.features.persons import PersonDetector
from index.features.registry import feature, features
from index.features.saliency import saliency_map
from index.features.text import measure_text, plausible_lines
from index.features.text_detector import TextDetector
from index.features.text_reader import TextReader
from index.io.images import Picture
from index.processors import processors

T = TypeVar("T")

_PARTS = {
    "people": {"people"},
    "text": {"text"},
    "colour": {"colour", "text"},
    "composition": {"people", "text", "composition"},
    "layout": {"people", "text", "composition"},
}
"""Which parts of the analysis each extractor stands on."""

_FAULTS = (AttributeError, ImportError, NameError, TypeError)
"""What no picture, however odd, can cause."""


class FeatureExtractor:
    """Measures features of pictures.

    Models are loaded on first use and shared by all threads; each picture is worked on by one.
    It may be called from several threads: their pictures wait in one line. Each process makes its
    own.

    Args:
        names: the features wanted; all of them by default.
        threads: pictures measured at a time; as many as there are processors by default.

    Raises:
        InputError: a name that is no feature.
    """

    def __init__(self, names: Iterable[str] | None = None, threads: int | None = None) -> None:
        wanted = features() if names is None else tuple(feature(name) for name in names)
        self.names = tuple(one.name for one in wanted)
        self.threads = threads or processors()
        self._measured = {one.extractor for one in wanted}
        if "layout" in self._measured:
            self._measured.add("text")
        self._loading = Lock()
        self._found = {part for name in self._measured for part in _PARTS[name]}

    def extract(self, pictures: Sequence[Picture]) -> list[dict[str, Value]]:
        """Values by feature name for each picture; None where one could not be measured.

        Raises:
            EncoderUnavailable: the packages that carry the detectors are not installed.
        """
        self._load()
        return list(self._pool.map(self._extract_one, pictures))

    def analyse(self, picture: Picture) -> Analysis:
        """What is where in one picture: the ground on which its features are measured.

        Raises:
            EncoderUnavailable: the packages that carry the detectors are not installed.
        """
        self._load()
        return self._analyse(picture)

    def measure(self, picture: Picture, found: Analysis) -> dict[str, Value]:
        """Values by feature name of a picture that was analysed."""
        values: dict[str, Value] = dict.fromkeys(self.names)
        if picture.pixels.size:
            for step in self._steps(picture, found):
                values.update(_attempt(step) or {})
            values.update(_attempt(partial(self._layout, picture, found, values)) or {})
        return {name: values[name] for name in self.names}

    def _load(self) -> None:
        import cv2

        cv2.setNumThreads(1)
        with self._loading:
            if "people" in self._found:
                _ = self._mtcnn, self._bodies, self._persons, self._reader
            if "text" in self._found:
                _ = self._text, self._letters
            _ = self._pool

    def _extract_one(self, picture: Picture) -> dict[str, Value]:
        return self.measure(picture, self._analyse(picture))

    def _analyse(self, picture: Picture) -> Analysis:
        pixels = picture.pixels
        if not pixels.size:
            return Analysis()
        faces = parts = persons = text = saliency = None
        if "people" in self._found:
            parts = _attempt(lambda: self._bodies.detect(pixels))
            persons = _attempt(lambda: self._persons.detect(pixels))
            faces = _attempt(lambda: detect_faces(self._mtcnn, pixels, parts or ()))
            faces = _attempt(lambda: self._reader.read_largest(pixels, faces or ())) or faces
        if "text" in self._found:
            aspect = pixels.shape[0] / pixels.shape[1]
            text = _attempt(lambda: plausible_lines(self._text.detect(pixels), aspect))
            text = _attempt(lambda: self._letters.read_largest(pixels, text or ())) or text
        if "composition" in self._found:
            saliency = _attempt(lambda: saliency_map(pixels))
        return Analysis(faces, persons, parts, text, saliency)

    def _steps(self, picture: Picture, found: Analysis) -> Iterable[Callable[[], dict[str, Value]]]:
        pixels, text = picture.pixels, found.text
        if "people" in self._measured and found.parts is not None:
            yield partial(measure_maturity, found.parts)
        if "people" in self._measured and found.faces is not None:
            yield partial(measure_people, found.faces, found.persons)
        if "text" in self._measured and text is not None:
            yield partial(measure_text, pixels, text)
        if "colour" in self._measured:
            yield partial(measure_colour, pixels, text or ())
        if "composition" in self._measured and found.saliency is not None:
            faces = found.faces or ()
            yield partial(measure_composition, pixels, found.saliency, faces, text or ())

    def _layout(
        self, picture: Picture, found: Analysis, values: dict[str, Value]
    ) -> dict[str, Value]:
        if "layout" not in self._measured:
            return {}
        if found.faces is None or found.text is None or found.saliency is None:
            return {}
        height, width = picture.pixels.shape[:2]
        contrast = values["legibility"]
        layout = find_layout(
            width / height,
            found.faces,
            found.text,
            found.saliency,
            contrast if isinstance(contrast, float) else None,
        )
        return {"layout": layout.to_text()}

    @cached_property
    def _pool(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(self.threads, thread_name_prefix="feature")

    @cached_property
    def _mtcnn(self) -> Mtcnn:
        return Mtcnn()

    @cached_property
    def _bodies(self) -> BodyDetector:
        return BodyDetector()

    @cached_property
    def _persons(self) -> PersonDetector:
        return PersonDetector()

    @cached_property
    def _reader(self) -> FaceReader:
        return FaceReader()

    @cached_property
    def _text(self) -> TextDetector:
        return TextDetector()

    @cached_property
    def _letters(self) -> TextReader:
        return TextReader()


def _attempt(step: Callable[[], T]) -> T | None:
    """The step's result, or None: what fails on a picture is missing for it, not an error.

    Faults of the program itself are raised, or they would pass for odd pictures.
    """
    try:
        return step()
    except _FAULTS:
        raise
    except Exception:
        return None


@cache
def extractor_fingerprint() -> str:
    """Changes whenever the code or the weights that measure features do, 16 hex digits."""
    here = Path(__file__).parent
    digest = hashlib.blake2b(digest_size=8)
    for file in sorted([*here.glob("*.py"), *here.glob("weights/*.onnx")]):
        digest.update(file.name.encode() + file.read_bytes())
    return digest.hexdigest()
