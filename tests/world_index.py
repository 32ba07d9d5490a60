"""A planted world as an index, so that a whole board can be held against what was planted."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from index.features.levers.lever import Lever
from index.performance.tags import tag_performance
from index.store import Index
from tests.planted import Art, Title, plant
from tests.worlds import CLUSTERS, LEVERS, World

NAMES = {"c0": "Romance", "c1": "Action", "c2": "Nature"}


def plant_world(
    folder: Path,
    world: World,
    *,
    kinds: Mapping[str, str] | None = None,
    art: Callable[[int], Mapping[str, Any]] = lambda row: {},
    tables: Mapping[str, Any] | None = None,
    perceived: Mapping[str, Sequence[float]] | None = None,
    levers: Sequence[Lever] = LEVERS,
) -> Index:
    """An index of a world: all artwork of a title is one picture, the first titles near (1, 0, 0).

    Args:
        folder: where to write it.
        world: what is planted.
        kinds: the theme of each edit that has one.
        art: further fields of the artwork in a row.
        tables: further ones.
        perceived: flags by feature that only an encoder can see.
        levers: what an art director can turn.
    """
    turns = np.linspace(0, np.pi / 2, len(world.titles))
    titles = [
        Title(row.title_id, (np.cos(turn), np.sin(turn), 0), row.genres, f"Title {number}")
        for number, (row, turn) in enumerate(zip(world.titles.itertuples(), turns, strict=True))
    ]
    text = {one.id: one.text for one in titles}
    features = pd.DataFrame({**world.features, "people_grouping": world.cast}).to_dict("records")
    artworks = []
    for row, (one, own) in enumerate(zip(world.artworks.itertuples(), features, strict=True)):
        fields = {"looks": text[one.title_id], **art(row)}
        seen = own | fields.pop("features", {})
        artworks.append(Art(one.artwork_id, one.title_id, features=seen, **fields))
    made: dict[str, Any] = {"tags": tag_performance(world.cells, world.artworks).tags}
    if kinds:
        theme = pd.Series(world.edit).map(kinds).fillna("")
        near = np.where(theme != "", 0.5, np.nan)
        names = list(dict.fromkeys(kinds.values()))
        made["themes"] = pd.DataFrame(
            {"artwork_id": world.artworks["artwork_id"], "theme": theme, "nearness": near}
        )
        made["theme_groups"] = pd.DataFrame({"theme": names, "stability": 0.9})
    return plant(
        folder, titles, artworks, cells=world.cells, clusters=NAMES, levers=levers,
        affinity=[(one.id, cluster, 0.0, 100) for one in titles for cluster in CLUSTERS],
        perceived=perceived, tables=made | dict(tables or {}), sizes=[(200, 300)] * len(artworks),
    )  # fmt: skip
