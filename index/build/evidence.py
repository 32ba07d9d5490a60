"""What search reads beside the vectors of pictures: titles, their words, lift, and appearance."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from index.build.collection import ENCODED
from index.catalogue.words import split_words
from index.encoders import Encoder
from index.features.concepts.vocabulary import load_vocabulary
from index.query.look import LOOK_FEATURES
from index.query.standing import LABELS
from index.query.words import hash_terms, index_terms, kind_term, split_text
from index.records import FloatMatrix
from index.store import Index, IndexWriter
from index.store.layout import checksum_bytes

if TYPE_CHECKING:
    import pyarrow as pa


KIND = 6.0
"""What a genre, tag, person or name that the query names is worth: more than all else together."""
FIELDS = {"name": 1.5, "synopsis": 1.0, "genres": 2.0, "tags": 2.0, "talent": 2.0}
"""How much a word counts by where it stands."""
MIN_OF_KIND = 5
MIN_TITLES_OF_KINDS = 20
PENALTY = 30.0
"""Of the regression from texts to kinds, in multiples of their mean variance."""
MOST_MEASURED = 4_096
"""Rows that the spread of scores is measured on, evenly spaced."""


def write_evidence(
    writer: IndexWriter,
    titles: pd.DataFrame,
    artworks: pd.DataFrame,
    texts: FloatMatrix,
    encoder: Encoder,
    before: Index | None,
) -> None:
    """Add what search by words, by look and by lift needs.

    Args:
        writer: of the generation; has the vectors and the features.
        titles: of the catalogue.
        artworks: that are written.
        texts: (titles, dimensions), vectors of the titles' texts.
        encoder: embeds the words that scores are scaled by.
        before: an index that was made with this encoder, or None.
    """
    rows = {title: row for row, title in enumerate(titles["title_id"])}
    title_of = artworks["title_id"].map(rows).to_numpy(np.int32)
    writer.write_column("title_of", title_of)
    writer.write_column("artworks_by_title", np.argsort(title_of, kind="stable").astype(np.int32))
    ends = np.cumsum(np.bincount(title_of, minlength=len(titles)))
    writer.write_column("artwork_ends", ends.astype(np.int64))
    for name, column in index_terms(_documents(titles)).items():
        writer.write_column(name, column)
    for name, column in _keys(titles, artworks).items():
        writer.write_column(name, column)
    reference, digest = _reference(encoder, before)
    kinds = _kinds(titles, texts)
    topics = (texts - texts.mean(axis=0)) / _spread(texts, reference)
    if kinds is not None:
        topics += kinds / _spread(kinds, reference)
    writer.write_vectors("topics", np.asarray(topics, np.float32), words=reference)
    for name, space in (("picture", "shared"), ("encoded", ENCODED)):
        if writer.has_vectors(space):
            vectors = writer.vectors(space)
            writer.write_column(f"{name}_mean", _mean(vectors))
            spread = np.array([_spread(vectors, reference)], np.float32)
            writer.write_column(f"{name}_spread", spread)
    writer.write_arrays("reference", {"vectors": reference, "digest": np.array(digest)})


def write_standing(writer: IndexWriter, tags: pd.DataFrame, artworks: pd.DataFrame) -> None:
    """Add lift, its interval and label of every artwork over all clusters and platforms.

    Columns: lift, low, high in log-odds, and the place of the label in `LABELS`; NaN without.

    Args:
        tags: of the slice of all clusters and platforms.
    """
    own = tags.set_index("artwork_id").reindex(artworks["artwork_id"])
    label = own["label"].map({label: place for place, label in enumerate(LABELS)})
    columns = [own["lift"], own["low"], own["high"], label]
    writer.write_column("standing", np.column_stack(columns).astype(np.float32))
    base = own["take_fraction"].median()
    writer.write_column("take_fraction", np.array([base], np.float32))


def look_of(features: pa.Table) -> npt.NDArray[np.float32]:
    """(pictures, features) of how they look, NaN where one is missing."""
    names = look_names(features.column_names)
    columns = [features[name].to_numpy() for name in names]
    rows = np.column_stack(columns) if columns else np.zeros((features.num_rows, 0))
    return rows.astype(np.float32)


def look_names(measured: Sequence[str]) -> list[str]:
    """The features of appearance among those that are measured."""
    return [name for name in LOOK_FEATURES if name in measured]


def write_look(writer: IndexWriter, names: Sequence[str], values: FloatMatrix) -> None:
    """Add how every picture looks: features in standard deviations from the mean, 0 if missing."""
    known = np.isfinite(values)
    count = np.maximum(known.sum(axis=0), 1)
    mean = np.where(known, values, 0.0).sum(axis=0, dtype=np.float64) / count
    spread = np.sqrt(np.where(known, (values - mean) ** 2, 0.0).sum(axis=0) / count)
    spread[spread < 1e-9] = 1.0
    writer.write_column("look", np.nan_to_num((values - mean) / spread).astype(np.float32))
    arrays = {"names": np.array(names, np.str_), "mean": mean, "spread": spread}
    writer.write_arrays("look", arrays)


def _documents(titles: pd.DataFrame) -> list[dict[str, float]]:
    """Of every title its words, weighted by field, and the kinds it is of."""
    fields = {name: weight for name, weight in FIELDS.items() if name in titles}
    columns = {name: titles[name].fillna("").astype(str).tolist() for name in fields}
    documents = []
    for row in range(len(titles)):
        terms: dict[str, float] = {}
        for name, weight in fields.items():
            text = columns[name][row].replace("|", " ")
            for word in dict.fromkeys(split_text(text)):
                terms[word] = terms.get(word, 0.0) + weight
        for name in set(fields) - {"synopsis"}:
            for part in split_words(columns[name][row]):
                # A name of one word, such as "Fire", is no more than that word.
                if (term := kind_term(part)) and (name != "name" or " " in term):
                    terms[term] = KIND
        documents.append(terms)
    return documents


def _keys(titles: pd.DataFrame, artworks: pd.DataFrame) -> dict[str, npt.NDArray[Any]]:
    """What a query may name exactly: ids, paths and names, by hash; a title as −1 − row."""
    named = [artworks["artwork_id"], artworks["path"], titles["title_id"], titles["name"]]
    names = chain.from_iterable(column.tolist() for column in named)
    hashes = hash_terms(str(name).casefold() for name in names)
    order = np.argsort(hashes, kind="stable")
    own, of_title = np.arange(len(artworks)), -1 - np.arange(len(titles))
    rows = np.concatenate([own, own, of_title, of_title])
    return {"key_hashes": hashes[order], "key_rows": rows[order]}


def _kinds(titles: pd.DataFrame, texts: FloatMatrix) -> FloatMatrix | None:
    """(titles, dimensions): a text's inner product says how well a title's kinds fit it.

    Ridge regression from texts to genres and tags, on the titles: "people fall in love" asks for
    romance though the word does not occur. None where few titles have kinds.
    """
    owned = [
        {*split_words(genres), *split_words(tags)}
        for genres, tags in zip(titles["genres"], titles["tags"], strict=True)
    ]
    counts: dict[str, int] = {}
    for own in owned:
        for kind in own:
            counts[kind] = counts.get(kind, 0) + 1
    most = len(owned) - MIN_OF_KIND
    kinds = sorted(kind for kind, count in counts.items() if MIN_OF_KIND <= count <= most)
    if len(kinds) < 2 or sum(bool(own) for own in owned) < MIN_TITLES_OF_KINDS:
        return None
    has = np.array([[kind in own for kind in kinds] for own in owned], np.float64)
    share = has.mean(axis=0)
    weighed = (has - share) / np.sqrt(share * (1 - share))
    x = np.asarray(texts, np.float64) - np.asarray(texts, np.float64).mean(axis=0)
    variance = x.T @ x / len(x)
    variance[np.diag_indices_from(variance)] += PENALTY * np.trace(variance) / len(variance)
    matrix = np.linalg.solve(variance, x.T @ weighed / len(x))
    fitting: FloatMatrix = (weighed @ matrix.T).astype(np.float32)
    return fitting


def _reference(encoder: Encoder, before: Index | None) -> tuple[FloatMatrix, str]:
    """Vectors of everyday words, from the index before where it has them."""
    words = [concept.name.replace("_", " ") for concept in load_vocabulary().values()]
    digest = checksum_bytes("\n".join(words).encode())
    if before is not None and before.has_arrays("reference"):
        known = before.arrays("reference")
        if str(known["digest"]) == digest:
            return known["vectors"], digest
    return encoder.embed_texts(words), digest


def _spread(vectors: FloatMatrix, reference: FloatMatrix) -> float:
    """Standard deviation over rows of the inner product with a word, the mean over words."""
    every = max(1, len(vectors) // MOST_MEASURED)
    scores = np.asarray(vectors[::every], np.float32) @ reference.T
    return float(scores.std(axis=0).mean()) or 1.0


def _mean(vectors: FloatMatrix) -> FloatMatrix:
    total = np.zeros(vectors.shape[1])
    for start in range(0, len(vectors), MOST_MEASURED):
        total += np.asarray(vectors[start : start + MOST_MEASURED], np.float64).sum(axis=0)
    return (total / max(len(vectors), 1)).astype(np.float32)
