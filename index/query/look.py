"""How pictures look, as measured: colour, light and layout, asked for by words or by a picture."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from index.query.words import FILLERS
from index.records import FloatMatrix

if TYPE_CHECKING:
    from index.io.images import Picture
    from index.store import Index

LOOK_FEATURES = (
    "brightness", "contrast", "saturation", "colourfulness", "warm_cool", "hue_variety",
    "black_share", "grey_share", "white_share", "brown_share", "red_share", "orange_share",
    "yellow_share", "green_share", "teal_share", "blue_share", "purple_share", "pink_share",
    "negative_space", "clutter", "symmetry", "sharpness", "figure_ground_contrast",
    "visual_centre_x", "visual_centre_y", "text_coverage", "title_share", "largest_face_share",
    "face_count", "person_count",
)  # fmt: skip
LOOK_WORDS = Path(__file__).with_name("look_words.json")
MOST = 3.0
"""Standard deviations beyond which a picture is no more extreme."""
RIGHT_COUNT, WRONG_COUNT = 2.0, -1.0
SCENE = 0.5
"""What the usual look of a scene is worth beside a look that is asked for: a night is dark."""
LONGEST_PHRASE = 3
_WORD = re.compile(r"[^\W_]+")
Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class LookAsked:
    """What a text says of how pictures look.

    Attributes:
        phrases: found in it, such as "white background".
        only: whether it says nothing else, and these mean nothing else.
    """

    phrases: tuple[str, ...]
    only: bool


def read_phrases(text: str) -> LookAsked:
    """The phrases of a text that measured features can tell, the longest first."""
    words, known = _WORD.findall(text.lower()), _look_words()
    looks = _sections()["looks"]
    found, other, at = [], 0, 0
    while at < len(words):
        for length in range(min(LONGEST_PHRASE, len(words) - at), 0, -1):
            phrase = " ".join(words[at : at + length])
            if phrase in known:
                found.append(phrase)
                other += phrase not in looks
                at += length
                break
        else:
            other += words[at] not in FILLERS
            at += 1
    return LookAsked(tuple(dict.fromkeys(found)), bool(found) and not other)


class Look:
    """The measured appearance of an index's pictures, mapped from its file."""

    def __init__(self, index: Index) -> None:
        arrays = index.arrays("look")
        self._values: FloatMatrix = index.column("look")
        self._at = {str(name): at for at, name in enumerate(arrays["names"])}
        self._mean, self._spread = arrays["mean"], arrays["spread"]

    def has(self, phrase: str) -> bool:
        """Whether a feature that the phrase asks for was measured."""
        return any(name in self._at for name in _look_words()[phrase])

    def by_phrase(self, phrase: str, rows: npt.NDArray[np.intp]) -> Floats:
        """How far pictures look as a phrase says, in standard deviations; 0 is the average.

        A white background is white and empty: of several features the worst counts. A scene that
        only tends to look so counts half.
        """
        parts = []
        for name, wanted in _look_words()[phrase].items():
            if name not in self._at:
                continue
            at = self._at[name]
            values = np.asarray(self._values[rows, at], np.float32)
            if wanted in {"+", "-"}:
                parts.append(np.clip(values if wanted == "+" else -values, -MOST, MOST))
            else:
                counts = np.rint(values * self._spread[at] + self._mean[at])
                least = float(wanted[1:])
                right = counts > least if wanted.startswith(">") else counts == least
                parts.append(np.where(right, RIGHT_COUNT, WRONG_COUNT))
        weight = SCENE if phrase in _sections()["scenes"] else 1.0
        found: Floats = (weight * np.min(parts, axis=0)).astype(np.float32)
        return found

    def by_picture(self, wanted: FloatMatrix, rows: npt.NDArray[np.intp]) -> Floats:
        """Correlation of pictures' features with those of one picture, −1 to 1."""
        values = np.asarray(self._values[rows], np.float32)
        lengths = np.linalg.norm(values, axis=1) * np.linalg.norm(wanted)
        found: Floats = values @ wanted / np.maximum(lengths, 1e-9).astype(np.float32)
        return found

    def of_row(self, row: int) -> FloatMatrix:
        """The features of a picture of the index."""
        return np.array(self._values[row])

    def measure(self, picture: Picture) -> FloatMatrix:
        """The features of another picture, measured now."""
        from index.features.extract import FeatureExtractor

        (measured,) = FeatureExtractor(self._at).extract([picture])
        values = np.array([_number(measured[name]) for name in self._at])
        found: Floats = np.nan_to_num((values - self._mean) / self._spread).astype(np.float32)
        return found


@cache
def _sections() -> dict[str, dict[str, dict[str, str]]]:
    """Phrases, and the features that tell: "+" more of it, "-" less, "=2" two, ">2" more.

    In sections: looks, which mean nothing else; people, who are counted, and scenes, which usually
    look so: both are what a title is about as well.
    """
    found: dict[str, dict[str, dict[str, str]]] = json.loads(LOOK_WORDS.read_text("utf-8"))
    return found


@cache
def _look_words() -> dict[str, dict[str, str]]:
    return {phrase: asked for part in _sections().values() for phrase, asked in part.items()}


def _number(value: object) -> float:
    return value if isinstance(value, float) else float("nan")
