"""Attributes that a user added, brought over from the generation before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from index.build.attribute_change import write_attributes
from index.build.attribute_make import Request, Vectors, make_attribute
from index.encoders import Encoder
from index.errors import InputError
from index.features.attributes.attribute import Attribute, Example
from index.features.attributes.head import prompt_texts
from index.query.attributes import read_attributes, read_examples
from index.records import FloatMatrix
from index.store import Index, IndexWriter


def carry_attributes(
    writer: IndexWriter,
    artworks: pd.DataFrame,
    spaces: dict[str, FloatMatrix],
    encoder: Encoder,
    before: Index | None,
    same_bridge: bool,
) -> list[str]:
    """Give this generation's artworks the attributes of the one before.

    Where the vectors that an attribute reads are made as before, it stays as it is. Where the
    encoder is another one, or the bridge to the vectors shared with words is, it is learned again
    from the examples that are artworks of the index.

    Args:
        artworks: rows of the vectors.
        spaces: vectors of the artworks by space.
        before: the previous generation, made by any encoder.
        same_bridge: whether its pictures crossed the same bridge to words.

    Returns:
        What was lost and why, as sentences.
    """
    if before is None:
        return []
    ids = artworks["artwork_id"].tolist()
    old, examples = read_attributes(before), list(read_examples(before))
    same_encoder = before.manifest.encoder_fingerprint == encoder.fingerprint
    lost: list[str] = []
    made: list[Attribute] = []
    kept: list[Example] = []
    for attribute in old:
        own = [one for one in examples if one.attribute == attribute.name]
        if same_encoder and (same_bridge or attribute.space != "shared"):
            made.append(attribute)
            kept += own
            continue
        try:
            relearned, again = _remake(attribute, own, artworks, spaces, encoder)
        except InputError as error:
            gone = "with the vectors it was learned on" if same_encoder else "with its encoder"
            lost.append(f"the attribute {attribute.label!r} is gone {gone}: {error}")
        else:
            made.append(relearned)
            kept += again
    write_attributes(writer, ids, made, kept, spaces)
    return lost


def _remake(
    attribute: Attribute,
    examples: Sequence[Example],
    artworks: pd.DataFrame,
    spaces: dict[str, FloatMatrix],
    encoder: Encoder,
) -> tuple[Attribute, list[Example]]:
    space = "image" if "image" in spaces and not attribute.prompt else "shared"
    row_of = {artwork: row for row, artwork in enumerate(artworks["artwork_id"])}
    again = [
        replace(one, vector=np.array(spaces[space][row_of[one.artwork_id]]))
        for one in examples
        if one.artwork_id in row_of
    ]
    titles: npt.NDArray[np.str_] = artworks["title_id"].to_numpy(np.str_)
    vectors = Vectors(
        space,
        list(row_of),
        spaces[space],
        titles,
        encoder.fingerprint,
        encoder.class_names is not None,
    )
    request = Request(attribute.label, prompt=attribute.prompt, seed=attribute.seed)
    texts = encoder.embed_texts(prompt_texts(attribute.prompt)) if attribute.prompt else None
    return make_attribute(request, again, vectors, texts), again
