"""Themes and the map are learned once, and again where much of the artwork is new."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from index.build import arrangement, build_index
from index.query.arrangement import read_groups, read_places
from index.store import open_index
from index.vectors.atlas import MOST_PLACED, make_atlas
from tests.small_catalogue import SmallEncoder, SmallExtractor, write_catalogue, write_performance


class Catalogue:
    """A small catalogue that is indexed again and again.

    Attributes:
        folder: where it lies.
        learned: how often a map was made.
    """

    def __init__(self, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder, self._index = write_catalogue(place / "catalogue"), place / "index"
        self.learned = 0
        make_atlas = arrangement.make_atlas

        def counted(*given: Any) -> Any:
            self.learned += 1
            return make_atlas(*given)

        monkeypatch.setattr(arrangement, "make_atlas", counted)

    def build(self, seed: int = 7) -> pd.DataFrame:
        """Index it: place and theme by artwork, and how many themes there are."""
        build_index(
            self.folder, self._index, encoder=SmallEncoder(), extractor=SmallExtractor(), seed=seed
        )
        with open_index(self._index) as index:
            ids = index.table("artworks")["artwork_id"].to_pylist()
            x, y = read_places(index).T
            return pd.DataFrame({"x": x, "y": y, "theme": read_groups(index)[0].label}, index=ids)

    def add(self, number: int) -> list[str]:
        """Add copies of the first artwork to its title: their ids."""
        artworks = pd.read_csv(self.folder / "artworks.csv")
        ids = [f"copy{len(artworks)}_{at}" for at in range(number)]
        copies = artworks.iloc[[0] * number].assign(artwork_id=ids)
        pd.concat([copies, artworks]).to_csv(self.folder / "artworks.csv", index=False)
        return ids


def test_artwork_is_arranged_again_only_where_pictures_titles_or_the_seed_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalogue = Catalogue(tmp_path, monkeypatch)
    arranged = catalogue.build()
    write_performance(catalogue.folder, 5)
    pd.testing.assert_frame_equal(catalogue.build(), arranged)
    assert catalogue.learned == 1
    artworks = pd.read_csv(catalogue.folder / "artworks.csv")
    artworks.loc[0, "title_id"] = artworks["title_id"].iloc[-1]
    artworks.to_csv(catalogue.folder / "artworks.csv", index=False)
    catalogue.build()
    assert catalogue.learned == 2
    catalogue.build(seed=8)
    assert catalogue.learned == 3


@pytest.mark.parametrize("moved", [0, 1], ids=["all are placed anew", "others keep theirs"])
def test_in_a_large_catalogue_few_new_artworks_find_their_places_and_many_make_a_new_map(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moved: int
) -> None:
    monkeypatch.setattr(arrangement, "MOST_PLACED", 10)
    monkeypatch.setattr(arrangement, "MOST_MOVED", moved)
    catalogue = Catalogue(tmp_path, monkeypatch)
    arranged = catalogue.build()
    [new] = catalogue.add(1)
    grown = catalogue.build()
    assert catalogue.learned == 1
    places = ["x", "y"]
    pd.testing.assert_frame_equal(grown.loc[arranged.index, places], arranged[places])
    assert grown.loc[new, places].tolist() == arranged.iloc[0][places].tolist()
    catalogue.add(1)
    catalogue.build()
    assert catalogue.learned == 2
    assert catalogue.build().notna().all(axis=None)


def test_artworks_that_were_not_learned_from_lie_beside_those_like_them() -> None:
    draws = np.random.default_rng(2)
    kind = np.arange(3 * MOST_PLACED) % 6
    centres = draws.normal(size=(6, 16))
    vectors = (centres[kind] + 0.2 * draws.normal(size=(len(kind), 16))).astype(np.float32)
    places = make_atlas(vectors).place(vectors)
    middles = np.array([places[kind == one].mean(axis=0) for one in range(6)])
    nearest = ((places[:, None] - middles) ** 2).sum(axis=2).argmin(axis=1)
    assert (nearest == kind).mean() > 0.98
    assert places.min() >= 0
    assert places.max() <= 1


def test_only_artworks_whose_title_changed_find_their_places_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    old = [("a1", "a", "x"), ("a2", "a", "y"), ("b1", "b", "z"), ("c1", "c", "z")]
    now = [("c1", "c", "z"), ("b1", "b", "z"), ("b2", "b", "w"), ("a1", "a", "x"), ("a2", "a", "v")]
    assert arrangement._settled(old, now) == {}
    monkeypatch.setattr(arrangement, "MOST_MOVED", 1)
    assert arrangement._settled(old, now) == {0: 3}
