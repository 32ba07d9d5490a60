"""What becomes of exemplars on canvases, and the colours they have."""

from __future__ import annotations

import json
import math
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from assistant.answers.canvases import NOT_MEASURED, survivals
from assistant.boards.content import Crop, Pair, Preview, Swatch
from assistant.boards.desk import read_layouts
from assistant.insights.index_cache import index_cache

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from assistant.answers.answer import Exemplar
    from index.features.canvases import Canvas
    from index.store import Index

SWATCHES = 7
_ALIKE = 0.09
"""Distance in OKLab within which two colours are one swatch."""
_TONELESS = frozenset({"black", "white", "grey", "gray"})
_DARK, _PALE, _DULL = 0.42, 0.75, 0.1
"""OKLab lightness of dark and of pale colours, and the chroma up to which they are dull."""


def previews(index: Index, one: Exemplar, canvases: Collection[Canvas]) -> tuple[Preview, ...]:
    """What becomes of one exemplar on each canvas of the brief that has a size."""
    known = {found["canvas"]: found for found in one.canvases}
    made = []
    for canvas in canvases:
        found = known.get(canvas.name)
        if found is None:
            found = survivals(read_layouts(index).get(one.artwork_id), [canvas])[0]
        if found["verdict"] == NOT_MEASURED:
            width, height = _sizes(index).get(one.artwork_id, canvas.size)
            crop = centre_crop(width / height, canvas.aspect)
        else:
            left, top, right, bottom = found["crop"]
            crop = (left, top, right, bottom)
        made.append(Preview(canvas.name, crop, _within(crop, canvas.safe), found["verdict"]))
    return tuple(made)


def _within(crop: Crop, part: Crop) -> Crop:
    """A part of a crop, in shares of the whole picture."""
    wide, high = crop[2] - crop[0], crop[3] - crop[1]
    left, top, right, bottom = part
    return (
        crop[0] + left * wide,
        crop[1] + top * high,
        crop[0] + right * wide,
        crop[1] + bottom * high,
    )


@index_cache
def _sizes(index: Index) -> dict[str, tuple[int, int]]:
    """Width and height of each artwork's picture, in pixels."""
    rows = index.table("images", ["artwork_id", "width", "height"]).to_pylist()
    return {row["artwork_id"]: (row["width"], row["height"]) for row in rows}


def centre_crop(aspect: float, shape: float) -> Crop:
    """The largest crop of width over height `shape` in the middle of a picture, in shares of it."""
    width, height = min(1.0, shape / aspect), min(1.0, aspect / shape)
    left, top = (1 - width) / 2, (1 - height) / 2
    return left, top, left + width, top + height


def palette(index: Index, pairs: Sequence[Pair]) -> tuple[Swatch, ...]:
    """Main colours of the exemplars by share of their area; alike ones are one swatch."""
    own = _palettes(index)
    worked = [one for pair in pairs for one in own.get(pair.worked.artwork_id, ())]
    failed = [one for pair in pairs if pair.failed for one in own.get(pair.failed.artwork_id, ())]
    groups: list[list[tuple[str, str, float]]] = []
    for one in sorted(worked, key=lambda colour: -colour[2]):
        near = [group for group in groups if _alike(group[0], one)]
        if near:
            near[0].append(one)
        else:
            groups.append([one])
    others = sum(pair.failed is not None for pair in pairs)
    made = []
    for group in groups:
        first = group[0]
        share = sum(colour[2] for colour in group) / len(pairs)
        lost = sum(colour[2] for colour in failed if _alike(first, colour))
        made.append(Swatch(_toned(*first[:2]), first[1], share, lost / others if others else 0.0))
    return tuple(sorted(made, key=lambda swatch: -swatch.share)[:SWATCHES])


def _alike(one: tuple[str, str, float], other: tuple[str, str, float]) -> bool:
    """Whether two colours are one swatch: close to each other, or called the same."""
    near = math.dist(_lab(one[1]), _lab(other[1])) < _ALIKE
    return near or _toned(*one[:2]) == _toned(*other[:2])


@index_cache
def _palettes(index: Index) -> dict[str, tuple[tuple[str, str, float], ...]]:
    if not index.has("features") or "palette" not in index.column_names("features"):
        return {}
    table = index.table("features", ["artwork_id", "palette"])
    return {
        artwork: tuple((one["name"], one["hex"], one["share"]) for one in json.loads(text))
        for artwork, text in zip(
            table["artwork_id"].to_pylist(), table["palette"].to_pylist(), strict=True
        )
        if text
    }


@lru_cache(maxsize=20_000)
def _toned(name: str, hexed: str) -> str:
    """A colour's name with how light or dull it is."""
    lightness, red, yellow = _lab(hexed)
    if name in _TONELESS:
        return name
    if lightness < _DARK:
        return f"dark {name}"
    if math.hypot(red, yellow) > _DULL:
        return name
    return f"{'pale' if lightness > _PALE else 'dull'} {name}"


@lru_cache(maxsize=20_000)
def _lab(hexed: str) -> tuple[float, ...]:
    from index.features.colour_space import oklab

    pixel = np.array([[int(hexed[at : at + 2], 16) for at in (1, 3, 5)]], np.uint8)
    return tuple(oklab(pixel)[0].tolist())
