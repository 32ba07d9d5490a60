"""Titles as text vectors, and what clusters will make of a title from its words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from index.build.audience import AudienceTables
from index.catalogue.words import split_words, title_text
from index.encoders import Encoder
from index.records import FloatMatrix, Progress
from index.store import Index

TEXTS_AT_ONCE = 256


@dataclass(frozen=True, slots=True)
class Titles:
    """Titles as text.

    Attributes:
        texts: title_id, text; in the order of the catalogue's titles.
        vectors: (titles, dimensions) unit rows.
    """

    texts: pd.DataFrame
    genres: tuple[tuple[str, ...], ...]
    vectors: FloatMatrix


def embed_titles(
    titles: pd.DataFrame, encoder: Encoder, before: Index | None, progress: Progress
) -> Titles:
    """Embed what the catalogue says of each title; texts that `before` knows are not embedded.

    Args:
        titles: title_id, name, synopsis, genres, tags.
        before: an index that was made with this encoder, or None.
    """
    genres = tuple(split_words(joined) for joined in titles["genres"])
    words = zip(titles["name"], titles["synopsis"], genres, titles["tags"], strict=True)
    texts = [
        title_text(name, synopsis, own, split_words(tags)) for name, synopsis, own, tags in words
    ]
    vectors = np.empty((len(texts), encoder.dimensions), np.float32)
    held = [] if before is None else before.table("texts")["text"].to_pylist()
    known = {text: row for row, text in enumerate(held)}
    old = np.array([known.get(text, -1) for text in texts], dtype=np.intp)
    if before is not None and (old >= 0).any():
        vectors[old >= 0] = before.vectors("titles")[old[old >= 0]]
    new = np.flatnonzero(old < 0)
    for start in range(0, len(new), TEXTS_AT_ONCE):
        rows = new[start : start + TEXTS_AT_ONCE]
        vectors[rows] = encoder.embed_texts([texts[row] for row in rows])
        progress("title texts", start + len(rows), len(new))
    return Titles(titles[["title_id"]].assign(text=texts), genres, vectors)


def predictor_arrays(
    titles: Titles, audience: AudienceTables, seed: int
) -> dict[str, npt.NDArray[Any]] | None:
    """A fitted `AffinityPredictor` as arrays; None where no cluster's affinities are known."""
    if audience.affinity is None or audience.clusters is None:
        return None
    from index.audience.predict import AffinityPredictor

    clusters = [str(cluster) for cluster in audience.clusters["cluster"]]
    ids = titles.texts["title_id"]
    affinity, plays = (
        audience.affinity.pivot(index="title_id", columns="cluster", values=value)
        .reindex(index=ids, columns=clusters)
        .to_numpy(np.float64)
        for value in ("affinity", "plays")
    )
    predictor = AffinityPredictor(seed=seed)
    predictor.fit(titles.vectors, titles.genres, affinity, np.nan_to_num(plays), clusters=clusters)
    return predictor.to_arrays()
