"""The pictures that a user names: artworks of the index, or files from anywhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from index.build.attribute_make import Request
from index.encoders import Encoder
from index.errors import InputError
from index.features.attributes.attribute import Example
from index.io.images import content_hash, read_image
from index.io.nearest_name import nearest_name
from index.records import FloatMatrix
from index.store import Index


def resolve_examples(
    index: Index, request: Request, encoder: Encoder | None, space: str
) -> list[Example]:
    """The pictures that the request names, each an artwork of the index or a file.

    Raises:
        InputError: a word is neither, or a file needs the encoder and there is none.
        ImageUnreadable: a file is no picture.
    """
    table = index.table("artworks")
    ids, titles, paths = (table[name].to_pylist() for name in ("artwork_id", "title_id", "path"))
    row_of = {artwork: row for row, artwork in enumerate(ids)}
    hashes = index.table("images")["content_hash"].to_pylist()
    row_of_hash = {content: row for row, content in enumerate(hashes)}
    examples = []
    words = [(word, True) for word in request.like] + [(word, False) for word in request.unlike]
    for word, liked in words:
        row = row_of.get(word)
        if row is None:
            row = _row_of_file(word, row_of_hash, ids)
        if row is None:
            vector = _embed(Path(word), needed(encoder), space)
            examples.append(Example(request.name, "", word, word, liked, vector))
        else:
            vector = np.array(index.vectors(space)[row])
            examples.append(Example(request.name, ids[row], paths[row], titles[row], liked, vector))
    return examples


def _row_of_file(word: str, row_of_hash: Mapping[str, int], ids: Sequence[str]) -> int | None:
    if not Path(word).is_file():
        near = nearest_name(word, ids)
        hint = f"did you mean the artwork {near!r}?" if near else "name artworks or image files"
        raise InputError(f"{word!r} is neither an artwork of this index nor a file", hint=hint)
    return row_of_hash.get(content_hash(Path(word)))


def _embed(path: Path, encoder: Encoder, space: str) -> FloatMatrix:
    embedded = encoder.embed_images([read_image(path).pixels])
    vectors = embedded.shared if space == "shared" else embedded.image
    assert vectors is not None
    row: FloatMatrix = vectors[0]
    return row


def vector_of(index: Index, example: Example, space: str) -> FloatMatrix:
    """The vector of an earlier example in another space of the index.

    Raises:
        InputError: the example is not of the index.
    """
    if not example.artwork_id:
        raise InputError(
            f"{example.path} was given when {example.attribute!r} had no words",
            hint="remove the attribute and add it again",
        )
    row = index.table("artworks")["artwork_id"].to_pylist().index(example.artwork_id)
    return np.array(index.vectors(space)[row])


def needed(encoder: Encoder | None) -> Encoder:
    """The encoder, where one was given.

    Raises:
        InputError: none was.
    """
    if encoder is None:
        raise InputError("words and pictures from elsewhere need the encoder that made the index")
    return encoder


def merge_examples(kept: Sequence[Example], given: Sequence[Example]) -> list[Example]:
    """Earlier examples and new ones; of a picture that is in both, what was said last."""
    merged = {one.artwork_id or one.path: one for one in (*kept, *given)}
    return list(merged.values())
