"""Themes and the map are made once for the same pictures of the same titles."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from index.build import arrangement, build_index
from index.query.arrangement import read_groups, read_places
from index.store import open_index
from tests.small_catalogue import SmallEncoder, SmallExtractor, write_catalogue, write_performance


def test_artwork_is_arranged_again_only_where_pictures_titles_or_the_seed_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = 0
    place_artworks = arrangement.place_artworks

    def counted(*given: Any) -> Any:
        nonlocal made
        made += 1
        return place_artworks(*given)

    monkeypatch.setattr(arrangement, "place_artworks", counted)
    catalogue, folder = write_catalogue(tmp_path / "catalogue"), tmp_path / "index"

    def build(seed: int = 7) -> tuple[Any, Any]:
        build_index(
            catalogue, folder, encoder=SmallEncoder(), extractor=SmallExtractor(), seed=seed
        )
        with open_index(folder) as index:
            return read_places(index), read_groups(index)[0].label

    places, themes = build()
    write_performance(catalogue, 5)
    kept_places, kept_themes = build()
    assert made == 1
    assert np.array_equal(places, kept_places)
    assert np.array_equal(themes, kept_themes)
    artworks = pd.read_csv(catalogue / "artworks.csv")
    artworks.loc[0, "title_id"] = artworks["title_id"].iloc[-1]
    artworks.to_csv(catalogue / "artworks.csv", index=False)
    build()
    assert made == 2
    build(seed=8)
    assert made == 3
