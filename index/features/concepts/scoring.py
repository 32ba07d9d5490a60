"""Which pictures show which concepts, from vectors and classes that an index keeps anyway."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from index.encoders.starter import MEDIUM_CLASSES
from index.features.concepts.vocabulary import load_vocabulary, with_narrower
from index.records import FloatMatrix

Flags = npt.NDArray[np.uint8]
Ints = npt.NDArray[np.int32]

LEAST_SHARE = 0.2
"""Share of what the classes say from which a picture shows a concept. A higher one hardly makes
more flags right: what matters is which concepts are kept."""
_LEAST_SHOWN = 0.05
OUTLIER = 3.5
"""Modified z-score above which a value is an outlier (Iglewicz & Hoaglin 1993)."""
TOP_CLASSES = 10
"""Most probable classes of a picture that are kept."""
MIN_ARTWORKS = 50
"""Fewer pictures than this are no ground to calibrate a threshold on."""
_BLOCK = 65_536

TEMPLATES = ("a film poster with {}", "a picture with {}")
NEUTRAL = ("a film poster", "a picture")


@dataclass(frozen=True, slots=True, eq=False)
class Sight:
    """What an encoder sees of one concept in n pictures.

    Attributes:
        concept: its name.
        flags: (n,) 1 where the picture shows it, else 0; None where it cannot be seen.
        threshold: score from which it is shown; None where it cannot be seen.
        reason: why it cannot be seen, as a clause; empty where it can.
    """

    concept: str
    flags: Flags | None
    threshold: float | None = None
    reason: str = ""


def top_classes(probabilities: FloatMatrix) -> tuple[Ints, FloatMatrix]:
    """The most probable classes of each picture and their probabilities, both (n, 10).

    Args:
        probabilities: (n, classes).
    """
    top = np.argsort(-probabilities, axis=1, kind="stable")[:, :TOP_CLASSES]
    return top.astype(np.int32), np.take_along_axis(probabilities, top, axis=1)


def see_classes(ids: Ints, probabilities: FloatMatrix, class_names: Sequence[str]) -> list[Sight]:
    """Every concept from an encoder that gives probabilities of named classes.

    A picture shows a concept if the classes that show it hold at least LEAST_SHARE of the
    probability that is left when classes of the medium are set aside (most posters are a "book
    jacket" to ImageNet). The ten most probable
    classes are enough: classes of less than about 2% add up to noise, most of all for concepts
    of many classes (the tail of 94 breeds of dog).

    Args:
        ids: (n, k) most probable classes of each picture.
        probabilities: (n, k) of them.
        class_names: every class, each as names joined by ", " of which the first counts.
    """
    from scipy.sparse import csr_array

    first = [name.split(",")[0] for name in class_names]
    place: dict[str, list[int]] = {}
    for at, name in enumerate(first):
        place.setdefault(name, []).append(at)
    medium = np.array([name in MEDIUM_CLASSES for name in first])
    columns = {name: _classes_of(name, place) for name in load_vocabulary()}
    seen = [name for name, own in columns.items() if own]
    weights = np.zeros((len(first), len(seen)), np.float32)
    for column, name in enumerate(seen):
        weights[columns[name], column] = 1
    flags = np.empty((len(seen), len(ids)), np.uint8)
    for start in range(0, len(ids), _BLOCK):
        rows = slice(start, start + _BLOCK)
        shown = np.where(medium[ids[rows]], 0, probabilities[rows])
        left = 1 - np.where(medium[ids[rows]], probabilities[rows], 0).sum(axis=1)
        ends = np.arange(len(shown) + 1) * ids.shape[1]
        sparse = csr_array((shown.ravel(), ids[rows].ravel(), ends), (len(shown), len(first)))
        shares = (sparse @ weights) / np.maximum(left, _LEAST_SHOWN)[:, None]
        flags[:, rows] = (shares >= LEAST_SHARE).T
    row_of = {name: row for row, name in enumerate(seen)}
    return [
        Sight(name, flags[row_of[name]], LEAST_SHARE)
        if name in row_of
        else Sight(name, None, reason="no class of the encoder shows it well enough")
        for name in load_vocabulary()
    ]


def text_prompts() -> tuple[str, ...]:
    """Every text that `see_texts` needs a vector of: the neutral ones, then each concept's."""
    concepts = load_vocabulary().values()
    return (*NEUTRAL, *(one.format(concept.says) for concept in concepts for one in TEMPLATES))


def see_texts(pictures: FloatMatrix, prompts: FloatMatrix) -> list[Sight]:
    """Every concept from an encoder whose pictures and texts were trained to share a space.

    The score is the cosine with the concept's texts (mean of the templates' vectors, Radford et
    al. 2021) less that with the same texts without it, and the highest over narrower concepts. A
    picture shows it if the score is above zero and an outlier of the catalogue: what such cosines
    are differs from text to text, and there are no labels that say where "shown" begins, but
    most pictures of a catalogue do not show any one concept. A concept that half of the pictures
    show therefore cannot be recognised.

    Args:
        pictures: (n, d) unit vectors.
        prompts: (texts, d) unit vectors of `text_prompts()`.
    """
    names = list(load_vocabulary())
    if len(pictures) < MIN_ARTWORKS:
        reason = f"fewer than {MIN_ARTWORKS} artworks are no ground to calibrate it on"
        return [Sight(name, None, reason=reason) for name in names]
    each = len(TEMPLATES)
    neutral = mean_direction(prompts[:each])
    vectors = np.stack(
        [mean_direction(prompts[start : start + each]) for start in range(each, len(prompts), each)]
    )
    scores = np.empty((len(names), len(pictures)), np.float32)
    for start in range(0, len(pictures), _BLOCK):
        block = pictures[start : start + _BLOCK]
        scores[:, start : start + _BLOCK] = vectors @ block.T - neutral @ block.T
    row_of: Mapping[str, int] = {name: row for row, name in enumerate(names)}
    seen = []
    for name in names:
        own = scores[[row_of[one.name] for one in with_narrower(name)]].max(axis=0)
        threshold = max(outlier_bound(own), 0.0)
        seen.append(Sight(name, (own > threshold).astype(np.uint8), threshold))
    return seen


def outlier_bound(scores: npt.NDArray[np.floating]) -> float:
    """Value above which scores are outliers: modified z-score over OUTLIER.

    Source: Iglewicz & Hoaglin, How to Detect and Handle Outliers, 1993: 0.6745 times the distance
    from the median over the median absolute deviation.
    """
    from scipy.stats import median_abs_deviation

    spread = float(median_abs_deviation(scores, scale="normal"))
    return float(np.median(scores)) + OUTLIER * spread


def _classes_of(name: str, place: Mapping[str, Sequence[int]]) -> list[int]:
    classes = {one for concept in with_narrower(name) for one in concept.classes}
    return sorted(at for one in classes for at in place.get(one, ()))


def mean_direction(vectors: FloatMatrix) -> FloatMatrix:
    """The mean of (n, d) vectors, of length one."""
    mean: FloatMatrix = vectors.mean(axis=0)
    return mean / np.float32(max(float(np.linalg.norm(mean)), 1e-12))
