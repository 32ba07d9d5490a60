"""Making an attribute from examples or words, with its floors; and its values for artworks."""

from __future__ import annotations

import hashlib
import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from index.errors import InputError
from index.features.attributes.attribute import Attribute, Example
from index.features.attributes.head import (
    Head,
    Share,
    fit_head,
    judge_texts,
    read_head,
)
from index.features.concepts.scoring import MIN_ARTWORKS
from index.records import FloatMatrix
from index.store import Index

MIN_LIKED, MIN_LIKED_TITLES = 5, 3
"""Fewer examples, or examples of fewer titles, cannot show what they have in common."""
MIN_UNLIKED_TITLES = 5
DRAWN = 100
"""Counter-examples: what the user does not give is drawn from titles without an example."""
LEAST_AUC = 0.6
"""An attribute that is recognised no better than this is refused."""


@dataclass(frozen=True, slots=True)
class Request:
    """What a user asks for.

    Attributes:
        label: the attribute in the user's words.
        like, unlike: artwork ids or files of pictures.
        prompt: words that say it; empty for none.
        seed: of everything random.
    """

    label: str
    like: tuple[str, ...] = ()
    unlike: tuple[str, ...] = ()
    prompt: str = ""
    seed: int = 7

    @property
    def name(self) -> str:
        """The feature's name: letters, digits and underscores."""
        return re.sub(r"\W+", "_", self.label.casefold()).strip("_")


@dataclass(frozen=True, slots=True, eq=False)
class Vectors:
    """One space of an index.

    Attributes:
        rows: (n, d) vectors of the artworks.
        titles: (n,) their titles.
        encoder_fingerprint: of the encoder that made them.
        bridged: whether the shared space is a bridge by class names, not trained on pictures.
    """

    space: str
    ids: Sequence[str]
    rows: FloatMatrix
    titles: npt.NDArray[np.str_]
    encoder_fingerprint: str
    bridged: bool

    @classmethod
    def of(cls, index: Index, space: str) -> Vectors:
        """The space of this name."""
        table = index.table("artworks", ["artwork_id", "title_id"])
        titles = np.array(table["title_id"].to_pylist(), dtype=np.str_)
        made_by = index.manifest.encoder_fingerprint
        return cls(
            space,
            table["artwork_id"].to_pylist(),
            index.vectors(space),
            titles,
            made_by,
            index.has_arrays("classes"),
        )


def make_attribute(
    request: Request, examples: Sequence[Example], vectors: Vectors, texts: FloatMatrix | None
) -> Attribute:
    """An attribute from examples, or from the vectors of `prompt_texts`, or from both.

    Raises:
        InputError: too few examples, or the attribute cannot be recognised well enough.
    """
    liked = [one for one in examples if one.liked]
    if texts is not None and not liked:
        return _attribute(request, vectors, _unseen_head(request, vectors, texts), 0, 0, False)
    unliked = [one for one in examples if not one.liked]
    _require_enough(request, liked)
    drawn = _draw(vectors, {one.group for one in liked}, DRAWN - len(unliked), request.seed)
    stacked = np.stack([*(one.vector for one in [*liked, *unliked]), *vectors.rows[drawn]])
    groups = [*(one.group for one in [*liked, *unliked]), *vectors.titles[drawn]]
    is_liked = np.arange(len(stacked)) < len(liked)
    if len({*groups[len(liked) :]} - {one.group for one in liked}) < MIN_UNLIKED_TITLES:
        raise InputError(
            f"there are too few counter-examples of {request.label!r}: they must come from "
            f"{MIN_UNLIKED_TITLES} titles without an example",
            hint="name some with --unlike",
        )
    sample = labelled_sample(random_order(vectors.ids, vectors.titles, request.name), examples)
    sampled = np.zeros(len(stacked), bool)
    sampled[: len(examples)] = [one.artwork_id in sample for one in [*liked, *unliked]]
    if texts is not None:
        head = judge_texts(texts, stacked, is_liked, groups, request.seed, sampled)
    else:
        centre = np.asarray(vectors.rows.mean(axis=0), np.float32)
        head = fit_head(stacked, is_liked, groups, centre, request.seed, sampled)
    assert head.auc is not None
    if head.auc < LEAST_AUC:
        raise InputError(
            f"{request.label!r} cannot be recognised from these examples: AUC {head.auc:.2f} "
            f"({head.low:.2f} to {head.high:.2f}) on examples left out, below {LEAST_AUC}",
            hint="give more examples, or others that look more alike, or --unlike ones that differ "
            "in nothing else",
        )
    number = len(stacked) - len(liked)
    return _attribute(request, vectors, head, len(liked), number, len(drawn) > 0)


