"""A classifier of facial expressions that the user brings, as one ONNX file."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from index.errors import InputError
from index.features.concepts.emotion import EMOTIONS, clear_emotions
from index.io.images import content_hash
from index.records import FloatMatrix, Pixels

ALIASES = {
    "neutral": "calm", "happy": "joy", "happiness": "joy", "sad": "sadness", "angry": "anger",
    "afraid": "fear", "fearful": "fear", "surprised": "surprise", "disgusted": "disgust",
}  # fmt: skip
_BATCH = 32
_DEFAULTS = (("scale", 1 / 255), ("mean", 0.0), ("std", 1.0))
_HINT = "see what the file must hold in docs/json.md, under `assistant index`"


class ClassifierEmotions:
    """An EmotionReader by a local classifier.

    The file has one input of float32, (N, C, H, W) with fixed C (3 for RGB, 1 for grey), H and W,
    and one output, (N, K): probabilities, or scores that a softmax makes so. Its metadata say
    `labels`, a JSON list of K names, and may say `scale`, `mean` and `std`: values of 0 to 255 are
    multiplied by scale (1/255), then mean is taken off and std divided by, each one number or a
    JSON list of C. Labels are those of EMOTIONS or everyday forms of them ("happy", "neutral");
    under another label no emotion is reported for a face.

    Raises:
        InputError: the file is not there, is no such model, or names no emotion.
    """

    def __init__(self, path: Path) -> None:
        if not path.is_file():
            raise InputError("there is no such file", path=path, hint="name an ONNX classifier")
        self._path = path
        self.fingerprint = f"classifier-{content_hash(path)[:16]}"
        inputs, outputs = self._session.get_inputs(), self._session.get_outputs()
        if len(inputs) != 1 or len(outputs) != 1 or inputs[0].type != "tensor(float)":
            raise InputError("has not one input of float32 and one output", path=path, hint=_HINT)
        self._input = inputs[0].name
        shape = inputs[0].shape
        if (
            len(shape) != 4
            or shape[1] not in (1, 3)
            or not all(isinstance(n, int) for n in shape[1:])
        ):
            raise InputError(f"takes {shape}, not (N, 1 or 3, H, W)", path=path, hint=_HINT)
        self._shape: tuple[int, int, int] = (shape[1], shape[2], shape[3])
        self._labels = self._read_labels()
        self.width = len(self._labels)

    def read(self, crops: Sequence[Pixels]) -> FloatMatrix:
        """(n, width) probabilities of n crops."""
        parts = [
            self._run(np.stack([self._prepare(crop) for crop in crops[start : start + _BATCH]]))
            for start in range(0, len(crops), _BATCH)
        ]
        return np.concatenate(parts)

    def emotions(self, faces: FloatMatrix) -> list[str | None]:
        """The label that holds at least half, if it is one of EMOTIONS."""
        found = clear_emotions(faces, self._labels)
        return [one if one in EMOTIONS else None for one in found]

    def _run(self, batch: FloatMatrix) -> FloatMatrix:
        from scipy.special import softmax

        (scores,) = self._session.run(None, {self._input: batch})
        if scores.shape != (len(batch), self.width):
            reason = f"gives {scores.shape} for {self.width} labels"
            raise InputError(reason, path=self._path, hint=_HINT)
        sums_to_one = np.allclose(scores.sum(axis=1), 1, atol=1e-3) and scores.min() >= 0
        shares: FloatMatrix = scores if sums_to_one else softmax(scores, axis=1)
        return shares.astype(np.float32)

    def _prepare(self, crop: Pixels) -> FloatMatrix:
        channels, height, width = self._shape
        image = Image.fromarray(crop)
        if channels == 1:
            image = image.convert("L")
        resized = image.resize((width, height), Image.Resampling.BILINEAR)
        planes = np.asarray(resized, np.float32).reshape(height, width, channels).transpose(2, 0, 1)
        scale, mean, std = (self._number(*each) for each in _DEFAULTS)
        prepared: FloatMatrix = ((planes * scale - mean) / std).astype(np.float32)
        return prepared

    def _number(self, name: str, otherwise: float) -> FloatMatrix:
        """A number or a list of one a channel from the metadata, to be broadcast over planes."""
        try:
            given = json.loads(self._metadata.get(name, json.dumps(otherwise)))
            return np.array(given, np.float32).reshape(-1, 1, 1)
        except (ValueError, TypeError) as error:
            raise InputError(f"its {name} is not a number", path=self._path, hint=_HINT) from error

    def _read_labels(self) -> tuple[str, ...]:
        try:
            labels = [str(label).casefold() for label in json.loads(self._metadata["labels"])]
        except (KeyError, ValueError, TypeError) as error:
            problem = "its metadata have no `labels`, a JSON list of names"
            raise InputError(problem, path=self._path, hint=_HINT) from error
        named = tuple(ALIASES.get(label, label) for label in labels)
        if not set(named) & set(EMOTIONS):
            problem = f"none of its labels ({', '.join(labels)}) is a known emotion"
            raise InputError(problem, path=self._path, hint=f"known are {', '.join(EMOTIONS)}")
        return named

    @cached_property
    def _metadata(self) -> dict[str, str]:
        found: dict[str, str] = self._session.get_modelmeta().custom_metadata_map
        return found

    @cached_property
    def _session(self) -> Any:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.log_severity_level = 4
        try:
            return onnxruntime.InferenceSession(
                str(self._path), options, providers=["CPUExecutionProvider"]
            )
        # ONNX Runtime has an exception of its own for each of a dozen faults, without a base.
        except Exception as error:
            raise InputError("is no ONNX model", path=self._path, hint=_HINT) from error
