"""Adding and removing attributes: each change is a new generation, switched to at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from index.build.attribute_examples import merge_examples, needed, resolve_examples, vector_of
from index.build.attribute_make import Request, Vectors, make_attribute, values_table
from index.encoders import Encoder
from index.errors import InputError
from index.features.attributes.attribute import (
    DEFINITIONS,
    EXAMPLES,
    VALUES,
    Attribute,
    Example,
    definitions_table,
    examples_table,
)
from index.features.attributes.head import prompt_texts
from index.features.concepts.emotion import EMOTION
from index.features.concepts.vocabulary import concept_features
from index.io.nearest_name import name_hint
from index.query.attributes import read_attributes, read_examples
from index.records import FloatMatrix
from index.store import Index, IndexWriter, open_index
from index.store.layout import FINDINGS, table_file


def add_attribute(folder: Path, request: Request, encoder: Encoder | None) -> Attribute:
    """Add an attribute to an index, or more examples to one that it has.

    Args:
        request: what is asked for.
        encoder: the one that made the index; needed for words and for pictures from elsewhere.

    Raises:
        InputError: no name, a name that is taken, an example that is neither artwork nor picture,
            too few examples, or an attribute that cannot be recognised from them.
        ImageUnreadable: an example cannot be read.
        StoreError: there is no index, or another process writes it.
    """
    open_index(folder).close()
    with IndexWriter(folder) as writer:
        index = _current(writer)
        _check_name(index, request)
        before = {one.name: one for one in read_attributes(index)}
        old = before.get(request.name)
        prompt = request.prompt or (old.prompt if old else "")
        space = "image" if index.has_vectors("image") and not prompt else "shared"
        given = resolve_examples(index, request, encoder, space)
        others = [one for one in read_examples(index) if one.attribute != request.name]
        kept = [one for one in read_examples(index) if one.attribute == request.name]
        if old is not None and old.space != space:
            kept = [replace(one, vector=vector_of(index, one, space)) for one in kept]
        examples = merge_examples(kept, given)
        texts = None if not prompt else needed(encoder).embed_texts(prompt_texts(prompt))
        made = make_attribute(
            replace(request, prompt=prompt), examples, Vectors.of(index, space), texts
        )
        before[made.name] = made
        _publish(writer, index, tuple(before.values()), [*others, *examples])
    return made


def remove_attribute(folder: Path, name: str) -> Attribute:
    """Remove an attribute, by its name or its label, and its examples; gives what is gone.

    Raises:
        InputError: there is none of this name.
        StoreError: there is no index, or another process writes it.
    """
    open_index(folder).close()
    with IndexWriter(folder) as writer:
        index = _current(writer)
        gone = find_attribute(index, name)
        left = tuple(one for one in read_attributes(index) if one.name != gone.name)
        examples = [one for one in read_examples(index) if one.attribute != gone.name]
        _publish(writer, index, left, examples)
    return gone


def find_attribute(index: Index, name: str) -> Attribute:
    """The attribute of this name or label.

    Raises:
        InputError: there is none; names the nearest.
    """
    wanted = Request(name).name
    known = {one.name: one for one in read_attributes(index)}
    if wanted not in known:
        hint = 'add one with: assistant features add "holding a weapon" --like …'
        if known:
            hint = name_hint(wanted, known)
        raise InputError(f"there is no attribute {name!r}", path=index.folder, hint=hint)
    return known[wanted]


def write_attributes(
    writer: IndexWriter,
    artworks: Sequence[str],
    attributes: Sequence[Attribute],
    examples: Sequence[Example],
    spaces: Mapping[str, FloatMatrix],
) -> None:
    """Add the attributes' three tables to a generation; none where there is no attribute."""
    if not attributes:
        return
    writer.write_table(DEFINITIONS, definitions_table(attributes))
    if examples:
        writer.write_table(EXAMPLES, examples_table(examples))
    writer.write_table(VALUES, values_table(artworks, attributes, examples, spaces))


def _publish(
    writer: IndexWriter,
    index: Index,
    attributes: Sequence[Attribute],
    examples: Sequence[Example],
) -> None:
    spaces = {space: index.vectors(space) for space in {one.space for one in attributes}}
    artworks = index.table("artworks")["artwork_id"].to_pylist()
    write_attributes(writer, artworks, attributes, examples, spaces)
    made = index.manifest
    changed = {table_file(name) for name in (DEFINITIONS, EXAMPLES, VALUES, *FINDINGS)}
    writer.keep(sorted(set(made.files) - changed))
    writer.publish(made, made.libraries, made.warnings, keep_work=True)


def _current(writer: IndexWriter) -> Index:
    assert writer.current is not None
    return writer.current


def _check_name(index: Index, request: Request) -> None:
    from index.features.registry import features

    if not request.name or request.name[0].isdigit():
        raise InputError(
            f"{request.label!r} cannot be the name of an attribute", hint="begin it with a letter"
        )
    taken = {one.name for one in (*features(), EMOTION, *concept_features())}
    taken |= {name for table in ("artworks", "titles") for name in index.column_names(table)}
    if request.name in taken:
        raise InputError(
            f"the name {request.name!r} is taken by a feature or a column of the catalogue",
            hint="choose another",
        )
