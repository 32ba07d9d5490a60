"""Exemplars on canvases, and the colours they have."""

from __future__ import annotations

import json
import math
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from assistant.answers.canvases import NOT_MEASURED, survivals
from assistant.boards.content import Pair, Piece, Preview, Swatch
from assistant.boards.desk import Desk, read_layouts
from assistant.boards.sentences import say
from assistant.insights.index_cache import index_cache

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from assistant.answers.answer import Answer
    from index.features.canvases import Canvas
    from index.store import Index

PREVIEWED = 3
"""Exemplars shown on each canvas."""
CANVASES = 3
"""Canvases shown where the brief names none."""
SWATCHES = 8
_ALIKE = 0.09
"""Distance in OKLab within which two colours are one swatch."""
_TONELESS = frozenset({"black", "white", "grey", "gray"})
_DARK, _PALE, _DULL = 0.42, 0.75, 0.1
"""OKLab lightness of dark and of pale colours, and the chroma up to which they are dull."""


def previews(desk: Desk, answer: Answer, pairs: Sequence[Pair]) -> tuple[Preview, ...]:
    """The first exemplars on each canvas of the brief that has a size, else on a few canvases."""
    known = {name.casefold(): canvas for name, canvas in desk.canvases.items()}
    wanted = [name.casefold() for name in answer.brief.canvases]
    named = [known[name] for name in wanted if name in known]
    chosen = named or list(known.values())[:CANVASES]
    told = {
        (one.artwork_id, survival["canvas"]): survival
        for one in answer.exemplars
        for survival in one.canvases
    }
    made = []
    for canvas in chosen:
        for pair in pairs[:PREVIEWED]:
            piece = pair.worked
            survival = told.get((piece.artwork_id, canvas.name))
            if survival is None:
                layout = read_layouts(desk.index).get(piece.artwork_id)
                survival = survivals(layout, [canvas])[0]
            made.append(_preview(desk, canvas, piece, survival))
    return tuple(made)


def _preview(desk: Desk, canvas: Canvas, piece: Piece, found: Mapping[str, Any]) -> Preview:
    if found["verdict"] == NOT_MEASURED:
        width, height = _sizes(desk.index).get(piece.artwork_id, canvas.size)
        crop = centre_crop(width / height, canvas.aspect)
        kept = (crop[2] - crop[0]) * (crop[3] - crop[1])
        told = say("preview_unmeasured", kept=f"{kept:.0%}")
    else:
        left, top, right, bottom = found["crop"]
        crop = (left, top, right, bottom)
        told = say(
            "preview",
            kept=f"{found['saliency_kept']:.0%}",
            face=found["face_kept"],
            title=found["title_kept"],
            letters="" if found["letters"] is None else f"{found['letters']:.0f}",
            least=f"{canvas.letters:.0f}",
        )
    return Preview(
        canvas.name, canvas.label or canvas.name, canvas.size, piece, crop, canvas.safe,
        found["verdict"], told,
    )  # fmt: skip


@index_cache
def _sizes(index: Index) -> dict[str, tuple[int, int]]:
    if not index.has("images") or not {"width", "height"} <= set(index.column_names("images")):
        return {}
    rows = index.table("images").to_pylist()
    ids = index.table("artworks", ["artwork_id"])["artwork_id"].to_pylist()
    if len(rows) != len(ids):
        return {}
    return {one: (row["width"], row["height"]) for one, row in zip(ids, rows, strict=True)}


def centre_crop(aspect: float, shape: float) -> tuple[float, float, float, float]:
    """The largest crop of width over height `shape` in the middle of a picture, in shares of it."""
    width, height = min(1.0, shape / aspect), min(1.0, aspect / shape)
    left, top = (1 - width) / 2, (1 - height) / 2
    return left, top, left + width, top + height


def palette(desk: Desk, pairs: Sequence[Pair]) -> tuple[Swatch, ...]:
    """Main colours of the exemplars by share of their area, alike ones put together."""
    own = _palettes(desk.index)
    worked = [one for pair in pairs for one in own.get(pair.worked.artwork_id, ())]
    failed = [one for pair in pairs if pair.failed for one in own.get(pair.failed.artwork_id, ())]
    if not worked:
        return ()
    groups: list[list[tuple[str, str, float]]] = []
    for one in sorted(worked, key=lambda colour: -colour[2]):
        near = [group for group in groups if _distance(group[0][1], one[1]) < _ALIKE]
        if near:
            near[0].append(one)
        else:
            groups.append([one])
    pictures = len(pairs)
    others = sum(pair.failed is not None for pair in pairs)
    made = []
    for group in groups:
        name, hexed, _ = group[0]
        share = sum(colour[2] for colour in group) / pictures
        lost = sum(colour[2] for colour in failed if _distance(hexed, colour[1]) < _ALIKE)
        made.append(Swatch(_toned(name, hexed), hexed, share, lost / others if others else 0.0))
    return tuple(sorted(made, key=lambda swatch: -swatch.share)[:SWATCHES])


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


def _toned(name: str, hexed: str) -> str:
    """A colour's name with how light or dull it is, so that two of one name are told apart."""
    lightness, red, yellow = _lab(hexed)
    if name in _TONELESS:
        return name
    if lightness < _DARK:
        return f"dark {name}"
    if math.hypot(red, yellow) > _DULL:
        return name
    return f"{'pale' if lightness > _PALE else 'dull'} {name}"


def _distance(one: str, other: str) -> float:
    return math.dist(_lab(one), _lab(other))


@lru_cache(maxsize=20_000)
def _lab(hexed: str) -> tuple[float, ...]:
    from index.features.colour_space import oklab

    pixel = np.array([[int(hexed[at : at + 2], 16) for at in (1, 3, 5)]], np.uint8)
    return tuple(oklab(pixel)[0].tolist())
