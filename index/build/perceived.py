"""What the encoder sees in the pictures: concepts, and what the faces feel."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from index.encoders import Encoder
from index.features.concepts.emotion import EMOTION, LEAST_SHARE, EmotionReader
from index.features.concepts.scoring import Sight, see_classes, see_texts, text_prompts
from index.features.concepts.vocabulary import load_vocabulary
from index.records import FloatMatrix, Progress
from index.store import Index, IndexWriter
from index.store.layout import checksum_bytes

TEXTS_AT_ONCE = 32


def write_perceived(
    writer: IndexWriter,
    artworks: pd.DataFrame,
    arrays: dict[str, npt.NDArray[Any]],
    encoder: Encoder,
    faces: EmotionReader | None,
    before: Index | None,
    progress: Progress,
) -> None:
    """Write `perceived` (artwork × concept, and emotion) and `vocabulary` (what can be seen).

    Nothing but stored vectors and classes is looked at, so a changed vocabulary costs no second
    pass over the pictures.

    Args:
        artworks: rows of every array.
        arrays: "shared", and "class_ids" and "class_probabilities" or "faces" where there are.
        faces: read the faces.
        before: the generation before: keeps vectors of texts.
    """
    sights = _see(writer, arrays, encoder, before, progress)
    columns: dict[str, Any] = {"artwork_id": artworks["artwork_id"].to_numpy()}
    if faces is not None and "faces" in arrays:
        found = faces.emotions(arrays["faces"])
        columns[EMOTION.name] = pd.array(found, dtype="str")
    vocabulary = load_vocabulary()
    for sight in sights:
        if sight.flags is not None:
            columns[vocabulary[sight.concept].feature] = sight.flags
    writer.write_table("perceived", pd.DataFrame(columns))
    rows = [
        {
            "concept": sight.concept,
            "feature": vocabulary[sight.concept].feature,
            "kind": vocabulary[sight.concept].kind,
            "threshold": np.nan if sight.threshold is None else sight.threshold,
            "artworks": 0 if sight.flags is None else int(sight.flags.sum()),
            "reason": sight.reason,
        }
        for sight in sights
    ]
    rows.append(_emotion_row(columns.get(EMOTION.name)))
    writer.write_table("vocabulary", pd.DataFrame(rows))


def _emotion_row(found: Any) -> dict[str, Any]:
    none = "this encoder reads no faces; name a classifier with assistant index --emotion-model"
    return {
        "concept": EMOTION.name,
        "feature": EMOTION.name,
        "kind": "people",
        "threshold": np.nan if found is None else LEAST_SHARE,
        "artworks": 0 if found is None else int((~found.isna()).sum()),
        "reason": none if found is None else "",
    }


def _see(
    writer: IndexWriter,
    arrays: dict[str, npt.NDArray[Any]],
    encoder: Encoder,
    before: Index | None,
    progress: Progress,
) -> list[Sight]:
    if encoder.class_names is not None:
        ids, probabilities = arrays["class_ids"], arrays["class_probabilities"]
        return see_classes(ids, probabilities, encoder.class_names)
    prompts = _prompt_vectors(encoder, before, progress)
    writer.write_arrays("prompts", prompts)
    return see_texts(arrays["shared"], prompts["vectors"])


def _prompt_vectors(
    encoder: Encoder, before: Index | None, progress: Progress
) -> dict[str, npt.NDArray[Any]]:
    """Vectors of the vocabulary's texts, from the generation before where they are the same."""
    texts = text_prompts()
    digest = np.array(checksum_bytes("\n".join(texts).encode()))
    same = before is not None and before.manifest.encoder_fingerprint == encoder.fingerprint
    if before is not None and same and before.has_arrays("prompts"):
        known = before.arrays("prompts")
        if str(known["digest"]) == str(digest):
            return known
    parts: list[FloatMatrix] = []
    for start in range(0, len(texts), TEXTS_AT_ONCE):
        parts.append(encoder.embed_texts(texts[start : start + TEXTS_AT_ONCE]))
        progress("concept texts", min(start + TEXTS_AT_ONCE, len(texts)), len(texts))
    return {"digest": digest, "vectors": np.concatenate(parts)}