def random_order(ids: Sequence[str], titles: npt.NDArray[np.str_], name: str) -> list[str]:
    """One artwork of each title, in an order that is random but always the same for a name."""
    row_of = {one: row for row, one in enumerate(ids)}
    keys = {one: hashlib.blake2b(f"{name}\n{one}".encode()).digest() for one in ids}
    first: dict[str, str] = {}
    for one in sorted(ids, key=keys.__getitem__):
        first.setdefault(str(titles[row_of[one]]), one)
    return list(first.values())


def labelled_sample(order: Sequence[str], examples: Sequence[Example]) -> set[str]:
    """The artworks up to the first without a label: a random sample, whatever they show."""
    labelled = {one.artwork_id for one in examples}
    return set(itertools.takewhile(labelled.__contains__, order))


def values_table(
    artworks: Sequence[str],
    attributes: Sequence[Attribute],
    examples: Sequence[Example],
    spaces: Mapping[str, FloatMatrix],
) -> pd.DataFrame:
    """artwork_id and a 0 or 1 per attribute; what a user said of an artwork stands."""
    row_of = {artwork: row for row, artwork in enumerate(artworks)}
    columns: dict[str, Any] = {"artwork_id": pd.array(list(artworks), dtype="str")}
    for one in attributes:
        flags = (one.scores(spaces[one.space]) >= one.threshold).astype(np.uint8)
        for example in examples:
            if example.attribute == one.name and example.artwork_id in row_of:
                flags[row_of[example.artwork_id]] = example.liked
        columns[one.name] = flags
    return pd.DataFrame(columns)


def _require_enough(request: Request, liked: Sequence[Example]) -> None:
    titles = len({one.group for one in liked})
    if len(liked) >= MIN_LIKED and titles >= MIN_LIKED_TITLES:
        return
    raise InputError(
        f"examples of {request.label!r}: {len(liked)}, titles they are of: {titles}; what they "
        f"share can be learned from at least {MIN_LIKED} examples of {MIN_LIKED_TITLES} titles",
        hint="name more with --like",
    )


def _unseen_head(request: Request, vectors: Vectors, texts: FloatMatrix) -> Head:
    if vectors.bridged:
        raise InputError(
            f"this encoder reads words through names of its classes, so how well it sees "
            f"{request.prompt!r} is not known without examples",
            hint="add --like with a few, or index with --encoder open_clip:…",
        )
    if len(vectors.rows) < MIN_ARTWORKS:
        raise InputError(
            f"{len(vectors.rows)} artworks are too few to calibrate words on; it takes "
            f"{MIN_ARTWORKS}",
            hint="add --like with a few examples",
        )
    return read_head(texts, vectors.rows)


def _draw(vectors: Vectors, liked: set[str], number: int, seed: int) -> npt.NDArray[np.intp]:
    """Rows of titles without an example, at random."""
    rows = np.flatnonzero(~np.isin(vectors.titles, sorted(liked)))
    random = np.random.default_rng(seed)
    return np.sort(random.choice(rows, min(max(number, 0), len(rows)), replace=False))


def _attribute(
    request: Request, vectors: Vectors, head: Head, liked: int, unliked: int, drawn: bool
) -> Attribute:
    return Attribute(
        name=request.name,
        label=request.label,
        prompt=request.prompt,
        space=vectors.space,
        encoder_fingerprint=vectors.encoder_fingerprint,
        liked=liked,
        unliked=unliked,
        drawn=drawn,
        seed=request.seed,
        **_spread("precision", head.precision),
        **_spread("recall", head.recall),
        **{one.name: getattr(head, one.name) for one in fields(Head) if one.name not in _SHARES},
    )


_SHARES = ("precision", "recall")


def _spread(name: str, share: Share | None) -> dict[str, Any]:
    if share is None:
        return {}
    return {name: share.value, f"{name}_low": share.low, f"{name}_high": share.high}
